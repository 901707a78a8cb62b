"""The townships as a funnel: which of them differ from the county by more than chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, Measured
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.topics.rankings.answer.ranking import Ranking, ranking
from shortplank.wording.chance import (
    BEYOND,
    BY_CHANCE,
    CHANCE_ONLY_P,
    NOT_BEYOND,
    ONLY_CHANCE,
    WORTH_A_CHECK,
)
from shortplank.wording.claims import UNTESTED, Tally, all_clear
from shortplank.wording.limits import FUNNEL_LINES, INSIDE_WIDE_LIMITS, OUTSIDE_LIMITS
from shortplank.wording.naming import joined
from shortplank.wording.numbers import number_text, rounded, value_text

CURVE = 60
# Fewer than five units say nothing about how much units scatter.
LEAST_FOR_DISPERSION = 5
FALSE_DISCOVERY = 0.05


@dataclass(frozen=True)
class Limits:
    """A funnel's limits along the denominator, in the indicator's unit."""

    level: float
    n: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Funnel(Told):
    """Townships against the county's value, limits, and the list of those beyond them."""

    item: Indicator
    towns: Measured
    centre: float
    size: Floats
    limits: list[Limits]
    wide_limits: list[Limits]
    codes: list[str]
    p_values: Floats
    exact: Floats
    """p-values of chance alone, without the townships' common scatter."""
    adjusted: Floats
    phi: float
    tau2: float
    origin: str

    @property
    def beyond(self) -> list[int]:
        """Return the places of the townships that stand out after Benjamini and Hochberg."""
        return [int(i) for i in np.flatnonzero(self.adjusted <= FALSE_DISCOVERY)]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        return len(self.size) < 2 or bool(np.isnan(self.centre))


def has_funnel(item: Indicator) -> bool:
    """Return whether an indicator's value is a share of counted cases."""
    return item.interval in ("wilson", "srb")


def funnel(view: View) -> Funnel:
    """Return the townships' funnel in the view's month and window."""
    return funnel_of(ranking(view))


def funnel_of(answer: Ranking) -> Funnel:
    """Return the funnel of a ranking's townships around the county's own value."""
    item, towns = answer.item, answer.towns
    known = ~np.isnan(towns.value)
    towns = towns.pick(np.flatnonzero(known))
    size = towns.base
    centre = float(answer.county.value[0]) if answer.county.codes else float("nan")
    share = _share_of(item, centre)
    phi, tau2 = _dispersion(towns, size, share)
    empty = len(size) < 2 or np.isnan(share)
    exact, p_values = np.full((2, len(size)), np.nan)
    if not empty:
        exact, p_values = (
            np.atleast_1d(np.asarray(stats.funnel_p_values(towns.x, size, share, scatter)))
            for scatter in (0.0, tau2)
        )
    adjusted = stats.benjamini_hochberg(p_values)
    limits = [] if empty else [_limits(item, share, size, level) for level in (0.95, 0.998)]
    wide = [_limits(item, share, size, level, tau2) for level in (0.95, 0.998)] if tau2 > 0 else []
    by_name = dict(zip(answer.towns.codes, answer.verdicts, strict=True))
    made = Funnel(
        item=item,
        towns=towns,
        centre=centre,
        size=size,
        limits=limits,
        wide_limits=wide,
        codes=[by_name[code] for code in towns.codes],
        p_values=p_values,
        exact=exact,
        adjusted=adjusted,
        phi=phi,
        tau2=tau2,
        origin=answer.origin,
        about=(answer.item.label, answer.period, FUNNEL_LINES),
    )
    return _told(made, answer.towns.state)


def _share_of(item: Indicator, value: float) -> float:
    """Return a value as a proportion: of boys for a sex ratio."""
    if np.isnan(value):
        return float("nan")
    return float(stats.share_of_ratio(value)) if item.interval == "srb" else value / item.factor


def _dispersion(towns: Measured, size: Floats, share: float) -> tuple[float, float]:
    if len(size) < LEAST_FOR_DISPERSION or np.isnan(share):
        return float("nan"), 0.0
    found = stats.overdispersion(towns.x, size, share)
    return float(found.phi), float(found.tau2)


def _limits(item: Indicator, share: float, size: Floats, level: float, tau2: float = 0.0) -> Limits:
    n = np.geomspace(max(float(size.min()) * 0.7, 1.0), float(size.max()) * 1.05, CURVE)
    if tau2 > 0:
        lower, upper = stats.overdispersed_limits(share, n, tau2, level)
    else:
        lower, upper = stats.funnel_limits(share, n, level)
    if item.interval == "srb":
        ends = [np.asarray(stats.ratio_of_share(v)) for v in (lower, np.minimum(upper, 0.99))]
    else:
        ends = [np.asarray(v) * item.factor for v in (lower, upper)]
    return Limits(level, n, ends[0], ends[1])


def _told(made: Funnel, states: list[str]) -> Funnel:
    """Return the funnel with its words; ``states`` are those of all townships, known or not."""
    item, units = made.item, len(made.size)
    if made.is_empty:
        text = f"{item.label}：本期没有可以画漏斗图的乡镇"
        if set(states) == {"suppressed"}:
            text = f"{item.label}：乡镇数不公布，不画漏斗图"
        if units == 1:
            alone = "只有一个乡镇" if len(states) == 1 else "只有一个乡镇有数"
            text = f"{alone}，不与包含它自己的全县比较"
        return replace(made, title=text, sentence=text + "。")
    names = [made.towns.names[i] for i in made.beyond]
    chance = number_text(100 * stats.any_flag_chance(units), 1)
    if names:
        title = f"{joined(names)}与全县的差异{BEYOND}"
    else:
        what = f"与全县（{value_text(item, made.centre)}）的差异"
        title = all_clear(Tally(units, 0), "个乡镇", what, _claim(made))
    listed = f"列出{joined(names, 6)}" if names else "没有列出任何乡镇"
    sentence = (
        f"{units} 个乡镇同时比较，即使都一样，也有 {chance}% 的可能看到有一个{OUTSIDE_LIMITS}，"
        f"所以一并检验并校正，{listed}。"
    )
    return replace(
        made, title=title, sentence=sentence, named=tuple(names), tested=units, how=_how(made)
    )


def _how(made: Funnel) -> tuple[str, ...]:
    """Return how the townships were tested, and how much they scatter."""
    lines = [f"{len(made.size)} 个乡镇各与全县比较，按多重检验校正（Benjamini–Hochberg，5%）"]
    if not np.isnan(made.phi):
        wider = "，虚线界限和检验已按此放宽" if made.tau2 > 0 else ""
        phi = number_text(made.phi, 1)
        lines.append(f"乡镇之间的离散程度估计为 φ={phi}（{ONLY_CHANCE}，{UNTESTED}）{wider}")
    return tuple(lines)


def _claim(made: Funnel) -> str:
    """Return what was not passed by any, with what the wider limits leave unsaid."""
    if made.tau2 <= 0:
        return BY_CHANCE
    outside = int((made.exact < 0.002).sum())
    rest = f"；不放宽时有 {outside} 个在 99.8% 界限外" if outside else ""
    return f"{INSIDE_WIDE_LIMITS}{rest}"


def funnel_table(made: Funnel) -> pa.Table:
    """Return the townships with their exact tests, the most unlikely first."""
    order = np.argsort(np.where(np.isnan(made.p_values), np.inf, made.p_values), kind="stable")
    towns, item = made.towns.pick(order), made.item
    adjusted = made.adjusted[order]
    not_beyond = "不特别突出" if made.tau2 > 0 else NOT_BEYOND
    told = [
        "–" if np.isnan(p) else WORTH_A_CHECK if p <= FALSE_DISCOVERY else not_beyond
        for p in adjusted
    ]
    tests = {"检验 p 值": made.p_values}
    if made.tau2 > 0:
        tests = {CHANCE_ONLY_P: made.exact, "计入普遍离散的 p 值": made.p_values}
    return pa.table(
        {
            "乡镇": towns.names,
            f"{item.label}（{item.unit}）": [rounded(v, item.decimals) for v in towns.value],
            "分子" if item.interval != "srb" else "男婴": [int(v) for v in towns.x],
            "分母" if item.interval != "srb" else "出生数": [int(v) for v in made.size[order]],
            **{name: [p_text(p) for p in values[order]] for name, values in tests.items()},
            "多重检验后": [p_text(p) for p in adjusted],
            "结论": told,
        }
    )


def p_text(p: float) -> str:
    """Return a p-value as it is printed.

    >>> p_text(0.0312), p_text(1e-9), p_text(float("nan"))
    ('0.031', '<0.001', '–')
    """
    if np.isnan(p):
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"
