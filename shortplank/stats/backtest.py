"""How well forecasts of the year's end would have held in the years that are finished."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats, special
from shortplank.stats.forecast import DEFAULT_SEED, Target, meets_target, year_end_rates
from shortplank.stats.stocks import MONTHS

# Limits hold where so many of a hundred did, of 95 that should.
LEAST_COVERED = 0.9
# Of one unit's own forecasts fewer will do: those of a year come out alike.
LEAST_OWN = 0.8
# A month of the year whose limits held less often than this by chance does not hold.
TAIL = 0.05
# By so much, on the mean, what was said may differ from what came.
MOST_OFF = 0.15


class BackTest(NamedTuple):
    """How forecasts of finished years came out.

    `brier` is the mean squared error of the chances of the target, `brier_base` that of always
    saying how often it was met; `said` and `came` are mean chance and share met in each fifth of
    the scale (NaN where no forecast fell), `counts` the forecasts in it; `inside` is whether the
    95 % limits held, units × years after the first × months 1 to 11, NaN without a forecast.
    """

    forecasts: int
    covered_80: float
    covered_95: float
    brier: float
    brier_base: float
    said: FloatArray
    came: FloatArray
    counts: NDArray[np.int64]
    inside: FloatArray


class _Ask(NamedTuple):
    """What is asked of every forecast."""

    target: Target | None
    polarity: str
    kind: str
    draws: int
    seed: int


def _finished(x: FloatArray, n: FloatArray, kind: str) -> float:
    if kind != "flow":
        return float(x[-1] / n[-1]) if n[-1] > 0 else float("nan")
    whole = float(np.nansum(n))
    return float(np.nansum(x)) / whole if whole > 0.0 else float("nan")


def back_test(
    x: Values,
    n: Values,
    *,
    target: Target | None = None,
    polarity: str = "up",
    kind: str = "flow",
    draws: int = 1000,
    seed: int = DEFAULT_SEED,
) -> BackTest:
    """Return how forecasts made in every month of the finished years came out.

    `x` and `n` are (units × years × 12) or (years × 12); each year after the first is forecast
    from its first 1 to 11 months and the years before it, and compared with how it ended.
    Edge cases: fewer than two finished years give 0 forecasts and NaN.

    >>> test = back_test([[90] * 12, [91] * 12], [[100] * 12, [100] * 12], target=0.85)
    >>> test.forecasts, test.covered_95, test.brier < 0.01
    (11, 1.0, True)
    """
    (x_, n_), _ = floats(x, n)
    check_counts(x_, n_)
    if x_.ndim == 2:
        x_, n_ = x_[None], n_[None]
    ask = _Ask(target, polarity, kind, draws, seed)
    units, years = x_.shape[:2]
    found = np.full((units, max(years - 1, 0), MONTHS - 1, 4), np.nan)
    for unit in range(units):
        for year in range(1, years):
            found[unit, year - 1] = _forecast_year(x_[unit], n_[unit], year, ask)
    rows = found.reshape(-1, 4)
    return _score(rows[~np.isnan(rows[:, 1])], found[..., 1])


def _forecast_year(x: FloatArray, n: FloatArray, year: int, ask: _Ask) -> FloatArray:
    """Return [in 80 %, in 95 %, chance, met] of a forecast after each of eleven months.

    A month without a forecast is NaN.
    """
    rows = np.full((MONTHS - 1, 4), np.nan)
    actual = _finished(x[year], n[year], ask.kind)
    if np.isnan(actual):
        return rows
    met = np.nan
    if ask.target is not None:
        met = float(meets_target(np.array([actual]), ask.target, ask.polarity)[0])
    for cut in range(1, MONTHS):
        so_far = [np.where(np.arange(MONTHS) < cut, part[year], np.nan) for part in (x, n)]
        rates = year_end_rates(
            so_far[0],
            so_far[1],
            (x[:year], n[:year]),
            kind=ask.kind,
            peers=None,
            draws=ask.draws,
            seed=ask.seed,
        )[0][:, 0]
        if np.isnan(rates).any():
            continue
        low, high = np.quantile(rates, [[0.1, 0.025], [0.9, 0.975]])
        inside = (low <= actual) & (actual <= high)
        chance = np.nan
        if ask.target is not None:
            chance = float(meets_target(rates, ask.target, ask.polarity).mean())
        rows[cut - 1] = [float(inside[0]), float(inside[1]), chance, met]
    return rows


def _score(rows: FloatArray, inside: FloatArray) -> BackTest:
    blank = np.full(5, np.nan)
    if not rows.size:
        none, nan = np.zeros(5, dtype=np.int64), float("nan")
        return BackTest(0, nan, nan, nan, nan, blank, blank.copy(), none, inside)
    said, came = rows[:, 2], rows[:, 3]
    fifth = np.minimum(np.nan_to_num(said) * 5.0, 4.0).astype(np.int64)
    count = np.bincount(fifth[~np.isnan(came)], minlength=5)
    with np.errstate(invalid="ignore"):
        means = [
            np.bincount(fifth, np.nan_to_num(part), 5) / np.where(count > 0, count, np.nan)
            for part in (said, came)
        ]
    return BackTest(
        rows.shape[0],
        float(rows[:, 0].mean()),
        float(rows[:, 1].mean()),
        float(((said - came) ** 2).mean()),
        float(came.var()),
        means[0],
        means[1],
        count,
        inside,
    )


def level_holds(test: BackTest, month: int, unit: int = 0) -> bool:
    """Return whether the 95 % limits of forecasts after so many months of the year hold.

    Formula: over all units, years and months nine in ten of the limits held; of this month's no
    fewer than chance allows where 95 % should (exact binomial tail > 5 %); and eight in ten of
    the unit's own. Forecasts of one year come out alike, so the first alone would pass a unit
    that went its own way, and the last alone few fair ones.
    Edge cases: no forecast of the month or of the unit's holds nothing.

    >>> test = back_test([[90] * 12, [91] * 12], [[100] * 12, [100] * 12])
    >>> level_holds(test, 8), level_holds(test, 12)
    (True, False)
    """
    if not (test.forecasts and 1 <= month < MONTHS):
        return False
    at, own = test.inside[:, :, month - 1], test.inside[unit]
    held, made = int(np.nansum(at)), int((~np.isnan(at)).sum())
    if not made or np.isnan(own).all():
        return False
    by_chance = float(special.bdtr(held, made, 0.95))
    return bool(
        test.covered_95 >= LEAST_COVERED and by_chance > TAIL and np.nanmean(own) >= LEAST_OWN
    )


def chance_holds(test: BackTest) -> bool:
    """Return whether the chances of the target that were said came out as often as said.

    Formula: the mean over forecasts of |said - came| by fifths of the scale is at most 15 points,
    and the Brier score no worse than that of always saying how often the target was met (which
    says nothing where it was always met, or never).

    >>> chance_holds(back_test([[90] * 12, [91] * 12], [[100] * 12, [100] * 12], target=0.85))
    True
    """
    if not test.counts.sum():
        return False
    off = float((np.abs(np.nan_to_num(test.said - test.came)) * test.counts).sum())
    skilled = test.brier_base == 0.0 or test.brier <= test.brier_base
    return bool(off / test.counts.sum() <= MOST_OFF and skilled)
