"""How cells are read as numbers: by a grammar of numbers, never by what makes names alike.

A number is a sign, digits, commas that group them, one point, an exponent as numeric cells give
it, and one closing sign; half or full width. Nothing else stands inside it: digits that a blank, a
line break or a mark keeps apart are never joined.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from shortplank.ingest.text import half_width, name_key

Grouping = Literal["thousands", "lakh"]

# What reports write where there is nothing to count.
_NOTHING = re.compile(r"[-—–―─]*|/|\.\.\.")
_SIGNS = str.maketrans("−", "-")  # the minus sign proper
_GROUPED: dict[Grouping, str] = {
    "thousands": r"[0-9]{1,3}(?:,[0-9]{3})+",
    "lakh": r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}",
}
_NUMBER: dict[Grouping, re.Pattern[str]] = {
    grouping: re.compile(
        rf"(?P<whole>[+-]?(?:{grouped}|[0-9]+))(?:\.(?P<part>[0-9]*))?"
        r"(?P<power>[eE][+-]?[0-9]{1,3})?(?P<mark>[%‰])?"
    )
    for grouping, grouped in _GROUPED.items()
}
LONGEST = 40
# Beyond any count of people, rooms or yuan that a county reports; a BIGINT holds it with room.
LARGEST = 10**12

OK, BLANK, NOT_A_NUMBER, NOT_WHOLE, NEGATIVE, TOO_LARGE, ROUNDED, PERCENT = range(8)


class Rate(NamedTuple):
    """A published rate, what is to be said of it, and the sign after it ("", "%" or "‰")."""

    value: float
    state: int
    mark: str = ""


def _is_blank(text: str) -> bool:
    return bool(_NOTHING.fullmatch(name_key(text)))


def _number(text: str, grouping: Grouping) -> re.Match[str] | None:
    """Return the parts of a text that is a number and nothing else, blanks around it aside."""
    plain = half_width(text.strip()).translate(_SIGNS)
    return _NUMBER[grouping].fullmatch(plain)


@lru_cache(maxsize=200_000)
def parse_count(text: str, grouping: Grouping = "thousands") -> tuple[int, int]:
    """Return a cell's count and what is to be said of it (OK, BLANK, NOT_A_NUMBER, …).

    >>> parse_count("１,２３４"), parse_count("29.0"), parse_count("—"), parse_count("2.5")
    ((1234, 0), (29, 0), (0, 1), (0, 3))
    >>> parse_count("279①"), parse_count("4 6"), parse_count("12,34,567", "lakh")
    ((0, 2), (0, 2), (1234567, 0))
    """
    if _is_blank(text):
        return 0, BLANK
    number = _number(text, grouping)
    if number is None:
        return 0, NOT_A_NUMBER
    if number["mark"]:
        return 0, PERCENT
    if number["power"]:
        return 0, ROUNDED
    if (number["part"] or "").strip("0"):
        return 0, NOT_WHOLE
    digits = number["whole"].replace(",", "")
    if len(digits) > 20 or int(digits) > LARGEST:
        return 0, TOO_LARGE
    value = int(digits)
    return (value, NEGATIVE) if value < 0 else (value, OK)


@lru_cache(maxsize=200_000)
def parse_rate(text: str, grouping: Grouping = "thousands") -> Rate:
    """Return a published rate; its sign is left to whoever knows the measure's unit.

    >>> parse_rate("９０.94％")
    Rate(value=90.94, state=0, mark='%')
    >>> parse_rate("—").state, parse_rate("约3").state
    (1, 2)
    """
    if _is_blank(text):
        return Rate(0.0, BLANK)
    number = _number(text, grouping)
    if number is None or len(number[0]) > LONGEST:
        return Rate(0.0, NOT_A_NUMBER)
    mark = number["mark"] or ""
    value = float(number[0].removesuffix(mark).replace(",", ""))
    if abs(value) > LARGEST:
        return Rate(0.0, TOO_LARGE, mark)
    return Rate(value, NEGATIVE if value < 0 else OK, mark)


def is_number(text: str) -> bool:
    """Return whether a text is a number, grouped in one of the ways, and no sign after it.

    >>> is_number("-1,234.5"), is_number("12,34,567"), is_number("138 0013 8000")
    (True, True, False)
    """
    numbers = (_number(text, grouping) for grouping in _GROUPED)
    return any(number is not None and not number["mark"] for number in numbers)


def has_digits(text: str) -> bool:
    """Return whether a text holds a digit of any kind, as a number with a mark beside it does."""
    return any(letter.isdigit() for letter in text)
