"""The tour of the demo: five stops by links alone; nowhere else, and not in a hall."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import ROLES, Actor, Role
from shortplank.frame import open_page
from shortplank.frame.beside.tour import BACK, DOOR, END, NEXT
from shortplank.frame.pages import DESKS, PAGES
from shortplank.topics.trends.answer.control import Control
from shortplank.topics.trends.answer.trend import trend
from tests.copies import DEMO, demo_copy
from tests.pages.apps import opened, text

Way = tuple[str, dict[str, str]]
START: Way = ("overview", {"month": "2010-04"})


@pytest.fixture(autouse=True)
def _demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))


def ways(test: AppTest) -> dict[str, Way]:
    """Return where the links of the tour lead, by their names."""
    said = {}
    for href, name in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', text(test)):
        if name in (BACK, NEXT, END, DOOR):
            parts = urlsplit(unescape(href))
            said[name] = (parts.path.removeprefix("./"), dict(parse_qsl(parts.query)))
    return said


def go(way: Way) -> AppTest:
    page, query = way
    return opened(page, **query)


def card(test: AppTest) -> str:
    found = re.search(r"<nav class=\"tour\".*?</nav>", text(test), re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("role", ROLES)
def test_five_links_lead_through_and_out_again(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = "990101111" if role == "filer" else ""
    monkeypatch.setattr(open_page, "current_actor", lambda _: Actor(role, "tongji01", scope))
    test = go(START)
    assert not card(test)
    way, seen = ways(test)[DOOR], []
    for number in range(1, 6):
        test = go(way)
        seen.append(way[0])
        assert way[1]["tour"] == str(number) and way[1]["month"] == "2010-04"
        assert f"</b> {number}/5" in card(test) and DOOR not in ways(test)
        assert len(re.findall("<p>", card(test))) == 1, "one sentence"
        assert (BACK in ways(test)) == (number > 1)
        if number > 1:
            assert card(go(ways(test)[BACK])).count(f"</b> {number - 1}/5") == 1
        if number < 5:
            left = ways(test)[END]
            assert left[0] == way[0] and "tour" not in left[1]
            way = ways(test)[NEXT]
    assert len(set(seen)) == 5 and NEXT not in ways(test)
    assert ways(test)[END][0] == "overview"


def test_the_stop_that_speaks_of_limits_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    views = []
    real = open_page.Page.stamp
    monkeypatch.setattr(
        open_page.Page, "stamp", lambda self: (views.append(self.view), real(self))[1]
    )
    test = go(START)
    for _ in range(3):
        test = go(ways(test).get(NEXT) or ways(test)[DOOR])
    made = trend(views[-1], "curve")
    assert "灰带" in card(test) and isinstance(made.control, Control)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in DESKS])
@pytest.mark.parametrize("tour", ["0", "6", "-1", "x", "１", "99999999", ""])
def test_a_crafted_stop_is_none(page: str, tour: str) -> None:
    assert not card(opened(page, tour=tour))


def test_a_stop_shows_on_its_own_page_alone() -> None:
    assert card(opened("rankings", tour="2")) and not card(opened("trends", tour="2"))


def test_what_is_chosen_on_the_way_stays_in_the_link_of_the_end() -> None:
    test = opened("rankings", tour="2", look="funnel", month="2010-03")
    assert ways(test)[END] == (
        "rankings", {"month": "2010-03", "look": "funnel", "indicator": "policy_compliance",
                     "window": "ytd"}
    )  # fmt: skip


def test_there_is_none_in_a_hall() -> None:
    for query in ({"tour": "1"}, {}):
        test = opened("overview", present="1", **query)
        assert not card(test) and not ways(test)


@pytest.mark.parametrize("query", [{}, {"tour": "1"}])
def test_there_is_none_in_a_countys_own_workspace(
    query: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = demo_copy(tmp_path / "county")
    settings = folder / "workspace.toml"
    settings.write_text(settings.read_text("utf-8").replace("demo = true", ""), "utf-8")
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    test = opened("overview", **query)
    assert not card(test) and not ways(test)
