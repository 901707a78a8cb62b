"""Stocks at the year's end: going on from last year, or beginning anew with each."""

from __future__ import annotations

import numpy as np

from shortplank.stats._arrays import FloatArray, Values, floats, special

MONTHS = 12
# Steps of the logit that differ by less are all the same: they do not say how far one can go.
STEADY = 1e-9
# An opening that moves by so many times the largest step within the years is no step of theirs.
ANEW = 3.0


def starts_anew(x: Values, n: Values) -> bool:
    """Return whether a stock starts anew with each year: its rate leaps back at every opening.

    `x` and `n` are years × 12 months. Formula: at every opening with both months known, the step
    of x/n from the month before is against the move of the year before and more than three times
    the largest step within the years. No opening known gives False. A rule of ours: such a
    stock's end of last year says nothing of this year's.

    >>> year = [40, 120, 210, 290, 380, 460, 540, 630, 710, 800, 880, 960]
    >>> starts_anew([year, year], [[1000] * 12] * 2), starts_anew([year], [[1000] * 12])
    (True, False)
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = np.atleast_2d(x_), np.atleast_2d(n_)
    rate = x_ / np.where(n_ > 0.0, n_, np.nan)
    openings = rate[1:, 0] - rate[:-1, -1]
    moved = rate[:-1, -1] - rate[:-1, 0]
    known = ~(np.isnan(openings) | np.isnan(moved))
    within = np.abs(np.diff(rate, axis=1))
    if not known.any() or np.isnan(within).all():
        return False
    back = np.sign(openings[known]) == -np.sign(moved[known])
    far = np.abs(openings[known]) > ANEW * float(np.nanmax(within))
    return bool((back & far).all())


def _logit(x: FloatArray, n: FloatArray) -> FloatArray:
    size = np.where(n > 0.0, n, np.nan)
    logit: FloatArray = np.log((x + 0.5) / (size - x + 0.5))
    return logit


def stock_rates(
    x: FloatArray,
    n: FloatArray,
    history: tuple[FloatArray, FloatArray],
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return year-end rates of a stock: a random walk with drift on the logit scale."""
    so_far = np.concatenate([history[0].ravel(), x]), np.concatenate([history[1].ravel(), n])
    size = np.where(so_far[1] > 0.0, so_far[1], np.nan)
    logit = _logit(*so_far)
    known = np.flatnonzero(~np.isnan(logit))
    if not known.size:
        return np.full(draws, np.nan)
    ahead = logit.size - 1 - int(known[-1])
    if not ahead:
        return np.full(draws, so_far[0][known[-1]] / size[known[-1]])
    steps = np.diff(logit)[-(2 * MONTHS) :]
    steps = steps[~np.isnan(steps)]
    if steps.size < 2 or np.ptp(steps) < STEADY:
        return np.full(draws, np.nan)
    spread = float(steps.std(ddof=1)) * np.sqrt(ahead * (1.0 + ahead / steps.size))
    noise = rng.standard_t(steps.size - 1, draws)
    end = logit[known[-1]] + ahead * float(steps.mean()) + spread * noise
    rates: FloatArray = special.expit(end)
    return rates


def anew_rates(
    x: FloatArray,
    n: FloatArray,
    history: tuple[FloatArray, FloatArray],
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return year-end rates of a stock that begins anew each year: by its own years' way on.

    Formula: from the last month known, logit + d̄ ± t s √(1 + 1/Y): d what each of Y finished years
    went from that calendar month to its last one, s their standard deviation, t of Y - 1 degrees.
    Whole years are compared, not months: a quick year is quick in all of its months.
    """
    logit = _logit(x, n)
    known = np.flatnonzero(~np.isnan(logit))
    if not known.size:
        return np.full(draws, np.nan)
    last = int(known[-1])
    if last == MONTHS - 1:
        return np.full(draws, x[last] / n[last])
    years = _logit(*history)
    ways = years[:, -1] - years[:, last]
    ways = ways[~np.isnan(ways)]
    if ways.size < 2 or np.ptp(ways) < STEADY:
        return np.full(draws, np.nan)
    spread = float(ways.std(ddof=1)) * np.sqrt(1.0 + 1.0 / ways.size)
    end = logit[last] + float(ways.mean()) + spread * rng.standard_t(ways.size - 1, draws)
    rates: FloatArray = special.expit(end)
    return rates
