"""A thousand hostile statements: none reads a file, writes, or sees a count that is banded.

They are run twice: looked through by DuckDB's parser first, as in the product, and once more
without, so that what holds them is the lock on the database and the system's limits alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from shortplank.access import Actor
from shortplank.store import engine
from shortplank.store.bench.held import query
from tests.demo.conftest import DEMO
from tests.store.bench import fleet, hostile

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
CANARY = "sparrow-in-a-file"
# What a hostile statement would show that got through: a file, the environment, this system.
SIGNS = (CANARY, "sparrow-of-the-environment", "root:", "snapshots/data", sys.prefix)


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    """The register as a viewer has it: what a hostile statement begins with."""
    shared = engine(DEMO)
    with shared.open(shared.newest(), "viewer").reading(["area"]) as cursor:
        return {"area": cursor.execute("select * from area").to_arrow_table()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file that is to be read by none, and nothing else in it."""
    (tmp_path / "canary.csv").write_text(f"a\n{CANARY}\n", "utf-8")
    return tmp_path


def statements(folder: Path) -> list[str]:
    return [*dict.fromkeys(hostile.outward(str(folder / "canary.csv"), str(DEMO)))]


def held(asked: list[str], folder: Path, tables: dict[str, pa.Table], *, unread: bool) -> list[str]:
    """Return what became of each statement; nothing was shown or written."""
    told = [*fleet.answers(asked, tables, 3.0, unread=unread)]
    assert len(told) == len(asked)
    shown = [
        (text, sign)
        for text, each in zip(asked, told, strict=True)
        for sign in SIGNS
        if sign in str(each.get("answer", "")) and sign not in text
    ]
    assert shown == []
    assert os.listdir(folder) == ["canary.csv"]
    return [str(each.get("fault", each.get("ended", "answer"))) for each in told]


def test_no_hostile_statement_reads_writes_or_tells(
    folder: Path, tables: dict[str, pa.Table]
) -> None:
    asked = statements(folder)
    assert len(asked) >= 1_300
    became = held(asked, folder, tables, unread=False)
    assert "late" not in became
    # What is answered is harmless: deep or long, but of nothing except numbers and the register.
    answered = [text for text, each in zip(asked, became, strict=True) if each == "answer"]
    assert len(answered) <= 20
    assert not [text for text in answered if "/" in text or "duckdb" in text or "set" in text]


def test_the_locks_hold_by_themselves(folder: Path, tables: dict[str, pa.Table]) -> None:
    asked = statements(folder)[::3]
    became = held(asked, folder, tables, unread=True)
    reaching = ["read_text(", "read_blob(", "glob(", "attach", "copy ", "parquet_"]
    got = [
        text
        for text, each in zip(asked, became, strict=True)
        if each == "answer" and any(name in text for name in reaching)
    ]
    assert got == []


def test_what_runs_without_end_or_grows_without_bound_ends(
    folder: Path, tables: dict[str, pa.Table]
) -> None:
    asked = [*hostile.RUNAWAYS, *hostile.BOMBS]
    became = held(asked, folder, tables, unread=False)
    ends = {"late", "memory", "bytes", "cell", "value", "names", "answer"}
    assert not {each for each in became if each not in ends and not each.startswith("-")}
    answered = [text for text, each in zip(asked, became, strict=True) if each == "answer"]
    assert len(answered) <= 3, answered


@pytest.mark.usefixtures("time_enough")
def test_a_banded_count_is_not_there() -> None:
    shared, viewer = engine(DEMO), Actor("viewer")
    asked = """
        select count(*) as banded, count(numerator) + count(denominator) + count(ytd_numerator)
            + count(ytd_denominator) + count(r12_numerator) + count(r12_denominator) as counts
        from village_indicator where shown is not null
    """
    [row] = query(shared, shared.newest(), viewer, asked).table.to_pylist()
    assert row["banded"] > 1_000 and row["counts"] == 0
    exact = query(shared, shared.newest(), Actor("analyst"), asked.replace("is not", "is"))
    assert exact.table.to_pylist()[0]["counts"] > 1_000
