"""Which villages to go to first, why these, and what it would change for the county."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shortplank.reading.planks import Planks, planks
from shortplank.reading.view import View
from shortplank.topics.short_plank.answer.warning_list import warning_list
from shortplank.topics.short_plank.answer.what_if import WhatIf, may_what_if, what_if
from shortplank.wording.chance import BEYOND
from shortplank.wording.naming import size_word
from shortplank.wording.numbers import number_text, points_text, value_text
from shortplank.wording.sides import weak_side

FIRST = 5


@dataclass(frozen=True)
class Visits:
    """The villages to go to first, as codes and names, and three sentences: who, why, what for."""

    codes: list[str]
    names: list[str]
    sure: int
    """How many of them, first in order, are on the warning list."""
    tested: int
    """How many villages were held against the line."""
    why: str
    change: str
    rest: str
    """What these villages leave undone; nothing where the county passes its line."""

    @property
    def told(self) -> str:
        """Return whom to visit and what it would change, in one sentence for a hall."""
        if not self.codes:
            return self.why
        if not self.sure:
            return f"{self.tested} 个村放在一起看，没有一个不像偶然：先核对数字，不点名。"
        return f"{self.heading}：{'、'.join(self.names)}；{self.change}。"

    @property
    def heading(self) -> str:
        """Return what the part is called."""
        if not self.codes:
            return "先去哪几个村"
        return f"先{'去' if self.sure else '核对'}这 {len(self.codes)} 个村"


def visits(view: View, most: int = FIRST) -> Visits | None:
    """Return whom to visit first, None where an indicator has no line or no what-if.

    Those of the warning list come first, then those short of the line beyond chance by
    themselves; both by what they add to the county's gap.
    """
    if not may_what_if(view.item):
        return None
    found = planks(view)
    if found.line is None or not found.reported:
        return None
    warned = {row.area_code for row in warning_list(view).rows if row.indicator == view.indicator}
    codes = found.villages.codes
    tested = sum(state in ("ok", "zero") for state in found.villages.state)
    sure = [i for i in found.largest if codes[i] in warned]
    weaker = [i for i in found.largest if found.short[i] and codes[i] not in warned]
    first = [*sure, *weaker][:most]
    if not first:
        side = f"{weak_side(found.item)} {found.line.label}"
        claim = f"没有一个{side}、{BEYOND}，不必专程去哪个村。"
        text = f"已比较的 {tested} 个村{claim}" if tested else "没有够大的村可以与线比较。"
        return Visits([], [], 0, tested, text, "", "")
    chosen = [codes[i] for i in first]
    made = what_if(view, len(chosen), found.line.value, chosen=chosen)
    names, certain = [found.place(i) for i in first], len(sure[:most])
    why = _why(view, found, first, certain)
    return Visits(chosen, names, certain, tested, why, *_change(found, made))


def _why(view: View, found: Planks, first: list[int], sure: int) -> str:
    assert found.line is not None
    short = f"{weak_side(found.item)} {found.line.label}"
    short += f"（全县也{weak_side(found.item)}）" if found.county_short else f"、{BEYOND}"
    if sure == len(first):
        parts = [f"都{short}"]
    elif sure:
        parts = [f"都{short}，后 {len(first) - sure} 个只在单看时如此，证据弱一些"]
    else:
        parts = [f"单看都{short}，放在一起看仍可能只是碰巧，先核对数字"]
    below, known = found.months_below[first], found.months_known[first]
    if not np.isnan(known).any():
        every = (below == known).all()
        low = int(below.min())
        parts.append("近12月有报的月份都低于线" if every else f"近12月至少 {low} 个月低于线")
    parts.append(_share(view, found, first))
    return "；".join(part for part in parts if part) + "。"


def _share(view: View, found: Planks, first: list[int]) -> str:
    """Return how much of the county's gap these villages make up, beside their share of all n."""
    part = float(found.contribution[first].sum())
    size = 100 * float(found.villages.n[first].sum() / np.nansum(found.villages.n))
    if size > 99.0:
        return ""
    small = f"{size_word(view.ws, view.item)}只占全县的 {number_text(size, 1)}%"
    if (found.gap < 0) != (found.item.polarity == "up") or abs(found.gap) < 0.005:
        return f"{small}，合计拉动全县 {points_text(found.item, part, 2)}"
    share = 100 * part / found.gap
    if share > 100:
        return f"{small}，少的却比全县的差额还多"
    return f"{small}，却占全县差额的 {number_text(share, 0)}%"


def _change(found: Planks, made: WhatIf) -> tuple[str, str]:
    """Return the county's value and place if all of them reached the line, and what is left."""
    assert found.line is not None and made.before is not None and made.after is not None
    item, before, after = made.item, made.before, made.after
    text = (
        f"都补到线（共 {sum(row[3] for row in made.rows)} 例），全县由"
        f" {value_text(item, before.value)} 到 {value_text(item, after.value)}"
    )
    if before.rank is not None and after.rank is not None and made.peers is not None:
        same = before.rank == after.rank
        moved = f"仍是第 {after.rank}" if same else f"由第 {before.rank} 到第 {after.rank}"
        text += f"，{made.peers.size} 县中{moved}"
    line = found.line.value
    passed = after.value >= line if item.polarity == "up" else after.value <= line
    if passed:
        was = before.value >= line if item.polarity == "up" else before.value <= line
        return text + ("" if was else "，全县过线"), ""
    below, all_below = f"{weak_side(item)}线", len(found.under_line)
    if not found.county_short:
        below, all_below = f"单看{below}、{BEYOND}", sum(found.short)
    rest = max(all_below - len(made.rows), 0)
    return text, f"光靠这几个村过不了线，{below}的还有 {rest} 个。"
