"""Notes at a page's end: shown where they were pinned, written by whoever may, hidden in a hall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import ROLES, Actor, Role
from shortplank.frame import open_page
from shortplank.frame.beside.notes import MOST, PIN, TAKE
from shortplank.frame.pages import DESKS, PAGES, REGISTRY
from shortplank.reading.view import View
from shortplank.records.pinned import JOURNAL, Place, change_note, notes, pin_note
from shortplank.store import Engine, engine, journal
from tests.copies import demo_copy
from tests.pages.apps import button, run, sound, text

VIEWS = [page for page in PAGES if page not in DESKS]
MAY, APRIL = date(2010, 5, 1), date(2010, 4, 1)
HOME, TOWN, OTHER, VILLAGE = "990101", "990101111", "990101108", "990101214205"
FILING, BANDED = "migrant_filing", "policy_compliance"
WHEN = datetime(2010, 6, 9, 8, tzinfo=UTC)
SAID = "集中外出返乡"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_copy(tmp_path_factory.mktemp("notes") / "demo", without=("journal",))


@pytest.fixture
def folder(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The demo county without a note; each test's own are taken out again."""
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(whole))
    yield whole
    (whole / "journal" / f"{JOURNAL}.jsonl").unlink(missing_ok=True)


def look(
    monkeypatch: pytest.MonkeyPatch, page: str, role: Role = "analyst", **query: str
) -> AppTest:
    scope = TOWN if role == "filer" else ""
    monkeypatch.setattr(open_page, "current_actor", lambda _: Actor(role, "tongji01", scope))
    return sound(run(page, **{"note": "1", **query}))


def pinned(
    folder: Path,
    page: str,
    text: str = SAID,
    *,
    indicator: str = FILING,
    area: str = HOME,
    month: date = MAY,
) -> None:
    shared = engine(folder)
    pin_note(view(shared), Place(page, indicator, area, month, "ytd"), text, at=WHEN)


def view(shared: Engine) -> View:
    actor = Actor("analyst", "jihua02")
    return View(shared, shared.newest(), actor, MAY, "ytd", FILING, HOME)


def own(page: str) -> str:
    """Return the indicator of a page's notes, "" where it looks at all."""
    looks = REGISTRY[page].looks
    return FILING if looks.indicators is not None and looks.offered else ""


def query(page: str) -> dict[str, str]:
    return {"month": "2010-05"} | ({"indicator": FILING} if own(page) else {})


@pytest.mark.parametrize("page", VIEWS)
@pytest.mark.parametrize("role", ROLES)
def test_a_note_shows_on_its_page_to_whoever_looks_and_analysts_may_write(
    page: str, role: Role, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(folder, page, indicator=own(page))
    test = look(monkeypatch, page, role, **query(page))
    assert f"{SAID}（jihua02，2010年6月9日）" in text(test)
    may = role in ("analyst", "admin")
    assert [each.label for each in test.button].count(PIN) == may
    assert ("标注" in [each.label for each in test.expander]) == may
    assert SAID not in text(
        look(monkeypatch, page, role, **query(page) | {"month": "2010-03"})
    ) or (page == "trends")


@pytest.mark.parametrize("role", ROLES)
def test_the_fold_is_opened_by_a_link(
    role: Role, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the notes alone stand there, and no form."""
    pinned(folder, "points", indicator="")
    look(monkeypatch, "points", role)
    test = sound(run("points", month="2010-05"))
    assert SAID in text(test) and PIN not in [each.label for each in test.button]
    assert ('note=1" target="_self">标注</a>' in text(test)) == (role in ("analyst", "admin"))


@pytest.mark.parametrize("page", VIEWS)
def test_without_a_note_a_viewers_page_says_nothing_of_them(
    page: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = look(monkeypatch, page, "viewer", **query(page))
    assert 'class="pinned"' not in text(test)
    assert "标注" not in [each.label for each in test.expander]


@pytest.mark.parametrize("page", VIEWS)
def test_a_hall_has_none(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(folder, page, indicator=own(page))
    test = look(monkeypatch, page, present="1", **query(page))
    assert SAID not in text(test) and PIN not in [each.label for each in test.button]


def test_it_is_pinned_to_what_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = look(monkeypatch, "rankings", indicator=FILING, window="month", month="2010-05")
    field = next(each for each in test.text_input if each.label.startswith("钉在"))
    assert field.label == "钉在云洲县 · 流动人口建档率（当月） · 2010年5月（不超过 200 字）"
    field.set_value(SAID)
    test = sound(button(test, PIN).click().run())
    (note,) = notes(view(engine(folder)))
    assert note.place == Place("rankings", FILING, HOME, MAY, "month")
    assert (note.text, note.who) == (SAID, "tongji01")
    assert SAID in text(test)
    field = next(each for each in test.text_input if each.label.startswith("钉在"))
    assert field.value == "", "the field is empty again"


def test_the_selected_area_has_notes_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(folder, "rankings", "全县的")
    pinned(folder, "rankings", "乡镇的", area=TOWN)
    pinned(folder, "rankings", "别处的", area=OTHER)
    plain = text(look(monkeypatch, "rankings", indicator=FILING, month="2010-05"))
    assert "全县的" in plain and "乡镇的" not in plain
    for area in (TOWN, VILLAGE):
        name = engine(folder).ws.area_by_code[TOWN].name
        test = look(monkeypatch, "rankings", indicator=FILING, month="2010-05", area=area)
        said = text(test)
        assert "全县的" in said and "别处的" not in said
        assert (f"{name}：乡镇的" in said) == (area == TOWN)
        field = next(each for each in test.text_input if each.label.startswith("钉在"))
        town = engine(folder).ws.area_by_code[VILLAGE].parent_code
        shown = TOWN if area == TOWN else town
        assert engine(folder).ws.area_by_code[shown].name in field.label


def test_the_trend_shows_every_months_notes_of_indicator_and_area(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(folder, "trends", "五月的")
    pinned(folder, "rankings", "四月的排名", month=APRIL)
    pinned(folder, "trends", "乡镇的", area=TOWN)
    pinned(folder, "trends", "别的指标", indicator="benefit_delivery")
    said = text(look(monkeypatch, "trends", "viewer", indicator=FILING, month="2010-03"))
    assert "2010年5月　五月的" in said and "2010年4月，乡镇排名　四月的排名" in said
    assert "乡镇的" not in said and "别的指标" not in said
    town = text(look(monkeypatch, "trends", "viewer", indicator=FILING, area=TOWN))
    assert "乡镇的" in town and "五月的" not in town


def test_more_than_a_few_stand_in_the_fold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MOST + 2):
        pinned(folder, "points", f"第{number}条", indicator="")
    test = look(monkeypatch, "points", "viewer", month="2010-05")
    (fold,) = [each for each in test.expander if each.label == "标注"]
    assert sum("条" in str(each.value) for each in fold.get("html")) == 1
    assert all(f"第{number}条" in text(test) for number in range(MOST + 2))


def test_one_is_changed_and_taken_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(folder, "rankings")
    test = look(monkeypatch, "rankings", **query("rankings"))
    which = next(each for each in test.selectbox if each.label == "改哪一条")
    test = sound(which.set_value(notes(view(engine(folder)))[0].key).run())
    field = next(each for each in test.text_input if each.label.startswith("改为"))
    assert field.value == SAID
    field.set_value("已核，属实")
    test = sound(button(test, "保存").click().run())
    assert "已核，属实（tongji01" in text(test) and SAID not in text(test)
    which = next(each for each in test.selectbox if each.label == "改哪一条")
    test = sound(which.set_value(notes(view(engine(folder)))[0].key).run())
    test = sound(button(test, TAKE).click().run())
    assert "已核" not in text(test) and not notes(view(engine(folder)))
    assert len(journal.read(folder, JOURNAL)) == 3


@pytest.mark.parametrize("theirs", ["乙改", ""])
def test_what_somebody_else_changes_meanwhile_takes_nothing_away(
    theirs: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(folder, "rankings")
    old = notes(view(engine(folder)))[0].key
    test = look(monkeypatch, "rankings", **query("rankings"))
    which = next(each for each in test.selectbox if each.label == "改哪一条")
    test = sound(which.set_value(old).run())
    change_note(view(engine(folder)), old, theirs)
    test = button(test, TAKE).click().run()
    assert "刚被别人改过" in test.error[0].value
    next(each for each in test.text_input if each.label.startswith("改为")).set_value("甲改")
    test = sound(button(test, "保存").click().run())
    assert [note.text for note in notes(view(engine(folder)))] == [*filter(None, [theirs]), "甲改"]
    assert "甲改" in text(test)


@pytest.mark.parametrize(
    ("typed", "said"), [("", "没有写标注"), ("电话 13800138000", "像是手机号码")]
)
def test_what_is_refused_is_one_sentence(
    typed: str, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = look(monkeypatch, "rankings", **query("rankings"))
    next(each for each in test.text_input if each.label.startswith("钉在")).set_value(typed)
    test = button(test, PIN).click().run()
    assert not test.exception and said in test.error[0].value
    assert not journal.read(folder, JOURNAL)


@pytest.mark.parametrize("role", ROLES)
def test_a_banded_village_shows_its_note_to_exact_eyes_alone(
    role: Role, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned(folder, "short_plank", "只有两例", indicator=BANDED, area=VILLAGE)
    pinned(folder, "short_plank", "已去看过", indicator=FILING, area=VILLAGE)
    asked = {"look": "village", "area": VILLAGE, "month": "2010-05"}
    exact = Actor(role).may("see_exact")
    banded = text(look(monkeypatch, "short_plank", role, indicator=BANDED, **asked))
    assert ("只有两例" in banded) == exact
    assert "已去看过" in text(look(monkeypatch, "short_plank", role, indicator=FILING, **asked))
    if exact:
        test = look(monkeypatch, "short_plank", role, indicator=BANDED, **asked)
        assert "只有能看精确数的人看得到" in text(test)


def test_a_broken_journal_is_one_sentence_and_the_page_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "journal" / f"{JOURNAL}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.mkdir()
    monkeypatch.setattr(open_page, "current_actor", lambda _: Actor("analyst", "tongji01"))
    try:
        test = run("rankings")
        assert not test.exception and JOURNAL in test.error[0].value
        assert 'class="finding"' in text(test) and len(test.error) == 1
    finally:
        path.rmdir()
