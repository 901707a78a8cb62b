"""Word's own XML as text: paragraphs, cells and tables whose heights are told, never found out.

Lengths are points. Every line and row has an exact height, so that a page is as high here as in
any office program, whatever fonts it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from shortplank.drawing.table_book import FONT
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable

INK, MUTED, GRID = LIGHT.ink, LIGHT.muted, LIGHT.grid
# Lines of Chinese type need so much more than its size.
LEADING = 1.36
# What stands left and right of a cell's text.
PAD = 3.0
_WIDE = {" ": 0.4, "–": 0.7, "−": 0.85, "·": 0.7, **dict.fromkeys("0123456789", 0.6), ".": 0.35}
_TOKENS = re.compile(r"[!-~]+|.", re.DOTALL)


@dataclass(frozen=True)
class Type:
    """How a text is set."""

    size: float
    bold: bool = False
    colour: str = INK

    @property
    def line(self) -> float:
        """Return the height of a line."""
        return round(self.size * LEADING, 1)


BODY, SMALL, TINY = Type(8.5), Type(7.5, colour=MUTED), Type(7, colour=MUTED)
STRONG, HEAD = Type(8.5, bold=True), Type(8, colour=MUTED)
TITLE = Type(10.5, bold=True)


@dataclass(frozen=True)
class Line:
    """A paragraph: runs of text in their types, set left, centred or right."""

    runs: tuple[tuple[str, Type], ...]
    align: str = "left"
    before: float = 0.0
    tab: float = 0.0
    """Where what stands behind a tabulator ends."""

    @property
    def text(self) -> str:
        """Return the text as it is read."""
        return "".join(text for text, _ in self.runs)

    def height(self, width: float) -> float:
        """Return how high the paragraph is in a column of a width."""
        most = max(kind.line for _, kind in self.runs)
        size = max(kind.size for _, kind in self.runs)
        return self.before + most * wrapped(self.text, size, width)


def line(text: str, kind: Type = BODY, *, align: str = "left", before: float = 0.0) -> Line:
    """Return a paragraph in one type."""
    return Line(((text, kind),), align, before)


def wide(text: str, size: float) -> float:
    """Return how wide a text is set: Chinese characters a square, others little more than half."""
    return size * sum(_WIDE.get(c, 1.0 if ord(c) > 0x7F else 0.62) for c in text)


@lru_cache(maxsize=50_000)
def wrapped(text: str, size: float, width: float) -> int:
    """Return into how many lines a text breaks, rather one too many than one too few.

    >>> wrapped("连续十二个月", 10, 100), wrapped("连续十二个月低于全县", 10, 60)
    (1, 2)
    """
    if wide(text, size) <= width:
        return 1
    room = max(width - size, 2 * size)  # no line begins with a comma
    count, used = 1, 0.0
    for token in _TOKENS.findall(text):
        for part in (token,) if wide(token, size) <= room else token:
            need = wide(part, size)
            if used + need > room:
                count, used = count + 1, 0.0
            used += need
    return count


def cut(text: str, size: float, width: float, most: int) -> str:
    """Return a text that takes at most so many lines, the rest of it an ellipsis."""
    if wrapped(text, size, width) <= most:
        return text
    while text and wrapped(f"{text}…", size, width) > most:
        text = text[:-1]
    return f"{text}…"


# --- as XML ---------------------------------------------------------------------------------------
def _twips(points: float) -> int:
    return round(points * 20)


def _hex(colour: str) -> str:
    return colour.removeprefix("#")


def run_xml(text: str, kind: Type) -> str:
    """Return a run."""
    return (
        f'<w:r><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" '
        f'w:cs="{FONT}"/>{"<w:b/>" if kind.bold else ""}<w:color w:val="{_hex(kind.colour)}"/>'
        f'<w:sz w:val="{round(kind.size * 2)}"/></w:rPr>'
        f"{_text(text)}</w:r>"
    )


def _text(text: str) -> str:
    if text == "\t":
        return "<w:tab/>"
    return f'<w:t xml:space="preserve">{escape(printable(text))}</w:t>'


def _tab(made: Line) -> str:
    if not made.tab:
        return ""
    return f'<w:tabs><w:tab w:val="right" w:pos="{_twips(made.tab)}"/></w:tabs>'


def line_xml(made: Line, *, new_page: bool = False) -> str:
    """Return a paragraph with lines of exactly its types' height."""
    high = _twips(max(kind.line for _, kind in made.runs))
    return (
        f"<w:p><w:pPr>{'<w:pageBreakBefore/>' if new_page else ''}"
        f'{_tab(made)}<w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{_twips(made.before)}" w:after="0" w:line="{high}" '
        f'w:lineRule="exact"/><w:jc w:val="{made.align}"/></w:pPr>'
        f"{''.join(run_xml(text, kind) for text, kind in made.runs)}</w:p>"
    )


def gap_xml(height: float, *, new_page: bool = False) -> str:
    """Return an empty paragraph of a height: what stands between tables."""
    return (
        f"<w:p><w:pPr>{'<w:pageBreakBefore/>' if new_page else ''}"
        f'<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" '
        f'w:line="{max(_twips(height), 20)}" w:lineRule="exact"/>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )


def picture_xml(drawing: str, *, align: str = "center") -> str:
    """Return a paragraph that holds a drawing; its line is as high as the drawing."""
    return (
        '<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="240" '
        f'w:lineRule="auto"/><w:jc w:val="{align}"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr>'
        f'<w:r><w:rPr><w:sz w:val="2"/></w:rPr>{drawing}</w:r></w:p>'
    )


@dataclass(frozen=True)
class Cell:
    """A cell: paragraphs (or XML of one's own), its ground and its rules."""

    lines: tuple[Line, ...] = ()
    xml: str = ""
    fill: str = ""
    bar: str = ""
    """The colour of a bar at its left edge."""
    rule: str = GRID
    """The colour of the rule below, "" for none."""
    stands: str = "center"
    """Where it stands in its row: top, center or bottom."""
    pad: float = PAD
    merge: str = ""
    """restart where the cell goes on below, continue where it does."""

    def height(self, width: float) -> float:
        """Return how high its paragraphs are in a column of a width."""
        return sum(each.height(width - 2 * self.pad) for each in self.lines)


def cell(*lines: Line | str, **more: object) -> Cell:
    """Return a cell of paragraphs; a bare text is set as body."""
    made = tuple(line(each) if isinstance(each, str) else each for each in lines)
    return Cell(made, **more)  # type: ignore[arg-type]


def _cell_xml(made: Cell, width: float) -> str:
    bar = f'<w:left w:val="single" w:sz="24" w:space="0" w:color="{_hex(made.bar)}"/>'
    rule = f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{_hex(made.rule)}"/>'
    edges = (bar if made.bar else "") + (rule if made.rule else "")
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(made.fill)}"/>' if made.fill else ""
    sides = "".join(
        f'<w:{side} w:w="{_twips(made.pad if side in ("left", "right") else 0)}" w:type="dxa"/>'
        for side in ("top", "left", "bottom", "right")
    )
    merged = f'<w:vMerge w:val="{made.merge}"/>' if made.merge else ""
    inner = "".join(map(line_xml, made.lines)) + made.xml or gap_xml(1)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>'
        f"{merged}{f'<w:tcBorders>{edges}</w:tcBorders>' if edges else ''}{fill}"
        f'<w:tcMar>{sides}</w:tcMar><w:vAlign w:val="{made.stands}"/>'
        f"</w:tcPr>{inner}</w:tc>"
    )


Row = tuple[Sequence[Cell], float]
"""A row's cells and its height."""


def table_xml(widths: Sequence[float], rows: Sequence[Row], *, about: str = "") -> str:
    """Return a table of exact widths and heights; ``about`` is its alternative text."""
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    told = f'<w:tblDescription w:val="{escape(printable(about))}"/>' if about else ""
    body = "".join(
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{_twips(high)}" w:hRule="exact"/>'
        f"</w:trPr>{''.join(map(_cell_xml, cells, widths))}</w:tr>"
        for cells, high in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
        f"</w:tblCellMar>{told}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )


def row_height(
    cells: Sequence[Cell], widths: Sequence[float], least: float = 0.0, *, slack: float = 3.0
) -> float:
    """Return the height that a row's cells need, at the least ``least``."""
    needed = (made.height(width) for made, width in zip(cells, widths, strict=True))
    return max(least, *(each + slack for each in needed))


def even(least: Sequence[float], whole: float) -> list[float]:
    """Return heights that add up to ``whole``: alike, but for what needs more.

    >>> even([20, 40, 20], 100), even([20, 20], 60)
    ([30.0, 40, 30.0], [30.0, 30.0])
    """
    fixed: set[int] = set()
    while len(fixed) < len(least):
        free = [i for i in range(len(least)) if i not in fixed]
        each = (whole - sum(least[i] for i in fixed)) / len(free)
        if not (over := {i for i in free if least[i] > each + 1e-9}):
            return [least[i] if i in fixed else each for i in range(len(least))]
        fixed |= over
    return list(least)
