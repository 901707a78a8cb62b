"""Native tables: findings first, never more rows than fit, the rest in the appendix."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.frame import (
    Deck,
    Leftover,
    Said,
    Sheet,
    new_slide,
    speak,
    table_sheet,
)
from shortplank.papers.deck.room import CM, GAP, PT, SPACING, Box, height_of, letters, lines_of
from shortplank.papers.deck.shapes import Run, add_text, describe, fill_xml, line_xml
from shortplank.papers.deck.template import APPENDIX

SIZES = (20, 18, 17, 16, 15, 14)
SIDE, END = int(0.2 * CM), int(0.05 * CM)
ROW, CLOSE_ROW = int(0.95 * CM), int(0.8 * CM)
# Names of tables that share a slide.
CAPTION = 18
# Up to so many rows take so many times the height that they need.
FEW_ROWS, AIRY = 6, 1.5
# A text of so many letters stays on one line where a smaller size allows it.
SHORT, SHORTEST = 16, 4.3
# So many rows of one table stand in the appendix; what is longer is the workbook's.
MOST_ROWS = 60
HEAD, RULE = faded(LIGHT.water, LIGHT.paper, 0.65), "#C9D2DC"


@dataclass(frozen=True)
class Cell:
    """A table's cell: its text, and where it says something by its look its fill and weight."""

    text: str
    fill: str = ""
    colour: str = LIGHT.ink
    bold: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: heads, rows of cells, how each column stands (l, ctr, r)."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    aligns: tuple[str, ...]
    sizes: tuple[int, ...] = SIZES
    ruled: bool = False
    """Whether its columns are parted by lines, to be written in."""

    def some(self, rows: Sequence[tuple[Cell, ...]]) -> Grid:
        """Return the same table with other rows."""
        return replace(self, rows=tuple(rows))


@dataclass(frozen=True)
class Laid:
    """A table at one size: its columns' widths, its rows' heights, the head's first."""

    size: int
    widths: list[int]
    heights: list[int]


def grid_of(table: pa.Table, first: Sequence[bool] = ()) -> Grid:
    """Return an answer's table as cells; the rows that ``first`` marks stand first and are bold."""
    order = sorted(range(table.num_rows), key=lambda row: not (first[row] if first else False))
    numbers = [
        pa.types.is_floating(kind) or pa.types.is_integer(kind) for kind in table.schema.types
    ]
    rows = table.to_pylist()
    cells = tuple(
        tuple(Cell(cell_text(value), bold=bool(first and first[at])) for value in rows[at].values())
        for at in order
    )
    aligns = tuple("r" if number else "l" for number in numbers)
    return Grid(tuple(map(str, table.column_names)), cells, aligns)


def cell_text(value: object) -> str:
    """Return a value as a slide shows it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else str(value)


def texts_of(grid: Grid) -> list[list[str]]:
    """Return heads and rows as texts, for a slide's notes."""
    return [list(grid.heads), *([cell.text for cell in row] for row in grid.rows)]


# --- slides ---------------------------------------------------------------------------------------
def table_slide(
    deck: Deck,
    said: Said,
    grid: Grid,
    sheet: str,
    *,
    left: int = 0,
    check: str = "",
    more: Sequence[str] = (),
) -> Any:
    """Write a table on a slide of its own; what does not fit is counted and stands at the end.

    ``sheet`` is the workbook's sheet that has it all, ``left`` how many rows only that has.
    """
    made = table_sheet(deck, said)
    put_table(deck, made, grid, said.title, sheet, box=made.room, left=left)
    speak(deck, made.slide, said, check=check, more=more, table=texts_of(grid)[: MOST_ROWS + 1])
    return made.slide


def put_table(
    deck: Deck,
    made: Sheet,
    grid: Grid,
    title: str,
    sheet: str,
    *,
    box: Box,
    left: int = 0,
) -> None:
    """Write as much of a table as a box holds, and keep the rest for the appendix."""
    laid = lay(grid, box)
    shown = fitting(laid, box.height, spare=left > 0)
    if shown < len(grid.rows) and not left and (halves := _halves(grid, box)):
        _beside(Sheet(made.slide, box), grid, halves, title)
        return
    rest = grid.rows[shown:]
    note = ""
    if rest:
        note = f"余 {len(rest) + left} 行见{deck.keep(title, grid.some(rest), sheet, left)}"
    elif left:
        note = f"余 {left} 行见工作簿“{sheet}”表"
    write_table(made, grid.some(grid.rows[:shown]), laid, box, title, note)


def _parted(grid: Grid) -> tuple[Grid, Grid]:
    """Return a table's first and second half."""
    middle = (len(grid.rows) + 1) // 2
    return grid.some(grid.rows[:middle]), grid.some(grid.rows[middle:])


def _halves(grid: Grid, box: Box) -> list[Laid]:
    """Return the table as two halves side by side, where they hold all of it without a wrap."""
    first, second = box.columns(1, 1)
    found = []
    for part, own in zip(_parted(grid), (first, second), strict=True):
        laid = lay(part.some(part.rows), own, smallest=True)
        line = _height(["一"], [own.width], laid.size)
        if sum(laid.heights) > own.height or any(tall > line for tall in laid.heights):
            return []
        found.append(laid)
    return found


def _beside(made: Sheet, grid: Grid, halves: Sequence[Laid], title: str) -> None:
    """Write a table's halves side by side."""
    parts = zip(halves, _parted(grid), made.room.columns(1, 1), strict=True)
    for laid, part, own in parts:
        write_table(made, part, laid, own, title)


def appendix_slides(deck: Deck) -> None:
    """Write what did not fit, table by table, each on as many slides as it needs."""
    at = 0
    while at < len(deck.appendix):
        joined = _joined(deck, at)
        if len(joined) > 1:
            _together(deck, at, joined)
            at += len(joined)
            continue
        at += 1
        number, kept = at, deck.appendix[at - 1]
        rows, name, part = list(kept.grid.rows), f"{APPENDIX} {number}", 0
        beyond, rows = max(len(rows) - MOST_ROWS, 0) + kept.left, rows[:MOST_ROWS]
        while rows:
            part += 1
            title = f"{name}　{kept.title}" + (f"（续 {part - 1}）" if part > 1 else "")
            slide, room = new_slide(deck, APPENDIX, title)
            grid = kept.grid.some(rows)
            laid = lay(grid, room, smallest=part > 1)  # all parts in one size
            whole = beyond <= 0 and fitting(laid, room.height) < len(rows)
            if whole and (halves := _halves(grid, room)):
                _beside(Sheet(slide, room), grid, halves, title)
                speak(deck, slide, Said(title), table=texts_of(grid))
                break
            count = fitting(laid, room.height, spare=beyond > 0)
            count = math.ceil(len(rows) / math.ceil(len(rows) / count))  # no page of two rows
            some, rows = grid.some(rows[:count]), rows[count:]
            note = "" if rows or beyond <= 0 else f"余 {beyond} 行见工作簿“{kept.sheet}”表"
            write_table(Sheet(slide, room), some, laid, room, title, note)
            speak(deck, slide, Said(title), table=texts_of(some))


def _joined(deck: Deck, at: int) -> list[Laid]:
    """Return the tables from one on that have room below each other on one slide, laid out."""
    room, found = deck.layout(APPENDIX).room, list[Laid]()
    left = room.height
    for number, kept in enumerate(deck.appendix[at:], start=at + 1):
        laid = lay(kept.grid, room, smallest=True)
        over = bool(kept.left or len(kept.grid.rows) > MOST_ROWS)
        caption = height_of([_caption(number, kept)], CAPTION, room.width)
        left -= caption + sum(max(tall, CLOSE_ROW) for tall in laid.heights) + GAP
        if over or left < 0:
            break
        found.append(laid)
    return found


def _caption(number: int, kept: Leftover) -> str:
    return f"{APPENDIX} {number}　{kept.title}"


def _together(deck: Deck, at: int, several: Sequence[Laid]) -> None:
    """Write short tables below each other on one slide, each under its name."""
    kept = deck.appendix[at : at + len(several)]
    title = f"{APPENDIX} {at + 1} 至 {at + len(several)}"
    slide, room = new_slide(deck, APPENDIX, title)
    texts = list[list[str]]()
    for number, (each, least) in enumerate(zip(kept, several, strict=True), start=at + 1):
        name = _caption(number, each)
        tall = height_of([name], CAPTION, room.width)
        line = [Run(name, CAPTION, bold=True)]
        add_text(slide, f"表名 {number}", [line], Box(room.left, room.top, room.width, tall))
        room = room.from_top(room.top + tall)
        laid = replace(least, heights=[max(tall, CLOSE_ROW) for tall in least.heights])
        high = sum(laid.heights)
        write_table(Sheet(slide, room), each.grid, laid, room.to_bottom(room.top + high), name)
        room = room.from_top(room.top + high + GAP)
        texts += [[name], *texts_of(each.grid)]
    speak(deck, slide, Said(title), table=texts)


# --- room -----------------------------------------------------------------------------------------
def lay(grid: Grid, box: Box, *, smallest: bool = False) -> Laid:
    """Return the table at the largest size at which a box holds all of it, else at the smallest."""
    texts = texts_of(grid)
    sizes = grid.sizes[-1:] if smallest else grid.sizes
    for size in sizes:
        widths = column_widths(texts, box.width, size)
        laid = Laid(size, widths, [_height(row, widths, size) for row in texts])
        if sum(laid.heights) <= box.height and not _broken(texts, laid):
            break
    return laid


def _broken(texts: Sequence[Sequence[str]], laid: Laid) -> bool:
    """Return whether a figure or a short word goes on in a second line."""
    return any(
        letters(text) <= SHORT and lines_of(text, laid.size, (width - 2 * SIDE) / PT) > 1
        for row in texts
        for text, width in zip(row, laid.widths, strict=True)
    )


def fitting(laid: Laid, height: int, *, spare: bool = False) -> int:
    """Return how many rows a height holds below the heads, with a line left where rows are over."""
    line = _height(["一"], [laid.widths[0]], laid.size)
    head, *heights = laid.heights
    if head + sum(heights) + line * spare <= height:
        return len(heights)
    room, count = height - head - line, 0
    for tall in heights:
        room -= tall
        if room < 0:
            break
        count += 1
    return max(count, 1) if heights else 0


def _height(row: Sequence[str], widths: Sequence[int], size: float) -> int:
    lines = max(
        lines_of(text, size, (width - 2 * SIDE) / PT)
        for text, width in zip(row, widths, strict=False)
    )
    return int(lines * size * SPACING * PT) + 2 * END


def column_widths(rows: Sequence[Sequence[str]], whole: int, size: float) -> list[int]:
    """Return column widths that add up to the whole: as wide as the longest texts where they fit.

    Where they do not, the narrow columns keep their width and the wide ones share the rest.
    """
    wanted = [
        int(max(map(letters, column)) * size * PT) + 2 * SIDE + int(0.12 * CM)
        for column in zip(*rows, strict=True)
    ]
    if sum(wanted) <= whole:
        return [int(whole * width / sum(wanted)) for width in wanted]
    least = [max(map(_longest, column)) for column in zip(*rows, strict=True)]
    floors = [
        min(most, int(need * size * PT) + 2 * SIDE + int(0.12 * CM))
        for most, need in zip(wanted, least, strict=True)
    ]
    kept: dict[int, int] = {}
    for at in sorted(range(len(wanted)), key=wanted.__getitem__):
        fair = (whole - sum(kept.values())) // (len(wanted) - len(kept))
        if wanted[at] > fair:
            break
        kept[at] = wanted[at]
    room, rest = whole - sum(kept.values()), [at for at in range(len(wanted)) if at not in kept]
    over = sum(wanted[at] - floors[at] for at in rest) or 1
    spare = room - sum(floors[at] for at in rest)
    if spare < 0 and sum(floors) <= whole:  # what is whole in its columns first
        spare, over = whole - sum(floors), (sum(wanted) - sum(floors)) or 1
        return [
            floor + int(spare * (most - floor) / over)
            for most, floor in zip(wanted, floors, strict=True)
        ]
    if spare < 0:  # not even the longest words fit
        return [int(whole * width / sum(wanted)) for width in wanted]
    return [
        kept[at] if at in kept else int(floors[at] + spare * (wanted[at] - floors[at]) / over)
        for at in range(len(wanted))
    ]


def _longest(text: str) -> float:
    """Return the width of what a line should not break: a figure, a word of a few letters."""
    runs = re.findall(r"[^\u2e80-\uffff\s]+", text)
    return max([min(letters(text), SHORTEST), *map(letters, runs)])


# --- writing --------------------------------------------------------------------------------------
def write_table(made: Sheet, grid: Grid, laid: Laid, box: Box, title: str, note: str = "") -> None:
    """Write heads and rows, and a last line across the table; rows take the room that is there."""
    heights = laid.heights[: len(grid.rows) + 1]
    if note:
        heights = [*heights, _height([note], [sum(laid.widths)], laid.size)]
    roomy = [max(tall, ROW) for tall in heights]
    heights = roomy if sum(roomy) <= box.height else heights
    if len(grid.rows) <= FEW_ROWS:  # few rows stand wider apart, as far as there is room
        heights = [int(tall * max(1.0, min(AIRY, box.height / sum(heights)))) for tall in heights]
    wide, count = len(grid.heads), len(heights)
    frame = made.slide.shapes.add_table(1, 1, box.left, box.top, sum(laid.widths), sum(heights))
    heads = "、".join(grid.heads)
    parts = (f"表：{title}。列：{heads}", f"{len(grid.rows)} 行", note)
    about = "；".join(part for part in parts if part)
    describe(frame, "表", about)
    columns = "".join(f'<a:gridCol w="{width}"/>' for width in laid.widths)
    head = [Cell(text, HEAD, LIGHT.ink, True) for text in grid.heads]
    look = (grid.aligns, laid.size, grid.ruled)
    rows = [_row_xml(head, *look, heights[0])]
    rows += [_row_xml(row, *look, tall) for row, tall in zip(grid.rows, heights[1:], strict=False)]
    if note:
        rows.append(_note_xml(note, wide, laid.size, heights[count - 1]))
    table = parse_xml(
        f'<a:tbl {nsdecls("a")}><a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>'
        f"{''.join(rows)}</a:tbl>"
    )
    old = frame._element.graphic.graphicData.tbl
    old.getparent().replace(old, table)


def _row_xml(
    row: Sequence[Cell], aligns: Sequence[str], size: float, ruled: bool, tall: int
) -> str:
    cells = "".join(
        _cell_xml(cell, align, size, ruled=ruled) for cell, align in zip(row, aligns, strict=True)
    )
    return f'<a:tr h="{tall}">{cells}</a:tr>'


def _note_xml(note: str, wide: int, size: float, tall: int) -> str:
    merged = '<a:tc hMerge="1"><a:txBody><a:bodyPr/><a:lstStyle/><a:p/></a:txBody><a:tcPr/></a:tc>'
    cell = _cell_xml(Cell(note, colour=LIGHT.muted), "l", size, f'<a:tc gridSpan="{wide}">')
    cell = cell if wide > 1 else _cell_xml(Cell(note, colour=LIGHT.muted), "l", size, "<a:tc>")
    return f'<a:tr h="{tall}">{cell}{merged * (wide - 1)}</a:tr>'


def _cell_xml(
    cell: Cell, align: str, size: float, opening: str = "<a:tc>", *, ruled: bool = False
) -> str:
    line = line_xml([Run(cell.text, size, cell.bold, cell.colour)], align)
    parted = f'w="9525">{fill_xml(RULE)}' if ruled else 'w="0"><a:noFill/>'
    none = "".join(f"<a:{side} {parted}</a:{side}>" for side in ("lnL", "lnR"))
    none += "<a:lnT><a:noFill/></a:lnT>"
    rule = f'<a:lnB w="9525">{fill_xml(RULE)}</a:lnB>'
    return (
        f"{opening}<a:txBody><a:bodyPr/><a:lstStyle/>{line}</a:txBody>"
        f'<a:tcPr marL="{SIDE}" marR="{SIDE}" marT="{END}" marB="{END}" anchor="ctr">{none}{rule}'
        f"{fill_xml(cell.fill or LIGHT.paper)}</a:tcPr></a:tc>"
    )
