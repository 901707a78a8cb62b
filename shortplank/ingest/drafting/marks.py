"""What stands where no number does, and what it means."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortplank.ingest.drafting.tables import Table
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.recorded.cells import ungrouped

_DASHES = re.compile(r"[-—–―─－‐−]+")
_GROUPED = {
    "blank": re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+"),
    "apostrophe": re.compile(r"\d{1,3}(?:['\u2019]\d{3})+"),
}
# What is written in place of a small count, or of one that came too late: short, and no number.
_WITHHELD = re.compile(
    r"[<＜≤≦>＞~≈]\s*\d{1,3}|\d{1,2}\s*(?:以下|이하|or fewer|or less)|[^\d\s][^\d]{0,7}"
)


@dataclass(frozen=True)
class Marks:
    """Marks that are zeros, marks that are not known, and whether blanks are not known either."""

    zeros: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    blanks: int = 0
    grouping: str | None = None

    @property
    def lacking(self) -> bool:
        """Return whether some counts are not known."""
        return bool(self.unknown or self.blanks)


def guess_marks(table: Table, columns: list[int], lines: NDArray[np.bool_]) -> Marks:
    """Return what marks mean: dashes are zeros where no 0 is written, all else is not known.

    ``lines`` are those of the table that are no sums.
    """
    seen: Counter[str] = Counter()
    for column in columns:
        places = table.places(column)[lines]
        texts = table.grid.texts[column]
        for text, times in zip(texts, np.bincount(places, minlength=len(texts)), strict=True):
            seen[text.strip()] += int(times)
    blanks = seen.pop("", 0)
    seen = Counter({text: times for text, times in seen.items() if times})
    grouping = next((m for m, p in _GROUPED.items() if any(map(p.fullmatch, seen))), None)
    odd = [t for t in seen if not _is_number(ungrouped(t, grouping) if grouping else t)]
    zero = seen.get("0", 0) > 0
    dashes = tuple(t for t in odd if _DASHES.fullmatch(t))
    others = tuple(t for t in odd if t not in dashes and (_WITHHELD.fullmatch(t) or _is_blank(t)))
    if dashes and not zero:
        return Marks(dashes, others, blanks, grouping)
    return Marks((), (*dashes, *others), blanks, grouping)


def _is_number(text: str) -> bool:
    return parse_count(text)[1] == OK and not _DASHES.fullmatch(text)


def _is_blank(text: str) -> bool:
    return parse_count(text)[1] != OK and not any(letter.isdigit() for letter in text)
