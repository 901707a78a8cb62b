"""Many that differ: units of one natural share and others beside it, and who may be listed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray, Values, floats, special
from shortplank.stats.judge.posterior import check_side, effective, first_twins

# Distances of the second group's centre from the spike, in √(s(1 - s)), to either side: doubling
# every second step, from what needs 10,000 cases to be seen to nearly all or nothing. They do
# not look at the data: two small units must not stretch a grid that the others are measured on.
GAPS = 0.01 * 2.0 ** (np.arange(13.0) / 2.0)
# The second group's own spread, as a share of √(c(1 - c)) of its centre c.
SPREADS = np.array([0.01, 0.03, 0.1, 0.3])
# Shares of the units that belong to the spike, and how strongly the prior prefers it: π⁹, the
# penalty λ₀ = 10 of Stephens, without which two groups are found in every third county of one.
SHARES = (np.arange(20.0) + 0.5) / 20.0
PENALTY = 10.0
_LEAST_WEIGHT = 1e-6


class Groups(NamedTuple):
    """What is known of every unit, arrays (units,) with NaN for a unit that has no counts.

    `null` is P(it belongs to the spike), `false_sign` P(it is not on the worse side of it), and
    `mean` the share that is expected of it.
    """

    null: FloatArray
    false_sign: FloatArray
    mean: FloatArray


def _slabs(spike: float, centres: Values) -> tuple[FloatArray, FloatArray]:
    """Return α and β (slabs, 1) of every centre with every spread; centres inside 0 to 1 only."""
    if centres is None:
        reach = np.sqrt(spike * (1.0 - spike)) * GAPS
        centre = np.concatenate([spike - reach[::-1], [spike], spike + reach])
    else:
        centre = np.atleast_1d(floats(centres)[0][0])
    centre = centre[(centre > 0.0) & (centre < 1.0)]
    if not centre.size:
        raise ValueError("no centre of the second group lies inside 0 to 1")
    precision = 1.0 / SPREADS**2 - 1.0
    alpha = np.outer(centre, precision).reshape(-1, 1)
    return alpha, np.outer(1.0 - centre, precision).reshape(-1, 1)


def _weights(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weight of every slab, and in each the units' chances to be of the spike.

    `ratio` is the log of slab over spike likelihood (slabs, units). Slab and mixing share get
    their weight together, by the likelihood of all units.
    """
    odds = np.exp(np.clip(ratio, -700.0, 700.0))
    share = SHARES[:, None, None]
    mixed = share + (1.0 - share) * odds
    logs = np.log(mixed).sum(axis=2) + (PENALTY - 1.0) * np.log(SHARES)[:, None]
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    of_slab = weight.sum(axis=0)
    null = np.einsum("ms,msu->su", weight, share / mixed)
    return of_slab, null


def two_groups(
    x: Values,
    n: Values,
    phi: float,
    spike: float,
    centres: Values = None,
    *,
    worse: str,
) -> Groups:
    """Return, for units of which some may lie beside one natural share, how sure that is of each.

    Model: x/φ of n/φ is binomial with θ; θ = spike for a share π of the units, and for the others
    θ ~ Beta with a centre and a spread. Centre (`centres`, or `GAPS` to both sides), spread
    (`SPREADS`) and π (prior ∝ π^(λ₀ - 1)) are averaged over a grid by the marginal likelihood.

    - `null`: P(the unit is of the spike).
    - `false_sign`: P(θ is not on the worse side of the spike), `null` and the other side together.
    - `mean`: E θ; its distance from the spike is the shrunken gap.

    Shapes (units,), x whole or not, shares 0-1; `worse` "below" or "above".
    Edge cases: n = 0 or anything NaN gives NaN and counts for nobody; the order of the units does
    not matter. ValueError for a spike outside 0-1, no usable centre, φ ≤ 0, or bad counts.
    Source: Efron, Statist. Sci. 23 (2008) 1-22; Stephens, Biostatistics 18 (2017) 275-294.

    >>> found = two_groups([772, 773, 833, 834], [1500] * 4, 1.0, 106 / 206, worse="above")
    >>> found.false_sign.round(2).tolist(), found.mean.round(3).tolist()
    ([0.97, 0.97, 0.16, 0.14], [0.515, 0.515, 0.547, 0.548])
    """
    check_side(worse)
    if not 0.0 < spike < 1.0:
        raise ValueError(f"the spike must lie inside 0 to 1, not {spike}")
    alpha, beta = _slabs(spike, centres)
    x_, n_, known = effective(x, n, phi)
    blank = np.full((3, known.size), np.nan)
    if not known.any():
        return Groups(*blank)
    order = np.lexsort((x_, n_))
    x_, n_ = x_[order], n_[order]
    first, rest = first_twins(x_, n_), n_ - x_
    alone = special.xlogy(x_, spike) + special.xlog1py(rest, -spike)
    ratio = special.betaln(x_ + alpha, rest + beta) - special.betaln(alpha, beta) - alone
    weight, null = _weights(ratio)
    used = weight >= _LEAST_WEIGHT * weight.max()
    a, b, weight, null = x_ + alpha[used], rest + beta[used], weight[used], null[used]
    # `null` holds weight and chance together; what is left of the weight is the slab's.
    slab = weight[:, None] - null
    other_side = special.betainc(a, b, spike) if worse == "above" else special.betaincc(a, b, spike)
    total = weight.sum()
    rows = (
        null.sum(axis=0),
        null.sum(axis=0) + (slab * other_side).sum(axis=0),
        spike * null.sum(axis=0) + (slab * a / (a + b)).sum(axis=0),
    )
    places = np.flatnonzero(known)[order]
    for row, values in zip(blank, rows, strict=True):
        row[places] = values[first] / total
    return Groups(*blank)


def listed(false_sign: Values, q: float, gap: Values, margin: float) -> NDArray[np.bool_]:
    """Return which units may be listed: few of them falsely, and each by enough.

    In rising order of `false_sign` the longest run whose average is at most q is taken; units
    with equal values come in together or not at all. Of these, the ones whose shrunken `gap` to
    the worse side (a share) is at least `margin`. NaN is never listed. Shapes (units,).
    Source: Stephens, as in `two_groups`; Newton et al., Biostatistics 5 (2004) 155-176.

    >>> listed([0.2, 0.01, 0.08, 0.02], 0.05, [0.1, 0.1, 0.1, 0.01], 0.02).tolist()
    [False, True, True, False]
    """
    (rate, distance), _ = floats(false_sign, gap)
    rate, distance = np.atleast_1d(rate), np.atleast_1d(distance)
    values, units = np.unique(rate[~np.isnan(rate)], return_counts=True)
    average = np.cumsum(values * units) / np.maximum(np.cumsum(units), 1)
    # The average rises with every value that is added, so the run ends at the first one above q.
    run = int(np.searchsorted(average, q, side="right"))
    if run == 0:
        return np.zeros(rate.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        return (rate <= values[run - 1]) & (distance >= margin)
