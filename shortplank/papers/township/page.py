"""One township's page as Word's XML: parts with told heights, stretched till the page is full."""

from __future__ import annotations

from collections.abc import Sequence

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
from shortplank.wording.judged import LIST

_GAP = 6.0
# So many findings and targets not reached a page tells, in so many lines each; then fewer.
_TIGHTER = ((4, 3), (2, 2), (1, 1))
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
    Limits(1, 0, 0, 1, 36.0),
)


def page_xml(part: DocumentPart, sheet: Sheet, numbers: Numbers, *, first: bool) -> list[str]:
    """Return a township's page, part by part; all but the first begin a new page."""
    blocks, room = fitted(part, sheet, numbers)
    given = spread(blocks, room)
    found = [gap_xml(1, new_page=not first)]
    for block, more in zip(blocks, given, strict=True):
        found += [block.write(more), gap_xml(_GAP)]
    # Where nothing can grow, the foot still stands at the foot.
    found[-3] = gap_xml(_GAP + max(room - sum(given), 0.0))
    return found[:-1]


def fitted(part: DocumentPart, sheet: Sheet, numbers: Numbers) -> tuple[list[Block], float]:
    """Return the parts of the fullest page that fits, and how much room they leave."""
    for told, lines in _TIGHTER:
        above = [_head(sheet), _finding(sheet, told, lines)]
        below = [*_ahead(sheet, told), _foot(sheet, lines)]
        taken = HEIGHT - _high(above) - _high(below)
        low, high = 0, len(_LIMITS) - 1
        while low < high:
            middle = (low + high) // 2
            fits = _high(_lists(part, sheet, numbers, _LIMITS[middle])) <= taken
            low, high = (low, middle) if fits else (middle + 1, high)
        between = _lists(part, sheet, numbers, _LIMITS[low])
        if (room := taken - _high(between)) >= 0:
            break
    return [*above, *between, *below], room


def _high(blocks: Sequence[Block]) -> float:
    return sum(block.least + _GAP for block in blocks)


def _lists(part: DocumentPart, sheet: Sheet, numbers: Numbers, limits: Limits) -> list[Block]:
    """Return the parts that show as much as the limits allow."""
    blocks = [spine_part(sheet, numbers, limits)] if sheet.rows else []
    if sheet.curves:
        blocks.append(months_part(part, sheet.curves, numbers, limits))
    blocks += [villages_part(sheet, limits), reports_part(sheet, limits)]
    return blocks + ([items_part(sheet, limits)] if sheet.items else [])


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


def _finding(sheet: Sheet, told: int, lines: int) -> Block:
    listed = sheet.verdict in ("worse", "higher", "lower")
    colour = LIGHT.verdict(sheet.verdict)
    kind = Type(13, bold=True, colour=colour if listed else LIGHT.ink)
    title = line(cut(sheet.finding, kind.size, WIDTH - 16, 2), kind)
    shown = [cut(text, 9, WIDTH - 16, lines) for text in sheet.lines[:told]]
    if left := len(sheet.lines) - len(shown):
        shown.append(f"余 {left} 条见{LIST}。")
    texts = [line(text, Type(9), before=1.5) for text in shown]
    cells = [Cell((title,), bar=colour, rule="", pad=8)]
    cells += [Cell(tuple(texts), bar=colour, rule="", pad=8)] if texts else []
    least = [row_height([each], (WIDTH,), low) for each, low in zip(cells, (24, 0), strict=False)]

    def write(more: float) -> str:
        tall = [high + more / len(least) for high in least]
        return table_xml((WIDTH,), [([each], high) for each, high in zip(cells, tall, strict=True)])

    return Block(sum(least), write, 0.02, 8)


def _ahead(sheet: Sheet, told: int) -> list[Block]:
    kind = Type(8)
    texts = tuple(cut(text, kind.size, WIDTH, 2) for text in sheet.ahead[:told])
    return [paragraphs_part("下月前看什么", texts, kind)] if texts else []


# --- foot -----------------------------------------------------------------------------------------
def _foot(sheet: Sheet, lines: int) -> Block:
    texts = [line(cut(text, TINY.size, WIDTH, lines), TINY) for text in sheet.notes if text]
    made = Cell(tuple(texts), rule="", pad=0)
    high = row_height([made], (WIDTH,))
    rule = [Cell(rule=GRID)]
    rows: list[Row] = [(rule, 2.0), ([made], high)]
    return Block(high + 2, lambda _: table_xml((WIDTH,), rows))
