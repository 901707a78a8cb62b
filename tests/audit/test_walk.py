"""A walk over the product leaves exactly its lines, and none holds a number of the data."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shortplank.access import MACHINE, Actor
from shortplank.audit import lines
from shortplank.audit.lines import FACTS, note
from shortplank.cli import run as command
from shortplank.errors import ShortplankError
from shortplank.frame.pages import DESKS, PAGES
from shortplank.frame.table.takeaways import KEPT
from shortplank.reading.view import View
from shortplank.store import Engine, Store, engine
from tests.audit.conftest import Lines
from tests.copies import DEMO, demo_copy
from tests.pages.apps import run, sound, tables
from tests.taking import Offered, offers
from tests.test_writers import WRITERS, prepare


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What every button of a run would give, by its key."""
    return offers(monkeypatch)


def done(written: Lines, *, what: str) -> list[dict[str, Any]]:
    """Return the lines of a kind without their time."""
    found = [line for line in written() if line["what"] == what]
    return [{k: v for k, v in line.items() if k not in ("at", "what")} for line in found]


# Pages of work that look at an edition and its month all the same.
AT_AN_EDITION = ("bench",)


# --- looks ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_line_whatever_is_run_again(page: str, state: Path, written: Lines) -> None:
    test = sound(run(page))
    test.run()
    (line,) = [each for each in done(written, what="look") if each.get("area") in (None, "990101")]
    assert line["page"] == page and line["account"] and line["present"] == 0
    wanted = {"account", "page", "present"}
    if page not in DESKS or page in AT_AN_EDITION:
        wanted |= {"indicator", "month", "window", "area", "edition"}
    assert set(line) == wanted


def test_another_month_or_projection_is_another_line(state: Path, written: Lines) -> None:
    test = sound(run("rankings"))
    test.query_params["month"] = "2010-03"
    sound(test.run())
    test.query_params["present"] = "1"
    sound(test.run())
    looks = done(written, what="look")
    assert [(line["month"], line["present"]) for line in looks] == [
        ("2010-05", 0),
        ("2010-03", 0),
        ("2010-03", 1),
    ]


def test_a_village_is_a_line_of_its_own_once(state: Path, written: Lines) -> None:
    test = sound(run("short_plank", look="village"))
    test.run()
    home, village = (line["area"] for line in done(written, what="look"))
    assert home == "990101" and village.startswith("990101") and len(village) > len(home)


# --- what is taken away ---------------------------------------------------------------------------
def test_each_table_and_format_leaves_a_line_before_its_bytes(
    state: Path, written: Lines, offered: Offered
) -> None:
    for page in set(PAGES) - {"handbook"}:  # which holds no figures
        offered.clear()
        sound(run(page))
        for key, give in dict(offered).items():
            before = len(done(written, what="export"))
            assert give()
            (line,) = done(written, what="export")[before:]
            assert line["page"] == page, key
            assert line["format"] == key.rpartition("-file")[0].rpartition("-")[2], key
            assert line["rows"] > 0 and line["figures"] == "exact", key
            assert page in DESKS or line["month"] == "2010-05"


def test_a_copied_table_leaves_a_line(state: Path, written: Lines) -> None:
    test = sound(run("rankings"))
    assert not done(written, what="export")
    test.session_state[KEPT].find("rankings-ranking.copy")[1]()
    (line,) = done(written, what="export")
    assert (line["page"], line["format"], line["rows"]) == ("rankings", "copy", 16)
    assert line["figures"] == "exact" and line["month"] == "2010-05"


def test_a_viewers_are_banded(state: Path, written: Lines, offered: Offered) -> None:
    sound(run("rankings", role="viewer"))
    for give in dict(offered).values():
        assert give()
    assert {line["figures"] for line in done(written, what="export")} == {"banded"}


def test_exact_figures_stay_where_no_line_can_be_written(
    state: Path, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound(run("rankings"))

    def refuse(_handle: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lines.os, "write", refuse)
    for give in offered.values():
        with pytest.raises(ShortplankError, match="精确数没有给出"):
            give()


def test_the_warning_list_is_a_line_a_file(state: Path, written: Lines, offered: Offered) -> None:
    sound(run("short_plank", look="warnings"))
    for key in ("short_plank-warnings-book-file", "short_plank-warnings-docx-file"):
        assert offered[key]()
    taken = [(line["format"], line["figures"]) for line in done(written, what="export")]
    assert taken == [("xlsx", "banded"), ("docx", "banded")]


# --- writers --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("prepared") / "demo")


@pytest.fixture
def shared(prepared: Path, tmp_path: Path) -> Engine:
    left = shutil.ignore_patterns(".state")
    return engine(Path(shutil.copytree(prepared, tmp_path / "demo", ignore=left)))


@pytest.mark.parametrize("name", WRITERS)
def test_whoever_writes_leaves_one_line(
    name: str, shared: Engine, state: Path, written: Lines
) -> None:
    actor = Actor("admin", "wang")
    month = date(2010, 5, 1)
    view = View(shared, shared.newest(), actor, month, "ytd", "migrant_filing", "990101")
    WRITERS[name][1](shared.store.acting_for(actor), view)
    (line,) = written()
    assert line["account"] == "wang"
    what = "publish" if name.startswith("publish") else "restore" if name == "restore" else "write"
    assert line["what"] == what


def test_who_may_not_leaves_no_line_of_having_written(
    shared: Engine, state: Path, written: Lines
) -> None:
    store = shared.store.acting_for(Actor("viewer", "wang"))
    with pytest.raises(ShortplankError):
        store.vacuum(keep=1, grace=timedelta(0))
    assert written() == []


# --- commands -------------------------------------------------------------------------------------
COMMANDS: dict[str, tuple[str, ...]] = {
    "ask": ("ask", "villages_by_month", "-p", "month=2010-05"),
    "query": ("query", "-e", "select name from area"),
    "export": ("export", "village_month", "--month", "2010-05"),
    "findings": ("findings", "--month", "2010-05"),
    "diff": ("editions", "diff", "1", "2"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_gives_figures_leaves_a_line(
    name: str, state: Path, written: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command([*COMMANDS[name], "-w", str(DEMO)]) == 0
    assert capsys.readouterr().out
    (line,) = done(written, what="export")
    assert line["account"] == MACHINE.account and line["act"] == name
    assert line["figures"] == "exact"


def test_a_viewers_question_is_banded(state: Path, written: Lines) -> None:
    assert command([*COMMANDS["ask"], "--role", "viewer", "-w", str(DEMO)]) == 0
    assert done(written, what="export")[0]["figures"] == "banded"


def test_papers_are_a_line_each(state: Path, written: Lines, tmp_path: Path) -> None:
    out, own = tmp_path / "papers", demo_copy(tmp_path / "demo")
    assert command(["brief", "--month", "2010-05", "--out", str(out), "-w", str(own)]) == 0
    taken = [line["format"] for line in done(written, what="export")]
    assert sorted(taken) == sorted(path.suffix[1:] for path in out.iterdir())


# --- nothing of the data, and no token ------------------------------------------------------------
def test_no_line_holds_a_number_of_the_data(state: Path, written: Lines, offered: Offered) -> None:
    """A count that a table shows stands in no line: the only numbers are editions and rows."""
    counts: set[str] = set()
    for page in ("rankings", "trends", "sex_ratio", "short_plank"):
        offered.clear()
        test = sound(run(page))
        counts |= {number for frame in tables(test) for number in numbers(frame)}
        for give in dict(offered).values():
            give()
    assert len(counts) > 50
    for line in written():
        held = {k: v for k, v in line.items() if k not in ("at", "rows", "edition", "present")}
        assert not counts & set(re.findall(r"(?<![\w-])\d+\.?\d*(?![\w-])", json.dumps(held)))
        assert set(line) <= {"at", "account", "what", *FACTS}


def numbers(frame: Any) -> set[str]:
    table = pa.Table.from_pandas(frame)
    values = [v for column in table.columns for v in column.to_pylist()]
    return {str(v) for v in values if isinstance(v, int | float) and v == v and abs(v) > 9}


def test_a_token_or_what_is_typed_gets_into_no_line(state: Path, written: Lines) -> None:
    for query in ({"month": "s3cret"}, {"indicator": "s3cret"}, {"area": "s3cret"}):
        sound(run("trends", **query))
    note(state.parent, "wang", "sign_in", way="start", reason="s3cret!token")
    assert "s3cret" not in json.dumps(written())


def test_the_store_of_a_command_signs_with_its_post(
    shared: Engine, state: Path, written: Lines
) -> None:
    store = Store(shared.ws.path, shared.ws, replace(MACHINE, account="县人口办"))
    store.restore(1)
    assert [line["account"] for line in written()] == ["县人口办"]
