"""Who may see what: analyst on this machine, viewer elsewhere, and nobody more than granted."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import (
    ACTS,
    ANYONE,
    MACHINE,
    RIGHTS,
    ROLES,
    Act,
    Actor,
    Rights,
    Role,
    is_loopback,
    role_for,
)
from shortplank.catalogue import load_workspace
from shortplank.catalogue.models import Access
from shortplank.errors import AskError, NotAllowed
from shortplank.frame import open_page
from shortplank.store import engine
from tests.pages.apps import opened
from tools.browser import REPOSITORY

HERE, ELSEWHERE = "127.0.0.1", "0.0.0.0"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "10.0.0.1", "192.168.1.2", "localhost.example", "127.0.0.1.example"],
)
def test_nothing_else_is(host: str) -> None:
    assert not is_loopback(host)


def test_the_default_is_analyst_on_loopback_and_viewer_elsewhere() -> None:
    assert role_for(Access(), bound_to=HERE, asked=None) == "analyst"
    assert role_for(Access(), bound_to=ELSEWHERE, asked=None) == "viewer"
    assert role_for(Access(), bound_to="", asked=None) == "viewer"


@pytest.mark.parametrize("bound_to", [HERE, ELSEWHERE])
def test_the_workspace_may_set_the_default(bound_to: str) -> None:
    for role in ROLES:
        access = Access(default=role)
        assert role_for(access, bound_to=bound_to, asked=None) == role


def test_nobody_gets_more_than_is_granted_by_asking() -> None:
    accesses = [Access(), Access(default="viewer"), Access(default="analyst")]
    for access, host in itertools.product(accesses, [HERE, ELSEWHERE]):
        granted = role_for(access, bound_to=host, asked=None)
        for asked in ("analyst", "admin", "", None):
            assert role_for(access, bound_to=host, asked=asked) == granted
        assert role_for(access, bound_to=host, asked="viewer") == "viewer"


# --- acts -----------------------------------------------------------------------------------------
# What each role is refused, as pages and writers say it; an analyst may do everything.
REFUSED: dict[Act, str] = {
    "see_exact": "浏览者只能看分档数。请由分析员查看精确数。",
    "export_exact": "浏览者只能取分档数。请由分析员导出精确数。",
    "publish": "浏览者不能发布。请由分析员发布。",
    "restore": "浏览者不能恢复旧版。请由分析员恢复。",
    "vacuum": "浏览者不能清理旧文件。请由分析员清理。",
    "accept_header": "浏览者不能认可表头。请由分析员认可。",
    "freeze": "浏览者不能定版。请由分析员定版。",
    "follow_up": "浏览者不能登记跟进事项。请由分析员登记。",
    "order": "浏览者不能改放映顺序。请由分析员选择。",
    "rebase": "浏览者不能重算界限。请由分析员决定。",
    "mark": "浏览者不能标记核对。请由分析员标记。",
}


@pytest.mark.parametrize("act", ACTS)
def test_an_analyst_may_do_everything_and_a_viewer_is_told_who_may(act: Act) -> None:
    analyst, viewer = Actor("analyst"), Actor("viewer")
    assert analyst.may(act) and not viewer.may(act)
    analyst.must(act)
    with pytest.raises(NotAllowed) as refused:
        viewer.must(act)
    assert refused.value.sentence == REFUSED[act]


def test_the_table_holds_every_role_and_the_workspace_may_name_each() -> None:
    assert tuple(RIGHTS) == ROLES
    (named, nothing) = get_args(Access.model_fields["default"].annotation)
    assert get_args(named) == ROLES and nothing is type(None)


def test_a_command_acts_as_the_machines_account_and_anyone_may_write_nothing() -> None:
    assert all(MACHINE.may(act) for act in ACTS)
    assert not any(ANYONE.may(act) for act in ACTS)


def test_what_is_said_of_who_looks() -> None:
    said = {role: (Actor(role).label, Actor(role).exactness) for role in ROLES}
    assert said == {
        "analyst": ("分析员（精确数）", "精确数（内部使用）"),
        "viewer": ("浏览者（小数分档）", "分档数"),
    }


def test_what_is_handed_on_is_seen_as_a_viewer_and_links_keep_who_was_lowered() -> None:
    assert {role: Actor(role).outward.role for role in ROLES} == dict.fromkeys(ROLES, "viewer")
    assert {role: Actor(role).query for role in ROLES} == {
        "analyst": {},
        "viewer": {"role": "viewer"},
    }


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


# --- another role ---------------------------------------------------------------------------------
@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Role:
    """A role that may only read the points, as a line of the table."""
    role: Role = "reader"  # type: ignore[assignment]
    monkeypatch.setitem(RIGHTS, role, Rights("积分读者", frozenset(), frozenset({"points"})))
    monkeypatch.setattr(open_page, "current_role", lambda _shared: role)
    return role


@pytest.mark.parametrize("present", ["", "1"])
def test_a_role_may_be_held_to_one_page(reader: Role, present: str) -> None:
    test = opened("points", present=present)
    listed = [each for each in test.sidebar.get("html") if 'target="_self"' in str(each.value)]
    assert ["月积分" in str(each.value) for each in listed] == [True]
    assert [each.value for each in test.caption if "积分读者（小数分档）" in each.value]


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
    theirs = shared.ask("villages_by_month", None, reader, **asked)
    assert theirs.equals(shared.ask("villages_by_month", None, "viewer", **asked))
    assert not theirs.equals(shared.ask("villages_by_month", None, "analyst", **asked))
    with pytest.raises(AskError, match="没有角色 leader"):
        shared.ask("villages_by_month", None, "leader", **asked)  # type: ignore[arg-type]


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
