"""The one guard that every page opens with: access, edition and filters, then the page's parts.

``pages/`` beside app.py means that a deep link can run a page file directly, past app.py. So a page
counts on nothing that app.py did: it opens with `open_page`, which fixes who is looking, at which
edition and at what, or says in one sentence why it cannot.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from shortplank import names
from shortplank.access import Act, Actor, Reads, lowered
from shortplank.audit.seen import Seen, note_export, note_look, note_part, note_refusal, seen_of
from shortplank.catalogue import Workspace
from shortplank.drawing.theme import Style
from shortplank.errors import NotAllowed, NothingYet, OneCounty, ShortplankError
from shortplank.frame import filters, history, projection
from shortplank.frame.asking.opener import head, opener
from shortplank.frame.beside.notes import notes_of
from shortplank.frame.beside.tour import tour_of
from shortplank.frame.html import (
    NOTHING,
    anchor,
    bullets,
    explained,
    joined,
    paragraph,
    part_html,
    write_html,
)
from shortplank.frame.links import address
from shortplank.frame.made.parts import (
    Answer,
    Look,
    Picture,
    head_html,
    how_html,
    made_of,
    notes_html,
    picture_of,
    sheet_of,
    title_html,
)
from shortplank.frame.pages import PAGES, REGISTRY
from shortplank.frame.signed_in import COUNTY, at_home, is_public, rights_key, signed_in
from shortplank.frame.table import takeaways
from shortplank.frame.table.html_table import html_table
from shortplank.frame.table.takeaways import COPY, Make, takeaways_html, takeaways_of
from shortplank.frame.tables import FORMATS, MIME, Format
from shortplank.reading.published import stamp_parts
from shortplank.reading.view import View
from shortplank.store import Engine, Store, engine
from shortplank.upkeep.watching import runs
from shortplank.wording.naming import speak_of, spoken
from shortplank.wording.periods import month_key, month_text

if TYPE_CHECKING:
    from shortplank.frame.chart.component import Caption

log = logging.getLogger("shortplank")
# The gate's own page of who is signed in, beside every page.
ACCOUNT = "./gate/me"


@dataclass
class Sheet:
    """What every opened page is made of: title, parts, tables, and what it says of a fault."""

    key: str
    style: Style
    ended = False
    """Whether nothing more is to be written beside the page."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Say a fault in one sentence; never a traceback on screen."""
        if isinstance(error, ShortplankError):
            st.error(error.sentence)
            if isinstance(error, NotAllowed):
                note_refusal(st.session_state)
        elif isinstance(error, Exception):
            log.exception("page %s failed", self.key, exc_info=error)
            runs.fault(self.key)
            st.error(
                "这一页没有画出来，其他页面不受影响。请把时间和所选条件告诉维护人员，原因已记入日志。"
            )
        else:
            return False
        self.ended = True
        self.stamp()
        return True

    def about_rows(self) -> dict[str, str]:
        """Return what stands on every row of a table that is taken away."""
        raise NotImplementedError

    def seen(self) -> Seen:
        """Return what is looked at and by whom, as the audit holds it."""
        raise NotImplementedError

    def may(self, act: Act, area: str = "") -> bool:
        """Return whether who looks may do something, to an area; `access` has every act."""
        raise NotImplementedError

    @property
    def ws(self) -> Workspace:
        """Return the workspace that is looked at."""
        raise NotImplementedError

    def corner(self, text: str) -> None:
        """Write a text into the corner of the screen."""
        write_html(self.corner_html(text), explain=False)

    def corner_html(self, text: str) -> Markup:
        """Return a text for the corner of the screen, with what opens the box in another."""
        corner = Markup('<div class="stamp" style="background:{}"><span>{}</span></div>')
        paper = self.style.tokens.paper
        return corner.format(paper, text) + (NOTHING if self.style.present else head(paper))

    def stamp(self) -> None:
        """Write what the screen shows into its corner."""
        raise NotImplementedError

    # --- parts -------------------------------------------------------------------------------
    def title(self, finding: str, *about: str) -> None:
        """Write the finding as the title, and what is looked at below it."""
        write_html(title_html(finding, about))

    def switch(self, name: str, label: str, options: Mapping[str, str], default: str) -> str:
        """Offer a few looks side by side and return the chosen one; it lives in the link."""
        return filters.switch(self.key, name, label, options, default)

    def choose(self, name: str, label: str, options: Mapping[str, str], default: str) -> str:
        """Offer a list and return the chosen key; it lives in the link."""
        return filters.choose_one(self.key, name, label, options, default)

    def amount(
        self, name: str, label: str, low: float, high: float, default: float, step: float = 1
    ) -> float:
        """Offer a number that lives in the link, and return it."""
        return filters.amount(self.key, name, label, low, high, default, step)

    def say(self, sentence: str) -> None:
        """Write the one sentence under a chart, where there is one."""
        if sentence:
            write_html(paragraph(sentence, "say"))

    def notes(self, notes: Sequence[str], *, hall: bool = False) -> None:
        """Write what must be known about the figures: missing months, too few, historical rules.

        A hall sees only what the picture cannot be read without.
        """
        if notes and (hall or not self.style.present):
            write_html(notes_html(notes, "notes hall" if hall else "notes"))

    def how(self, lines: Sequence[str]) -> None:
        """Write what was done and how sure it is into a fold that begins closed."""
        if lines and not self.style.present:
            write_html(how_html(self.key, lines), explain=False)

    def _put(self, **parts: Markup) -> None:
        """Write finished parts of the page, which the browser may put others in the place of.

        What stands together goes there in one piece: each is a message of every run.
        """
        if parts:
            place = Markup('<div class="made" data-made="{}-{}">{}</div>')
            made = (place.format(self.key, name, body) for name, body in parts.items())
            write_html(joined(made), explain=False)

    def part(self, heading: str, body: Markup = NOTHING) -> None:
        """Write a part of the page under its heading."""
        if self.style.present:
            return
        write_html(part_html(heading, body))

    def table(
        self,
        table: pa.Table,
        *,
        name: str,
        key: str,
        height: int | None = None,
        decimals: int = 2,
        whole: Callable[[], pa.Table] | None = None,
    ) -> None:
        """Show a table whose columns are Chinese already, and let it be taken away in each format.

        Columns of fractions are shown with ``decimals`` places, as the reports write them;
        where the table is only the first rows, ``whole`` makes the one that the file holds.
        """
        if self.style.present:
            return
        body, rows = sheet_of(
            f"{self.key}-{key}", table, self.style, name=name, decimals=decimals, height=height
        )
        taken = whole or (lambda: table)
        ways = self.takeaways(taken, rows, name, key, decimals) if rows else NOTHING
        write_html(body + ways, explain=False)

    def takeaways(
        self, taken: Callable[[], pa.Table], rows: int, name: str, key: str, decimals: int
    ) -> Markup:
        """Return what takes a table away: the rows that are shown, and a file in each format."""
        about, offered = self.about_rows(), takeaways_of(rights_key())
        exact, stem = self.may("see_exact"), f"{self.key}-{key}"
        copy = self._noted(lambda: (b"", rows), COPY, exact)
        copied, files = offered.offer(f"{stem}.{COPY}", name, copy), {}
        for each in FORMATS:
            made = self._noted(partial(_written, each, taken, about, name, decimals),
                               each.ending, exact)  # fmt: skip
            file_name = self._named(f"{name}.{each.ending}")
            files[offered.offer(f"{stem}.{each.ending}", file_name, made)] = each.label
        return takeaways_html(stem, copied, files)

    def _noted(self, make: Make, ending: str, exact: bool) -> Make:
        """Return what makes a file and writes a line of the audit before its bytes are given."""
        seen, ws = self.seen(), self.ws

        def given() -> tuple[bytes, int | None]:
            with spoken(ws):  # it is made in whatever thread answers
                data, rows = make()
            note_export(seen, ending, rows, exact=exact)
            return data, rows

        return given

    def write_table(
        self,
        table: pa.Table,
        *,
        name: str,
        key: str,
        height: int | None = None,
        decimals: int = 2,
        picks: bool = False,
    ) -> None:
        """Write a table alone, without what takes it away; ``picks`` has rows picked."""
        made = html_table(
            table,
            key=f"{self.key}-{key}",
            name=name,
            paper=self.style.tokens.paper,
            decimals=decimals,
            height=height,
            picks=picks,
        )
        write_html(made, explain=False)

    def download(
        self,
        data: Callable[[], bytes],
        file_name: str,
        *,
        key: str,
        label: str,
        exact: bool | None = None,
        named: bool = False,
    ) -> None:
        """Offer a file that is made only when it is asked for.

        It has exact figures where ``exact`` says so; else as far as who looks has them. Its name
        begins with the county's, unless it is ``named`` in full.
        """
        held = self.may("see_exact") if exact is None else exact
        name = names.file_name(file_name) if named else self._named(file_name)
        self._offer(lambda: (data(), None), name, key=key, label=label, exact=held)

    def _named(self, file_name: str) -> str:
        return names.file_name(f"{self.about_rows()['单位县']}_{file_name}")

    def _offer(self, make: Make, file_name: str, *, key: str, label: str, exact: bool) -> None:
        """Offer a file; a line of the audit stands before its bytes are given."""
        ending = file_name.rpartition(".")[2]
        given = self._noted(make, ending, exact)
        st.download_button(
            label,
            lambda: given()[0],
            file_name=file_name,
            mime=MIME.get(ending, "application/octet-stream"),
            key=f"{self.key}-{key}-file",
            on_click="ignore",
            type="tertiary",
        )


@dataclass
class Page(Sheet):
    """An opened page that looks at the data: one view, and how it draws it."""

    view: View
    head: DeltaGenerator
    """The top of the page: the title stands there, whatever was written before it."""
    about: str = ""
    """What the title says is looked at."""
    pickable: list[dict[str, Any]] = field(default_factory=list)
    """What the pictures of the page name, as far as they are drawn."""

    def title(self, finding: str, *about: str) -> None:
        """Write the finding, what is looked at, and the way to the indicator's card."""
        self.about = " · ".join(part for part in about if part)
        with self.head:
            write_html(head_html(self.view, finding, about, hall=self.style.present))

    def show(self, answer: Answer, look: Look[Answer] | None = None) -> None:
        """Write an answer: finding, sentence, picture with legend, how, notes, and the table.

        A picture fills a screen, so its sentence stands before it; a hall looks at it first.
        """
        look = look or Look()
        made, hall = made_of(self.key, self.view, self.style, answer, look), self.style.present
        self.about = made.about
        with self.head:
            self._put(head=made.head)
        if not hall:
            self._put(said=made.said)
        under = {}
        if made.picture is not None:
            self._write_picture(made.picture, look.key, made.title)
            under["legend"] = made.legend
        if hall and made.said:
            under["said"] = made.said
        taken = NOTHING
        if made.rows and (table := look.table):
            whole = partial(table, answer)
            taken = self.takeaways(whole, made.rows, look.name, look.key, look.decimals)
        self._put(**under, how=made.how, below=made.below, taken=taken)

    def kept(self, answer: object, name: str, make: Callable[[], Markup]) -> Markup:
        """Return a piece of the page that rests on an answer, made once for all who see the same.

        Its links say who looks and of which county, so either is part of what it is kept by.
        """
        seat = self.view.actor.seat(self.view.ws), tuple(self.view.actor.query.items())
        key = (self.key, name, self.style, seat)
        return self.view.engine.kept.beside(answer, key, make)

    def about_rows(self) -> dict[str, str]:
        """Return county, month, edition and whether the counts are exact."""
        view = self.view
        return {
            "单位县": view.county.name,
            "月份": month_key(view.month),
            "版次": f"第{view.edition}版",
            "口径": view.actor.exactness,
        }

    def seen(self) -> Seen:
        """Return page, indicator, month, window, area and edition."""
        return _seen(self.key, self.view)

    def may(self, act: Act, area: str = "") -> bool:
        """Return whether who looks may do something, to an area; `access` has every act."""
        return self.view.may(act, area)

    @property
    def ws(self) -> Workspace:
        """Return the workspace at the county that is looked at."""
        return self.view.ws

    def chart(self, figure: dict[str, Any], *, key: str, alt: str) -> None:
        """Draw a figure in the house style; what it names can be selected."""
        self._write_picture(picture_of(figure, self.view), key, alt)

    def _write_picture(self, picture: Picture, key: str, alt: str) -> None:
        from shortplank.frame.chart import selected  # Plotly is slow to import
        from shortplank.frame.chart.component import write_chart

        if picture.meta is not None:
            self.pickable.append(picture.meta)
        write_chart(
            f"{self.key}-{key}",
            picture,
            caption_of(self.view, alt, self.about),
            selected.keys(self.view),
            selected.select,
            lambda: note_export(self.seen(), "png", None, exact=self.may("see_exact")),
            present=self.style.present,
        )

    def choose_town(self, towns: Mapping[str, str], default: str) -> str:
        """Offer the townships and return the chosen one: the selected area, or its township."""
        return filters.choose_town(self.key, towns, default, self.view.ws)

    def choose_village(self, choices: Mapping[str, str], default: str) -> View:
        """Offer the villages, and return the view of the chosen one."""
        chosen = filters.choose_village(self.key, self.view, choices, default)
        view = self.view.with_(area=chosen)
        note_part(_seen(self.key, view), "village", st.session_state)
        return view

    def stamp(self) -> None:
        """Write county, month, edition and date of the data in the corner of every screen.

        All that stands at a page's end goes there in one piece: each is a message of every run.
        """
        view, where, foot, door = self.view, "", NOTHING, NOTHING
        if self.style.present:
            where = projection.write_turns(self.key, view)
        else:
            door = projection.door(self.key)
            attribution = view.ws.settings.attribution
            foot = paragraph(attribution, "notes") if attribution else NOTHING
        foot += self._beside()
        corner = self.corner_html(" · ".join(part for part in (where, stamp_text(view)) if part))
        write_html((foot if self.style.present else explained(foot)) + corner, explain=False)
        with st.sidebar:
            write_html(door + _footer(view.actor, view.ws.path), explain=False)

    def _selected(self) -> Markup:
        """Write the bar of what is selected, at the foot of the screen; else return a link."""
        from shortplank.frame.chart import selected

        chosen = selected.found(self.pickable, selected.keys(self.view))
        bar = selected.bar(self.key, self.view, chosen, self.style)
        if bar:
            with st.container(key="selected"):
                write_html(bar)
        if bar or self.style.present:
            return NOTHING
        return paragraph(selected.copied(selected.same(self.key)), "notes")

    def _beside(self) -> Markup:
        """Return what stands beside every page, once: not again after a fault of its own."""
        if self.ended:
            return NOTHING
        self.ended = True
        return notes_of(self) + tour_of(self) + self._selected()


@dataclass
class Desk(Sheet):
    """An opened page of work: the workspace, whether or not it has data yet."""

    shared: Engine
    actor: Actor

    def may(self, act: Act, area: str = "") -> bool:
        """Return whether who works may do something, to an area; `access` has every act."""
        return self.actor.may(act, area, self.shared.ws)

    @property
    def ws(self) -> Workspace:
        """Return the workspace that is worked in."""
        return self.shared.ws

    @property
    def store(self) -> Store:
        """Return the store, as far as who works may write in it."""
        return self.shared.store.acting_for(self.actor)

    def seen(self) -> Seen:
        """Return the page and who works there."""
        present = int(projection.is_on())
        return seen_of(self.shared.ws.path, self.actor.account, page=self.key, present=present)

    def diff(self, old: int, new: int) -> pa.Table:
        """Return each count of the county that changed between two editions, exactly."""
        self.actor.must("see_exact")
        self.actor.must("look", self.shared.ws.settings.home, self.shared.ws)
        ws, found = self.shared.ws, self.shared.diff(old, new)
        homes = (ws.home_of(code) for code in found["area_code"].to_pylist())
        # A bulletin's counties need not stand in the register: they are nobody else's.
        ours = [home in (None, ws.settings.home) for home in homes]
        return found.filter(pa.array(ours, pa.bool_()))

    def about_rows(self) -> dict[str, str]:
        """Return the county, the edition that is newest now, and whether the counts are exact."""
        return {
            "单位县": self.shared.ws.home.name,
            "版次": f"第{self.shared.newest()}版",
            "口径": self.actor.exactness,
        }

    def stamp(self) -> None:
        """Write county and newest edition in the corner."""
        settings = self.shared.ws.settings
        newest = self.shared.newest()
        parts = [self.shared.ws.home.name, f"最新第{newest}版" if newest else "还没有数据"]
        parts += ["演示数据"] if settings.demo else []
        if self.style.present:
            projection.write_turns(self.key, None)
        self.corner(" · ".join(parts))


def caption_of(view: View, title: str, about: str) -> Caption:
    """Return what is written on a picture of a view when it is taken away."""
    from shortplank.frame.chart.component import Caption  # Plotly is slow to import

    name = names.file_name(f"{view.county.name}_{title[:40]}.png")
    return Caption(title, about, stamp_text(view), name)


def stamp_text(view: View) -> str:
    """Return the stamp: 云洲县 · 2010年5月 · 数据截至…, see `stamp_parts`."""
    parts = [
        view.county.name,
        month_text(view.month),
        *stamp_parts(view.published),
    ]
    if view.ws.settings.demo:
        parts.append("演示数据")
    return " · ".join(parts)


def open_page(key: str) -> Page:
    """Return the opened page, or stop it with one sentence that says why.

    What it looks at is read from the link; what its filters offer stands in the registry.
    """
    looks = REGISTRY[key].looks
    with _opening(key) as (shared, actor), st.sidebar:
        _refuse_province(key, shared)
        with _listing(shared, key, actor):
            edition = filters.choose_edition(shared)
            _open_edition(shared, edition.number, actor.reads, villages=looks.villages)
            chosen = filters.read(looks, shared, edition.number, actor)
        edition.write()
        filters.write(key, chosen)
    page = Page(key, _style(), chosen.view, st.container())
    note_look(page.seen(), st.session_state)
    return page


def open_desk(key: str) -> Desk:
    """Return an opened page of work, or stop it with one sentence that says why."""
    with _opening(key) as (shared, actor), st.sidebar:
        _refuse_province(key, shared)
        _write_pages(shared, key, actor)
        filters.write_boxes(key, filters.county_box(shared.ws, actor))
        write_html(_footer(actor, shared.ws.path), explain=False)
    desk = Desk(key, _style(), shared, actor)
    note_look(desk.seen(), st.session_state)
    return desk


@contextmanager
def _opening(key: str) -> Iterator[tuple[Engine, Actor]]:
    """Begin a page: its head and styles, the workspace and who looks; a fault stops it in words."""
    st.set_page_config(page_title=f"{PAGES[key]} · 短板看板", layout="wide")
    history.begin()
    takeaways.begin()
    if projection.is_on():
        projection.write_styles()
    account, nothing, counties = "", None, False
    try:
        shared = engine()
        actor = current_actor(shared)
        account = actor.account
        shared = at_home(shared, actor)
        speak_of(shared.ws)
        yield shared, actor.outward if projection.is_on() else actor
    except NothingYet as error:
        nothing = error
    except OneCounty as error:
        fault, counties = error.sentence, True
    except ShortplankError as error:
        fault = error.sentence
        if isinstance(error, NotAllowed):
            note_refusal(st.session_state, seen_of(shared.ws.path, account, page=key))
    else:
        return
    if counties:
        _offer_counties(Desk(key, _style(), shared, actor), fault)
    elif nothing is None:
        st.error(fault)
    else:
        _guide(Desk(key, _style(), shared, actor), nothing.edition)
    st.stop()


def _guide(desk: Desk, edition: int) -> None:
    """Write the first steps in place of a page that has nothing to show yet."""
    from shortplank.frame.beside.first_steps import write_first_steps  # the import's code is large

    note_look(desk.seen(), st.session_state)
    with st.sidebar:
        write_html(_footer(desk.actor, desk.shared.ws.path), explain=False)
    with desk:
        write_first_steps(desk, edition)
        desk.stamp()


def _refuse_province(key: str, shared: Engine) -> None:
    """Raise `OneCounty` where a page of a county is asked about a province."""
    if shared.ws.is_province and not REGISTRY[key].province:
        raise OneCounty(f"“{PAGES[key]}”只看一个县", mend="请选一个县")


def _offer_counties(desk: Desk, sentence: str) -> None:
    """Write in place of a page of one county which counties there are, each a link to it."""
    note_look(desk.seen(), st.session_state)
    ws = desk.shared.ws
    with st.sidebar:
        _write_pages(desk.shared, desk.key, desk.actor)
        filters.write_boxes(desk.key, filters.county_box(ws, desk.actor))
        write_html(_footer(desk.actor, ws.path), explain=False)
    with desk:
        desk.title(sentence, ws.home.name)
        told = carried(desk.key, ws)
        ways = [
            anchor(address(desk.key, {**told, COUNTY: area.area_code}), area.name)
            for area in ws.areas_below.get(ws.settings.home, ())
        ]
        write_html(bullets(ways))
        desk.stamp()


def _seen(page: str, view: View) -> Seen:
    """Return what a look at the data holds of itself in the audit."""
    return seen_of(
        view.ws.path,
        view.actor.account,
        page=page,
        indicator=view.indicator,
        month=month_key(view.month),
        window=view.window,
        area=view.area,
        edition=view.edition,
        present=int(projection.is_on()),
    )


def _written(
    form: Format, table: Callable[[], pa.Table], about: Mapping[str, str], name: str, decimals: int
) -> tuple[bytes, int]:
    """Return a table as a file, and how many rows it has."""
    whole = table()
    return form.write(whole, about, name, decimals), whole.num_rows


def current_actor(shared: Engine) -> Actor:
    """Return who is looking: who signed in, as a viewer where the link asks for that."""
    return lowered(signed_in(shared.ws.path), history.said("role"))


@contextmanager
def _listing(shared: Engine, own: str, actor: Actor) -> Iterator[None]:
    """Write the list of the pages when it is known what their links carry, or at a fault."""
    try:
        yield
    finally:
        _write_pages(shared, own, actor)


def _write_pages(shared: Engine, own: str, actor: Actor) -> None:
    """Write the list of the pages that are open to who looks; `NotAllowed` where this one is not.

    It is one piece, whose links stay in the document (`gate/assets/links.js`): Streamlit's own
    would be a message each, at every run.
    """
    told = tuple(sorted(history.shown().items()))
    opens = tuple(page for page in PAGES if actor.opens(page))
    listed = shared.keep(("listed", own, opens, told), lambda: _listed(shared.ws, own, opens))
    write_html(listed, explain=False)
    if not actor.opens(own):
        raise NotAllowed(f"“{PAGES[own]}”不对当前身份开放", mend="请从左侧选其他页")


def _listed(ws: Workspace, own: str, opens: Sequence[str]) -> Markup:
    """Return the head of the list, the field that opens the box, and a link to each page."""
    brand = Markup('<div class="brand">短板看板 <span>{}</span></div>').format(ws.settings.name)
    rows = (
        Markup('<a href="{}" target="_self"{}>{}</a>').format(
            address(key, carried(key, ws)),
            Markup(' aria-current="page"') if key == own else NOTHING,
            (ws.is_province and REGISTRY[key].province_label) or label,
        )
        for key, label in PAGES.items()
        if key in opens
    )
    listed = Markup('<nav class="contents" aria-label="页面">{}</nav>').format(joined(rows))
    return Markup('<div class="made">{}</div>').format(brand + opener() + listed)


def carried(key: str, ws: Workspace) -> dict[str, str]:
    """Return what a link to another page takes along of this one: no more than it can show."""
    entry, told = REGISTRY[key], history.shown()
    names = {"month", "edition", "role", COUNTY} | (set() if entry.desk else {"area"})
    if entry.looks.indicators is not None:
        item = ws.indicators.get(told.get("indicator", ""))
        names |= {"indicator"} if item is not None and entry.looks.indicators(item) else set()
    names |= {"window"} if told.get("window") in entry.looks.windows else set()
    return {name: value for name, value in told.items() if name in names}


def _style() -> Style:
    theme = st.context.theme.type
    return Style(dark=theme == "dark", present=projection.is_on())


def _footer(actor: Actor, workspace: Path) -> Markup:
    """Return who is signed in, what is seen, and the way to the account and out."""
    where = "网络访问" if is_public(workspace) else "仅本机可访问"
    account = paragraph(f"{actor.account} · {actor.label} · {where}", "account")
    return account + paragraph(anchor(ACCOUNT, "账号与退出"), "account")


def _open_edition(shared: Engine, number: int, role: Reads, *, villages: bool) -> None:
    """Open the edition, with words while its marts are built, and keep what it loads out of gc."""
    relations = ("indicator", "village_indicator") if villages else ("indicator",)
    opened, home = shared.open(number, role), shared.ws.settings.home
    if not opened.holds(relations, home):
        with st.spinner(f"正在整理第 {number} 版数据，首次需要几秒…"):
            opened.fill(relations, home)
        _freeze(str(shared.ws.path), number, role, relations, home)


@st.cache_resource(show_spinner=False, max_entries=16)
def _freeze(_path: str, _number: int, _role: str, _relations: tuple[str, ...], _home: str) -> None:
    """Move what is loaded out of the collector's way: Streamlit collects after every run."""
    gc.collect()
    gc.freeze()


def month_of(text: str) -> date:
    """Return the month that a link writes as 2010-05."""
    return date.fromisoformat(f"{text}-01")
