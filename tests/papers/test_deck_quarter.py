"""The deck of a quarter: its figures beside the last, its moves, its months in the appendix."""

from __future__ import annotations

from typing import Any

import pytest

from shortplank.papers.pack import Pack, quarter_table
from shortplank.papers.quarters import (
    NO_BEFORE,
    QuarterTold,
    figure_text,
    figures_table,
    moves_table,
    quarter_told,
)
from tests.papers import decks


def made_of(text: str) -> tuple[Pack, QuarterTold, list[Any]]:
    made = decks.quarter(text)
    told = quarter_told(made)
    assert told is not None
    return made, told, list(decks.shown(made).slides)


@pytest.fixture(scope="module", params=["2010Q2", "2007Q1", "2007Q2"])
def case(request: pytest.FixtureRequest) -> tuple[Pack, QuarterTold, list[Any]]:
    return made_of(request.param)


def title_of(slide: Any) -> str:
    return str(next(s.text_frame.text for s in slide.shapes if s.name == "标题"))


def cells_of(slide: Any) -> list[list[str]]:
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def slide_of(slides: list[Any], title: str, head: str) -> Any:
    (found,) = [s for s in slides if title_of(s) == title and head in cells_of(s)[0]]
    return found


def test_figures_stand_beside_those_before(case: tuple[Pack, QuarterTold, list[Any]]) -> None:
    _, told, slides = case
    slide = slide_of(slides, told.figures_title, "本季度")
    heads, *rows = cells_of(slide)
    table = figures_table(told)
    assert rows == [[str(v) for v in row.values()] for row in table.select(heads).to_pylist()]
    assert ("上季度" in heads) == (told.before is not None)
    for row, each in zip(rows, told.figures, strict=True):
        assert row[heads.index("本季度")] == figure_text(each.item, each.now)
        assert row[heads.index("台账")] == each.verdict


def test_the_picture_draws_the_table(case: tuple[Pack, QuarterTold, list[Any]]) -> None:
    _, told, slides = case
    slide = slide_of(slides, told.figures_title, "本季度")
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    drawn = dict(zip(chart.plots[0].categories, chart.series[0].values, strict=True))
    shares = {f.item.label: f for f in told.figures if f.item.unit == "%"}
    assert set(drawn) == set(shares)
    for label, value in drawn.items():
        each = shares[label]
        wanted = each.change.difference if told.before else each.now.value[0]
        assert value == round(float(wanted), 1 if told.before else each.item.decimals)


def test_moves_stand_on_a_slide(case: tuple[Pack, QuarterTold, list[Any]]) -> None:
    _, told, slides = case
    if not told.moves:
        assert not [s for s in slides if cells_of(s) and "与上季末比" in cells_of(s)[0]]
        return
    _, *rows = cells_of(slide_of(slides, told.title, "与上季末比"))
    assert rows == [[str(v) for v in row.values()] for row in moves_table(told).to_pylist()]


def test_months_stand_in_the_appendix(case: tuple[Pack, QuarterTold, list[Any]]) -> None:
    made, told, slides = case
    (slide,) = [
        s for s in slides if any(f"{told.quarter.name}各月的数" in t for t in decks.texts(s))
    ]
    table = quarter_table(made.view, told.quarter)
    rows = [[str(v) for v in row.values()] for row in table.to_pylist()]
    shown = [[[c.text for c in r.cells] for r in x.table.rows] for x in slide.shapes if x.has_table]
    assert [table.column_names, *rows] in shown


def test_a_quarter_without_one_before_says_so_once() -> None:
    _, told, slides = made_of("2007Q1")
    said = [slide for slide in slides if any(NO_BEFORE in text for text in decks.texts(slide))]
    assert told.before is None and [title_of(slide) for slide in said] == [told.figures_title]


def test_a_months_deck_has_no_quarter() -> None:
    for slide in decks.shown(decks.demo()).slides:
        assert not any("季度" in text for text in decks.texts(slide))
