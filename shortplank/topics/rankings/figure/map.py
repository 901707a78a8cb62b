"""The townships of the ranking on a map: the same verdicts, in the same colours."""

from __future__ import annotations

from typing import Any

from shortplank.drawing.map import JUDGED, Area, Fill, map_figure, plain, verdict_fill
from shortplank.drawing.theme import Style
from shortplank.store.boundaries import MapShapes
from shortplank.topics.rankings.answer.ranking import Ranking
from shortplank.topics.rankings.figure.ranking import hover_text
from shortplank.wording.numbers import short_value
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS


def ranking_map(answer: Ranking, style: Style, *, shapes: MapShapes) -> dict[str, Any]:
    """Return the townships as shapes in the order of the ranking."""
    return map_figure([_area(answer, i, style) for i in range(len(answer.verdicts))], shapes, style)


def _area(answer: Ranking, i: int, style: Style) -> Area:
    towns, code = answer.towns, answer.verdicts[i]
    state = towns.state[i]
    known = state in ("ok", "zero")
    return Area(
        key=towns.codes[i],
        name=towns.names[i],
        says=short_value(answer.item, float(towns.value[i])) if known else STATE_WORDS[state],
        hover=hover_text(answer, i),
        fill=_fill(code, state, style),
        mark=VERDICT_MARKS[code] if known and code in JUDGED else "",
    )


def _fill(code: str, state: str, style: Style) -> Fill:
    if state == "too_few":
        return verdict_fill("too_few", style)
    return verdict_fill(code, style) if state in ("ok", "zero") else plain(style)
