"""A line a thing done: whole beside other writers, bounded in a flood, and with its facts alone."""

from __future__ import annotations

import ast
import json
import logging
import multiprocessing
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shortplank.audit import lines
from shortplank.audit.lines import FACTS, MOST_A_MINUTE, WHATS, note, note_first
from shortplank.errors import ShortplankError
from tests.audit.conftest import Lines
from tools.browser import REPOSITORY

WRITERS, EACH = 3, 5_000
AT = "2010-06-05T09:{:02d}:00.000+08:00"


def test_a_line_says_when_who_what_and_its_facts(state: Path, written: Lines) -> None:
    note(state.parent, "zhangsan", "look", page="rankings", month="2010-05", edition=3)
    (line,) = written()
    assert line.pop("at")[-6] in "+-"
    assert line == {
        "account": "zhangsan",
        "what": "look",
        "page": "rankings",
        "month": "2010-05",
        "edition": 3,
    }


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_it_is_open_to_its_owner_alone_whatever_the_umask(state: Path) -> None:
    old = os.umask(0)
    try:
        note(state.parent, "", "look", page="rankings")
    finally:
        os.umask(old)
    (file,) = (state / "audit").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert {file.parent.stat().st_mode & 0o777, state.stat().st_mode & 0o777} == {0o700}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("month", "五月"),
        ("area", "芦洲镇"),
        ("indicator", "a b"),
        ("indicator", "出生"),
        ("window", "week"),
        ("rows", "3"),
        ("rows", -1),
        ("rows", True),
        ("rows", 95.5),
        ("format", "exe"),
        ("subject", "张三"),
        ("token", "abc"),
        ("query", "select 1"),
        ("reason", "x" * 65),
    ],
)
def test_whatever_is_no_such_fact_stays_out(
    key: str, value: object, state: Path, written: Lines
) -> None:
    note(state.parent, "a", "look", page="rankings", **{key: value})  # type: ignore[arg-type]
    assert set(written()[0]) == {"at", "account", "what", "page"}


def test_an_account_that_would_break_a_line_is_not_written(state: Path, written: Lines) -> None:
    note(state.parent, 'a\n{"at":"', "look", page="rankings")
    note(state.parent, 'a{"at":"' + "b" * 500, "look", page="rankings")
    first, second = written()
    assert first["account"] == "" and len(second["account"]) == 128


def test_a_new_day_begins_a_new_file(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in ("2010-05-31T23:59:59.999+08:00", "2010-06-01T00:00:00.000+08:00"):
        monkeypatch.setattr(lines, "now", lambda at=at: at)
        note(state.parent, "a", "look", page="rankings")
    files = {path.name: path.read_bytes().count(b"\n") for path in (state / "audit").iterdir()}
    assert files == {"2010-05-31.jsonl": 1, "2010-06-01.jsonl": 1}


def test_a_deleted_file_is_begun_anew(state: Path, written: Lines) -> None:
    note(state.parent, "a", "look", page="rankings")
    (file,) = (state / "audit").iterdir()
    file.unlink()
    note(state.parent, "b", "look", page="rankings")
    assert [line["account"] for line in written()] == ["b"]


def _write_many(folder: str, account: str) -> None:
    for number in range(EACH):
        note(folder, account, "look", page="rankings", edition=number)


def test_three_processes_write_whole_lines(state: Path, written: Lines) -> None:
    starting = multiprocessing.get_context("spawn")
    tasks = [
        starting.Process(target=_write_many, args=(str(state.parent), f"writer-{number}"))
        for number in range(WRITERS)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert not any(task.exitcode for task in tasks)
    found = {(line["account"], line["edition"]) for line in written()}
    assert len(found) == len(written()) == WRITERS * EACH


def test_threads_write_whole_lines(state: Path, written: Lines) -> None:
    args = [(str(state.parent), f"writer-{number}") for number in range(WRITERS)]
    tasks = [threading.Thread(target=_write_many, args=each) for each in args]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    assert len(written()) == WRITERS * EACH


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="no fork here")
def test_a_child_takes_no_lock_of_its_parent(state: Path) -> None:
    held = lines._writer.lock
    with held:
        lines._after_fork()
        assert not lines._writer.lock.locked()


# --- where it cannot be written -------------------------------------------------------------------
@pytest.fixture
def full(state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder on a disk without space."""

    def refuse(_handle: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lines.os, "write", refuse)
    return state


def test_what_is_done_goes_on_and_the_log_says_it_once(
    full: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "shortplank"):
        for _ in range(3):
            note(full.parent, "a", "publish", edition=1)
    assert [record.getMessage()[:11] for record in caplog.records] == ["the audit c"]


def test_exact_figures_are_not_given_without_their_line(full: Path) -> None:
    with pytest.raises(ShortplankError, match="精确数没有给出"):
        note_first(full.parent, "a", "export", figures="exact")


def test_a_folder_that_cannot_be_made_stops_nothing(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state.write_text("a file stands here")
    with caplog.at_level(logging.ERROR, "shortplank"):
        note(state.parent, "a", "publish", edition=1)
    assert "状态文件夹" in caplog.text


# --- floods ---------------------------------------------------------------------------------------
def test_a_flood_from_outside_is_counted_and_told_in_one_line(
    state: Path, written: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "now", lambda: AT.format(0))
    for _ in range(10_000):
        note(state.parent, "", "refused", reason="host")
    note(state.parent, "a", "look", page="rankings")
    assert len(written()) == MOST_A_MINUTE + 1
    monkeypatch.setattr(lines, "now", lambda: AT.format(1))
    note(state.parent, "a", "look", page="rankings")
    left = [line["left_out"] for line in written() if "left_out" in line]
    assert left == [10_000 - MOST_A_MINUTE]


def test_what_is_done_inside_is_never_left_out(state: Path, written: Lines) -> None:
    for number in range(5 * MOST_A_MINUTE):
        note(state.parent, "a", "export", rows=number)
    assert len(written()) == 5 * MOST_A_MINUTE


def test_a_flood_leaves_room_for_what_others_are_refused(state: Path, written: Lines) -> None:
    for _ in range(1_000):
        note(state.parent, "", "refused", reason="host")
    note(state.parent, "zhangsan", "refused", page="imports")
    assert [line["account"] for line in written()][-1] == "zhangsan"


# --- no figure can get in -------------------------------------------------------------------------
NOTING = ("note", "note_first", "seen_of", "self.audit", "gate.audit")


def noting() -> Iterator[tuple[str, ast.Call]]:
    """Yield every place of the product that writes a line."""
    for path in sorted((REPOSITORY / "shortplank").rglob("*.py")):
        text = path.read_text("utf-8")
        if "shortplank.audit" not in text and "gate.audit" not in text:
            continue  # a note beside a picture is something else
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in NOTING:
                yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node


def test_every_place_that_writes_a_line_gives_only_facts_of_the_list() -> None:
    places = dict(noting())
    assert len(places) > 10
    for place, call in places.items():
        given = [each.arg for each in call.keywords]
        passed_on = [ast.unparse(each.value) for each in call.keywords if each.arg is None]
        assert {each for each in given if each} <= set(FACTS), place
        assert set(passed_on) <= {"facts", "seen.facts", "refused.facts"}, place


def test_every_kind_that_a_place_names_is_one() -> None:
    for place, call in noting():
        named = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and arg.value]
        assert all(name in WHATS for name in named), place


def test_the_facts_are_names_and_whole_numbers() -> None:
    assert {key for key, form in FACTS.items() if form is int} == {
        "edition",
        "rows",
        "present",
        "ahead",
        "left_out",
    }
    for form in FACTS.values():
        if not isinstance(form, type):
            for text in ("95.5%", "张三", "芦洲镇", "130123199001011234567 ", "a b"):
                assert form.fullmatch(text) is None


def test_a_line_is_json_of_one_row() -> None:
    line = lines.line_of(AT.format(0), "甲", "look", {"page": "rankings"})
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert json.loads(line)["account"] == "甲"
