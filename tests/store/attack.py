"""An attacker's reckoning: what a viewer's figures leave possible for each village of a township.

Exact enumeration: a village's possible counts with the births that go with each (an interval),
added up over the township to its public totals. A set of sums is the bits of one integer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Option = tuple[int, int, int]
"""A count of cases, and the least and the most births that go with it."""


@dataclass(frozen=True)
class Seen:
    """What a viewer reads of a village: its count's text and its rate's text."""

    count: str
    rate: str


def options(seen: Seen, cases: int, births: int, small: int = 3) -> list[Option]:
    """Return every count of a village that its two texts allow, given the township's totals."""
    if seen.count.isdigit():
        counts = [int(seen.count)]
    elif seen.count.startswith("<"):
        counts = list(range(1, small))
    else:
        least = small if seen.count.startswith("≥") else 0
        counts = list(range(least, cases + 1))
    about = re.search(r"出生约 (\d+)", seen.rate)
    band = re.match(r"(\d+)–(\d+)", seen.rate)
    found = []
    for k in counts:
        fitting = [
            b
            for b in range(max(k, 1) if about else k, births + 1)
            if (about is None or round(b / 5) * 5 == int(about[1]))
            and (band is None or _in_band(100 * (b - k) / b, int(band[1])))
            and ("样本太少" not in seen.rate or b < 20)
        ]
        if fitting:
            found.append((k, fitting[0], fitting[-1]))
    return found


def _in_band(rate: float, low: int) -> bool:
    return min(int(rate // 10) * 10, 90) == low


def possible(
    villages: Sequence[Sequence[Option]], cases: int, births: int, over: int | None = None
) -> list[set[int]]:
    """Return the counts that remain possible for each village, once all must add up.

    ``over`` is the number of villages with three or more, where the attacker knows it.
    """
    most = len(villages)
    before = [_start()]
    for each in villages:
        before.append(_add(before[-1], each, cases, births))
    after = [_start()]
    for each in reversed(villages):
        after.append(_add(after[-1], each, cases, births))
    after.reverse()
    wanted = range(most + 1) if over is None else (over,)
    found = []
    for v, each in enumerate(villages):
        left = set()
        for option in each:
            first = _add(before[v], [option], cases, births)
            if any(
                _meet(bits, after[v + 1].get((cases - k, g - o), 0), births)
                for (k, o), bits in first.items()
                for g in wanted
            ):
                left.add(option[0])
        found.append(left)
    return found


def _start() -> dict[tuple[int, int], int]:
    return {(0, 0): 1}


def _add(
    sums: dict[tuple[int, int], int], each: Sequence[Option], cases: int, births: int
) -> dict[tuple[int, int], int]:
    """Return the sums of (cases, villages over) with one village more; bits are sums of births."""
    inside = (1 << (births + 1)) - 1
    found: dict[tuple[int, int], int] = {}
    for (k, over), bits in sums.items():
        for more, low, high in each:
            if k + more <= cases:
                key = (k + more, over + (more >= 3))
                found[key] = found.get(key, 0) | (_smear(bits, low, high) & inside)
    return found


def _smear(bits: int, low: int, high: int) -> int:
    """Return the bits moved by every step from low to high."""
    done, span = 1, high - low + 1
    while done < span:
        step = min(done, span - done)
        bits |= bits << step
        done += step
    return bits << low


def _meet(one: int, other: int, births: int) -> bool:
    """Return whether a sum of the one and a sum of the other make up the births."""
    if not other:
        return False
    mirrored = int(bin(other)[2:].zfill(births + 1), 2)
    mirrored = int(bin(mirrored)[2:].zfill(births + 1)[::-1], 2)
    return bool(one & mirrored)


def fewest_changes(
    before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], totals: tuple[int, int]
) -> list[set[int]]:
    """Return each village's later counts that remain if as few villages changed as can have.

    ``before`` and ``after`` are each village's possible counts in two editions, ``totals`` the
    township's. Who supposes this knows more than the figures say: most restatements are one line.
    """
    pairs = [[(x, y) for x in old for y in new] for old, new in zip(before, after, strict=True)]
    first, last = [{(0, 0): 0}], [{(0, 0): 0}]
    for each, other in zip(pairs, reversed(pairs), strict=True):
        first.append(_with(first[-1], each, totals))
        last.append(_with(last[-1], other, totals))
    last.reverse()
    least = last[0].get(totals)
    return [
        {
            y
            for x, y in each
            for (a, b), changed in first[v].items()
            if changed + (x != y) + last[v + 1].get((totals[0] - a - x, totals[1] - b - y), 99)
            == least
        }
        for v, each in enumerate(pairs)
    ]


def _with(
    sums: dict[tuple[int, int], int], pairs: Sequence[tuple[int, int]], totals: tuple[int, int]
) -> dict[tuple[int, int], int]:
    """Return the fewest changes behind each pair of sums, with one village more."""
    found: dict[tuple[int, int], int] = {}
    for (a, b), changed in sums.items():
        for x, y in pairs:
            if a + x <= totals[0] and b + y <= totals[1]:
                key = (a + x, b + y)
                found[key] = min(found.get(key, 99), changed + (x != y))
    return found
