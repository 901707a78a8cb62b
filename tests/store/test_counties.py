"""Many counties in one workspace: one is open, the others when a question names them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from benchmarks import scale
from shortplank.catalogue import load_workspace
from shortplank.store import Engine, Store
from shortplank.store.marts import MartBuilder, edition_months
from shortplank.store.opening import OpenEdition

SMALL = scale.Scale(counties=5, townships=3, villages=4, months=14)
OTHER = "990103"
MONTH = date(2001, 11, 1)
COUNTIES = [f"99010{n}" for n in range(1, 6)]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("scale") / "province"
    scale.make(folder, SMALL)
    return Engine(load_workspace(folder))


def ranked(engine: Engine, county: str) -> list[dict]:
    asked = {"indicator": "policy_compliance", "month": MONTH, "year_month": date(2001, 10, 1)}
    return engine.ask("townships_by_month", None, "analyst", county=county, **asked).to_pylist()


def held(engine: Engine, county: str) -> list[str]:
    """Return the areas of what stands under the name of the mart for who looks at a county."""
    with engine.open(engine.newest(), "analyst").reading(["indicator"], county) as cursor:
        rows = cursor.execute("select distinct area_code from indicator order by 1").fetchall()
    return [code for (code,) in rows]


def test_an_opened_edition_holds_the_home_county_only(province: Engine) -> None:
    own = ranked(province, scale.HOME)
    codes = {row["area_code"] for row in own}
    assert codes == {scale.HOME, *(f"{scale.HOME}00{n}" for n in (1, 2, 3))}
    assert set(held(province, scale.HOME)) == codes
    assert set(province.open(province.newest(), "analyst").counties) == {scale.HOME}


def test_another_county_is_added_when_a_question_names_it(province: Engine) -> None:
    other = ranked(province, OTHER)
    assert {row["area_code"] for row in other} == {OTHER, *(f"{OTHER}00{n}" for n in (1, 2, 3))}
    assert set(held(province, OTHER)) == {row["area_code"] for row in other}
    opened = province.open(province.newest(), "analyst")
    assert set(opened.counties) == {scale.HOME, OTHER} and all(opened.counties.values())
    with opened.reading(["indicator"], OTHER) as cursor:
        doubled = (
            "select area_code, stat_month, indicator from indicator"
            " group by all having count(*) > 1"
        )
        assert cursor.execute(doubled).fetchall() == []


def test_a_county_is_counted_from_its_rows_alone_and_in_the_province(
    province: Engine, tmp_path: Path
) -> None:
    alone = scale.Scale(counties=1, townships=3, villages=4, months=14)
    scale.make(tmp_path / "county", alone)
    own = Engine(load_workspace(tmp_path / "county"))
    for engine in (own, province):
        table = engine.edition().table("village_month", MONTH)
        assert table is not None
        rows = [r for r in table.to_pylist() if r["area_code"].startswith(f"{scale.HOME}001")]
        births = sum(r[f"births_p{o}_{s}"] for r in rows for o in (1, 2, 3) for s in "mf")
        found = {r["area_code"]: r for r in ranked(engine, scale.HOME) if r["stat_month"] == MONTH}
        assert found[f"{scale.HOME}001"]["denominator"] == births


def test_peers_are_counted_from_their_own_villages(province: Engine) -> None:
    asked = {"indicator": "policy_compliance", "month": MONTH, "year_month": date(2001, 10, 1)}
    peers = province.ask("peers_by_county", None, "analyst", **asked).to_pylist()
    assert [p["area_code"] for p in peers] == [f"99010{n}" for n in range(1, 6)]
    assert all(p["computed"] and p["denominator"] > 0 for p in peers)


def test_the_sums_by_hand_are_the_marts_own(province: Engine) -> None:
    folder = province.ws.path
    scale.bare(folder)
    [(hand,)] = duckdb.sql(
        f"select sum(births_p1_m_r + births_p1_f_r) from '{folder}/bare/2001-11.parquet'"
        f" where code = '{scale.HOME}'"
    ).fetchall()
    table = province.ask(
        "townships_by_month", None, "analyst", county=scale.HOME, month=MONTH,
        indicator="sex_ratio_p1", year_month=date(2001, 10, 1),
    ).to_pylist()  # fmt: skip
    [county] = [r for r in table if r["area_code"] == scale.HOME and r["stat_month"] == MONTH]
    assert county["r12_numerator"] + county["r12_denominator"] == hand


def test_a_restated_month_builds_only_what_it_touches(
    province: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    scale.restate(province.ws.path)
    assert '"months": 6' in capsys.readouterr().err
    edition = Store(province.ws.path, province.ws).edition()
    assert len(edition_months(province.ws, edition)) == 14
    assert len(MartBuilder(province.ws, edition).build()) == 14


def asked(opened: OpenEdition, county: str) -> pa.Table:
    """Return a county's villages' and townships' rows of a month, as questions read them."""
    with opened.reading(["village_indicator", "indicator"], county) as cursor:
        return cursor.execute(
            "select v.area_code, v.indicator, v.ytd_numerator, i.ytd_numerator as town"
            " from village_indicator as v join indicator as i on i.area_code = v.parent_code"
            " and i.indicator = v.indicator and i.stat_month = v.stat_month"
            " where v.stat_month = $month order by all",
            {"month": MONTH},
        ).to_arrow_table()


def test_what_is_read_longest_ago_is_let_go_by_bytes_and_filled_again(province: Engine) -> None:
    ws, edition = province.ws, province.edition()
    whole = OpenEdition(ws, edition, "analyst")
    expected = {county: asked(whole, county) for county in COUNTIES}
    sizes = whole.counties
    assert len(set(map(str, expected.values()))) == len(COUNTIES) and min(sizes.values()) > 0
    most = int(2.5 * max(sizes.values()))
    opened = OpenEdition(ws, edition, "analyst", most=most)
    for county in (*COUNTIES, COUNTIES[0]):
        assert asked(opened, county).equals(expected[county])
        assert sum(opened.counties.values()) <= most
    assert [*opened.counties] == [COUNTIES[-1], COUNTIES[0]]


def test_nobody_loses_a_county_while_it_is_read(province: Engine) -> None:
    """Less room than one county: each is let go as soon as nobody reads it, and never before."""
    ws, edition = province.ws, province.edition()
    whole = OpenEdition(ws, edition, "analyst")
    expected = {county: asked(whole, county) for county in COUNTIES}
    opened = OpenEdition(ws, edition, "analyst", most=1)
    with opened.reading(["indicator"], COUNTIES[0]) as cursor:
        for county in COUNTIES[1:]:
            with ThreadPoolExecutor(1) as other:
                assert other.submit(asked, opened, county).result().equals(expected[county])
        rows = cursor.execute("select distinct parent_code from indicator").fetchall()
    assert (COUNTIES[0],) in rows
    turns = [COUNTIES[(i * i + i // 3) % len(COUNTIES)] for i in range(60)]
    with ThreadPoolExecutor(6) as crowd:
        for county, table in zip(turns, crowd.map(partial(asked, opened), turns), strict=True):
            assert table.equals(expected[county])
