"""Any file gives findings, never a fault, and what is found to be sound can be published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.ingest import check_batch, publish_batch
from shortplank.store import Store
from tests.ingest.books import book, merges, report
from tests.ingest.county import EAST, HEADER, as_csv, make_county, rows, upload
from tests.ingest.yunzhou import EXCERPTS
from tools.browser import REPOSITORY

WORDS = (
    *HEADER, "单位代码", "合计", "姓名", "东岭镇", "西岭乡", "双河村", "五河村", "旧堡村",
    "无名村", "990101001001", "990101001", "2010-06", "2010年5月", "报出日期：2010年7月4日",
    "", " ", "　", "0", "1", "-1", "2.5", "１２", "1,000", "—", "#REF!", "=A1", "\n", '"', ",",
    "990101199001011234",
)  # fmt: skip
CELL = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))
GRID = st.lists(st.lists(CELL, max_size=8), max_size=8)
SOUND = as_csv(rows()).encode()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One workspace for all cases, its settings read once; they may publish into it."""
    return Store(make_county(tmp_path_factory.mktemp("fuzz") / "county"))


def run(store: Store, data: bytes) -> None:
    batch = check_batch(store, [upload(data, "x.csv")])
    for finding in batch.findings:
        assert finding.message.endswith("。") and "990101199001011234" not in finding.message
    if batch.reports and not batch.stops:
        publish_batch(store, batch, why="乙")


@given(GRID)
def test_grids_of_known_words(county: Store, grid: list[list[str]]) -> None:
    lines = [dict(enumerate(row)) for row in grid]
    header = range(max((len(row) for row in grid), default=0))
    named = [{str(k): v for k, v in line.items()} for line in lines]
    run(county, as_csv(named, map(str, header)).encode())


@given(st.lists(st.lists(CELL, min_size=len(HEADER), max_size=len(HEADER)), max_size=5))
def test_rows_of_words_under_a_sound_header(county: Store, grid: list[list[str]]) -> None:
    lines = [dict(zip(HEADER, row, strict=True)) for row in grid]
    run(county, as_csv([*rows(EAST), *lines]).encode())


@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.binary(max_size=3)), max_size=6))
def test_a_sound_file_with_bytes_changed(county: Store, damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(SOUND)
    for place, new in damage:
        data[place : place + 1] = new
    run(county, bytes(data))


@given(st.integers(0, len(SOUND)))
def test_a_sound_file_cut_short(county: Store, length: int) -> None:
    run(county, SOUND[:length])


BOOK = book(report(), merges()).data


@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.binary(max_size=3)), max_size=6))
def test_a_workbook_with_bytes_changed(county: Store, damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(BOOK)
    for place, new in damage:
        data[place : place + 1] = new
    run(county, bytes(data))


@given(GRID)
def test_workbooks_of_known_words(county: Store, grid: list[list[str]]) -> None:
    clean = [["".join(c for c in text if c.isprintable()) for text in row] for row in grid]
    run(county, book(clean).data)


def test_the_long_run_in_short(tmp_path: Path) -> None:
    source = make_county(tmp_path / "county")
    files = [str(path) for path in (EXCERPTS / "good").iterdir() if path.suffix != ".json"]
    # A process of its own: the memory that is measured is the most the process ever held.
    command = [sys.executable, "-m", "tools.fuzz", "--cases", "60", "--workspace", str(source)]
    done = subprocess.run([*command, *files], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
