"""Who reported and when, as a matrix of filled cells; and which figures deserve a second look."""

from __future__ import annotations

import numpy as np

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.frame import Deck, Said, key_line, speak, table_sheet
from shortplank.papers.deck.shapes import MUTED, Run
from shortplank.papers.deck.tables import Cell, Grid, grid_of, put_table, table_slide, texts_of
from shortplank.topics.quality.answer.completeness import (
    STATE_LABELS,
    STATES,
    Matrix,
    completeness,
)
from shortplank.topics.quality.answer.signals import signals_table
from shortplank.wording.periods import month_key

# So many months stand beside each other.
MOST_MONTHS = 12
MARKS = {
    "on_time": "●", "revised": "◐", "late": "△", "missing": "×", "not_due": "–", "undated": "○",
}  # fmt: skip
FILLS = {
    "on_time": faded(LIGHT.better, LIGHT.paper, 0.22),
    "revised": faded(LIGHT.better, LIGHT.paper, 0.4),
    "late": faded(LIGHT.worse, LIGHT.paper, 0.32),
    "missing": LIGHT.worse,
    "not_due": "#F3F4F6",
    "undated": "#F3F4F6",
}
# What a cell of several reports is filled by: the one to look at first.
_ORDER = ("missing", "late", "revised", "undated", "on_time", "not_due")


def reports_slide(deck: Deck) -> None:
    """Write a row a township, a cell a month, a mark a report; who owes one stands first."""
    answer = completeness(deck.made.view)
    said = Said(answer.title, answer.sentence)
    if answer.is_empty:
        deck.absent.append(f"{answer.title}。")
        return
    drawn = key_line(table_sheet(deck, said), _key(answer.matrix))
    grid = matrix_grid(answer.matrix)
    put_table(deck, drawn, grid, "报表报送", "值得核对", box=drawn.room)
    speak(deck, drawn.slide, said, more=answer.notes, table=texts_of(grid))


def _key(matrix: Matrix) -> list[Run]:
    used = {STATES[state] for state in np.unique(matrix.states[:, -MOST_MONTHS:])}
    key = []
    for state in STATES:
        if state in used:
            colour = LIGHT.worse if state in ("missing", "late") else MUTED
            bold = state in ("missing", "late")
            key.append(Run(f"{MARKS[state]} {STATE_LABELS[state]}　", 14, bold, colour))
    forms = _forms(matrix)
    told = f"每格依次为{'、'.join(forms)}" if len(forms) > 1 else "每格一份报表"
    return [*key, Run(told, 14, colour=MUTED)]


def _forms(matrix: Matrix) -> list[str]:
    rows = zip(matrix.rows, matrix.groups, strict=True)
    return list(dict.fromkeys(row.removeprefix(group).strip() or row for row, group in rows))


def matrix_grid(matrix: Matrix) -> Grid:
    """Return the last months of the matrix, the townships with most to look at first."""
    months = matrix.months[-MOST_MONTHS:]
    states = matrix.states[:, -MOST_MONTHS:]
    towns = list(dict.fromkeys(matrix.groups))
    own = {town: [r for r, group in enumerate(matrix.groups) if group == town] for town in towns}
    late = [STATES.index(state) for state in ("missing", "late")]

    gone = STATES.index("missing")

    def owing(town: str) -> tuple[int, int, int]:
        cells = states[own[town]]
        now = int(np.isin(cells[:, -1], late).sum())
        ever = int((matrix.states[own[town]] == gone).sum())
        return -now, -ever, -int(np.isin(cells, late).sum())

    rows = tuple(
        (Cell(town), *(_cell(states[own[town], at]) for at in range(len(months))))
        for town in sorted(towns, key=owing)
    )
    keys = [month_key(month) for month in months]
    heads = ("乡镇", *(key[2:] for key in keys))
    return Grid(heads, rows, ("l", *["ctr"] * len(months)), (16, 15, 14))


def _cell(states: np.ndarray) -> Cell:
    names = [STATES[state] for state in states]
    worst = min(names, key=_ORDER.index)
    white = worst == "missing"
    text = "".join(MARKS[name] for name in names)
    return Cell(text, FILLS[worst], "#FFFFFF" if white else LIGHT.ink, worst in ("missing", "late"))


def signals_slide(deck: Deck) -> None:
    """Write the list; the one that the sentence names stands first."""
    answer = deck.made.signals
    rows = answer.rows
    said = Said(answer.title, answer.sentence, deck.made.noted("data_quality"))
    if not rows:
        deck.absent.append(f"{answer.title}。")
        return
    top = next((at for at, row in enumerate(rows) if not row.missing and not row.mark), None)
    table = signals_table(answer).select(["单位", "月份", "指标", "提示", "依据", "误报的可能"])
    grid = grid_of(table, [at == top for at in range(len(rows))])
    table_slide(deck, said, grid, "值得核对", more=[*answer.notes, *answer.how])
