"""The picture of a trend that is asked for."""

from __future__ import annotations

from typing import Any

from shortplank.drawing.theme import Style
from shortplank.topics.trends.answer.trend import Trend
from shortplank.topics.trends.figure.small_multiples import towns_figure
from shortplank.topics.trends.figure.trend_curve import curve_figure
from shortplank.topics.trends.figure.trend_years import years_figure

FIGURES = {"curve": curve_figure, "years": years_figure, "towns": towns_figure}


def trend_figure(answer: Trend, style: Style) -> dict[str, Any]:
    """Return the chosen picture of a trend."""
    return FIGURES[answer.picture](answer, style)
