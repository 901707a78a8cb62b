"""The draws behind an inspection's rehearsal, kept: the same plan of the same counts is one run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from shortplank import stats
from shortplank.catalogue.models import InspectionRule
from shortplank.reading.measured import Floats

BARS = 48
HALF = 0.5
KEPT = 64
# A hundred thousand draws of the usual six villages are 5 MB, of the most 29.
DRAWS_KEPT = 2


@dataclass(frozen=True)
class Plan:
    """How villages are drawn: how many in all or in each of ``townships``, and the line to pass.

    ``proportional`` draws villages (in two stages: townships) proportional to their size.
    """

    villages: int
    townships: int | None
    proportional: bool
    line: float | None


@dataclass(frozen=True)
class DrawnFrom:
    """The villages of the register's month; NaN where a village has not reported."""

    codes: list[str]
    names: list[str]
    towns: list[str]
    town_codes: list[str]
    x: Floats
    n: Floats
    rates: Floats
    weak: list[bool]
    unknown: list[bool]


@dataclass(frozen=True)
class Shape:
    """How is drawn and from what: each village's township, and which are weak or unreported."""

    villages: int
    townships: int | None
    proportional: bool
    home: tuple[int, ...]
    weak: tuple[bool, ...]
    unknown: tuple[bool, ...]


@dataclass(frozen=True)
class Bars:
    """The distribution of the drawn result: the bars' edges and each one's share of the draws."""

    edges: Floats
    shares: Floats


@dataclass(frozen=True)
class Drawn:
    """What draws of one plan show; rates are shares, and NaN or None where there is no line.

    ``hit`` is the chance of at least one weak village, ``hit_if_unknown`` the same if every
    unreported village were weak, ``weak_chances`` how many are drawn, ``rates`` and what follows
    the drawn result, ``needed`` how many villages must reach the line to halve its risk.
    """

    villages: int
    towns: int
    weak: int
    unknown: int
    exact: bool
    hit: stats.Chance
    hit_if_unknown: float
    weak_chances: Floats
    rates: Bars | None
    miss: stats.Chance
    low: float
    high: float
    reach: float
    village_drops: Floats
    town_drops: Floats
    town_hit_drops: Floats
    needed: int | None
    loss: stats.Loss | None

    @property
    def expected_weak(self) -> float:
        """Return how many weak villages a draw holds on average."""
        return float(self.weak_chances @ np.arange(self.weak_chances.size))

    @property
    def largest_drop(self) -> float:
        """Return by how much the best single village would lower the risk of missing the line."""
        return float(self.village_drops.max()) if self.village_drops.size else 0.0


@lru_cache(maxsize=KEPT)
def rehearse(
    shape: Shape,
    x: tuple[float, ...],
    n: tuple[float, ...],
    line: float | None,
    polarity: str,
    rule: InspectionRule | None,
) -> Drawn:
    """Return what draws of this shape show; ``line`` is a share, None where nothing is rated."""
    counts, sizes = np.array(x), np.array(n)
    picked = _picked(shape, sizes)
    weak, unknown = np.array(shape.weak), np.array(shape.unknown)
    hit = _hit(shape, weak, picked)
    many = _weak_chances(shape, weak, picked)
    nothing = np.array([])
    drawn = Drawn(
        villages=weak.size,
        towns=len(set(shape.home)),
        weak=int(weak.sum()),
        unknown=int(unknown.sum()),
        exact=not shape.proportional,
        hit=hit,
        hit_if_unknown=_hit(shape, weak | unknown, picked).chance if unknown.any() else hit.chance,
        weak_chances=many,
        rates=None,
        miss=stats.Chance(*(float("nan"),) * 3),
        low=float("nan"),
        high=float("nan"),
        reach=float("nan"),
        village_drops=nothing,
        town_drops=nothing,
        town_hit_drops=nothing,
        needed=None,
        loss=stats.capped_loss(many, rule.points_per_weak, rule.most) if rule else None,
    )
    if line is None or not (np.nan_to_num(sizes) > 0).any():
        return drawn
    return _rated(drawn, shape, counts, sizes, picked, line, polarity, rule)


def _picked(shape: Shape, sizes: Floats) -> stats.Picked:
    if not shape.proportional:
        return _even(shape.home, shape.townships, shape.villages)
    if shape.townships is None:
        return stats.draw_villages(len(shape.home), shape.villages, sizes)
    whole: Floats = np.bincount(np.array(shape.home), np.nan_to_num(sizes)).astype(np.float64)
    return stats.draw_two_stage(shape.home, shape.townships, shape.villages, whole)


@lru_cache(maxsize=DRAWS_KEPT)
def _even(home: tuple[int, ...], townships: int | None, villages: int) -> stats.Picked:
    """Return draws with equal chances: the same serve every month and indicator."""
    if townships is None:
        found = stats.draw_villages(len(home), villages)
    else:
        found = stats.draw_two_stage(home, townships, villages)
    found.flags.writeable = False
    return found


def _hit(shape: Shape, weak: Floats, picked: stats.Picked) -> stats.Chance:
    """Return the chance of at least one weak village: exact where there is a formula."""
    if shape.proportional:
        return stats.weak_hit_chance(picked, weak)
    if shape.townships is None:
        chance = float(stats.draw_risk(weak.size, int(weak.sum()), shape.villages))
    else:
        home = np.array(shape.home)
        bad = np.bincount(home, weak.astype(np.float64))
        chance = stats.two_stage_risk(np.bincount(home), bad, shape.townships, shape.villages)
    return stats.Chance(chance, float("nan"), float("nan"))


def _weak_chances(shape: Shape, weak: Floats, picked: stats.Picked) -> Floats:
    if shape.proportional or shape.townships is not None:
        return stats.weak_counts(picked, weak)
    return stats.weak_drawn(weak.size, int(weak.sum()), shape.villages)


# --- the drawn result -----------------------------------------------------------------------------
def _rated(
    drawn: Drawn,
    shape: Shape,
    x: Floats,
    n: Floats,
    picked: stats.Picked,
    line: float,
    polarity: str,
    rule: InspectionRule | None,
) -> Drawn:
    result = stats.drawn_results(x, n, picked, line, polarity)
    known = ~(np.isnan(x) | np.isnan(n))
    county = float(x[known].sum() / n[known].sum())
    better = max if polarity == "up" else min
    reach = better(county, line)
    weak = np.array(shape.weak)
    with np.errstate(invalid="ignore"):
        missed = result.rates < line if polarity == "up" else result.rates > line
    return replace(
        drawn,
        rates=_bars(result.rates, line),
        miss=result.miss,
        low=result.low,
        high=result.high,
        reach=reach,
        village_drops=stats.lever_drops(x, n, picked, line, reach, polarity).drop,
        town_drops=stats.group_drops(x, n, picked, line, reach, shape.home, polarity),
        town_hit_drops=_town_hit_drops(shape, weak, picked, drawn.hit.chance),
        needed=stats.help_needed(
            x, n, picked, line, reach, _order(x, n, reach, polarity), HALF, polarity
        ),
        loss=(
            stats.drawn_loss(
                picked, weak, missed, rule.points_per_weak, rule.points_missed, rule.most
            )
            if rule
            else None
        ),
    )


def _order(x: Floats, n: Floats, reach: float, polarity: str) -> list[int]:
    """Return the villages short of what is to be reached, those with the most cases first."""
    lack = np.nan_to_num((reach * n - x) * (1.0 if polarity == "up" else -1.0))
    return [int(i) for i in np.argsort(-lack, kind="stable") if lack[i] > 0]


def _bars(rates: Floats, line: float) -> Bars:
    """Return the draws in bars of one width, with the line at an edge so that none straddles it."""
    found = rates[~np.isnan(rates)]
    low, high = (float(v) for v in np.quantile(found, [0.0005, 0.9995]))
    width = max((high - low) / BARS, 1e-4)
    below = int(np.ceil(max(line - low, 0.0) / width))
    above = int(np.ceil(max(high - line, 0.0) / width))
    first = line - width * below if below else line + width * np.floor((low - line) / width)
    count = below + above if below and above else int(np.ceil((high - first) / width))
    edges = first + width * np.arange(max(count, 1) + 1)
    shares = np.histogram(np.clip(found, edges[0], edges[-1]), edges)[0] / rates.size
    return Bars(np.asarray(edges, dtype=np.float64), shares)


def _town_hit_drops(shape: Shape, weak: Floats, picked: stats.Picked, base: float) -> Floats:
    """Return by how much the chance of a weak village drops if a township had none."""
    home = np.array(shape.home)
    drops = [
        base - _hit(shape, weak & (home != town), picked).chance for town in range(home.max() + 1)
    ]
    return np.maximum(np.array(drops), 0.0)
