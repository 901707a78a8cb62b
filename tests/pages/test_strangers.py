"""数据上报: a unit that the register does not have is registered by one press, by who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.errors import NotAllowed
from shortplank.ingest import check_batch
from shortplank.records.settings_changes import change, changes
from shortplank.store import Store
from shortplank.topics.intake.page.strangers import choices_of, texts_for
from tests.ingest.gazetteer.county import Row, accepted, blank, months
from tests.pages.apps import SIGNS, run, text, title

STAY: list[Row] = [("东镇", "一村", "010101", 900), ("东镇", "二村", "010102", 700),
                   ("西乡", "三村", "010201", 800)]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    store = accepted(blank(tmp_path / "w"), months({"2010-05": STAY}))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(store.root))
    return store.root


def dropped(row: Row) -> AppTest:
    """Return the page after a month in which a row stands for 二村."""
    (june,) = months({"2010-06": [STAY[0], row, STAY[2]]})
    test = run("imports")
    test.file_uploader[0].set_value([(june.name, june.data, "text/csv")])
    test.run()
    assert not test.exception, [error.value for error in test.exception]
    return test


def register(test: AppTest, choice: tuple[str, str], says: str) -> None:
    box = next(box for box in test.selectbox if box.label == "是")
    assert any(option.startswith(says) for option in box.options)
    box.select(choice)  # type: ignore[arg-type]
    test.run()
    next(button for button in test.button if button.label == "登记").click()
    test.run()
    assert not test.exception, [error.value for error in test.exception]


@pytest.mark.parametrize(
    "row",
    [
        ("东镇", "二村", "010177", 700),  # another code
        ("东镇", "二村社区", "010102", 700),  # another name
        ("东镇", "二村委会", "", 700),  # another name, no code
        ("东大镇", "二村", "", 700),  # another name of the township
    ],
)
def test_one_press_makes_it_an_alias(folder: Path, row: Row) -> None:
    test = dropped(row)
    assert "改正后才能发布" in title(test) and "登记册没有的单位" in text(test)
    assert (row[1] in text(test) or row[0] in text(test)) and row[2] in text(test)
    next(button for button in test.button if button.label == "登记").click()
    test.run()
    assert "可以发布" in title(test)
    aliases = {(a.area_code, a.alias) for a in load_workspace(folder).aliases}
    assert aliases & {("010102", row[1]), ("010102", row[2]), ("01010", row[0])}
    last = changes(folder)[-1]
    assert last.who == SIGNS and "2010-06 的报表写作" in last.why


def test_one_press_makes_it_an_heir(folder: Path) -> None:
    test = dropped(("东镇", "二村", "010177", 700))
    register(test, ("heir", "010102"), "接续二村（010102）")
    assert "可以发布" in title(test)
    ws = load_workspace(folder)
    assert [(s.old_code, s.new_code) for s in ws.successors] == [("010102", "010177")]
    assert str(ws.area_by_code["010102"].valid_to) == "2010-05-31"


def test_one_press_makes_it_a_new_area(folder: Path) -> None:
    test = dropped(("东镇", "开发村", "010188", 40))
    register(test, ("new", "01010"), "新单位，归东镇")
    assert "可以发布" in title(test)
    assert load_workspace(folder).area_by_code["010188"].name == "开发村"


@pytest.mark.parametrize("actor", [Actor("viewer", "某人"), Actor("filer", "东镇", "01010")])
def test_who_may_not_changes_nothing(folder: Path, actor: Actor) -> None:
    store = Store(folder, load_workspace(folder), actor)
    (june,) = months({"2010-06": [STAY[0], ("东镇", "二村", "010177", 700), STAY[2]]})
    (stranger,) = check_batch(store, [june]).strangers
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    for choice in list(choices_of(store.workspace, stranger))[:3]:
        with pytest.raises(NotAllowed):
            change(store, texts_for(store.workspace, stranger, choice), "试")
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
