"""Births by village and month: rare events, then the fewest cases moved to meet the speech."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortplank.demo import speech
from shortplank.demo.months import by_year, months_of_year, season
from shortplank.demo.moving import Move, Tally, move_fewest
from shortplank.demo.register import Register
from shortplank.demo.streams import stream

Counts = NDArray[np.int64]

ORDERS = (0, 1, 2)  # first, second, third and later
MALE, FEMALE = 0, 1

YEARLY_BIRTHS = {2006: 5380.0, 2007: 5450.0, 2008: 5590.0, 2009: 5720.0, 2010: 5980.0}
ORDER_SHARES = (0.63, 0.33, 0.04)
SEX_RATIOS = ({2007: 105.0}, {2007: 141.0, 2008: 138.0, 2009: 136.0, 2010: 133.0}, {2007: 146.0})
OUT_OF_POLICY = (0.019, 0.165, 0.66)  # by order, where the village's propensity is 1
OUT_TREND = {2007: 1.14, 2008: 1.07, 2009: 1.0, 2010: 0.98}
MOST_OUT = 0.95
PROPENSITY_SHAPE = 8.0  # villages' propensities are Gamma with mean 1
MIGRANT_SHARE = 0.935  # of out-of-policy births

HIDDEN_SHARE = 0.042  # births that no report holds, as a share of expected births
HIDDEN_SHAPE = 1.5  # scattered over villages
HIDDEN_MALE = 0.45
DOUBLE_SHARE = 0.004  # reported births that a recount does not find

LATE_SHARE = 0.045  # births of earlier years, as a share of the month's births
RESTATED_SHARE = 0.5  # of the births that a recount found


@dataclass
class Births:
    """Births as reported in the end, and what reports do not hold.

    Axes: order × village × month; ``by_sex`` has sex first.
    """

    by_sex: Counts
    within: Counts
    migrants: Counts
    """Village × month: out-of-policy births by migrants."""
    hidden: Counts
    """Sex × village × month: births that the reports of their month do not hold."""
    doubled: Counts
    """Sex × village × month: reported births that do not exist."""
    moved: dict[str, int]
    """Cases moved to meet the speech, by block."""

    @property
    def total(self) -> Counts:
        """Return births by village and month."""
        return np.asarray(self.by_sex.sum(axis=(0, 1)))

    @property
    def out(self) -> Counts:
        """Return out-of-policy births by order, village and month."""
        return np.asarray(self.by_sex.sum(axis=0) - self.within)


def draw_births(seed: int, register: Register, weights: NDArray[np.float64]) -> Births:
    """Return births that meet the speech; ``weights`` are the villages' sizes."""
    rng, sexes = stream(seed, "births"), stream(seed, "sex")
    expected = _expected(register, weights)
    out_share = _out_share(rng, register)
    shape = expected.shape
    by_sex = np.zeros((2, len(ORDERS), *shape), dtype=np.int64)
    within = np.zeros((len(ORDERS), *shape), dtype=np.int64)
    for k in ORDERS:
        count = rng.poisson(expected * ORDER_SHARES[k])
        by_sex[MALE, k] = sexes.binomial(count, _male_share(k)[None, :])
        by_sex[FEMALE, k] = count - by_sex[MALE, k]
        within[k] = rng.binomial(count, 1.0 - out_share[k])
    hidden = _draw_hidden(rng, register, expected)
    doubled = rng.binomial(by_sex.sum(axis=1), DOUBLE_SHARE)
    migrants = np.zeros(shape, dtype=np.int64)
    births = Births(by_sex, within, migrants, hidden, doubled, {})
    _withhold(births, register)
    _meet_policy(seed, register, births, out_share)
    _meet_sex(seed, register, births)
    births.migrants = stream(seed, "out migrants").binomial(births.out.sum(axis=0), MIGRANT_SHARE)
    _meet_migrants(seed, births)
    births.doubled = np.minimum(births.doubled, births.by_sex.sum(axis=1))
    return births


def _expected(register: Register, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    monthly = by_year(YEARLY_BIRTHS) / 12.0 * season(0.06, 11)
    size = weights[:, None] * register.valid
    return np.asarray(size / size.sum(axis=0) * monthly)


def _out_share(rng: np.random.Generator, register: Register) -> NDArray[np.float64]:
    """Return order × village × month: the chance that a birth is out of policy."""
    size = len(register.villages)
    propensity = rng.gamma(PROPENSITY_SHAPE, 1.0 / PROPENSITY_SHAPE, size=size)
    path = propensity[:, None] * by_year(OUT_TREND)[None, :]
    return np.minimum(np.array(OUT_OF_POLICY)[:, None, None] * path, MOST_OUT)


def _male_share(order: int) -> NDArray[np.float64]:
    ratio = by_year(SEX_RATIOS[order])
    return ratio / (100.0 + ratio)


def _draw_hidden(
    rng: np.random.Generator, register: Register, expected: NDArray[np.float64]
) -> Counts:
    size = len(register.villages)
    scatter = rng.gamma(HIDDEN_SHAPE, 1.0 / HIDDEN_SHAPE, size=size)
    count = rng.poisson(expected * HIDDEN_SHARE * scatter[:, None])
    male = rng.binomial(count, HIDDEN_MALE)
    return np.stack([male, count - male])


def _withhold(births: Births, register: Register) -> None:
    """Move the births of reports that never came to the hidden ones."""
    missing = ~register.expected
    births.hidden += births.by_sex.sum(axis=1) * missing
    births.by_sex *= register.expected
    births.within *= register.expected
    births.doubled *= register.expected


# --- meeting the speech ---------------------------------------------------------------------------
def _meet_policy(
    seed: int, register: Register, births: Births, out_share: NDArray[np.float64]
) -> None:
    rng = stream(seed, "move policy")
    year = months_of_year(speech.YEAR)
    rows = np.flatnonzero(register.valid[:, year[0]])
    within = births.within[:, rows][:, :, year].sum(axis=(0, 2))
    out = births.out[:, rows][:, :, year].sum(axis=(0, 2))
    block = speech.POLICY
    groups = register.township_of[rows]
    tally = Tally(block.columns, np.stack([within, out], axis=1), block.moves, groups)
    moved = move_fewest(tally, block.constraints, rng)
    for row, move in moved:
        _apply_policy(rng, births, int(rows[row]), year, move, out_share)
    births.moved["policy"] = len(moved)


def _apply_policy(
    rng: np.random.Generator,
    births: Births,
    village: int,
    year: list[int],
    move: Move,
    out_share: NDArray[np.float64],
) -> None:
    """Turn one move of a village's year into a change of one order, sex and month."""
    here = np.s_[:, village, year]
    if move == ("in", "out"):
        order, month = _pick(rng, births.within[here] * out_share[here])
        births.within[order, village, year[month]] -= 1
    elif move == ("out", "in"):
        order, month = _pick(rng, births.out[here])
        births.within[order, village, year[month]] += 1
    elif move == (None, "in"):
        month = int(rng.integers(len(year)))
        sex = int(rng.random() > _male_share(0)[year[month]])
        births.by_sex[sex, 0, village, year[month]] += 1
        births.within[0, village, year[month]] += 1
    else:
        first = births.by_sex[:, 0, village, year] * (births.within[0, village, year] > 0)
        sex, month = _pick(rng, first)
        births.by_sex[sex, 0, village, year[month]] -= 1
        births.within[0, village, year[month]] -= 1


def _meet_sex(seed: int, register: Register, births: Births) -> None:
    rng = stream(seed, "move sex")
    year = months_of_year(speech.YEAR)
    block = speech.SEX
    counts = np.stack(
        [
            np.bincount(
                register.township_of, weights=births.by_sex[sex, order][:, year].sum(axis=1)
            )
            for order in ORDERS
            for sex in (MALE, FEMALE)
        ],
        axis=1,
    ).astype(np.int64)
    tally = Tally(block.columns, counts, block.moves)
    moved = move_fewest(tally, block.constraints, rng)
    for township, (source, _) in moved:
        order, sex = divmod(block.columns.index(source or ""), 2)
        rows = np.flatnonzero(register.township_of == township)
        village, month = _pick(rng, births.by_sex[sex, order][np.ix_(rows, np.array(year))])
        births.by_sex[sex, order, rows[village], year[month]] -= 1
        births.by_sex[1 - sex, order, rows[village], year[month]] += 1
    births.moved["sex"] = len(moved)


def _meet_migrants(seed: int, births: Births) -> None:
    rng = stream(seed, "move migrants")
    year = months_of_year(speech.YEAR)
    out = births.out.sum(axis=0)
    local = (out - births.migrants)[:, year]
    block = speech.MIGRANTS
    counts = np.array([[births.migrants[:, year].sum(), local.sum()]])
    moved = move_fewest(Tally(block.columns, counts, block.moves), block.constraints, rng)
    for _, (source, _) in moved:
        migrants = births.migrants[:, year]
        village, month = _pick(rng, migrants if source == "migrant" else out[:, year] - migrants)
        births.migrants[village, year[month]] += -1 if source == "migrant" else 1
    births.moved["migrants"] = len(moved)


def _pick(rng: np.random.Generator, weights: NDArray[np.float64] | Counts) -> tuple[int, int]:
    """Return row and column of one cell, drawn with the given weights."""
    share = np.cumsum(weights.ravel(), dtype=np.float64)
    place = int(np.searchsorted(share, rng.random() * share[-1], side="right"))
    row, column = divmod(place, weights.shape[1])
    return row, column


def draw_late(seed: int, births: Births, found: list[tuple[Counts, list[int]]]) -> Counts:
    """Return births that were reported in a later month, by village and month.

    A usual trickle, and of what each recount found (``found``: counts by village) the part that
    townships then restated over the listed months.
    """
    rng = stream(seed, "late births")
    late = rng.poisson(births.total * LATE_SHARE)
    for count, months in found:
        restated = rng.binomial(count, RESTATED_SHARE)
        late[:, months] += rng.multinomial(restated, [1.0 / len(months)] * len(months))
    return np.asarray(late)
