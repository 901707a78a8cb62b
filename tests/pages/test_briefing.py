"""会议材料 in AppTest: freezing, an item, the papers, roles; personal data refused."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.frame import open_page as frame
from shortplank.papers import office
from shortplank.papers.brief import PAPERS
from shortplank.store import journal
from tests.copies import demo_copy
from tests.pages.apps import SIGNS, button, opened, sound, text
from tests.topics.months import engine_of

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def _copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = demo_copy(tmp_path / "demo", without=("journal",))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))


def open_page(**query: str) -> AppTest:
    return opened("briefing", **query)


def chosen(test: AppTest, label: str):
    """Return the box of a form, where one has a key of its own aside."""
    return next(each for each in test.selectbox if each.label == label and not each.key)


def test_freezing_is_written_on_the_page() -> None:
    test = open_page()
    assert "还没有定版" in text(test)
    assert f"由 {SIGNS} 定版" in text(test)
    button(test, "把第26版定为").click().run()
    assert "2010年5月会议用第26版" in text(sound(test)) and f"{SIGNS}于" in text(test)


def register(item: str, owner: str) -> AppTest:
    test = open_page()
    fields = {each.label: each for each in test.text_input}
    fields["事项"].input(item)
    chosen(test, "责任单位或岗位").select(owner)
    return button(test, "登记").click().run()


def test_an_item_is_registered() -> None:
    assert "补建档案" in text(sound(register("补建档案", "峰浦镇人口计生办")))


@pytest.mark.parametrize("written", ["找 13800138000", "联系人：张某某", "QQ 123456"])
def test_an_item_with_a_person_in_it_is_refused(written: str) -> None:
    [error] = register(written, "峰浦镇人口计生办").error
    assert "像是" in error.value and written[-5:] not in error.value


def test_who_is_asked_is_chosen_from_the_posts_and_units_of_the_workspace() -> None:
    test = open_page()
    offered = chosen(test, "责任单位或岗位").options
    assert {"峰浦镇人口计生办", "县总工会", "峰浦镇", "云洲县"} <= set(offered)
    assert [each.label for each in test.selectbox if "岗位" in each.label] == ["责任单位或岗位"]
    assert f"由 {SIGNS} 登记" in text(test)
    typed = {each.label for each in test.text_input}
    assert not any("岗位" in label for label in typed)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_the_papers_are_made_on_the_page(role: str) -> None:
    test = open_page(role=role)
    assert ("把第26版定为" in "".join(b.label for b in test.button)) == (role == "analyst")
    button(test, "生成材料").click().run()
    labels = [each.proto.label for each in sound(test).get("download_button")]
    assert sum(
        re.search(r"\.(pptx|xlsx|docx|html)（", label) is not None for label in labels
    ) == len(PAPERS)
    assert not any("内部使用" in label for label in labels)
    assert any("一个乡镇一个文件" in label for label in labels)
    kept = [each.label for each in test.expander if "做过的材料" in each.label]
    assert kept == ([f"做过的材料（{len(PAPERS)} 份）"] if role == "analyst" else [])


@pytest.mark.parametrize("drawn", [True, False])
def test_a_paper_is_seen_before_it_is_taken(drawn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the machine's office program, or without one as a sketch of the file."""
    monkeypatch.setattr(office, "draws", lambda: drawn)
    monkeypatch.setattr(office, "pictures", lambda *_, **__: [PICTURE] * 3)
    test = button(open_page(), "生成材料").click().run()
    ways = [each.key for each in test.button if each.label == "先看一看"]
    assert len(ways) == sum(name[0].rpartition(".")[2] != "html" for name in PAPERS.values())
    for key in ways:
        test = test.button(key=key).click().run()
        seen = text(sound(test))
        assert len(test.get("image")) == (3 if drawn else 0)
        assert ("草图" in seen) == (not drawn) and ('class="papers"' in seen) == (not drawn)


def test_exact_papers_are_taken_by_the_account_that_signed_in(tmp_path: Path) -> None:
    test = open_page()
    test.toggle[0].set_value(True).run()
    assert f"由 {SIGNS} 取用" in text(test)
    button(test, "生成材料").click().run()
    labels = [each.proto.label for each in test.get("download_button")]
    assert any("内部使用" in label for label in labels)
    [line] = journal.read(tmp_path / "demo", "exact_exports")
    assert line["who"] == SIGNS


def test_without_an_account_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "current_actor", lambda _shared: Actor("analyst"))
    test = open_page()
    assert "登录后才能定版" in text(test)
    button(test, "把第26版定为").click().run()
    assert [each.value for each in test.error] == ["没有登录账号，什么都不能写入。请登录后再办。"]
    assert not (tmp_path / "demo/journal").exists()


def test_a_county_of_two_townships_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "small"
    root.mkdir()
    engine_of(root, 3, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    assert "还没有定版" in text(open_page())
