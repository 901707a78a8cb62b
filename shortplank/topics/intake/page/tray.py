"""The analyst's tray: the month at a glance, what waits, publishing, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st
from markupsafe import Markup

from shortplank import ingest
from shortplank.drawing.theme import Style, faded
from shortplank.errors import Overtaken, ShortplankError
from shortplank.frame.html import joined, table, write_html
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.ingest import Batch, Upload
from shortplank.ingest.text import today
from shortplank.records import tray
from shortplank.records.tray import Item
from shortplank.topics.intake.answer.tray import (
    Glance,
    cell_text,
    decided_table,
    decided_title,
    glance,
    item_about,
    item_label,
    items_table,
    latest_months,
    meanwhile_text,
    urge_table,
    urge_text,
    waiting_title,
)
from shortplank.topics.intake.page.findings import write_findings, write_original
from shortplank.topics.intake.page.intake import write_preview
from shortplank.topics.intake.page.tray_publish import SEEN, Publishing, write_publishing
from shortplank.wording.periods import month_key, month_text

STATE = "tray"
LOOKS = {"month": "收齐情况", "waiting": "待收", "publish": "发布", "decided": "已办结"}
REASON = 200


@dataclass
class Tray:
    """What a session knows of the tray between two runs."""

    done: str = ""
    told: str = ""
    """What somebody else did first, to be said once."""
    checked: dict[str, tuple[object, Upload, Batch]] = field(default_factory=dict)
    """Each item's file and what was found in it, by its id and what it was checked against."""
    publishing: Publishing = field(default_factory=Publishing)


def write_tray(desk: Desk) -> None:
    """Write the look that the link names; for whoever may take in what townships hand in."""
    desk.actor.must("tray")
    state: Tray = st.session_state.setdefault(STATE, Tray())
    items = tray.items(desk.shared.ws, desk.store)
    look = desk.switch("look", "看法", LOOKS, "month")
    _say_once(state)
    _say_meanwhile(desk, items)
    match look:
        case "month":
            _write_month(desk, items)
        case "waiting":
            _write_waiting(desk, state, [item for item in items if item.state == "handed_in"])
        case "publish":
            accepted = [item for item in items if item.state == "accepted"]
            _write_publish(desk, state, accepted)
        case "decided":
            _write_decided(desk, items)


def _say_once(state: Tray) -> None:
    """Say what was done, and what somebody else had done first."""
    if state.done:
        st.success(as_written(state.done))
    if state.told:
        st.warning(as_written(state.told))
    state.done = state.told = ""


def _say_meanwhile(desk: Desk, items: Sequence[Item]) -> None:
    """Say what others did since the last run, which may be why a press did nothing."""
    now = {item.id: item.state for item in items}
    if said := meanwhile_text(desk.shared.ws, items, st.session_state.get(SEEN, now)):
        st.warning(as_written(said))
    st.session_state[SEEN] = now


# --- the month at a glance ------------------------------------------------------------------------
def _write_month(desk: Desk, items: Sequence[Item]) -> None:
    head = st.container()
    month = _month(desk, items)
    ws, now = desk.shared.ws, today()
    made = glance(ws, tray.matrix(ws, desk.store, month), month, now)
    waiting, accepted = (
        sum(item.state == state for item in items) for state in ("handed_in", "accepted")
    )
    with head:
        desk.title(made.title, *made.about, f"待收 {waiting} 份", f"待发布 {accepted} 份")
    left, right = st.columns([3, 2], gap="large")
    with left:
        write_html(glance_html(made, desk.style))
    with right:
        _write_urge(desk, made)


def _month(desk: Desk, items: Sequence[Item]) -> date:
    """Offer the months and return the chosen one; at first the one after what is published."""
    months, newest = latest_months(desk.store, items)
    options = {month_key(month): month_text(month) for month in months}
    asked = [m for item in items if item.is_open and not item.correction for m in item.months]
    default = max(asked, default=month_key(newest))
    with st.columns([1, 4])[0]:
        chosen = desk.choose("month", "月份", options, default)
    return date.fromisoformat(f"{chosen}-01")


def glance_html(made: Glance, style: Style) -> Markup:
    """Return townships × forms as a table, each cell with mark, word and colour."""
    row = Markup('<tr><td class="place">{}</td>{}</tr>')
    cell = Markup(
        '<td style="background:{};border:2px solid {};border-left:5px solid {};padding:2px 8px">'
        "{}</td>"
    )
    paper, edge = style.tokens.paper, style.tokens.worse
    rows = [
        row.format(
            each.town,
            joined(
                cell.format(
                    _colour(c.code, style),
                    paper,
                    edge if c.late and not c.owed else paper,
                    cell_text(c),
                )
                for c in each.cells
            ),
        )
        for each in made.rows
    ]
    return table(("乡镇", *made.forms), rows, "list wrap", sortable=True)


def _colour(code: str, style: Style) -> str:
    t = style.tokens
    strength = {
        "missing": (t.worse, 0.55),
        "sent_back": (t.worse, 0.25),
        "handed_in": (t.better, 0.12),
        "accepted": (t.better, 0.26),
        "published": (t.better, 0.45),
    }
    colour, share = strength.get(code, (t.paper, 1.0))
    return faded(colour, t.paper, share)


def _write_urge(desk: Desk, made: Glance) -> None:
    ws = desk.shared.ws
    desk.part("催报")
    said = urge_text(ws, made)
    if not said:
        desk.say("没有要催的乡镇。")
        return
    desk.notes(["右上角可整段复制；岗位取自岗位名册"])
    st.code(said, language=None, wrap_lines=True, height=280)
    desk.table(urge_table(ws, made), name=f"{month_key(made.month)}催报", key="urge", height=200)


# --- what waits -----------------------------------------------------------------------------------
def _write_waiting(desk: Desk, state: Tray, waiting: Sequence[Item]) -> None:
    found = _check_all(desk, state, waiting)
    faulty = sum(said != CLEAN for said in found.values())
    desk.title(waiting_title(len(waiting), faulty), "收下之后在“发布”里一并发布")
    if not waiting:
        return
    ws = desk.shared.ws
    desk.table(items_table(ws, waiting, found), name="待收", key="waiting")
    labels = {item.id: item_label(ws, item) for item in waiting}
    _write_accept(desk, state, waiting, labels)
    desk.part("看一份")
    # What the checks found something in comes first: there is something to decide.
    ordered = sorted(labels, key=lambda key: found[key] == CLEAN)
    chosen = st.selectbox(
        "哪一份",
        ordered,
        format_func=lambda key: f"{labels[key]}：{found[key]}" if key in found else "",
        key="tray-one",
    )
    item = next((each for each in waiting if each.id == chosen), None)
    if item is not None:
        _write_one(desk, state, item)


def _check_all(desk: Desk, state: Tray, items: Sequence[Item]) -> dict[str, str]:
    """Return by each item's id what the checks found in it, in a few words."""
    late = [item for item in items if not _is_checked(desk, state, item)]
    bar = st.progress(0.0, "正在核对…") if late else None
    found = {}
    for number, item in enumerate(items):
        try:
            batch = _checked(desk, state, item)[1]
        except ShortplankError as error:
            found[item.id] = error.message
        else:
            found[item.id] = found_text(batch)
        if bar is not None:
            bar.progress((number + 1) / len(items), f"已核对 {number + 1} / {len(items)} 份")
    if bar is not None:
        bar.empty()
    return found


CLEAN = "无误"


def found_text(batch: Batch) -> str:
    """Return how many errors and hints there are: 2 处提示."""
    errors = sum(finding.severity != "warning" for finding in batch.findings)
    hints = len(batch.findings) - errors
    parts = [f"{n} 处{word}" for n, word in ((errors, "错误"), (hints, "提示")) if n]
    return "、".join(parts) or CLEAN


def _against(desk: Desk) -> object:
    """Return what a check depends on besides the file."""
    store = desk.store
    return store.newest(), tuple(sorted(ingest.accepted_headers(store.root).items()))


def _is_checked(desk: Desk, state: Tray, item: Item) -> bool:
    return item.id in state.checked and state.checked[item.id][0] == _against(desk)


def _checked(desk: Desk, state: Tray, item: Item) -> tuple[Upload, Batch]:
    """Return an item's file and what is found in it, read once; its months were confirmed."""
    if not _is_checked(desk, state, item):
        upload = tray.upload_of(desk.store, item)
        months = [date.fromisoformat(f"{month}-01") for month in item.months]
        batch = ingest.check_batch(desk.store, [upload], months_ok=months)
        state.checked[item.id] = (_against(desk), upload, batch)
    return state.checked[item.id][1:]


def _write_accept(desk: Desk, state: Tray, waiting: Sequence[Item], labels: dict[str, str]) -> None:
    columns = st.columns([5, 1.2, 1.4], vertical_alignment="bottom")
    with columns[0]:
        chosen = st.multiselect(
            "收下哪几份", list(labels), format_func=lambda key: labels.get(key, ""),
            key="tray-accept", placeholder="可选多份",
        )  # fmt: skip
    with columns[1]:
        some = st.button("收下所选", type="primary", disabled=not chosen, width="stretch")
    with columns[2]:
        # A button of its own for each list: a press beside an older one accepts no later file.
        key = f"tray-all-{'-'.join(labels)}"
        every = st.button(f"全部收下（{len(labels)}）", key=key, width="stretch")
    write_signer(st, desk.actor, "收下")
    if some or every:
        keys = chosen if some else [item.id for item in waiting]
        write_down(lambda: _accept(desk, state, keys))


def _accept(desk: Desk, state: Tray, keys: Sequence[str]) -> None:
    """Accept items; those that somebody else decided meanwhile are told."""
    store, done, told = desk.store, 0, list[str]()
    for key in keys:
        try:
            tray.accept(store, key)
        except Overtaken as error:
            told.append(error.sentence)
        else:
            done += 1
    st.session_state.pop(SEEN, None)
    state.done = f"已收下 {done} 份，到“发布”里一并发布。" if done else ""
    state.told = "".join(told)


# --- one item -------------------------------------------------------------------------------------
def _write_one(desk: Desk, state: Tray, item: Item) -> None:
    """Write what is found in an item, what it would change, its files, and sending it back."""
    desk.notes([item_about(desk.shared.ws, item)])
    try:
        upload, batch = _checked(desk, state, item)
    except ShortplankError as error:
        st.error(error.sentence)
    else:
        desk.download(
            lambda: upload.data, item.name, key=f"file-{item.id}", label="下载报送的原文件"
        )
        if batch.findings:
            write_findings(desk, (upload,), batch.findings, item.id)
        else:
            desk.say("核对无误，没有提示。")
        if batch.reports and not batch.stops:
            write_preview(desk, ingest.preview(desk.store, batch))
    write_send_back(desk, item, lambda said: _sent_back(state, said))


def _sent_back(state: Tray, said: tuple[str, str]) -> None:
    st.session_state.pop(SEEN, None)
    state.done, state.told = said


def write_send_back(desk: Desk, item: Item, after: Callable[[tuple[str, str]], None]) -> None:
    """Write the form that sends an item back; ``after`` gets what was done, and what was not."""
    desk.part("退回")
    columns = st.columns([6, 1], vertical_alignment="bottom")
    with columns[0]:
        reason = st.text_input(
            "退回的理由（乡镇会看到）", key=f"tray-reason-{item.id}", max_chars=REASON
        )
    with columns[1]:
        wanted = st.button("退回", key=f"tray-back-{item.id}", width="stretch")
    write_signer(st, desk.actor, "退回")
    if not wanted:
        return

    def work() -> None:
        try:
            tray.send_back(desk.store, item.id, reason, seen=item.state)
        except Overtaken as error:
            after(("", error.sentence))
        else:
            after((f"已退回 {item_label(desk.shared.ws, item)}。", ""))

    write_down(work)


# --- publishing, and what was decided -------------------------------------------------------------
def _write_publish(desk: Desk, state: Tray, accepted: Sequence[Item]) -> None:
    head = st.container()
    said = write_publishing(desk, state.publishing, accepted)
    with head:
        desk.title(*said)
    if not accepted:
        return
    with st.expander("退回已收下的一份"):
        labels = {item.id: item_label(desk.shared.ws, item) for item in accepted}
        chosen = st.selectbox(
            "哪一份", list(labels), format_func=lambda key: labels.get(key, ""), index=None,
            key="tray-back-one", placeholder="请选择",
        )  # fmt: skip
        item = next((each for each in accepted if each.id == chosen), None)
        if item is not None:
            write_send_back(desk, item, lambda told: _sent_back(state, told))


def _write_decided(desk: Desk, items: Sequence[Item]) -> None:
    rows = [item for item in items if not item.is_open]
    desk.title(decided_title(rows), "每一份报送的原文件都保存着")
    if not rows:
        return
    ws = desk.shared.ws
    desk.table(decided_table(ws, rows), name="已办结", key="decided", height=420)
    write_original(
        desk,
        rows,
        lambda item: f"{item_label(ws, item)} {item.name}",
        lambda item: item_about(ws, item),
    )
