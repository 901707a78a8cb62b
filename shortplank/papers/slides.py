"""What every slide is made of: texts that fit their boxes, tables that say what they leave out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa
from pptx.dml.color import RGBColor
from pptx.util import Cm, Emu, Pt

from shortplank.drawing.table_book import FONT
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable

WIDTH, HEIGHT = Cm(33.867), Cm(19.05)  # 16:9
MARGIN = Cm(1.5)
INNER = WIDTH - 2 * MARGIN
# Where title and sentence stand, as long as they are not longer than that.
TITLE_TOP, TITLE_HEIGHT = Cm(0.8), Cm(2.4)
SENTENCE_HEIGHT, SENTENCE_MOST, FOOT_TOP = Cm(1.7), Cm(2.4), Cm(18)
GAP = Cm(0.3)
TITLE_SIZES = (30, 24, 20, 18, 16, 14)
SENTENCE_SIZES = (14, 12, 11)
# A line's height by its font's size: the tallest of the fonts that a deck is opened with.
LEADING = 1.4
# A letter's width by its font's size, in the widest of them: Chinese, all others, and the space
# that programs put between the two.
WIDE, NARROW, BETWEEN = 1.05, 0.64, 0.22
# Lines break before a word and never before a comma: more of them than the letters fill.
RAGGED = 1.1
# The font of a table that does not fit on one slide.
PAGED_SIZE = 12
ROW_HEIGHT = Cm(0.95)
CELL_SIDES, CELL_ENDS = Cm(0.52), Cm(0.16)
_BLANK = 6


@dataclass(frozen=True)
class Slide:
    """A slide with its title, sentence and stamp, and the room between them."""

    slide: Any
    top: int
    bottom: int

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Return the room that is left: left, top, width, height."""
        return MARGIN, Emu(self.top), INNER, Emu(self.bottom - self.top)


def new_slide(show: Any, stamp: str, title: str, sentence: str) -> Slide:
    """Return a slide with its finding, its sentence and the stamp; long ones take more room."""
    slide = show.slides.add_slide(show.slide_layouts[_BLANK])
    size, tall = fitted([title], TITLE_SIZES, INNER, TITLE_HEIGHT)
    tall = max(tall, TITLE_HEIGHT)
    text_box(slide, [title], (MARGIN, TITLE_TOP, INNER, tall), size, bold=True)
    top, bottom = TITLE_TOP + tall, FOOT_TOP - Cm(0.1)
    if sentence:
        size, high = fitted([sentence], SENTENCE_SIZES, INNER, SENTENCE_MOST)
        bottom -= max(high, SENTENCE_HEIGHT)
        text_box(slide, [sentence], (MARGIN, bottom, INNER, high), size)
    size, high = fitted([stamp], (11, 9, 8), INNER, Cm(0.8))
    text_box(slide, [stamp], (MARGIN, FOOT_TOP, INNER, high), size, colour=LIGHT.muted)
    return Slide(slide, top + GAP, bottom - GAP)


def text_box(
    slide: Any,
    lines: Sequence[str],
    place: tuple[int, int, int, int],
    size: int,
    *,
    bold: bool = False,
    colour: str = LIGHT.ink,
) -> None:
    """Write lines into a box of their own; they wrap."""
    frame = slide.shapes.add_textbox(*map(Emu, place)).text_frame
    frame.word_wrap = True
    for at, text in enumerate(lines):
        line = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        write(line, text, size, bold=bold, colour=colour)


def write(line: Any, text: str, size: int, *, bold: bool = False, colour: str = LIGHT.ink) -> None:
    """Write a text into a paragraph in the house's font."""
    run = line.add_run()
    run.text = printable(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = rgb(colour)


def rgb(colour: str) -> RGBColor:
    """Return a colour that is written as #RRGGBB."""
    return RGBColor.from_string(colour.removeprefix("#"))


def notes(slide: Any, text: str, table: pa.Table | None = None) -> None:
    """Write definition and source table into the slide's notes."""
    lines = [text] if text else []
    if table is not None:
        lines.append("\t".join(table.column_names))
        lines += ["\t".join(cell_text(v) for v in row.values()) for row in table.to_pylist()]
    slide.notes_slide.notes_text_frame.text = printable("\n".join(lines))


def cell_text(value: object) -> str:
    """Return a value as a slide shows it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else str(value)


# --- room -----------------------------------------------------------------------------------------
def letters(text: str) -> float:
    """Return a text's width by its font's size."""
    wide = [ord(letter) > 255 for letter in text]
    changes = sum(one != other for one, other in pairwise(wide))
    return sum(WIDE if each else NARROW for each in wide) + BETWEEN * changes


def lines_of(text: str, size: float, width: float) -> int:
    """Return how many lines a text takes in a width; both in points.

    >>> lines_of("流动人口建档率", 10, 75), lines_of("流动人口建档率", 10, 60)
    (1, 2)
    """
    parts = (letters(part) * size / max(width, size) for part in text.split("\n"))
    return sum(1 if part <= 1 else math.ceil(part * RAGGED) for part in parts)


def fitted(texts: Sequence[str], sizes: Sequence[int], width: int, height: int) -> tuple[int, int]:
    """Return the largest font at which texts fit in a height, and the height that they then take.

    Where none of the sizes is small enough, the last one and more than ``height``.
    """
    inner = Emu(width - CELL_SIDES).pt
    for size in sizes:
        lines = sum(lines_of(text, size, inner) for text in texts)
        tall = Pt(lines * size * LEADING) + CELL_ENDS
        if tall <= height:
            break
    return size, tall


# --- tables ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rows:
    """A table's texts at one font size: its columns' widths and its rows' heights."""

    size: int
    widths: list[int]
    heads: list[str]
    texts: list[list[str]]

    def height(self, row: Sequence[str]) -> int:
        """Return the height that a row takes; one of fewer texts goes across the table."""
        if len(row) < len(self.widths):
            return int(Pt(self.size * LEADING) + CELL_ENDS)
        tall = max(
            lines_of(text, self.size, Emu(width - CELL_SIDES).pt)
            for text, width in zip(row, self.widths, strict=True)
        )
        return int(Pt(tall * self.size * LEADING) + CELL_ENDS)

    def pages(self, height: int, *, spare: bool) -> list[list[list[str]]]:
        """Return the rows page by page, with a line left to say what is not there.

        Where one page holds them all, that line is left only if ``spare`` asks for it.
        """
        room, line = height - self.height(self.heads), self.height([])
        if sum(map(self.height, self.texts)) + line * spare <= room:
            return [self.texts]
        room -= line
        found: list[list[list[str]]] = []
        left = 0
        for row in self.texts:
            left -= self.height(row)
            if left < 0 or not found:
                found.append([])
                left = room - self.height(row)
            found[-1].append(row)
        return found


def table_slides(
    show: Any,
    stamp: str,
    title: str,
    table: pa.Table,
    sentence: str,
    *,
    sheet: str,
    first: Sequence[bool] = (),
    left: int = 0,
    most: int = 2,
) -> None:
    """Write a table on one slide, or on as many as it needs up to ``most``.

    ``first`` marks the rows that the sentence speaks of: they come first, and none of them is
    left out. What is left out is counted in the last line, with the workbook's ``sheet`` that has
    it; ``left`` rows more of that sheet are not in the table.
    """
    table, wanted = _findings_first(table, first)
    slide = new_slide(show, stamp, title, sentence)
    texts = [[cell_text(v) for v in row.values()] for row in table.to_pylist()]
    texts = texts or [["没有"] + ["–"] * (len(table.column_names) - 1)]
    rows, pages = _laid(table.column_names, texts, slide.bottom - slide.top, spare=left > 0)
    notes(slide.slide, sentence, table)
    done = 0
    for number, page in enumerate(pages, start=1):
        done += len(page)
        last = number == len(pages) or (number >= most and done >= wanted)
        out = len(texts) - done + left * last
        where = f"工作簿“{sheet}”表" if last else "下页"
        _write_table(slide, rows, [*page, *([[f"余 {out} 行见{where}"]] if out else [])])
        if last:
            return
        slide = new_slide(show, stamp, f"{sheet}（续，第 {number + 1} 页）", "")


def _findings_first(table: pa.Table, first: Sequence[bool]) -> tuple[pa.Table, int]:
    """Return the table with the marked rows first, each part in its order, and their number."""
    order = sorted(range(len(first)), key=lambda row: not first[row])
    return (table.take(order) if order else table), sum(first)


def _laid(
    heads: Sequence[str], texts: list[list[str]], height: int, *, spare: bool
) -> tuple[Rows, list[list[list[str]]]]:
    """Return the rows at the largest size at which one slide holds them, else page by page."""
    heads = list(map(str, heads))
    largest = 14 if len(heads) <= 6 else 12
    for size in (*range(largest, 9, -1), PAGED_SIZE):
        rows = Rows(size, column_widths([heads, *texts], INNER, size), heads, texts)
        pages = rows.pages(height, spare=spare)
        if len(pages) == 1:
            break
    return rows, pages


def _write_table(slide: Slide, rows: Rows, lines: Sequence[Sequence[str]]) -> None:
    """Write heads and lines; one of a single text goes across the table."""
    every = [rows.heads, *lines]
    heights = [rows.height(line) for line in every]
    roomy = [max(height, ROW_HEIGHT) for height in heights]
    heights = roomy if sum(roomy) <= slide.bottom - slide.top else heights
    place = (MARGIN, Emu(slide.top), INNER, Emu(sum(heights)))
    table = slide.slide.shapes.add_table(len(every), len(rows.heads), *place).table
    for at, width in enumerate(rows.widths):
        table.columns[at].width = Emu(width)
    for row, line in enumerate(every):
        table.rows[row].height = Emu(heights[row])
        for at, text in enumerate([*line, *[""] * (len(rows.heads) - len(line))]):
            _write_cell(table.cell(row, at), text, rows.size, row)
        if len(line) < len(rows.heads):
            table.cell(row, 0).merge(table.cell(row, len(rows.heads) - 1))


def _write_cell(cell: Any, text: str, size: int, row: int) -> None:
    cell.margin_top = cell.margin_bottom = Cm(0.05)
    cell.text_frame.word_wrap = True
    colour = "#FFFFFF" if row == 0 else LIGHT.ink
    write(cell.text_frame.paragraphs[0], text, size, bold=row == 0, colour=colour)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(LIGHT.ink if row == 0 else ("#FFFFFF", "#F3F4F6")[row % 2 == 0])


def column_widths(rows: Sequence[Sequence[str]], whole: int, size: int) -> list[int]:
    """Return column widths that add up to the whole: as wide as the longest texts where they fit.

    Where they do not, the narrow columns keep their width and the wide ones share the rest.
    """
    wanted = [
        Pt(max(map(letters, column)) * size) + CELL_SIDES + Cm(0.1)
        for column in zip(*rows, strict=True)
    ]
    if sum(wanted) <= whole:
        return [int(whole * width / sum(wanted)) for width in wanted]
    kept: dict[int, int] = {}
    for at in sorted(range(len(wanted)), key=wanted.__getitem__):
        fair = (whole - sum(kept.values())) // (len(wanted) - len(kept))
        if wanted[at] > fair:
            break
        kept[at] = wanted[at]
    room, rest = whole - sum(kept.values()), sum(w for at, w in enumerate(wanted) if at not in kept)
    shares = [kept.get(at) or room * min(w, rest) / rest for at, w in enumerate(wanted)]
    return [int(share) for share in shares]
