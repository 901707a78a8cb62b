"""One township's page as Word's XML: parts with told heights, stretched till the page is full."""

from __future__ import annotations

from docx.parts.document import DocumentPart

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.township.blocks import (
    GRID,
    MUTED,
    TINY,
    Cell,
    Line,
    Row,
    Type,
    cut,
    gap_xml,
    line,
    row_height,
    table_xml,
    wrapped,
)
from shortplank.papers.township.lists_part import items_part, paragraphs_part, villages_part
from shortplank.papers.township.months_part import months_part
from shortplank.papers.township.parts import (
    HEIGHT,
    WIDTH,
    Block,
    Limits,
    Numbers,
    spread,
)
from shortplank.papers.township.reports_part import reports_part
from shortplank.papers.township.spine_part import spine_part
from shortplank.papers.township.told import Sheet

_GAP = 6.0
_GROUND = faded(LIGHT.better, LIGHT.paper, 0.1)


# From the fullest on: the first that fits is taken.
_LIMITS = (
    Limits(12, 12, 6, 4, 118.0),
    Limits(12, 8, 4, 3, 104.0),
    Limits(12, 5, 3, 3, 92.0),
    Limits(12, 3, 3, 2, 84.0),
    Limits(11, 3, 3, 2, 84.0),
    Limits(10, 3, 3, 2, 80.0),
    *(Limits(rows, 2, 2, 2, 74.0) for rows in range(10, 6, -1)),
    *(Limits(rows, 1, 1, 1, 64.0) for rows in range(7, 2, -1)),
    Limits(2, 1, 1, 1, 48.0),
    Limits(1, 0, 0, 0, 36.0),
)


def page_xml(part: DocumentPart, sheet: Sheet, numbers: Numbers, *, first: bool) -> list[str]:
    """Return a township's page, part by part; all but the first begin a new page."""
    blocks = [Block(0.0, lambda _: "")]
    room = -1.0
    for limits in _LIMITS:
        blocks = _blocks(part, sheet, numbers, limits)
        room = HEIGHT - sum(block.least + _GAP for block in blocks)
        if room >= 0:
            break
    given = spread(blocks, room)
    found = [gap_xml(1, new_page=not first)]
    for block, more in zip(blocks, given, strict=True):
        found += [block.write(more), gap_xml(_GAP)]
    return found[:-1]


def _blocks(part: DocumentPart, sheet: Sheet, numbers: Numbers, limits: Limits) -> list[Block]:
    blocks = [_head(sheet), _finding(sheet)]
    if sheet.rows:
        blocks.append(spine_part(sheet, numbers, limits))
    if sheet.curves:
        blocks.append(months_part(part, sheet.curves, numbers, limits))
    blocks.append(villages_part(sheet, limits))
    blocks.append(reports_part(sheet, limits))
    if sheet.items:
        blocks.append(items_part(sheet, limits))
    if sheet.ahead:
        blocks.append(paragraphs_part("下月前看什么", sheet.ahead, Type(8)))
    blocks.append(_foot(sheet))
    return blocks


# --- head -----------------------------------------------------------------------------------------
def _head(sheet: Sheet) -> Block:
    left, right = 352.0, WIDTH - 352.0
    size = 22.0
    while size > 13 and wrapped(sheet.name, size, left - 16) > 1:
        size -= 1
    name = Line(((sheet.name, Type(size, bold=True)), (f"　{sheet.when}", Type(13, bold=True))))
    if wrapped(name.text, size, left - 16) > 1:
        name = Line(((cut(sheet.name, size, left - 16, 1), Type(size, bold=True)),))
        under = line(f"{sheet.county}　{sheet.when}　乡镇一页纸", Type(9, colour=MUTED))
    else:
        under = line(f"{sheet.county}　乡镇一页纸", Type(9, colour=MUTED))
    stamp = [line(text, TINY, align="right") for text in sheet.stamp]
    cells = [
        Cell((name, under), fill=_GROUND, rule="", pad=8),
        Cell(tuple(stamp), fill=_GROUND, rule="", pad=8),
    ]
    high = row_height(cells, (left, right), 50)
    return Block(high, lambda more: table_xml((left, right), [(cells, high + more)]), 0.02, 6)


def _finding(sheet: Sheet) -> Block:
    listed = sheet.verdict in ("worse", "higher", "lower")
    colour = LIGHT.verdict(sheet.verdict)
    title = line(sheet.finding, Type(13, bold=True, colour=colour if listed else LIGHT.ink))
    texts = [line(text, Type(9), before=1.5) for text in sheet.lines]
    made = Cell((title, *texts), bar=colour, rule="", pad=8)
    high = row_height([made], (WIDTH,), 24)
    return Block(high, lambda more: table_xml((WIDTH,), [([made], high + more)]), 0.02, 8)


# --- foot -----------------------------------------------------------------------------------------
def _foot(sheet: Sheet) -> Block:
    texts = [line(text, TINY) for text in sheet.notes if text]
    made = Cell(tuple(texts), rule="", pad=0)
    high = row_height([made], (WIDTH,))
    rule = [Cell(rule=GRID)]
    rows: list[Row] = [(rule, 2.0), ([made], high)]
    return Block(high + 2, lambda _: table_xml((WIDTH,), rows))
