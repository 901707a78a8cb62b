"""The intake of reports: drop files, see what is wrong cell by cell and what changes, publish.

The same code as `shortplank check` and `shortplank import`. What is dropped lives in the session
until it is published or put away; a file with personal data leaves nothing behind but the sentence
that refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st
from markupsafe import Markup

from shortplank import ingest
from shortplank.errors import Overtaken, ShortplankError
from shortplank.frame import history
from shortplank.frame.html import anchor, bullets, cells, joined, paragraph, table, write_html
from shortplank.frame.links import address
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import as_written, write_down, write_signer
from shortplank.ingest import Batch, Finding, Preview, Unknown, Upload
from shortplank.store import Store
from shortplank.topics.intake.answer.editions import changes_sentence
from shortplank.topics.intake.page.findings import where_text, write_findings
from shortplank.topics.intake.page.history import OPENED, write_changes
from shortplank.topics.intake.page.strangers import write_strangers
from shortplank.wording.periods import month_key, month_text

STATE = "intake"


@dataclass
class Intake:
    """What a session has dropped: the files, what was found in them, what they would change."""

    turn: int = 0
    """Counts the uploaders: a new number is an empty one."""
    uploads: tuple[Upload, ...] = ()
    key: tuple[object, ...] = ()
    batch: Batch | None = None
    preview: Preview | None = None
    first: int = 0
    """The edition beside which the files were looked at first."""
    refused: tuple[Finding, ...] = ()
    done: str = ""
    month_links: list[Markup] = field(default_factory=list)
    months_ok: frozenset[date] = frozenset()
    """Months of the files dropped that were ticked as meant."""

    def put_away(self) -> None:
        """Let go of everything that was dropped, and empty the uploader."""
        self.turn += 1
        self.uploads, self.key, self.batch, self.preview = (), (), None, None
        self.months_ok = frozenset()


def write_intake(desk: Desk) -> None:
    """Write the page's first look."""
    st.session_state.pop(OPENED, None)
    if not desk.may("publish"):
        name = desk.actor.name
        desk.title("上报由分析员办理", f"{name}可以看历次版本")
        desk.say(
            f"当前身份是{name}，不能上报。请由分析员登录办理，或请维护人员在 access.toml 中授权。"
        )
        return
    state: Intake = st.session_state.setdefault(STATE, Intake())
    head = st.container()
    dropped = st.file_uploader(
        "把各乡镇的报表一起拖到这里",
        accept_multiple_files=True,
        key=f"imports-drop-{state.turn}",
        label_visibility="collapsed",
    )
    if dropped:
        state.done, state.refused = "", ()
        files = (Upload(file.name, file.getvalue()) for file in dropped)
        _check(desk, state, ingest.taken_in(desk.shared.ws, files))
    elif state.uploads:
        state.put_away()
    with head:
        _write_title(desk, state)
    if state.refused:
        _write_refused(state.refused)
    if state.batch is not None:
        _write_batch(desk, state, state.batch)


def _check(desk: Desk, state: Intake, uploads: tuple[Upload, ...]) -> None:
    """Read and check what was dropped, once; a refused file clears the uploader."""
    # Always there, so that what stands below keeps its place, and its state, in the browser.
    place = st.empty()
    store = desk.shared.store
    accepted = tuple(sorted(ingest.accepted_headers(store.root).items()))
    files = tuple((u.name, u.sha256) for u in uploads)
    if state.key[:1] != (files,):
        state.months_ok = frozenset()  # a tick was for the files that were there
    ws = desk.shared.ws.whole
    key = (files, store.newest(), accepted, state.months_ok, ws.fingerprint, ws.aliases)
    if key == state.key:
        return
    bar = place.progress(0.0, "正在读取和核对…")

    def progress(done: int) -> None:
        bar.progress(done / len(uploads), f"已读 {done} / {len(uploads)} 个文件")

    batch = ingest.check_batch(store, uploads, progress=progress, months_ok=state.months_ok)
    bar.empty()
    refused = tuple(f for f in batch.findings if f.severity == "refuse")
    if refused:
        state.put_away()
        state.refused = refused
        st.rerun()
    first = state.first if state.uploads == uploads else batch.edition
    sound = batch.reports and not batch.stops
    seen = ingest.preview(store, batch, since=first) if sound else None
    # The key last, and all at once: a press starts the next run while this one still works.
    state.uploads, state.first, state.batch, state.preview = uploads, first, batch, seen
    state.key = key


# --- what is said ---------------------------------------------------------------------------------
def _write_title(desk: Desk, state: Intake) -> None:
    if state.done:
        desk.title(state.done, "新的数已在各页显示")
        write_html(paragraph(joined(state.month_links, " · "), "say"))
        return
    if state.refused:
        desk.title("有文件含个人信息，整批退回，什么都没有留下", "请填报单位去掉个人信息后重报")
        return
    batch = state.batch
    if batch is None:
        desk.title("把各乡镇的报表拖进来，先核对，再发布", "xlsx、xls、csv 等，可一次拖入全部文件")
        return
    about = f"{len(state.uploads)} 个文件 · {len(batch.reports)} 份报表 · {batch.rows:,} 行"
    errors = [f for f in batch.findings if f.severity == "error"]
    notes = len(batch.findings) - len(errors)
    if batch.stops:
        files = len({f.file for f in errors})
        desk.title(f"{files} 个文件有 {len(errors)} 处错误，改正后才能发布", about)
    elif not batch.reports:
        desk.title("没有读到报表", about)
    elif state.preview is not None and not state.preview.changes.num_rows:
        desk.title("核对无误，但与现在的数完全相同", about)
    elif state.preview is not None and state.preview.between:
        desk.title("这之间有新的一版，请看过新的差异再发布", about)
    else:
        said = f"，有 {notes} 处提示" if notes else ""
        desk.title(f"核对无误{said}，可以发布", about)


def _write_refused(refused: Sequence[Finding]) -> None:
    write_html(bullets(f"{where_text(f)}：{f.message}" for f in refused))


def _write_batch(desk: Desk, state: Intake, batch: Batch) -> None:
    _write_months(state, batch)
    if batch.findings:
        write_findings(desk, state.uploads, batch.findings, str(state.turn))
    if batch.unknown:
        _write_unknown(desk, state, batch.unknown)
    if batch.strangers:
        write_strangers(desk, batch.strangers, str(state.turn))
    if state.preview is not None:
        write_preview(desk, state.preview)
        _write_publish(desk, state, batch, state.preview)


def _write_months(state: Intake, batch: Batch) -> None:
    """Offer a tick for each month that is to come or off the other files' of the drop."""
    files = "-".join(upload.sha256[:8] for upload in state.uploads)
    for month in batch.months_off:
        key = f"imports-month-{month:%Y-%m}-{files}"
        st.checkbox(
            f"{month_text(month)}的报表月份无误，照报",
            value=month in state.months_ok,
            key=key,
            on_change=_tick,
            args=(state, month, key),
        )


def _tick(state: Intake, month: date, key: str) -> None:
    ticked = bool(st.session_state[key])
    state.months_ok = state.months_ok | {month} if ticked else state.months_ok - {month}


# --- headers that no form knows -------------------------------------------------------------------
def _write_unknown(desk: Desk, state: Intake, unknown: Sequence[Unknown]) -> None:
    desk.part("表单没有登记的表头")
    desk.say("系统不猜表头的意思。核对后认可一次，以后这样写都认得，谁认可、何时认可记在工作区里。")
    ws = desk.shared.ws
    for number, header in enumerate({(u.form, u.header): u for u in unknown}.values()):
        choices = ingest.known_headers(ws, header.form)
        near = f"请选择（最接近：{header.nearest}）" if header.nearest else "请选择"
        columns = st.columns([3, 3, 2], vertical_alignment="bottom")
        with columns[0]:
            where = f"{header.file} {header.cell or ''}"
            write_html(Markup("<p><b>{}</b><br>{}</p>").format(header.header, where))
        with columns[1]:
            means = st.selectbox(
                "相当于",
                choices,
                index=None,
                placeholder=near,
                key=f"imports-means-{state.turn}-{number}",
            )
        with columns[2]:
            st.button(
                "认可这个写法",
                key=f"imports-accept-{state.turn}-{number}",
                disabled=means is None,
                on_click=_accept,
                args=(desk, header, means or ""),
            )
    write_signer(st, desk.actor, "认可")


def _accept(desk: Desk, header: Unknown, means: str) -> None:
    try:
        ingest.accept_header(desk.store, header.form, header.header, means)
    except ShortplankError as error:
        st.toast(error.sentence)


# --- what changes, and publishing -----------------------------------------------------------------
def write_preview(desk: Desk, preview: Preview) -> None:
    """Write what would change where a batch is published."""
    ws, changes = desk.shared.ws, preview.changes
    desk.part("发布后会变的数")
    if preview.between:
        st.warning(as_written(overtaken_sentence(preview)))
    lines = [f"与第{preview.edition}版相比，{changes_sentence(ws, changes)}"]
    if preview.new_months:
        lines.append(f"新增月份 {'、'.join(preview.new_months)}。")
    if preview.restates:
        lines.append(f"重报月份 {'、'.join(preview.restates)}。")
    desk.say("".join(lines))
    if preview.headlines:
        write_html(_headlines_html(preview))
    if changes.num_rows:
        write_changes(desk, changes, "发布预览", key="preview", height=320)


def overtaken_sentence(preview: Preview) -> str:
    """Return which editions came in since the files were looked at, and what to do."""
    told = "、".join(edition.byline for edition in preview.between)
    ask = "；有已发布的数要改，请写明重报的理由" if preview.reasons else ""
    return (
        f"您核对之后又发布了{told}，这一批还没有发布；"
        f"下面已改为与第{preview.edition}版的差异，请看过再发布{ask}。"
    )


def _headlines_html(preview: Preview) -> Markup:
    row = Markup('<tr><td class="place">{}</td>{}</tr>')
    rows = [
        row.format(line.label, cells((f"{line.month:%Y-%m}", _pair(line.old), _pair(line.new))))
        for line in preview.headlines
    ]
    heads = ("全县", "月份", "原数（分子/分母）", "新数")
    return table(heads, rows)


def _pair(counts: tuple[int | None, int | None]) -> str:
    top, bottom = ("未报" if count is None else f"{count:,}" for count in counts)
    return top if counts == (None, None) else f"{top} / {bottom}"


def _write_publish(desk: Desk, state: Intake, batch: Batch, preview: Preview) -> None:
    desk.part("发布")
    columns = st.columns([5, 2, 1], vertical_alignment="bottom")
    with columns[0]:
        label = "重报的理由（必填）" if preview.reasons else "事由（可不填）"
        why = st.text_input(label, key="imports-why", max_chars=200).strip()
    with columns[1]:
        day = st.text_input(
            "收到日期（可不填）", key="imports-day", placeholder="2010-07-05"
        ).strip()
    with columns[2]:
        # A button of its own for each edition: a press beside an older difference is no consent.
        wanted = st.button("发布", type="primary", key=f"imports-publish-{preview.edition}")
    write_signer(st, desk.actor, "发布")
    desk.notes(["没有填收到日期的，以表上的报出日期为准"])
    if wanted:
        _publish(desk, state, batch, preview, why, day)


def _publish(desk: Desk, state: Intake, batch: Batch, seen: Preview, why: str, day: str) -> None:
    try:
        received = date.fromisoformat(day) if day else None
    except ValueError:
        st.error("收到日期写得不对。请写成 2010-07-05 这样。")
        return
    if seen.reasons and not why:
        st.error(f"这一批要改已发布的数（{'、'.join(seen.reasons)}）。请写明重报的理由。")
        return
    store = desk.store
    write_down(lambda: _commit(store, state, batch, seen, why, received))


def _commit(
    store: Store,
    state: Intake,
    batch: Batch,
    seen: Preview,
    why: str,
    received: date | None,
) -> None:
    """Publish on the edition that was seen; where another came in, the page draws itself anew."""
    try:
        edition = ingest.publish_batch(store, batch, why=why, received=received, seen=seen)
    except Overtaken:
        state.key = ()  # to be looked at anew
        return
    months = sorted({report.month for report in batch.reports if report.month})
    state.put_away()
    state.done = f"已发布第{edition.number}版"
    state.month_links = [month_link(month) for month in months]


def month_link(month: date) -> Markup:
    """Return a link to the overview of a month."""
    href = address("overview", {**history.county(), "month": month_key(month)})
    return anchor(href, f"看{month_text(month)}")
