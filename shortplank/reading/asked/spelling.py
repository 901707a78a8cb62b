"""How a name is typed in Latin letters: pinyin in full, in part, or its first letters."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache

Syllables = tuple[tuple[str, ...], ...]
# How well a text fits a name, the best first.
WHOLE, PREFIX, INITIALS, MIXED, INSIDE, NEAR = range(6)
FULL, PART, FIRST = range(3)
NO_READINGS: Mapping[str, str] = {}
_UNIT = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+")
_TWO_LETTERS = ("zh", "ch", "sh")


def syllables(name: str, usual: Mapping[str, str] = NO_READINGS) -> Syllables:
    """Return the readings of each character of a name, the usual one first; words stay whole.

    ``usual`` are the readings that characters have in names of this kind.

    >>> syllables("竹麓乡"), syllables("女3")
    ((('zhu',), ('lu',), ('xiang',)), (('nv', 'ru', 'nu'), ('3',)))
    """
    units = _UNIT.findall(name.casefold())
    return tuple(
        (unit,) if unit.isascii() else _first(_readings(unit), usual.get(unit)) for unit in units
    )


def _first(readings: tuple[str, ...], usual: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((usual, *readings))) if usual else readings


@cache
def _readings(character: str) -> tuple[str, ...]:
    """Return every reading of a character; where one has ü, u is taken for it too."""
    # Names are read character by character, so the library's phrases (44 MB) are left out.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    spelled = [each for each in found if each.isascii() and each.isalpha()]
    return tuple(dict.fromkeys((*spelled, *(each.replace("v", "u") for each in spelled))))


def fit(text: str, spelled: Syllables, start: int) -> int | None:
    """Return how well a text spells a name from a syllable on, None where it does not.

    A reading that is not the usual one fits no better than letters in part.

    >>> name = syllables("竹麓乡")
    >>> [fit(text, name, 0) for text in ("zhuluxiang", "zhul", "zlx", "zl", "zhulx", "zx")]
    [0, 1, 2, 3, 3, None]
    """
    usual = tuple(readings[:1] for readings in spelled)
    if (found := _fit(text, usual, start)) is not None or usual == spelled:
        return found
    found = _fit(text, spelled, start)
    return None if found is None else max(found, MIXED)


def _fit(text: str, spelled: Syllables, start: int) -> int | None:
    # The ways to have spelled so many letters by each syllable: of each the kinds of its steps.
    ways: dict[int, set[frozenset[int]]] = {0: {frozenset()}}
    fits = list[int]()
    for place in range(start, len(spelled)):
        further: dict[int, set[frozenset[int]]] = {}
        for at, each in ways.items():
            for kind, length in _steps(text, at, spelled[place]):
                further.setdefault(at + length, set()).update(kinds | {kind} for kinds in each)
        done = further.pop(len(text), set())
        whole = place + 1 == len(spelled)
        fits += [INSIDE if start else _graded(kinds, whole) for kinds in done]
        ways = further
    return min(fits, default=None)


def _graded(kinds: frozenset[int], whole: bool) -> int:
    if FIRST not in kinds:
        return WHOLE if whole and PART not in kinds else PREFIX
    return INITIALS if kinds == {FIRST} and whole else MIXED


def _steps(text: str, at: int, readings: Sequence[str]) -> set[tuple[int, int]]:
    """Return how the next letters can stand for a syllable, and how many do."""
    steps, rest = set[tuple[int, int]](), text[at:]
    for reading in readings:
        if rest.startswith(reading):
            steps.add((FULL, len(reading)))
        elif reading.startswith(rest):
            steps.add((PART, len(rest)))
        if rest[:1] == reading[:1]:
            steps.add((FIRST, 1))
            if reading.startswith(_TWO_LETTERS) and rest.startswith(reading[:2]):
                steps.add((FIRST, 2))
    return steps
