"""How well forecasts of the year's end would have held in the years that are finished."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats
from shortplank.stats.forecast import (
    DEFAULT_SEED,
    MONTHS,
    Target,
    meets_target,
    year_end_rates,
)


class BackTest(NamedTuple):
    """How forecasts of finished years came out.

    `brier` is the mean squared error of the chances of the target, `brier_base` that of always
    saying how often it was met; `said` and `came` are mean chance and share met in each fifth of
    the scale (NaN where no forecast fell), `counts` the forecasts in it.
    """

    forecasts: int
    covered_80: float
    covered_95: float
    brier: float
    brier_base: float
    said: FloatArray
    came: FloatArray
    counts: NDArray[np.int64]


class _Ask(NamedTuple):
    """What is asked of every forecast."""

    target: Target | None
    polarity: str
    kind: str
    draws: int
    seed: int


def _finished(x: FloatArray, n: FloatArray, kind: str) -> float:
    if kind == "stock":
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
    rows: list[list[float]] = []
    for unit_x, unit_n in zip(x_, n_, strict=True):
        for year in range(1, unit_x.shape[0]):
            rows += _forecast_year(unit_x, unit_n, year, ask)
    return _score(np.array(rows, dtype=np.float64).reshape(-1, 4))


def _forecast_year(x: FloatArray, n: FloatArray, year: int, ask: _Ask) -> list[list[float]]:
    """Return [in 80 %, in 95 %, chance, met] of a forecast after each of eleven months."""
    actual = _finished(x[year], n[year], ask.kind)
    if np.isnan(actual):
        return []
    met = np.nan
    if ask.target is not None:
        met = float(meets_target(np.array([actual]), ask.target, ask.polarity)[0])
    rows = []
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
        rows.append([float(inside[0]), float(inside[1]), chance, met])
    return rows


def _score(rows: FloatArray) -> BackTest:
    blank = np.full(5, np.nan)
    if not rows.size:
        nan = float("nan")
        return BackTest(0, nan, nan, nan, nan, blank, blank.copy(), np.zeros(5, dtype=np.int64))
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
    )
