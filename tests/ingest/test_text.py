"""Cells as words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shortplank.ingest.text import half_width, name_key


@given(st.text())
def test_a_name_is_the_same_however_often_it_is_made_plain(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert half_width(half_width(text)) == half_width(text)
