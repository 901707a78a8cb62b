"""Cells as they are read on: digits together, codes without the marks that part them."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

_GROUPED = {
    "blank": re.compile(r"\s*\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+\s*"),
    "apostrophe": re.compile(r"\s*\d{1,3}(?:['\u2019]\d{3})+\s*"),
}


def ungrouped(text: str, mark: str) -> str:
    """Return a number without the marks that group its digits; another text as it is.

    >>> ungrouped("1 234 567", "blank"), ungrouped("4 6", "blank")
    ('1234567', '4 6')
    """
    if not _GROUPED[mark].fullmatch(text):
        return text
    return "".join(letter for letter in text if letter.isdigit())


def plain_codes(cells: pa.StringArray) -> pa.StringArray:
    """Return codes without the blanks and marks that part them: 65000010-001 is 65000010001."""
    return pc.replace_substring_regex(cells, r"\.0$|[\s\x{3000}./_-]+", "")
