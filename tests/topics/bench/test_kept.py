"""Queries that are kept: a header that is checked, and an answer for each role of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shortplank.access import MACHINE, Actor
from shortplank.errors import AskError, NotAllowed, Overtaken, ShortplankError
from shortplank.reading.view import View, first_view
from shortplank.records.settings_changes import changes, seen_of
from shortplank.store import Store, engine
from shortplank.store.bench import bounded
from shortplank.store.bench.bounded import Answer
from shortplank.store.bench.held import query
from shortplank.store.bench.statements import (
    Param,
    Statement,
    name_of,
    parse_statement,
    values_of,
    written,
)
from shortplank.topics.bench.kept import (
    answered,
    begin_values,
    pinned_queries,
    remove_query,
    save_query,
    saved_queries,
)
from tests.copies import demo_copy

TEXT = """\
-- 政策外出生的村
--
-- params:  $month  month      所看月份
--          $least  integer=1  至少几例
-- columns: name, shown, births
-- reads:   area, village_indicator
-- author:  规划统计股
-- viewers: yes
-- chart:   bar name births
-- pinned:  yes
select a.name, v.shown, v.ytd_numerator as births
from village_indicator as v
join area as a using (area_code)
where v.indicator = 'births_out' and v.stat_month = $month
    and ($least is null or v.ytd_numerator >= $least or v.shown is not null)
order by a.area_code
"""
MADE = parse_statement("", TEXT)

pytestmark = pytest.mark.usefixtures("time_enough")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_copy(tmp_path_factory.mktemp("saved") / "county")


@pytest.fixture
def store(root: Path) -> Store:
    return Store(root, actor=MACHINE)


@pytest.fixture
def view(root: Path) -> View:
    found = first_view(engine(root), MACHINE)
    assert found is not None
    return found


def as_viewer(view: View) -> View:
    return replace(view, actor=Actor("viewer"))


def test_a_header_is_written_as_it_is_read() -> None:
    again = parse_statement("", written(MADE))
    assert replace(again, text="") == replace(MADE, text="")
    assert again.body == MADE.body and again.body.startswith("select a.name")
    assert MADE.params[1] == Param("least", "integer", "1", "至少几例")
    plain = parse_statement("", "select 1")
    assert written(plain).splitlines() == ["--", "--", "select 1"]
    assert (plain.chart, plain.viewers, plain.pinned) == ("table", False, False)


def test_values_have_the_types_of_the_header() -> None:
    values = values_of(MADE.params, {"month": "2010-05"})
    assert (str(values["month"]), values["least"]) == ("2010-05-01", 1)
    with pytest.raises(AskError, match="整数"):
        values_of(MADE.params, {"least": "many"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "没有标题"),
        ({"title": "％"}, "没有标题"),
        ({"title": "长" * 41}, "超过 40 字"),
        ({"author": ""}, "没有 author"),
        ({"author": "张三"}, "单位或岗位"),
        ({"y": "deaths"}, "deaths 不在结果里"),
        ({"text": "select '13912345678'"}, "手机号码"),
    ],
)
def test_a_header_that_may_not_be_kept_is_refused(
    change: dict[str, str], words: str, store: Store
) -> None:
    with pytest.raises(ShortplankError, match=words):
        save_query(store, replace(MADE, **change), "试")  # type: ignore[arg-type]
    assert saved_queries(store.workspace) == []


def test_a_query_is_kept_with_who_and_why_and_taken_away(store: Store, root: Path) -> None:
    made = save_query(store, MADE, "会上要看")
    assert (made.who, made.why) == (MACHINE.account, "会上要看")
    [kept] = saved_queries(store.workspace)
    assert kept.name == name_of("政策外出生的村") and kept.title == MADE.title
    seen = seen_of(root, [f"queries/{kept.name}.sql"])
    save_query(store, replace(kept, pinned=False), "不钉了", seen=seen)
    with pytest.raises(Overtaken):
        save_query(store, replace(kept, viewers=False), "晚了", seen=seen)
    remove_query(store, kept.name, "不用了")
    assert saved_queries(store.workspace) == [] and len(changes(root)) == 3


@pytest.mark.parametrize("role", ["viewer", "filer"])
def test_only_those_who_write_statements_keep_them(role: str, root: Path) -> None:
    store = Store(root, actor=Actor(role, "li"))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        save_query(store, MADE, "试")


def test_a_pinned_query_is_run_in_the_role_of_who_looks(store: Store, view: View) -> None:
    save_query(store, MADE, "会上要看")
    try:
        [exact], [banded] = pinned_queries(view), pinned_queries(as_viewer(view))
        assert exact.answer and banded.answer
        assert not any(row["shown"] for row in exact.answer.table.to_pylist())
        rows = banded.answer.table.to_pylist()
        assert rows and all(row["births"] is None for row in rows if row["shown"])
        save_query(store, replace(MADE, viewers=False), "只给分析员")
        assert pinned_queries(as_viewer(view)) == [] and len(pinned_queries(view)) == 1
    finally:
        remove_query(store, name_of(MADE.title), "收拾")


def test_a_query_that_is_not_for_viewers_is_not_run_for_them(view: View) -> None:
    with pytest.raises(NotAllowed, match="没有声明"):
        answered(as_viewer(view), replace(MADE, viewers=False), {})


def test_a_pinned_query_that_fails_is_one_sentence(root: Path, view: View) -> None:
    (root / "queries").mkdir(exist_ok=True)
    broken = root / "queries" / "坏的.sql"
    broken.write_text(TEXT.replace("a.name,", "a.nonsense,"), "utf-8")
    try:
        [found] = pinned_queries(view)
        assert found.answer is None and "名称不对" in found.fault
    finally:
        broken.unlink()


def test_a_page_waits_once_for_a_pinned_query_that_has_no_end(
    root: Path, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 2.0)
    (root / "queries").mkdir(exist_ok=True)
    endless = root / "queries" / "没完.sql"
    begun = list[str]()

    def counted(*given: Any) -> Answer:
        begun.append(given[3])
        return query(*given)

    monkeypatch.setattr("shortplank.topics.bench.kept.query", counted)
    try:
        head = "-- 没完\n-- author: 规划统计股\n-- pinned: yes\n"
        endless.write_text(f"{head}select count(*) from range(1000000000000)", "utf-8")
        first, again = pinned_queries(view), pinned_queries(view)
        assert first == again and "已停止" in first[0].fault and len(begun) == 1
    finally:
        endless.unlink()


def test_parameters_begin_with_what_is_looked_at(view: View) -> None:
    first = begin_values(view, (*MADE.params, Param("year", "integer"), Param("x", "text")))
    assert first == {"month": "2010-05", "least": "1", "year": "2010", "x": ""}


def test_a_statement_without_a_file_has_no_name() -> None:
    assert Statement("", "select 1").name == ""
