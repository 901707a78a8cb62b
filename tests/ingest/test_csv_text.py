"""CSV is read strictly: encodings, delimiters, quotes and sizes, each refused with its line."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shortplank.ingest.csv_text import COLUMNS, DELIMITERS, LINE_CELLS, text_of
from shortplank.ingest.read import Unreadable, read_grids
from shortplank.store import Store
from tests.ingest.county import as_csv, checked, rows, upload

VILLAGES = ["双河村", "五河村", "平圩村", "安洼村", "高楼村"]
LINES = ["村名,人数,户数", *(f"{name},{i},{i}" for i, name in enumerate(VILLAGES, start=1))]


def refused(text: str | bytes) -> Unreadable:
    """Return why a file is not read."""
    with pytest.raises(Unreadable) as fault:
        read_grids(upload(text))
    return fault.value


# --- quotes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("line", range(len(LINES)))
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_unclosed_quote_names_the_line_where_it_opens(line: int, line_end: str) -> None:
    lines = [f'"{one}' if i == line else one for i, one in enumerate(LINES)]
    fault = refused(line_end.join(lines) + line_end)
    assert fault.code == "quote"
    assert f"第 {line + 1} 行" in fault.message


@given(st.integers(0, 5), st.integers(0, 2), st.integers(0, 5), st.integers(0, 2))
@example(1, 0, 2, 0)
def test_two_stray_quotes_never_swallow_a_line(r: int, c: int, r2: int, c2: int) -> None:
    assume((r, c) < (r2, c2))
    cells = [line.split(",") for line in LINES]
    cells[r][c] = '"' + cells[r][c]
    cells[r2][c2] = cells[r2][c2] + '"'
    text = "\n".join(",".join(row) for row in cells) + "\n"
    try:
        (grid,) = read_grids(upload(text))
    except Unreadable as fault:
        assert fault.code == "quote"
        assert f"第 {r + 1} 行" in fault.message
        return
    assert r == r2  # within one line the quotes make a cell of their own
    assert grid.rows == len(LINES)


def test_text_behind_a_closing_quote_is_refused() -> None:
    fault = refused('村名,人数\n"双河"村,3\n')
    assert (fault.code, "第 2 行" in fault.message) == ("quote", True)


@given(
    st.lists(st.lists(st.text("村1,;|\t\"'\r\n ", max_size=5), min_size=3, max_size=3), max_size=6)
)
def test_what_a_program_quotes_is_read_as_it_was(lines: list[list[str]]) -> None:
    table = [["村名", "人数", "户数"], *lines]
    assume(all(any(cell.strip() for cell in row) for row in table))
    sink = io.StringIO(newline="")
    csv.writer(sink, quoting=csv.QUOTE_ALL).writerows(table)
    try:
        (grid,) = read_grids(upload(sink.getvalue()))
    except Unreadable as fault:  # a cell that holds a whole line of the table
        assert fault.code == "quote"
        assert any(re.search(r"[\r\n]", cell) and "," in cell for row in lines for cell in row)
        return
    assert grid.head == [tuple(row) for row in table]


# --- delimiters -----------------------------------------------------------------------------------
@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "title",
    ["东岭镇2010年6月村月报", "东岭镇,村月报,2010年6月", "填报单位：东岭镇；2010年6月", "sep=;"],
)
def test_the_delimiter_is_the_headers(
    store: Store, delimiter: str, encoding: str, title: str
) -> None:
    table = as_csv(rows())
    text = f"{title}\n" + table.replace(",", delimiter)
    batch = checked(store, text.encode(encoding))
    assert not batch.stops, batch.findings
    assert batch.rows == len(rows())


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_without_forms_the_table_that_stands_even_tells_the_delimiter(delimiter: str) -> None:
    text = "说明,一,二\n说明,三\n" + "\n".join(LINES).replace(",", delimiter)
    (grid,) = read_grids(upload(text))
    assert grid.head[2][:3] == ("村名", "人数", "户数")


# --- sizes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "," * 100_000,
        "x," * (LINE_CELLS + 1),
        "x," * (COLUMNS + 1) + "\n",
        '"x",' * (COLUMNS + 1) + "\n",
        "x," * 900 + "\n" + "x\n" * 10_000,
        "x\n" * 2_000_001,
    ],
)
def test_a_table_that_is_no_report_is_not_opened(text: str) -> None:
    assert refused(text).code == "too_large"


@pytest.mark.parametrize("blank", [",,,,,\n", "\r\n", " ; \n", ",,,\r"])
def test_blank_lines_below_a_table_do_not_count(store: Store, blank: str) -> None:
    table = as_csv(rows())
    batch = checked(store, table + blank * 500_000)
    assert not batch.stops, batch.findings
    assert batch.rows == len(rows())


def test_blank_columns_at_the_end_of_lines_do_not_count() -> None:
    wide = "," * 9_000
    (grid,) = read_grids(upload("".join(f"{line}{wide}\n" for line in LINES)))
    assert grid.head[1] == ("双河村", "1", "1")


# --- encodings ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        "村名,人数\n".encode() + "双河村,3\n五河村,4\n".encode("gb18030"),
        "村名,人数\n双河村,3\n".encode("gb18030") + "五河村,4\n平圩村,5\n".encode(),
        "村名,人数\n双河村".encode() + b"\xff,3\n",
        "村名,人数\n".encode() + b"\xed\xa0\x80,3\n",
        b"\xff\xfe" + "村名,人数\n".encode("utf-16-le") + b"\x00\xd8\x2c\x00",
        "村名,人数\n双河村,3\n".encode("utf-16-le"),
        "村名,人数\n双河村,3\n".encode("utf-32"),
        "村名,人数\n双河村,\0\n".encode(),
        "村名,人数\n双\ufffd村,3\n".encode(),
        b"\xef\xbb\xbf" + "村名,人数\n".encode("gb18030"),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xff\xff",
    ],
)
def test_bytes_that_no_encoding_explains_are_said_to_be_one(data: bytes) -> None:
    fault = refused(data)
    assert fault.code == "encoding"
    assert re.search(r"认不出文件的编码：第 \d+ 行", fault.message)


def test_the_line_of_a_fault_in_the_encoding_is_named() -> None:
    assert "第 3 行" in refused("村名,人数\n双河村,3\n五".encode() + b"\xff,4\n").message


@given(
    st.text(st.sampled_from("渚溪岭麓湖村镇泉浦竹,1\n"), max_size=60),
    st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]),
)
def test_each_accepted_encoding_gives_the_text_back(text: str, encoding: str) -> None:
    text = f"村名,人数\n{text}"
    assert text_of(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["big5", "cp932"])
def test_bytes_that_gb18030_explains_by_chance_are_said_to_be_an_encoding(
    store: Store, encoding: str
) -> None:
    text = "村名,期末總人口,死亡人數,出生人數合計\n雙河村,1000,2,3\n東嶺村,900,1,2\n"
    batch = checked(store, text.encode(encoding))
    assert [f.code for f in batch.findings] == ["encoding"]


@pytest.mark.parametrize(
    "text", ["村名,期末總人口,死亡人數\n雙河村,1000,2\n", "品名,单价,数量\n苹果,3,4\n", "甲,1\n"]
)
def test_an_unknown_table_is_no_fault_of_the_encoding(store: Store, text: str) -> None:
    batch = checked(store, text.encode("gb18030"))
    assert [f.code for f in batch.findings] == ["no_header"]
