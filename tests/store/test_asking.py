"""Asking: known questions only, the same answer from every thread, each role its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shortplank.errors import AskError, ShortplankError, StoreError, WorkspaceError
from shortplank.store import Engine, Store, all_queries, ask, asking, engine, opening, served
from shortplank.store.queries import parse_query
from tests.store import workspaces as w
from tests.store.workspaces import APRIL, MAY

JUNE = date(2009, 6, 1)
SERIES: dict[str, Any] = {
    "indicator": "migrant_filing",
    "county": w.COUNTY,
    "month": JUNE,
    "year_opens": 10,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months in which every village reports; September closes the year."""
    folder = w.make(tmp_path_factory.mktemp("asking"))
    w.publish(Store(folder), village_month=[row for m in (APRIL, MAY, JUNE) for row in reports(m)])
    return folder


def reports(month: date) -> Iterator[w.Row]:
    """Return a month's rows: more filed from village to village and month to month."""
    for number, code in enumerate(w.VILLAGES):
        filed = number + month.month
        yield w.village(code, month, births_p1_m=number, migrants_due=20, migrants_filed=filed)


@pytest.fixture
def shared(folder: Path) -> Engine:
    shared = engine(folder)
    shared.forget()
    return shared


# --- what may be asked ---------------------------------------------------------------------------
def test_an_answer_is_an_arrow_table(shared: Engine) -> None:
    table = shared.ask("areas_by_level")
    assert table.num_rows == 9
    assert table["area_code"].to_pylist()[0] == w.COUNTY


def test_the_topic_may_stand_before_the_name(shared: Engine) -> None:
    assert shared.ask("register/areas_by_level").equals(shared.ask("areas_by_level"))


def test_the_module_asks_the_workspace_that_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ask("months_by_edition", workspace=folder, county=w.COUNTY).to_pylist()
    assert [row["stat_month"] for row in wanted] == [APRIL, MAY, JUNE]
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    assert ask("months_by_edition", county=w.COUNTY).to_pylist() == wanted


def test_without_a_workspace_the_demo_county_is_opened_or_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served.workspace_path() == served.DEMO
    monkeypatch.setattr(served, "DEMO", tmp_path / "data" / "demo")
    with pytest.raises(WorkspaceError, match=r"没有指明工作区.*-w.*shortplank demo"):
        engine()


def test_an_unknown_question_is_refused_with_those_there_are(shared: Engine) -> None:
    with pytest.raises(AskError, match="没有名为 nothing 的查询") as caught:
        shared.ask("nothing")
    assert all(name in caught.value.mend for name in all_queries())


def test_an_unknown_role_is_refused(shared: Engine) -> None:
    with pytest.raises(AskError, match="没有角色 admin"):
        shared.ask("areas_by_level", None, "admin")  # type: ignore[arg-type]


@pytest.mark.parametrize("parameters", [{}, {"area": w.N1}, {"area": w.N1, "month": 1, "more": 1}])
def test_parameters_that_are_not_the_querys_own_are_refused(
    shared: Engine, parameters: dict[str, object]
) -> None:
    with pytest.raises(AskError, match=r"profile_by_indicator：参数不符.*village、month"):
        shared.ask("profile_by_indicator", **parameters)


def test_a_list_is_no_parameter(shared: Engine) -> None:
    with pytest.raises(AskError, match="单个的值"):
        shared.ask("targets_by_area", indicator=["migrant_filing"])


def test_a_month_may_be_written_as_text(shared: Engine) -> None:
    wanted = shared.ask("series_by_area", **SERIES)
    for text in ("2009-06", "2009-06-01"):
        assert shared.ask("series_by_area", **{**SERIES, "month": text}).equals(wanted)


@pytest.mark.parametrize("text", ["2009-13", "2009/06", "六月", "", "2009", "2009-6"])
def test_what_is_not_a_month_is_refused(shared: Engine, text: str) -> None:
    with pytest.raises(AskError, match="不是月份"):
        shared.ask("series_by_area", **{**SERIES, "month": text})


def test_a_value_of_another_kind_is_told_not_thrown(shared: Engine) -> None:
    with pytest.raises(AskError, match="low_months_by_village"):
        shared.ask(
            "low_months_by_village",
            role="analyst",
            indicator="migrant_filing",
            month=JUNE,
            line="much",
            factor=100,
        )


def test_an_edition_that_is_not_there_is_refused(shared: Engine) -> None:
    with pytest.raises(StoreError, match="没有第 9 版"):
        shared.ask("months_by_edition", 9, county=w.COUNTY)


def test_values_are_bound_never_written_into_the_question(shared: Engine) -> None:
    text = "' or 1 = 1 --"
    assert shared.ask("targets_by_area", indicator=text).num_rows == 0


def test_a_workspace_without_editions_answers_with_nothing(tmp_path: Path) -> None:
    fresh = engine(w.make(tmp_path))
    assert fresh.newest() == 0
    for role in ("analyst", "viewer"):
        assert fresh.ask("months_by_edition", role=role, county=w.COUNTY).num_rows == 0
        assert fresh.ask("areas_by_level", role=role).num_rows == 9


# --- caches --------------------------------------------------------------------------------------
def test_the_same_question_is_answered_once(shared: Engine) -> None:
    first = shared.ask("series_by_area", **SERIES)
    assert shared.ask("series_by_area", **SERIES) is first
    assert shared.ask("series_by_area", None, "analyst", **SERIES) is not first
    shared.forget()
    assert shared.ask("series_by_area", **SERIES) is not first


def test_the_answers_kept_are_bounded(shared: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.forget()
    first = shared.ask("targets_by_area", indicator="0")
    monkeypatch.setattr(shared._answers, "most", 3 * shared._answers.bytes)
    for number in range(1, 3):
        shared.ask("targets_by_area", indicator=str(number))
    assert shared.ask("targets_by_area", indicator="0") is first  # used again: kept longest
    for number in range(3, 5):
        shared.ask("targets_by_area", indicator=str(number))
    assert len(shared._answers) == 3
    assert shared.ask("targets_by_area", indicator="0") is first
    assert shared.ask("targets_by_area", indicator="1") is not first


def test_the_editions_kept_open_are_bounded(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    for day in range(1, 7):
        w.publish(store, day, village_month=[w.village(w.N1, APRIL, deaths=day)])
    shared = engine(tmp_path)
    for number in range(1, 7):
        shared.ask("areas_by_level", number)
    assert len(shared._open) == asking.OPEN_EDITIONS
    asked = {"indicator": "natural_increase_rate", "county": w.COUNTY, "month": APRIL}
    table = shared.ask("series_by_area", 1, **asked, year_opens=10)
    assert table["numerator"].to_pylist()[0] == -1  # opened again


def test_the_newest_edition_is_asked_as_soon_as_it_is_there(tmp_path: Path) -> None:
    store = w.store(tmp_path)
    for day, month in ((1, APRIL), (2, MAY)):
        w.publish(store, day, village_month=[w.village(w.N1, month)])
        shared = engine(tmp_path)
        assert shared.newest() == shared.edition().number == day
        assert shared.ask("months_by_edition", county=w.COUNTY).num_rows == day
    assert shared.ask("months_by_edition", 1, county=w.COUNTY).num_rows == 1


def test_answers_do_not_wait_for_marts_that_are_being_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = w.store(tmp_path)
    w.publish(store, village_month=[w.village(w.N1, APRIL)])
    shared = engine(tmp_path)
    known = shared.ask("months_by_edition", county=w.COUNTY)
    w.publish(store, 2, village_month=[w.village(w.N1, APRIL, deaths=1)])
    building, go_on, build = threading.Event(), threading.Event(), opening.read_marts

    def slow(*asked: Any) -> Any:
        building.set()
        assert go_on.wait(10)
        return build(*asked)

    monkeypatch.setattr(opening, "read_marts", slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(shared.ask, "months_by_edition", 2, county=w.COUNTY)
        assert building.wait(10)
        assert shared.ask("months_by_edition", 1, county=w.COUNTY) is known
        assert shared.ask("areas_by_level", 1).num_rows == 9
        go_on.set()
        assert waiting.result(10).num_rows == 1


# --- threads -------------------------------------------------------------------------------------
def test_threads_get_the_answers_that_one_alone_gets(shared: Engine) -> None:
    questions: list[tuple[str, dict[str, Any]]] = [
        ("series_by_area", {**SERIES, "indicator": name, "month": month})
        for name in ("migrant_filing", "policy_compliance", "benefit_delivery")
        for month in (APRIL, MAY, JUNE)
    ]
    questions += [("villages_by_indicator", {"indicator": "migrant_filing", "month": JUNE})]
    alone = [shared.ask(name, None, "analyst", **p).to_pylist() for name, p in questions]
    wrong: list[str] = []

    def many(offset: int) -> None:
        for step in range(60):
            number = (offset * 7 + step) % len(questions)
            name, parameters = questions[number]
            if step % 5 == 0:
                shared.forget()
            if shared.ask(name, None, "analyst", **parameters).to_pylist() != alone[number]:
                wrong.append(name)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(8)))
    assert wrong == []


def test_a_relation_is_filled_once_by_threads_that_ask_at_once(folder: Path) -> None:
    fresh = Engine(engine(folder).ws)
    start = threading.Barrier(8)

    def first(_: int) -> int:
        start.wait()
        return fresh.ask("series_by_area", None, "analyst", **SERIES).num_rows

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(first, range(8))) == {9}


# --- roles ---------------------------------------------------------------------------------------
def test_an_analyst_sees_counts_that_a_viewer_does_not(shared: Engine) -> None:
    asked = {"indicator": "policy_compliance", "month": JUNE}
    exact = shared.ask("villages_by_indicator", None, "analyst", **asked).to_pylist()
    shown = shared.ask("villages_by_indicator", None, "viewer", **asked).to_pylist()
    assert [row["denominator"] for row in exact] == [0, 1, 2, 3, 4, 5]
    assert [row["denominator"] for row in shown] == [None] * 6
    assert {row["shown"] for row in exact} == {None}
    assert {row["shown"] for row in shown} == {"不公布"}


def test_the_viewer_is_the_default(shared: Engine) -> None:
    asked = {"indicator": "policy_compliance", "month": JUNE}
    table = shared.ask("villages_by_indicator", **asked)
    assert table is shared.ask("villages_by_indicator", None, "viewer", **asked)


# --- locked down ---------------------------------------------------------------------------------
ATTEMPTS = {
    "read_csv": "select * from read_csv('{file}')",
    "read_text": "select * from read_text('{file}')",
    "read_parquet": "select * from read_parquet('{parquet}')",
    "a file as a table": "select * from '{parquet}'",
    "glob": "select * from glob('{folder}/*')",
    "copy out": "copy area to '{folder}/out.csv'",
    "attach": "attach '{folder}/other.db' as other",
    "export": "export database '{folder}/out'",
    "install": "install httpfs",
    "load": "load httpfs",
    "unlock": "set enable_external_access = true",
    "more memory": "set memory_limit = '64GB'",
    "a variable of Python's": "select * from secret_table",
    "the environment": "select getenv('HOME')",
}


@pytest.mark.parametrize("sql", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_question_reaches_nothing_outside_its_edition(
    shared: Engine, folder: Path, sql: str
) -> None:
    secret_table = shared.ask("areas_by_level")
    assert secret_table is not None
    opened = shared.open(shared.newest(), "viewer")
    [parquet] = Store(folder).edition().files("village_month", [APRIL])
    places = {"file": folder / "workspace.toml", "parquet": parquet, "folder": folder}
    with opened.reading(["area"]) as cursor, pytest.raises(duckdb.Error):
        cursor.sql(sql.format(**places)).fetchall()
    assert not (folder / "out.csv").exists() and not (folder / "other.db").exists()


def test_a_question_that_reaches_out_is_told_in_a_sentence(
    shared: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings_by_line.sql"
    header = "-- Lines.\n-- grain:   one row per line\n-- params:\n-- columns: line\n-- reads:\n"
    path.write_text(f"{header}select * from read_csv('{folder}/workspace.toml')\n", "utf-8")
    parsed = parse_query(path)
    monkeypatch.setattr(asking, "all_queries", lambda: {"settings_by_line": parsed})
    with pytest.raises(AskError, match=r"settings_by_line：查询没有成功"):
        shared.ask("settings_by_line")


# --- settings ------------------------------------------------------------------------------------
def test_an_engine_is_shared_until_the_settings_change(tmp_path: Path) -> None:
    folder = w.make(tmp_path)
    w.publish(Store(folder), village_month=[w.village(w.N1, APRIL)])
    first = engine(folder)
    assert engine(str(folder)) is first
    assert first.ask("areas_by_level").num_rows == 9
    rename(folder / "areas.csv", "小溪县", "大河县")
    second = engine(folder)
    assert second is not first
    assert second.ask("areas_by_level")["name"][0].as_py() == "大河县"


@pytest.mark.parametrize(
    "name",
    [
        "workspace.toml",
        "peers.csv",
        "catalogue/measures.toml",
        "catalogue/scheme.toml",
        "catalogue/rules.toml",
        "catalogue/indicators/births.toml",
        "catalogue/forms/village_month.toml",
    ],
)
def test_every_part_of_the_settings_is_watched(tmp_path: Path, name: str) -> None:
    folder = w.make(tmp_path)
    first = engine(folder)
    path = folder / name
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert engine(folder) is not first


def test_a_register_that_is_added_is_seen(tmp_path: Path) -> None:
    folder = w.make(tmp_path)
    first = engine(folder)
    (folder / "registers").mkdir()
    (folder / "registers/status.csv").write_text(
        "area_code,status,valid_from,valid_to,source\n", "utf-8"
    )
    assert engine(folder) is not first


def test_a_definition_that_changes_changes_the_answer(tmp_path: Path) -> None:
    folder = w.make(tmp_path)
    w.publish(Store(folder), village_month=[w.village(w.N1, APRIL, births_p1_m=3)])
    asked = {"indicator": "births_out", "county": w.COUNTY, "month": APRIL, "year_opens": 10}
    assert engine(folder).ask("series_by_area", **asked)["numerator"][0].as_py() == 3
    rename(folder / "catalogue/indicators/births.toml", '["births_out"]', '["deaths"]')
    assert engine(folder).ask("series_by_area", **asked)["numerator"][0].as_py() == 0


def test_broken_settings_are_told_and_mended_settings_are_used(tmp_path: Path) -> None:
    folder = w.make(tmp_path)
    engine(folder)
    rename(folder / "workspace.toml", "home =", "hone =")
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="hone"):
            engine(folder)
    rename(folder / "workspace.toml", "hone =", "home =")
    assert engine(folder).ws.settings.home == w.COUNTY


def rename(path: Path, old: str, new: str) -> None:
    """Replace words in a file, as an editor would a moment later."""
    text = path.read_text("utf-8")
    assert old in text
    time.sleep(0.01)
    path.write_text(text.replace(old, new), "utf-8")


def test_a_damaged_mart_does_not_reach_an_answer(tmp_path: Path) -> None:
    folder = w.make(tmp_path)
    w.publish(Store(folder), village_month=[w.village(w.N1, APRIL, deaths=2)])
    asked = {"indicator": "natural_increase_rate", "county": w.COUNTY, "month": APRIL}
    wanted = engine(folder).ask("series_by_area", **asked, year_opens=10)
    for path in (folder / "marts").rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    again = Engine(engine(folder).ws).ask("series_by_area", **asked, year_opens=10)
    assert again.equals(wanted)


def test_a_damaged_edition_is_told_in_a_sentence(tmp_path: Path) -> None:
    folder = w.make(tmp_path)
    edition = w.publish(Store(folder), village_month=[w.village(w.N1, APRIL)])
    (folder / "snapshots" / edition.data[0].path).write_bytes(b"PAR1")
    shared = engine(folder)
    with pytest.raises(ShortplankError, match=r"snapshots/data/village_month.*损坏"):
        shared.ask("months_by_edition", county=w.COUNTY)
    assert shared.ask("areas_by_level").num_rows == 9  # what is not damaged still answers
