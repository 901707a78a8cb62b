"""A text as the words that mean something here, and those that do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shortplank.names import printable
from shortplank.reading.asked.months import months_in
from shortplank.reading.asked.offers import Looked
from shortplank.reading.asked.spelling import WHOLE
from shortplank.reading.asked.things import Book, Found, Thing
from shortplank.wording.asked.known import FILLERS, KINDS
from shortplank.wording.periods import month_key, month_text

LONGEST = 60
# A dash, dot or stroke between digits is a month's or a code's.
_BETWEEN = re.compile(
    r"(?:[\s,，、。·;；:：|+“”\"'‘’()（）<>《》→!！?？]|(?<!\d)[-./]|[-./](?!\d))+"
)
_LETTERS = re.compile(r"[a-z0-9]+")
_WORTHLESS = frozenset((*FILLERS, *KINDS))
# What a place costs that means nothing, and one more word: few words that leave nothing out win.
_GAP, _WORD, _FILLER, _FIT = 3.0, 1.0, 0.5, 0.02


@dataclass(frozen=True)
class Word:
    """A piece of the text, and the things that it may mean, the likeliest first."""

    text: str
    found: tuple[Found, ...] = ()
    near: bool = False
    """Whether it means nothing, and the things are spelled nearly like it."""


def words_of(text: str, book: Book, looked: Looked) -> list[Word]:
    """Return the words of a text in their order; any text has some, or none."""
    plain = unicodedata.normalize("NFKC", printable(text)).casefold().replace("ü", "v")
    pieces = _BETWEEN.split(plain[:LONGEST])
    return [word for piece in pieces if piece for word in _words(piece, book, looked)]


def _words(text: str, book: Book, looked: Looked) -> Iterator[Word]:
    """Yield the words that run together in a text."""
    gap = ""
    after_area = False
    for word in _best(text, book, looked):
        if word.found:
            yield from _unknown(gap, book)
            yield word
            gap, after_area = "", any(f.thing.kind == "area" for f in word.found)
        elif word.text in FILLERS or (after_area and word.text in KINDS):
            yield from _unknown(gap, book)
            gap = ""
        else:
            gap, after_area = gap + word.text, False
    yield from _unknown(gap, book)


def _unknown(text: str, book: Book) -> Iterator[Word]:
    if text:
        near = tuple(book.near(text))
        yield Word(text, near, near=bool(near))


def _best(text: str, book: Book, looked: Looked) -> list[Word]:
    """Return a text cut so that the least of it means nothing, into the fewest words."""
    steps = _steps(text, book, looked)
    costs, ways = [0.0] + [float("inf")] * len(text), [list[Word]()] * (len(text) + 1)
    for at in range(len(text)):
        for word in steps[at]:
            end = at + len(word.text)
            if (cost := costs[at] + _cost(word)) < costs[end]:
                costs[end], ways[end] = cost, [*ways[at], word]
    return ways[-1]


def _cost(word: Word) -> float:
    if word.found:
        return _WORD + _FIT * word.found[0].fit
    return _FILLER if word.text in _WORTHLESS else _GAP * len(word.text)


def _steps(text: str, book: Book, looked: Looked) -> list[list[Word]]:
    """Return the words that can begin at each place of a text."""
    steps: list[dict[str, list[Found]]] = [{} for _ in text]

    def add(at: int, length: int, found: list[Found]) -> None:
        steps[at].setdefault(text[at : at + length], []).extend(found)

    for at in range(len(text)):
        add(at, 1, [])
        for filler in _WORTHLESS:
            if len(filler) > 1 and text.startswith(filler, at):
                add(at, len(filler), [])
        for length, found in book.in_text(text, at).items():
            add(at, length, found)
    for match in _LETTERS.finditer(text):
        add(match.start(), len(match[0]), book.in_letters(match[0]))
    for begin, end, month in months_in(text, looked.month, looked.months):
        thing = Thing("month", month_key(month), month_text(month))
        add(begin, end - begin, [Found(thing, WHOLE)])
    if len(text) == 1:
        add(0, 1, book.begun(text))
    return [[Word(each, tuple(_once(found))) for each, found in step.items()] for step in steps]


def _once(found: list[Found]) -> list[Found]:
    """Return each thing once, with its best fit; months before what else is spelled like one."""
    best: dict[Thing, Found] = {}
    for each in sorted(found, key=lambda each: each.fit):
        best.setdefault(each.thing, each)
    return sorted(best.values(), key=lambda each: (each.fit, each.thing.kind != "month"))
