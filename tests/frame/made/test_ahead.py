"""What comes along with a page: the parts that the page itself would show, to who may see it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from shortplank.audit.reading import Asked, found
from shortplank.frame.made.ahead import BOX, LABEL, answer
from shortplank.gate.house import House, house_of
from shortplank.gate.sessions import key_of
from shortplank.topics.rankings.page import looks_of as rankings_looks
from shortplank.topics.trends.page import looks_of as trends_looks
from tests.copies import demo_copy
from tests.pages.apps import charts, opened, text, title

LOOKS: dict[str, Any] = {"rankings": rankings_looks, "trends": trends_looks}
MONTH = {"month": "2010-03"}


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    folder = demo_copy(tmp_path / "county")
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(folder))
    return house_of(folder)


def session(county: House, account: str = "本机") -> str:
    return key_of(county.sessions.open(account, "start"))


def near(county: House, page: str, **says: str) -> list[dict[str, str]]:
    along = answer(page, LOOKS[page], session(county), says)
    assert isinstance(along, list)
    return along


def test_the_months_beside_come_first_then_the_areas(county: House) -> None:
    along = near(county, "trends", **MONTH)
    labels = [each["label"] for each in along if each["box"] == "month"]
    assert labels == ["2010年2月", "2010年4月", "2010年1月", "2010年5月"]
    assert [each["box"] for each in along[4:]] == ["area"] * (len(along) - 4) and along[4:]
    assert dict(parse_qsl(along[0]["query"]))["month"] == "2010-02"
    assert {each["box"] for each in near(county, "rankings", **MONTH)} == {"month"}


def test_nothing_is_beside_the_last_month_on_one_side(county: House) -> None:
    along = [each["label"] for each in near(county, "rankings", month="2010-05")]
    assert along == ["2010年4月", "2010年3月"]


@pytest.mark.parametrize("page", LOOKS)
def test_the_parts_are_those_of_the_page(county: House, page: str) -> None:
    """The same finding, sentence, picture and table as the run that follows."""
    says = {**MONTH, BOX: "month", LABEL: "2010年4月"}
    made = answer(page, LOOKS[page], session(county), says)
    query = dict(parse_qsl(made["query"]))
    assert query["month"] == "2010-04"
    test = opened(page, **query)
    written = "\n".join(str(each.value) for each in test.get("html"))
    for name, body in made["parts"].items():
        if body:
            assert f'data-made="{page}-{name}">{body}</div>' in written
    assert title(test) == made["alt"]
    assert made["stamp"] in text(test)
    assert [json.loads(made["figure"])] == charts(test)


def test_a_viewer_gets_what_a_viewer_gets(county: House) -> None:
    says = {**MONTH, "role": "viewer", BOX: "month", LABEL: "2010年4月"}
    made = answer("rankings", rankings_looks, session(county), says)
    assert dict(parse_qsl(made["query"]))["role"] == "viewer"
    assert "role=viewer" in made["query"]


@pytest.mark.parametrize(
    "says",
    [
        {BOX: "month", LABEL: "2031年1月"},
        {BOX: "edition", LABEL: "1"},
        {BOX: "month", LABEL: "2010年4月", "look": "spine"},
        {BOX: "month", LABEL: "2010年4月", "present": "1"},
        {BOX: "month", LABEL: "2010年4月", "indicator": "none_such"},
    ],
)
def test_what_a_run_alone_can_show_is_left_to_it(county: House, says: dict[str, str]) -> None:
    assert answer("rankings", rankings_looks, session(county), says) is None


def test_without_a_session_there_is_nothing(county: House) -> None:
    from shortplank.errors import ShortplankError

    with pytest.raises(ShortplankError, match="登录"):
        answer("rankings", rankings_looks, "nobody", MONTH)


def test_what_is_given_stands_in_the_audit(county: House) -> None:
    says = {**MONTH, BOX: "month", LABEL: "2010年4月"}
    answer("rankings", rankings_looks, session(county), says)
    last = found(county.workspace, Asked(date.min, date.max), 10).lines[0]
    assert (last["what"], last["month"], last["ahead"]) == ("look", "2010-04", 1)
