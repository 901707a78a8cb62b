"""收件 in AppTest: the month at a glance, accepting, sending back, publishing, two at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor, Role
from shortplank.frame import open_page
from shortplank.ingest import Upload
from shortplank.records import tray
from shortplank.store import Store
from tests.copies import demo_copy
from tests.pages.apps import button, run, sound, tables, text, title

JUNE = date(2010, 6, 1)
VILLAGES, TOWNS, QUARTER = "village_month", "township_month", "township_quarter"
ZHULU, LATE = "竹麓乡", "松崖镇"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The demo county on 3 July 2010, and an analyst before it."""
    folder = demo_copy(tmp_path / "demo", without=("journal", "marts"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-03")
    look_as(monkeypatch, "analyst")
    return Store(folder)


def look_as(monkeypatch: pytest.MonkeyPatch, role: Role, account: str = "tongji01") -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, account))


def towns(store: Store) -> dict[str, str]:
    """Return the codes of the county's townships by their names."""
    ws = store.workspace
    return {a.name: a.area_code for a in ws.valid_below(ws.settings.home, JUNE)}


def report(store: Store, town: str, form: str, *, deaths: int = 0) -> Upload:
    """Return a June report with the counts of the one before; ``deaths`` more in one village."""
    ws, area = store.workspace, towns(store)[town]
    dataset, edition = ws.forms[form].dataset, store.edition()
    table = edition.table(dataset, max(m for m in edition.months(dataset) if m < JUNE))
    assert table is not None
    names = [n for n in table.column_names if n not in ("area_code", "stat_month")]
    village = form == VILLAGES
    own = [a.area_code for a in ws.valid_below(area, JUNE)] if village else [area]
    rows = [row for row in table.to_pylist() if row["area_code"] in own]
    rows[0] |= {"deaths": rows[0].get("deaths", 0) + deaths}
    lines = [",".join(["村名" if village else "乡镇", *names])]
    for row in rows:
        lines.append(
            ",".join([ws.area_by_code[row["area_code"]].name, *(str(row[n]) for n in names)])
        )
    label = ws.forms[form].label
    return Upload(f"2010-06_{town}_{label}.csv", "\n".join(lines).encode())


def hand_in(store: Store, town: str, form: str = VILLAGES, **more: object) -> tray.Item:
    """Hand in a township's report by its own account."""
    deaths = int(str(more.pop("deaths", 0)))
    area = towns(store)[town]
    clerk = store.acting_for(Actor("filer", f"clerk{area[-2:]}", area))
    upload = report(store, town, form, deaths=deaths)
    return tray.hand_in(clerk, upload, area=area, way="file", **more)  # type: ignore[arg-type]


def hand_in_all(store: Store, *, but: str = "") -> None:
    """Hand in every form of every township except one."""
    for town in towns(store):
        for form in (VILLAGES, TOWNS, QUARTER):
            if town != but:
                hand_in(store, town, form)


def states(store: Store) -> list[str]:
    own = store.acting_for(Actor("analyst", "tongji01"))
    return [item.state for item in tray.items(store.workspace, own)]


def open_tray(look: str = "month", **query: str) -> AppTest:
    return sound(run("tray", look=look, **query))


def press(test: AppTest, label: str) -> AppTest:
    button(test, label).click()
    test.run()
    assert not test.exception, [error.value for error in test.exception]
    return test


def choose(test: AppTest, label: str, key: str) -> AppTest:
    next(box for box in test.selectbox if box.label == label).set_value(key)
    return sound(test.run())


def warnings(test: AppTest) -> list[str]:
    return [warning.value for warning in test.warning]


def test_a_month_that_nobody_filed(county: Store) -> None:
    test = open_tray()
    assert title(test) == "2010年6月：16 个乡镇都还没有交齐，最缺乡镇月报（16 个）"
    assert "2010年7月5日到期，还没有到期" in text(test) and "未到期" in text(test)
    assert title(open_tray(month="2010-05")) == "2010年5月：16 个乡镇全部交齐"
    assert title(open_tray("waiting")) == "没有待收的报表"
    assert title(open_tray("publish")) == "没有已收下、待发布的报表"
    assert title(open_tray("decided")) == "还没有办结的报送"


def test_sixteen_in_and_one_late(county: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in_all(county, but=LATE)
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-08")
    test = open_tray()
    assert title(test) == f"2010年6月：16 个乡镇交齐 15 个，未交：{LATE}"
    assert "已过 3 天" in text(test) and "✕ 未交" in text(test) and "○ 已交" in text(test)
    (urge,) = test.code
    assert f"{LATE}（{LATE}人口计生办、{LATE}统计岗）：" in urge.value and "已迟 3 天" in urge.value
    assert all(county.workspace.forms[form].label in urge.value for form in (VILLAGES, TOWNS))
    assert "峰浦镇" not in urge.value
    hand_in(county, LATE)
    assert "○ 已交 迟" in text(open_tray())
    waiting = open_tray("waiting")
    assert title(waiting).startswith("46 份待收")
    table = tables(waiting)[0]
    assert table.loc[table["乡镇"] == LATE, "是否迟报"].tolist() == ["迟 3 天"]
    assert set(table["报送账号"]) >= {"clerk01"} and set(table["性质"]) == {"初报"}
    press(waiting, "全部收下")
    assert [said.value for said in waiting.success] == ["已收下 46 份，到“发布”里一并发布。"]
    assert set(states(county)) == {"accepted"}
    before = county.newest()
    publish = open_tray("publish")
    assert title(publish) == "46 份可以作为一版发布" and "新增月份 2010-06" in text(publish)
    press(publish, "发布")
    assert title(publish) == f"已发布第{before + 1}版" and "month=2010-06" in text(publish)
    assert set(states(county)) == {"published"} and county.newest() == before + 1
    assert county.edition().who == "tongji01"
    assert "● 已发布 迟" in text(open_tray(month="2010-06"))
    decided = open_tray("decided")
    assert title(decided) == "46 份已办结：已发布 46"
    assert set(tables(decided)[0]["版次"]) == {f"第{before + 1}版"}


def test_one_is_sent_back_with_a_reason(county: Store) -> None:
    hand_in(county, ZHULU, deaths=3)
    test = open_tray("waiting")
    assert title(test).startswith("1 份待收") and "发布后会变的数" in text(test)
    labels = [each.proto.label for each in test.get("download_button")]
    assert "下载报送的原文件" in labels
    press(test, "退回")
    assert ["没有写明退回的理由" in error.value for error in test.error] == [True]
    fill(test, "请打 13800138000")
    press(test, "退回")
    assert ["手机号码" in error.value for error in test.error] == [True]
    assert states(county) == ["handed_in"]
    fill(test, "死亡人数请核对")
    press(test, "退回")
    assert [said.value for said in test.success] == [f"已退回 {ZHULU} 2010-06 村月报。"]
    assert states(county) == ["sent_back"] and "◁ 已退回" in text(open_tray())
    assert tables(open_tray("decided"))[0]["退回理由"].tolist() == ["死亡人数请核对"]
    assert "村月报（已退回）" in open_tray().code[0].value


def fill(test: AppTest, reason: str) -> None:
    next(box for box in test.text_input if box.label.startswith("退回")).set_value(reason)


def test_what_is_accepted_can_still_be_sent_back(county: Store) -> None:
    item = hand_in(county, ZHULU)
    press(open_tray("waiting"), "全部收下")
    test = choose(open_tray("publish"), "哪一份", item.id)
    fill(test, "请再核对")
    press(test, "退回")
    assert states(county) == ["sent_back"]


def test_some_are_accepted_and_some_published(county: Store) -> None:
    first, second = hand_in(county, ZHULU), hand_in(county, "梅坪镇")
    test = open_tray("waiting")
    test.multiselect[0].set_value([second.id])
    press(sound(test.run()), "收下所选")
    assert states(county) == ["handed_in", "accepted"]
    press(open_tray("waiting"), "全部收下")
    publish = open_tray("publish")
    publish.multiselect[0].set_value([first.id])
    sound(publish.run())
    assert title(publish) == "1 份可以作为一版发布"
    press(publish, "发布")
    assert states(county) == ["published", "accepted"]


def test_a_correction_is_told_apart_and_its_reason_stands(county: Store) -> None:
    hand_in(county, ZHULU)
    press(open_tray("waiting"), "全部收下")
    press(open_tray("publish"), "发布")
    hand_in(county, ZHULU, deaths=1, correction=True, reason="漏统一人")
    assert "● 已发布 更正待办" in text(open_tray(month="2010-06"))
    waiting = open_tray("waiting")
    row = tables(waiting)[0].iloc[0]
    assert (row["性质"], row["更正理由"]) == ("更正", "漏统一人")
    assert "1 个单位的 1 个数不同" in text(waiting)
    press(waiting, "全部收下")
    publish = open_tray("publish")
    assert "初报 0 份，更正 1 份" in text(publish)
    press(publish, "发布")
    assert "漏统一人" in county.edition().why
    assert states(county) == ["published", "published"]


# --- two at once ----------------------------------------------------------------------------------
def test_the_second_to_decide_is_told(county: Store) -> None:
    hand_in(county, ZHULU)
    mine, theirs = open_tray("waiting"), open_tray("waiting")
    fill(theirs, "请核对")
    press(theirs, "退回")
    press(mine, "全部收下")
    assert states(county) == ["sent_back"]
    assert len(warnings(mine)) == 1 and "已退回" in warnings(mine)[0] and not mine.success


def test_a_later_file_is_not_accepted_by_a_press_beside_the_first(county: Store) -> None:
    hand_in(county, ZHULU)
    mine = open_tray("waiting")
    hand_in(county, ZHULU, deaths=2)
    press(mine, "全部收下")
    assert states(county) == ["replaced", "handed_in"]
    assert "已由后来的一份代替" in warnings(mine)[0] and "又收到 1 份" in warnings(mine)[0]


def test_the_second_to_publish_is_told_and_publishes_nothing(county: Store) -> None:
    for town in (ZHULU, "梅坪镇"):
        hand_in(county, town)
    press(open_tray("waiting"), "全部收下")
    mine, theirs = open_tray("publish"), open_tray("publish")
    keep = theirs.multiselect[0].value[:1]
    theirs.multiselect[0].set_value(keep)
    press(sound(theirs.run()), "发布")
    newest = county.newest()
    press(mine, "发布")
    assert county.newest() == newest
    assert title(mine) == "1 份可以作为一版发布"
    assert "已发布" in warnings(mine)[0]
    press(mine, "发布")
    assert county.newest() == newest + 1


def test_an_edition_in_between_is_told_before_anything_is_published(county: Store) -> None:
    hand_in(county, ZHULU)
    press(open_tray("waiting"), "全部收下")
    mine = open_tray("publish")
    table = county.edition().table(VILLAGES, date(2010, 5, 1))
    county.publish({(VILLAGES, date(2010, 5, 1)): table}, why="别人")
    newest = county.newest()
    press(mine, "发布")
    assert county.newest() == newest and "新的一版" in title(mine)
    assert ["您核对之后又发布了" in said for said in warnings(mine)] == [True]
    press(mine, "发布")
    assert county.newest() == newest + 1 and states(county) == ["published"]


# --- who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["viewer", "filer"])
def test_others_are_refused_in_one_sentence_and_have_no_way_to_it(
    role: Role, county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(county, ZHULU)
    look_as(monkeypatch, role)
    for look in ("month", "waiting", "publish", "decided"):
        test = run("tray", look=look, month="2010-06")
        assert [error.value for error in test.error] == [
            "“收件”不对当前身份开放。请从左侧选其他页。"
        ]
        assert not test.exception and not tables(test) and not test.code
        assert not test.get("download_button") and ZHULU not in text(test)
    assert "收件" not in text(sound(run("dictionary")))


def test_a_damaged_file_is_one_sentence_and_the_rest_goes_on(county: Store) -> None:
    hand_in(county, ZHULU)
    hand_in(county, "梅坪镇")
    item = tray.items(county.workspace, county.acting_for(Actor("analyst", "tongji01")))[0]
    (path,) = (county.root / "inbox" / "files").glob(f"{item.file_sha256}.*")
    path.write_bytes(b"damaged")
    test = run("tray", look="waiting")
    assert not test.exception and len(test.error) == 1 and "已损坏" in test.error[0].value
    assert "收到的文件已损坏" in tables(test)[0]["核对"].tolist()
    press(test, "全部收下")
    publish = run("tray", look="publish")
    assert not publish.exception and "不能发布" in title(publish)
