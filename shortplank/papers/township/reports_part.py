"""The reports of a page, month by month, beside what is to be checked."""

from __future__ import annotations

from dataclasses import replace

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.township.blocks import (
    BODY,
    SMALL,
    TINY,
    Cell,
    Line,
    Row,
    Type,
    cell,
    cut,
    line,
    line_xml,
    table_xml,
    wrapped,
)
from shortplank.papers.township.parts import (
    TICK,
    WIDTH,
    Block,
    Limits,
    titled,
)
from shortplank.papers.township.told import NO_ITEMS, NOTHING_TO_CHECK, Reports, Sheet
from shortplank.topics.quality.answer.completeness import STATE_LABELS

_CELL = 15.0
_FORM = WIDTH / 2 - 8 - 12 * _CELL
_STATE = Type(7.5, bold=True)
# What a month's cell says besides its colour.
STATE_MARKS = {"on_time": "✓", "revised": "订", "late": "迟", "missing": "未", "undated": "报"}
STATE_GROUNDS = {
    "on_time": faded(LIGHT.better, LIGHT.paper, 0.22),
    "revised": faded(LIGHT.better, LIGHT.paper, 0.5),
    "late": faded(LIGHT.worse, LIGHT.paper, 0.4),
    "missing": faded(LIGHT.worse, LIGHT.paper, 0.8),
    "undated": faded(LIGHT.muted, LIGHT.paper, 0.3),
}


def reports_part(sheet: Sheet, limits: Limits) -> Block:
    """Return the months of reports at the left, what is to be checked at the right."""
    reports = sheet.reports
    half = WIDTH / 2
    left, table, low = _report_parts(reports, half)
    checks = sheet.checks[: limits.checks]
    told = [cut(text, BODY.size, half - 10, 4) for text in checks]
    told = told if sheet.checks else [NOTHING_TO_CHECK]
    texts = [line(text, BODY, before=1) for text in told]
    if more := len(sheet.checks) - len(checks):
        texts.append(line(f"余 {more} 处见数据质量页。", SMALL))
    if not sheet.items:
        texts += [replace(titled("上次和本次的事项"), before=4), line(NO_ITEMS)]
    right = Cell((titled("值得核对"), *texts), rule="", stands="top", pad=5)
    high = max(low, right.height(half) + 3)

    def write(room: float) -> str:
        cells = [Cell(left, xml=table, rule="", stands="top", pad=0), right]
        return table_xml((half, half), [(cells, high + room)])

    return Block(high, write, 0.02, 6)


def _report_parts(reports: Reports, half: float) -> tuple[tuple[Line, ...], str, float]:
    """Return the heading, the strip of months with what it counts, and their height."""
    title = titled(reports.heading)
    told = line(reports.sentence, SMALL, before=1)
    if not reports.forms:
        return (title, told), "", title.height(half - 10) + told.height(half - 10) + 4
    widths = (_FORM, *[_CELL] * len(reports.months))
    rows: list[Row] = [
        (
            [
                Cell(rule=""),
                *(cell(line(m, TICK, align="center"), rule="", pad=0) for m in reports.months),
            ],
            10.0,
        )
    ]
    for name, states in reports.forms:
        size = 8.0 if wrapped(name, 8, _FORM - 6) == 1 else 6.5
        own = cell(line(cut(name, size, _FORM - 6, 2), Type(size)), rule="")
        marks = [
            Cell(
                (line(STATE_MARKS.get(state, ""), _STATE, align="center"),),
                fill=STATE_GROUNDS.get(state, ""),
                rule=LIGHT.paper,
                pad=0,
            )
            for state in states
        ]
        rows.append(([own, *marks], max(13.5, own.height(_FORM) + 2)))
    tall = sum(high for _, high in rows)
    about = f"{reports.heading}：{reports.sentence}"
    shown = list(dict.fromkeys(state for _, states in reports.forms for state in states))
    legend = "　".join(
        f"{mark} {STATE_LABELS[state]}" for state, mark in STATE_MARKS.items() if state in shown
    )
    key = line(legend, TINY, before=2)
    xml = table_xml(widths, rows, about=about) + line_xml(key) + line_xml(told)
    high = title.height(half) + tall + key.height(half - 10) + told.height(half - 10) + 4
    return (title,), xml, high
