"""Which villages to go to first, why these, and what it would change for the county."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shortplank.reading.planks import Planks, planks
from shortplank.reading.view import View, once
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
    wrong_side,
)

FIRST = 5


@dataclass(frozen=True)
class Visits:
    """The villages to go to first, as codes and names, and three sentences: who, why, what for."""

    codes: list[str]
    names: list[str]
    sure: int
    """How many of them, first in order, the month's ledger lists."""
    tested: int
    """How many villages were compared."""
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
            return words.none_named_text(self.tested)
        change = f"；{self.change}" if self.change else ""
        return f"{self.heading}：{words.visits_told(self.names, self.sure)}{change}。"

    @property
    def heading(self) -> str:
        """Return what the part is called."""
        return words.visits_heading(len(self.codes), self.sure)


@once()
def visits(view: View, most: int = FIRST) -> Visits | None:
    """Return whom to visit first, None where an indicator has no line or no what-if.

    Those that the month's ledger lists come first; then, where the county misses its line, those
    that add most to its gap.
    """
    if not may_what_if(view.item):
        return None
    found = planks(view)
    if found.line is None or not found.reported:
        return None
    codes, tested = found.villages.codes, sum(found.compared)
    listed = _by_part(found, [i for i, told in enumerate(found.announced) if told])
    others = [i for i in found.largest if not found.announced[i]] if found.county_short else []
    first = [*listed, *others][:most]
    if not first:
        none = words.none_short_text(tested) if tested else words.NONE_TO_COMPARE
        return Visits([], [], 0, tested, none, "", "")
    chosen = [codes[i] for i in first]
    made = what_if(view, len(chosen), found.line.value, chosen=chosen)
    names, sure = [found.place(i) for i in first], len(listed[:most])
    why = _why(view, found, first, sure, tested)
    return Visits(chosen, names, sure, tested, why, *_change(found, made))


def _by_part(found: Planks, villages: list[int]) -> list[int]:
    """Return villages by what they add to the county's gap, the most first."""
    sign = 1.0 if found.item.polarity == "up" else -1.0
    return sorted(villages, key=lambda i: sign * np.nan_to_num(found.contribution[i]))


def _why(view: View, found: Planks, first: list[int], sure: int, tested: int) -> str:
    parts = [words.visits_why(len(first), sure, tested), _share(view, found, first)]
    return "".join(f"{part}。" for part in parts if part)


def _share(view: View, found: Planks, first: list[int]) -> str:
    """Return how much of the county's gap these villages make up, beside their share of all n."""
    part = float(found.contribution[first].sum())
    size = 100 * float(found.villages.n[first].sum() / np.nansum(found.villages.n))
    if size > 99.0:
        return ""
    whose = f"这 {len(first)} 个村的{size_word(view.ws, view.item)}"
    small = f"{whose}只占全县的 {number_text(size, 1)}%"
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
    cases = sum(row[3] for row in made.rows)
    if not cases:
        return "", ""
    text = (
        f"都{mend_to(item, line_kind(item))}（共 {cases} 例），全县由"
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
