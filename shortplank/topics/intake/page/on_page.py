"""A form filled in on the page: typed or pasted, kept as it is typed, checked as an import would.

What it comes to is the form's own workbook (see `ingest.filling`); it goes on as any file does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from secrets import token_hex

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
from shortplank.reading.published import moment_text
from shortplank.records.drafts import Draft, read_draft, save_draft
from shortplank.topics.intake.page.fields import Head, Sheet, count_of, typed, write_fields
from shortplank.wording.periods import month_text

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
    token: str = field(default_factory=lambda: token_hex(8))
    """Tells the browser who listens: another one has kept nothing of what was sent before."""
    confirmed: int = 0
    """The browser's last change that is kept, or was refused in words."""
    wrong: dict[Field, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    trouble: str = ""
    checked: tuple[object, ...] = ()
    upload: Upload | None = None
    findings: tuple[Finding, ...] = ()


def write_form(desk: Desk, area: str, form: str, month: date) -> Upload | None:
    """Write a township's form for a month, and return its workbook once it can be handed in.

    None while a row that has been begun has a blank, nothing is filled in at all, a field holds no
    count, or the import would refuse it; what is missing then stands below the form. `NotAllowed`
    where who works does not submit for the township.
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
    open_ = gaps(own, state.values) or state.wrong
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
        """Write the form: how it is filled in, the fields, what is missing, what was found."""
        self._hear()
        if self.state.trouble:
            st.error(self.state.trouble)
        several = len(self.own.areas) > 1
        table = several and self._look() == "table"
        area = self._choose_area() if several and not table else self.own.areas[0]
        self._write_progress()
        sheet = self._table() if table else self._list(area, area.name if several else "")
        state = self.state
        write_fields(
            self._fields_key(), sheet,
            {**{cell: str(count) for cell, count in state.values.items()}, **state.wrong},
            self.own.before, list(state.wrong), (state.token, state.confirmed), self._hear,
        )  # fmt: skip
        self._write_refused()  # below: nothing moves under the hands of who types
        if several and not table:
            self._offer_next(area)
        self._write_missing()
        self._write_findings()

    def _look(self) -> str:
        looks = {"table": "整张表", "each": "逐村填"}
        return self.desk.switch("fill", "填法", looks, "each" if is_phone() else "table")

    # --- keeping -----------------------------------------------------------------------------
    def _fields_key(self) -> str:
        return f"{self.key}-fields"

    def _hear(self) -> None:
        """Keep what was typed, and confirm it; what is no count is confirmed, and not kept.

        As the fields' callback this runs before the page, so that a count is kept where somebody
        types and goes on to another form at once.
        """
        state, sent = self.state, typed(self._fields_key())
        if sent is None or sent.token != state.token or sent.number <= state.confirmed:
            return
        known = {(area.area_code, m) for area in self.own.areas for m in self.own.measures}
        grouping = self.desk.store.workspace.settings.digit_grouping
        counts = {
            cell: count_of(text, grouping) for cell, text in sent.texts.items() if cell in known
        }
        wrong = {c: sent.texts[c] for c, n in counts.items() if n is not None and not is_count(n)}
        kept = {cell: count for cell, count in counts.items() if cell not in wrong}
        if self._keep(kept):  # type: ignore[arg-type]
            state.wrong = {c: text for c, text in state.wrong.items() if c not in kept} | wrong
            state.confirmed = sent.number

    def _keep(self, counts: Values) -> bool:
        """Write what differs from the draft into it, and return whether all is kept now."""
        state, own = self.state, self.own
        changes = {cell: n for cell, n in counts.items() if state.values.get(cell) != n}
        if not changes:
            return True
        try:
            draft = save_draft(
                self.desk.store, own.township.area_code, own.form, own.month, changes,
                seen=state.draft.mark,
            )  # fmt: skip
        except ShortplankError as error:
            state.trouble = error.sentence
            return False
        kept = {**state.values, **changes} if draft.meanwhile == "gone" else draft.values
        state.values, state.draft, state.trouble = _within(own, kept), draft, ""
        state.said = [_MEANWHILE[draft.meanwhile]] if draft.meanwhile else []
        return True

    def _fill_zeros(self) -> None:
        """Put a zero into every blank of the rows that have been begun."""
        self._hear()
        self._keep(dict.fromkeys(self._blanks(), 0))

    def _blanks(self) -> list[Field]:
        """Return the gaps; a field that holds no count has something in it to be mended."""
        return [each for each in gaps(self.own, self.state.values) if each not in self.state.wrong]

    def _write_refused(self) -> None:
        """Write which fields hold no count."""
        if wrong := list(self.state.wrong):
            where = "、".join(self._field_text(cell) for cell in wrong[:NAMED])
            more = f"等 {len(wrong)} 格" if len(wrong) > NAMED else ""
            st.error(f"{where}{more}：只能填不小于 0 的整数，没有保存，请改正。")

    # --- how the fields are laid out ---------------------------------------------------------
    def _table(self) -> Sheet:
        """Return a row a village and a column a count."""
        own = self.own
        return Sheet(
            self.key,
            f"{own.township.name}{month_text(own.month)}的表",
            [Head(area.area_code, area.name) for area in own.areas],
            [Head(m, self._short(m), self._help(m)) for m in own.measures],
            self._period_before(),
        )

    def _list(self, area: Area, title: str) -> Sheet:
        """Return the counts of one area below each other."""
        own = self.own
        labels = {measure: self._short(measure) for measure in own.measures}
        if len(set(labels.values())) < len(labels):  # two headers end alike
            labels = {measure: "·".join(own.header(measure)) for measure in own.measures}
        return Sheet(
            self.key,
            f"{area.name}{month_text(own.month)}的表",
            [Head(area.area_code, month_text(own.month))],
            [Head(m, label, self._help(m)) for m, label in labels.items()],
            self._period_before(),
            title,
            is_list=True,
        )

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

    def _offer_next(self, area: Area) -> None:
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
        open_, silent = self._blanks(), unfiled(own, values)
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


def _choose(key: str, code: str) -> Callable[[], None]:
    return partial(st.session_state.__setitem__, key, code)
