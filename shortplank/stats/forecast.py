"""Where the statistical year will end: the value, and the chances of its target and its rank."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, check_counts, floats
from shortplank.stats.ranking import ranking_key
from shortplank.stats.stocks import MONTHS, anew_rates, stock_rates

DEFAULT_SEED = 20100601
Target = float | tuple[float, float]


class Peers(NamedTuple):
    """The other units' counts: this year to date and, where known, the whole of last year."""

    x: Values
    n: Values
    last_x: Values = None
    last_n: Values = None


class YearEnd(NamedTuple):
    """Where the year will end: median and limits of the value, and the chances asked for.

    `target_chance` and `rank_chance` are NaN where no target or no peers were given;
    `dispersion` is the months' scatter against chance (1 = chance), `compared` the number of
    peers that could be forecast.
    """

    value: float
    lower: float
    upper: float
    target_chance: float
    rank_chance: float
    dispersion: float
    compared: int


def year_months(values: Values) -> FloatArray:
    """Return twelve months, NaN for those to come."""
    (v,), _ = floats(values)
    v = np.atleast_1d(v)
    if v.ndim != 1 or v.size > MONTHS:
        raise ValueError("a year has at most twelve months")
    return np.append(v, np.full(MONTHS - v.size, np.nan))


def _history(values: Values) -> FloatArray:
    if values is None:
        return np.empty((0, MONTHS))
    (v,), _ = floats(values)
    v = np.atleast_2d(v)
    if v.shape[-1] != MONTHS:
        raise ValueError("finished years are rows of twelve months")
    return v


def _only_reported(x: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = ~(np.isnan(x) | np.isnan(n))
    return np.where(known, x, np.nan), np.where(known, n, np.nan)


def month_dispersion(x: Values, n: Values) -> float:
    """Return how much the months of each year scatter against binomial chance, at least 1.

    Formula: Σ (x - n p)² / (n p(1 - p)) over months (p each row's own Σx/Σn), divided by ν - 2,
    ν the months less one a row: the mean of a variance's posterior, so that few months do not
    promise too much. Rows are years; ν < 3 gives 1.

    >>> month_dispersion([[5, 5, 5, 5]], [[10, 10, 10, 10]])
    1.0
    """
    (x_, n_), _ = floats(x, n)
    x_, n_ = _only_reported(np.atleast_2d(x_), np.atleast_2d(n_))
    whole = np.nansum(n_, axis=1, keepdims=True)
    p = np.nansum(x_, axis=1, keepdims=True) / np.where(whole > 0.0, whole, np.nan)
    spread = n_ * p * (1.0 - p)
    used = spread > 0.0
    chi2 = float((np.where(used, x_ - n_ * p, 0.0) ** 2 / np.where(used, spread, 1.0)).sum())
    freedom = int(np.maximum(used.sum(axis=1) - 1, 0).sum())
    return max(1.0, chi2 / (freedom - 2)) if freedom > 2 else 1.0


def _shifts(x: FloatArray, n: FloatArray, scatter: FloatArray) -> FloatArray:
    """Return (rate - rate before)² less both sampling variances, down the first axis."""
    rate, noise = x / n, scatter / n
    shifts: FloatArray = np.diff(rate, axis=0) ** 2 - noise[1:] - noise[:-1]
    return shifts[~np.isnan(shifts)]


def shift_variance(x: Values, n: Values, phi: float = 1.0) -> float:
    """Return the variance τ² by which a rate moves from one year to the next, beyond chance.

    `x` and `n` are years × units totals. Formula: the mean over units and pairs of years of
    (p₂ - p₁)² - v₂ - v₁, v = φ p(1 - p)/n, at least 0; years without a denominator are left out.

    >>> round(shift_variance([[500, 800], [600, 700]], [[1000, 1000], [1000, 1000]]), 4)
    0.0096
    """
    (x_, n_), _ = floats(x, n)
    size = np.where(n_ > 0.0, n_, np.nan)
    pooled = np.nansum(np.where(np.isnan(size), 0.0, x_), axis=0)
    whole = np.nansum(size, axis=0)
    p = pooled / np.where(whole > 0.0, whole, np.nan)
    found = _shifts(x_, size, phi * p * (1.0 - p))
    return max(0.0, float(found.mean())) if found.size else 0.0


def _carried(last_x: FloatArray, last_n: FloatArray, tau2: float, phi: float) -> FloatArray:
    """Return the weight that last year's counts keep, v / (v + τ²), v their sampling variance.

    A commensurate prior by moments (Hobbs et al., Biometrics 67 (2011) 1047-1056).
    """
    known = last_n > 0.0
    size = np.where(known, last_n, 1.0)
    p = (last_x + 0.5) / (size + 1.0)
    v = phi * p * (1.0 - p) / size
    return np.where(known, v / (v + tau2), 0.0)


class _Season(NamedTuple):
    """By how much earlier years' months seen and months to come differ from the year's rate."""

    seen: float
    ahead: float
    noise: float


def _season(missing: NDArray[np.bool_], past: tuple[FloatArray, FloatArray], phi: float) -> _Season:
    """Return the seasonal offsets of the rate, shrunk to 0 where chance explains them.

    δ = rate of the months to come - rate of the months seen, over all finished years, kept by
    the share 1 - v/δ² (positive part) with v its sampling variance.
    """
    x, n = past
    seen, ahead = (float(np.nansum(n[:, part])) for part in (~missing, missing))
    if min(seen, ahead) <= 0.0:
        return _Season(0.0, 0.0, 0.0)
    won = [float(np.nansum(x[:, part])) for part in (~missing, missing)]
    p = sum(won) / (seen + ahead)
    delta = won[1] / ahead - won[0] / seen
    v = phi * p * (1.0 - p) * (1.0 / seen + 1.0 / ahead)
    keep = max(0.0, 1.0 - v / delta**2) if delta else 0.0
    gap = keep * delta / (seen + ahead)
    return _Season(-gap * ahead, gap * seen, float(np.sqrt(keep * v)))


def _final_rates(
    counts: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    rest: FloatArray,
    season: _Season,
    phi: float,
    tau2: float,
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return year-end rates, draws × units, of units with counts (x, n, last_x, last_n)."""
    x, n, last_x, last_n = counts
    weight = _carried(last_x, last_n, tau2, phi)
    level = np.clip(x - season.seen * n, 0.0, n)
    a = (level + weight * last_x) / phi + 0.5
    b = (n - level + weight * (last_n - last_x)) / phi + 0.5
    size = (draws, x.size)
    more = rng.poisson(rest, size)
    p = rng.beta(a, b, size) + season.ahead
    if season.noise > 0.0:
        p = p + season.noise * rng.standard_normal((draws, 1))
    p = np.clip(p, 0.0, 1.0)
    if phi > 1.0:
        # Beta-binomial with variance φ·n·p(1 - p): precision (n - φ)/(φ - 1).
        precision = np.maximum(rest - phi, 0.5) / (phi - 1.0)
        p = rng.beta(p * precision + 1e-9, (1.0 - p) * precision + 1e-9)
    final = n + more
    won = x + rng.binomial(more, p)
    return won / np.where(final > 0, final, np.nan)


def _rest(n: FloatArray, last_n: FloatArray) -> float:
    """Return the denominator still to come: last year's months scaled to this year's size.

    The scale compares months that both years know; a month that last year does not know is as
    large as this year's mean month, and so is every one where last year saw no case after this.
    """
    missing = np.isnan(n)
    if not missing.any():
        return 0.0
    last = last_n if last_n.size else np.full(n.shape, np.nan)
    both = ~missing & ~np.isnan(last)
    before = float(last[both].sum())
    scale = float(n[both].sum()) / before if before > 0.0 else float("nan")
    mean = float(n[~missing].mean()) if not missing.all() else float("nan")
    if np.isnan(mean):
        return float(np.nansum(last))
    if np.isnan(scale) or not np.nansum(last[missing]):
        return mean * float(missing.sum())
    return float(np.where(np.isnan(last), mean, last * scale)[missing].sum())


def meets_target(rates: FloatArray, target: Target, polarity: str) -> NDArray[np.bool_]:
    """Return which rates meet a target: at or beyond it by polarity, or inside a pair."""
    if isinstance(target, tuple):
        return (rates >= target[0]) & (rates <= target[1])
    if polarity not in ("up", "down"):
        raise ValueError("a target needs a polarity of up or down, or a pair (low, high)")
    return rates >= target if polarity == "up" else rates <= target


def _rank_chance(rates: FloatArray, others: FloatArray, keep_rank: int, polarity: str) -> float:
    """Return the share of draws in which `rates` ranks `keep_rank` or better among the others."""
    mine, theirs = (ranking_key(part, polarity) for part in (rates, others))
    rank = 1 + (theirs < mine[:, None]).sum(axis=1)
    return float((rank <= keep_rank).mean())


def _rows(
    x: FloatArray, n: FloatArray, past: tuple[FloatArray, FloatArray], peers: Peers | None
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return totals (x, n, last_x, last_n), the home unit first, then its peers."""
    last = [part[-1] if part.shape[0] else np.zeros(1) for part in past]
    mine = [np.array([np.nansum(part)]) for part in (x, n, *last)]
    if peers is None:
        return mine[0], mine[1], mine[2], mine[3]
    blank = np.zeros_like(floats(peers.x)[0][0])
    theirs = floats(
        peers.x,
        peers.n,
        blank if peers.last_x is None else peers.last_x,
        blank if peers.last_n is None else peers.last_n,
    )[0]
    rows = [np.append(own, np.nan_to_num(part)) for own, part in zip(mine, theirs, strict=True)]
    return rows[0], rows[1], rows[2], rows[3]


def _flow_rates(
    x: FloatArray,
    n: FloatArray,
    past: tuple[FloatArray, FloatArray],
    peers: Peers | None,
    phi: float,
    draws: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return year-end rates of flows, draws × (1 + peers), the home unit first."""
    rest = _rest(n, past[1][-1] if past[1].shape[0] else np.empty(0))
    totals = _rows(x, n, past, peers)
    mine = float(totals[1][0])
    ahead = totals[1] * (rest / mine if mine > 0.0 else 0.0)
    ahead[0] = rest
    years = [np.nansum(part, axis=1) for part in past]
    own = np.append(years[0], totals[0][0])[:, None], np.append(years[1], mine)[:, None]
    moves = [shift_variance(*own, phi)]
    if peers is not None:
        both = [np.stack(pair) for pair in ((totals[2], totals[0]), (totals[3], totals[1]))]
        moves.append(shift_variance(both[0], both[1], phi))
    season = _season(np.isnan(n), past, phi)
    return _final_rates(totals, ahead, season, phi, max(moves), draws, rng)


def year_end_rates(
    x: FloatArray,
    n: FloatArray,
    past: tuple[FloatArray, FloatArray],
    *,
    kind: str,
    peers: Peers | None,
    draws: int,
    seed: int,
) -> tuple[FloatArray, float]:
    """Return (year-end rates, draws × (1 + peers), and the months' dispersion φ)."""
    phi = month_dispersion(np.vstack([past[0], x]), np.vstack([past[1], n]))
    rng = np.random.default_rng(seed)
    if kind == "flow":
        return _flow_rates(x, n, past, peers, phi, draws, rng), phi
    if kind in ("stock", "anew"):
        rates = stock_rates if kind == "stock" else anew_rates
        return rates(x, n, past, draws, rng)[:, None], phi
    raise ValueError("kind must be flow, stock or anew")


def year_end_chance(
    x: Values,
    n: Values,
    history_x: Values = None,
    history_n: Values = None,
    *,
    target: Target | None = None,
    polarity: str = "up",
    kind: str = "flow",
    level: float = 0.95,
    peers: Peers | None = None,
    keep_rank: int | None = None,
    draws: int = 20_000,
    seed: int = DEFAULT_SEED,
) -> YearEnd:
    """Return where a year that has run some months will end, with the chance of its target.

    `x` and `n` are this year's months so far (NaN: not reported), `history_x` and `history_n`
    finished years, one row of twelve months each, the last row the year before. Proportions
    0-1, the target too; `keep_rank` asks P(rank ≤ keep_rank) among the home unit and its peers.

    Formula (flow): θ ~ Beta from this year's counts and last year's, the latter weighted by how
    little the two years differ beyond chance; the months to come are beta-binomial (n, θ) with
    the months' own dispersion φ and the finished years' seasonal offset of the rate (as far as
    it exceeds chance), their n as last year's months scaled; value = Σx / Σn. Stock
    (the year ends at its last month's value): random walk with drift of the logit over the last
    24 months; anew (a stock that begins anew each year): the finished years' own way from the
    same month on. All by simulation with a fixed seed.
    Edge cases: a finished year is certain; nothing known gives NaN, and so does a stock whose
    steps are all the same (nothing says how far the next may go) and one that begins anew with
    fewer than two finished years; peers without counts are left out (`compared` says how many
    took part) and stocks have no rank chance.
    ValueError for more than twelve months, x > n, or a target without direction.
    Source: Gelman et al., Bayesian Data Analysis (2013), ch. 2 and 5.

    >>> end = year_end_chance([90] * 8, [100] * 8, [[88] * 12], [[100] * 12], target=0.85)
    >>> round(end.value, 2), end.target_chance > 0.99
    (0.9, True)
    """
    x_, n_ = _only_reported(year_months(x), year_months(n))
    past = _only_reported(_history(history_x), _history(history_n))
    check_counts(x_, n_)
    check_counts(*past)
    compared = _known_peers(peers) if kind == "flow" else None
    rates, phi = year_end_rates(x_, n_, past, kind=kind, peers=compared, draws=draws, seed=seed)
    mine = rates[:, 0]
    if np.isnan(mine).any():
        return YearEnd(*(float("nan"),) * 5, phi, 0)
    tail = (1.0 - level) / 2.0
    lower, value, upper = (float(q) for q in np.quantile(mine, [tail, 0.5, 1.0 - tail]))
    chance = rank = float("nan")
    if target is not None:
        chance = float(meets_target(mine, target, polarity).mean())
    if compared is not None and keep_rank is not None:
        rank = _rank_chance(mine, rates[:, 1:], keep_rank, polarity)
    return YearEnd(value, lower, upper, chance, rank, phi, max(rates.shape[1] - 1, 0))


def _known_peers(peers: Peers | None) -> Peers | None:
    """Return the peers that have counts this year, or None where there are none."""
    if peers is None:
        return None
    (x, n), _ = floats(peers.x, peers.n)
    x, n = np.atleast_1d(x), np.atleast_1d(n)
    check_counts(x, n)
    known = (n > 0.0) & ~np.isnan(x)
    if not known.any():
        return None
    last = [
        None if part is None else np.atleast_1d(floats(part)[0][0])[known]
        for part in (peers.last_x, peers.last_n)
    ]
    return Peers(x[known], n[known], last[0], last[1])
