"""Figures that are finished when they reach the page."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.io
from plotly.basedatatypes import BaseFigure


class Finished(BaseFigure):
    """A figure that Streamlit sends as it stands.

    Given a dict, Streamlit builds a ``plotly.graph_objects.Figure`` of it and back again to check
    it: 4 to 18 ms of the server's time a chart and thousands of objects for the collector. A test
    checks what the figures draw instead.
    """

    def __init__(self, figure: dict[str, Any]) -> None:
        layout = {"template": _template(), **figure["layout"]}
        self._finished = {**figure, "layout": layout}

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as it was drawn."""
        return self._finished


@cache
def _template() -> dict[str, Any]:
    """Return the template that Plotly gives a figure that names none."""
    return plotly.io.templates[plotly.io.templates.default].to_plotly_json()
