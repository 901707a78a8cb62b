"""The demo county's box, as whoever asks from wherever has it."""

from __future__ import annotations

from datetime import date
from functools import cache

from shortplank.access import Actor, Role
from shortplank.frame.asking.offers import offers
from shortplank.reading.asked.offers import Answered, Looked
from shortplank.reading.asked.suggestions import Asking
from shortplank.reading.asked.things import Book, book_of
from shortplank.store import Engine, engine
from tests.copies import DEMO


@cache
def _made(shared: Engine) -> tuple[Book, tuple[date, ...]]:
    home = shared.ws.settings.home
    table = shared.ask("months_by_edition", shared.newest(), "viewer", county=home)
    return book_of(shared.ws, offers(shared.ws)), tuple(table["stat_month"].to_pylist())


def asking(
    role: Role = "analyst",
    page: str = "overview",
    month: str = "2010-05",
    indicator: str = "",
    look: str = "",
    **windows: str,
) -> Asking:
    """Return the box of an account on a page."""
    shared = engine(DEMO)
    book, months = _made(shared)
    looked = Looked(page, date.fromisoformat(f"{month}-01"), months, indicator, look, windows)
    return Asking(shared.ws, Actor(role, "post"), looked, offers(shared.ws), book)


def first(answered: Answered) -> tuple[str, dict[str, str]]:
    """Return the page and the link's parameters of the first suggestion."""
    made = answered.suggestions[0]
    return made.page, dict(made.query)
