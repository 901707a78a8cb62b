"""The picture of the sex ratios that is asked for."""

from __future__ import annotations

from typing import Any

from shortplank.drawing.theme import Style
from shortplank.topics.sex_ratio.answer.sex_ratio import SexRatio
from shortplank.topics.sex_ratio.figure.forest import forest_figure
from shortplank.topics.sex_ratio.figure.heat import heat_figure


def sex_ratio_figure(answer: SexRatio, style: Style) -> dict[str, Any]:
    """Return the chosen picture of the sex ratios."""
    if answer.look == "forest":
        return forest_figure(answer, style)
    return heat_figure(answer, style)
