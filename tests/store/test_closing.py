"""A closed year's village births come from one edition for viewers: which, and from when on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.catalogue import load_workspace
from shortplank.store import Engine, Store, add_months
from shortplank.store.disclosure import HIDDEN
from tests.demo.conftest import DEMO
from tests.store import workspaces as w
from tests.store.test_noninterference import AREAS, TOWNS, VILLAGES

SEPTEMBER = date(2009, 9, 1)
FIRST = [5, 0, 4, 9, 0, 3, 3, 4, 5, 6]
LATER = [1, 0, 4, 9, 0, 3, 3, 4, 5, 2]


def rows(out: list[int], month: date = SEPTEMBER, but: tuple[str, ...] = ()) -> list[w.Row]:
    return [
        w.village(code, month, births_p1_m=30, births_p1_in=30 - each)
        for code, each in zip(VILLAGES, out, strict=True)
        if code not in but
    ]


def opened(store: Store) -> Engine:
    return Engine(load_workspace(store.root))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(w.make(tmp_path / "county", areas=AREAS))


def shown(shared: Engine, edition: int | None = None) -> list[Any]:
    answer = shared.ask("births_out_by_village", edition, "viewer", month=SEPTEMBER)
    return answer["births_out_shown"].to_pylist()


def over(shared: Engine, edition: int, month: date = SEPTEMBER, window: str = "ytd") -> Any:
    asked = {"county": w.COUNTY, "month": month}
    answer = shared.ask("townships_by_indicator", edition, "viewer", **asked).to_pylist()
    [row] = [r for r in answer if (r["indicator"], r["level"]) == ("villages_out_ge3", "county")]
    return row[f"{window}_numerator"]


def test_a_restatement_moves_the_township_and_no_village(store: Store) -> None:
    w.publish(store, 1, village_month=rows(FIRST))
    w.publish(store, 2, village_month=rows(LATER))
    shared = opened(store)
    assert shown(shared, 2) == shown(shared, 1) == [str(each) for each in FIRST]
    assert over(shared, 2) == over(shared, 1) == 8
    asked = {"county": w.COUNTY, "month": SEPTEMBER}
    for edition, totals in ((1, [39, 18, 21]), (2, [31, 14, 17])):
        answer = shared.ask("townships_by_indicator", edition, "viewer", **asked).to_pylist()
        held = [r["ytd_numerator"] for r in answer if r["indicator"] == "births_out"]
        assert held == totals
    exact = shared.ask("births_out_by_village", 2, "analyst", month=SEPTEMBER)
    assert exact["births_out"].to_pylist() == LATER


def test_a_year_closes_when_the_last_village_is_in(store: Store) -> None:
    w.publish(store, 1, village_month=rows(FIRST, but=(VILLAGES[7],)))
    w.publish(store, 2, village_month=rows(LATER))
    w.publish(store, 3, village_month=rows(FIRST))
    shared = opened(store)
    assert shown(shared, 1) == [HIDDEN] * 10 and over(shared, 1) is None
    assert shown(shared, 2) == shown(shared, 3) and shown(shared, 2)[5:9] == ["≥3", "3", "4", "5"]
    assert shared.closings(1) == {} and shared.closings(3) == {("village_month", SEPTEMBER): 2}


def test_a_village_that_stays_silent_does_not_keep_a_year_open(store: Store) -> None:
    silent = (VILLAGES[7],)
    w.publish(store, 1, village_month=rows(FIRST, but=silent))
    for day, step in enumerate((1, 2), start=2):
        month = add_months(SEPTEMBER, step)
        w.publish(store, day, village_month=rows([0] * 10, month))
    w.publish(store, 4, village_month=rows(FIRST))
    shared = opened(store)
    assert shared.closings(4) == {("village_month", SEPTEMBER): 3}
    assert shown(shared, 2) == [HIDDEN] * 10
    assert shown(shared, 3) == shown(shared, 4)
    assert shown(shared, 4)[7] == HIDDEN and shown(shared, 4)[0] == "5"


def test_going_back_and_forth_changes_nothing(store: Store) -> None:
    w.publish(store, 1, village_month=rows(LATER))
    w.publish(store, 2, village_month=rows(FIRST))
    store.restore(1)
    store.restore(2)
    shared = opened(store)
    assert len({tuple(shown(shared, number)) for number in (1, 2, 3, 4)}) == 1


def test_where_an_edition_cannot_be_read_later_years_stay_hidden(store: Store) -> None:
    w.publish(store, 1, village_month=rows(LATER))
    w.publish(store, 2, village_month=rows(FIRST))
    (store.manifests / "00000001.json").write_text("{", "utf-8")
    assert shown(opened(store), 2) == [HIDDEN] * 10


def test_where_the_closing_editions_file_is_lost_its_year_is_hidden(store: Store) -> None:
    first = w.publish(store, 1, village_month=rows(LATER))
    w.publish(store, 2, village_month=rows(FIRST))
    (store.snapshots / first.by_key["village_month", SEPTEMBER].path).unlink()
    assert shown(opened(store), 2) == [HIDDEN] * 10


def test_a_number_over_the_line_that_pins_villages_is_withheld(store: Store) -> None:
    """Five villages, ten cases, and the county's one village over the line is the other's."""
    august = date(2009, 8, 1)
    w.publish(store, 1, village_month=rows([2] * 5 + [11, 0, 0, 0, 0], august))
    w.publish(store, 2, village_month=rows([2] * 5 + [11, 3, 0, 0, 0], august))
    shared = opened(store)
    assert over(shared, 1, august) is None
    assert over(shared, 2, august) == 2
    assert list(TOWNS) == [w.NORTH, w.SOUTH]


@pytest.mark.slow
def test_no_two_editions_of_the_demo_differ_in_a_closed_years_villages() -> None:
    shared = Engine(load_workspace(DEMO))
    sensitive = [key for key in shared.ws.indicators if shared.ws.sensitive(key)]
    given: dict[tuple[str, str, date], object] = {}
    for number in shared.store.numbers():
        part = shared.open(number, "viewer")
        with part.reading(["village_indicator"]) as cursor:
            rows = cursor.execute(
                "select indicator, area_code, stat_month, shown, ytd_numerator "
                "from village_indicator where list_contains($sensitive, indicator)",
                {"sensitive": sensitive},
            ).fetchall()
        closed = shared.closings(number)
        for indicator, area, month, shown, ytd in rows:
            dataset = "recount" if indicator == "recount_gap" else "village_month"
            if (dataset, month) not in closed:
                assert shown == HIDDEN
            else:
                text = shown or ytd
                assert given.setdefault((indicator, area, month), text) == text
    assert len(given) > 185 * 2 * 3
