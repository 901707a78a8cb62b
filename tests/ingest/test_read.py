"""From bytes to a grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.ingest.read import Unreadable, read_grids
from tests.ingest.county import upload

TEXT = "村名,人数\n双河村,3\n五河村,4\n"
WANTED = [("村名", "人数"), ("双河村", "3"), ("五河村", "4")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_line_ends_and_delimiters(encoding: str, line_end: str, delimiter: str) -> None:
    text = TEXT.replace("\n", line_end).replace(",", delimiter)
    (grid,) = read_grids(upload(text.encode(encoding)))
    assert grid.head == WANTED
    assert grid.sheet is None


def test_short_rows_and_blank_lines_keep_their_place() -> None:
    (grid,) = read_grids(upload("报表\n\n村名,人数\n双河村,3\n"))
    assert grid.head == [("报表", ""), ("", ""), ("村名", "人数"), ("双河村", "3")]


def test_a_line_break_inside_a_cell_is_one_row() -> None:
    (grid,) = read_grids(upload('村名,"人\n数"\n双河村,3\n'))
    assert grid.head == [("村名", "人\n数"), ("双河村", "3")]


def test_distinct_texts_lead_back_to_their_rows() -> None:
    (grid,) = read_grids(upload("a,b\n1,x\n2,x\n1,y\n"))
    texts, places = grid.texts[0], grid.places(0, 1)
    assert [texts[place] for place in places] == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \n\n", "empty_file"),
        (b"PK\x03\x04rest", "broken"),
        (b"\xd0\xcf\x11\xe0rest", "broken"),
        (b"<html><table>", "markup"),
        (b"a,b\0c", "encoding"),
        (b"\xff\xff\xff", "encoding"),
        (b'a,"' + b"x" * 200_000 + b'"\nb\n', "csv"),
    ],
)
def test_what_is_no_table_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read_grids(upload(data))
    assert fault.value.code == code
    assert fault.value.message.endswith("。")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_grid_or_a_reason(data: bytes) -> None:
    try:
        (grid,) = read_grids(upload(data))
    except Unreadable:
        return
    assert len({len(column) for column in grid.columns}) <= 1
