"""What was looked at before changes nothing: a page says the same whoever came first to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shortplank.frame.pages import DESKS, PAGES
from shortplank.store import engine
from tests.pages.apps import charts, opened, pieces, text

# What the switch of each page offers; the pages without one are shown in each way below alone.
LOOKS = {
    "briefing": (),
    "data_quality": (),
    "inspection": (),
    "overview": (),
    "points": (),
    "rankings": ("ranks", "map", "funnel", "league", "bump", "composite", "spine"),
    "sex_ratio": ("orders", "periods", "forest", "map"),
    "short_plank": ("barrel", "map", "lists", "village", "what_if", "warnings"),
    "trends": ("curve", "years", "towns", "compare", "end"),
}
# To a hall, and as a viewer sees it.
WAYS = ({}, {"present": "1"}, {"role": "viewer"})


@pytest.fixture(autouse=True)
def _forgets() -> Iterator[None]:
    engine().kept.clear()
    yield
    engine().kept.clear()


def shown(page: str, said: dict[str, str]) -> tuple[Any, ...]:
    test = opened(page, month="2010-03", **said)
    assert "已改为" not in text(test)
    return pieces(test), charts(test)


@pytest.mark.parametrize("page", LOOKS)
def test_the_order_in_which_it_is_looked_at_changes_no_page(page: str) -> None:
    looks = [{"look": each} for each in LOOKS[page]] or [{}]
    asked = [{**look, **way} for way in WAYS for look in looks]
    there = [shown(page, said) for said in asked]
    engine().kept.clear()
    back = [shown(page, said) for said in reversed(asked)][::-1]
    for said, first, second in zip(asked, there, back, strict=True):
        assert first == second, said


@pytest.mark.parametrize("page", [page for page in LOOKS if LOOKS[page]])
def test_all_looks_that_a_page_offers_are_tried(page: str) -> None:
    switch = opened(page, month="2010-03").get("button_group")[0]
    assert len(switch.proto.options) == len(LOOKS[page])


def test_all_pages_that_look_at_the_data_are_tried() -> None:
    assert set(LOOKS) == set(PAGES) - set(DESKS)
