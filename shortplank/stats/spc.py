"""A series against its own past: XmR and p-charts, their signals, seasons, assurance.

Single periods only, never cumulative or rolling values: those drift by construction and would
signal all the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats
from shortplank.stats.assumptions import LEAST_CASES
from shortplank.stats.binomial import binomial_quantile
from shortplank.stats.funnel import pooled_share

# 3 / d2, d2 = 1.128 being the mean range of two normal values: moving ranges to 3-sigma limits.
XMR_FACTOR = 2.66
# D4 for ranges of two: a moving range at or above this multiple of the mean is out of the ordinary.
SCREEN_FACTOR = 3.267
RANGE_D2 = 1.128
NEAR_SHARE = 2.0 / 3.0
RUN_LENGTH = 7
# Fewer points than this give trial limits.
SETTLED_POINTS = 13
# P(Z > 3) of a normal value: what a limit of three standard errors leaves to chance.
THREE_SIGMA_TAIL = 0.0013498980316300933
RULES = {1: "outside", 2: "trend", 3: "two_of_three", 4: "one_side"}


class XmRLimits(NamedTuple):
    """Centre line, natural process limits, and the lines two thirds of the way to them."""

    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float


class Chart(NamedTuple):
    """A control chart point by point: lines, signals (0 or a rule's number) and their direction.

    `trial` marks points whose segment has fewer than 13 values, `sigma_z` is Laney's factor
    (1 where none is used; NaN for XmR).
    """

    values: FloatArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    near_lower: FloatArray
    near_upper: FloatArray
    signals: NDArray[np.int64]
    direction: NDArray[np.int64]
    trial: NDArray[np.bool_]
    sigma_z: float


def _mean_range(values: FloatArray, screen: bool) -> float:
    ranges = np.abs(np.diff(values))
    ranges = ranges[~np.isnan(ranges)]
    if not ranges.size:
        return float("nan")
    mean = float(ranges.mean())
    if screen and mean > 0.0:
        kept = ranges[ranges < SCREEN_FACTOR * mean]
        mean = float(kept.mean()) if kept.size else mean
    return mean


def xmr_limits(values: Values, screen: bool = False) -> XmRLimits:
    """Return the XmR limits of a series, in its own unit.

    Formula: centre = mean, limits = mean ± 2.66 · mean moving range, near limits ± ⅔ of that.
    `screen` leaves out moving ranges ≥ 3.267 · their mean, once. A missing value (NaN) breaks
    the chain: no moving range reaches across it.
    Edge cases: fewer than two adjacent values give NaN limits; no variation gives limits on the
    centre. Limits are not clipped to what the indicator can take.
    Source: Wheeler and Chambers, Understanding Statistical Process Control (1992); NHS England,
    Making Data Count.

    >>> xmr_limits([10, 12, 11, 13, 12])
    XmRLimits(centre=11.6, lower=7.61, upper=15.59, near_lower=8.94, near_upper=14.26)
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    known = v[~np.isnan(v)]
    centre = float(known.mean()) if known.size else float("nan")
    width = XMR_FACTOR * _mean_range(v, screen)
    near = NEAR_SHARE * width
    return XmRLimits(centre, centre - width, centre + width, centre - near, centre + near)


def _windows(flags: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    return np.lib.stride_tricks.sliding_window_view(flags, length, axis=-1)


def _spread(starts: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Return the points covered by a window of `length` that starts where `starts` is true."""
    points = np.zeros((*starts.shape[:-1], starts.shape[-1] + length - 1), dtype=bool)
    for offset in range(length):
        points[..., offset : offset + starts.shape[-1]] |= starts
    return points


def _covered(flags: NDArray[np.bool_], run: int, length: int) -> NDArray[np.bool_]:
    """Return the points of `length` that lie in a run of `run` true flags one after another."""
    shape = (*flags.shape[:-1], length)
    if flags.shape[-1] < run:
        return np.zeros(shape, dtype=bool)
    starts = np.asarray(_windows(flags, run).all(axis=-1))
    return _spread(starts, length - starts.shape[-1] + 1)


def _two_of_three(beyond: NDArray[np.bool_], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if beyond.shape[-1] < 3:
        return np.zeros(beyond.shape, dtype=bool)
    full = _windows(known, 3).all(axis=-1)
    starts = full & (_windows(beyond, 3).sum(axis=-1) >= 2)
    return beyond & _spread(starts, 3)


class _Marks(NamedTuple):
    """Points that one rule marks, above (or rising) and below (or falling)."""

    rule: int
    up: NDArray[np.bool_]
    down: NDArray[np.bool_]


def _rule_marks(v: FloatArray, lines: Sequence[FloatArray]) -> list[_Marks]:
    """Return what each rule alone marks; time is the last axis."""
    centre, lower, upper, near_lower, near_upper = lines
    size, known = v.shape[-1], ~np.isnan(v)
    with np.errstate(invalid="ignore"):
        live = upper > lower
        steps = np.diff(v, axis=-1)
        rising = _covered(steps > 0, RUN_LENGTH - 1, size)
        falling = _covered(steps < 0, RUN_LENGTH - 1, size)
        near = live & (v > near_upper), live & (v < near_lower)
        sides = live & (v > centre), live & (v < centre)
        return [
            _Marks(1, live & (v > upper), live & (v < lower)),
            _Marks(2, live & rising, live & falling),
            _Marks(3, _two_of_three(near[0], known), _two_of_three(near[1], known)),
            _Marks(4, _covered(sides[0], RUN_LENGTH, size), _covered(sides[1], RUN_LENGTH, size)),
        ]


def rule_signals(
    values: Values,
    centre: Values,
    lower: Values,
    upper: Values,
    near_lower: Values,
    near_upper: Values,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (rule, direction) of every point: rule 0 to 4 by precedence, direction -1, 0 or +1.

    Rules, the first that holds: 1 outside a limit; 2 seven points strictly rising or falling;
    3 two of three beyond one near limit (those two); 4 seven on one side of the centre. Every
    point of a run is marked. A missing value ends a run, as does a value on the centre (rule 4).
    Time is the last axis, so that many series are judged at once. Lines without width (no
    variation) give no verdict: all 0.
    Source: NHS England, Making Data Count; precedence as in the product's methods page.

    >>> rule, direction = rule_signals([1, 2, 9, 2], 3.0, 0.0, 6.0, 1.0, 5.0)
    >>> rule.tolist(), direction.tolist()
    ([0, 0, 1, 0], [0, 0, 1, 0])
    """
    arrays = floats(values, centre, lower, upper, near_lower, near_upper)[0]
    v, *lines = (np.atleast_1d(array) for array in arrays)
    rule = np.zeros(v.shape, dtype=np.int64)
    direction = np.zeros(v.shape, dtype=np.int64)
    for mark in reversed(_rule_marks(v, lines)):
        rule[mark.up | mark.down] = mark.rule
        direction[mark.up], direction[mark.down] = 1, -1
    return rule, direction


def _segments(size: int, rebase: Sequence[int]) -> list[slice]:
    """Return the slices between rebase points (each the index of a segment's first value)."""
    cuts = sorted({int(cut) for cut in rebase if 0 < int(cut) < size})
    return [slice(a, b) for a, b in zip([0, *cuts], [*cuts, size], strict=True)]


def _chart(
    values: FloatArray,
    lines: FloatArray,
    segments: list[slice],
    observed: FloatArray,
    sigma_z: float,
) -> Chart:
    """Return a chart whose signals are found segment by segment."""
    signals = np.zeros(values.size, dtype=np.int64)
    direction = np.zeros(values.size, dtype=np.int64)
    trial = np.zeros(values.size, dtype=bool)
    for part in segments:
        signals[part], direction[part] = rule_signals(values[part], *lines[:, part])
        trial[part] = np.count_nonzero(~np.isnan(observed[part])) < SETTLED_POINTS
    mid, low, high, near_low, near_high = lines
    return Chart(values, mid, low, high, near_low, near_high, signals, direction, trial, sigma_z)


def xmr_chart(values: Values, rebase: Sequence[int] = (), screen: bool = False) -> Chart:
    """Return the XmR chart of a series: limits per point, signals, trial marks.

    `rebase` holds the indices at which a new segment with its own limits begins; runs do not
    reach across. Rebasing is a dated human decision, never automatic.

    >>> chart = xmr_chart([10, 11, 10, 11, 10, 11, 20, 21, 20, 21, 20, 21], rebase=[6])
    >>> chart.centre[[0, 6]].tolist(), int(chart.signals.max()), int(chart.trial.sum())
    ([10.5, 20.5], 0, 12)
    """
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    segments = _segments(v.size, rebase)
    lines = np.empty((5, v.size))
    for part in segments:
        lines[:, part] = np.array(xmr_limits(v[part], screen))[:, None]
    return _chart(v, lines, segments, v, float("nan"))


def xmr_signals(
    values: Values, rebase: Sequence[int] = (), screen: bool = False
) -> NDArray[np.int64]:
    """Return, for every point of a series, the number of the rule that fired, or 0.

    1 outside the limits, 2 seven strictly monotone, 3 two of three beyond a near limit, 4 seven
    on one side of the mean; see `rule_signals`. No variation gives no signal.

    >>> xmr_signals([5, 5, 6, 5, 4, 5, 5, 6, 4, 5, 12, 5, 6]).tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    """
    return xmr_chart(values, rebase, screen).signals


def laney_sigma(z: Values) -> float:
    """Return Laney's σ_z, mean moving range of standardised proportions / 1.128.

    NaN with fewer than two adjacent values.
    """
    (v,), _ = floats(z)
    return _mean_range(np.atleast_1d(v), screen=False) / RANGE_D2


def _is_overdispersed(sigma_z: float, ranges: int) -> bool:
    """Return whether σ_z exceeds what chance gives in 95 of 100 series.

    The variance of a mean of overlapping ranges of two is about 0.826 d2² / (number of ranges).
    """
    return ranges > 0 and sigma_z > _most_by_chance(ranges)


def _most_by_chance(ranges: int) -> float:
    return float(1.0 + 1.645 * np.sqrt(0.826 / ranges))


def p_chart(x: Values, n: Values, rebase: Sequence[int] = (), prime: bool | None = None) -> Chart:
    """Return the p-chart of proportions x / n, with Laney's p′ limits when over-dispersed.

    Formula: p̄ = Σx/Σn, limits p̄ ± 3 σ_z √(p̄(1 - p̄)/n) clipped to 0 to 1, near limits at 2.
    Where fewer than five cases or non-cases are expected the limits are at least as wide as the
    binomial's own quantiles at the tail of three standard errors (0.135 %): next to 0 or 1 the
    symmetric ones would be passed by chance several times as often.
    σ_z is 1, or Laney's where `prime` is True or, by default, where σ_z is larger than chance
    allows at 5 % (it never narrows limits by itself). One σ_z serves the whole series.
    Edge cases: a period with n = 0 or NaN has no value and ends a run. ValueError for x > n.
    Source: Laney, Quality Engineering 14 (2002) 531-537.

    >>> chart = p_chart([90, 88, 91, 89, 90, 74], [100] * 6)
    >>> chart.signals.tolist(), round(chart.sigma_z, 2)
    ([0, 0, 0, 0, 0, 1], 1.0)
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_1d(x_), np.atleast_1d(n_)
    check_counts(x_, n_)
    size = np.where((n_ > 0.0) & ~np.isnan(x_), n_, np.nan)
    share, segments = x_ / size, _segments(x_.size, rebase)
    centre = np.full(share.shape, np.nan)
    for part in segments:
        centre[part] = pooled_share(np.where(np.isnan(size[part]), np.nan, x_[part]), size[part])
    sigma = np.sqrt(centre * (1.0 - centre) / size)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sigma > 0.0, (share - centre) / sigma, np.nan)
    found, ranges = laney_sigma(z), int(np.count_nonzero(~np.isnan(np.diff(z))))
    used = _is_overdispersed(found, ranges) if prime is None else prime and ranges > 0
    sigma_z = found if used else 1.0
    far, near = 3.0 * sigma_z * sigma, 2.0 * sigma_z * sigma
    offsets = np.array([0.0 * far, -far, far, -near, near])
    lines = np.clip(centre + offsets, 0.0, 1.0)
    few = size * np.minimum(centre, 1.0 - centre) < LEAST_CASES
    _widen(lines[1], lines[2], centre, size, few)
    return _chart(share, lines, segments, share, sigma_z)


def _widen(
    lower: FloatArray, upper: FloatArray, p: FloatArray, n: FloatArray, at: NDArray[np.bool_]
) -> None:
    """Let limits reach, where ``at`` is true, as far as the binomial's own quantiles."""
    p, n = p[at], n[at]
    low = np.asarray(binomial_quantile(THREE_SIGMA_TAIL, n, p)) / n
    high = (n - np.asarray(binomial_quantile(THREE_SIGMA_TAIL, n, 1.0 - p))) / n
    lower[at], upper[at] = np.minimum(lower[at], low), np.maximum(upper[at], high)


def assurance(
    target: float | tuple[float, float], lower: float, upper: float, polarity: str = "up"
) -> str:
    """Return whether a process within its limits meets a target: always, never, hit_and_miss.

    `none` where a limit or the target is unknown, or the indicator has no direction.
    Source: NHS England, Making Data Count (the assurance icons).

    >>> assurance(90, 91.2, 95.0), assurance(90, 80.0, 95.0), assurance(90, 80.0, 89.0)
    ('always', 'hit_and_miss', 'never')
    """
    if polarity == "range":
        if not isinstance(target, tuple):
            return "none"
        low, high = target
    elif isinstance(target, tuple):
        raise ValueError("only a range indicator has a range target")
    elif polarity in ("up", "down"):
        low, high = (target, np.inf) if polarity == "up" else (-np.inf, target)
    else:
        return "none"
    if np.isnan([low, high, lower, upper]).any():
        return "none"
    if low <= lower and upper <= high:
        return "always"
    return "never" if upper < low or lower > high else "hit_and_miss"


@lru_cache(maxsize=64)
def xmr_false_alarm_rates(
    points: int = 24, simulations: int = 4000, seed: int = 20100601
) -> dict[int, float]:
    """Return, by rule, the share of steady normal series on which it fires; key 0 is any rule.

    Simulated: `simulations` series of `points` independent normal values with limits computed
    from themselves, as on the page. Each rule alone, before precedence.

    >>> rates = xmr_false_alarm_rates(24, 500)
    >>> sorted(rates), rates[1] < rates[0] < 0.5
    ([0, 1, 2, 3, 4], True)
    """
    return xmr_fired(np.random.default_rng(seed).standard_normal((simulations, points)))


def xmr_fired(v: FloatArray) -> dict[int, float]:
    """Return the share of series (rows) on which each rule fires, limits from themselves."""
    centre = v.mean(axis=1, keepdims=True)
    width = XMR_FACTOR * np.abs(np.diff(v, axis=1)).mean(axis=1, keepdims=True)
    near = NEAR_SHARE * width
    return _fired(v, (centre, centre - width, centre + width, centre - near, centre + near))


@lru_cache(maxsize=64)
def p_false_alarm_rates(
    n: tuple[float, ...], p: float, simulations: int = 2000, seed: int = 20100601
) -> dict[int, float]:
    """Return, by rule, the share of steady p-charts of these sizes on which it fires; 0 is any.

    Simulated: `simulations` series of binomial counts, x ~ Binomial(n, p), each with limits
    from itself and Laney's where it seems over-dispersed, as on the page. `n` is NaN or 0 where a
    period has no value. A binomial is lopsided near 0 and 1 and where n is small, so that no
    one rate holds for all.

    >>> rates = p_false_alarm_rates((100.0,) * 24, 0.9, 500)
    >>> sorted(rates), rates[1] < rates[0] < 0.5
    ([0, 1, 2, 3, 4], True)
    """
    size = np.array([value if value > 0.0 else np.nan for value in n])
    known = ~np.isnan(size)
    x = np.full((simulations, size.size), np.nan)
    rng = np.random.default_rng(seed)
    x[:, known] = rng.binomial(size[known].astype(np.int64), p, (simulations, int(known.sum())))
    share = x / size
    centre = np.nansum(x, axis=1, keepdims=True) / size[known].sum()
    sigma = np.sqrt(centre * (1.0 - centre) / size)
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.abs(np.diff((share - centre) / sigma, axis=1))
    ranges = int((~np.isnan(np.diff(size))).sum())
    if ranges:
        moved = moves[:, ~np.isnan(np.diff(size))].mean(axis=1) / RANGE_D2
        wide = np.where(moved > _most_by_chance(ranges), moved, 1.0)
        sigma = sigma * wide[:, None]
    offsets = (0.0 * sigma, -3.0 * sigma, 3.0 * sigma, -2.0 * sigma, 2.0 * sigma)
    lines = np.clip(np.stack([centre + offset for offset in offsets]), 0.0, 1.0)
    few = size * np.minimum(centre, 1.0 - centre) < LEAST_CASES
    # Limits move only where they would be passed: elsewhere nothing depends on them.
    beyond = few & ((share < lines[1]) | (share > lines[2]))
    p_, n_ = np.broadcast_arrays(centre, size)
    _widen(lines[1], lines[2], p_, n_, beyond)
    return _fired(share, lines)


def _fired(v: FloatArray, lines: Sequence[FloatArray]) -> dict[int, float]:
    """Return the share of series on which each rule alone fires, and any of them (0)."""
    fired = [(mark.up | mark.down).any(axis=1) for mark in _rule_marks(v, lines)]
    rates = {rule: float(found.mean()) for rule, found in enumerate(fired, start=1)}
    return {0: float(np.any(fired, axis=0).mean()), **rates}
