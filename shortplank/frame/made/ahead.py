"""What comes along with a page: the finished parts of what somebody may choose next.

A browser asks for them while nobody does anything, and puts them in place of those that are shown
the moment that a box says so (`gate/assets/ahead.js`); the run that follows says the same. They are
made by what makes the page, of whoever asks, and no word or figure is made in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, Protocol
from urllib.parse import urlencode

from shortplank.audit.seen import note_ahead, seen_of
from shortplank.drawing.theme import Style
from shortplank.frame import filters, history
from shortplank.frame.filters import Box, Chosen
from shortplank.frame.made.parts import Answer, Look, Made, made_of
from shortplank.frame.signed_in import seat_of
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.wording.periods import month_key

# What a request says besides the link of the page that is open.
BOX, LABEL, DARK = "ahead_box", "ahead_label", "ahead_dark"
MONTHS_NEAR = 2
MOST = 12
"""So many neighbours come along at the most: the months first."""


class Shows(Protocol):
    """A page as far as a look needs it that has no boxes of its own."""

    view: View
    style: Style

    def show(self, answer: Answer, look: Look[Answer] | None = None) -> None:
        """Show an answer."""


@dataclass(frozen=True)
class PageLook:
    """A look of a page: what it is called, what writes it, and whether it writes that alone."""

    label: str
    write: Callable[[Any], None]
    alone: bool = True


# The looks that a page offers for a view, and which of them it opens with.
Looks = Callable[[View], tuple[Mapping[str, PageLook], str]]


@dataclass
class _Shown:
    """Takes what a look shows in place of a page."""

    key: str
    view: View
    style: Style
    made: list[tuple[str, Made]] = field(default_factory=list)

    def show(self, answer: Answer, look: Look[Answer] | None = None) -> None:
        """Keep the finished parts of an answer."""
        look = look or Look()
        self.made.append((look.key, made_of(self.key, self.view, self.style, answer, look)))


@dataclass(frozen=True)
class _Open:
    """A page that is open in a browser: who looks, with which link, in which theme."""

    page: str
    looks: Looks
    shared: Engine
    key: str
    dark: bool

    def chosen(self) -> Chosen:
        """Return what the link that is read chooses; `ShortplankError` where that is refused."""
        return filters.looked_at(self.page, *seat_of(self.shared, self.key))

    def parts(self, says: Mapping[str, str]) -> dict[str, Any] | None:
        """Return the parts of the page for another link; None where a run alone can show it."""
        with history.reading(says):
            chosen = self.chosen()
            if not _is_sound(chosen):
                return None
            looks, first = self.looks(chosen.view)
            look = looks.get(history.said("look") or first)
            if look is None or not look.alone or says.get("present") == "1":
                return None
            shown = _Shown(self.page, chosen.view, Style(dark=self.dark))
            look.write(shown)
            ((key, made),) = shown.made
            self._note(chosen.view)
            return _told(self.page, key, chosen.view, made)

    def _note(self, view: View) -> None:
        """Write a line of the audit: what is given may be looked at, whoever draws it."""
        facts: dict[str, str | int] = {"page": self.page, "indicator": view.indicator}
        facts |= {"month": month_key(view.month), "window": view.window, "area": view.area}
        facts |= {"edition": view.edition, "ahead": 1}
        note_ahead(seen_of(view.ws.path, view.actor.account, **facts))


def _told(page: str, key: str, view: View, made: Made) -> dict[str, Any] | None:
    from shortplank.frame.chart import selected  # Plotly is slow to import
    from shortplank.frame.open_page import caption_of, stamp_text

    return {
        "page": page,
        "chart": f"{page}-{key}",
        "parts": {
            "head": made.head,
            "said": made.said,
            "legend": made.legend,
            "how": made.how,
            "below": made.below,
        },
        "figure": made.picture.figure if made.picture else "",
        "height": made.picture.height if made.picture else 0,
        "alt": made.title,
        "caption": asdict(caption_of(view, made.title, made.about)),
        "selected": selected.keys(view),
        "stamp": stamp_text(view),
    }


def near(boxes: list[Box]) -> Iterator[tuple[Box, str]]:
    """Yield what may be chosen next: the months beside the one that is shown, then the areas."""
    for box in boxes:
        if box.name == "month":
            at = box.options.index(box.chosen)
            for step in range(1, MONTHS_NEAR + 1):
                yield from ((box, box.options[i]) for i in (at - step, at + step) if _in(box, i))
    for box in boxes:
        if box.name == "area":
            yield from ((box, option) for option in box.options if option != box.chosen)


def _in(box: Box, at: int) -> bool:
    return 0 <= at < len(box.options)


def _is_sound(chosen: Chosen) -> bool:
    """Return whether the link asks for nothing in vain; what it did is the run's to say."""
    return not chosen.faults and not any(box.fault for box in chosen.boxes)


def _linked(box: Box, option: str) -> dict[str, str]:
    """Return what the link says once an option is chosen."""
    told = history.shown()
    told.pop(box.name, None)
    return told if option == box.default else {**told, box.name: option}


def _along(opened: _Open, says: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what may be chosen next, each as its box, the text in it and the link it leads to."""
    with history.reading(says):
        boxes = list(opened.chosen().boxes)
        return [
            {"box": box.name, "label": box.wording(each), "query": urlencode(_linked(box, each))}
            for box, each in islice(near(boxes), MOST)
        ]


def _asked(opened: _Open, says: Mapping[str, str], name: str, label: str) -> dict[str, Any] | None:
    """Return what a box was just set to, by the text that stands in it."""
    with history.reading(says):
        chosen = opened.chosen()
        box = next((each for each in chosen.boxes if each.name == name), None)
        options = {} if box is None else {box.wording(each): each for each in box.options}
        if box is None or label not in options or not _is_sound(chosen):
            return None
        link = _linked(box, options[label])
    made = opened.parts(link)
    if made is not None:
        made["query"] = urlencode(link)
    return made


def answer(page: str, looks: Looks, key: str, says: Mapping[str, str]) -> Any:
    """Return what a browser asks for, as JSON holds it; None where a run alone can show it.

    ``key`` is the session's, ``says`` the link of the page that is open, with a box and a text in
    it where the parts of that choice are meant, else the list of what may be chosen next.
    """
    said = dict(says)
    box, label, dark = said.pop(BOX, ""), said.pop(LABEL, ""), said.pop(DARK, "") == "1"
    opened = _Open(page, looks, engine(), key, dark)
    return _asked(opened, said, box, label) if box else _along(opened, said)
