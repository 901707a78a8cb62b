"""Made-up counties for the judge's calibration: as large as the demo, known to the last share.

A world says how its figures come about; `county` draws one month of one county of it, with the
history that the judge needs, as the list of `Matter` that the product makes of a workspace. Every
county is drawn anew from its own generator: successive months of one county would repeat one
answer twenty times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortplank.stats.judge.month import Matter, Units

Array = NDArray[np.float64]

MONTHS, YEAR = 36, 12
# Villages of each township, as in the demo county.
VILLAGES = np.array([19, 16, 14, 13, 13, 12, 12, 12, 11, 11, 10, 10, 9, 8, 8, 7])
STARTS = np.concatenate([[0], np.cumsum(VILLAGES)[:-1]])
TOWNSHIPS, ALL_VILLAGES = len(VILLAGES), int(VILLAGES.sum())
# How the cases of a clustered world come: the size of a group, and its share of the cases.
GROUPS = {1: 0.5, 2: 0.2, 4: 0.2, 6: 0.1}
NATURAL = 106.0 / 206.0
SEX_RATIO_ENDS = (103.0 / 203.0, 107.0 / 207.0)
GAP_ENDS = (-0.05, 0.05)
# 110 boys to 107: what the card of the sex ratio calls worth a word.
SEX_RATIO_WORTH = 109.0 / 209.0 - 107.0 / 207.0
# Reports due from a township: two forms a month and one more a quarter, 28 a year. All of a
# month's that come together make 2.4 the size of a case, as the card declares.
DUE = np.array([3.0, 2.0, 2.0])


@dataclass(frozen=True)
class World:
    """How a county's figures come about; nothing in it is worth a word unless it is planted.

    ``size`` multiplies all counts. ``turnover`` is the share of a stock that goes and comes each
    month, None draws it anew each month. ``season`` and ``noise`` are the amplitude of a yearly
    wave and the standard deviation of a factor a month, common to the county, both in log odds,
    of the flows; ``drift`` is such a factor of those who come into a stock. ``grouped`` lets
    births, a stock's persons and a month's reports come in groups, ``clumped`` what inspections
    find, which no card declares. ``fixed`` keeps every stock at its size. ``shares`` are by
    indicator other than the usual ones; each may be (months, villages), (villages,) or one number.
    ``weights`` are the villages' sizes, drawn anew in each county where there are none.
    """

    name: str
    size: float = 1.0
    turnover: float | None = 0.04
    season: float = 0.0
    noise: float = 0.0
    drift: float = 0.0
    grouped: bool = False
    clumped: bool = False
    fixed: bool = False
    shares: Mapping[str, float | Array] = field(default_factory=dict)
    weights: Array | None = None


SHARES = {
    "compliance": 0.91,
    "filing": 0.82,
    "benefits": 0.95,
    "completeness": 0.995,
    "timeliness": 0.98,
    "accuracy": 0.97,
    "omission": 0.015,
    "sex_ratio": NATURAL,
    "rooms": 0.86,
    "leaders": 0.94,
    "staff": 0.95,
    "led": 0.6,
    # Cases that one of two sources misses, and those that only it has.
    "departments": 0.02,
    "recount": 0.02,
    "surplus": 0.005,
}

QUIET = (
    World("independent", turnover=None),
    World("stock, 4 % a month", turnover=0.04),
    World("stock, 2 % a month", turnover=0.02),
    World("seasonal", season=0.35),
    World("small", size=0.1),
    World("grouped", grouped=True),
    World("noisy months", noise=0.15),
    World("all below the lines", shares={
        "compliance": 0.80, "filing": 0.70, "benefits": 0.85, "timeliness": 0.90,
        "completeness": 0.95, "accuracy": 0.90, "omission": 0.07, "staff": 0.80,
    }),
)  # fmt: skip

# What no history of three years tells from a change, or no card declares.
BEYOND = (
    World("drifting stock", drift=0.4),
    World("very noisy months", noise=0.3),
    World("clumps in inspections", clumped=True),
)


def county(world: World, seed: int | np.random.SeedSequence) -> list[Matter]:
    """Return a month of a county of a world, as the judge is given it."""
    draw = _Draw(world, np.random.default_rng(seed))
    return [
        draw.compliance(),
        draw.sex_ratio(),
        draw.stock("filing", 41_000.0, 20.0),
        draw.stock("benefits", 6_700.0, 10.0),
        *draw.reports(),
        *draw.inspections(),
        draw.gap("departments", draw.births[-2 * YEAR :], 30.0),
        draw.gap("recount", draw.recounted(), 30.0),
        *(draw.team(key, posts) for key, posts in (
            ("rooms", VILLAGES), ("leaders", np.full(TOWNSHIPS, 2)),
            ("staff", 3 * VILLAGES), ("led", VILLAGES),
        )),
    ]  # fmt: skip


class _Draw:
    """One county of a world while it is drawn."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self.world, self.rng = world, rng
        drawn = rng.lognormal(0.0, 0.4, ALL_VILLAGES)
        sizes = drawn if world.weights is None else world.weights
        self.weights = sizes / sizes.sum()
        phase = rng.uniform(0.0, 2.0 * np.pi)
        self.wave = np.sin(phase + 2.0 * np.pi * np.arange(MONTHS) / YEAR)
        self.births = self._cases(5_700.0 / YEAR * self.weights, together=False)[0].sum(axis=0)

    def share(self, key: str) -> Array:
        """Return an indicator's share by month and village."""
        held = np.asarray(self.world.shares.get(key, SHARES[key]), dtype=float)
        return np.broadcast_to(held, (MONTHS, ALL_VILLAGES))

    def flowing(self, key: str) -> Array:
        """Return a flow's share: the year's wave and the months' noise are in it."""
        wave = self.world.season * self.wave
        return self._shifted(key, wave + self.rng.normal(0.0, self.world.noise, MONTHS))

    def coming(self, key: str) -> Array:
        """Return the share of those who come into a stock."""
        return self._shifted(key, self.rng.normal(0.0, self.world.drift, MONTHS))

    def _shifted(self, key: str, by: Array) -> Array:
        share = self.share(key)
        odds = share / (1.0 - share) * np.exp(by)[:, None]
        return np.asarray(odds / (1.0 + odds)) if by.any() else share

    # --- cases in groups --------------------------------------------------------------------------
    def _sizes(self, together: bool) -> tuple[Array, Array]:
        groups = GROUPS if together else {1: 1.0}
        shape = (-1, 1, 1)
        sizes, parts = np.array(list(groups), dtype=float), np.array(list(groups.values()))
        return sizes.reshape(shape), parts.reshape(shape)

    def _cases(self, expected: Array, together: bool) -> tuple[Array, Array]:
        """Return cases (groups, months, villages) and the size of their groups."""
        sizes, parts = self._sizes(together)
        wave = (1.0 + 0.5 * self.world.season * self.wave)[:, None]
        mean = self.world.size * expected * wave * parts / sizes
        return sizes * self.rng.poisson(mean), sizes

    def _hits(self, cases: Array, sizes: Array, share: Array) -> Array:
        """Return how many of the cases have it: a group has it as one."""
        return np.asarray(
            (sizes * self.rng.binomial((cases / sizes).astype(int), share)).sum(axis=0)
        )

    # --- indicators -------------------------------------------------------------------------------
    def compliance(self) -> Matter:
        """Return births by the rules: villages say how it scatters, and are not judged."""
        cases, sizes = self._cases(5_700.0 / YEAR * self.weights, self.world.grouped)
        x, n = self._hits(cases, sizes, self.flowing("compliance")), cases.sum(axis=0)
        return flow("compliance", "below", x, n, births=True, least=20.0, villages=True)

    def sex_ratio(self) -> Matter:
        """Return boys of births over three years."""
        boys = self.rng.binomial(self.births.astype(int), self.share("sex_ratio")).astype(float)
        x, n = boys, self.births
        last = slice(-2 * YEAR, None)
        return Matter(
            "sex_ratio", "sex_ratio", "above",
            county=_units(x.sum(axis=0), n.sum(axis=0), x[last], n[last], whole),
            towns=_units(x.sum(axis=0), n.sum(axis=0), x[last], n[last], towns),
            worth=SEX_RATIO_WORTH, births=True, ends=SEX_RATIO_ENDS, least=50.0, natural=NATURAL,
        )  # fmt: skip

    def stock(self, key: str, total: float, least: float) -> Matter:
        """Return a stock whose villages are judged."""
        x, n = self._stock(total * self.weights * self.world.size, self.coming(key),
                           self.world.fixed)  # fmt: skip
        return stock(key, x, n, least=least, villages=True)

    def _stock(self, expected: Array, share: Array, full: bool = False) -> tuple[Array, Array]:
        """Return a stock (months, units) with and of it all; `full` keeps the total fixed."""
        rng, rate = self.rng, self.world.turnover
        sizes, parts = self._sizes(self.world.grouped and not full)
        mean = (expected * parts / sizes)[:, 0]
        whole = (np.broadcast_to(np.rint(mean), mean.shape) if full else rng.poisson(mean)).astype(
            int
        )
        held = rng.binomial(whole, share[:YEAR].mean(axis=0))
        x, n = np.empty((2, MONTHS, mean.shape[-1]))
        for month in range(MONTHS):
            if month and rate is None:
                whole = whole if full else rng.poisson(mean)
                held = rng.binomial(whole, share[month])
            elif month and rate is not None:
                left, without = rng.binomial(held, rate), rng.binomial(whole - held, rate)
                come = left + without if full else rng.poisson(rate * mean)
                whole = whole - left - without + come
                held = held - left + rng.binomial(come, share[month])
            x[month], n[month] = (sizes[:, 0] * held).sum(axis=0), (sizes[:, 0] * whole).sum(axis=0)
        return x, n

    def team(self, key: str, posts: NDArray[np.int_]) -> Matter:
        """Return posts or rooms of the townships."""
        x, n = self._stock(posts.astype(float), self.coming(key)[:, STARTS], full=True)
        return stock(key, x, n)

    def reports(self) -> list[Matter]:
        """Return reports that came at all, and in time."""
        n = np.tile(np.resize(DUE, MONTHS)[:, None], (1, TOWNSHIPS))
        came = self._reports(n, self.flowing("completeness")[:, STARTS])
        intime = self._reports(came, self.flowing("timeliness")[:, STARTS])
        return [
            flow(key, "below", x, n, cluster=2.4)
            for key, x in (("completeness", came), ("timeliness", intime))
        ]

    def _reports(self, n: Array, share: Array) -> Array:
        if self.world.grouped:
            return np.where(self.rng.random(n.shape) < share, n, 0.0)
        return self.rng.binomial(n.astype(int), share).astype(float)

    def inspections(self) -> list[Matter]:
        """Return what an inspection of some births found: right ones, and left-out ones."""
        where = self.rng.random((MONTHS, TOWNSHIPS)) < 0.6
        town = np.add.reduceat(self.weights, STARTS)
        cases, sizes = self._cases(1_870.0 / YEAR * town / 0.6, self.world.clumped)
        cases = cases * where
        omitted = self._hits(cases, sizes, self.flowing("omission")[:, STARTS])
        n = cases.sum(axis=0)
        other = 1.0 - self.share("accuracy") - self.share("omission")
        wrong = self.rng.binomial((n - omitted).astype(int), np.clip(other[:, STARTS], 0.0, 1.0))
        unknown = np.where(n > 0, n, np.nan)
        return [
            flow(key, worse, np.where(n > 0, x, np.nan), unknown, least=30.0)
            for key, worse, x in (
                ("accuracy", "below", n - omitted - wrong),
                ("omission", "above", omitted),
            )
        ]

    def recounted(self) -> Array:
        """Return the births of two years in the villages that were counted anew."""
        return self.births[-2 * YEAR :] * (self.rng.random(ALL_VILLAGES) < 0.35)

    def gap(self, key: str, births: Array, least: float) -> Matter:
        """Return two sources of the same births: what the second has more than the first."""
        n = births.astype(int)
        last = slice(-len(n), None)
        more = self.rng.binomial(n, self.share(key)[last])
        fewer = self.rng.binomial(n, np.broadcast_to(SHARES["surplus"], n.shape))
        x = (more - fewer).astype(float)
        return Matter(
            key, "gap", "above",
            county=_flow_units(x, n.astype(float), whole, 2 * YEAR),
            towns=_flow_units(x, n.astype(float), towns, YEAR),
            ends=GAP_ENDS, least=least,
        )  # fmt: skip


# --- from months and villages to what the judge is given ------------------------------------------
def flow(key: str, worse: str, x: Array, n: Array, *, villages: bool = False, births: bool = False,
         cluster: float = 1.0, least: float = 0.0) -> Matter:  # fmt: skip
    """Return a flow from months × villages, or months × townships."""
    return Matter(
        key, "flow", worse,  # type: ignore[arg-type]
        county=_flow_units(x, n, whole, 2 * YEAR),
        towns=_flow_units(x, n, towns, YEAR),
        villages=_flow_units(x, n, _same, YEAR) if villages else None,
        cluster=cluster, births=births, least=least,
    )  # fmt: skip


def stock(key: str, x: Array, n: Array, *, least: float = 0.0, villages: bool = False) -> Matter:
    now = x[-1], n[-1]
    then = x[-1 - YEAR], n[-1 - YEAR]
    held = 2 * YEAR + 1
    return Matter(
        key, "stock", "below",
        county=_units(*now, x, n, whole, then),
        towns=_units(*now, x, n, towns, then),
        villages=_units(*now, x[-held:], n[-held:], _same, then) if villages else None,
        villages_judged=villages, least=least,
    )  # fmt: skip


def whole(values: Array) -> Array:
    """Return a county's sum, as one unit; unknown only where all of it is."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=-1, keepdims=True)
    return np.where(known.any(axis=-1, keepdims=True), total, np.nan)


def towns(values: Array) -> Array:
    """Return the townships' sums of villages; townships' own figures as they are."""
    if values.shape[-1] == TOWNSHIPS:
        return values
    return np.asarray(np.add.reduceat(values, STARTS, axis=-1))


def _same(values: Array) -> Array:
    return values


def _flow_units(x: Array, n: Array, level: object, back: int) -> Units:
    def total(values: Array) -> Array:
        known = ~np.isnan(values)
        return np.where(known.any(axis=0), np.where(known, values, 0.0).sum(axis=0), np.nan)

    now, then = slice(-YEAR, None), slice(-2 * YEAR, -YEAR)
    return _units(total(x[now]), total(n[now]), x[-back:], n[-back:], level,
                  (total(x[then]), total(n[then])))  # fmt: skip


def _units(x: Array, n: Array, x_months: Array, n_months: Array, level: object,
           then: tuple[Array, Array] | None = None) -> Units:  # fmt: skip
    assert callable(level)
    before = then or (np.full_like(x, np.nan), np.full_like(n, np.nan))
    return Units(*(level(part) for part in (x, n, *before, x_months, n_months)))
