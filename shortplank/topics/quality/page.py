"""The looks of the data quality page, and the form that marks a signal as checked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from shortplank.drawing.theme import Style
from shortplank.frame.html import cells, joined, paragraph, write_html
from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import Page
from shortplank.frame.writing import write_down, write_signer
from shortplank.records.import_notes import import_notes
from shortplank.records.marks import mark_checked
from shortplank.topics.quality.answer.checks_found import KINDS, checks_found
from shortplank.topics.quality.answer.completeness import (
    STATE_LABELS,
    STATES,
    Completeness,
    completeness,
    completeness_table,
    villages,
)
from shortplank.topics.quality.answer.recounts import (
    closing_text,
    recounts,
    recounts_table,
    reranked,
    sources_of_births,
    sources_told,
)
from shortplank.topics.quality.answer.signals import Signals, signals, signals_table
from shortplank.topics.quality.figure.completeness import matrix_figure, state_colours
from shortplank.topics.quality.figure.recounts import recounts_figure
from shortplank.wording.numbers import number_text

# As many rows as one screen holds in projection.
MOST = 7


def write_signals(page: Page) -> None:
    """Write the list of what deserves a second look, and the form to mark one as checked."""
    answer = signals(page.view)
    page.show(answer)
    if page.style.present:
        _wall(
            ("单位", "月份", "指标", "依据"),
            [(r.area, f"{r.month:%Y-%m}", f"{r.label} {r.words}", r.evidence) for r in answer.rows],
        )
        return
    page.table(signals_table(answer), name="值得核对", key="signals")
    if page.view.may("mark") and answer.rows:
        _mark_form(page, answer)
    notes = import_notes(page.view)
    if notes.num_rows:
        page.part("导入时提示过、没有拦下的")
        page.table(notes, name="导入提示", key="imports")


def _wall(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write the first rows of a list for a hall."""
    body = joined(Markup("<tr>{}</tr>").format(cells(row)) for row in rows[:MOST])
    if len(rows) > MOST:
        more = Markup('<tr><td colspan="{}">另有 {} 行，见名单</td></tr>')
        body += more.format(len(heads), len(rows) - MOST)
    made = Markup('<table class="wall"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
    write_html(made.format(cells(heads, "th"), body))


def _mark_form(page: Page, answer: Signals) -> None:
    names = {
        row.key: f"{row.area} {row.month:%Y-%m} {row.label} {row.evidence}" for row in answer.rows
    }
    with st.form("quality-mark", border=False, clear_on_submit=True):
        chosen = st.selectbox("核对了哪一处", list(names), format_func=names.__getitem__)
        note = st.text_input("核对结果（留空则取消标记）", max_chars=200)
        write_signer(st, page.view.actor)
        if st.form_submit_button("标记已核对") and chosen is not None:
            write_down(lambda: mark_checked(page.view, chosen, note))


def write_completeness(page: Page) -> None:
    """Write the matrix of forms by township and month, and that of the villages."""
    answer = completeness(page.view)
    look = Look[Completeness](
        "forms",
        lambda made, style: matrix_figure(made.matrix, style),
        legend=lambda _, style: _legend(style),
    )
    page.show(answer, look)
    page.part("迟报和未报")
    page.table(completeness_table(answer), name="报送", key="filings")
    if not page.style.present and st.toggle("看到村", key="quality-villages"):
        made = villages(page.view)
        if made.is_empty:
            st.caption("没有按村的月报。")
        else:
            page.chart(matrix_figure(made, page.style), key="villages", alt="各村是否在报表中")


def _legend(style: Style) -> Markup:
    colours = state_colours(style)
    ink = style.tokens.grid
    box = Markup(
        '<span style="display:inline-block;width:14px;height:14px;background:{};'
        'border:1px solid {};vertical-align:-2px;margin:0 6px 0 16px"></span>{}'
    )
    boxes = (
        box.format(colour, ink, STATE_LABELS[state])
        for state, colour in zip(STATES, colours, strict=True)
    )
    return paragraph(joined(boxes), "notes")


def write_recounts(page: Page) -> None:
    """Write reported against recounted births, and the departments' counts."""
    made = recounts(page.view)
    page.show(made, Look("recounts", recounts_figure))
    if not made.is_empty:
        page.part("各乡镇")
        page.table(recounts_table(page.view, made), name="回溯", key="recounts", decimals=3)
        if (order := reranked(page.view, made)) is not None:
            page.part("位次按回溯数会怎样", paragraph(order.sentence))
            page.table(order.table, name="回溯位次", key="reranked", decimals=1)
        if not page.style.present and st.button("差距随版次怎样变", key="quality-closing"):
            write_html(paragraph(closing_text(page.view) or "还只有一版回溯数。"))
    told = sources_told(page.view)
    page.part("部门信息与上报（统计年度累计，只有乡镇合计）", paragraph(f"{told.title}。"))
    page.how(told.how)
    page.table(sources_of_births(page.view), name="部门比对", key="sources", decimals=1)


def write_checks_found(page: Page) -> None:
    """Write what inspections found, and the count of key checks in a row."""
    made = checks_found(page.view)
    page.show(made)
    if page.style.present and made.errors.verified:
        kinds = [(KINDS[name], number_text(n)) for name, n in made.errors.counts.items()]
        _wall(("差错", "例数"), [("核实", number_text(made.errors.verified)), *kinds])
    page.table(made.rows, name="抽查", key="inspections")
