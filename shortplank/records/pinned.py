"""Notes pinned to what is looked at: a page, an indicator, an area and a month.

Every line of the journal is a whole note and names the one that it takes the place of (``over``),
so that who said what, and when, is kept. Of two changes of the same note, made at once, both stay.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import LEVELS, Window
from shortplank.errors import ShortplankError
from shortplank.reading.view import View
from shortplank.store.posts import lines_of, write_line
from shortplank.wording.periods import WINDOW_LABELS, day_text, month_key, month_text

JOURNAL = "pinned_notes"
LONGEST = 200
"""So many letters a note has at most."""


@dataclass(frozen=True)
class Place:
    """What a note is pinned to; ``indicator`` is "" on a page that looks at all of them."""

    page: str
    indicator: str
    area: str
    month: date
    window: Window

    def words(self, ws: Workspace) -> tuple[str, ...]:
        """Return the place in words: area, indicator with its window, month."""
        item = ws.indicators.get(self.indicator)
        shown = f"{item.label}（{WINDOW_LABELS[self.window]}）" if item else ""
        parts = (_area_text(ws, self.area), shown, month_text(self.month))
        return tuple(part for part in parts if part)

    def shares(self, other: Place) -> bool:
        """Return whether both are about the same indicator of the same area, whenever."""
        return (self.indicator, self.area) == (other.indicator, other.area)


@dataclass(frozen=True)
class Note:
    """A note that stands: its place, its text, who wrote it and when, on which edition."""

    key: str
    place: Place
    text: str
    who: str
    at: datetime
    edition: int

    @property
    def signed(self) -> str:
        """Return who wrote it, and on which day."""
        return f"{self.who}，{day_text(self.at.astimezone().date())}"


# --- reading --------------------------------------------------------------------------------------
def notes(view: View) -> list[Note]:
    """Return the notes that stand and that who looks may read, those of the newest month first."""
    standing, _ = _replayed(view.ws)
    found = [note for note in standing.values() if may_read(view.actor, view.ws, note.place)]
    return sorted(found, key=lambda note: note.place.month, reverse=True)


def note_of(view: View, key: str) -> Note | None:
    """Return a note that stands or once did, None for one that who looks may not read."""
    note = _replayed(view.ws)[1].get(key)
    return note if note and may_read(view.actor, view.ws, note.place) else None


def may_read(actor: Actor, ws: Workspace, place: Place) -> bool:
    """Return whether who looks may read what is pinned to a place.

    A note may say what the figures beside it are: it is read by whoever has exact figures, and else
    only where its indicator goes down to its area and is not banded there.
    """
    area = ws.area_by_code.get(place.area)
    if area is None or not actor.may("look", area.area_code, ws):
        return False
    if actor.may("see_exact"):
        return True
    if not place.indicator:
        return area.level != "village"
    least = ws.viewer_level(place.indicator)
    banded = area.level == "village" and actor.banded(ws, place.indicator)
    return LEVELS.index(area.level) <= LEVELS.index(least) and not banded


def _replayed(ws: Workspace) -> tuple[dict[str, Note], dict[str, Note]]:
    """Return the notes that stand, and all that ever did, by their keys; the oldest first."""
    standing, every = dict[str, Note](), dict[str, Note]()
    for line in lines_of(ws, JOURNAL):
        note = _note_of(ws, line)
        if note is None:
            continue
        standing.pop(str(line.get("over", "")), None)
        every[note.key] = note
        if note.text:
            standing[note.key] = note
    return standing, every


def _note_of(ws: Workspace, line: dict[str, Any]) -> Note | None:
    """Return a line's note; None for one that says nothing known."""
    try:
        month = date.fromisoformat(f"{line['month']}-01")
        key, page, indicator = str(line["id"]), str(line["page"]), str(line["indicator"])
        place = Place(page, indicator, str(line["area"]), month, line["window"])
        at, edition = datetime.fromisoformat(line["at"]), int(line["edition"])
        text, who = str(line["note"]), str(line["who"])
    except (KeyError, TypeError, ValueError):
        return None
    known = not indicator or indicator in ws.indicators
    if not known or place.area not in ws.area_by_code or place.window not in WINDOW_LABELS:
        return None
    return Note(key, place, text, who, at, edition)


# --- writing --------------------------------------------------------------------------------------
def pin_note(view: View, place: Place, text: str, *, at: datetime | None = None) -> str:
    """Pin a note to a place and return its key; `ShortplankError` says why it cannot be.

    `NotAllowed` without the right to it, or for an area outside the scope of who writes.
    """
    who = view.actor.signs("annotate")
    if place.area not in view.ws.area_by_code:
        raise ShortplankError("登记册里没有这个单位", place=place.area, mend="请改选登记册里的单位")
    view.actor.must("look", place.area, view.ws)
    said = _checked(text)
    if not said:
        raise ShortplankError("没有写标注", place="标注", mend="请填写后再钉上")
    line = _line(view, place, said, who, at)
    write_line(view.ws, JOURNAL, line)
    return str(line["id"])


def change_note(view: View, key: str, text: str, *, at: datetime | None = None) -> str:
    """Put a new text in a note's place and return its key; an empty one takes the note away.

    A note that somebody else has changed meanwhile is not taken away, and both texts stay.
    """
    who = view.actor.signs("annotate")
    old = note_of(view, key)
    if old is None:
        raise ShortplankError("没有这条标注", place="标注", mend="请刷新这一页再改")
    said = _checked(text)
    if not said and key not in _replayed(view.ws)[0]:
        raise ShortplankError("这条标注刚被别人改过", place="标注", mend="请看过新的再撤下")
    line = _line(view, old.place, said, who, at, over=key)
    write_line(view.ws, JOURNAL, line)
    return str(line["id"])


def _checked(text: str) -> str:
    """Return a text on one line, without signs that nobody sees; too long is `ShortplankError`."""
    said = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    if len(said) > LONGEST:
        fault = f"标注最多 {LONGEST} 字，现在 {len(said)} 字"
        raise ShortplankError(fault, place="标注", mend="请删短后再钉上")
    return said


def _line(
    view: View, place: Place, text: str, who: str, at: datetime | None, over: str = ""
) -> dict[str, object]:
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line: dict[str, object] = {
        "over": over,
        "page": place.page,
        "indicator": place.indicator,
        "area": place.area,
        "month": month_key(place.month),
        "window": place.window,
        "edition": view.edition,
        "note": text,
        "who": who,
        "at": moment.isoformat(),
    }
    key = hashlib.sha256(repr(sorted(line.items())).encode()).hexdigest()[:12]
    return {"id": key, **line}


# --- in words -------------------------------------------------------------------------------------
def note_text(view: View, note: Note) -> str:
    """Return a note with who wrote it; a township's or a village's with its name before it."""
    place = note.place
    named = place.area != view.county.area_code
    head = f"{_area_text(view.ws, place.area)}：" if named else ""
    return f"{head}{note.text}（{note.signed}）"


def notes_table(view: View, found: list[Note], pages: dict[str, str]) -> pa.Table:
    """Return notes as a table with Chinese headings; ``pages`` are the pages' names."""
    items, places = view.ws.indicators, [note.place for note in found]
    labels = [items[p.indicator].label if p.indicator else "–" for p in places]
    return pa.table(
        {
            "月份": [month_key(place.month) for place in places],
            "页面": [pages.get(place.page, "–") for place in places],
            "指标": labels,
            "时段": [WINDOW_LABELS[p.window] if p.indicator else "–" for p in places],
            "单位": [_area_text(view.ws, place.area) for place in places],
            "标注": [note.text for note in found],
            "标注人": [note.who for note in found],
            "标注日期": [note.at.astimezone().date().isoformat() for note in found],
            "依据": [f"第{note.edition}版" for note in found],
        }
    )


def _area_text(ws: Workspace, code: str) -> str:
    """Return an area's name, a village's with its township before it."""
    area = ws.area_by_code[code]
    parent = ws.area_by_code.get(area.parent_code)
    return f"{parent.name}{area.name}" if area.level == "village" and parent else area.name
