"""Who may see what: analyst on this machine, viewer elsewhere, and nobody more than granted."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import (
    ACTS,
    ANYONE,
    JUDGE,
    MACHINE,
    READS,
    RIGHTS,
    ROLES,
    Act,
    Actor,
    Rights,
    Role,
    is_loopback,
    lowered,
)
from shortplank.catalogue import Workspace, load_workspace
from shortplank.catalogue.ways import Grant
from shortplank.drawing.theme import Style
from shortplank.errors import AskError, NotAllowed
from shortplank.frame import open_page
from shortplank.frame.open_page import Desk
from shortplank.reading.view import View
from shortplank.records.follow_ups import add_follow_up
from shortplank.store import Engine, engine
from tests.copies import demo_copy
from tests.pages.apps import charts, opened, run, tables, text
from tools.browser import REPOSITORY


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "10.0.0.1", "192.168.1.2", "localhost.example", "127.0.0.1.example"],
)
def test_nothing_else_is(host: str) -> None:
    assert not is_loopback(host)


# --- acts -----------------------------------------------------------------------------------------
# How whoever may not is refused, as pages and writers say it: by the least role that may.
REFUSED: dict[Act, str] = {
    "submit": "{}不能报送。请由填报员报送。",
    "tray": "{}不能收件。请由分析员收件。",
    "see_exact": "{}只能看分档数。请由分析员查看精确数。",
    "export_exact": "{}只能取分档数。请由分析员导出精确数。",
    "publish": "{}不能发布。请由分析员发布。",
    "restore": "{}不能恢复旧版。请由分析员恢复。",
    "vacuum": "{}不能清理旧文件。请由分析员清理。",
    "accept_header": "{}不能认可表头。请由分析员认可。",
    "freeze": "{}不能定版。请由分析员定版。",
    "follow_up": "{}不能登记跟进事项。请由分析员登记。",
    "order": "{}不能改放映顺序。请由分析员选择。",
    "rebase": "{}不能重算界限。请由分析员决定。",
    "mark": "{}不能标记核对。请由分析员标记。",
    "annotate": "{}不能标注。请由分析员标注。",
    "keep_papers": "{}不能留存材料记录。请由分析员留存。",
    "settle": "{}不能改指标、名册和设置。请由分析员修改。",
    "query": "{}不能自己写查询。请由分析员查询。",
    "see_audit": "{}不能看操作记录。请由管理员查看。",
    "manage_accounts": "{}不能管理账号。请由管理员管理。",
}
ADMINS = {"see_audit", "manage_accounts"}
MAY: dict[Role, set[str]] = {
    "viewer": {"look"},
    "filer": {"look", "submit"},
    "analyst": set(ACTS) - ADMINS,
    "admin": set(ACTS),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_acts_and_is_told_who_may_do_the_others(role: Role, act: Act) -> None:
    actor = Actor(role)
    assert actor.may(act) == (act in MAY[role])
    if act in MAY[role]:
        actor.must(act)
        return
    with pytest.raises(NotAllowed) as refused:
        actor.must(act)
    assert refused.value.sentence == REFUSED[act].format(RIGHTS[role].name)


def test_each_role_may_do_what_the_one_before_may() -> None:
    for less, more in itertools.pairwise(ROLES):
        assert MAY[less] < MAY[more]


def test_the_table_holds_every_role_and_the_workspace_may_name_some() -> None:
    assert tuple(RIGHTS) == ROLES
    assert set(get_args(Grant.model_fields["role"].annotation)) == set(ROLES)


def test_a_command_acts_as_the_machines_account_and_anyone_may_write_nothing() -> None:
    assert all(MACHINE.may(act) for act in ACTS) and MACHINE.account == "分析员"
    assert [act for act in ACTS if ANYONE.may(act)] == ["look"]
    assert JUDGE.reads == "analyst" and not JUDGE.account


def test_a_write_is_signed_with_the_account_and_without_one_nothing_is_written() -> None:
    for act in set(ACTS) - ADMINS:
        assert Actor("analyst", "tongji01").signs(act) == "tongji01"
        with pytest.raises(NotAllowed, match=r"^没有登录账号，什么都不能写入。请登录后再办。$"):
            Actor("analyst").signs(act)
    with pytest.raises(NotAllowed, match="浏览者不能定版"):
        Actor("viewer", "tongji01").signs("freeze")


def test_what_is_said_of_who_looks() -> None:
    said = {role: (Actor(role).label, Actor(role).exactness) for role in ROLES}
    assert said == {
        "viewer": ("浏览者（小数分档）", "分档数"),
        "filer": ("填报员（小数分档）", "分档数"),
        "analyst": ("分析员（精确数）", "精确数（内部使用）"),
        "admin": ("管理员（精确数）", "精确数（内部使用）"),
    }


def test_what_is_handed_on_is_banded_and_links_keep_who_was_lowered() -> None:
    assert {role: Actor(role).outward.reads for role in ROLES} == dict.fromkeys(ROLES, "viewer")
    assert Actor("admin", "li", "990101").outward == Actor("viewer", "li", "990101")
    assert {role: Actor(role).query for role in ROLES} == {
        "viewer": {"role": "viewer"},
        "filer": {},
        "analyst": {},
        "admin": {},
    }


# --- scopes ---------------------------------------------------------------------------------------
HOME, TOWN, OTHER_TOWN = "990101", "990101111", "990101103"
ABROAD, TOWN_ABROAD = "9902", "99020201"


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The demo county with another county in its register."""
    root = tmp_path_factory.mktemp("scopes") / "demo"
    return load_workspace(with_neighbour(demo_copy(root, without=("snapshots", "marts"))))


def with_neighbour(root: Path) -> Path:
    """Return a workspace once its register has another county, whose codes are of other lengths."""
    path = root / "areas.csv"
    head = path.read_text("utf-8").splitlines()[0].split(",")
    lines = [
        {"area_code": ABROAD, "name": "远岭县", "level": "county", "parent_code": "99"},
        {"area_code": TOWN_ABROAD, "name": "远岭镇", "level": "township", "parent_code": ABROAD},
    ]
    every = {"valid_from": "1990-01-01"}
    text = "".join(",".join((every | line).get(name, "") for name in head) + "\n" for line in lines)
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    return root


def village_of(ws: Workspace, town: str) -> str:
    return ws.areas_below[town][0].area_code


def test_a_filer_files_for_its_own_township_only(nation: Workspace) -> None:
    filer = Actor("filer", "t01", TOWN)
    assert filer.may("submit") and filer.may("submit", TOWN, nation)
    assert filer.may("submit", village_of(nation, TOWN), nation)
    for area in (OTHER_TOWN, HOME, village_of(nation, OTHER_TOWN), TOWN_ABROAD, "nowhere"):
        assert not filer.may("submit", area, nation)
    with pytest.raises(NotAllowed) as refused:
        filer.must("submit", OTHER_TOWN, nation)
    name = nation.area_by_code[TOWN].name
    assert refused.value.sentence == f"本账号只能报送{name}的数。请由该单位的填报员报送。"


@pytest.mark.parametrize("scope", ["", HOME, ABROAD, TOWN_ABROAD, "nowhere", "village"])
def test_a_filer_whose_scope_is_no_township_of_the_county_files_for_none(
    nation: Workspace, scope: str
) -> None:
    scope = village_of(nation, TOWN) if scope == "village" else scope
    filer = Actor("filer", "t01", scope)
    for area in (TOWN, HOME, scope, village_of(nation, TOWN), TOWN_ABROAD):
        assert not area or not filer.may("submit", area, nation)
    with pytest.raises(NotAllowed, match=r"^[^。]+。[^。]+。$"):
        filer.must("submit", TOWN, nation)


@pytest.mark.parametrize("role", ["analyst", "admin"])
@pytest.mark.parametrize("scope", ["", HOME])
def test_an_analyst_files_for_the_whole_home_county_and_no_other(
    nation: Workspace, role: Role, scope: str
) -> None:
    actor = Actor(role, "a01", scope)
    for area in (TOWN, OTHER_TOWN, HOME, village_of(nation, TOWN)):
        assert actor.may("submit", area, nation)
    for area in (TOWN_ABROAD, ABROAD, "nowhere"):
        assert not actor.may("submit", area, nation)
    elsewhere = Actor(role, "a01", ABROAD)
    assert not elsewhere.may("submit", TOWN, nation)
    assert not elsewhere.may("submit", TOWN_ABROAD, nation)


@pytest.mark.parametrize("role", ROLES)
def test_each_looks_at_the_county_of_its_scope_and_no_other(nation: Workspace, role: Role) -> None:
    for scope in ("", HOME, TOWN, village_of(nation, TOWN)):
        actor = Actor(role, "x", scope)
        assert actor.may("look") and actor.may("look", HOME, nation)
        assert actor.may("look", OTHER_TOWN, nation)
        assert not actor.may("look", ABROAD, nation) and not actor.may("look", "nowhere", nation)
    for scope in (ABROAD, TOWN_ABROAD):
        assert Actor(role, "x", scope).may("look", ABROAD, nation)
        assert not Actor(role, "x", scope).may("look", HOME, nation)
    assert not Actor(role, "x", "nowhere").may("look", HOME, nation)
    with pytest.raises(NotAllowed) as refused:
        Actor(role, "x", ABROAD).must("look", HOME, nation)
    assert refused.value.sentence == "本账号只能查看远岭县的数。请由管理员调整账号的范围。"


def test_without_a_register_no_area_is_within_a_scope() -> None:
    for role in ROLES:
        assert not Actor(role, "x", TOWN).may("submit", TOWN)
        assert not Actor(role, "x", HOME).may("look", HOME)


# --- scopes where data is opened ------------------------------------------------------------------
def look_at(area: str, actor: Actor, shared: Engine | None = None) -> View:
    shared, month = shared or engine(REPOSITORY / "data" / "demo"), date(2010, 5, 1)
    return View(shared, shared.newest(), actor, month, "ytd", "migrant_filing", area)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", ["", HOME, TOWN])
@pytest.mark.parametrize("named", ["county", "area", "village"])
def test_no_question_is_answered_of_another_county(role: Role, scope: str, named: str) -> None:
    own = look_at(HOME, Actor(role, "x", scope))
    question = {
        "county": ("townships_by_indicator", {"month": own.month}),
        "area": ("sources_by_area", {"month": own.month}),
        "village": ("profile_by_indicator", {"month": own.month}),
    }
    name, asked = question[named]
    areas = {"county": HOME, "area": OTHER_TOWN, "village": village_of(own.ws, OTHER_TOWN)}
    own.ask(name, **asked, **{named: areas[named]})
    for code in (ABROAD, "990102", "99"):
        with pytest.raises(NotAllowed, match=r"^本账号只能查看.*的数"):
            own.ask(name, **asked, **{named: code})


@pytest.mark.parametrize("role", ROLES)
def test_who_has_another_county_gets_no_view_and_no_difference(role: Role) -> None:
    stranger = Actor(role, "x", ABROAD)
    with pytest.raises(NotAllowed, match=r"^登记册里没有本账号的范围"):
        look_at(HOME, stranger)
    with pytest.raises(NotAllowed):
        look_at(HOME, Actor(role, "x")).with_(area=ABROAD)
    desk = Desk("imports", Style(), engine(REPOSITORY / "data" / "demo"), stranger)
    with pytest.raises(NotAllowed):
        desk.diff(1, 2)


@pytest.mark.parametrize("present", ["", "1"])
@pytest.mark.parametrize("page", open_page.PAGES)
def test_every_page_stops_in_one_sentence_for_another_countys_account(
    page: str, present: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Actor("admin", "x", ABROAD)
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: stranger)
    test = run(page, present=present)
    said = [error.value for error in test.error]
    assert said == ["登记册里没有本账号的范围。请由管理员调整账号的范围。"]
    assert not test.exception and not charts(test) and not tables(test)
    assert not [each for each in test.main.get("html") if "finding" in str(each.value)]


@pytest.mark.slow
@pytest.mark.parametrize("area", [ABROAD, TOWN_ABROAD])
def test_a_link_to_another_countys_area_shows_nothing_of_it(
    area: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its areas stand in the register, and nobody reads them, whatever a link or a form names."""
    root = with_neighbour(demo_copy(tmp_path / "demo", without=("journal",)))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    for page, look in (("trends", "towns"), ("short_plank", "village"), ("overview", "")):
        test = run(page, area=area, look=look, month="2010-05")
        assert not test.exception and not test.error
        assert "远岭" not in text(test)
    shared = engine(root)
    own = look_at(HOME, Actor("admin", "x"), shared)
    for work in (
        lambda: own.with_(area=area),
        lambda: own.ask("townships_by_indicator", county=area, month=own.month),
        lambda: add_follow_up(
            own,
            item="补建档案",
            area=area,
            indicator="migrant_filing",
            owner="县人口办",
            deadline=own.month,
        ),
    ):
        with pytest.raises(NotAllowed, match=r"^本账号只能查看云洲县的数"):
            work()
    assert not (root / "journal").exists()


@pytest.mark.parametrize(
    ("page", "query"),
    [("rankings", {"look": "ranks"}), ("overview", {}), ("short_plank", {}), ("points", {})],
)
def test_a_filer_sees_what_a_viewer_sees(
    page: str, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for actor in (Actor("viewer", "x"), Actor("filer", "x", TOWN)):
        monkeypatch.setattr(open_page, "current_actor", lambda _shared, own=actor: own)
        test = opened(page, month="2009-09", **query)
        # The list of pages alone differs: it holds the desk of those who file.
        said = re.sub(r"(&(amp;)?|\?)role=viewer|<a [^>]*>乡镇上报</a>\n?", "", text(test))
        seen = re.sub("填报员|浏览者", "谁", said)
        told.append((seen, charts(test), [each.to_csv() for each in tables(test)]))
    assert told[0] == told[1]


# --- what is seen ---------------------------------------------------------------------------------
def test_births_are_banded_and_chosen_villages_withheld_for_viewers_only() -> None:
    ws = load_workspace(REPOSITORY / "data" / "demo")
    analyst, viewer = Actor("analyst"), Actor("viewer")
    banded = {key for key in ws.indicators if viewer.banded(ws, key)}
    assert banded == {key for key in ws.indicators if ws.sensitive(key)} > set()
    stops = {key for key in ws.indicators if viewer.stops_at_county(ws, key)}
    assert stops == {key for key in ws.indicators if ws.viewer_level(key) == "county"} > set()
    for key in ws.indicators:
        assert not analyst.banded(ws, key) and not analyst.stops_at_county(ws, key)


def test_four_roles_read_two_kinds_of_tables() -> None:
    assert {role: Actor(role).reads for role in ROLES} == {
        "viewer": "viewer",
        "filer": "viewer",
        "analyst": "analyst",
        "admin": "analyst",
    }
    assert set(READS) == {"viewer", "analyst"}


# --- another role ---------------------------------------------------------------------------------
@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Role:
    """A role that may only read the points, as a line of the table."""
    role: Role = "reader"  # type: ignore[assignment]
    monkeypatch.setitem(
        RIGHTS, role, Rights("积分读者", frozenset({"look"}), frozenset({"points"}))
    )
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role))
    return role


@pytest.mark.parametrize("present", ["", "1"])
def test_a_role_may_be_held_to_one_page(reader: Role, present: str) -> None:
    test = opened("points", present=present)
    listed = [str(each.value) for each in test.sidebar.get("html") if "href=" in str(each.value)]
    assert [page for page in listed if "./gate/" not in page] == [
        page for page in listed if "月积分" in page
    ]
    assert "积分读者（小数分档）" in text(test)


@pytest.mark.parametrize("present", ["", "1"])
@pytest.mark.parametrize("page", [each for each in open_page.PAGES if each != "points"])
def test_every_other_page_is_then_refused_in_one_sentence(
    reader: Role, page: str, present: str
) -> None:
    test = AppTest.from_file(str(REPOSITORY / "pages" / f"{page}.py"), default_timeout=120)
    test.query_params["present"] = present
    test.run()
    label = open_page.PAGES[page]
    said = [error.value for error in test.error]
    assert said == [f"“{label}”不对当前身份开放。请从左侧选其他页。"] and not test.exception
    assert not [each for each in test.main.get("html") if "finding" in str(each.value)]


def test_its_tables_are_a_viewers(reader: Role) -> None:
    shared, asked = engine(), {"month": "2009-09"}
    theirs = look_at(HOME, Actor(reader)).ask("villages_by_month", **asked)
    assert theirs.equals(shared.ask("villages_by_month", None, "viewer", **asked))
    assert not theirs.equals(shared.ask("villages_by_month", None, "analyst", **asked))
    with pytest.raises(AskError, match="没有角色 filer。角色是 viewer 或 analyst"):
        shared.ask("villages_by_month", None, "filer", **asked)  # type: ignore[arg-type]


def test_who_is_held_to_a_page_opens_no_other_by_asking_to_look_as_a_viewer(reader: Role) -> None:
    assert lowered(Actor(reader), "viewer") == Actor(reader)


# --- one place ------------------------------------------------------------------------------------
ALLOWED = 4


def test_no_other_module_compares_a_roles_name() -> None:
    places = [*(REPOSITORY / "shortplank").rglob("*.py"), *(REPOSITORY / "pages").glob("*.py")]
    found = {path: list(comparisons(path)) for path in places}
    by_name = {path.name: lines for path, lines in found.items() if lines}
    assert set(by_name) <= {"access.py"} and len(by_name["access.py"]) <= ALLOWED, by_name


def comparisons(path: Path) -> Iterator[int]:
    """Yield the lines that tell roles apart: comparisons, cases and look-ups by a role's name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        elif isinstance(node, ast.Dict) and path.name != "access.py":
            parts = [*node.keys]
        if any(_names_a_role(part) for part in parts if part is not None):
            assert isinstance(node, ast.Compare | ast.MatchValue | ast.Dict)
            yield node.lineno


def _names_a_role(part: ast.expr) -> bool:
    """Return whether an expression holds a role's name, or the list of roles."""
    for node in ast.walk(part):
        if isinstance(node, ast.Constant) and node.value in ROLES:
            return True
        if isinstance(node, ast.Name) and node.id in ("ROLES", "RIGHTS"):
            return True
    return False
