"""A quarter beside the one before: its figures, and what became of the listed units."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.charts import LABEL, Axis, Label, Series, add_chart, nice
from shortplank.papers.deck.frame import Deck, Said, Sheet, key_line, speak, table_sheet
from shortplank.papers.deck.room import CM, GAP, PT, Box, letters
from shortplank.papers.deck.shapes import MUTED, Run
from shortplank.papers.deck.tables import (
    ROW,
    Cell,
    Grid,
    grid_of,
    lay,
    put_table,
    table_slide,
    texts_of,
)
from shortplank.papers.pack import quarter_table
from shortplank.papers.quarters import (
    AGAINST,
    LEFT,
    NOT_RESTATED,
    UNKNOWN,
    QuarterFigure,
    QuarterTold,
    ends_text,
    figures_table,
    moves_table,
    quarter_told,
)
from shortplank.wording.numbers import signed_text

# A share's name, figure and the ends of its interval.
Point = tuple[str, float, float, float]
FIGURES, MOVES, MONTHS = "季度变化", "季度名单变动", "季度"
NOW, BEFORE = "本季度", "上季度"
# So many shares make a picture, and so high it is at the least.
FEWEST, LOWEST = 2, int(4.2 * CM)
# The table leaves the picture its room.
SIZES = (16, 15, 14)
_TINTS = {NOW: faded(LIGHT.water, LIGHT.paper, 0.45), BEFORE: faded(LIGHT.water, LIGHT.paper, 0.18)}
_SAID, STRENGTH = faded(LIGHT.water, LIGHT.paper, 0.45), 0.2


def quarter_slides(deck: Deck) -> None:
    """Write a quarter's figures beside the last, its moves, and its months into the appendix.

    Nothing for a month's pack.
    """
    told = quarter_told(deck.made)
    if told is None:
        return
    _figures(deck, told)
    if told.moves:
        _moves(deck, told)
    months = quarter_table(deck.made.view, told.quarter)
    if months.num_rows:
        deck.keep(f"{told.quarter.name}各月的数", grid_of(months), MONTHS)


def _figures(deck: Deck, told: QuarterTold) -> None:
    """Write the quarters beside each other, and below them their difference as a picture."""
    # What is said of no quarter before stands in the title.
    said = Said(told.figures_title, told.sentence if told.before else "")
    drawn, grid = table_sheet(deck, said), _figures_grid(told)
    box = drawn.room
    below = box.from_top(box.top + sum(max(tall, ROW) for tall in lay(grid, box).heights) + GAP)
    points = [each for each in map(_point, told.figures) if each is not None]
    pictured = _has_room(points, below)
    if pictured:
        box = box.to_bottom(below.top - GAP)
    put_table(deck, drawn, grid, said.title, FIGURES, box=box)
    if pictured:
        _picture(
            key_line(Sheet(drawn.slide, below), _key(told)), points, beside=told.before is not None
        )
    more = told.restated or [f"{NOT_RESTATED}。"]
    speak(deck, drawn.slide, said, more=more, table=texts_of(grid))


def _figures_grid(told: QuarterTold) -> Grid:
    """Return the quarters' table; what the ledger is sure of stands out."""
    beside = [BEFORE, "变化（95% 区间）"] if told.before else ["95% 区间"]
    heads = ["指标", "口径", NOW, *beside, "台账"]
    rows = []
    for row, each in zip(figures_table(told).select(heads).to_pylist(), told.figures, strict=True):
        cells = {head: Cell(str(text), _TINTS.get(head, "")) for head, text in row.items()}
        cells["指标"] = Cell(each.item.label, bold=True)
        cells[NOW] = Cell(str(row[NOW]), _TINTS[NOW], bold=True)
        if each.steps:
            cells["台账"] = Cell(each.verdict, _SAID, bold=True)
        rows.append(tuple(cells.values()))
    aligns = tuple("ctr" if head in _TINTS else "l" for head in heads)
    return Grid(tuple(heads), tuple(rows), aligns, SIZES)


def _point(each: QuarterFigure) -> Point | None:
    """Return what a share has changed by, as the table writes it; None where it is unknown.

    Without a quarter before it is what the share is.
    """
    change, now = each.change, each.now
    ends = (change.difference, change.lower, change.upper)
    if each.before is None:
        ends = (float(now.value[0]), float(now.lower[0]), float(now.upper[0]))
    ends = (round(ends[0], 1 if each.before else each.item.decimals), *ends[1:])
    known = each.item.unit == "%" and not any(map(math.isnan, ends))
    return (each.item.label, *ends) if known else None


def _has_room(points: Sequence[Point], box: Box) -> bool:
    """Return whether there is something to draw, and room for it and its names."""
    if len(points) < FEWEST or box.height < LOWEST:
        return False
    return max(letters(name) for name, *_ in points) * LABEL * PT <= box.width / len(points)


def _key(told: QuarterTold) -> list[Run]:
    """Return what the picture shows."""
    what = "本季度减上季度，百分点" if told.before else "本季度，%"
    return [Run(f"● {what}；竖线为 95% 区间，只作图示", LABEL, colour=MUTED)]


def _picture(drawn: Sheet, points: Sequence[Point], *, beside: bool) -> None:
    """Draw figures with their intervals; ``beside`` is of differences, which carry a sign."""
    names, values, lower, upper = map(list, zip(*points, strict=True))
    labels = {at: Label(signed_text(v) if beside else f"{v:.1f}")
              for at, v in enumerate(values)}  # fmt: skip
    series = Series(
        "变化" if beside else NOW, values, LIGHT.ink, width=0, mark="circle", size=9,
        labels=labels, spans=(lower, upper),
    )  # fmt: skip
    low, high, step = nice([*lower, *upper], most=None if beside else 100.0)
    told = "；".join(f"{name} {value:.1f}（{low:.1f} 至 {high:.1f}）"
                    for name, value, low, high in points)  # fmt: skip
    add_chart(
        drawn.slide, drawn.room, names, [series], Axis(low, high, step), title="点图",
        about=f"点图：各项的数和 95% 区间：{told}",
    )  # fmt: skip


def _moves(deck: Deck, told: QuarterTold) -> None:
    """Write who came onto the list, who stays and who left it, in the ledger's colours."""
    table = moves_table(told)
    rows = []
    for row, each in zip(table.to_pylist(), told.moves, strict=True):
        way = Cell(each.way, bold=True)
        if each.way in (LEFT, UNKNOWN):
            way = Cell(each.way, _SAID, LIGHT.muted, True)
        elif each.code:
            way = _coloured(each.way, each.code)
        rows.append((way, *(Cell(str(row[name])) for name in table.column_names[1:])))
    grid = Grid((AGAINST, *table.column_names[1:]), tuple(rows), ("l",) * 5)
    checks = dict.fromkeys(each.found.item.check for each in told.moves if each.code)
    table_slide(
        deck, Said(told.title, ends_text(told)), grid, MOVES,
        check="；".join(check for check in checks if check),
    )  # fmt: skip


def _coloured(text: str, code: str) -> Cell:
    colour = LIGHT.verdict(code)
    return Cell(text, faded(colour, LIGHT.paper, STRENGTH), colour, True)
