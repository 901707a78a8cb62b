"""Cells as words and numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.ingest.text import (
    BLANK,
    LARGEST,
    NEGATIVE,
    NOT_A_NUMBER,
    NOT_WHOLE,
    OK,
    TOO_LARGE,
    day_in,
    months_in,
    name_key,
    parse_count,
    parse_month,
)

FULL_WIDTH = str.maketrans("0123456789,-", "０１２３４５６７８９，－")


@given(st.integers(0, LARGEST))
def test_a_count_is_read_in_every_way_that_it_is_written(value: int) -> None:
    for text in (f"{value}", f" {value} ", f"{value:,}", f"{value}.0", f"\u3000{value}"):
        assert parse_count(text) == (value, OK)
        assert parse_count(text.translate(FULL_WIDTH)) == (value, OK)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", BLANK), ("　", BLANK), ("-", BLANK), ("——", BLANK), ("－", BLANK), ("…", BLANK),
        ("12人", NOT_A_NUMBER), ("=1+1", NOT_A_NUMBER), ("#REF!", NOT_A_NUMBER),
        ("0x1F", NOT_A_NUMBER), ("1,23", NOT_A_NUMBER), ("1 2", OK),
        ("2.5", NOT_WHOLE), ("1e3", NOT_WHOLE), ("50%", NOT_WHOLE),
        ("-3", NEGATIVE), ("－3", NEGATIVE), ("9" * 14, TOO_LARGE), ("9" * 400, TOO_LARGE),
    ],
)  # fmt: skip
def test_what_is_no_count_says_why(text: str, state: int) -> None:
    assert parse_count(text)[1] == state


@given(st.text())
def test_any_text_is_read_without_a_fault(text: str) -> None:
    value, state = parse_count(text)
    assert 0 <= value <= LARGEST or state == NEGATIVE
    assert parse_month(text, "iso") is None or parse_month(text, "iso")
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize("text", ["2010-06", "2010年6月", "2010/6", "２０１０.０６", "201006",
                                  "2010年6月份", "2010-06-01", "2010-06-01 00:00:00"])  # fmt: skip
def test_months_of_the_common_calendar(text: str) -> None:
    assert parse_month(text, "iso") == date(2010, 6, 1)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("10304", date(2014, 4, 1)),
        ("9912", date(2010, 12, 1)),
        ("民國103年4月", date(2014, 4, 1)),
        ("103/04", date(2014, 4, 1)),
        ("10313", None),
        ("2014-04", None),
    ],
)
def test_years_of_the_republic(text: str, month: date | None) -> None:
    assert parse_month(text, "roc") == month


@pytest.mark.parametrize("text", ["6月", "2010", "2010-13", "2010-00", "一月", ""])
def test_what_is_no_month(text: str) -> None:
    assert parse_month(text, "iso") is None


def test_titles_say_months_and_days_apart() -> None:
    assert months_in("云洲县2010年6月人口报表") == [date(2010, 6, 1)]
    assert months_in("报出日期：2010年7月4日") == []
    assert day_in("报出日期：2010年7月4日") == date(2010, 7, 4)
    assert day_in("2010年2月31日") is None
