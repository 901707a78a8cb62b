"""Slides of tables: every row is there, in the appendix, or counted with where it is."""

from __future__ import annotations

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from shortplank.papers.deck.frame import Deck, Said
from shortplank.papers.deck.room import CM, Box
from shortplank.papers.deck.tables import (
    MOST_ROWS,
    appendix_slides,
    grid_of,
    lay,
    table_slide,
)
from shortplank.papers.deck.template import HOUSE

LEFT = re.compile(r"余 (\d+) 行见(附表 1|工作簿“表”表)")
LINES = st.lists(
    st.tuples(
        st.text("汉字ab12 ，", max_size=300), st.sampled_from(["短", "长" * 40]), st.booleans()
    ),
    max_size=80,
)


def drawn(title: str, sentence: str, rows: list[tuple[str, str, bool]], left: int = 0) -> list[Any]:
    show = Presentation(str(HOUSE))
    deck = Deck(show, SimpleNamespace(stamp="戳"))  # type: ignore[arg-type]
    table = pa.table(
        {
            "号": [str(n) for n in range(len(rows))],
            "甲": pa.array([row[0] for row in rows], pa.string()),
            "乙": pa.array([row[1] for row in rows], pa.string()),
        }
    )
    grid = grid_of(table, [row[2] for row in rows])
    table_slide(deck, Said(title, sentence), grid, "表", left=left)
    appendix_slides(deck)
    return list(show.slides)


def frames_of(slide: Any) -> list[Any]:
    return [shape for shape in slide.shapes if shape.has_table]


@settings(max_examples=12, deadline=None)
@given(LINES, st.integers(0, 9))
def test_rows_are_there_or_counted(rows: list[tuple[str, str, bool]], beyond: int) -> None:
    slides = drawn("题", "句", rows, beyond)
    seen: list[str] = []
    told: list[tuple[int, str]] = []
    for slide in slides:
        for frame in frames_of(slide):
            for row in list(frame.table.rows)[1:]:
                cells = [cell.text for cell in row.cells]
                if found := LEFT.fullmatch(cells[0]):
                    told.append((int(found[1]), found[2]))
                else:
                    seen.append(cells[0])
    wanted = [str(n) for n, row in enumerate(rows) if row[2]]
    wanted += [str(n) for n, row in enumerate(rows) if not row[2]]
    assert seen == wanted[: len(seen)]
    # What is on no slide is counted once, with the sheet that has it.
    lacking = len(rows) - len(seen) + beyond
    in_book = [count for count, where in told if where.startswith("工作簿")]
    assert in_book == ([lacking] if lacking else [])
    assert len(rows) - len(seen) == 0 or len(seen) >= MOST_ROWS


@settings(max_examples=12, deadline=None)
@given(st.text("汉字ab，", max_size=200), st.text("汉字ab，", max_size=300), LINES)
def test_nothing_stands_on_anything_else(
    title: str, sentence: str, rows: list[tuple[str, str, bool]]
) -> None:
    """Title, table, sentence and stamp lie below each other."""
    for slide in drawn(title, sentence, rows):
        boxes = sorted((s.top, s.top + s.height) for s in slide.shapes if s.name != "页码")
        tables = [s for s in slide.shapes if s.has_table]
        if len(tables) > 1:  # side by side
            continue
        for (_, bottom), (top, _) in pairwise(boxes):
            assert bottom <= top + 2
        for frame in tables:
            assert sum(row.height for row in frame.table.rows) <= frame.height + 9
            assert sum(column.width for column in frame.table.columns) <= frame.width + 9


def test_a_figure_is_never_broken_where_a_smaller_size_holds_it() -> None:
    table = pa.table({f"列{n}": ["12,345.67"] * 3 for n in range(7)})
    laid = lay(grid_of(table), Box(0, 0, 26 * CM, 9 * CM))
    assert len(set(laid.heights)) == 1
