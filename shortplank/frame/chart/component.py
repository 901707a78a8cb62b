"""A figure on the page: what the browser gets, and what comes back from it.

Our own component (`assets/chart.js`). Streamlit's chart is taken off the page and put there again
at any change of its figure, fetches 4.7 MB of a library of which three quarters are never used, and
answers to its dots alone: not to a label, a bar's name or a cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import plotly.io
import streamlit as st
from plotly.io.json import to_json_plotly

from shortplank.drawing.theme import CONFIG

if TYPE_CHECKING:
    from shortplank.frame.made.parts import Picture

COMPONENT = "shortplank.chart"
FOOT = 32  # pixels below a picture, for what can be done with it
WORDS = {
    "picture": "下载图片",
    "hint": "点一下、或用方向键和回车，可以选中",
}


@dataclass(frozen=True)
class Caption:
    """What is written on the picture when it is taken away as a file."""

    title: str
    about: str
    stamp: str
    name: str


@dataclass(frozen=True)
class Picked:
    """What somebody selected: what it is, and its key."""

    kind: str
    key: str


def write_chart(
    key: str,
    picture: Picture,
    caption: Caption,
    selected: Sequence[str],
    on_picked: Callable[[Picked], None],
    on_taken: Callable[[], None],
    *,
    present: bool,
) -> None:
    """Draw a figure; what is ``selected`` in it is marked, the first key that it has.

    Where it is projected it takes the height that the screen leaves, and its type goes along.
    """
    about = {
        "key": key,
        "height": picture.height,
        "alt": caption.title,
        "caption": asdict(caption),
        "selected": list(selected),
        "present": present,
        "config": CONFIG,
        "words": WORDS,
    }

    def picked() -> None:
        if (found := _picked(key)) is not None:
            on_picked(found)

    _component()(
        key=key,
        data=packed(about, picture.figure),
        height="stretch" if present else picture.height + FOOT,
        on_picked_change=picked,
        on_taken_change=on_taken,
    )


def packed(about: dict[str, Any], figure: str) -> bytes:
    """Return what the component gets, a line about the figure and the figure as it stands.

    As bytes: Streamlit looks into each value of a dictionary for a table, which takes 1 ms, and
    would write the figure as a text within a text.
    """
    return "\n".join((json.dumps(about, ensure_ascii=False), figure)).encode()


def as_json(figure: dict[str, Any]) -> str:
    """Return a figure as the browser reads it, with the template that Plotly gives one.

    It is sent as it stands: building a ``plotly.graph_objects.Figure`` of it and back again takes 4
    to 18 ms. A test checks what the figures draw instead.
    """
    layout = {"template": _template(), **figure["layout"]}
    return str(to_json_plotly({**figure, "layout": layout}))


@cache
def _template() -> dict[str, Any]:
    return plotly.io.templates[plotly.io.templates.default].to_plotly_json()


def _picked(key: str) -> Picked | None:
    """Return what the browser sent, None where it cannot be read."""
    sent: Any = (st.session_state.get(key) or {}).get("picked")
    try:
        return Picked(str(sent["kind"]), str(sent["key"]))
    except (TypeError, KeyError):
        return None


@cache
def _component() -> Any:
    """Return what mounts the component: its files are named in pyproject.toml."""
    return st.components.v2.component(
        COMPONENT, js="chart.js", css="chart.css", isolate_styles=False
    )
