"""认一张新表: a report that no form knows, read by guesses that an analyst looks at and changes.

The same code as `shortplank form draft`. What is dropped lives in the session until the form is
saved or put away; a file with personal data leaves nothing behind but the sentence that refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st
from markupsafe import Markup

from shortplank import ingest
from shortplank.catalogue.forms import ENCODINGS
from shortplank.errors import ShortplankError
from shortplank.frame.html import bullets, cells, table, write_html
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import write_down, write_signer
from shortplank.ingest import Upload
from shortplank.ingest.drafting.draft import Choices, Draft
from shortplank.ingest.drafting.guesses import KIND_WORDS, LEVEL_WORDS, MONTH_WORDS
from shortplank.ingest.drafting.known import form_that_reads
from shortplank.ingest.drafting.roles import KINDS
from shortplank.ingest.drafting.variants import Drafted, draft_files
from shortplank.ingest.drafting.writing import Wanted, Written, write_draft
from shortplank.ingest.grid import Unreadable
from shortplank.ingest.recorded.texts import CALLED
from shortplank.records.settings_changes import change

STATE = "drafting"
GUESSED = "照所认"
# Boxes side by side: one column's each.
ACROSS = 3
MOST_BOXES = 60
MARKS = {",": "逗号", ";": "分号", "\t": "制表符", "|": "竖线"}


@dataclass
class Drafting:
    """What a session has dropped to be made a form."""

    turn: int = 0
    """Counts the uploaders: a new number is an empty one."""
    uploads: tuple[Upload, ...] = ()
    key: tuple[object, ...] = ()
    made: Drafted | None = None
    fault: str = ""
    done: str = ""
    first: Drafted | None = None
    """The draft without any choice: what each box offers as guessed."""
    choices: Choices = field(default_factory=Choices)

    def put_away(self) -> None:
        """Let go of everything that was dropped, and empty the uploader."""
        self.turn += 1
        self.uploads, self.key, self.made, self.first = (), (), None, None
        self.choices = Choices()


def write_drafting(desk: Desk) -> None:
    """Write the look that makes a form from a file."""
    if not desk.may("settle"):
        desk.title("认表由分析员办理", f"{desk.actor.name}可以看历次版本")
        desk.say(f"当前身份是{desk.actor.name}，不能登记表单。请由分析员登录办理。")
        return
    state: Drafting = st.session_state.setdefault(STATE, Drafting())
    head = st.container()
    dropped = st.file_uploader(
        "把一份没有登记过的表拖到这里",
        accept_multiple_files=True,
        key=f"draft-drop-{state.turn}",
        label_visibility="collapsed",
    )
    if dropped:
        state.done = ""
        files = (Upload(file.name, file.getvalue()) for file in dropped)
        state.uploads = ingest.taken_in(desk.shared.ws, files)
    elif state.uploads:
        state.put_away()
    body = st.container()
    if state.uploads:
        choices = _write_choices(desk, state)
        _draft(desk, state, choices)
    with head:
        _write_title(desk, state)
    if state.made is not None:
        with body:
            _write_guesses(desk, state.made)
        _write_save(desk, state, state.made)


def _draft(desk: Desk, state: Drafting, choices: Choices) -> None:
    """Draft what was dropped, once for each set of choices."""
    files = tuple((u.name, u.sha256) for u in state.uploads)
    key = (files, str(choices), desk.shared.ws.fingerprint)
    if key == state.key:
        return
    state.made, state.fault, before = None, "", state.key[:1]
    known = {form_that_reads(desk.shared.ws, upload) for upload in state.uploads}
    if len(known) == 1 and (label := known.pop()):
        state.fault = f"这份文件已能按表单“{label}”读取，可以直接上报。"
    else:
        try:
            state.made = draft_files(state.uploads, choices)
        except Unreadable as fault:
            state.fault = fault.message
    if before != (files,) or state.first is None:
        state.first = state.made
    state.key = key
    if state.made is not None and state.choices == Choices():
        # The boxes are made of the draft: they can be written only now that there is one.
        st.rerun()


def _write_title(desk: Desk, state: Drafting) -> None:
    if state.done:
        desk.title(state.done, "接着登记单位，再上报同一份文件")
        return
    if state.fault:
        desk.title(state.fault.rstrip("。"), "没有写入任何内容")
        return
    if state.made is None:
        desk.title(
            "把一份没有登记过的表拖进来，认成表单", "xlsx、xls、csv 等；同一种表可一次拖入几个月"
        )
        return
    made = state.made
    doubt = sum(bool(guess.others) for guess in made.first.guesses)
    said = f"，其中 {doubt} 处还有别的可能" if doubt else ""
    desk.title(
        f"认出 {len(made.measured)} 个数{said}，请核对后保存",
        f"{made.files} 个文件 · {len(made.first.table.rows):,} 行",
    )


# --- choices --------------------------------------------------------------------------------------
def _write_choices(desk: Desk, state: Drafting) -> Choices:
    """Offer to say otherwise: of the file, its months and units, and each column."""
    first = state.first
    if first is None:
        return state.choices
    draft, turn = first.first, state.turn
    desk.part("要改的，在这里选")
    boxes = st.columns(ACROSS)
    with boxes[0]:
        encoding = _encoding(draft, turn)
        delimiter = _delimiter(draft, turn)
    with boxes[1]:
        month = _chosen("月份在哪里", _months(), f"draft-month-{turn}")
        level = _chosen("各行是哪一级单位", _levels(), f"draft-level-{turn}")
    with boxes[2]:
        head = _head(draft, turn)
        label = st.text_input(
            "表单的名字", value=draft.form.label, key=f"draft-label-{turn}", max_chars=40
        )
    roles = _roles(draft, turn)
    choices = Choices(
        encoding, delimiter, None, head, roles, month, level,  # type: ignore[arg-type]
        label.strip() if label.strip() != draft.form.label else "",
    )  # fmt: skip
    state.choices = choices
    return choices


def _chosen(label: str, options: Mapping[str, str], key: str) -> str | None:
    """Offer some values, the guess first; None while the guess stands."""
    chosen = st.selectbox(
        label, [GUESSED, *options], format_func=lambda v: options.get(v, v), key=key
    )
    return None if chosen == GUESSED else chosen


def _encoding(draft: Draft, turn: int) -> str | None:
    if not draft.explained:
        return None
    samples = {e.encoding: f"{CALLED[e.encoding]}：{e.sample[:24]}" for e in draft.explained}
    options = {e: samples.get(e, CALLED[e]) for e in ENCODINGS if e in samples}
    return _chosen(
        f"编码（认作 {CALLED[draft.explained[0].encoding]}）", options, f"draft-enc-{turn}"
    )


def _delimiter(draft: Draft, turn: int) -> str | None:
    if draft.delimiter is None:
        return None
    return _chosen(f"分列（认作{MARKS[draft.delimiter]}）", MARKS, f"draft-mark-{turn}")


def _months() -> dict[str, str]:
    return {place: MONTH_WORDS[place] for place in ("title", "sheet", "file", "across")}


def _levels() -> dict[str, str]:
    return {level: LEVEL_WORDS[level] for level in ("township", "village")}


def _head(draft: Draft, turn: int) -> tuple[int, int] | None:
    head = draft.table.head
    own = (head.first + 1, head.last + 1)
    text = st.text_input(
        "表头是第几行至第几行", value=f"{own[0]}-{own[1]}", key=f"draft-head-{turn}", max_chars=7
    )
    first, _, last = text.partition("-")
    if not (first.strip().isdigit() and (last or first).strip().isdigit()):
        return None
    said = int(first), int(last or first)
    return said if said != own and 1 <= said[0] <= said[1] <= said[0] + 5 else None


def _roles(draft: Draft, turn: int) -> dict[int, str]:
    """Offer what each column is, beside its first cells."""
    found: dict[int, str] = {}
    columns = [c for c in draft.table.columns if c.path and c.filled][:MOST_BOXES]
    taken = {g.key: g.taken for g in draft.guesses}
    options = {kind: KIND_WORDS[kind] for kind in KINDS}
    for number, column in enumerate(columns):
        if number % ACROSS == 0:  # a row of its own: on a narrow screen columns stay in order
            boxes = st.columns(ACROSS)
        shown = "、".join(text.strip()[:10] for text in column.texts[:3])
        with boxes[number % ACROSS]:
            said = f"{GUESSED}：{taken[column.letter]}" if column.letter in taken else GUESSED
            kind = st.selectbox(
                f"{column.letter} 列“{column.path[:24]}”：{shown}",
                [GUESSED, *options],
                format_func={GUESSED: said, **options}.__getitem__,
                key=f"draft-column-{turn}-{column.index}",
            )
        if kind != GUESSED:
            found[column.index] = kind
    return found


# --- guesses --------------------------------------------------------------------------------------
def _write_guesses(desk: Desk, made: Drafted) -> None:
    """Write each guess beside its cells, with what else it could be."""
    rows = [
        Markup('<tr><th class="place">{}</th>{}</tr>').format(
            guess.what, cells([guess.taken, guess.cells or "—", "、".join(guess.others) or "—"])
        )
        for guess in made.first.guesses
    ]
    desk.part("所认的", table(["项目", "认作", "所见", "也可能是"], rows, "list wrap"))
    if made.notes:
        write_html(bullets(made.notes))


# --- saving ---------------------------------------------------------------------------------------
def _write_save(desk: Desk, state: Drafting, made: Drafted) -> None:
    desk.part("保存为表单")
    reasons = _reasons(made, state.turn)
    store = desk.store
    try:
        written = write_draft(
            store.workspace,
            made.form,
            made.measured,
            made.first.areas.level,
            quarters=made.first.roles.times.quarters,
            wanted=Wanted("", reasons),
        )
    except ShortplankError as fault:
        st.error(fault.sentence)
        return
    desk.say(_saved_as(made, written))
    if write_signer(st, desk.actor, "保存") and st.button(
        "保存表单", type="primary", key="draft-save"
    ):
        write_down(lambda: _save(desk, state, written))


def _saved_as(made: Drafted, written: Written) -> str:
    names = "、".join(m.label for m in written.measures[:6])
    more = f"等 {len(written.measures)} 个数" if len(written.measures) > 6 else ""
    stopped = [m.label for m in written.measures if m.stopped]
    said = f"表单“{written.form.label}”，计 {names}{more}。"
    if stopped:
        said += f"{'、'.join(stopped[:4])}属手术、孕情或费用，只到乡镇。"
    return said


def _reasons(made: Drafted, turn: int) -> dict[str, str]:
    """Offer to say that a village's counts are not sensitive, with the reason."""
    if made.first.areas.level != "village":
        return {}
    labels = {m.id: m.label for m in made.measured if not m.stopped}
    if not labels:
        return {}
    chosen: Sequence[str] = st.multiselect(
        "村级数都按敏感处理，其中可以放开的",
        list(labels),
        format_func=lambda key: labels[key],
        key=f"draft-open-{turn}",
        placeholder="都按敏感处理",
    )
    if not chosen:
        return {}
    why = st.text_input("放开的理由", key=f"draft-why-{turn}", max_chars=80).strip()
    if not why:
        st.warning("请写明理由；没有理由的仍按敏感处理。")
        return {}
    return dict.fromkeys(chosen, why)


def _save(desk: Desk, state: Drafting, written: Written) -> None:
    change(desk.store, written.texts, f"认表：{written.form.label}")
    uploads = state.uploads
    state.put_away()
    state.done = f"表单“{written.form.label}”已保存，{len(uploads)} 个文件照此能读"
