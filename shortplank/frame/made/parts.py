"""What an answer puts on a page, finished: words, picture and table as they go to the browser.

Nothing here asks who is in a run or writes anything: the same answer gives the same parts to all
who may see it, and they are kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import pyarrow as pa
from markupsafe import Markup

from shortplank.drawing.theme import Style
from shortplank.frame import history
from shortplank.frame.html import NOTHING, anchor, bullets, explained, joined, paragraph
from shortplank.frame.links import address
from shortplank.frame.signed_in import COUNTY
from shortplank.frame.table.html_table import MOST, html_table
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.records.settings_changes import redefined

Answer = TypeVar("Answer", bound=Told)
NO_ROWS = "没有可列的行。"
# The fold of every picture: method, n, tests and rate stand there and in no sentence.
HOW = "怎么算的"


@dataclass(frozen=True)
class Look(Generic[Answer]):
    """How a page shows an answer: its picture with a legend, its table, and what they are called.

    ``name`` is the table's file, ``decimals`` the places of its fractions, ``hall`` are notes that
    a hall sees too.
    """

    key: str = "answer"
    figure: Callable[[Answer, Style], dict[str, Any]] | None = None
    table: Callable[[Answer], pa.Table] | None = None
    name: str = ""
    decimals: int = 2
    legend: Callable[[Answer, Style], Markup] | None = None
    hall: Sequence[str] = ()

    @property
    def kept_as(self) -> Hashable:
        """Return what tells this way of showing an answer from any other, as one without a picture.

        A function counts by its name, as a page makes some of them anew in each run; what such a
        one has caught from its page is said by ``key``, or rests on the answer.
        """
        made_by = (_named(each) for each in (self.figure, self.table, self.legend))
        return self.key, self.name, self.decimals, tuple(self.hall), *made_by


@dataclass(frozen=True)
class Picture:
    """A figure as the browser reads it, how high it is, and what can be selected in it."""

    figure: str
    height: int
    meta: dict[str, Any] | None


@dataclass(frozen=True)
class Made:
    """The parts of a page, in the order in which they stand; an empty one is not there."""

    title: str
    about: str
    head: Markup
    said: Markup
    picture: Picture | None
    legend: Markup
    how: Markup
    below: Markup
    rows: int | None
    """How many rows the table shows, None where there is no table."""


def made_of(page: str, view: View, style: Style, answer: Answer, look: Look[Answer]) -> Made:
    """Return an answer's parts, made once for all who see the same answer in the same style.

    A link in them carries the county that the link of the page names, for who may see others.
    """
    name = (page, look.kept_as, style, history.said(COUNTY))
    return view.engine.kept.beside(answer, name, lambda: _made(page, view, style, answer, look))


def _named(function: Callable[..., object] | None) -> str:
    if isinstance(function, partial):
        function = function.func
    return "" if function is None else f"{function.__module__}.{function.__qualname__}"


def _made(page: str, view: View, style: Style, answer: Answer, look: Look[Answer]) -> Made:
    hall, part = style.present, f"{page}-{look.key}"
    title, about = answer.title, " · ".join(each for each in answer.about if each)
    said = paragraph(answer.sentence, "say") if answer.sentence else NOTHING
    drawn = look.figure is not None and answer.has_picture
    legend = look.legend(answer, style) if drawn and look.legend else NOTHING
    table, rows = NOTHING, None
    if look.table is not None and not answer.is_empty and not hall:
        whole, decimals = look.table(answer), look.decimals
        table, rows = sheet_of(part, whole, style, name=look.name, decimals=decimals)
    notes = [notes_html(look.hall, "notes hall"), NOTHING if hall else notes_html(answer.notes)]
    return Made(
        title=title,
        about=about,
        head=head_html(view, title, answer.about, hall=hall),
        said=said if hall else explained(said),
        picture=picture_of(look.figure(answer, style), view) if drawn and look.figure else None,
        legend=legend if hall else explained(legend),
        how=NOTHING if hall else how_html(part, answer.how),
        below=joined([*(each if hall else explained(each) for each in notes), table]),
        rows=rows,
    )


def head_html(view: View, title: str, about: Sequence[str], *, hall: bool) -> Markup:
    """Return the finding as the title, what is looked at, and the way to the indicator's card."""
    own = view.item.label in about
    head = title_html(title, about)
    if own and (said := redefined(view.ws, view.indicator)):
        head += paragraph(said, "about")
    if hall:
        return head
    if own:
        county = history.said(COUNTY)
        carried = {COUNTY: county} if county is not None else {}
        href = address("dictionary", {**carried, "indicator": view.indicator})
        head += paragraph(anchor(href, "指标说明"), "card-link")
    return explained(head)


def title_html(title: str, about: Sequence[str]) -> Markup:
    """Return the finding as the title, and what is looked at below it."""
    head = Markup('<h1 class="finding">{}</h1>').format(title)
    return head + paragraph(" · ".join(each for each in about if each), "about")


def notes_html(notes: Sequence[str], kind: str = "notes") -> Markup:
    """Return what must be known about the figures as one paragraph."""
    return paragraph(f"{'。'.join(notes)}。", kind) if notes else NOTHING


def how_html(key: str, lines: Sequence[str]) -> Markup:
    """Return what was done and how sure it is, in a fold that begins closed; nothing for nothing.

    Once opened it stays so while the page is drawn anew (`gate/assets/screens.js`).
    """
    fold = Markup('<details class="how" data-fold="{}"><summary>{}</summary>{}</details>')
    return fold.format(key, HOW, explained(bullets(lines))) if lines else NOTHING


def sheet_of(
    key: str, table: pa.Table, style: Style, *, name: str, decimals: int, height: int | None = None
) -> tuple[Markup, int]:
    """Return a table as a page shows it, with what is to be said of its length, and its rows."""
    if table.num_rows == 0:
        return paragraph(NO_ROWS, "notes"), 0
    shown, said = table.slice(0, MOST), NOTHING
    if table.num_rows > MOST:
        said = notes_html([f"共 {table.num_rows:,} 行，下表列前 {MOST:,} 行，全部见下载"])
    paper = style.tokens.paper
    made = html_table(shown, key=key, name=name, paper=paper, decimals=decimals, height=height)
    return said + made, shown.num_rows


def picture_of(figure: dict[str, Any], view: View) -> Picture:
    """Return a figure as it goes to the browser; a village in it is known with its township."""
    from shortplank.frame.chart import selected  # Plotly is slow to import
    from shortplank.frame.chart.component import as_json

    layout = figure["layout"]
    if (meta := layout.get("meta")) is not None:
        meta = selected.with_groups(meta, view)
        figure = {**figure, "layout": {**layout, "meta": meta}}
    return Picture(as_json(figure), layout["height"], meta)
