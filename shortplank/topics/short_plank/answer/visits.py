"""Which villages to go to first, why these, and what it would change for the county."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shortplank.reading.planks import Planks, planks
from shortplank.reading.view import View
from shortplank.topics.short_plank.answer.warning_list import warning_list
from shortplank.topics.short_plank.answer.what_if import WhatIf, may_what_if, what_if
from shortplank.wording import planks as words
from shortplank.wording.naming import size_word
from shortplank.wording.numbers import number_text, points_text, value_text
from shortplank.wording.sides import (
    COUNTY,
    PASSED,
    is_weak,
    line_kind,
    mend_to,
    not_enough,
    share_over_gap,
    weak_side,
    wrong_side,
)

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
            return words.none_sure_text(self.tested)
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
        none = words.none_short_text(found.item, tested, found.line.label)
        text = none if tested else f"没有够大的村可以与{line_kind(found.item)}比较。"
        return Visits([], [], 0, tested, text, "", "")
    chosen = [codes[i] for i in first]
    made = what_if(view, len(chosen), found.line.value, chosen=chosen)
    names, certain = [found.place(i) for i in first], len(sure[:most])
    why = _why(view, found, first, certain)
    return Visits(chosen, names, certain, tested, why, *_change(found, made))


def _why(view: View, found: Planks, first: list[int], sure: int) -> str:
    assert found.line is not None
    item = found.item
    short = f"{weak_side(item)} {found.line.label}"
    also = f"{short}（{words.also_county(item)}）"
    short = also if found.county_short else words.beyond_text(short)
    if sure == len(first):
        parts = [f"都{short}"]
    elif sure:
        parts = [f"都{short}，后 {len(first) - sure} 个只在单看时如此，证据弱一些"]
    else:
        parts = [f"单看都{short}，放在一起看仍可能只是碰巧，先核对数字"]
    below, known = found.months_below[first], found.months_known[first]
    if not np.isnan(known).any():
        every = bool((below == known).all())
        parts.append(words.months_of_all_text(item, int(below.min()), every=every))
    parts.append(_share(view, found, first))
    return "；".join(part for part in parts if part) + "。"


def _share(view: View, found: Planks, first: list[int]) -> str:
    """Return how much of the county's gap these villages make up, beside their share of all n."""
    part = float(found.contribution[first].sum())
    size = 100 * float(found.villages.n[first].sum() / np.nansum(found.villages.n))
    if size > 99.0:
        return ""
    small = f"{size_word(view.ws, view.item)}只占全县的 {number_text(size, 1)}%"
    if not found.county_short or abs(found.gap) < 0.005:
        return f"{small}，合计拉动全县 {points_text(found.item, part, 2)}"
    share = 100 * part / found.gap
    if share > 100:
        return f"{small}，{share_over_gap(found.item)}"
    return f"{small}，却占全县差额的 {number_text(share, 0)}%"


def _change(found: Planks, made: WhatIf) -> tuple[str, str]:
    """Return the county's value and place if all of them reached the line, and what is left."""
    assert found.line is not None and made.before is not None and made.after is not None
    item, before, after = made.item, made.before, made.after
    text = (
        f"都{mend_to(item, line_kind(item))}（共 {sum(row[3] for row in made.rows)} 例），全县由"
        f" {value_text(item, before.value)} 到 {value_text(item, after.value)}"
    )
    if before.rank is not None and after.rank is not None and made.peers is not None:
        same = before.rank == after.rank
        moved = f"仍是第 {after.rank}" if same else f"由第 {before.rank} 到第 {after.rank}"
        text += f"，{made.peers.size} 县中{moved}"
    line = found.line.value
    if not is_weak(item, after.value, line):
        was = not is_weak(item, before.value, line)
        return text + ("" if was else f"，{COUNTY}{PASSED}"), ""
    rest = max(len(found.under_line) - len(made.rows), 0)
    more = f"，{wrong_side(item)}的还有 {rest} 个" if rest else ""
    return text, f"{not_enough(item, len(made.rows))}{more}。"
