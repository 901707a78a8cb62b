"""A form filled in on the page: typed or pasted, kept as it is typed, checked as an import would.

What it comes to is the form's own workbook (see `ingest.filling`); it goes on as any file does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import pyarrow as pa
import streamlit as st

from shortplank import ingest
from shortplank.catalogue.models import Area
from shortplank.errors import ShortplankError
from shortplank.frame.count_grid import Cell, Row, sent, write_grid
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
from shortplank.ingest.numbers import BLANK, OK, parse_count
from shortplank.reading.published import moment_text
from shortplank.records.drafts import Draft, read_draft, save_draft
from shortplank.wording.periods import month_text

PLACE, BEFORE = "单位", "上期"
NAMED = 5
"""So many villages are named in one sentence."""
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
    taken: int = 0
    """The number of the browser's last message whose counts are in ``values`` or ``wrong``."""
    wrong: frozenset[Field] = frozenset()
    """What was typed and is no count."""
    said: list[str] = field(default_factory=list)
    checked: tuple[object, ...] = ()
    upload: Upload | None = None
    findings: tuple[Finding, ...] = ()


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
        self._keep()
        look = self._look()
        each = look == "each" and len(self.own.areas) > 1
        area = self._choose_area() if each else self.own.areas[0]
        self._write_progress()
        if look == "table" and len(self.own.areas) > 1:
            self._write_table()
        else:
            self._write_list(area)
        if each:
            self._write_next(area)
        self._write_missing()
        self._write_findings()
        if look == "table" and len(self.own.areas) > 1:
            self._write_before()

    def _look(self) -> str:
        if len(self.own.areas) == 1:
            return "each"
        looks = {"table": "整张表", "each": "逐村填"}
        return self.desk.switch("fill", "填法", looks, "each" if is_phone() else "table")

    # --- keeping -----------------------------------------------------------------------------
    def _keep(self) -> None:
        """Write what was typed into the draft; what is no count is said and not kept.

        A message is taken once: what is sent again after it was taken might be older by now than
        what somebody else has filled in.
        """
        state = self.state
        message = sent(self._grid)
        if message is not None and message.number != state.taken:
            fields_ = {self._name(*cell): cell for cell in self._cells()}
            typed = {
                fields_[n]: self._count(text) for n, text in message.fields.items() if n in fields_
            }
            wrong = frozenset(c for c, n in typed.items() if n is not None and not is_count(n))
            values = state.values
            changes = {
                cell: number
                for cell, number in typed.items()
                if cell not in wrong and values.get(cell) != number
            }
            if not changes or self._save(changes):
                state.taken, state.wrong = message.number, wrong
        if state.wrong:
            cells = [cell for cell in self._cells() if cell in state.wrong]
            where = "、".join(self._field_text(cell) for cell in cells[:NAMED])
            st.error(f"{where}：只能填不小于 0 的整数，没有保存，请改正。")

    @property
    def _grid(self) -> str:
        return f"{self.key}-grid"

    def _cells(self) -> list[Field]:
        return [(area.area_code, m) for area in self.own.areas for m in self.own.measures]

    def _name(self, code: str, measure: str) -> str:
        """Return what the browser calls a field."""
        return f"{code} {measure}"

    def _count(self, text: str) -> int | None:
        """Return the count that a text says as a cell of the form would, None for a blank.

        -1 is what is no count.
        """
        grouping = self.desk.store.workspace.settings.digit_grouping
        number, state = parse_count(text, grouping)
        return None if state == BLANK else number if state == OK else -1

    def _save(self, changes: Values) -> bool:
        """Write changes into the draft and return whether they are in it now."""
        state, own = self.state, self.own
        try:
            draft = save_draft(
                self.desk.store, own.township.area_code, own.form, own.month, changes,
                seen=state.draft.mark,
            )  # fmt: skip
        except ShortplankError as error:
            st.error(error.sentence)
            return False
        kept = {**state.values, **changes} if draft.meanwhile == "gone" else draft.values
        state.values, state.draft, state.said = _within(own, kept), draft, []
        if draft.meanwhile:
            state.said = [_MEANWHILE[draft.meanwhile]]
        return True

    def _fill_zeros(self) -> None:
        """Put a zero into every blank of the rows that have been begun."""
        self._keep()
        self._save(dict.fromkeys(gaps(self.own, self.state.values), 0))

    # --- the fields --------------------------------------------------------------------------
    def _write_table(self) -> None:
        """Write a row a village and a column a count, to be typed or pasted into."""
        own = self.own
        columns = [(self._short(m).replace("·", "\n"), self._help(m)) for m in own.measures]
        rows = [Row(a.name, tuple(self._cell(a, m) for m in own.measures)) for a in own.areas]
        self._write_grid(f"{own.township.name}{month_text(own.month)}的表", PLACE, columns, rows)

    def _write_list(self, area: Area) -> None:
        """Write a row a count of one area, the period before beside this one."""
        own, before = self.own, self.own.before
        rows = [
            Row(
                "·".join(own.header(measure)) if len(own.areas) == 1 else self._short(measure),
                (
                    Cell(fixed=_text(before.get((area.area_code, measure)))),
                    self._cell(area, measure),
                ),
            )
            for measure in own.measures
        ]
        columns = [(self._period_before(), BEFORE), (month_text(own.month), "")]
        self._write_grid(f"{area.name}{month_text(own.month)}的数", area.name, columns, rows)

    def _write_grid(
        self, label: str, corner: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row]
    ) -> None:
        state = self.state
        write_grid(
            self._grid, label, corner, columns, rows,
            {self._name(*cell): count for cell, count in state.values.items()},
            taken=state.taken,
            wrong={self._name(*cell) for cell in state.wrong},
        )  # fmt: skip

    def _cell(self, area: Area, measure: str) -> Cell:
        before = self.own.before.get((area.area_code, measure))
        place = f"{area.name} " if len(self.own.areas) > 1 else ""
        beside = "" if before is None else f"（上期 {before}）"
        return Cell(self._name(area.area_code, measure), f"{place}{self._short(measure)}{beside}")

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

    def _write_next(self, area: Area) -> None:
        """Offer the village that follows."""
        own = self.own
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


def _numbers(values: Values, cells: Sequence[Field]) -> pa.Array:
    return pa.array([values.get(cell) for cell in cells], pa.int64())


def _text(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _choose(key: str, code: str) -> Callable[[], None]:
    return partial(st.session_state.__setitem__, key, code)
