"""The first steps: what a workspace without figures has, what it lacks, and who does what next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import streamlit as st
from markupsafe import Markup

from shortplank.access import Act, Actor, who_may
from shortplank.catalogue import Workspace
from shortplank.frame import history
from shortplank.frame.beside.new_workspace import is_new, write_new_workspace
from shortplank.frame.html import NOTHING, anchor, joined, paragraph, write_html
from shortplank.frame.links import address
from shortplank.frame.pages import PAGES, REGISTRY
from shortplank.ingest.filling import fillable_forms
from shortplank.ingest.templates import template
from shortplank.ingest.text import today
from shortplank.records.tray import items
from shortplank.store import Store

if TYPE_CHECKING:  # which shows this in place of a page
    from shortplank.frame.open_page import Desk

REGISTER, FORMS, PEERS, REPORT = "register", "forms", "peers", "report"
DONE, OPEN, FREE = "已完成", "待办", "可不办"
_MARKS = {DONE: "✓", OPEN: "○", FREE: "○"}


@dataclass(frozen=True)
class Step:
    """A step: what there is, what is to be done next, and the ways there.

    ``links`` are pages with their labels; a step that is ``free`` may be left out.
    """

    key: str
    name: str
    done: bool
    there: str
    mend: str = ""
    links: tuple[tuple[str, str], ...] = ()
    free: bool = False

    @property
    def state(self) -> str:
        """Return whether the step is done, or need not be."""
        return DONE if self.done else FREE if self.free else OPEN


# --- what there is --------------------------------------------------------------------------------
def steps(ws: Workspace, store: Store, edition: int = 0) -> list[Step]:
    """Return the steps as far as they are done now, for whom the store acts.

    ``edition`` is one that has no months of the county, 0 where there is none at all.
    """
    begun = [_register(ws), _forms(ws)]
    if not ws.forms:  # the register is made from the reports, once they are known
        begun.reverse()
    return [*begun, _peers(ws), _report(ws, store, edition)]


def register_table(ws: Workspace) -> pa.Table:
    """Return the townships of today with how many villages the register has for each."""
    towns = ws.valid_below(ws.settings.home, today())
    return pa.table(
        {
            "乡镇": [town.name for town in towns],
            "代码": [town.area_code for town in towns],
            "村数": [len(ws.valid_below(town.area_code, today())) for town in towns],
        }
    )


def _register(ws: Workspace) -> Step:
    table = register_table(ws)
    villages = sum(table["村数"].to_pylist())
    if not table.num_rows:
        return Step(
            REGISTER,
            "单位登记册",
            False,
            f"登记册里只有{ws.home.name}，还没有乡镇和村。",
            "请维护人员用 areas.csv 登记乡镇和村，或从报表里登记（见使用手册“换一个地区”），"
            "然后刷新这一页。",
        )
    there = f"登记了 {table.num_rows} 个乡镇、{villages} 个村。"
    return Step(REGISTER, "单位登记册", True, there)


def _forms(ws: Workspace) -> Step:
    own = len(fillable_forms(ws))
    if not ws.forms:
        mend = "请分析员用一份真实的报表，在“数据上报”里认一张新表。"
        ways = (
            (address("imports", {**history.county(), "look": "draft"}), "去认一张新表"),
            (address("handbook", {**history.county(), "chapter": "regions"}), "怎么认"),
        )
        return Step(FORMS, "报表", False, "工作区还不认得任何报表。", mend, ways)
    there = f"认得 {len(ws.forms)} 张报表，其中 {own} 张由乡镇填报。"
    links = ((address("dictionary", {**history.county(), "look": "forms"}), "各表认得哪些表头"),)
    return Step(FORMS, "报表", True, there, links=links)


def _peers(ws: Workspace) -> Step:
    others = {line.area_code for line in ws.peers} - {ws.settings.home}
    if others:
        return Step(PEERS, "同类县", True, f"登记了 {len(others)} 个同类县。")
    return Step(
        PEERS,
        "同类县",
        False,
        "没有登记同类县，各页就不显示位次。",
        "要比位次时，请维护人员在工作区的 peers.csv 里登记。",
        free=True,
    )


def _report(ws: Workspace, store: Store, edition: int) -> Step:
    """Return the step that brings figures in, with the way of whoever may take it."""
    actor = store.actor
    there = f"第 {edition} 版里没有{ws.home.name}的月报。" if edition else "还没有发布过报表。"
    waits = _waiting(ws, store)
    if actor.may("publish"):
        mend = "把各乡镇的报表一起拖进“数据上报”，核对无误后发布。"
        links = [(address("imports", history.county()), "去“数据上报”，拖入报表")]
        if waits:
            there += f"收件里有 {waits} 份等着收下。"
            links.append((address("tray", history.county()), "去“收件”"))
    elif actor.may("submit"):
        there += f"本乡镇已报送 {waits} 份，等县里收下。" if waits else ""
        mend = f"各乡镇先报送，再由{who_may('publish')}收下并发布。"
        links = [(address("filing", history.county()), "去“乡镇上报”")]
    else:
        mend = f"由{who_may('publish')}在“数据上报”里导入并发布。"
        links = []
    return Step(REPORT, "第一份月报", False, there, mend, tuple(links))


def _waiting(ws: Workspace, store: Store) -> int:
    acts: tuple[Act, ...] = ("tray", "submit")
    if not any(store.actor.may(act) for act in acts):
        return 0
    return sum(item.is_open for item in items(ws, store))


# --- the page in place of one without figures -----------------------------------------------------
def write_first_steps(desk: Desk, edition: int) -> None:
    """Write what a page says that has no figures: the steps, and what each page will show."""
    ws = desk.shared.ws
    made = steps(ws, desk.store, edition)
    if edition:
        _write_without_months(desk, made, edition)
        return
    done = sum(step.done for step in made)
    coming = next(step for step in made if not step.done and not step.free)
    about = f"{len(made)} 步里已完成 {done} 步，下一步：{coming.name}"
    desk.title(f"{ws.home.name}还没有数据，办好下面几步，各页就会显示", about)
    desk.say(f"“{PAGES[desk.key]}”将显示：{REGISTRY[desk.key].shows_zh}。")
    if desk.style.present:
        return
    if coming.links and _acts(desk):
        write_html(links_html(coming.links))  # the step itself may stand below the screen
    if is_new(ws, edition) and desk.may("settle"):
        write_new_workspace(desk)
    for number, step in enumerate(made, start=1):
        write_html(step_html(step, number, acts=_acts(desk)))
        _write_work(desk, step)
    desk.part("发布后各页显示", pages_html(desk.actor))


def _write_without_months(desk: Desk, made: Sequence[Step], edition: int) -> None:
    """Write the same in short for an edition of other data: the last step, other editions."""
    desk.title(f"第 {edition} 版里没有{desk.shared.ws.home.name}的月报", PAGES[desk.key])
    if desk.style.present:
        return
    report = made[-1]
    links = [*(report.links if _acts(desk) else ()), *_editions(desk, edition)]
    desk.say(report.mend)
    write_html(links_html(links))
    _write_work(desk, made[1])


def _editions(desk: Desk, edition: int) -> Iterator[tuple[str, str]]:
    """Yield the ways to the newest edition, where this is an older one, and to all of them."""
    newest = desk.shared.newest()
    if edition != newest:
        yield address(desk.key, {**history.county(), **desk.actor.query}), f"看最新的第 {newest} 版"
    yield (
        address("imports", {**history.county(), "look": "history", **desk.actor.query}),
        "看历次版本",
    )


def _acts(desk: Desk) -> bool:
    """Return whether who looks does any of the steps."""
    return desk.may("publish") or desk.may("submit")


def _write_work(desk: Desk, step: Step) -> None:
    """Write what a step is done with: the register to be checked, the templates to be filled in."""
    if not (step.done and _acts(desk)):
        return
    if step.key == REGISTER:
        with st.expander("核对登记册"):
            desk.table(register_table(desk.shared.ws), name="登记册", key="register", height=320)
    elif step.key == FORMS:
        _write_templates(desk)


def _write_templates(desk: Desk) -> None:
    """Offer the workbooks of the forms, those that townships fill in before the county's own."""
    ws = desk.shared.ws
    own = fillable_forms(ws)
    others = {key: form for key, form in ws.forms.items() if key not in own}
    rows = {"乡镇填报的空表": own, "县里汇总的空表": others if desk.may("publish") else {}}
    for label, forms in rows.items():
        if not forms:
            continue
        write_html(paragraph(label, "notes"))
        with st.container(horizontal=True):
            for key, form in forms.items():
                make = partial(template, ws, form)
                name = f"{form.label}.xlsx"
                desk.download(make, name, key=f"form-{key}", label=f"下载 {name}", exact=False)


# --- HTML -----------------------------------------------------------------------------------------
def step_html(step: Step, number: int, *, acts: bool) -> Markup:
    """Return a step: its number, name and state, what there is and what comes next."""
    head = Markup('<h2 class="part"><span aria-hidden="true">{}</span> {}. {}').format(
        _MARKS[step.state], number, step.name
    ) + Markup(' <span class="town">{}</span></h2>').format(step.state)
    links = links_html(step.links) if acts else NOTHING
    body = paragraph(f"{step.there}{step.mend}") + links
    return Markup('<div class="step">{}{}</div>').format(head, body)


def links_html(links: Sequence[tuple[str, str]]) -> Markup:
    """Return ways on, beside each other."""
    if not links:
        return NOTHING
    return Markup('<p class="onward">{}</p>').format(joined(anchor(*each) for each in links))


def pages_html(actor: Actor) -> Markup:
    """Return what each page of data that is open to who looks will show."""
    row = Markup("<dt>{}</dt><dd>{}</dd>")
    rows = (
        row.format(entry.label, entry.shows_zh)
        for key, entry in REGISTRY.items()
        if not entry.desk and actor.opens(key)
    )
    return Markup('<dl class="terms">{}</dl>').format(joined(rows))
