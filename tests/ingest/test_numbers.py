"""Cells as numbers: every accepted spelling is that number, and digits are never joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.ingest.numbers import (
    BLANK,
    LARGEST,
    NEGATIVE,
    NOT_A_NUMBER,
    NOT_WHOLE,
    OK,
    PERCENT,
    ROUNDED,
    TOO_LARGE,
    Grouping,
    is_number,
    parse_count,
    parse_rate,
)
from shortplank.ingest.text import code_key

FULL_WIDTH = str.maketrans("0123456789,.-+%", "０１２３４５６７８９，．－＋％")
COUNTS = st.integers(0, LARGEST)


def lakh(value: int) -> str:
    """Return a number grouped as 12,34,567."""
    head, tail = divmod(value, 1000)
    groups = []
    while head:
        head, group = divmod(head, 100)
        groups.append(f"{group:02d}" if head else str(group))
    return ",".join([*reversed(groups), f"{tail:03d}"]) if groups else str(tail)


@given(COUNTS, st.booleans())
def test_a_count_is_read_in_every_way_that_it_is_written(value: int, wide: bool) -> None:
    spellings = (
        f"{value}",
        f" {value}\n",
        f"{value:,}",
        f"{value}.0",
        f"\u3000{value}",
        f"+{value}",
    )
    for text in spellings:
        assert parse_count(text.translate(FULL_WIDTH) if wide else text) == (value, OK)
    for text in (f"{value}", lakh(value)):
        assert parse_count(text.translate(FULL_WIDTH) if wide else text, "lakh") == (value, OK)


@given(st.integers(1, LARGEST), st.sampled_from("-－−"))
def test_a_minus_is_a_minus_in_every_width(value: int, sign: str) -> None:
    assert parse_count(f"{sign}{value}") == (-value, NEGATIVE)
    assert parse_rate(f"{sign}{value}")[:2] == (-value, NEGATIVE)


@given(COUNTS, COUNTS, st.characters(), st.sampled_from(("thousands", "lakh")))
def test_what_stands_between_digits_never_joins_them(
    left: int, right: int, between: str, grouping: Grouping
) -> None:
    text, joined = f"{left}{between}{right}", int(f"{left}{right}")
    value, state = parse_count(text, grouping)
    digit = between in "0123456789０１２３４５６７８９"
    placed = between in ",，" and (text in {f"{joined:,}", f"{joined:,}".replace(",", "，")})
    placed |= grouping == "lakh" and text.replace("，", ",") == lakh(joined)
    assert digit or placed or state not in (OK, NEGATIVE) or value != joined
    rate = parse_rate(text, grouping)
    assert digit or placed or rate.state not in (OK, NEGATIVE) or rate.value != joined


@given(st.text())
def test_any_text_is_no_number_or_the_number_it_spells(text: str) -> None:
    value, state = parse_count(text)
    assert 0 <= value <= LARGEST or state == NEGATIVE
    if state == OK:
        assert int(text.strip().translate(str.maketrans("，．＋", ",.+")).split(".")[0]
                   .replace(",", "")) == value  # fmt: skip


MARKED = (
    "279①",
    "279²",
    "279₁",
    "279\n5",
    "279 5",
    "2①",
    "4 6",
    "1\u30002",
    "279*",
    "279[1]",
    "279注",
    "①279",
    "²79",
    "12人",
    "1/2",
    "3月",
    "١٢٣",
    "²",
    "①",
    "⑩",
    "Ⅻ",
    "三",
    "½",
    "1,23",
    "1,2345",
    "1，23",
    "1.2.3",
    "--3",
    "3-",
    "5％%",
    "１ ２",
    "1'234",
    "1.234,5",
    "0x1F",
    "=1+1",
    "#REF!",
    "٪5",
    "3\u200b",
    "1\u200b2",
    "1\u00ad2",
    "￥3",
    "(3)",
    "3。",
    "1、2",
    "12,34,567",
)


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_a_blank_or_another_digit_is_no_number(text: str) -> None:
    assert parse_count(text) == (0, NOT_A_NUMBER)
    assert parse_rate(text)[:2] == (0.0, NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", BLANK), ("　", BLANK), ("-", BLANK), ("——", BLANK), ("－", BLANK), ("…", BLANK),
        ("/", BLANK), ("2.5", NOT_WHOLE), ("1e3", ROUNDED), ("1.23457E+11", ROUNDED),
        ("50%", PERCENT), ("5‰", PERCENT), ("50％", PERCENT), ("29.0", OK), ("29.", OK),
        ("1,234.00", OK), ("-3", NEGATIVE), ("9" * 14, TOO_LARGE), ("9" * 400, TOO_LARGE),
    ],
)  # fmt: skip
def test_what_is_no_count_says_why(text: str, state: int) -> None:
    assert parse_count(text)[1] == state


@given(st.floats(0, 1e9, allow_nan=False))
def test_a_rate_is_the_float_that_a_cell_holds(value: float) -> None:
    for text, mark in ((repr(value), ""), (f"{value!r}%", "%"), (f"{value!r}‰", "‰")):
        assert parse_rate(text) == (value, OK, mark)


def test_a_grouping_is_the_workspaces_own() -> None:
    assert parse_count("12,34,567", "lakh") == (1_234_567, OK)
    assert parse_count("1,234,567", "lakh")[1] == NOT_A_NUMBER
    assert is_number("12,34,567") and is_number("1,234,567") and not is_number("50%")


def test_a_code_keeps_what_stands_inside() -> None:
    assert code_key("　９９0101 ") == "990101"
    assert code_key("99010¹") == "99010¹" and code_key("99 0101") == "99 0101"
