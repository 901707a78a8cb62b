"""The form on the page: what is typed is kept, checked and told, and becomes a workbook."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.errors import StoreError
from shortplank.frame import open_page
from shortplank.ingest.filling import Fields, fields
from shortplank.ingest.templates import LARGEST
from shortplank.records.drafts import drop_draft, read_draft, save_draft
from shortplank.store import Store
from shortplank.topics.intake.page import on_page
from shortplank.topics.intake.page.fields import COMPONENT
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


def fields_of(test: AppTest) -> list[Any]:
    """Return the page's tables of fields."""
    return [e for e in test.get("bidi_component") if e.proto.component_name == COMPONENT]


def told(test: AppTest) -> dict[str, Any]:
    """Return what the browser's fields are told."""
    (fields_,) = fields_of(test)
    found: dict[str, Any] = json.loads(fields_.proto.json)
    return found


def labels(test: AppTest) -> list[str]:
    return [row["label"] for row in told(test)["rows"]]


def shown(test: AppTest) -> dict[str, str]:
    """Return what stands in the fields of one area, by label."""
    return {label: row[0] for label, row in zip(labels(test), told(test)["values"], strict=True)}


def type_in(test: AppTest, label: str, text: str, **said: Any) -> AppTest:
    """Have the browser send a text for a field of the area that is shown, and do not run yet."""
    page = told(test)
    measure = next(row["key"] for row in page["rows"] if row["label"] == label)
    cells = [[page["columns"][0]["key"], measure, text]]
    sent = {"token": page["token"], "number": page["confirmed"] + 1, "cells": cells, **said}
    test.session_state[f"{page['form']}-fields"] = {"typed": sent}
    return test


def typed(test: AppTest, label: str, value: int | None) -> AppTest:
    return type_in(test, label, "" if value is None else str(value)).run()


def upload_of(test: AppTest) -> Any:
    assert not test.exception and not test.error
    return test.session_state["upload"]


def draft(store: Store, form: str = QUARTER) -> dict[tuple[str, str], int | None]:
    return dict(read_draft(store, TOWN, form, JUNE).values)


def test_a_count_is_kept_as_soon_as_it_is_typed_and_there_again(county: Store) -> None:
    test = typed(opened(), "乡所·总数", 2)
    assert draft(county) == {(TOWN, "stations"): 2}
    assert "已填 1 格，还空 10 格" in text(test) and "草稿已保存" in text(test)
    assert upload_of(test) is None
    again = opened()
    assert shown(again)["乡所·总数"] == "2"
    typed(again, "乡所·总数", None)
    assert draft(county) == {}


def test_last_periods_counts_stand_beside_and_only_the_form_s_own_are_asked_for(
    county: Store,
) -> None:
    place, test = own(county), opened()
    assert len(labels(test)) == len(place.measures)
    assert told(test)["lasts"] == [[str(place.before[TOWN, m])] for m in place.measures]


@pytest.mark.parametrize("form", ["village_month", "township_month", QUARTER])
def test_a_whole_form_is_a_workbook_that_can_be_handed_in(county: Store, form: str) -> None:
    place = own(county, form)
    save_draft(county, TOWN, form, JUNE, place.before, seen="")
    upload = upload_of(opened(form, fill="table"))
    assert upload is not None and upload.name.startswith("在线填报_湖渡镇_")


def test_zeros_are_put_into_begun_rows_only_when_asked_for(county: Store) -> None:
    place = own(county, "village_month")
    first = place.areas[0]
    test = typed(opened("village_month"), "期末总人口", place.before[first.area_code, "pop_end"])
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
    test = typed(test, "死亡人数", 1)
    assert f"{place.areas[0].name}（还空 16 格）" in test.selectbox[0].options
    test = button(test, f"下一个：{place.areas[1].name}").click().run()
    assert test.selectbox[0].value == place.areas[1].area_code
    typed(test, "死亡人数", 2)
    assert draft(county, "village_month") == {
        (place.areas[0].area_code, "deaths"): 1, (place.areas[1].area_code, "deaths"): 2,
    }  # fmt: skip


def test_a_count_typed_while_going_on_is_kept(county: Store) -> None:
    """Both reach the server in one run: the field is not drawn any more, what it holds counts."""
    place, test = own(county, "village_month"), opened("village_month")
    type_in(test, "死亡人数", "4")
    test.selectbox[0].set_value(place.areas[2].area_code).run()
    assert draft(county, "village_month") == {(place.areas[0].area_code, "deaths"): 4}


def test_two_tabs_keep_each_other_s_counts_and_are_told(county: Store) -> None:
    first, second = opened(), opened()
    typed(first, "乡所·总数", 2)
    second = typed(second, "村室·总数", 9)
    assert "另一个窗口也在填这张表" in text(second)
    assert draft(county) == {(TOWN, "stations"): 2, (TOWN, "village_rooms"): 9}
    assert (shown(second)["乡所·总数"], shown(second)["村室·总数"]) == ("2", "9")
    assert "另一个窗口" not in text(typed(second, "村室·总数", 8))


def test_a_form_that_was_handed_in_elsewhere_is_said_to_be(county: Store) -> None:
    test = typed(opened(), "乡所·总数", 2)
    drop_draft(county, TOWN, QUARTER, JUNE)
    assert "已在别处报送或清空" in text(typed(test, "村室·总数", 9))


def test_a_damaged_draft_is_said(county: Store) -> None:
    typed(opened(), "乡所·总数", 2)
    (path,) = (county.root / "inbox").rglob("*.json")
    path.write_text("{", encoding="utf-8")
    assert "读不出来" in text(opened())


def test_another_township_s_form_is_refused_in_a_sentence(county: Store) -> None:
    test = opened(town=OTHER)
    assert [e.value for e in test.error] == [
        "本账号只能报送湖渡镇的数。请由该单位的填报员报送。"
    ]  # fmt: skip
    assert not fields_of(test) and not test.get("arrow_data_frame")


@pytest.mark.parametrize("text", [str(LARGEST + 1), "13800138000", "-4", "3.5", "三", "1,2"])
def test_what_is_no_count_is_named_and_not_kept(county: Store, text: str) -> None:
    test = typed(opened(), "村室·总数", 9)
    test = type_in(test, "乡所·总数", text).run()
    assert "乡所·总数：只能填不小于 0 的整数，没有保存" in test.error[0].value
    assert draft(county) == {(TOWN, "village_rooms"): 9} and text not in test.error[0].value
    assert shown(test)["乡所·总数"] == text  # to be mended, and nobody asks for a zero there
    assert told(test)["wrong"] == [f"{TOWN}|stations"]
    assert "空着的 9 格都填 0" in [each.label for each in test.button]
    mended = typed(test, "乡所·总数", 2)
    assert not mended.error and draft(county)[TOWN, "stations"] == 2


def test_a_form_with_a_text_that_is_no_count_cannot_be_handed_in(county: Store) -> None:
    save_draft(county, TOWN, QUARTER, JUNE, own(county).before, seen="")
    test = opened()
    assert upload_of(test) is not None
    type_in(test, "乡所·总数", "3.5").run()
    assert test.session_state["upload"] is None


@pytest.mark.parametrize(
    ("text", "count"), [("2,001", 2001), (" 12 ", 12), ("１２", 12), ("3.0", 3)]
)
def test_a_count_is_read_as_a_spreadsheet_writes_it(county: Store, text: str, count: int) -> None:
    test = type_in(opened(), "乡所·总数", text).run()
    assert draft(county) == {(TOWN, "stations"): count}
    assert shown(test)["乡所·总数"] == str(count)


def test_nothing_is_kept_twice_and_nothing_from_a_session_before(county: Store) -> None:
    """What was confirmed is not kept again over what another tab typed later."""
    test = typed(opened(), "乡所·总数", 2)
    typed(opened(), "乡所·总数", 7)
    assert told(test.run())["confirmed"] == 1
    assert draft(county) == {(TOWN, "stations"): 7}
    fresh = opened()
    type_in(fresh, "乡所·总数", "3", token="of a session before").run()
    assert draft(county) == {(TOWN, "stations"): 7} and told(fresh)["confirmed"] == 0


def test_what_could_not_be_kept_is_not_confirmed_and_kept_when_it_can_be(
    county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = opened()
    with monkeypatch.context() as broken:
        full = StoreError("草稿无法写入", mend="请腾出磁盘空间")
        broken.setattr(on_page, "save_draft", Mock(side_effect=full))
        test = typed(test, "乡所·总数", 2)
    assert full.sentence in [each.value for each in test.error]
    assert told(test)["confirmed"] == 0 and draft(county) == {}
    test.run()
    assert told(test)["confirmed"] == 1 and draft(county) == {(TOWN, "stations"): 2}
    assert not test.run().error


def test_texts_of_another_form_or_place_are_not_kept(county: Store) -> None:
    cells = [[OTHER, "stations", "3"], [TOWN, "deaths", "3"], ["x"]]
    for wrong in (cells[:1], cells[1:2], cells):
        test = type_in(opened(), "乡所·总数", "3", cells=wrong).run()
        assert not test.exception and draft(county) == {}
