"""Notes at a page's end: what is pinned to the view, and the fold to pin, change and take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from shortplank.errors import ShortplankError
from shortplank.frame import history
from shortplank.frame.html import NOTHING, anchor, bullets, paragraph, write_html
from shortplank.frame.links import address
from shortplank.frame.pages import PAGES, REGISTRY
from shortplank.frame.writing import write_down, write_signer
from shortplank.records.pinned import (
    LONGEST,
    Note,
    Place,
    change_note,
    may_read,
    note_of,
    note_text,
    notes,
    pin_note,
)
from shortplank.wording.periods import month_text

if TYPE_CHECKING:  # which writes this at its end
    from shortplank.frame.open_page import Page

FOLD, PIN, CHANGE, TAKE = "标注", "钉上", "保存", "撤下"
OPENED = "note"
"""The parameter of the link that opens the fold."""
# The page of an indicator's months shows the notes of all of them, from whatever page.
EVERY_MONTH = "trends"
MOST = 5
"""So many notes stand outside of the fold."""
_TURN = "pinned-turn"


def notes_of(page: Page) -> Markup:
    """Return what is pinned to the view, with the way to pin, change and take away.

    Where the link opens it, it is written here: a form is a dozen messages, at every run of a page.
    """
    if page.style.present:
        return NOTHING
    try:
        found = notes(page.view)
    except ShortplankError as error:
        st.error(error.sentence)
        return NOTHING
    place = place_of(page)
    near = beside(page, place, found)
    pinned = pinned_html(page, near[:MOST]) if near else NOTHING
    if not (page.may("annotate") or near[MOST:]):
        return pinned
    if history.said(OPENED) is None:
        return pinned + paragraph(anchor(_opened(page), _more(len(near[MOST:]))), "notes pin")
    _write_fold(page, place, near, pinned)
    return NOTHING


def _write_fold(page: Page, place: Place, near: Sequence[Note], pinned: Markup) -> None:
    """Write what is pinned and the open fold; with or without a note it stands where it stood."""
    with st.container():
        if pinned:
            write_html(pinned)
    with st.expander(FOLD, expanded=True):
        with st.container():
            if near[MOST:]:
                write_html(pinned_html(page, near[MOST:]))
        if page.may("annotate"):
            _write_form(page, place)
            _write_changes(page, near)


def _opened(page: Page) -> str:
    return address(page.key, {**history.shown(), OPENED: "1"})


def _more(hidden: int) -> str:
    return f"{FOLD}（余 {hidden} 条）" if hidden else FOLD


def place_of(page: Page) -> Place:
    """Return what is looked at: the page, its indicator, the selected area and the month."""
    view, looks = page.view, REGISTRY[page.key].looks
    indicator = view.indicator if looks.indicators is not None and looks.offered else ""
    return Place(page.key, indicator, _area(page), view.month, view.window)


def _area(page: Page) -> str:
    """Return the selected area, the view's own where none is; villages on their pages alone."""
    view, looks = page.view, REGISTRY[page.key].looks
    selected = view.ws.area_by_code.get(history.shown().get("area", ""))
    if selected is None or not view.may("look", selected.area_code):
        return view.area
    if selected.level == "village" and not (looks.villages and looks.indicators is not None):
        return selected.parent_code
    return selected.area_code


def beside(page: Page, place: Place, found: Sequence[Note]) -> list[Note]:
    """Return the notes that belong to what is looked at, of the area and of the view as a whole."""
    if page.key == EVERY_MONTH:
        return [note for note in found if note.place.shares(place)]
    here = (place.page, place.indicator, place.month)
    areas = {place.area, page.view.area}
    return [
        note
        for note in found
        if (note.place.page, note.place.indicator, note.place.month) == here
        and note.place.area in areas
    ]


def pinned_html(page: Page, found: Sequence[Note]) -> Markup:
    """Return notes as a list, each with who wrote it; with its month where all are shown."""
    lines = bullets(f"{_when(page, note)}{note_text(page.view, note)}" for note in found)
    return Markup('<div class="pinned"><b>{}</b>{}</div>').format(FOLD, lines)


def _when(page: Page, note: Note) -> str:
    if page.key != EVERY_MONTH:
        return ""
    parts = [month_text(note.place.month)]
    parts += [PAGES.get(note.place.page, "")] if note.place.page != page.key else []
    return f"{'，'.join(filter(None, parts))}　"


# --- writing --------------------------------------------------------------------------------------
def _write_form(page: Page, place: Place) -> None:
    """Let a new note be pinned; the field is of this place, and empty once it is pinned."""
    view, turn = page.view, st.session_state.setdefault(_TURN, 0)
    key = f"pinned-{place.page}-{place.indicator}-{place.area}-{place.month}-{turn}"
    label = f"钉在{' · '.join(place.words(view.ws))}（不超过 {LONGEST} 字）"
    with st.form(f"{key}-form", border=False):
        text = st.text_input(label, max_chars=LONGEST, key=key)
        page.notes([_readers(page, place)])
        write_signer(st, view.actor, FOLD)
        if st.form_submit_button(PIN):
            write_down(lambda: _pin(page, place, text))


def _pin(page: Page, place: Place, text: str) -> None:
    pin_note(page.view, place, text)
    st.session_state[_TURN] += 1


def _readers(page: Page, place: Place) -> str:
    """Return who will read what is pinned to a place."""
    if may_read(page.view.actor.outward, page.view.ws, place):
        return "看这一页的人都看得到，也写进会议材料；不写个人信息"
    return "只有能看精确数的人看得到；不写个人信息"


def _write_changes(page: Page, near: Sequence[Note]) -> None:
    """Let one of the notes be changed or taken away; the journal keeps what it said.

    The one that was chosen stays chosen although somebody else has changed it meanwhile: else what
    is typed beside it would be gone at the press.
    """
    key = f"pinned-which-{page.key}-{st.session_state[_TURN]}"
    before = note_of(page.view, st.session_state.get(key) or "")
    offered = {note.key: note for note in (*near, *([before] if before else []))}
    if not offered:
        return
    chosen = st.selectbox(
        "改哪一条",
        list(offered),
        index=None,
        format_func=lambda each: note_text(page.view, offered[each]),
        placeholder="请选要改的标注",
        key=key,
    )
    if chosen is not None:
        _write_change(page, offered[chosen])


def _write_change(page: Page, old: Note) -> None:
    with st.form(f"pinned-change-{old.key}", border=False):
        label = f"改为（不超过 {LONGEST} 字）"
        text = st.text_input(label, old.text, max_chars=LONGEST, key=f"pinned-{old.key}")
        write_signer(st, page.view.actor, FOLD)
        with st.container(horizontal=True):
            changed, taken = st.form_submit_button(CHANGE), st.form_submit_button(TAKE)
        if taken:
            write_down(lambda: _change(page, old.key, ""))
        elif changed and text.strip():
            write_down(lambda: _change(page, old.key, text))
        elif changed:
            st.error(f"没有写标注。不要了请按“{TAKE}”。")


def _change(page: Page, key: str, text: str) -> None:
    change_note(page.view, key, text)
    st.session_state[_TURN] += 1
