"""Several service and quality indicators in one order, and what the order owes to the weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import CompositeItem, Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import Floats, from_table
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.wording.naming import joined, steady_text
from shortplank.wording.numbers import number_text, rounded

CHANGE = 0.2


@dataclass(frozen=True)
class CompositeRanking(Told):
    """Townships by composite score, with the ranks that other weights would give."""

    parts: list[tuple[CompositeItem, Indicator]]
    codes: list[str]
    names: list[str]
    values: Floats
    scores: Floats
    total: Floats
    coverage: Floats
    ranks: Floats
    best: Floats
    worst: Floats
    withheld: tuple[str, ...] = ()
    """Indicators that viewers have of no township."""

    @property
    def is_empty(self) -> bool:
        """Return whether no township has a score."""
        return not self.codes or bool(np.isnan(self.total).all())


def composite(view: View) -> CompositeRanking:
    """Return the townships' composite in the view's month, each indicator in its own window."""
    ws = view.ws
    parts = [(part, ws.indicators[part.indicator]) for part in ws.scheme.composite]
    parts = [(p, i) for p, i in parts if i.helpable and "township" in i.levels]
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    towns = table.filter(pc.equal(table["level"], "township"))
    names = dict(zip(towns["area_code"].to_pylist(), towns["name"].to_pylist(), strict=True))
    codes = sorted(names)
    values = np.full((len(codes), len(parts)), np.nan)
    withheld = []
    for at, (part, item) in enumerate(parts):
        rows = towns.filter(pc.equal(towns["indicator"], part.indicator))
        measured = from_table(
            item, rows, item.default_window, full=has_figure(view, item.default_window)
        )
        for code, value in zip(measured.codes, measured.value, strict=True):
            values[codes.index(code), at] = value
        withheld += [item.label] if "suppressed" in measured.state else []
    names_of = [names[code] for code in codes]
    return _scored(parts, codes, names_of, values, ws.scheme.note, tuple(withheld))


def _scored(
    parts: list[tuple[CompositeItem, Indicator]],
    codes: list[str],
    names: list[str],
    values: Floats,
    note: str,
    withheld: tuple[str, ...],
) -> CompositeRanking:
    scores = np.full(values.shape, np.nan)
    for at, (part, item) in enumerate(parts):
        # A gap is as bad one way as the other: its score goes by its size.
        held = np.abs(values[:, at]) if item.polarity == "range" else values[:, at]
        scores[:, at] = stats.linear_score(held, part.floor, part.goal)
    if not parts or not codes:
        nothing = np.full(len(codes), np.nan)
        total, coverage, ranks, best, worst = (nothing,) * 5
    else:
        weights = [part.weight for part, _ in parts]
        total, coverage = stats.composite_score(scores, weights)
        moved = stats.weight_sensitivity(scores, weights, CHANGE)
        ranks, best, worst = moved.base, moved.best, moved.worst
    order = np.argsort(np.where(np.isnan(ranks), np.inf, ranks), kind="stable")
    made = CompositeRanking(
        parts=parts,
        codes=[codes[i] for i in order],
        names=[names[i] for i in order],
        values=values[order],
        scores=scores[order],
        total=total[order],
        coverage=coverage[order],
        ranks=ranks[order],
        best=best[order],
        worst=worst[order],
        withheld=withheld,
        about=_about(parts),
        notes=[note] if note else [],
    )
    title, sentence = _words(made)
    return replace(made, title=title, sentence=sentence)


def _about(parts: list[tuple[CompositeItem, Indicator]]) -> tuple[str, ...]:
    weights = "、".join(f"{item.label} {part.weight:g}" for part, item in parts)
    return "综合得分（服务和质量指标）", f"权重：{weights}" if parts else ""


def _words(made: CompositeRanking) -> tuple[str, str]:
    if made.is_empty:
        return "没有可以综合的服务和质量指标", "指标方案里没有本期可用的综合指标。"
    known = np.flatnonzero(~np.isnan(made.total))
    wide = made.worst - made.best
    steady = int((wide[known] == 0).sum())
    low, high = (number_text(end, 1) for end in (made.total[known].min(), made.total[known].max()))
    title = f"{len(known)} 个乡镇的综合得分在 {low} 至 {high} 之间"
    if wide[known].max() == 0:
        moved = "任一权重增减 20%，名次都不变"
    else:
        moved = steady_text(steady, made.names, made.best, made.worst)
    missing = np.isnan(made.values)
    gone = np.logical_and.reduce(missing[known], axis=0)
    absent = [item.label for (_, item), none in zip(made.parts, gone, strict=True) if none]
    thin = [made.names[i] for i in known if (missing[i] & ~gone).any()]
    absent = [label for label in absent if label not in made.withheld]
    short = f"；{'、'.join(made.withheld)}的乡镇数不公布，不计入" if made.withheld else ""
    short += f"；{joined(absent)}本期没有数，不计入" if absent else ""
    short += f"；{joined(thin)}有指标未报，只按已报的计" if thin else ""
    return title, f"{moved}{short}。得分没有计入各指标的抽样误差，名次相近的乡镇不必区分先后。"


def composite_table(made: CompositeRanking) -> pa.Table:
    """Return the townships' scores, each indicator's value and the ranks under other weights."""
    columns: dict[str, object] = {
        "乡镇": made.names,
        "位次": pa.array([_int(v) for v in made.ranks], pa.int64()),
        "权重±20% 时": [
            "–" if np.isnan(a) else f"{int(a)}–{int(b)}"
            for a, b in zip(made.best, made.worst, strict=True)
        ],
        "综合得分": pa.array([rounded(v, 1) for v in made.total], pa.float64()),
    }
    for at, (part, item) in enumerate(made.parts):
        label = f"{item.label}（{item.unit}，权重 {part.weight:g}）"
        columns[label] = pa.array(
            [rounded(v, item.decimals) for v in made.values[:, at]], pa.float64()
        )
    return pa.table(columns)


def _int(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
