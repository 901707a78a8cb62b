"""What a month announces, as the command says it: one object, the same names for every role."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.reading.judged.ledger import findings_for, ledger_of
from shortplank.reading.view import View
from shortplank.store import engine
from tests.cli.conftest import Command
from tests.copies import DEMO
from tests.store import workspaces as w
from tests.topics import villages as v
from tests.topics.judged import one_bad, townships

FIELDS = {
    *("page", "level", "area_code", "area", "indicator", "window", "kind", "direction"),
    *("p", "q", "value", "county", "n", "sentence"),
}
HIDDEN = ("p", "q", "value", "n")


def said(command: Command, root: Path, month: str, *more: str) -> dict[str, Any]:
    """Return the object that the command writes, and nothing else."""
    done = command("findings", "--month", month, "-w", root, "--json", *more)
    assert (done.code, done.err) == (0, "")
    made: dict[str, Any] = json.loads(done.out, parse_constant=pytest.fail)
    return made


def test_the_object_is_the_ledger(command: Command) -> None:
    made = said(command, DEMO, "2010-05")
    assert set(made) == {
        *("county", "month", "edition", "role", "findings", "facts", "signals", "tests", "rate")
    }
    assert (made["county"], made["month"], made["role"]) == ("云洲县", "2010-05", "analyst")
    assert made["rate"] == 0.05
    view = _demo()
    assert made["tests"] == ledger_of(view).tests and made["edition"] == view.edition
    assert len(made["findings"]) == len(findings_for(view)) > 0
    for own, found in zip(findings_for(view), made["findings"], strict=True):
        assert set(found) == FIELDS
        assert found["kind"] in ("named", "changed", "spread", "listed")
        assert found["direction"] in ("above", "below", "up", "down", None)
        assert (found["area_code"], found["indicator"]) == (own.area_code, own.indicator)
        if own.q is not None:
            assert found["q"] == pytest.approx(own.q, rel=1e-5) and found["q"] <= 0.05
        if own.level != "county" and own.kind != "spread":
            assert found["area"] in found["sentence"]
    windows = {found["indicator"]: found["window"] for found in made["findings"]}
    assert windows["sex_ratio_at_birth"] == "r36" and windows["migrant_filing"] == "month_end"
    assert {fact["kind"] for fact in made["facts"]} >= {"target", "place", "line", "count_change"}
    assert all(fact["sentence"] for fact in made["facts"])
    assert all(signal["rate"] and signal["sentence"] for signal in made["signals"])


def _demo() -> View:
    return v.view_of(engine(DEMO), "migrant_filing", month=date(2010, 5, 1))


@pytest.mark.parametrize("month", ["2010-05", "2009-09", "2008-10"])
def test_both_roles_list_the_same_areas(command: Command, month: str) -> None:
    exact, given = (said(command, DEMO, month, "--role", role) for role in ("analyst", "viewer"))
    keys = ("level", "area_code", "area", "indicator", "kind", "direction")
    told = [[[each[key] for key in keys] for each in made["findings"]] for made in (exact, given)]
    assert told[0] == told[1] and told[0]
    assert exact["tests"] == given["tests"]


def test_a_viewer_has_nulls_where_figures_are_banded(command: Command, tmp_path: Path) -> None:
    bad = v.codes((12, 12))[3]
    shared = one_bad(
        tmp_path, bad, lambda poor: v.born(60, 30 if poor else 6), judged="policy_compliance"
    )
    found = {}
    for role in ("analyst", "viewer"):
        made = said(command, shared.ws.path, "2009-09", "--role", role)
        [found[role]] = [each for each in made["findings"] if each["area_code"] == bad]
    assert all(found["analyst"][key] is not None for key in HIDDEN)
    assert all(found["viewer"][key] is None for key in HIDDEN)
    assert found["viewer"]["area"] in found["viewer"]["sentence"]
    assert "50" not in found["viewer"]["sentence"]


def test_a_quiet_month_has_an_empty_list_and_says_so(command: Command, tmp_path: Path) -> None:
    root = townships(tmp_path, 0.84).ws.path
    made = said(command, root, "2009-09")
    assert made["findings"] == [] and made["tests"] > 90
    lines = command("findings", "--month", "2009-09", "-w", root).out.splitlines()
    assert lines[1] == f"共比较 {made['tests']} 项，没有单位列入核对。"
    assert not any(line.startswith("判定") for line in lines)


def test_lines_say_what_the_object_says(command: Command) -> None:
    made = said(command, DEMO, "2010-05")
    lines = command("findings", "--month", "2010-05", "-w", DEMO).out.splitlines()
    assert lines[0] == "云洲县 2010-05（第26版）"
    for word, key in (("判定", "findings"), ("事实", "facts")):
        told = [line.split("　", 1)[1] for line in lines if line.startswith(f"{word}　")]
        assert told == [each["sentence"] for each in made[key]]
    assert lines[-1] == "平静的月份，约 20 个月里有 1 个月会误列；先核对，不作处理依据。"


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2012-05", "第26版里没有 2012-05 的月报。可用的月份：2006-10 至 2010-05"),
        ("may", "请写成 2010-05"),
    ],
)
def test_a_month_that_is_none_is_one_sentence(command: Command, month: str, words: str) -> None:
    for more in ((), ("--json",)):
        done = command("findings", "--month", month, "-w", DEMO, *more)
        assert done.code in (1, 2) and (done.code == 1) == (month != "may")
        assert done.out == "" and words in done.err and done.err.count("\n") == 1


def test_a_workspace_without_data_is_one_sentence(command: Command, tmp_path: Path) -> None:
    done = command("findings", "--month", "2010-05", "-w", w.make(tmp_path / "ws"), "--json")
    assert (done.code, done.out) == (1, "")
    assert "工作区里还没有数据" in done.err and done.err.count("\n") == 1
