"""The form on the page: what is typed is kept, checked and told, and becomes a workbook."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.frame import open_page
from shortplank.ingest.filling import Fields, fields
from shortplank.ingest.templates import LARGEST
from shortplank.records import drafts
from shortplank.records.drafts import drop_draft, read_draft, save_draft
from shortplank.store import Store
from tests.copies import demo_copy
from tests.pages.apps import PATIENCE, button, text

JUNE, TOWN, OTHER = date(2010, 6, 1), "990101102", "990101101"
QUARTER = "township_quarter"


def script() -> None:
    from datetime import date

    import streamlit as st

    from shortplank.frame.open_page import open_desk
    from shortplank.topics.intake.page.on_page import write_form

    with open_desk("imports") as desk:
        asked = st.query_params
        upload = write_form(desk, asked["town"], asked["form"], date(2010, 6, 1))
        st.session_state["upload"] = upload
        desk.stamp()


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A copy of the demo county, where a clerk of 湖渡镇 is signed in."""
    folder = demo_copy(tmp_path / "county")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    clerk = Actor("filer", "hudu01", TOWN)
    monkeypatch.setattr(open_page, "signed_in", lambda _path: clerk)
    return Store(folder).acting_for(clerk)


def opened(form: str = QUARTER, town: str = TOWN, **query: str) -> AppTest:
    test = AppTest.from_function(script, default_timeout=PATIENCE)
    for key, value in {"town": town, "form": form, "fill": "each", **query}.items():
        test.query_params[key] = value
    return test.run()


def own(store: Store, form: str = QUARTER) -> Fields:
    return fields(store.workspace, form, TOWN, JUNE, store.edition())


def grid(test: AppTest) -> dict[str, Any]:
    """Return what the browser is told of the form's fields."""
    (shown,) = test.get("bidi_component")
    return dict(json.loads(shown.proto.json))


def typed(
    test: AppTest,
    measure: str,
    text: str,
    code: str = TOWN,
    form: str = QUARTER,
    *,
    run: bool = True,
) -> AppTest:
    """Send a field as the browser does: with a number of its own, beside what was not taken yet."""
    key = f"imports-form-{TOWN}-{form}-2010-06-grid"
    number = grid(test)["taken"] + 1
    test.session_state[key] = {"typed": {"number": number, "fields": {f"{code} {measure}": text}}}
    return test.run() if run else test


def upload_of(test: AppTest) -> Any:
    assert not test.exception and not test.error
    return test.session_state["upload"]


def draft(store: Store, form: str = QUARTER) -> dict[tuple[str, str], int | None]:
    return dict(read_draft(store, TOWN, form, JUNE).values)


def test_a_count_is_kept_as_soon_as_it_is_typed_and_there_again(county: Store) -> None:
    test = typed(opened(), "stations", "2")
    assert draft(county) == {(TOWN, "stations"): 2}
    assert "已填 1 格，还空 10 格" in text(test) and "草稿已保存" in text(test)
    assert upload_of(test) is None
    again = opened()
    assert grid(again)["values"] == {f"{TOWN} stations": 2}
    typed(again, "stations", "")
    assert draft(county) == {}


def test_last_periods_counts_stand_beside_and_only_the_form_s_own_are_asked_for(
    county: Store,
) -> None:
    place, rows = own(county), grid(opened())["rows"]
    assert [row["fixed"][0] for row in rows] == [
        f"{place.before[TOWN, m]:,}" for m in place.measures
    ]
    assert [row["fields"][1] for row in rows] == [f"{TOWN} {m}" for m in place.measures]


@pytest.mark.parametrize("form", ["village_month", "township_month", QUARTER])
def test_a_whole_form_is_a_workbook_that_can_be_handed_in(county: Store, form: str) -> None:
    place = own(county, form)
    save_draft(county, TOWN, form, JUNE, place.before, seen="")
    upload = upload_of(opened(form, fill="table"))
    assert upload is not None and upload.name.startswith("在线填报_湖渡镇_")


def test_zeros_are_put_into_begun_rows_only_when_asked_for(county: Store) -> None:
    place = own(county, "village_month")
    first = place.areas[0]
    test = typed(
        opened("village_month"),
        "pop_end",
        str(place.before[first.area_code, "pop_end"]),
        first.area_code,
        "village_month",
    )
    assert len(draft(county, "village_month")) == 1 and upload_of(test) is None
    test = button(test, "空着的 16 格都填 0").click().run()
    kept = draft(county, "village_month")
    assert {code for code, _ in kept} == {first.area_code} and len(kept) == 17
    assert sum(value == 0 for value in kept.values()) == 16
    assert "等 15 个村整行未填，按未报处理" in text(test)
    assert upload_of(test) is not None


def test_what_breaks_a_rule_is_said_beside_its_village_and_column(county: Store) -> None:
    place = own(county, "village_month")
    first = place.areas[0]
    values = {cell: n for cell, n in place.before.items() if cell[0] == first.area_code}
    values[first.area_code, "migrants_filed"] = values[first.area_code, "migrants_due"] + 7
    save_draft(county, TOWN, "village_month", JUNE, values, seen="")
    test = opened("village_month", fill="table")
    assert f"{first.name} 流动人口建档·已建档：" in text(test)
    assert "错误，改正后才能报送" in text(test) and upload_of(test) is None


def test_nothing_is_said_of_a_row_that_is_not_full_yet_but_of_its_counts(county: Store) -> None:
    place = own(county, "village_month")
    first = place.areas[0]
    kept = save_draft(
        county, TOWN, "village_month", JUNE, {(first.area_code, "pop_end"): 90_000}, seen=""
    )
    said = text(opened("village_month", fill="table"))
    assert f"{first.name} 期末总人口：" in said  # fifty times as many as last month
    assert "按 0 计" not in said and "空白" not in said
    filed = {(first.area_code, "migrants_filed"): 3}  # of how many is not there yet
    save_draft(county, TOWN, "village_month", JUNE, filed, seen=kept.mark)
    assert "已建档：" not in text(opened("village_month", fill="table"))


def test_one_village_after_another(county: Store) -> None:
    place, test = own(county, "village_month"), opened("village_month")
    codes = [area.area_code for area in place.areas]
    test = typed(test, "deaths", "1", codes[0], "village_month")
    assert f"{place.areas[0].name}（还空 16 格）" in test.selectbox[0].options
    test = button(test, f"下一个：{place.areas[1].name}").click().run()
    assert test.selectbox[0].value == place.areas[1].area_code
    assert {f for row in grid(test)["rows"] for f in row["fields"] if f} == {
        f"{codes[1]} {m}" for m in place.measures
    }
    typed(test, "deaths", "2", codes[1], "village_month")
    assert draft(county, "village_month") == {
        (place.areas[0].area_code, "deaths"): 1, (place.areas[1].area_code, "deaths"): 2,
    }  # fmt: skip


def test_a_count_typed_while_going_on_is_kept(county: Store) -> None:
    """Both reach the server in one run: the field is not drawn any more, what it holds counts."""
    place, test = own(county, "village_month"), opened("village_month")
    typed(test, "deaths", "4", place.areas[0].area_code, "village_month", run=False)
    test.selectbox[0].set_value(place.areas[2].area_code).run()
    assert draft(county, "village_month") == {(place.areas[0].area_code, "deaths"): 4}


def test_two_tabs_keep_each_other_s_counts_and_are_told(county: Store) -> None:
    first, second = opened(), opened()
    typed(first, "stations", "2")
    second = typed(second, "village_rooms", "9")
    assert "另一个窗口也在填这张表" in text(second)
    assert draft(county) == {(TOWN, "stations"): 2, (TOWN, "village_rooms"): 9}
    assert grid(second)["values"] == {f"{TOWN} stations": 2, f"{TOWN} village_rooms": 9}
    assert "另一个窗口" not in text(typed(second, "village_rooms", "8"))


def test_a_form_that_was_handed_in_elsewhere_is_said_to_be(county: Store) -> None:
    test = typed(opened(), "stations", "2")
    drop_draft(county, TOWN, QUARTER, JUNE)
    assert "已在别处报送或清空" in text(typed(test, "village_rooms", "9"))


def test_a_damaged_draft_is_said(county: Store) -> None:
    typed(opened(), "stations", "2")
    (path,) = (county.root / "inbox").rglob("*.json")
    path.write_text("{", encoding="utf-8")
    assert "读不出来" in text(opened())


def test_another_township_s_form_is_refused_in_a_sentence(county: Store) -> None:
    test = opened(town=OTHER)
    assert [e.value for e in test.error] == [
        "本账号只能报送湖渡镇的数。请由该单位的填报员报送。"
    ]  # fmt: skip
    assert not test.get("bidi_component")


@pytest.mark.parametrize(
    ("text", "count"),
    [("１２", 12), (" 1,234 ", 1234), ("7.0", 7), ("0", 0), (str(LARGEST), LARGEST)],
)
def test_a_count_is_read_as_in_a_cell_of_the_form(county: Store, text: str, count: int) -> None:
    typed(opened(), "stations", text)
    assert draft(county) == {(TOWN, "stations"): count}


@pytest.mark.parametrize("text", ["3.5", "-4", "约3", "没有", str(LARGEST + 1)])
def test_what_is_no_count_is_named_marked_and_not_kept(county: Store, text: str) -> None:
    test = typed(opened(), "stations", text)
    (said,) = [each.value for each in test.error]
    assert said == "湖渡镇的乡所·总数：只能填不小于 0 的整数，没有保存，请改正。"
    assert grid(test)["wrong"] == [f"{TOWN} stations"] and draft(county) == {}
    mended = typed(test, "stations", "3")
    assert not mended.error and grid(mended)["wrong"] == []
    assert draft(county) == {(TOWN, "stations"): 3}


def test_fields_of_another_form_or_township_are_not_taken(county: Store) -> None:
    typed(opened(), "stations", "3", OTHER)
    typed(opened(), "pop_end", "3")
    assert draft(county) == {}


def test_a_message_is_taken_once_and_again_where_the_disk_did_not_take_it(
    county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = typed(opened(), "stations", "2")
    seen = read_draft(county, TOWN, QUARTER, JUNE).mark
    save_draft(county, TOWN, QUARTER, JUNE, {(TOWN, "stations"): 5}, seen=seen)
    test.run()
    assert draft(county) == {(TOWN, "stations"): 5}, "what was taken is not written over it again"

    def full(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as broken:
        broken.setattr(drafts, "write_private", full)
        refused = typed(test, "village_rooms", "9")
        assert len(refused.error) == 1
    refused.run()
    assert draft(county)[TOWN, "village_rooms"] == 9
