"""乡镇上报 in AppTest: by file and on the page, sent back, a correction, strangers."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor, Role
from shortplank.frame import open_page
from shortplank.reading.view import first_view
from shortplank.records import tray
from shortplank.store import Engine, Store
from shortplank.topics.points.answer import own_text, points, statement_table
from tests.copies import demo_copy
from tests.pages.apps import button, run, sound, tables, text, title
from tests.pages.test_tray import TOWNS, VILLAGES, report, towns

CLERK, OTHER = "竹麓乡", "湖渡镇"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The demo county on 3 July 2010, and a clerk of one township before it."""
    folder = demo_copy(tmp_path / "demo", without=("journal", "marts"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-03")
    store = Store(folder)
    look_as(monkeypatch, "filer", towns(store)[CLERK])
    return store


def look_as(monkeypatch: pytest.MonkeyPatch, role: Role, scope: str = "") -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, "zhulu", scope))


def open_filing(**query: str) -> AppTest:
    return sound(run("filing", **query))


def drop(test: AppTest, name: str, data: bytes) -> AppTest:
    test.get("file_uploader")[0].upload(name, data)
    return test.run()


def test_a_clerk_hands_in_a_file_and_sees_what_became_of_it(county: Store) -> None:
    test = open_filing()
    assert title(test).startswith("竹麓乡2010年6月：3 张报表交了 0 张，待交：")
    upload = report(county, CLERK, VILLAGES)
    test = sound(drop(test, upload.name, upload.data))
    assert "核对无误，可以报送" in text(test) and "由 zhulu 报送" in text(test)
    test = sound(button(test, "报送").click().run())
    assert "已报送" in test.success[0].value
    assert "交了 1 张" in title(test)
    sent = open_filing(look="sent")
    table = tables(sent)[0]
    assert table["状态"].tolist() == ["待收"] and table["报送人"].tolist() == ["zhulu"]
    own = county.acting_for(Actor("analyst", "tongji01"))
    (item,) = tray.items(county.workspace, own)
    tray.send_back(own, item.id, "死亡人数请再核一遍")
    again = open_filing()
    assert "被退回：死亡人数请再核一遍" in again.warning[0].value
    assert "交了 0 张" in title(again)


def test_another_townships_file_is_refused_in_one_sentence(county: Store) -> None:
    upload = report(county, OTHER, VILLAGES)
    test = drop(open_filing(), upload.name, upload.data)
    assert not test.exception
    assert [each.value for each in test.error] == [
        f"{upload.name}：表上有{OTHER}的数，这里只收{CLERK}的。请核对是否拿错了文件。".replace(
            "_", "\\_"
        )
    ]
    assert not (county.root / "inbox/files").exists()
    assert not [each for each in test.button if each.label == "报送"]


def test_a_file_with_personal_data_is_let_go_of_and_its_words_are_not_repeated(
    county: Store,
) -> None:
    upload = report(county, CLERK, VILLAGES)
    lines = upload.data.decode().splitlines()
    named = "\n".join([f"{lines[0]},联系电话", *(f"{line},13800138000" for line in lines[1:])])
    test = drop(open_filing(), upload.name, named.encode())
    assert not test.exception and test.error
    assert "13800138000" not in "".join(each.value for each in test.error) + text(test)
    assert not [each for each in test.button if each.label == "报送"]
    assert not (county.root / "inbox/files").exists()


def test_a_published_month_is_corrected_with_a_reason(county: Store) -> None:
    upload = report(county, CLERK, TOWNS)
    may = upload.name.replace("2010-06", "2010-05")
    test = sound(drop(open_filing(), may, upload.data))
    assert "再报就是更正" in text(test)
    refused = button(test, "报送更正").click().run()
    assert "已经发布" in refused.error[0].value
    refused.text_input[0].set_value("一个村的数填错了行").run()
    done = sound(button(refused, "报送更正").click().run())
    assert "已报送" in done.success[0].value
    table = tables(open_filing(look="sent"))[0]
    assert table["方式"].tolist() == ["文件（更正）"]


def test_the_form_on_the_page_leads_to_the_same_tray(county: Store) -> None:
    test = open_filing(way="page", form=TOWNS)
    assert "还没有填" in text(test)
    assert not [each for each in test.button if each.label == "报送"]


def test_the_own_record_and_the_own_points_with_the_next_mark(county: Store) -> None:
    test = open_filing(look="record")
    assert title(test).startswith("近 12 个月应报")
    made = points(first_view(Engine(county.workspace), Actor("viewer")))
    code = towns(county)[CLERK]
    said = own_text(made, code)
    assert said in text(test) and made.advice[code] in said and "个乡镇中第" in said
    statement = tables(test)[1]
    assert statement["得分"].tolist() == statement_table(made, code)["得分"].to_pylist()
    assert tables(test)[0]["月份"].tolist()[0] == "2010-06"


@pytest.mark.parametrize("look", ["report", "sent", "record"])
def test_nobody_sees_another_townships_desk(
    look: str, county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By link, download or table: only the account's own township."""
    codes = towns(county)
    clerk = county.acting_for(Actor("filer", "zhulu", codes[CLERK]))
    upload = report(county, CLERK, VILLAGES, deaths=1)
    tray.hand_in(clerk, upload, area=codes[CLERK], way="file")
    look_as(monkeypatch, "filer", codes[OTHER])
    test = open_filing(look=look, area=codes[CLERK], role="analyst")
    said = text(test) + title(test) + str([each.to_dict() for each in tables(test)])
    assert CLERK not in said and upload.name not in said
    assert codes[CLERK] not in [option for box in test.selectbox for option in box.options]


@pytest.mark.parametrize("role", ["viewer"])
def test_who_files_for_nobody_is_refused_and_does_not_see_it_listed(
    role: Role, county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_as(monkeypatch, role)
    test = run("filing")
    assert [each.value for each in test.error] == ["“乡镇上报”不对当前身份开放。请从左侧选其他页。"]


def test_an_analyst_chooses_the_township(county: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    look_as(monkeypatch, "analyst")
    test = open_filing(area=towns(county)[OTHER])
    assert title(test).startswith(f"{OTHER}2010年6月")
