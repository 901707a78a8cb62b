"""What if the weakest villages reached a rate: the county's value and its place, then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import interval_of
from shortplank.reading.peers import Peers, peers
from shortplank.reading.planks import Planks, planks
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.wording.numbers import interval_text, points_text, rounded, value_text
from shortplank.wording.planks import among_listed
from shortplank.wording.sides import (
    has_ceiling,
    is_weak,
    line_kind,
    line_word,
    met_line,
    more_word,
    reach_text,
    weakest_word,
)

By = Literal["rate", "contribution"]


@dataclass(frozen=True)
class Standing:
    """The county's value with its interval and its place among the peers."""

    value: float
    lower: float
    upper: float
    rank: int | None


@dataclass(frozen=True)
class WhatIf(Told):
    """The county before and after help; ``rows`` are the villages that would be helped."""

    item: Indicator
    count: int
    to: float
    before: Standing | None
    after: Standing | None
    peers: Peers | None
    line: float
    rows: list[tuple[str, float, float, int]]
    listed: int = 0
    """How many of them the month's ledger lists."""

    @property
    def is_empty(self) -> bool:
        """Return whether no village would be helped."""
        return not self.rows


def who(item: Indicator) -> dict[str, str]:
    """Return which villages may be helped, in words: 率最低, 贡献最大."""
    return {"rate": weakest_word(item), "contribution": "贡献最大"}


def usual_goal(item: Indicator, line: float | None) -> float:
    """Return the rate that help is reckoned to: the line, else nine tenths done, or one left."""
    if line is not None:
        return line
    return (0.1 if item.polarity == "down" else 0.9) * item.factor


def may_what_if(item: Indicator) -> bool:
    """Return whether an indicator has what-ifs: services and quality, never births."""
    return item.helpable and item.interval == "wilson" and item.polarity in ("up", "down")


def what_if(
    view: View,
    count: int,
    to: float,
    by: By = "rate",
    chosen: Sequence[str] | None = None,
) -> WhatIf:
    """Return the county's value and place if ``count`` villages reached the rate ``to``.

    They are the weakest by raw rate, those with the largest contribution to the gap, or the
    ``chosen`` ones.
    """
    item, found = view.item, planks(view)
    x, n = found.villages.x, found.villages.n
    line = found.line.value if found.line else float("nan")
    known = (n > 0) & ~np.isnan(x)
    about = (item.label, "推演，不是目标")
    if not may_what_if(item) or not known.any():
        text = f"{item.label}没有可以推演的村" if may_what_if(item) else _why_not(item)
        whole = WhatIf(item, count, to, None, None, None, line, [], about=about)
        return replace(whole, title=text, sentence=text + "。")
    order = _order(found, by, chosen)
    goal = to / item.factor
    made = stats.raise_weakest(x, n, count, goal, item.polarity, order=order)
    standing = peers(view) if view.window == "ytd" else None
    before, after = (_standing(item, counts, n, known, standing) for counts in (x, made.x))
    helped = np.flatnonzero(made.chosen)
    rates = item.factor * x[helped] / n[helped]
    rows = [
        (found.place(int(i)), float(rate), float(n[i]), int(abs(made.x[i] - x[i])))
        for i, rate in sorted(
            zip(helped, rates, strict=True), key=lambda each: _worst(item, float(each[1]))
        )
    ]
    listed = sum(found.announced[i] for i in helped)
    whole = WhatIf(item, len(rows), to, before, after, standing, line, rows, listed, about=about)
    title, sentence = _words(whole, by)
    return replace(whole, title=title, sentence=sentence)


def _why_not(item: Indicator) -> str:
    if item.helpable:
        return f"{item.label}没有一个方向可以推演"
    return "出生等背景指标不作推演"


def _worst(item: Indicator, rate: float) -> float:
    return rate if item.polarity == "up" else -rate


def _order(found: Planks, by: By, chosen: Sequence[str] | None) -> list[int] | None:
    """Return which villages are raised first, None for the weakest by raw rate."""
    if chosen is not None:
        at = {code: i for i, code in enumerate(found.villages.codes)}
        return [at[code] for code in chosen if code in at]
    return found.largest if by == "contribution" else None


def _standing(
    item: Indicator, x: np.ndarray, n: np.ndarray, known: np.ndarray, standing: Peers | None
) -> Standing:
    top, whole = np.array([x[known].sum()]), np.array([n[known].sum()])
    lower, upper = interval_of(item, top, whole)
    value = float(item.factor * top[0] / whole[0])
    rank = standing.rank_of(item, value) if standing else None
    return Standing(value, float(lower[0]), float(upper[0]), rank)


def _words(made: WhatIf, by: By) -> tuple[str, str]:
    item, before, after = made.item, made.before, made.after
    assert before is not None and after is not None
    goal = reach_text(item, value_text(item, made.to, 1))
    change = points_text(item, after.value - before.value, 2)
    title = (
        f"{who(item)[by]}的 {made.count} 个村都{goal}，"
        f"全县由 {value_text(item, before.value)} 到 {value_text(item, after.value)}"
    )
    cases = sum(row[3] for row in made.rows)
    parts = [f"共需{more_word(item)} {cases} 例，全县变动 {change}"]
    parts.append(f"推演后的 95% 区间 {interval_text(item, after.lower, after.upper)}")
    if made.listed:
        parts.append(among_listed(made.listed))
    if before.rank is not None and after.rank is not None and made.peers is not None:
        if before.rank == after.rank:
            parts.append(f"在 {made.peers.size} 县中仍是第 {after.rank}")
        else:
            parts.append(f"在 {made.peers.size} 县中由第 {before.rank} 到第 {after.rank}")
    if not np.isnan(made.line):
        met = not is_weak(item, after.value, made.line)
        # The county's own line is called what the overview calls it; a village has no target.
        kind = line_kind(item) if has_ceiling(item) else line_word(item)
        label = f"{value_text(item, made.line, 0)} {kind}"
        parts.append(met_line(item, label, met=met))
    parts.append("按别的县不动计算")
    if made.peers is not None and not made.peers.counted:
        parts.append("同类县有的只有通报公布的率")
    return title, "；".join(parts) + "。"


def what_if_table(made: WhatIf) -> pa.Table:
    """Return the villages that would be helped, with the cases that each would need."""
    item = made.item
    return pa.table(
        {
            "村": [row[0] for row in made.rows],
            f"现在（{item.unit}）": [rounded(row[1], item.decimals) for row in made.rows],
            "分母": [int(row[2]) for row in made.rows],
            f"需{more_word(item)}（例）": [row[3] for row in made.rows],
        }
    )
