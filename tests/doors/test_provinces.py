"""A workspace whose home is a province: its own questions, its counties', and who may ask which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import scale
from tests.doors.conftest import warm
from tests.doors.worlds import HOME, OTHER, Doors

PROVINCE = "99"
SMALL = scale.Scale(counties=3, townships=2, villages=3, months=14)
RANKED = {"indicator": "migrant_filing", "month": "2001-11"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doors") / "whole"
    scale.make(folder, SMALL, province=PROVINCE)
    warm(folder)
    return folder


@pytest.fixture
def whole(opened: Callable[..., Doors], files: Path) -> Iterator[Doors]:
    there = opened(files)
    there.account("ana", "analyst")
    there.account("otto", "viewer", OTHER)
    yield there
    (files / "access.toml").unlink()


def test_the_province_has_its_counties_and_each_its_townships(whole: Doors) -> None:
    told = whole.ask("/api/ask/townships_by_month", "ana", params=RANKED).json()
    assert told["county"] == PROVINCE
    assert {row["area_code"] for row in told["rows"]} == {PROVINCE, HOME, OTHER, "990103"}
    one = whole.rows("townships_by_month", "ana", **RANKED, county=OTHER)
    assert {row["area_code"] for row in one} == {OTHER, f"{OTHER}001", f"{OTHER}002"}
    villages = whole.rows("villages_by_indicator", "ana", **RANKED, county=OTHER)
    assert len(villages) == 6 and all(row["area_code"].startswith(OTHER) for row in villages)
    village = {"village": f"{OTHER}001201", "month": "2001-11"}
    assert (
        whole.ask("/api/ask/profile_by_indicator", "ana", params=village).json()["county"] == OTHER
    )


def test_who_has_a_county_of_it_has_no_other_and_not_the_province(whole: Doors) -> None:
    assert whole.ask("/api/ask/townships_by_month", "otto", params=RANKED).json()["county"] == OTHER
    for county in (PROVINCE, HOME, "990103", "990199"):
        found = whole.ask(
            "/api/ask/townships_by_month", "otto", params={**RANKED, "county": county}
        )
        assert found.status_code == 403
        findings = whole.ask("/api/findings/2001-11", "otto", params={"county": county})
        assert findings.status_code == 403


def test_a_months_findings_are_a_countys(whole: Doors) -> None:
    one = whole.ask("/api/findings/2001-11", "ana", params={"county": OTHER})
    assert (
        one.status_code == 200
        and one.json() == whole.ask("/api/findings/2001-11", "ana", params={"county": OTHER}).json()
    )
    assert whole.ask("/api/findings/2001-11", "otto").json()["role"] == "viewer"
    told = whole.ask("/api/findings/2001-11", "ana").json()
    assert told["role"] == "analyst" and told["county"] != one.json()["county"]
