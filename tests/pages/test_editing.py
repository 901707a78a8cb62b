"""改指标 in AppTest: a card looked through, previewed and saved; who may not is not offered it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.cli.new_workspace import write_workspace
from shortplank.frame import open_page
from shortplank.reading.measured import from_table
from shortplank.records.settings_changes import change, changes
from shortplank.store import Store, engine
from shortplank.topics.dictionary.answer.preview import preview
from shortplank.topics.dictionary.answer.texts import card_texts
from shortplank.wording.numbers import value_text
from tests.copies import demo_copy
from tests.pages.apps import button, run, sound, tables, text, title

FILING = "migrant_filing"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The demo county, and an analyst before it."""
    folder = demo_copy(tmp_path / "demo", without=("journal", "marts"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    look_as(monkeypatch, "analyst")
    return Store(folder)


def look_as(monkeypatch: pytest.MonkeyPatch, role: Role, scope: str = "") -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, "tongji01", scope))


def editing(indicator: str = FILING) -> AppTest:
    return run("dictionary", look="edit", indicator=indicator)


def field(test: AppTest, kind: str, label: str) -> object:
    return next(each for each in test.get(kind) if each.label.startswith(label))


def looked_through(test: AppTest) -> AppTest:
    return button(test, "核对并预览").click().run()


# --- previewed and saved --------------------------------------------------------------------------
def test_a_card_is_previewed_and_saved_as_an_edition_of_its_own(county: Store) -> None:
    newest, test = county.newest(), editing()
    assert title(test) == "改“流动人口建档率”的卡片"
    field(test, "number_input", "目标").set_value(88.0)  # type: ignore[attr-defined]
    sound(looked_through(test))
    assert "的数都不变" in text(test)
    field(test, "text_input", "为什么改").set_value("县里定的目标")  # type: ignore[attr-defined]
    sound(button(test, "保存").click().run())
    assert [each.value for each in test.success] == [f"已保存第 1 次改动，记为第{newest + 1}版。"]
    assert load_workspace(county.root).indicators[FILING].target == 88
    assert [(each.who, each.why) for each in changes(county.root)] == [("tongji01", "县里定的目标")]
    assert county.edition().why == "口径修改：县里定的目标"
    said = f"口径自第{newest + 1}版改（县里定的目标）"
    for page in ("trends", "rankings", "dictionary"):
        assert said in text(run(page, indicator=FILING))
    assert said not in text(run("trends", indicator="benefit_delivery"))
    assert said not in text(run("overview"))


CHANGED = {
    "another denominator": (FILING, {"denominator": ("migrants_due", "migrants_filed")}),
    "another factor and window": (FILING, {"factor": 1000.0, "default_window": "r12"}),
    "a sex ratio the other way": (
        "sex_ratio_at_birth", {"numerator": ("births_f",), "denominator": ("births_m",)},
    ),
    "another number of cases": ("villages_out_ge3", {"over": 2.0}),
    "a least denominator": (FILING, {"min_denominator": 3_000.0}),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGED)
def test_what_is_previewed_is_what_is_shown_once_saved(case: str, county: Store) -> None:
    key, said = CHANGED[case]
    texts = card_texts(county.workspace, key, said)
    seen = preview(county, county.workspace, key, texts)
    assert seen is not None and seen.before is not None and seen.before_item is not None
    for item, measured in ((seen.before_item, seen.before), (seen.item, seen.after)):
        rows = engine(county.root).ask(
            "townships_by_indicator", role="analyst", county="990101", month=seen.month
        )
        rows = rows.filter([each == key for each in rows["indicator"].to_pylist()])
        shown = from_table(item, rows, seen.window)
        now = dict(
            zip(shown.codes, zip(shown.value.tolist(), shown.state, strict=True), strict=True)
        )
        then = zip(measured.codes, measured.value.tolist(), measured.state, strict=True)
        assert repr({code: (value, state) for code, value, state in then}) == repr(
            {code: now[code] for code in measured.codes}
        )
        assert len(measured.codes) == len(shown.codes) > 10
        if item is seen.before_item:
            change(county, texts, "试")
    assert seen.changed > 1
    names = seen.table()["单位"].to_pylist()
    assert names[0] == "云洲县" and len(names) == len(seen.after.codes)


def test_a_new_card_is_made_and_previewed_by_itself(county: Store) -> None:
    test = editing("")
    assert title(test) == "新建一个指标"
    texts = {"名称": "建档（新）", "代号": "own_filing"}
    for label, value in texts.items():
        field(test, "text_input", label).set_value(value)  # type: ignore[attr-defined]
    for label in ("定义", "为什么看", "来源"):
        field(test, "text_area", label).set_value("一句话")  # type: ignore[attr-defined]
    field(test, "multiselect", "分子").set_value(["migrants_filed"])  # type: ignore[attr-defined]
    field(test, "multiselect", "分母").set_value(["migrants_due"])  # type: ignore[attr-defined]
    sound(looked_through(test))
    assert "按这张新卡片算出" in text(test)
    (shown,) = tables(test)
    item = county.workspace.indicators[FILING]
    assert shown["改后"][0] == value_text(item, 82.638)
    field(test, "text_input", "为什么改").set_value("要用")  # type: ignore[attr-defined]
    sound(button(test, "保存").click().run())
    assert load_workspace(county.root).indicators["own_filing"].label == "建档（新）"
    assert changes(county.root)[0].edition == 0


# --- what is wrong stands beside it ---------------------------------------------------------------
def test_a_fault_stands_below_its_field_and_nothing_can_be_saved(county: Store) -> None:
    test = editing()
    field(test, "text_area", "定义").set_value("")  # type: ignore[attr-defined]
    looked_through(test)
    said = ["请填写", "有 1 处要改，写在各栏下面。"]
    assert [each.value for each in test.error] == said
    assert "保存" not in [each.label for each in test.button]
    field(test, "text_area", "定义").set_value("一句话")  # type: ignore[attr-defined]
    field(test, "multiselect", "分子").set_value(["procedures_done"])  # type: ignore[attr-defined]
    looked_through(test)
    assert "没有这样低的级别" in test.error[0].value
    assert not changes(county.root)


def test_what_somebody_else_saved_meanwhile_is_not_written_over(county: Store) -> None:
    test = editing()
    field(test, "number_input", "目标").set_value(88.0)  # type: ignore[attr-defined]
    sound(looked_through(test))
    other = Store(county.root)
    change(other, card_texts(other.workspace, "benefit_delivery", {"target": 99.0}), "先改")
    field(test, "text_input", "为什么改").set_value("后改")  # type: ignore[attr-defined]
    button(test, "保存").click().run()
    assert "被改过，没有写入" in test.warning[0].value
    sound(looked_through(test))
    field(test, "text_input", "为什么改").set_value("再改")  # type: ignore[attr-defined]
    sound(button(test, "保存").click().run())
    after = load_workspace(county.root).indicators
    assert (after[FILING].target, after["benefit_delivery"].target) == (88, 99)


def test_a_change_without_a_reason_is_not_saved(county: Store) -> None:
    test = editing()
    field(test, "number_input", "目标").set_value(88.0)  # type: ignore[attr-defined]
    looked_through(test)
    button(test, "保存").click().run()
    assert "没有写改动的原因" in test.error[0].value and not changes(county.root)


# --- who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "scope"), [("viewer", ""), ("filer", "990101215")])
def test_who_may_not_change_cards_is_offered_nothing(
    role: Role, scope: str, county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_as(monkeypatch, role, scope)
    for look in ("edit", "changes"):
        test = run("dictionary", look=look)
        assert "改指标" not in str(test) and "核对并预览" not in [b.label for b in test.button]


def test_a_projected_dictionary_is_not_edited(county: Store) -> None:
    assert "核对并预览" not in [b.label for b in run("dictionary", look="edit", present="1").button]


# --- the rest of the look -------------------------------------------------------------------------
def test_cards_that_are_named_stay_and_others_go(county: Store) -> None:
    assert "还用在首页指标" in text(editing())
    test = editing("sex_ratio_p3")
    key = next(each for each in test.text_input if each.key == "dictionary-remove-why-sex_ratio_p3")
    key.set_value("不用了")
    sound(button(test, "删去“").click().run())
    assert "sex_ratio_p3" not in load_workspace(county.root).indicators


def test_the_head_of_the_overview_is_chosen(county: Store) -> None:
    test = editing()
    field(test, "multiselect", "首页指标").set_value(["benefit_delivery", FILING])  # type: ignore[attr-defined]
    key = next(each for each in test.text_input if each.key == "dictionary-headline-why-")
    key.set_value("先看兑现")
    sound(button(test, "保存首页指标").click().run())
    assert load_workspace(county.root).scheme.headline == ("benefit_delivery", FILING)


def test_changes_are_listed_and_taken_back(county: Store) -> None:
    test = run("dictionary", look="changes")
    assert title(test) == "指标、名册和设置还没有在这里改过"
    for target in (88.0, 89.0):
        store = Store(county.root)
        change(store, card_texts(store.workspace, FILING, {"target": target}), f"定为{target:g}")
    test = sound(run("dictionary", look="changes"))
    assert title(test) == "指标、名册和设置改过 2 次"
    assert "+target = 89" in test.code[0].value
    (listed,) = tables(test)
    assert listed["口径变了的指标"].tolist() == ["流动人口建档率"] * 2
    test.text_input(key="dictionary-restore-why").set_value("还是 88")
    sound(test.button(key="dictionary-restore-2").click().run())
    assert load_workspace(county.root).indicators[FILING].target == 88
    assert title(test) == "指标、名册和设置改过 3 次"


# --- where there is nothing yet -------------------------------------------------------------------
def test_the_first_card_of_a_blank_workspace_is_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "new"
    write_workspace(root, "990101", "新县", blank=True, first_month=None)
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    look_as(monkeypatch, "analyst")
    test = sound(editing(""))
    assert title(test) == "新建一个指标"
    field(test, "text_input", "名称").set_value("报表完整率")  # type: ignore[attr-defined]
    for label in ("定义", "为什么看", "来源"):
        field(test, "text_area", label).set_value("一句话")  # type: ignore[attr-defined]
    field(test, "selectbox", "算法").set_value("completeness")  # type: ignore[attr-defined]
    field(test, "multiselect", "分子").set_value(["reports_received"])  # type: ignore[attr-defined]
    field(test, "multiselect", "分母").set_value(["reports_expected"])  # type: ignore[attr-defined]
    sound(looked_through(test))
    assert "还没有可以重算的数" in text(test)
    field(test, "text_input", "为什么改").set_value("第一个")  # type: ignore[attr-defined]
    sound(button(test, "保存").click().run())
    assert [*load_workspace(root).indicators] == ["own_1"]
    assert Store(root).newest() == 0
