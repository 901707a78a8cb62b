"""The box beside the pages: what it knows of them is what they are, and its places open."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from shortplank.access import MACHINE
from shortplank.catalogue.models import Indicator
from shortplank.frame.asking import box
from shortplank.frame.asking import offers as table
from shortplank.frame.asking.box import answer
from shortplank.frame.asking.routes import routes_of
from shortplank.frame.pages import DESKS, PAGES
from shortplank.gate.house import house_of
from shortplank.gate.sessions import key_of
from shortplank.reading.asked.offers import NEEDS, Looked
from shortplank.reading.view import View, first_view
from shortplank.store import engine
from shortplank.topics.rankings.answer.funnel import has_funnel
from shortplank.topics.sex_ratio.answer.sex_ratio import looks_of, spans_of
from shortplank.topics.short_plank.answer.standing import are_judged
from shortplank.topics.short_plank.answer.village import village_choices
from shortplank.topics.short_plank.answer.what_if import may_what_if
from shortplank.topics.trends.answer.year_end import has_year_end
from shortplank.wording.asked.told import found_text
from tests.copies import DEMO
from tests.pages.apps import opened, text
from tests.reading.asked.asking import asking
from tests.reading.asked.test_suggestions import CASES
from tests.running import run_async

WINDOWS = {"month", "ytd", "r12"}
PAIRS: list[tuple[Callable[[Indicator], bool], Callable[[Indicator], bool]]] = [
    (table.has_funnel, has_funnel),
    (table.has_year_end, has_year_end),
    (table.may_what_if, may_what_if),
    (table.is_warned, lambda item: are_judged(item) and "village" in item.levels),
]


def view() -> View:
    made = first_view(engine(DEMO), MACHINE)
    assert made
    return made


def kinds_of_indicators() -> Iterator[Indicator]:
    """Every way in which the pages tell indicators apart, on one card."""
    card = view().ws.indicators[view().ws.scheme.default_indicator]
    choices = {
        name: get_args(Indicator.model_fields[name].annotation)
        for name in ("kind", "interval", "polarity", "family")
    }
    choices |= {"levels": (("county", "township"), ("county", "township", "village"))}
    choices |= {"historical": (False, True), "judged": (False, True)}
    for values in itertools.product(*choices.values()):
        yield card.model_copy(update=dict(zip(choices, values, strict=True)))


def test_which_indicators_a_look_has_is_what_its_topic_says() -> None:
    cards = list(kinds_of_indicators())
    assert len(cards) > 1000
    for ours, theirs in PAIRS:
        assert [ours(card) for card in cards] == [theirs(card) for card in cards], ours.__name__


def labels(element: Any) -> list[str]:
    return [option.content for option in element.proto.options]


@pytest.mark.parametrize("page", PAGES)
def test_the_table_is_what_the_page_offers(page: str) -> None:
    """Looks, indicators and windows, by what stands on the page."""
    known = [offer for offer in table.offers(view().ws) if offer.page == page]
    assert known and {offer.month for offer in known} == {page not in DESKS}
    test = opened(page, **({} if page in DESKS else {"month": "2010-05"}))
    switches = {each.key: labels(each) for each in test.get("button_group")}
    looks = [offer.look_label for offer in known if offer.look_label]
    offered = [o for o in switches.get(f"{page}-look-switch", []) if o not in ("水桶图",)]
    assert sorted(looks) == sorted(offered)
    boxes = {each.label: each.options for each in test.selectbox}
    if "指标" in boxes:
        names = [view().ws.indicators[key].label for key in known[0].indicators]
        assert names == boxes["指标"]
        assert view().ws.indicators[known[0].default].label in boxes["指标"]
    if "时段" in boxes:
        assert set(boxes["时段"]) == set(known[0].windows.values())
    if (spans := switches.get(f"{page}-span-switch")) is not None:
        assert spans == list(known[0].windows.values())


@pytest.mark.parametrize("page", ["rankings", "trends", "short_plank", "sex_ratio"])
def test_the_keys_of_looks_are_the_links(page: str) -> None:
    """Each look opens by its key, as the chosen one of the page's switch."""
    for offer in table.offers(view().ws):
        if offer.page != page or not offer.look:
            continue
        query = {"month": "2010-05", "look": offer.look}
        if offer.default and offer.indicator_name:
            query[offer.indicator_name] = offer.default
        test = opened(page, **query)
        switch = next(e for e in test.get("button_group") if e.key == f"{page}-look-switch")
        assert switch.value == offer.look and not test.warning


def test_spans_and_periods_begin_where_the_page_has_them() -> None:
    months = asking().looked.months
    periods = next(o for o in table.offers(view().ws) if o.look == "periods")
    for month in months[::5]:
        at = view().with_(month=month)
        held = Looked("overview", month, months).history(month)
        ours = [key for key in table.SPANS if NEEDS.get(key, 0) <= held or key == "ytd"]
        assert ours == list(spans_of(at)), month
        assert (periods.history <= held) == ("periods" in looks_of(at)), month


def test_the_villages_of_the_page_are_those_of_the_register() -> None:
    at = view()
    below = [v.area_code for t in at.towns for v in at.ws.valid_below(t, at.month)]
    assert set(village_choices(at)) == set(below)


ASKED = [*list(CASES)[::6], "zl", "双店", "竹麓 建档 本年累计", "s", "d", "1", "五月 bl"]


@pytest.mark.slow
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_what_is_suggested_opens_without_a_word(role: Any) -> None:
    """No warning that something does not exist or cannot be had, whatever was typed."""
    seen = set()
    for typed in ASKED:
        for each in asking(role).answer(typed).suggestions[:3]:
            if (each.page, each.query) in seen or len(seen) > 60:
                continue
            seen.add((each.page, each.query))
            query = dict(each.query) | ({"role": "viewer"} if role == "viewer" else {})
            test = opened(each.page, **query)
            assert not test.warning, (typed, each, [w.value for w in test.warning])
            for name, value in each.query:
                if name == "look" or name == "month":
                    assert test.query_params.get(name, value) == value
    assert len(seen) > 25


def test_every_page_has_what_opens_the_box() -> None:
    """In the list of the pages, once, with the words that the box needs; and at a page's head."""
    for page in PAGES:
        said = text(opened(page))
        assert said.count('class="ask-open" data-words="') == 1, page
        assert said.count('class="ask-open ask-head"') == 1, page
    assert "ask-head" not in text(opened("trends", present="1"))


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session of who started the server."""
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    return key_of(house_of(DEMO).sessions.open("本机", "start"))


@pytest.mark.parametrize("page", ["overview", "imports"])
def test_a_typed_text_leads_on_with_what_the_link_says(page: str, key: str) -> None:
    link = {"month": "2010-03", "role": "viewer", "present": "1"}
    made = answer(page, key, link, "竹麓 性别比")
    first = dict(parse_qsl(urlsplit(made["rows"][0]["to"]).query))
    assert first.items() >= {**link, "area": "990101215"}.items(), first
    assert made["found"] == found_text(len(made["rows"])) and not made["said"]


def test_a_box_that_is_opened_says_how_one_asks(key: str) -> None:
    made = answer("trends", key, {}, "  ")
    assert not made["rows"] and "去年9月" in made["found"]


def test_who_is_not_signed_in_is_told_so_and_nothing_else(key: str) -> None:
    made = answer("trends", "0" * 64, {}, "竹麓")
    assert made == {"rows": [], "said": ["登录已经结束。请重新登录。"], "found": ""}


def test_who_asks_for_a_county_of_others_leaves_a_line(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = list[tuple[Any, ...]]()
    monkeypatch.setattr(box, "note", lambda *told, **facts: noted.append((*told[1:], facts)))
    assert answer("trends", key, {"county": "110101"}, "走势")["said"]
    assert noted == [("本机", "refused", {"page": "trends"})]


@pytest.mark.parametrize("link", [{"county": "110101"}, {"month": "x", "edition": "99"}])
def test_a_link_that_asks_in_vain_is_answered(link: dict[str, str], key: str) -> None:
    made = answer("trends", key, link, "走势")
    assert bool(made["rows"]) != bool(made["said"])


def test_the_routes_answer_texts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = list[tuple[Any, ...]]()

    def noted(*asked: Any) -> dict[str, Any]:
        calls.append(asked)
        return {}

    monkeypatch.setattr(box, "answer", noted)
    app = Starlette(routes=[*routes_of("/board")])

    async def asked(method: str, path: str, text: bytes) -> int:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as one:
            return (await one.request(method, path, content=text)).status_code

    for method, path, body, status in (
        ("POST", "/board/ask/trends?month=2010-05", "竹麓".encode(), 200),
        ("POST", "/board/ask/", b"\xff", 200),
        ("POST", "/board/ask/trends", b"x" * 9000, 413),
        ("GET", "/board/ask/trends", b"", 405),
        ("POST", "/board/ask/nowhere", b"", 404),
    ):
        assert run_async(asked(method, path, body)) == status, path
    assert calls == [("trends", "", {"month": "2010-05"}, "竹麓"), ("overview", "", {}, "\ufffd")]
