"""The spine of a page: a row an indicator, the strip between its figures."""

from __future__ import annotations

from shortplank.drawing.theme import LIGHT
from shortplank.papers.township.blocks import (
    BODY,
    HEAD,
    MUTED,
    TINY,
    Cell,
    Row,
    Type,
    cell,
    cut,
    even,
    gap_xml,
    line,
    line_xml,
    picture_xml,
    row_height,
    table_xml,
    wrapped,
)
from shortplank.papers.township.parts import (
    WIDTH,
    Block,
    Limits,
    Numbers,
    titled,
)
from shortplank.papers.township.strip import strip_xml
from shortplank.papers.township.told import Row as Indicator
from shortplank.papers.township.told import Sheet
from shortplank.wording.verdicts import VERDICT_MARKS

_SPINE = (94.0, 56.0, 46.0, 28.0, 126.0, 42.0, 66.0, 58.0)
_SPINE_HEAD = 22.0
_UNIT = Type(7, colour=MUTED)


def spine_part(sheet: Sheet, numbers: Numbers, limits: Limits) -> Block:
    """Return the spine; its strips are as high as its rows become."""
    rows = sheet.rows[: limits.rows]
    heads = [
        cell(line(text, HEAD, align=align), *([line(under, _UNIT, align=align)] if under else []))
        for text, under, align in (
            ("指标", "", "left"),
            ("本乡镇", "95% 区间", "right"),
            ("全县", "", "right"),
            ("目标", "", "right"),
            ("◂ 较差　　　全县　　　较好 ▸", "", "center"),
            ("位次", "区间", "center"),
            ("同比", "95% 区间", "right"),
            ("结论", "", "left"),
        )
    ]
    cells = [_spine_cells(row) for row in rows]
    least = [row_height(each, _SPINE, 20.5, slack=1) for each in cells]
    notes = [line(text, TINY) for text in sheet.row_notes]
    if left := len(sheet.rows) - len(rows):
        notes.append(line(f"另有 {left} 项见乡镇对比页。", TINY))
    title = titled("与全县和各乡镇比")
    foot = sum(each.height(WIDTH) for each in notes)
    high = _SPINE_HEAD + sum(least) + foot + title.height(WIDTH) + 2

    def write(more: float) -> str:
        made: list[Row] = [(heads, _SPINE_HEAD)]
        for row, own, tall in zip(rows, cells, even(least, sum(least) + more), strict=True):
            drawn = strip_xml(row, numbers.next_strip(), _SPINE[4] - 4, tall - 3.5, row.about)
            made.append(([*own[:4], Cell(xml=picture_xml(drawn), pad=0), *own[5:]], tall))
        table = table_xml(_SPINE, made, about=f"{sheet.name}各指标与全县和各乡镇比")
        return line_xml(title) + table + gap_xml(2) + "".join(map(line_xml, notes))

    return Block(high, write, 0.34, 7.5 * len(rows), grows=True)


def _spine_cells(row: Indicator) -> list[Cell]:
    """Return a row's cells; the strip's is empty until the row's height is known."""
    colour = LIGHT.verdict(row.code) if row.code in ("worse", "higher", "lower") else LIGHT.muted
    mark = VERDICT_MARKS[row.code]
    size, label = 8.5, row.label
    while size > 6.5 and wrapped(label, size, _SPINE[0] - 6) > 2:
        size -= 0.5
    return [
        cell(line(cut(label, size, _SPINE[0] - 6, 4), Type(size, bold=True))),
        _pair(row.told, row.span, "right", bold=True),
        cell(line(row.county_told, BODY, align="right")),
        cell(line(row.target_told, BODY, align="right")),
        Cell(),
        _pair(row.place, row.places, "center"),
        _pair(row.change, row.changes, "right"),
        cell(line(f"{mark} {row.word}", Type(7.5, bold=colour != LIGHT.muted, colour=colour))),
    ]


def _pair(text: str, under: str, align: str, *, bold: bool = False) -> Cell:
    """Return a figure with its interval below it."""
    first = line(text, Type(8.5 if bold else 8, bold=bold), align=align)
    return cell(first, *([] if under == "–" else [line(under, _UNIT, align=align)]))
