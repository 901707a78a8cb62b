"""数据上报 in AppTest: what each state says, roles, an empty workspace, going back."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import ROLES, Actor
from shortplank.catalogue import load_workspace
from shortplank.drawing.theme import Style
from shortplank.frame.open_page import Desk
from shortplank.ingest import Upload
from shortplank.store import Engine, Store
from shortplank.topics.intake.page.neighbourhood import neighbourhood_html
from tests.copies import demo_copy
from tests.ingest.yunzhou import EXCERPTS, make_yunzhou, uploads
from tests.pages.apps import SIGNS, run, tables, text, title
from tests.store import workspaces as w

BAD, GOOD = EXCERPTS / "bad", EXCERPTS / "good"
Files = list[tuple[str, bytes, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo county's register and forms, without editions."""
    folder = make_yunzhou(tmp_path / "county")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    return folder


def open_page(**query: str) -> AppTest:
    return settled(run("imports", **query))


def settled(test: AppTest) -> AppTest:
    assert not test.exception, [error.value for error in test.exception]
    return test


def files(*paths: Path) -> Files:
    return [(path.name, path.read_bytes(), "application/octet-stream") for path in paths]


def with_column(header: str) -> Files:
    """Return a good report with one more column, its cells numbers."""
    path = next(GOOD.glob("*竹麓*.csv"))
    lines = path.read_bytes().decode("gb18030").splitlines()
    at = next(n for n, line in enumerate(lines) if "村" in line and line.count(",") > 5)
    wide = [
        line + (f",{header}" if n == at else ",1" if n > at else ",")
        for n, line in enumerate(lines)
    ]
    return [("2010-06_竹麓乡_月报.csv", "\n".join(wide).encode("gb18030"), "text/csv")]


def drop(test: AppTest, dropped: Files) -> AppTest:
    test.file_uploader[0].set_value(dropped)
    return settled(test.run())


def good() -> Files:
    return [(upload.name, upload.data, "application/octet-stream") for upload in uploads(GOOD)]


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click()
    return settled(test.run())


def choose(test: AppTest, label: str, value: str) -> None:
    next(box for box in test.selectbox if box.label.startswith(label)).select(value)


def fill(test: AppTest, label: str, value: str) -> None:
    next(box for box in test.text_input if box.label.startswith(label)).set_value(value)


def w_publish(folder: Path, day: int) -> None:
    w.publish(Store(folder), day)


def test_an_empty_workspace_is_where_it_begins(folder: Path) -> None:
    assert title(open_page()) == "把各乡镇的报表拖进来，先核对，再发布"
    assert title(open_page(look="history")) == "还没有发布过版本"
    assert title(open_page(look="differences")) == "还没有可以比较的两版"


def test_good_files_are_published_with_who_and_why(folder: Path) -> None:
    test = drop(open_page(), good())
    assert "可以发布" in title(test)
    assert "新增月份 2010-06" in text(test)
    assert f"由 {SIGNS} 发布" in text(test)
    assert not Store(folder).numbers() and len(test.file_uploader[0].value or []) > 0
    press(test, "发布")
    assert title(test) == "已发布第1版"
    assert "month=2010-06" in text(test)
    edition = Store(folder).edition()
    assert (edition.number, edition.who) == (1, SIGNS)
    assert len(test.file_uploader[0].value or []) == 0
    history = open_page(look="history")
    assert title(history) == "共发布过 1 版"
    assert tables(history)[0]["经办"].tolist() == [SIGNS]


def test_the_same_files_again_change_nothing(folder: Path) -> None:
    first = drop(open_page(), good())
    press(first, "发布")
    assert title(drop(open_page(), good())) == "核对无误，但与现在的数完全相同"


def test_who_came_in_between_is_told_before_anything_is_published(folder: Path) -> None:
    mine, theirs = drop(open_page(), good()), drop(open_page(), good())
    press(theirs, "发布")
    press(mine, "发布")
    assert Store(folder).newest() == 1
    (said,) = [warning.value for warning in mine.warning]
    assert f"第1版（{SIGNS}，" in said and "与第1版的差异" in said
    press(mine, "发布")
    assert title(mine) == "已发布第2版" and not mine.warning


def test_a_list_of_editions_that_grew_is_said_before_anything_is_restored(folder: Path) -> None:
    for day in (1, 2):
        w_publish(folder, day)
    mine = open_page(look="history")
    w_publish(folder, 3)
    fill(mine, "理由", "五月报表有误")
    press(mine, "恢复")
    assert Store(folder).newest() == 3
    (said,) = [warning.value for warning in mine.warning]
    assert "第3版（测试，" in said
    press(mine, "恢复")
    assert Store(folder).newest() == 4 and not mine.warning


def test_faults_are_listed_with_their_cells_and_cannot_be_published(folder: Path) -> None:
    name = sorted(path.name for path in BAD.glob("*mismatch*"))[0]
    test = drop(open_page(), files(BAD / name))
    assert "改正后才能发布" in title(test)
    table = tables(test)[0]
    assert set(table["级别"]) >= {"错误"}
    assert table["单元格"].notna().any() and all(s.endswith("。") for s in table["说明"])
    assert not [button for button in test.button if button.label == "发布"]
    assert Store(folder).numbers() == []


def test_personal_data_leaves_nothing_but_the_sentence(folder: Path) -> None:
    test = drop(open_page(), with_column("身份证号"))
    assert title(test) == "有文件含个人信息，整批退回，什么都没有留下"
    assert "2010-06_竹麓乡_月报.csv" in text(test)
    assert len(test.file_uploader[0].value or []) == 0  # a new, empty uploader
    state = test.session_state["intake"]
    assert state.uploads == () and state.batch is None
    kept = [path for path in folder.rglob("*") if path.is_file() and "竹麓" in path.name]
    assert kept == []


def test_a_header_is_accepted_once_and_remembered(folder: Path) -> None:
    test = drop(open_page(), with_column("备注说明"))
    assert "系统不猜" in text(test)
    accept = next(button for button in test.button if button.label == "认可这个写法")
    assert accept.disabled  # nothing is chosen for the analyst
    next(box for box in test.selectbox if box.label == "相当于").set_value("不读")
    settled(test.run())
    press(test, "认可这个写法")
    assert "可以发布" in title(test)
    again = drop(open_page(), with_column("备注说明"))
    assert "可以发布" in title(again)


def test_a_month_to_come_waits_for_a_tick(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-05-31")
    test = drop(open_page(), good())
    assert "改正后才能发布" in title(test)
    assert "month_off" in {f.code for f in test.session_state["intake"].batch.findings}
    (tick,) = test.checkbox
    assert "2010年6月" in tick.label
    settled(tick.check().run())
    assert "可以发布" in title(test) and test.checkbox[0].value
    settled(test.checkbox[0].uncheck().run())
    assert "改正后才能发布" in title(test)


def test_a_viewer_may_look_but_not_file(folder: Path) -> None:
    test = open_page(role="viewer")
    assert title(test) == "上报由分析员办理" and not test.file_uploader
    w.publish(Store(folder))
    history = open_page(role="viewer", look="history")
    assert not {button.label for button in history.button} & {"恢复", "核验全部文件"}


def test_differences_and_going_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = demo_copy(tmp_path / "demo")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    newest = Store(folder).newest()
    test = open_page(look="differences")
    assert "个数不同" in title(test) and tables(test)[0]["新数"].notna().any()
    hidden = open_page(look="differences", role="viewer")
    assert title(hidden) == "版本差异只给分析员看" and not tables(hidden)
    back = open_page(look="history")
    press(back, "恢复")
    assert [error.value for error in back.error] == ["请写明恢复的理由。"]
    assert f"由 {SIGNS} 恢复" in text(back)
    fill(back, "理由", "问 13800138000")
    press(back, "恢复")
    assert ["手机号码" in error.value for error in back.error] == [True]
    assert Store(folder).newest() == newest
    fill(back, "理由", "五月报表有误")
    press(back, "恢复")
    assert [each.value for each in back.success] == [
        f"已把第{newest - 1}版恢复为第{newest + 1}版。"
    ]
    press(back, "核验全部文件")
    assert [each.value for each in back.success] == ["全部文件与发布时一致。"]
    assert Store(folder).edition().why == "五月报表有误"


def test_what_is_taken_away_says_that_it_is_exact(tmp_path: Path) -> None:
    shared = Engine(load_workspace(w.make(tmp_path / "new")))
    marks = {
        role: Desk("imports", Style(), shared, Actor(role)).about_rows()["口径"] for role in ROLES
    }
    exact = "精确数（内部使用）"
    assert marks == {"viewer": "分档数", "filer": "分档数", "analyst": exact, "admin": exact}


def test_the_neighbourhood_of_a_cell_is_marked_and_escaped(folder: Path) -> None:
    text = "村,数一,数二,数三,数四,数五\n" + "\n".join(f"<b>{n}</b>,1,2,3,{n},5" for n in range(9))
    html = neighbourhood_html(Upload("a.csv", text.encode()), None, "E7")
    assert "<td class=fault>5</td>" in html and "&lt;b&gt;5&lt;/b&gt;" in html and "<b>" not in html
    assert neighbourhood_html(Upload("a.csv", b"\x00"), None, "E7") == ""
    assert neighbourhood_html(Upload("a.csv", text.encode()), "另一张", "E7") == ""
