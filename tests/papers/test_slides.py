"""Slides of tables: every row is there, or the last line says how many are not."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from shortplank.papers.slides import FOOT_TOP, HEIGHT, WIDTH, table_slides

LEFT = re.compile(r"余 (\d+) 行见(下页|工作簿“表”表)")
LINES = st.lists(
    st.tuples(
        st.text("汉字ab12 ，", max_size=300), st.sampled_from(["短", "长" * 40]), st.booleans()
    ),
    max_size=80,
)


def drawn(title: str, sentence: str, rows: list[tuple[str, str, bool]], **more: Any) -> list[Any]:
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    table = pa.table(
        {
            "号": [str(n) for n in range(len(rows))],
            "甲": pa.array([row[0] for row in rows], pa.string()),
            "乙": pa.array([row[1] for row in rows], pa.string()),
        }
    )
    first = [row[2] for row in rows]
    table_slides(show, "戳", title, table, sentence, sheet="表", first=first, **more)
    return list(show.slides)


def frame_of(slide: Any) -> Any:
    return next(shape for shape in slide.shapes if shape.has_table)


@settings(max_examples=40)
@given(LINES, st.integers(1, 3), st.integers(0, 9))
def test_rows_are_there_or_counted(
    rows: list[tuple[str, str, bool]], most: int, beyond: int
) -> None:
    slides = drawn("题", "句", rows, most=most, left=beyond)
    seen: list[str] = []
    for number, slide in enumerate(slides, start=1):
        cells = [[cell.text for cell in row.cells] for row in frame_of(slide).table.rows][1:]
        told = LEFT.fullmatch(cells[-1][0])
        seen += [line[0] for line in (cells[:-1] if told else cells)]
        if not rows:
            break
        last = number == len(slides)
        left = len(rows) - len(seen) + (beyond if last else 0)
        assert (told is not None) == (left > 0)
        if told:
            assert int(told[1]) == left and (told[2] != "下页") == last
    if rows:
        wanted = [str(n) for n, row in enumerate(rows) if row[2]]
        assert seen[: len(wanted)] == wanted and len(set(seen)) == len(seen)


@settings(max_examples=40)
@given(st.text("汉字ab，", max_size=200), st.text("汉字ab，", max_size=300), LINES)
def test_nothing_stands_on_anything_else(
    title: str, sentence: str, rows: list[tuple[str, str, bool]]
) -> None:
    """Title, table, sentence and stamp lie below each other: at worst one row is a slide's own."""
    for slide in drawn(title, sentence, rows):
        table = frame_of(slide)
        tall = sum(row.height for row in table.table.rows)
        boxes = sorted((s for s in slide.shapes if s.has_text_frame), key=lambda s: s.top)
        head, below = boxes[0], boxes[1:]
        assert head.top + head.height <= table.top
        assert below[-1].top == FOOT_TOP
        if len(table.table.rows) > 3:
            assert table.top + tall <= below[0].top
        assert sum(column.width for column in table.table.columns) <= WIDTH
