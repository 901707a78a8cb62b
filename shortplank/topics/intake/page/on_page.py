"""A form filled in on the page: typed or pasted, kept as it is typed, checked as an import would.

What it comes to is the form's own workbook (see `ingest.filling`); it goes on as any file does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

import pyarrow as pa
import streamlit as st

from shortplank import ingest
from shortplank.catalogue.models import Area
from shortplank.errors import ShortplankError
from shortplank.frame.html import bullets, paragraph, write_html
from shortplank.frame.open_page import Desk
from shortplank.ingest import Finding, Upload
from shortplank.ingest.filling import (
    Field,
    Fields,
    OwnReader,
    Values,
    fields,
    filled_in,
    findings_so_far,
    gaps,
    is_count,
    unfiled,
)
from shortplank.ingest.templates import LARGEST
from shortplank.reading.published import moment_text
from shortplank.records.drafts import Draft, read_draft, save_draft
from shortplank.wording.periods import month_text

PLACE, NOW, BEFORE = "单位", "本期", "上期"
NAMED = 5
"""So many villages are named in one sentence."""
MANY = 30
"""A table of more villages scrolls in itself."""
# The grid makes a typed 3.5 a 3 in a column of whole numbers, and says nothing.
WHOLE, TYPED = pa.int64(), pa.float64()
_MEANWHILE = {
    "written": "另一个窗口也在填这张表，两边的数已合在一起，同一格以后填的为准。",
    "gone": "这张表的草稿刚才已在别处报送或清空，请核对下面的数再填。",
}
_DAMAGED = "上次的草稿有一部分读不出来，请核对后补填。"


@dataclass
class Typing:
    """What a session has typed into one form: its counts, and the draft that they stand in."""

    values: dict[Field, int]
    draft: Draft
    turn: int = 0
    """Counts the editors: a new one begins with the counts of that moment."""
    base: dict[Field, int] = field(default_factory=dict)
    shown: tuple[str, str] = ("", "")
    said: list[str] = field(default_factory=list)
    checked: tuple[object, ...] = ()
    upload: Upload | None = None
    findings: tuple[Finding, ...] = ()

    def begin_anew(self) -> None:
        """Let the next editor begin with the counts as they are now."""
        self.turn += 1
        self.base = dict(self.values)


def write_form(desk: Desk, area: str, form: str, month: date) -> Upload | None:
    """Write a township's form for a month, and return its workbook once it can be handed in.

    None while a row that has been begun has a blank, nothing is filled in at all, or the import
    would refuse it; what is missing then stands below the form. `NotAllowed` where who works does
    not submit for the township.
    """
    store = desk.store
    own = fields(store.workspace, form, area, month, store.edition())
    key = f"{desk.key}-form-{area}-{form}-{month:%Y-%m}"
    state = st.session_state.get(key)
    if state is None:
        draft = read_draft(store, area, form, month)
        state = Typing(_within(own, draft.values), draft)
        state.said = [_DAMAGED] if draft.damaged else []
        state.base = dict(state.values)
        st.session_state[key] = state
    _Form(desk, own, state, key).write()
    open_ = gaps(own, state.values)
    ready = not open_ and state.values and not any(f.severity != "warning" for f in state.findings)
    return state.upload if ready else None


def is_phone() -> bool:
    """Return whether the browser says that it is one of a phone."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


@dataclass(frozen=True)
class _Form:
    """The parts of one form on one page."""

    desk: Desk
    own: Fields
    state: Typing
    key: str

    def write(self) -> None:
        """Write the form: how it is filled in, the fields, what is missing, what was found.

        What was typed is kept before anything is drawn: a run may be the first and only one that
        knows of it, where somebody types and goes on at once.
        """
        self._keep(self._typed())
        look = self._look()
        area = self._choose_area() if look == "each" and len(self.own.areas) > 1 else None
        shown = (look, area.area_code if area else self.own.areas[0].area_code)
        if shown != self.state.shown:
            self.state.shown = shown
            self.state.begin_anew()
        self._write_progress()
        if look == "each":
            self._write_fields(area or self.own.areas[0])
        else:
            self._write_table()
        self._write_missing()
        self._write_findings()
        if look == "table" and len(self.own.areas) > 1:
            self._write_before()

    def _look(self) -> str:
        each = "逐村填" if len(self.own.areas) > 1 else "逐项填"
        looks = {"table": "整张表", "each": each}
        return self.desk.switch("fill", "填法", looks, "each" if is_phone() else "table")

    # --- keeping -----------------------------------------------------------------------------
    def _typed(self) -> dict[Field, object]:
        """Return the counts that the editor holds which was drawn last."""
        typed = dict[Field, object](self.state.base)
        look, code = self.state.shown
        if look == "table":
            edits = st.session_state.get(self._table_key(), {}).get("edited_rows", {})
            for row, cells in edits.items():
                typed |= {self._field_at(row, n): _whole(v) for n, v in cells.items()}
            return typed
        for measure in self.own.measures if look else ():
            key = self._field_key(code, measure)
            if key in st.session_state:
                typed[code, measure] = st.session_state[key]
        return typed

    def _table_key(self) -> str:
        return f"{self.key}-table-{self.state.turn}"

    def _field_key(self, code: str, measure: str) -> str:
        return f"{self.key}-{self.state.turn}-{code}-{measure}"

    def _field_at(self, row: int, name: str) -> Field:
        """Return the field of a row and column of the table that is written."""
        if len(self.own.areas) > 1:
            return self.own.areas[row].area_code, name
        return self.own.areas[0].area_code, self.own.measures[row]

    def _keep(self, typed: Mapping[Field, object]) -> None:
        """Write what differs from the draft into it; what is no count is said and not kept."""
        wrong = [cell for cell, value in typed.items() if value is not None and not is_count(value)]
        if wrong:
            where = "、".join(self._field_text(cell) for cell in wrong[:NAMED])
            st.error(f"{where}：只能填不小于 0 的整数，没有保存，请改正。")
        values = self.state.values
        changes = {
            cell: value
            for cell, value in typed.items()
            if cell not in wrong and values.get(cell) != value
        }
        if changes:
            self._save(changes)  # type: ignore[arg-type]

    def _save(self, changes: Values) -> None:
        state, own = self.state, self.own
        try:
            draft = save_draft(
                self.desk.store, own.township.area_code, own.form, own.month, changes,
                seen=state.draft.mark,
            )  # fmt: skip
        except ShortplankError as error:
            st.error(error.sentence)
            return
        kept = {**state.values, **changes} if draft.meanwhile == "gone" else draft.values
        state.values, state.draft, state.said = _within(own, kept), draft, []
        if draft.meanwhile:
            state.said = [_MEANWHILE[draft.meanwhile]]
            state.begin_anew()

    def _fill_zeros(self) -> None:
        """Put a zero into every blank of the rows that have been begun."""
        self._keep(self._typed())
        self._save(dict.fromkeys(gaps(self.own, self.state.values), 0))
        self.state.begin_anew()

    # --- the whole table ---------------------------------------------------------------------
    def _write_table(self) -> None:
        """Write the table that is typed or pasted into."""
        table, columns = self._table() if len(self.own.areas) > 1 else self._list()
        st.data_editor(
            table,
            key=self._table_key(),
            hide_index=True,
            num_rows="fixed",
            column_config=columns,
            placeholder="",
            height="content" if len(self.own.areas) <= MANY else 640,
            alt=f"{self.own.township.name}{month_text(self.own.month)}的表",
        )

    def _table(self) -> tuple[pa.Table, dict[str, Any]]:
        """Return a row a village and a column a count, and how the columns are written."""
        own, base = self.own, self.state.base
        counts = {
            m: _numbers(base, [(a.area_code, m) for a in own.areas], TYPED) for m in own.measures
        }
        table = pa.table({PLACE: [area.name for area in own.areas], **counts})
        columns: dict[str, Any] = {
            PLACE: st.column_config.TextColumn(PLACE, disabled=True, pinned=True, width=96)
        }
        for measure in own.measures:
            columns[measure] = _count_column(self._short(measure), self._help(measure))
        return table, columns

    def _list(self) -> tuple[pa.Table, dict[str, Any]]:
        """Return a row a count, the period before beside this one: the form of a single area."""
        own, base, code = self.own, self.state.base, self.own.areas[0].area_code
        cells = [(code, measure) for measure in own.measures]
        table = pa.table(
            {
                PLACE: ["·".join(own.header(measure)) for measure in own.measures],
                BEFORE: _numbers(own.before, cells),
                NOW: _numbers(base, cells, TYPED),
            }
        )
        before = st.column_config.NumberColumn(
            self._period_before(), disabled=True, format="%d", width=120
        )
        return table, {
            PLACE: st.column_config.TextColumn("项目", disabled=True, pinned=True, width=220),
            BEFORE: before,
            NOW: _count_column(month_text(own.month)),
        }

    # --- one area after another --------------------------------------------------------------
    def _choose_area(self) -> Area:
        """Offer the villages, each with what it still lacks, and return the chosen one."""
        own, key = self.own, f"{self.key}-area"
        codes = [area.area_code for area in own.areas]
        names = {area.area_code: area.name for area in own.areas}
        chosen = st.selectbox(
            "村",
            codes,
            key=key,
            format_func=lambda code: f"{names[code]}（{self._lacks(code)}）",
            filter_mode=None,  # a phone would open its keyboard over the list
        )
        return own.areas[codes.index(chosen)]

    def _lacks(self, code: str) -> str:
        blank = sum(self.state.values.get((code, measure)) is None for measure in self.own.measures)
        if blank == len(self.own.measures):
            return "未填"
        open_ = sum(area_code == code for area_code, _ in gaps(self.own, self.state.values))
        return f"还空 {open_} 格" if open_ else "已填"

    def _write_fields(self, area: Area) -> None:
        """Write a field a count, what it was in the period before beside its name."""
        own = self.own
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            for measure in own.measures:
                cell = (area.area_code, measure)
                key = self._field_key(*cell)
                if key not in st.session_state:  # a default would come back where one empties it
                    st.session_state[key] = self.state.base.get(cell)
                before = own.before.get(cell)
                beside = "" if before is None else f"（上期 {before}）"
                st.number_input(
                    f"{self._short(measure)}{beside}",
                    0, LARGEST, None, step=1, format="%d", key=key, placeholder="未填", width=150,
                )  # fmt: skip
        codes = [each.area_code for each in own.areas]
        if (at := codes.index(area.area_code)) + 1 < len(codes):
            following = own.areas[at + 1]
            st.button(
                f"下一个：{following.name}",
                key=f"{self.key}-next",
                on_click=_choose(f"{self.key}-area", following.area_code),
            )

    # --- what is missing and what was found --------------------------------------------------
    def _write_progress(self) -> None:
        """Write in one line above the form how much is filled in, and that it is kept."""
        state = self.state
        for said in state.said:
            st.warning(said)
        open_ = len(gaps(self.own, state.values))
        parts = [f"已填 {len(state.values)} 格，还空 {open_} 格" if state.values else "还没有填"]
        if state.draft.at:
            kept = datetime.fromisoformat(state.draft.at)
            parts.append(f"草稿已保存 {moment_text(kept)[5:]}")
        write_html(paragraph(" · ".join(parts), "notes"))

    def _write_missing(self) -> None:
        """Write which rows lack something, and offer zeros for the blanks."""
        own, values = self.own, self.state.values
        open_, silent = gaps(own, values), unfiled(own, values)
        parts = [f"还空 {len(open_)} 格：{self._rows_text(open_)}"] if open_ else []
        if silent and values:
            some = "、".join(area.name for area in silent[:NAMED])
            more = f"等 {len(silent)} 个村" if len(silent) > NAMED else ""
            parts.append(f"{some}{more}整行未填，按未报处理")
        if parts:
            write_html(paragraph("；".join(parts) + "。", "say"))
        if open_:
            st.button(
                f"空着的 {len(open_)} 格都填 0",
                key=f"{self.key}-zeros",
                on_click=self._fill_zeros,
                help="只填已经开始填的行；没有发生的才填 0。",
            )

    def _rows_text(self, open_: Sequence[Field]) -> str:
        names = {area.area_code: area.name for area in self.own.areas}
        rows = list(dict.fromkeys(names[area_code] for area_code, _ in open_))
        if len(self.own.areas) == 1:
            return "、".join(self._short(measure) for _, measure in open_[:NAMED])
        return "、".join(rows[:NAMED]) + (f"等 {len(rows)} 个村" if len(rows) > NAMED else "")

    def _write_findings(self) -> None:
        """Check the counts as an import would, once for each state of them, and say what it finds.

        Villages without any count are said above, and are nothing that was found.
        """
        self._check()
        shown = [f for f in self.state.findings if f.code != "missing_area"]
        if not shown:
            return
        wrong = sum(f.severity != "warning" for f in shown)
        heads = [f"{wrong} 处错误，改正后才能报送"] if wrong else []
        heads += [f"{len(shown) - wrong} 处提示"] if len(shown) > wrong else []
        self.desk.part("，".join(heads))
        order = sorted(shown, key=lambda f: f.severity == "warning")
        write_html(bullets(self._finding_text(finding) for finding in order))

    def _check(self) -> None:
        own, state, store = self.own, self.state, self.desk.store
        checked = (store.newest(), tuple(sorted(state.values.items())))
        if checked == state.checked:
            return
        state.upload, state.findings = None, ()
        if state.values:
            upload = filled_in(store.workspace, own, state.values)
            batch = ingest.check_batch(store, [upload], dataset=own.form, sheets=OwnReader())
            found = findings_so_far(store.workspace, own, state.values, batch.findings)
            state.upload, state.findings = upload, found
        state.checked = checked

    def _finding_text(self, finding: Finding) -> str:
        area, levels = self.own.told(finding.cell) if finding.cell else (None, ())
        place = [area.name] if area and len(self.own.areas) > 1 else []
        place += ["·".join(levels)] if levels else []
        label = ingest.SEVERITY_LABELS[finding.severity]
        return f"{label} {' '.join(place)}：{finding.message}" if place else finding.message

    # --- the period before -------------------------------------------------------------------
    def _write_before(self) -> None:
        """Write the whole table of the period before, to be compared with."""
        own = self.own
        if not own.before:
            return
        counts = {
            self._short(m): _numbers(own.before, [(a.area_code, m) for a in own.areas])
            for m in own.measures
        }
        if len(counts) < len(own.measures):  # two headers end alike
            counts = {
                "·".join(own.header(m)): _numbers(own.before, [(a.area_code, m) for a in own.areas])
                for m in own.measures
            }
        with st.expander(f"{month_text(own.before_month)}各村的数"):
            table = pa.table({PLACE: [area.name for area in own.areas], **counts})
            pinned = st.column_config.TextColumn(pinned=True, width=96)
            st.dataframe(table, hide_index=True, placeholder="–", column_config={PLACE: pinned})

    # --- words -------------------------------------------------------------------------------
    def _short(self, measure: str) -> str:
        """Return the last two levels of a header: 一孩·男."""
        return "·".join(self.own.header(measure)[-2:])

    def _help(self, measure: str) -> str:
        whole = " / ".join(self.own.header(measure))
        before = [count for (_, m), count in self.own.before.items() if m == measure]
        total = f"；{month_text(self.own.before_month)}合计 {sum(before):,}" if before else ""
        return f"{whole}{total}"

    def _period_before(self) -> str:
        return month_text(self.own.before_month)

    def _field_text(self, cell: Field) -> str:
        names = {area.area_code: area.name for area in self.own.areas}
        return f"{names[cell[0]]}的{self._short(cell[1])}"


def _within(own: Fields, values: Values) -> dict[Field, int]:
    """Return the counts of a draft that stand on the form as it is in this month."""
    known = {(area.area_code, measure) for area in own.areas for measure in own.measures}
    return {cell: value for cell, value in values.items() if value is not None and cell in known}


def _numbers(values: Values, cells: Sequence[Field], kind: pa.DataType = WHOLE) -> pa.Array:
    return pa.array([values.get(cell) for cell in cells], kind)


def _count_column(label: str, about: str = "") -> Any:
    """Return a column of counts, as wide as its label.

    What is no whole number stays in its cell, to be refused in words: with a step or a bound the
    grid would make 3.5 a 3 and drop -4 without one.
    """
    width = 48 + 15 * len(label)
    return st.column_config.NumberColumn(label, help=about or None, format="plain", width=width)


def _whole(value: object) -> object:
    """Return a number of the browser's as a whole one, where it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _choose(key: str, code: str) -> Callable[[], None]:
    return partial(st.session_state.__setitem__, key, code)
