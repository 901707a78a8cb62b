"""Sex ratios at birth as a table of filled cells: townships by birth order."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shortplank.drawing.theme import LIGHT, Style, text_on
from shortplank.papers.deck.frame import Deck, Said, key_line, speak, table_sheet
from shortplank.papers.deck.shapes import MUTED, Run
from shortplank.papers.deck.tables import Cell, Grid, put_table
from shortplank.papers.deck.trends import definition
from shortplank.topics.sex_ratio.answer.ratio_words import Column, absent_words
from shortplank.topics.sex_ratio.answer.sex_ratio import SexRatio, sex_ratio_table
from shortplank.topics.sex_ratio.figure.heat import cell_colour, tint_of
from shortplank.wording.naming import joined
from shortplank.wording.numbers import number_text
from shortplank.wording.verdicts import ABOVE_RANGE, BELOW_RANGE, RATIO_MARK, VERDICT_MARKS

_LIGHT = Style()


def sex_ratio_slide(deck: Deck, answer: SexRatio) -> None:
    """Write a row a township, a cell a birth order; who the ledger lists stands first."""
    said = Said(answer.title, answer.sentence, deck.made.noted("sex_ratio"))
    drawn = table_sheet(deck, said)
    key = [
        Run(f"{answer.period}，每格为性别比（出生人数）；", 14, colour=MUTED),
        Run(f"■ {ABOVE_RANGE}", 14, True, LIGHT.ratio_high),
        Run(f"　■ {BELOW_RANGE}", 14, True, LIGHT.ratio_low),
        Run(f"，人数越少颜色越淡；{RATIO_MARK}", 14, colour=MUTED),
    ]
    drawn = key_line(drawn, key)
    whole, told = ratio_grid(answer, answer.columns), told_columns(answer)
    put_table(deck, drawn, ratio_grid(answer, told), "性别比", "性别比", box=drawn.room)
    if len(told) < len(answer.columns):
        deck.keep("性别比各孩次", whole, "性别比")
    more = [line for c in answer.columns for line in definition(c.item)]
    table = sex_ratio_table(answer)
    rows = [[str(v) if v is not None else "–" for v in row.values()] for row in table.to_pylist()]
    checks = [c.item.check for c in answer.columns if c.item.check]
    speak(
        deck, drawn.slide, said, check=joined(checks),
        more=[*more, _size(answer), *answer.notes], table=[table.column_names, *rows],
    )  # fmt: skip


def _size(answer: SexRatio) -> str:
    """Return the county's births by order."""
    told = "，".join(f"{c.label} n={number_text(c.measured.base[0])}" for c in answer.columns)
    return f"{answer.columns[0].measured.names[0]}出生：{told}"


def told_columns(answer: SexRatio) -> list[Column]:
    """Return the birth orders that the title speaks of: those with a line; all without any."""
    keys = {line.key for line in answer.lines}
    return [c for c in answer.columns if c.key in keys] or answer.columns


def ratio_grid(answer: SexRatio, columns: Sequence[Column]) -> Grid:
    """Return the picture's cells: the county first, then who is listed, then the rest in order."""
    names = columns[0].measured.names
    order = sorted(
        range(len(names)),
        key=lambda row: (row > 0, not any(_listed(c, row) for c in answer.columns)),
    )
    rows = tuple(
        (Cell(names[row], bold=row == 0 or any(_listed(c, row) for c in columns)),
         *(_cell(c, row) for c in columns))
        for row in order
    )  # fmt: skip
    heads = ("单位", *(c.label for c in columns))
    return Grid(heads, rows, ("l", *["ctr"] * len(columns)))


def _listed(c: Column, row: int) -> bool:
    return c.verdicts[row] in ("higher", "lower")


def _cell(c: Column, row: int) -> Cell:
    tint = tint_of(c, row)
    births = number_text(c.measured.base[row])
    if tint is None or math.isnan(tint):
        told = absent_words(c.measured, row)
        known = c.measured.base[row] > 0
        return Cell(f"{told}（{births}）" if known else told, "", LIGHT.muted)
    paper = cell_colour(tint, _LIGHT)
    mark = f" {VERDICT_MARKS[c.verdicts[row]]}" if _listed(c, row) else ""
    text = f"{number_text(c.measured.value[row])}{mark}（{births}）"
    return Cell(text, paper, text_on(paper, LIGHT), _listed(c, row))
