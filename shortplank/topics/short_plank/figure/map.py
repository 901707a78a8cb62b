"""The short planks on a map: villages in the barrel's colours, or townships by their verdict."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from shortplank.drawing.map import (
    JUDGED,
    Area,
    Fill,
    map_figure,
    plain,
    verdict_fill,
    verdict_legend,
)
from shortplank.drawing.theme import Style
from shortplank.reading.planks import Planks
from shortplank.topics.short_plank.answer.on_map import PlankMap
from shortplank.topics.short_plank.answer.short_plank import NAMED
from shortplank.topics.short_plank.answer.standing import verdict_of
from shortplank.topics.short_plank.figure.short_plank import village_hover
from shortplank.wording.judged import ALIKE
from shortplank.wording.numbers import (
    counts_text,
    interval_text,
    number_text,
    short_value,
    value_text,
)
from shortplank.wording.pictures.maps import MOST_PULL
from shortplank.wording.planks import SHORTEST
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS, ledger_legend, ledger_word

Legend = list[tuple[str, str, str]]


def plank_map_figure(made: PlankMap, style: Style) -> dict[str, Any]:
    """Return the villages in the register's order, their townships around them; or townships."""
    found = made.planks
    if found is None:
        areas = [_town(made, i, style) for i in range(len(made.codes))]
        return map_figure(areas, made.shapes, style)
    areas = [_village(found, i, style) for i in range(len(found.towns))]
    above: dict[str, list[str]] = {}
    for town, code in zip(found.towns, found.villages.codes, strict=True):
        above.setdefault(town, []).append(code)
    return map_figure(areas, made.shapes, style, above=list(above.items()))


def _village(found: Planks, i: int, style: Style) -> Area:
    state = found.villages.state[i]
    code = village_code(found, i)
    return Area(
        key=found.villages.codes[i],
        name=found.villages.names[i],
        says=_says(found, i),
        hover=village_hover(found, i),
        fill=_village_fill(found, i, style) if state in _KNOWN else _absent(state, style),
        mark=VERDICT_MARKS[code] if code == "worse" else "",
        first=state in _KNOWN and i in first_few(found),
    )


_KNOWN = ("ok", "zero")


def _absent(state: str, style: Style) -> Fill:
    return verdict_fill("too_few", style) if state == "too_few" else plain(style)


def village_code(found: Planks, i: int) -> str:
    """Return the code of what the page's table says of a village."""
    return verdict_of(found.standing, found.at[i], found.villages.state[i])[0]


def first_few(found: Planks) -> list[int]:
    """Return the villages that the page's picture names: the weakest, else who moves most."""
    return (found.weakest if _by_rate(found) else found.largest)[:NAMED]


def _by_rate(found: Planks) -> bool:
    return found.scattered and found.item.polarity == "up"


def _village_fill(found: Planks, i: int, style: Style) -> Fill:
    code = village_code(found, i)
    if code not in ("worse", "too_few") and i in first_few(found):
        return Fill(style.tokens.similar)
    return verdict_fill(code, style)


def _says(found: Planks, i: int) -> str:
    """Return a village's figure as the page's picture has it, or why there is none."""
    state = found.villages.state[i]
    if state in STATE_WORDS:
        return STATE_WORDS[state]
    if _by_rate(found) and not np.isnan(found.rate[i]):
        return found.rate_text(i)
    return number_text(float(found.contribution[i]), 2)


def _town(made: PlankMap, i: int, style: Style) -> Area:
    towns, code, state = made.areas, made.codes[i], made.areas.state[i]
    known = state in _KNOWN
    return Area(
        key=towns.codes[i],
        name=towns.names[i],
        says=short_value(made.item, float(towns.value[i])) if known else STATE_WORDS[state],
        hover=_town_hover(made, i),
        fill=verdict_fill(code, style) if known else _absent(state, style),
        mark=VERDICT_MARKS[code] if known and code in JUDGED else "",
    )


def _town_hover(made: PlankMap, i: int) -> str:
    towns, item, state = made.areas, made.item, made.areas.state[i]
    if state not in (*_KNOWN, "too_few"):
        return f"<b>{towns.names[i]}</b><br>{STATE_WORDS[state]}"
    parts = [f"<b>{towns.names[i]}</b> {value_text(item, float(towns.value[i]))}"]
    if item.denominator:
        parts.append(counts_text(item, towns.x[i], towns.n[i]))
    if not np.isnan(towns.lower[i]):
        parts.append(f"95% 区间 {interval_text(item, towns.lower[i], towns.upper[i])}")
    code = made.codes[i]
    return "<br>".join([*parts, f"{VERDICT_MARKS[code]} {ledger_word(item, code)}"])


def plank_map_legend(made: PlankMap, style: Style) -> Legend:
    """Return what the colours mean, those that occur: colour, mark and words."""
    found = made.planks
    if found is None:
        return verdict_legend(made.codes, partial(ledger_legend, made.item), style)
    codes = [village_code(found, i) for i in range(len(found.towns))]
    rows = verdict_legend(codes, partial(ledger_legend, made.item), style)
    if not any(codes[i] not in ("worse", "too_few") for i in first_few(found)):
        return rows
    about = f"{SHORTEST}几块，{ALIKE}" if _by_rate(found) else MOST_PULL
    few = (style.tokens.similar, "■", about)
    at = codes.count("worse") > 0
    return [*rows[:at], few, *rows[at:]]
