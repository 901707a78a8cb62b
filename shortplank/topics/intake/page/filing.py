"""The township's desk: hand in by file or on the page, and see what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from shortplank.errors import NotAllowed, ShortplankError
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.ingest import Batch, Upload
from shortplank.ingest.filling import fillable_forms, is_due
from shortplank.ingest.text import today
from shortplank.records import tray
from shortplank.records.tray import Item, Standing, Way
from shortplank.store import add_months
from shortplank.topics.intake.answer.filing import (
    due_text,
    filing_title,
    handing_text,
    record_table,
    record_title,
    sent_table,
    sent_title,
)
from shortplank.topics.intake.answer.tray import latest_months
from shortplank.topics.intake.page.findings import write_findings, write_original
from shortplank.topics.intake.page.on_page import write_form
from shortplank.wording.periods import month_key, month_text

STATE = "filing"
LOOKS = {"report": "报送", "sent": "已报送", "record": "完整及时"}
HOW = {"file": "交文件", "page": "在线填报"}
RECORD = 12
"""So many months of the own record are shown."""
REASON = 200


@dataclass
class Filing:
    """What a session of a township's desk holds between two runs."""

    turn: int = 0
    done: str = ""
    key: tuple[object, ...] = ()
    batch: Batch | None = None
    refused: str = ""

    def put_away(self) -> None:
        """Let go of what was dropped, and empty the uploader."""
        self.turn += 1
        self.key, self.batch, self.refused = (), None, ""


def write_filing(desk: Desk) -> str:
    """Write the look that the link names, for a township that who works submits for.

    The township is returned where its record is shown, "" on the other looks.
    """
    desk.actor.must("submit")
    area = _choose_area(desk)
    state: Filing = st.session_state.setdefault(f"{STATE}-{area}", Filing())
    look = desk.switch("look", "看法", LOOKS, "report")
    items = [item for item in tray.items(desk.shared.ws, desk.store) if item.area == area]
    match look:
        case "report":
            _write_report(desk, state, area, items)
        case "sent":
            _write_sent(desk, items)
        case "record":
            _write_record(desk, area)
            return area
    return ""


def _choose_area(desk: Desk) -> str:
    """Return the township: the account's own, or one of those that it may submit for."""
    ws = desk.shared.ws
    towns = {
        town.area_code: town.name
        for town in ws.valid_below(ws.settings.home, today())
        if desk.may("submit", town.area_code)
    }
    if not towns:
        raise NotAllowed("本账号没有可以报送的乡镇", mend="请由管理员写明账号的范围")
    first = next(iter(towns))
    return desk.choose("area", "乡镇", towns, first) if len(towns) > 1 else first


# --- handing in -----------------------------------------------------------------------------------
def _write_report(desk: Desk, state: Filing, area: str, items: Sequence[Item]) -> None:
    ws, head = desk.shared.ws, st.container()
    months, newest = latest_months(desk.store, items)
    options = {month_key(month): month_text(month) for month in months}
    row = st.columns([2, 2, 3], vertical_alignment="bottom")
    with row[0]:
        chosen = desk.choose("month", "月份", options, month_key(newest))
    month = date.fromisoformat(f"{chosen}-01")
    standings = _own(desk, area, month)
    with head:
        desk.title(filing_title(ws, standings, month, today()), due_text(ws, month, today()))
        if state.done:
            st.success(as_written(state.done))
            state.done = ""
        for item in _told(items, month):
            st.warning(as_written(f"{item.name} 被退回：{item.said}（{item.decided_by}）"))
    with row[1]:
        way = desk.switch("way", "怎样报", HOW, "file")
    if way == "page":
        with row[2]:
            form = _choose_form(desk, month)
        _write_on_page(desk, state, area, form, month)
    else:
        _write_by_file(desk, state, area)


def _told(items: Sequence[Item], month: date) -> list[Item]:
    """Return what was sent back for a month and has not been handed in again."""
    mine = [item for item in items if month_key(month) in item.months]
    newest = {part: item for item in mine for part in item.parts}
    return [i for i in mine if i.state == "sent_back" and any(newest[p] is i for p in i.parts)]


def _write_by_file(desk: Desk, state: Filing, area: str) -> None:
    with st.container(key="one-file"):
        dropped = st.file_uploader(
            "把本乡镇的报表拖到这里",
            key=f"filing-drop-{area}-{state.turn}",
            label_visibility="collapsed",
        )
    if dropped is None:
        if state.refused:
            st.error(as_written(state.refused))
        state.key, state.batch, state.refused = (), None, ""
        return
    upload = Upload(dropped.name, dropped.getvalue())
    _check(desk, state, area, upload)
    if state.refused:
        st.error(as_written(state.refused))
    if state.batch is not None:
        _write_checked(desk, state, area, upload, state.batch)


def _check(desk: Desk, state: Filing, area: str, upload: Upload) -> None:
    """Read and check a file, once; a refused one is let go of."""
    key = (area, upload.name, upload.sha256, desk.store.newest())
    if key == state.key:
        return
    state.key, state.batch, state.refused = key, None, ""
    try:
        with st.spinner("正在读取和核对…"):
            state.batch = tray.checked(desk.store, upload, area)
    except NotAllowed:
        raise
    except ShortplankError as error:
        state.refused = error.sentence


def _write_checked(desk: Desk, state: Filing, area: str, upload: Upload, batch: Batch) -> None:
    """Write what was found in a file, and how it is handed in where nothing stops it."""
    refused = [finding.message for finding in batch.findings if finding.severity == "refuse"]
    if refused:
        state.put_away()
        state.refused = "".join(dict.fromkeys(refused))
        st.rerun()
    if batch.findings:
        write_findings(desk, (upload,), batch.findings, f"{area}-{state.turn}")
    if batch.stops or not batch.reports:
        wrong = sum(finding.severity != "warning" for finding in batch.findings)
        desk.say(f"有 {wrong} 处错误，改正后才能报送。" if wrong else "没有读到报表。")
        return
    desk.say(f"核对无误，可以报送：{handing_text(desk.shared.ws, batch)}。")
    parts = [(r.layout.form, month_key(r.month)) for r in batch.reports if r.month]
    _write_hand_in(desk, state, area, upload, parts, "file")


def _choose_form(desk: Desk, month: date) -> str:
    """Offer the forms that are due for a month and return the chosen one, "" where none is."""
    ws = desk.shared.ws
    forms = {k: form.label for k, form in fillable_forms(ws).items() if is_due(form, month)}
    return desk.choose("form", "报表", forms, next(iter(forms))) if forms else ""


def _write_on_page(desk: Desk, state: Filing, area: str, form: str, month: date) -> None:
    if not form:
        desk.say("这个月没有可以在线填报的报表。")
        return
    upload = write_form(desk, area, form, month)
    if upload is not None:
        _write_hand_in(desk, state, area, upload, [(form, month_key(month))], "page")


def _write_hand_in(
    desk: Desk,
    state: Filing,
    area: str,
    upload: Upload,
    parts: Sequence[tuple[str, str]],
    way: Way,
) -> None:
    """Write the last step: a correction of what is published says why, then it is handed in."""
    published = tray.is_published(desk.store, area, parts)
    reason = ""
    if published:
        desk.part("更正")
        desk.say(f"{'、'.join(published)} 已经发布，再报就是更正，须写明理由；如实更正不扣分。")
        reason = st.text_input(
            "更正的理由", key=f"filing-reason-{area}-{state.turn}-{way}", max_chars=REASON
        )
    label = "报送更正" if published else "报送"
    wanted = st.button(label, type="primary", key=f"filing-send-{area}-{way}")
    write_signer(st, desk.actor, "报送")
    if wanted:
        correction = bool(published)
        write_down(lambda: _hand_in(desk, state, area, upload, parts, way, correction, reason))


def _hand_in(
    desk: Desk,
    state: Filing,
    area: str,
    upload: Upload,
    parts: Sequence[tuple[str, str]],
    way: Way,
    correction: bool,
    reason: str,
) -> None:
    store = desk.store
    item = tray.hand_in(store, upload, area=area, way=way, correction=correction, reason=reason)
    state.put_away()
    state.done = f"已报送 {item.name}，等县里收下；收下之前再报一份，就以后一份为准。"


# --- what became of it ----------------------------------------------------------------------------
def _write_sent(desk: Desk, items: Sequence[Item]) -> None:
    desk.title(sent_title(items), "每一份原文件都保存着")
    if not items:
        desk.say("在“报送”里交文件或在线填报后，这里显示县里收下、退回还是发布了。")
        return
    desk.table(sent_table(desk.shared.ws, items), name="已报送", key="sent")
    write_original(desk, items, lambda item: f"{item.at[:10]} {item.name}")


def _write_record(desk: Desk, area: str) -> None:
    """Write how complete and timely a year's own reports were."""
    newest = latest_months(desk.store, ())[1]
    rows = [(m, _own(desk, area, m)) for m in (add_months(newest, -n) for n in range(RECORD))]
    desk.title(record_title(rows), "迟：晚于到期日收到")
    desk.table(record_table(desk.shared.ws, rows), name="完整及时", key="record")


def _own(desk: Desk, area: str, month: date) -> list[Standing]:
    """Return how the township's forms of a month stand."""
    return [s for s in tray.matrix(desk.shared.ws, desk.store, month) if s.area == area]
