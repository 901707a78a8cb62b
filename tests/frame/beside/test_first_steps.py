"""The first steps: each page without figures says what is there, what lacks, and who does it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import ROLES, Actor, Role
from shortplank.cli.new_workspace import write_workspace
from shortplank.frame import open_page
from shortplank.frame.beside.first_steps import PEERS, REGISTER, REPORT, Step, steps
from shortplank.frame.beside.new_workspace import BLANK, FOLD, STANDARD, WHY
from shortplank.frame.pages import DESKS, PAGES, REGISTRY
from shortplank.ingest import Upload
from shortplank.records import tray
from shortplank.records.settings_changes import changes
from shortplank.store import Store
from tests.copies import demo_copy
from tests.ingest.yunzhou import EXCERPTS
from tests.pages.apps import run, sound, tables, text, title
from tests.pages.test_tray import towns
from tests.store import workspaces as w
from tests.taking import offers

VIEWS = [page for page in PAGES if page not in DESKS]
COMMAND = re.compile(r"shortplank [a-z]|make [a-z]|pip |\$ ")
TOWN = "竹麓乡"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo county's register and forms, without editions."""
    folder = tmp_path_factory.mktemp("first") / "county"
    return demo_copy(folder, without=("snapshots", "marts", "journal"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What every button of a run would give, by its key."""
    return offers(monkeypatch)


def look(
    monkeypatch: pytest.MonkeyPatch, folder: Path, page: str, role: Role, **query: str
) -> AppTest:
    """Return a page as a role sees it; who files, files for one township."""
    scope = towns(Store(folder)).get(TOWN, "") if role == "filer" else ""
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, "tongji01", scope))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    return sound(run(page, **query))


def links(test: AppTest) -> set[str]:
    """Return where the page itself leads, apart from the list of pages and a hall's stops."""
    body = "\n".join(str(each.value) for each in test.main.get("html"))
    body = re.sub(r'<nav id="turns".*?</nav>', "", body, flags=re.DOTALL)
    return set(re.findall(r'href="\./(?!take/)([^"?]*)', body))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", VIEWS)
def test_every_page_of_data_leads_on_and_names_no_command(
    page: str, role: Role, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = look(monkeypatch, county, page, role)
    said = text(test)
    assert title(test) == "云洲县还没有数据，办好下面几步，各页就会显示"
    assert f"“{PAGES[page]}”将显示：{REGISTRY[page].shows_zh}。" in said
    assert all(REGISTRY[each].shows_zh in said for each in VIEWS)
    assert "4 步里已完成 3 步，下一步：第一份月报" in said
    assert not COMMAND.search(said)
    ways = {"viewer": set(), "filer": {"filing", "dictionary"}}
    assert links(test) == ways.get(role, {"imports", "dictionary"})
    assert ("由分析员在“数据上报”里导入并发布" in said) == (role == "viewer")
    assert any("账号与退出" in str(each.value) for each in test.sidebar.get("html"))


@pytest.mark.parametrize(
    ("role", "forms"),
    [("viewer", 0), ("filer", 3), ("analyst", 8), ("admin", 8)],
)
def test_the_templates_are_read_back_as_forms(
    role: Role,
    forms: int,
    county: Path,
    asked: dict[str, Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look(monkeypatch, county, "rankings", role)
    books = {key: give() for key, give in asked.items() if "-form-" in key}
    assert len(books) == forms
    for data in books.values():
        assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames[-1] == "填表说明"


def test_a_hall_sees_no_more_than_that_there_is_nothing(
    county: Path,
    asked: dict[str, Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    test = look(monkeypatch, county, "rankings", "analyst", present="1")
    assert "还没有数据" in title(test)
    assert not links(test) and not asked and not test.expander


def state(made: list[Step]) -> dict[str, str]:
    return {step.key: step.state for step in made}


def own(folder: Path) -> list[Step]:
    store = Store(folder).acting_for(Actor("analyst", "tongji01"))
    return steps(store.workspace, store)


def test_a_workspace_that_was_just_begun_lacks_townships_and_peers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_workspace(tmp_path / "new", "330105", "新安县")
    assert state(own(tmp_path / "new")) == {
        REGISTER: "待办", "forms": "已完成", PEERS: "可不办", REPORT: "待办"
    }  # fmt: skip
    test = look(monkeypatch, tmp_path / "new", "overview", "admin")
    assert "登记册里只有新安县，还没有乡镇和村。" in text(test)
    assert [each.label for each in test.expander] == [FOLD], "there is no register to check"


@pytest.mark.parametrize(("catalogue", "forms"), [(BLANK, 0), (STANDARD, 8)])
def test_a_new_workspace_is_named_and_given_what_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: str, forms: int
) -> None:
    folder = tmp_path / "new"
    write_workspace(folder, "330105", "本县", blank=catalogue == STANDARD)
    test = look(monkeypatch, folder, "overview", "analyst")
    test.text_input[0].set_value("新安县")
    test.radio[0].set_value(catalogue)
    next(each for each in test.selectbox if each.label == "统计年度从几月起").set_value(4)
    sound(next(each for each in test.button if each.label == "新建").click().run())
    ws = Store(folder).workspace
    assert (ws.settings.name, ws.home.name, len(ws.forms)) == ("新安县", "新安县", forms)
    assert ws.settings.statistical_year_first_month == 4
    assert bool(ws.indicators) == bool(forms)
    assert [each.why for each in changes(folder)] == [WHY]


@pytest.mark.parametrize("role", ["viewer", "filer"])
def test_who_may_not_settle_is_offered_no_new_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    write_workspace(tmp_path / "new", "330105", "本县", blank=True)
    monkeypatch.setattr(
        open_page, "current_actor", lambda _shared: Actor(role, "tongji01", "330105")
    )
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(tmp_path / "new"))
    assert not sound(run("overview")).expander


def test_the_register_is_counted_and_can_be_checked(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = own(county)[0]
    table = tables(look(monkeypatch, county, "overview", "analyst"))[0]
    assert register.there == f"登记了 {len(table)} 个乡镇、{table['村数'].sum()} 个村。"
    assert TOWN in list(table["乡镇"])


def test_what_townships_handed_in_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = demo_copy(tmp_path / "county", without=("snapshots", "marts", "journal"))
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-03")
    store, path = Store(folder), EXCERPTS / "good" / f"2010-06_{TOWN}_月报.csv"
    code = towns(store)[TOWN]
    clerk = store.acting_for(Actor("filer", "zhulu", code))
    tray.hand_in(clerk, Upload(path.name, path.read_bytes()), area=code, way="file")
    said = text(look(monkeypatch, folder, "overview", "analyst"))
    assert "收件里有 1 份等着收下。" in said
    assert "本乡镇已报送 1 份，等县里收下。" in text(look(monkeypatch, folder, "overview", "filer"))
    assert "等着收下" not in text(look(monkeypatch, folder, "overview", "viewer"))


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_an_edition_of_the_peers_alone_says_what_it_lacks(
    role: Role, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = w.make(tmp_path / "ws")
    bulletin = [
        {"area_code": w.PEER, "stat_month": w.MAY, "indicator": "overall", "value": 90.0,
         "published_rank": 1}
    ]  # fmt: skip
    store = Store(folder)
    w.publish(store, peer_month=bulletin)
    test = look(monkeypatch, folder, "trends", role)
    assert title(test) == "第 1 版里没有小溪县的月报"
    assert not COMMAND.search(text(test))
    assert ("拖入报表" in text(test)) == (role == "analyst")
    w.publish(store, village_month=[w.village(c, w.MAY) for c in w.VILLAGES])
    older = look(monkeypatch, folder, "trends", role, edition="1")
    assert "看最新的第 2 版" in text(older)
    assert "还没有" not in title(look(monkeypatch, folder, "trends", role))


def test_who_may_not_open_a_page_is_told_that_first(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _: Actor("admin", "x", "990202"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(county))
    test = run("overview")
    assert test.error and "请由管理员调整账号的范围" in test.error[0].value
    assert "还没有数据" not in text(test)


def test_steps_change_as_they_are_done(tmp_path: Path) -> None:
    folder = w.make(tmp_path / "ws")
    whole = {REGISTER: "已完成", "forms": "已完成", PEERS: "已完成", REPORT: "待办"}
    assert state(own(folder)) == whole
    (folder / "peers.csv").unlink()
    lines = (folder / "areas.csv").read_text("utf-8").splitlines()
    (folder / "areas.csv").write_text("\n".join([*lines[:2], ""]), "utf-8")
    assert state(own(folder)) == whole | {REGISTER: "待办", PEERS: "可不办"}
