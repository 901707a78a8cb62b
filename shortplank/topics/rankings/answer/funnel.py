"""The townships as a funnel, each at its size; the month's ledger says who differs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.judged.announced import (
    ANNOUNCED,
    how_judged,
    other_window_note,
    untested_text,
)
from shortplank.reading.judged.ledger import findings_for, ledger_of
from shortplank.reading.measured import Floats, Measured
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.topics.rankings.answer.ranking import Ranking, ranking, verdict_word
from shortplank.wording.judged import LIMITS_DRAWN, OF_SPREAD, how_sure_text, spread_text
from shortplank.wording.limits import FUNNEL_LINES, wide_lines
from shortplank.wording.naming import home_units, home_whole
from shortplank.wording.numbers import interval_text, rounded

CURVE = 60
LEVELS = (0.95, 0.998)
# Fewer than five units say nothing about how much units scatter.
LEAST_FOR_DISPERSION = 5


@dataclass(frozen=True)
class Limits:
    """A funnel's limits along the denominator, in the indicator's unit."""

    level: float
    n: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Funnel(Told):
    """Townships against the county's value and limits; ``codes`` are the ledger's.

    ``limits`` and ``wide_limits``, which the townships' common scatter widens, are drawn only.
    """

    item: Indicator
    towns: Measured
    centre: float
    size: Floats
    limits: list[Limits]
    wide_limits: list[Limits]
    codes: list[str]
    column: str
    """The heading of what the ledger says of each township."""
    origin: tuple[str, str]

    @property
    def announced(self) -> list[int]:
        """Return the places of the townships that the month's ledger announces."""
        return [i for i, code in enumerate(self.codes) if code in ANNOUNCED]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        return len(self.size) < 2 or bool(np.isnan(self.centre))


def has_funnel(item: Indicator) -> bool:
    """Return whether an indicator's value is a share of counted cases."""
    return item.interval in ("wilson", "srb")


@once()
def funnel(view: View) -> Funnel:
    """Return the townships' funnel in the view's month and window."""
    answer = ranking(view)
    made = _told(funnel_of(answer), answer)
    if made.is_empty:
        return made
    notes = other_window_note(view, view.indicator)
    return replace(made, sentence=_sentence(view), notes=notes, how=_how(view))


def funnel_of(answer: Ranking) -> Funnel:
    """Return the funnel of a ranking's townships around the county's own value, without words."""
    item = answer.item
    known = np.flatnonzero(~np.isnan(answer.towns.value))
    towns = answer.towns.pick(known)
    centre = float(answer.county.value[0]) if answer.county.codes else float("nan")
    limits, wide = _drawn(item, towns, _share_of(item, centre))
    return Funnel(
        item=item,
        towns=towns,
        centre=centre,
        size=towns.base,
        limits=limits,
        wide_limits=wide,
        codes=[answer.verdicts[int(i)] for i in known],
        column=answer.column,
        origin=answer.origin,
        about=(item.label, answer.period, FUNNEL_LINES, wide_lines() if wide else ""),
    )


def _drawn(item: Indicator, towns: Measured, share: float) -> tuple[list[Limits], list[Limits]]:
    """Return the limits, and those that the townships' common scatter widens, if there is any."""
    if len(towns.codes) < 2 or np.isnan(share):
        return [], []
    tau2 = 0.0
    if len(towns.codes) >= LEAST_FOR_DISPERSION:
        tau2 = float(stats.overdispersion(towns.x, towns.base, share).tau2)
    narrow, wide = (
        [_limits(item, share, towns.base, level, width) for level in LEVELS]
        for width in (0.0, tau2)
    )
    return narrow, wide if tau2 > 0 else []


def _share_of(item: Indicator, value: float) -> float:
    """Return a value as a proportion: of boys for a sex ratio."""
    if np.isnan(value):
        return float("nan")
    return float(stats.share_of_ratio(value)) if item.interval == "srb" else value / item.factor


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


def _told(made: Funnel, answer: Ranking) -> Funnel:
    """Return the funnel with the ranking's words, or why there is none to draw."""
    made = replace(made, title=answer.title, named=answer.named, tested=answer.tested)
    if not made.is_empty:
        return made
    states, item = answer.towns.state, made.item
    text = f"{item.label}：本期没有可以画漏斗图的{home_units()}"
    if set(states) == {"suppressed"}:
        text = f"{item.label}：{home_units()}数不公布，不画漏斗图"
    if len(made.size) == 1:
        alone = f"只有一个{home_units()}" if len(states) == 1 else f"只有一个{home_units()}有数"
        text = f"{alone}，不与包含它自己的{home_whole()}比较"
    # Who is listed is told, whatever there is to draw.
    return replace(made, title=answer.title if made.named else text, sentence=f"{text}。")


def _sentence(view: View) -> str:
    """Return how much of the differences is real beside who is named, and what the limits are."""
    said = ledger_of(view).standing(view.indicator, "township")
    if said is None or not said.compared:
        return f"{untested_text(view, view.indicator)}。"
    both = said.spread and bool(said.announced.any())
    parts = [spread_text(home_units(), said.tenths)] if both else []
    return "".join(f"{part}。" for part in [*parts, LIMITS_DRAWN])


def _how(view: View) -> tuple[str, ...]:
    """Return how the townships were judged, and how sure each announcement is, for who may know."""
    found = [
        how_sure_text(OF_SPREAD if each.kind == "spread" else each.area, each.p, each.q)
        for each in findings_for(view)
        if (each.indicator, each.level) == (view.indicator, "township")
        and each.p is not None
        and each.q is not None
    ]
    return (*how_judged(view, view.indicator, "township"), *found)


def funnel_table(made: Funnel) -> pa.Table:
    """Return the townships with n and interval: those announced first, then the last ranked."""
    last = range(len(made.codes) - 1, -1, -1)
    first = sorted(last, key=lambda i: i not in made.announced)
    towns, item = made.towns.pick(first), made.item
    codes = [made.codes[i] for i in first]
    return pa.table(
        {
            home_units(): towns.names,
            f"{item.label}（{item.unit}）": [rounded(v, item.decimals) for v in towns.value],
            "95% 区间": [
                interval_text(item, low, high)
                for low, high in zip(towns.lower, towns.upper, strict=True)
            ],
            "分子" if item.interval != "srb" else "男婴": [int(v) for v in towns.x],
            "分母" if item.interval != "srb" else "出生数": [int(v) for v in made.size[first]],
            made.column: [
                verdict_word(item, code, state)
                for code, state in zip(codes, towns.state, strict=True)
            ],
        }
    )
