"""The box that finds pages by typing: where what was typed beside a page leads.

It stands in the browser (`gate/assets/ask.js`), which asks for each text by itself; a run of a page
has nothing of it but the fields that open it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from shortplank.access import Actor
from shortplank.audit.lines import note
from shortplank.errors import NotAllowed, ShortplankError
from shortplank.frame import history
from shortplank.frame.asking.offers import offers
from shortplank.frame.filters import looked_at
from shortplank.frame.html import in_hall
from shortplank.frame.links import address
from shortplank.frame.pages import DESKS
from shortplank.frame.signed_in import seat_of
from shortplank.gate.house import house_of
from shortplank.reading.asked.offers import Answered, Looked, Suggestion
from shortplank.reading.asked.suggestions import Asking
from shortplank.reading.asked.things import Book, book_of, without_kind
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.wording.asked import told
from shortplank.wording.periods import month_key

log = logging.getLogger("shortplank")
# What stands for the month that is looked at where there are no reports yet.
NO_MONTH = date(2000, 1, 1)
# What every link carries on; a running show stops where somebody asks for a place.
CARRIED = ("county", "edition", "role", "present")


def answer(page: str, key: str, says: Mapping[str, str], text: str) -> dict[str, Any]:
    """Return where a text leads that is typed beside a page, as JSON holds it.

    ``key`` is the session's, ``says`` the link of the page; a text of nothing is a box that was
    opened. A fault of who asks, or of the county in the link, is said as one sentence.
    """
    with history.reading(says):
        try:
            shared, actor = seat_of(engine(), key)
        except ShortplankError as error:
            if isinstance(error, NotAllowed):
                _note_refusal(page, key)
            return {"rows": [], "said": [error.sentence], "found": ""}
        actor = actor.outward if in_hall() else actor
        made = _answer(page, shared, actor, _view(page, shared, actor), text)
        rows = [{"to": _to(each), "text": each.sentence} for each in made.suggestions]
        found = told.found_text(len(rows)) if text.strip() else _hint(shared)
        return {"rows": rows, "said": list(made.said), "found": found}


def _note_refusal(page: str, key: str) -> None:
    """Write that somebody asked for a county that is not theirs: no run stands behind this."""
    workspace = engine().ws.path
    if (actor := house_of(workspace).actor_of(key)) is not None:
        note(workspace, actor.account, "refused", page=page)


def _view(page: str, shared: Engine, actor: Actor) -> View | None:
    """Return what a page of data looks at, None on a page of work or where there is nothing yet."""
    try:
        return None if page in DESKS else looked_at(page, shared, actor).view
    except ShortplankError:  # the page says it
        return None


def _to(suggested: Suggestion) -> str:
    """Return where a suggestion leads; to a page of data what is selected goes along."""
    names = CARRIED if suggested.page in DESKS else (*CARRIED, "area")
    carried = {name: value for name in names if (value := history.said(name))}
    return address(suggested.page, {**carried, **dict(suggested.query)})


def _answer(page: str, shared: Engine, actor: Actor, view: View | None, text: str) -> Answered:
    """Return where a text leads; a fault is one sentence, and the page stays as it is.

    Pinyin is loaded when the box is first opened, and for no page.
    """
    try:
        asking = _asking(shared, actor, _looked(page, shared, actor, view))
        if not text.strip():  # it was opened
            asking.book.make_ready()
            return Answered()
        return asking.answer(text)
    except Exception:
        log.exception("what was asked for was not found")
        return Answered(said=(told.UNABLE,))


def _asking(shared: Engine, actor: Actor, looked: Looked) -> Asking:
    offered = shared.keep(("offers",), lambda: offers(shared.ws))
    book: Book = shared.keep(("asked",), lambda: book_of(shared.ws, offered))
    return Asking(shared.ws, actor, looked, offered, book)


def _looked(page: str, shared: Engine, actor: Actor, view: View | None) -> Looked:
    """Return what is looked at: on a page of work the month of the link, or the newest."""
    months = _months(shared, actor, view)
    named = {month_key(month): month for month in months}.get(history.said("month") or "")
    month = view.month if view else named or max(months, default=NO_MONTH)
    link = history.whole()
    windows = {name: value for name in ("window", "span") if (value := link.get(name))}
    indicator, look = view.indicator if view else "", link.get("look", "")
    return Looked(page, month, months, indicator, look, windows)


def _months(shared: Engine, actor: Actor, view: View | None) -> tuple[date, ...]:
    """Return the months of the edition; none where it is damaged: pages of work open on it too."""
    home = shared.ws.settings.home
    try:
        number = view.edition if view else shared.newest()
        asked = shared.ask("months_by_edition", number, actor.reads, county=home)
    except ShortplankError:
        return ()
    return tuple(asked["stat_month"].to_pylist())


def _hint(shared: Engine) -> str:
    """Return how one asks, with a township and an indicator of this county."""
    ws = shared.ws
    towns = ws.areas_below.get(ws.settings.home, ())
    town = without_kind(towns[0].name) if towns else ws.home.name
    first = ws.first_indicator
    return told.hint(town, ws.indicators[first].label if first else "")
