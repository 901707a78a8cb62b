"""The box in the browser: what is typed comes in, and places to go stand below it.

Our own component (`assets/ask.js`) in a fragment: what is typed runs this module and no page.
"""

from __future__ import annotations

import json
import logging
from datetime import date
from functools import cache
from typing import Any

import streamlit as st
from markupsafe import Markup

from shortplank.access import Actor
from shortplank.errors import ShortplankError
from shortplank.frame import history
from shortplank.frame.asking.offers import offers
from shortplank.frame.links import address
from shortplank.frame.pages import DESKS
from shortplank.reading.asked.offers import Answered, Looked, Suggestion
from shortplank.reading.asked.suggestions import Asking
from shortplank.reading.asked.things import Book, book_of, without_kind
from shortplank.reading.view import View
from shortplank.store import Engine
from shortplank.wording.asked import told
from shortplank.wording.naming import speak_of
from shortplank.wording.periods import month_key

log = logging.getLogger("shortplank")
# What stands for the month that is looked at where there are no reports yet.
NO_MONTH = date(2000, 1, 1)
COMPONENT, KEY = "shortplank.ask", "ask-box"
# What every link carries on; a running show stops where somebody asks for a place.
CARRIED = ("county", "edition", "role", "present")
_OPENER = Markup('<button type="button" class="ask-open"{}>{} <kbd>/</kbd></button>')


def opener() -> Markup:
    """Return the field that opens the box; it stands where the list of the pages begins."""
    label = Markup(' aria-haspopup="dialog" aria-keyshortcuts="/" title="{}"')
    return _OPENER.format(label.format(told.OPENED_BY), told.PLACEHOLDER)


@st.fragment
def write_box(page: str, shared: Engine, actor: Actor, view: View | None = None) -> None:
    """Write the box of a page, out of sight until it is opened, and answer what it has sent.

    ``view`` is what is looked at.
    """
    speak_of(shared.ws)  # what is typed runs this part alone
    text, number = _typed()
    made = _answer(page, shared, actor, view, text) if number >= 0 else Answered()
    rows = [{"to": _to(each), "text": each.sentence} for each in made.suggestions]
    found = told.found_text(len(rows)) if text.strip() else _hint(shared)
    data = {"number": number, "rows": rows, "said": list(made.said), "found": found}
    told_now = json.dumps({**data, "words": _words()}, ensure_ascii=False).encode()
    _component()(key=KEY, data=told_now, on_typed_change=_nothing)


def _to(suggested: Suggestion) -> str:
    """Return where a suggestion leads; to a page of data what is selected goes along."""
    names = CARRIED if suggested.page in DESKS else (*CARRIED, "area")
    carried = {name: value for name in names if (value := history.said(name))}
    return address(suggested.page, {**carried, **dict(suggested.query)})


def _typed() -> tuple[str, int]:
    """Return what the browser has sent in this run and its number; nothing in any other run."""
    sent: Any = (st.session_state.get(KEY) or {}).get("typed")
    try:
        return str(sent["text"]), int(sent["number"])
    except (TypeError, KeyError, ValueError):
        return "", -1


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


def _words() -> dict[str, str]:
    """Return the texts of the box that never change."""
    return {
        "label": told.LABEL,
        "placeholder": told.PLACEHOLDER,
        "listed": told.LISTED,
        "close": told.CLOSE,
        "head": told.HEAD,
    }


def _nothing() -> None:
    """Do nothing more when something was typed: the fragment runs, and answers."""


@cache
def _component() -> Any:
    """Return what mounts the component: its files are named in pyproject.toml."""
    return st.components.v2.component(COMPONENT, js="ask.js", css="ask.css", isolate_styles=False)
