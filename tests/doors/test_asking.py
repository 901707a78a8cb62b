"""Every question × every account: what a program gets is what the role's own tables hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shortplank.access import Reads
from shortplank.doors.headers import WITHHELD, kind_of, parameters, questions
from shortplank.reading.view import AREAS
from shortplank.store import all_queries, engine
from tests.doors.worlds import HOME, OTHER, TOWN, VILLAGE, Doors

READS: dict[str, Reads] = {"boss": "analyst", "ana": "analyst", "vera": "viewer", "fil": "viewer"}
MONTH = "2009-09"
# Of what the demo has nothing of in that month or at that place.
EMPTY = ("badges_by_month", "predecessors_by_area", "low_months_by_village", "corrections_by_month")
SAID = {
    "indicator": "migrant_filing",
    "indicators": "births_out,migrant_filing",
    "month": MONTH,
    "year_month": "2008-10",
    "first_month": "2009-01",
    "area": TOWN,
    "village": VILLAGE,
    "county": HOME,
    "line": "50",
    "form": "village_month",
    "changed": "2009-01",
    "factor": "100",
    "year": "2009",
    "year_opens": "10",
}


def said_of(name: str, **more: str) -> dict[str, str]:
    return {each: {**SAID, **more}[each] for each in questions()[name].params}


def asked_of(name: str) -> dict[str, Any]:
    """Return the same parameters as the engine takes them."""
    given: dict[str, Any] = {}
    for each, text in said_of(name).items():
        match kind_of(each):
            case "month":
                given[each] = date.fromisoformat(f"{text}-01")
            case "number":
                given[each] = float(text)
            case "integer":
                given[each] = int(text)
            case _:
                given[each] = text
    return given


def plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and value != value else value


def own(rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return rows without the states that stand beside them."""
    return [{name: row[name] for name in names} for row in rows]


def test_every_question_is_offered_save_what_pages_guard_by_the_cell() -> None:
    assert set(all_queries()) - set(questions()) == WITHHELD
    for query in questions().values():
        assert [each.name for each in parameters(query)] == list(query.params)
        assert all(each.about for each in parameters(query)), query.name


def test_what_has_no_area_in_its_rows_names_one_in_its_parameters() -> None:
    """Else nobody could tell whose rows they are."""
    for query in questions().values():
        named = set(AREAS).intersection(query.params)
        assert "area_code" in query.columns or named, query.name


@pytest.mark.parametrize("name", sorted(questions()))
def test_a_program_gets_what_the_roles_own_tables_hold(county: Doors, name: str) -> None:
    query, shared = questions()[name], engine(county.folder)
    for who, reads in READS.items():
        table = shared.ask(name, None, reads, **asked_of(name))
        expected = [{k: plain(v) for k, v in row.items()} for row in table.to_pylist()]
        got = county.rows(name, who, **said_of(name))
        if who == "fil" and "area_code" in query.columns and "peer" not in query.reads:
            mine = [
                r for r in expected if r["area_code"] == HOME or str(r["area_code"])[:9] == TOWN
            ]
            assert len(mine) <= len(expected)
            expected = mine
        assert own(got, query.columns) == expected
    assert got or name in EMPTY, name


def test_a_viewer_has_bands_and_no_counts(county: Doors) -> None:
    exact = county.rows("villages_by_indicator", "ana", indicator="births_out", month=MONTH)
    banded = county.rows("villages_by_indicator", "vera", indicator="births_out", month=MONTH)
    small = [row["area_code"] for row in exact if row["ytd_numerator"] in (1, 2)]
    seen = {row["area_code"]: row for row in banded}
    assert small
    for code in small:
        assert seen[code]["ytd_numerator"] is None and seen[code]["shown"] is not None
        assert seen[code]["ytd_state"] == "suppressed" and seen[code]["numerator"] is None
    lowered = {"indicator": "births_out", "month": MONTH, "role": "viewer"}
    assert county.rows("villages_by_indicator", "ana", **lowered) == banded
    assert (
        county.ask("/api/ask/series_by_area?indicator=births_out&role=analyst", "vera").status_code
        == 400
    )


def test_states_tell_one_null_from_another(county: Doors) -> None:
    rows = county.rows("series_by_area", "vera", indicator="births_out")
    words = {"ok", "zero", "missing", "not_expected", "suppressed", "too_few", "not_full"}
    for row in rows:
        for prefix in ("", "ytd_", "r12_"):
            state = row[f"{prefix}state"]
            assert state in words
            assert (state == "zero") <= (row[f"{prefix}numerator"] == 0)
            assert (state in ("missing", "suppressed", "not_full")) <= (
                row[f"{prefix}numerator"] is None
            )
    assert len({row["r12_state"] for row in rows}) > 1


# --- editions and defaults ------------------------------------------------------------------------
def test_what_is_left_out_is_the_newest_month_of_the_accounts_county(county: Doors) -> None:
    told = county.ask("/api/ask/townships_by_month?indicator=births_out", "vera").json()
    year = {"county": HOME, "month": "2010-05", "year_month": "2009-10", "indicator": "births_out"}
    assert told["parameters"] == year
    assert told["county"] == HOME and told["edition"] == engine(county.folder).newest()
    assert [each["name"] for each in told["columns"]][:4] == [
        "area_code",
        "name",
        "level",
        "stat_month",
    ]
    assert list(told["rows"][0]) == [each["name"] for each in told["columns"]]


def test_an_edition_is_asked_by_number_or_by_the_day(county: Doors) -> None:
    old = county.ask("/api/ask/months_by_edition?edition=3", "vera")
    assert old.headers["x-shortplank-edition"] == "3" and old.json()["edition"] == 3
    published = engine(county.folder).edition(3).published_at
    moment = {"as_of": published.isoformat()}
    then = county.ask("/api/ask/months_by_edition", "vera", params=moment)
    assert then.json() == old.json()
    day = county.ask("/api/ask/months_by_edition?as_of=2030-01-01", "vera").json()
    assert day["edition"] == engine(county.folder).newest()
    for query, status in (
        ("edition=99999", 404), ("edition=0", 404), ("edition=-1", 404), ("edition=x", 404),
        ("as_of=1999-01-01", 404), ("as_of=x", 400), ("as_of=2030-01-01&edition=3", 400),
    ):  # fmt: skip
        found = county.ask(f"/api/ask/months_by_edition?{query}", "vera")
        assert found.status_code == status and found.json()["fault"], query


def test_an_answer_that_holds_still_is_not_sent_again(county: Doors) -> None:
    path = "/api/ask/series_by_area?indicator=births_out"
    first = county.ask(path, "vera")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = county.ask(path, "vera", headers={"if-none-match": f'W/"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"") and again.headers["etag"] == tag
    others = (
        county.ask(path, "ana", headers={"if-none-match": tag}),
        county.ask(path, "fil", headers={"if-none-match": tag}),
        county.ask(path + "&edition=3", "vera", headers={"if-none-match": tag}),
        county.ask(path + "&format=csv", "vera", headers={"if-none-match": tag}),
        county.ask(path + "&month=2010-04", "vera", headers={"if-none-match": tag}),
    )
    assert {each.status_code for each in others} == {200}
    assert len({each.headers["etag"] for each in others} | {tag}) == 6
    month = county.ask("/api/findings/2010-05", "vera")
    held = {"if-none-match": month.headers["etag"]}
    assert county.ask("/api/findings/2010-05", "vera", headers=held).status_code == 304
    assert county.ask("/api/findings/2010-05", "ana", headers=held).status_code == 200


def test_the_same_request_gives_the_same_bytes(county: Doors) -> None:
    for form in ("json", "csv", "parquet"):
        path = f"/api/ask/series_by_area?indicator=births_out&format={form}"
        assert county.ask(path, "ana").content == county.ask(path, "ana").content


# --- findings -------------------------------------------------------------------------------------
def test_a_months_findings_are_those_of_the_command(county: Doors) -> None:
    from shortplank.cli.findings import found_in

    for who, role in (("vera", "viewer"), ("ana", "analyst")):
        told = county.ask("/api/findings/2010-05", who).json()
        assert told == found_in(county.folder, date(2010, 5, 1), role)  # type: ignore[arg-type]
    assert county.ask("/api/findings/2010-05", "ana", params={"role": "viewer"}).json() == (
        county.ask("/api/findings/2010-05", "vera").json()
    )
    for month, status in (("2035-01", 404), ("x", 400), ("2010-13", 400), ("..%2f", 400)):
        assert county.ask(f"/api/findings/{month}", "vera").status_code == status
    refused = county.ask("/api/findings/2010-05", "fil")
    assert refused.status_code == 403 and "乡镇" in refused.json()["fault"]


# --- scopes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(questions()))
def test_nothing_of_another_county_reaches_an_account_of_one(province: Doors, name: str) -> None:
    said = said_of(
        name, county=OTHER, area=f"{OTHER}001", village=f"{OTHER}001201", month="2001-11",
        year_month="2001-10", first_month="2001-01", year="2002",
    )  # fmt: skip
    for who in ("otto", "fil"):
        found = province.ask(f"/api/ask/{name}", who, params=said)
        assert found.status_code == 200, found.text
        codes = {row.get("area_code") for row in found.json()["rows"]} - {None}
        if "peer" not in questions()[name].reads:
            assert all(str(code).startswith(OTHER) for code in codes)
        if who == "fil" and "peer" not in questions()[name].reads:
            assert all(code == OTHER or str(code)[:9] == f"{OTHER}001" for code in codes)
    for place in ("county", "area", "village"):
        theirs = {"county": HOME, "area": f"{HOME}001", "village": f"{HOME}001201"}[place]
        if place in said or place == "county":
            wrong = province.ask(f"/api/ask/{name}", "otto", params={**said, place: theirs})
            assert wrong.status_code == 403 and "rows" not in wrong.json(), (name, place)
    mine = province.ask(f"/api/ask/{name}", "ana", params=said)
    assert mine.status_code == (403 if set(said).intersection(AREAS) else 200), mine.text


def test_a_township_has_its_own_and_its_countys_rows_alone(county: Doors) -> None:
    rows = county.rows("townships_by_month", "fil", indicator="migrant_filing")
    assert {row["area_code"] for row in rows} == {HOME, TOWN}
    for area in ("990101102", "990101102204", "990102", "nowhere"):
        for path in (
            f"/api/ask/county_history_by_indicator?area={area}&first_month=2010-01",
            f"/api/ask/profile_by_indicator?village={area}",
        ):
            assert county.ask(path, "fil").status_code == 403, path
    assert county.rows("profile_by_indicator", "fil", village=VILLAGE)
    assert county.ask("/api/ask/profile_by_indicator?village=990102", "vera").status_code == 403


def test_a_longer_answer_than_one_may_be_is_refused_whole(county: Doors) -> None:
    (county.folder / "access.toml").write_text("[local]\n[api]\nrows = 100\n", "utf-8")
    found = county.ask("/api/ask/series_by_area?indicator=births_out", "ana")
    assert found.status_code == 413 and "100" in found.json()["fault"]
    assert county.ask("/api/ask/months_by_edition", "ana").status_code == 200
