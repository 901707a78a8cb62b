"""What stops at the township is below it in no relation and in no answer, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shortplank.access import READS, Reads
from shortplank.errors import AskError
from shortplank.store import Engine, engine
from shortplank.store.queries import Query, all_queries
from tools.browser import REPOSITORY

MONTHS = (date(2009, 9, 1), date(2010, 5, 1))
# Columns that say where a row belongs, not how much.
NAMES = {"area_code", "parent_code", "township_code", "township", "name", "level", "kind",
         "indicator", "stat_month", "expected", "reported", "valid_from", "valid_to"}  # fmt: skip


@pytest.fixture(scope="module")
def demo() -> Engine:
    """The demo county."""
    return engine(REPOSITORY / "data" / "demo")


def above(demo: Engine) -> list[str]:
    """Return the indicators that have no villages: procedures, fees, staff, and the rest."""
    return [key for key, item in demo.ws.indicators.items() if "village" not in item.levels]


def village(demo: Engine) -> str:
    return next(a.area_code for a in demo.ws.areas if a.level == "village" and a.valid_to is None)


def parameters(demo: Engine, query: Query, indicator: str, month: date) -> dict[str, object]:
    """Return every parameter of a question, bent towards a village wherever one fits."""
    known: dict[str, object] = {
        "indicator": indicator,
        "indicators": indicator,
        "month": month,
        "first_month": date(2006, 10, 1),
        "year_month": demo.ws.year_start(month),
        "year_opens": demo.ws.settings.statistical_year_first_month,
        "year": demo.ws.statistical_year(month),
        "county": village(demo),
        "area": village(demo),
        "village": village(demo),
        "line": 50.0,
        "factor": 100.0,
        "form": "village_month",
        "changed": "2009-10-01",
    }
    assert set(query.params) <= set(known), query.params
    return {name: known[name] for name in query.params}


def figures(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in NAMES and v is not None}


def test_there_is_something_to_keep_above_villages(demo: Engine) -> None:
    families = {demo.ws.indicators[key].family for key in above(demo)}
    assert "procedure" in families and len(above(demo)) >= 10


@pytest.mark.parametrize("role", READS)
def test_the_villages_relation_holds_no_such_indicator(demo: Engine, role: Reads) -> None:
    for number in (demo.newest(), demo.newest() - 1):
        opened = demo.open(number, role)
        with opened.reading(["village_indicator", "indicator"]) as cursor:
            held = cursor.sql("select distinct indicator from village_indicator").fetchall()
            codes = cursor.sql("select distinct area_code from indicator").fetchall()
        assert {key for (key,) in held} <= set(demo.ws.indicators) - set(above(demo))
        assert all(demo.ws.area_by_code[code].level != "village" for (code,) in codes)


@pytest.mark.parametrize("role", READS)
@pytest.mark.parametrize("name", all_queries())
def test_no_question_answers_it_below_the_township(demo: Engine, name: str, role: Reads) -> None:
    query = all_queries()[name]
    asked = above(demo) if {"indicator", "indicators"} & set(query.params) else ["-"]
    for indicator in asked:
        for month in MONTHS:
            bound = parameters(demo, query, indicator, month)
            try:
                rows = demo.ask(name, None, role, **bound).to_pylist()
            except AskError:
                continue
            for row in rows:
                area = demo.ws.area_by_code.get(str(row.get("area_code")))
                about = row.get("indicator", indicator)
                if area is not None and area.level == "village" and about in above(demo):
                    assert not figures(row), (name, row)


def test_nothing_above_villages_warns_ranks_or_scores_them(demo: Engine) -> None:
    scheme = demo.ws.scheme
    assert scheme.short_plank_default not in above(demo)
    for target in demo.ws.targets:
        area = demo.ws.area_by_code[target.area_code]
        assert area.level in demo.ws.indicators[target.indicator].levels
