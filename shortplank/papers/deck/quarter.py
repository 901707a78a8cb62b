"""A quarter beside the one before: its figures, and what became of the listed units."""

from __future__ import annotations

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.frame import Deck, Said
from shortplank.papers.deck.tables import Cell, Grid, grid_of, table_slide
from shortplank.papers.pack import quarter_table
from shortplank.papers.quarters import (
    AGAINST,
    LEFT,
    NOT_RESTATED,
    UNKNOWN,
    QuarterTold,
    ends_text,
    figures_table,
    moves_table,
    quarter_told,
)

FIGURES, MOVES, MONTHS = "季度变化", "季度名单变动", "季度"
NOW, BEFORE = "本季度", "上季度"
SIZES = (20, 18, 17, 16, 15, 14)
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
    """Write the quarters beside each other; what the ledger is sure of stands out."""
    heads = ["指标", "口径", NOW, *([BEFORE, "变化（95% 区间）"] if told.before else []), "台账"]
    rows = []
    for row, each in zip(figures_table(told).select(heads).to_pylist(), told.figures, strict=True):
        cells = {head: Cell(str(text), _TINTS.get(head, "")) for head, text in row.items()}
        cells["指标"] = Cell(each.item.label, bold=True)
        cells[NOW] = Cell(str(row[NOW]), _TINTS[NOW], bold=True)
        if each.steps:
            cells["台账"] = Cell(each.verdict, _SAID, bold=True)
        rows.append(tuple(cells.values()))
    aligns = tuple("r" if head in _TINTS else "l" for head in heads)
    # What is said of no quarter before stands in the title.
    said = Said(told.figures_title, told.sentence if told.before else "")
    table_slide(
        deck, said, Grid(tuple(heads), tuple(rows), aligns, SIZES), FIGURES,
        more=told.restated or [f"{NOT_RESTATED}。"],
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
    grid = Grid((AGAINST, *table.column_names[1:]), tuple(rows), ("l",) * 5, SIZES)
    checks = dict.fromkeys(each.found.item.check for each in told.moves if each.code)
    table_slide(
        deck, Said(told.title, ends_text(told)), grid, MOVES,
        check="；".join(check for check in checks if check),
    )  # fmt: skip


def _coloured(text: str, code: str) -> Cell:
    colour = LIGHT.verdict(code)
    return Cell(text, faded(colour, LIGHT.paper, STRENGTH), colour, True)
