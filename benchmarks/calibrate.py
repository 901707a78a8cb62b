"""How often a quiet month is accused, and what is found: `python -m benchmarks.calibrate`.

Draws thousands of made-up counties and asks the judge of each what it announces. The seed was
fixed before the first look; another one (`--seed`) gives other counties.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.worlds import (
    ALL_VILLAGES,
    BEYOND,
    MONTHS,
    NATURAL,
    QUIET,
    SHARES,
    STARTS,
    TOWNSHIPS,
    VILLAGES,
    Array,
    World,
    county,
)
from shortplank.stats import wilson_interval
from shortplank.stats.judge.month import WHOLE, Matter, Month, Place, judge_month

SEED = 20100601
EQUAL = np.repeat(1.0 / VILLAGES, VILLAGES)
LEVELS = ("county", "township", "sex_ratio", "village", "spread")


@dataclass
class Tally:
    """What the months of a world announced."""

    months: int = 0
    announced: int = 0
    contradictions: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    tests: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, month: Month) -> None:
        """Count one month."""
        told = [test for test in month.tests if test.announced]
        listed = any(rows.any() for rows in month.listed.values())
        self.months += 1
        self.announced += bool(told) or listed
        self.contradictions += contradicts(month)
        self.levels.update({test.level for test in told} | ({"listed"} if listed else set()))
        self.tests.update({(test.key, test.level, test.question) for test in told})


def contradicts(month: Month) -> bool:
    """Return whether a place is announced to both sides, or named and listed at once."""
    ways: dict[tuple[str, str, int], set[str]] = {}
    for test in month.tests:
        if test.announced and test.direction:
            ways.setdefault((test.key, test.place, test.unit), set()).add(test.direction)
    both = any(len(way) > 1 for way in ways.values())
    return both or any(
        rows[unit]
        for (key, place), rows in month.listed.items()
        for (k, p, unit) in ways
        if (k, p) == (key, place) and unit != WHOLE
    )


def months(
    world: World, number: int, seed: int, place: int
) -> Iterator[tuple[list[Matter], Month]]:
    """Yield independent counties of a world with what the judge says of each."""
    for own in np.random.SeedSequence((seed, place)).spawn(number):
        matters = county(world, own)
        yield matters, judge_month(matters)


def quiet(world: World, number: int, seed: int, place: int) -> Tally:
    """Return what a number of quiet months announced."""
    tally = Tally()
    for _, month in months(world, number, seed, place):
        tally.add(month)
    return tally


def share_text(found: int, of: int) -> str:
    """Return a share with its Wilson interval, in per cent."""
    low, high = wilson_interval(found, of)
    return f"{100 * found / of:5.2f} % ({100 * low:.2f}–{100 * high:.2f})"


def print_quiet(worlds: tuple[World, ...], number: int, seed: int, first: int = 0) -> None:
    """Print a table of worlds in which nothing is to be found."""
    whole = Tally()
    print(f"seed {seed}\n{'world':22}{'months':>7}  anything announced   by level")
    for place, world in enumerate(worlds, first):
        tally = quiet(world, number, seed, place)
        _print_row(world.name, tally)
        whole.months += tally.months
        whole.announced += tally.announced
        whole.contradictions += tally.contradictions
        whole.levels += tally.levels
        whole.tests += tally.tests
    _print_row("all together", whole, most=12)
    print(f"contradictions: {whole.contradictions}")


def _print_row(name: str, tally: Tally, most: int = 4) -> None:
    by_level = "  ".join(
        f"{level} {100 * tally.levels[level] / tally.months:.1f}"
        for level in (*LEVELS, "listed")
        if tally.levels[level]
    )
    print(f"{name:22}{tally.months:7d}  {share_text(tally.announced, tally.months)}   {by_level}")
    for (key, level, question), times in tally.tests.most_common(most):
        print(f"{'':10}{key} {level} {question}: {100 * times / tally.months:.2f} %")
    print(end="", flush=True)


# --- power ----------------------------------------------------------------------------------------
Hit = Callable[[Month], bool]


@dataclass(frozen=True)
class Planted:
    """A difference that is there: in which world, and when it counts as found.

    ``own`` are the units that differ, of an indicator at a place; naming another is false.
    """

    name: str
    world: World
    key: str
    place: Place
    own: frozenset[int]
    hit: Hit


def named(month: Month, key: str, place: Place) -> set[int]:
    """Return the units of an indicator that are named or listed at a place."""
    told = [test.unit for test in month.of(key, place) if test.announced and test.unit != WHOLE]
    rows = month.listed.get((key, place))
    return set(told) | (set() if rows is None else set(np.flatnonzero(rows).tolist()))


def planted() -> list[Planted]:
    """Return the differences that the judge should find."""
    big = int(np.argmin(np.abs(VILLAGES - 13)))
    usual = World("usual", fixed=True, weights=np.ones(ALL_VILLAGES))
    large, small = (replace(usual, size=n / (41_000.0 * VILLAGES[big] / ALL_VILLAGES))
                    for n in (3_070.0, 770.0))  # fmt: skip
    return [
        _below("township −8 points from 82 %, n = 3,070", "filing", big, 0.08, large),
        _below("township −8 points from 82 %, n = 770", "filing", big, 0.08, small),
        _below(
            "township −8 points from 90 %, n = 770",
            "filing",
            big,
            0.08,
            _over(small, {"filing": 0.9}),
        ),
        _village("village at half of 95 %, n = 19"),
        _ratio("sex ratio 130, 400 births a year", big),
        *(_fallen(length) for length in (1, 3, 6)),
        _at_125("8 of 16 townships at 125", range(0, TOWNSHIPS, 2)),
        _at_125("2 of 16 townships at 125", (3, 8)),
        _some("4 of 16 townships −5 points", "township", range(0, TOWNSHIPS, 4), 0.05),
        _some("10 of 185 villages −20 points", "village", range(0, 180, 18), 0.20),
        _below(
            "township −8 points from 85 %, n = 770",
            "filing",
            big,
            0.08,
            _over(small, {"filing": 0.85}),
        ),
        _village("village at half of 97 %, n = 19", 0.97),
    ]


def _over(world: World, shares: Mapping[str, Any], **sizes: Any) -> World:
    return replace(world, shares={**world.shares, **shares}, **sizes)


def _base(usual: float, by: float, rows: slice) -> Array:
    """Return an indicator's shares with some villages lower."""
    shares = np.full((MONTHS, ALL_VILLAGES), usual)
    shares[:, rows] -= by
    return shares


def _of_town(town: int) -> slice:
    return slice(STARTS[town], STARTS[town] + VILLAGES[town])


def _below(name: str, key: str, town: int, by: float, world: World) -> Planted:
    usual = float(np.max(world.shares.get(key, SHARES[key])))
    chosen = _over(world, {key: _base(usual, by, _of_town(town))})
    return Planted(name, chosen, key, "township", frozenset({town}),
                   lambda month: town in named(month, key, "township"))  # fmt: skip


def _village(name: str, usual: float = SHARES["benefits"]) -> Planted:
    at, weights = 40, np.full(ALL_VILLAGES, 1.0)
    weights[at] = 19.0 / (6_700.0 / ALL_VILLAGES)
    shares = _base(usual, usual / 2.0, slice(at, at + 1))
    world = replace(_over(World("village", fixed=True), {"benefits": shares}), weights=weights)
    return Planted(name, world, "benefits", "village", frozenset({at}),
                   lambda month: at in named(month, "benefits", "village"))  # fmt: skip


def _ratio(name: str, town: int) -> Planted:
    shares = np.full((MONTHS, ALL_VILLAGES), NATURAL)
    shares[:, _of_town(town)] = 130.0 / 230.0
    weights = np.ones(ALL_VILLAGES)
    weights[_of_town(town)] = 400.0 / VILLAGES[town] / (5_300.0 / (ALL_VILLAGES - VILLAGES[town]))
    world = replace(_over(World("ratio"), {"sex_ratio": shares}), weights=weights)
    return Planted(name, world, "sex_ratio", "township", frozenset({town}),
                   lambda month: town in named(month, "sex_ratio", "township"))  # fmt: skip


def _fallen(length: int) -> Planted:
    shares = np.full((MONTHS, ALL_VILLAGES), SHARES["compliance"])
    shares[-length:] -= 0.04
    world = _over(World("fallen"), {"compliance": shares})

    def hit(month: Month) -> bool:
        return any(test.announced and test.direction == "down"
                   for test in month.of("compliance", "county"))  # fmt: skip

    return Planted(f"county step −4 points, month {length}", world, "compliance", "county",
                   frozenset(), hit)  # fmt: skip


def _at_125(name: str, towns: Iterable[int]) -> Planted:
    high = frozenset(towns)
    shares = np.full((MONTHS, ALL_VILLAGES), NATURAL)
    for town in high:
        shares[:, _of_town(town)] = 125.0 / 225.0
    # 1,500 births each in three years.
    world = _over(World("high", size=16 * 1_500.0 / (3 * 5_700.0), weights=EQUAL),
                  {"sex_ratio": shares})  # fmt: skip
    return Planted(name, world, "sex_ratio", "township", high,
                   lambda month: bool(named(month, "sex_ratio", "township")))  # fmt: skip


def _some(name: str, place: Place, units: Iterable[int], by: float) -> Planted:
    lower = frozenset(units)
    shares = np.full((MONTHS, ALL_VILLAGES), SHARES["filing"])
    for unit in lower:
        shares[:, _of_town(unit) if place == "township" else unit] -= by
    world = _over(World("lower"), {"filing": shares})
    return Planted(name, world, "filing", place, lower,
                   lambda month: bool(named(month, "filing", place)))  # fmt: skip


@dataclass
class Power:
    """How often a planted difference was found, and what else was said of its units."""

    months: int = 0
    found: int = 0
    right: int = 0
    with_others: int = 0
    false_share: float = 0.0

    def add(self, case: Planted, month: Month) -> None:
        """Count one month."""
        told = named(month, case.key, case.place)
        false = told - case.own
        self.months += 1
        self.found += case.hit(month)
        self.right += len(told & case.own)
        self.with_others += bool(false)
        self.false_share += len(false) / max(len(told), 1)


def power(case: Planted, number: int, seed: int, place: int) -> Power:
    """Return how often a planted difference was found."""
    found = Power()
    for _, month in months(case.world, number, seed, place):
        found.add(case, month)
    return found


def print_power(number: int, seed: int) -> None:
    """Print what is found where something is there."""
    print(f"\npower, seed {seed}\n{'planted':38}{'months':>7}  found"
          f"{'':22}others named   right units   false share")  # fmt: skip
    for place, case in enumerate(planted()):
        got = power(case, number, seed, 100 + place)
        print(
            f"{case.name:38}{got.months:7d}  {share_text(got.found, got.months):26} "
            f"{100 * got.with_others / got.months:8.1f} %  {got.right / got.months:9.2f}"
            f"  {100 * got.false_share / got.months:13.1f} %",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=2_000, help="months of each quiet world")
    parser.add_argument("--beyond", type=int, default=500, help="months of each world beyond")
    parser.add_argument("--power", type=int, default=500, help="months of each planted difference")
    parser.add_argument("--published", type=int, default=20, help="counties through real pages")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    if asked.months:
        print_quiet(QUIET, asked.months, asked.seed)
    if asked.beyond:
        print("\nbeyond what is promised")
        print_quiet(BEYOND, asked.beyond, asked.seed, first=50)
    if asked.power:
        print_power(asked.power, asked.seed)
    if asked.published:
        print_published(asked.published, asked.seed)


def print_published(number: int, seed: int) -> None:
    """Print how many published counties name anybody, and where pages and arrays do not agree."""
    from benchmarks.published import check

    named, wrong = 0, list[str]()
    for place in range(number):
        with TemporaryDirectory() as folder:
            units, differing = check(Path(folder) / "county", seed + place)
        named, wrong = named + bool(units), wrong + differing
    print(f"\npublished quiet counties: {named} of {number} name anybody")
    print(f"tests and names in which pages and arrays differ: {len(wrong)}")


if __name__ == "__main__":
    main()
