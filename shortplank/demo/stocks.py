"""Stocks of the villages: population, migrants' files and benefits, on a path to today's level.

Each stock of the last month lies close to the level that the next month's reports start from, so
that importing those is no storm of outliers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortplank.demo.months import MONTHS, season
from shortplank.demo.register import SMOOTH_TOWNSHIP, Register
from shortplank.demo.streams import stream

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

DEATHS_PER_1000 = 5.75  # a year

# Growth a month, and scatter around the path (people come and go; so do files and households).
PEOPLE = (0.00025, 0.002)
MIGRANTS = (0.0016, 0.007)
BENEFITS = (0.0035, 0.002)
LARGEST_SCATTER = 2.0  # in units of the scatter

FILED_FROM, FILED_TO = 0.765, 0.830  # the county's share of migrants on file, first and last month
FILED_SCATTER = 0.013  # between villages
LAGGING_VILLAGES, LAGGING_BY = 8, 0.06
PAID_SHARE, PAID_SCATTER = 0.949, 0.008
SHARE_LIMITS = (0.5, 0.995)


@dataclass
class Stocks:
    """Village × month counts; villages that merge hold a part of their successor's before."""

    pop_end: Counts
    deaths: Counts
    migrants_due: Counts
    migrants_filed: Counts
    benefits_due: Counts
    benefits_paid: Counts


def merged_shares(register: Register) -> Numbers:
    """Return each village's share of its successor's stock: 1, or an equal part before a merger."""
    heirs, parts = np.unique(register.now[_merged(register)], return_counts=True)
    sharing = dict(zip(heirs.tolist(), parts.tolist(), strict=True))
    merged = _merged(register)
    return np.array(
        [1.0 / sharing[heir] if merged[v] else 1.0 for v, heir in enumerate(register.now.tolist())]
    )


def _merged(register: Register) -> NDArray[np.bool_]:
    return np.asarray(register.now != np.arange(len(register.now)))


def sizes(register: Register, level: Counts) -> Numbers:
    """Return the villages' sizes as weights, merged ones included."""
    return np.asarray(level[register.now] * merged_shares(register))


def draw_stocks(seed: int, register: Register, levels: dict[str, Counts]) -> Stocks:
    """Return the villages' stocks."""
    people = _stock(seed, "people", register, levels["pop_end"], *PEOPLE)
    migrants = _stock(seed, "migrants due", register, levels["migrants_due"], *MIGRANTS)
    benefits = _stock(seed, "benefits due", register, levels["benefits_due"], *BENEFITS)
    deaths = _deaths(seed, register, sizes(register, levels["pop_end"]))
    filed = _filed(seed, register, migrants)
    rng = stream(seed, "benefits paid")
    share = rng.normal(PAID_SHARE, PAID_SCATTER, size=len(register.villages))
    paid = rng.binomial(benefits, np.clip(share, *SHARE_LIMITS)[:, None])
    return Stocks(people, deaths, migrants, filed, benefits, paid)


def _deaths(seed: int, register: Register, people: Numbers) -> Counts:
    monthly = DEATHS_PER_1000 / 12_000.0 * season(0.15, 1)
    expected = people[:, None] * register.valid * monthly
    return stream(seed, "deaths").poisson(expected)


def _stock(
    seed: int, topic: str, register: Register, level: Counts, growth: float, scatter: float
) -> Counts:
    """Return a stock that grows towards the level of the month after the last."""
    rng = stream(seed, topic)
    left = len(MONTHS) - np.arange(len(MONTHS))
    size = (len(level), len(MONTHS))
    luck = np.clip(rng.normal(size=size), -LARGEST_SCATTER, LARGEST_SCATTER)
    path = level[:, None] * np.exp(scatter * luck - growth * left)
    return _split_merged(register, np.rint(path).astype(np.int64))


def _split_merged(register: Register, counts: Counts) -> Counts:
    """Return counts with the successors' handed down to the villages that had not merged yet."""
    split = counts.copy()
    for heir in np.unique(register.now[_merged(register)]):
        parts = np.flatnonzero((register.now == heir) & _merged(register))
        for place, village in enumerate(parts):
            split[village] = (counts[heir] + place) // len(parts)
    return split * register.valid


def _filed(seed: int, register: Register, due: Counts) -> Counts:
    """Return filed migrants: binomial everywhere but in the township that writes down one share."""
    rng = stream(seed, "migrants filed")
    path = FILED_FROM + (FILED_TO - FILED_FROM) * np.linspace(0.0, 1.0, len(MONTHS)) ** 0.8
    own = rng.normal(0.0, FILED_SCATTER, size=len(register.villages))
    lagging = rng.choice(register.current, size=LAGGING_VILLAGES, replace=False)
    own[lagging] -= LAGGING_BY
    smooth = register.in_township(SMOOTH_TOWNSHIP)
    share = np.clip(path + own[:, None], *SHARE_LIMITS)
    share[smooth] = np.mean(path[-12:])  # the same share in every village and month
    filed = rng.binomial(due, share)
    filed[smooth] = np.rint(due[smooth] * share[smooth]).astype(np.int64)
    return np.asarray(np.minimum(filed, due))
