"""Several service and quality indicators in one order, and what the order owes to the weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank import stats
from shortplank.catalogue.models import CompositeItem, Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import Floats, from_table
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.wording.naming import home_units, in_common_text, joined, steady_text
from shortplank.wording.numbers import number_text, places_text, rounded, whole
from shortplank.wording.verdicts import STATE_WORDS

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
    states: tuple[tuple[str, ...], ...] = ()
    """The state of each value, by township and indicator."""
    withheld: tuple[str, ...] = ()
    """Indicators that viewers have of no township."""

    @property
    def is_empty(self) -> bool:
        """Return whether no township has a score."""
        return not self.codes or bool(np.isnan(self.total).all())


@once()
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
    states = [["not_expected"] * len(parts) for _ in codes]
    withheld = []
    for at, (part, item) in enumerate(parts):
        rows = towns.filter(pc.equal(towns["indicator"], part.indicator))
        measured = from_table(
            item, rows, item.default_window, full=has_figure(view, item.default_window)
        )
        for code, value, state in zip(measured.codes, measured.value, measured.state, strict=True):
            values[codes.index(code), at] = value
            states[codes.index(code)][at] = state
        withheld += [item.label] if "suppressed" in measured.state else []
    names_of = [names[code] for code in codes]
    return _scored(parts, codes, names_of, values, states, ws.scheme.note, tuple(withheld))


def _scored(
    parts: list[tuple[CompositeItem, Indicator]],
    codes: list[str],
    names: list[str],
    values: Floats,
    states: list[list[str]],
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
        if np.count_nonzero(~np.isnan(total)) == 1:  # alone, nobody is first
            ranks, best, worst = (np.full(len(codes), np.nan) for _ in range(3))
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
        states=tuple(tuple(states[i]) for i in order),
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
    low, high = (number_text(end, 1) for end in (made.total[known].min(), made.total[known].max()))
    noise = "得分没有计入各指标的抽样误差"
    if low == high or len(known) == 1:
        names = [made.names[i] for i in known]
        left = "；".join(_left_out(made, known))
        sentence = "。".join(text for text in (left, noise) if text)
        return in_common_text("综合得分", names, low), f"{sentence}。"
    if wide[known].max() == 0:
        moved = "任一权重增减 20%，名次都不变"
    else:
        steady = int((wide[known] == 0).sum())
        moved = steady_text(steady, made.names, made.best, made.worst)
    sentence = "；".join([moved, *_left_out(made, known)])
    title = f"{len(known)} 个{home_units()}的综合得分在 {low} 至 {high} 之间"
    return title, f"{sentence}。{noise}，名次相近的{home_units()}不必区分先后。"


def _left_out(made: CompositeRanking, known: NDArray[np.int_]) -> list[str]:
    """Return which indicators count for nobody, and which townships lack some, each with why."""
    gone = np.logical_and.reduce(np.isnan(made.values)[known], axis=0)
    absent: dict[str, list[str]] = {}
    for at in map(int, np.flatnonzero(gone)):
        label = made.parts[at][1].label
        if label not in made.withheld:
            few = all(made.states[i][at] == "too_few" for i in known)
            absent.setdefault(STATE_WORDS["too_few"] if few else "没有数", []).append(label)
    thin: dict[str, list[str]] = {}
    for i in map(int, known):
        lacking = [made.states[i][at] for at in np.flatnonzero(np.isnan(made.values[i]) & ~gone)]
        for word in dict.fromkeys(_lacking_word(state) for state in lacking):
            thin.setdefault(word, []).append(made.names[i])
    left = [f"{'、'.join(made.withheld)}的{home_units()}数不公布，不计入"] if made.withheld else []
    left += [f"{joined(labels)}本期{word}，不计入" for word, labels in absent.items()]
    for word, names in thin.items():
        held = "已报" if word == STATE_WORDS["missing"] else "有数"
        left.append(f"{joined(names)}有指标{word}，只按{held}的计")
    return left


def _lacking_word(state: str) -> str:
    return STATE_WORDS[state] if state in ("missing", "too_few") else "没有数"


def composite_table(made: CompositeRanking) -> pa.Table:
    """Return the townships' scores, each indicator's value and the ranks under other weights."""
    columns: dict[str, object] = {
        home_units(): made.names,
        "位次": pa.array([whole(v) for v in made.ranks], pa.int64()),
        "权重±20% 时": [places_text(a, b) for a, b in zip(made.best, made.worst, strict=True)],
        "综合得分": pa.array([rounded(v, 1) for v in made.total], pa.float64()),
    }
    for at, (part, item) in enumerate(made.parts):
        label = f"{item.label}（{item.unit}，权重 {part.weight:g}）"
        columns[label] = pa.array(
            [rounded(v, item.decimals) for v in made.values[:, at]], pa.float64()
        )
    return pa.table(columns)
