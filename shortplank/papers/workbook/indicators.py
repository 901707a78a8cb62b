"""An indicator's two sheets: its months with their lines, its townships with their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pyarrow as pa

from shortplank.drawing.table_book import Placed
from shortplank.drawing.theme import LIGHT
from shortplank.papers.pack import Chapter
from shortplank.papers.workbook import charts
from shortplank.papers.workbook.writer import (
    Book,
    Box,
    inserted,
    number_form,
    numbers,
    verdict_fill,
)
from shortplank.reading.measured import Floats
from shortplank.topics.rankings.answer.ranking import Ranking, ranking_table
from shortplank.topics.trends.answer.trend import Trend, trend_table
from shortplank.wording.numbers import rounded
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.sides import COUNTY, line_word

INTERVAL = "95% 区间"
LOWER, UPPER = "区间下限", "区间上限"
# Ends of intervals are read with one decimal, as the pages write them.
ENDS_FORM = {LOWER: "#,##0.0", UPPER: "#,##0.0"}
YEARS_ROWS, MONTHS_ROWS = 16, 15
_GAP = 1


def write_chapter(book: Book, chapter: Chapter) -> None:
    """Write an indicator's months and townships, as far as there are figures."""
    if chapter.trend is not None and not chapter.trend.is_empty:
        _write_months(book, chapter, chapter.trend)
    if chapter.ranking is not None and not chapter.ranking.is_empty:
        _write_towns(book, chapter, chapter.ranking)


# --- months ---------------------------------------------------------------------------------------
def _write_months(book: Book, chapter: Chapter, answer: Trend) -> None:
    item, series = chapter.item, answer.series
    rows = range(len(series.months) - 1, -1, -1)
    m, places = series.measured, item.decimals
    own = f"{item.label}（{item.unit}）"
    goal = line_word(item)
    more: dict[str, pa.Array] = {}
    if answer.has_intervals:
        ends = min(places, 1)
        more[LOWER] = numbers([rounded(m.lower[i], ends) for i in rows])
        more[UPPER] = numbers([rounded(m.upper[i], ends) for i in rows])
    aims = [_target(answer, series.years[i]) for i in rows]
    if any(aim is not None for aim in aims):
        more[goal] = numbers(aims)
    table = _with_ends(trend_table(answer), own, more)
    form = number_form(item, unit=False)

    def draw(book: Book, placed: Placed, box: Box) -> None:
        _draw_years(book, placed, box, answer)
        if len(series.months) > 1:
            _draw_months(book, placed, box, answer, own, goal if goal in more else "")

    book.sheet(
        item.label,
        table,
        "走势：县的各月，新的在上",
        title=answer.title,
        said=[answer.sentence, book.made.noted("trends", chapter.indicator)],
        ending="走势",
        decimals=places,
        forms={own: form, goal: form, **ENDS_FORM},
        chart=draw,
        chart_rows=YEARS_ROWS + _GAP + MONTHS_ROWS,
    )


def _with_ends(table: pa.Table, own: str, more: Mapping[str, pa.Array]) -> pa.Table:
    """Return a table with its intervals' ends as numbers instead of as a text."""
    if LOWER in more:
        table = table.drop_columns([INTERVAL])
    return inserted(table, own, more)


def _target(answer: Trend, year: int) -> float | None:
    """Return the target of a month's statistical year, else the one in force."""
    found = answer.targets.get(year) or (None if answer.targets else answer.target)
    return None if found is None else found.value


def _draw_years(book: Book, placed: Placed, box: Box, answer: Trend) -> None:
    """Draw the statistical years over each other, from figures beside the page."""
    opens, places = answer.year_opens, answer.item.decimals
    columns: dict[str, pa.Array | list[str]] = {
        "月": [f"{(opens + n - 1) % 12 + 1}月" for n in range(12)]
    }
    for year in answer.years:
        values: list[float | None] = [None] * 12
        for row, at in zip(year.rows, year.places, strict=True):
            values[at - 1] = rounded(answer.series.measured.value[row], places)
        columns[f"{year.year}年度"] = numbers(values)
    own = book.block(placed, box, pa.table(columns))
    chart = charts.new_chart(book.book, "line", f"{answer.item.label}：各统计年度同月对照")
    colours = charts.past_colours(len(answer.years))
    for year, colour in zip(answer.years, colours, strict=True):
        name = f"{year.year}年度"
        wide = 2.75 if year.current else 1.75
        chart.add_series(charts.line(name, own.cells("月"), own.cells(name), colour, wide=wide))
    known = answer.series.measured.value
    charts.axes(chart, unit=answer.item.unit, bounds=charts.bounds_of([*map(float, known)]))
    charts.legend(chart)
    charts.place(placed.sheet, chart, box, rows=YEARS_ROWS, told=answer.title)


def _draw_months(book: Book, placed: Placed, box: Box, answer: Trend, own: str, goal: str) -> None:
    """Draw all months with their interval and target, the oldest at the left."""
    chart = charts.new_chart(
        book.book, "line", f"{answer.item.label}：逐月（{WINDOW_LABELS[answer.window]}）"
    )
    months = placed.cells("月份")
    if LOWER in placed.heads:
        for name, said in ((LOWER, INTERVAL), (UPPER, UPPER)):
            cells = placed.cells(name)
            chart.add_series(charts.line(said, months, cells, LIGHT.too_few, wide=1.0))
    chart.add_series(charts.line(answer.item.label, months, placed.cells(own), LIGHT.ink))
    if goal:
        cells = placed.cells(goal)
        chart.add_series(charts.line(goal, months, cells, LIGHT.worse, wide=1.5, dashed=True))
    m = answer.series.measured
    shown = [*map(float, m.value), *map(float, m.lower), *map(float, m.upper)]
    aims = [_target(answer, year) for year in answer.series.years] if goal else []
    charts.axes(
        chart,
        unit=answer.item.unit,
        bounds=charts.bounds_of([*shown, *aims]),
        reverse=True,
        every=max(placed.rows // 8, 1),
    )
    charts.legend(chart, hidden=[1] if LOWER in placed.heads else [])
    down = YEARS_ROWS + _GAP
    charts.place(placed.sheet, chart, box, down=down, rows=MONTHS_ROWS, told=answer.title)


# --- townships ------------------------------------------------------------------------------------
def _write_towns(book: Book, chapter: Chapter, answer: Ranking) -> None:
    item, towns = chapter.item, answer.towns
    own = f"{item.label}（{item.unit}）"
    more: dict[str, pa.Array] = {}
    if item.interval != "none":
        ends = min(item.decimals, 1)
        more[LOWER] = numbers([rounded(v, ends) for v in towns.lower])
        more[UPPER] = numbers([rounded(v, ends) for v in towns.upper])
    table = _with_ends(ranking_table(answer), own, more)
    form = number_form(item, unit=False)

    def draw(book: Book, placed: Placed, box: Box) -> None:
        _draw_towns(book, placed, box, chapter, answer, own)

    known = sum(not math.isnan(v) for v in towns.value)
    book.sheet(
        item.label,
        table,
        "各乡镇：按本指标排列，带区间和台账结论",
        title=answer.title,
        said=[answer.sentence, book.made.noted("rankings", chapter.indicator)],
        ending="乡镇",
        decimals=item.decimals,
        forms={own: form, **ENDS_FORM},
        fills={answer.column: [verdict_fill(code) for code in answer.verdicts]},
        narrow={answer.column: 16},
        chart=draw if known else None,
    )


def _draw_towns(
    book: Book, placed: Placed, box: Box, chapter: Chapter, answer: Ranking, own: str
) -> None:
    """Draw townships as dots with their intervals, beside the county and the target."""
    item, towns = chapter.item, answer.towns
    county = [float(answer.county.value[0])] if answer.county.codes else []
    aim = chapter.tile.target.value if chapter.tile.target else None
    figures: dict[str, pa.Array] = {"乡镇": pa.array(towns.names, pa.string())}
    if item.interval != "none":
        figures["值到上限"] = numbers(_apart(towns.upper, towns.value, item.decimals))
        figures["值到下限"] = numbers(_apart(towns.value, towns.lower, item.decimals))
    for name, value in ((COUNTY, county[0] if county else None), (line_word(item), aim)):
        if value is not None and not math.isnan(value):
            figures[name] = numbers([round(value, item.decimals)] * len(towns.names))
    beside = book.block(placed, box, pa.table(figures))
    chart = charts.new_chart(book.book, "line", f"{item.label}：各乡镇")
    names = placed.cells("乡镇")
    limits = (
        (beside.cells("值到上限"), beside.cells("值到下限")) if item.interval != "none" else None
    )
    colours = [LIGHT.verdict(code) for code in answer.verdicts]
    chart.add_series(charts.dots(item.label, names, placed.cells(own), colours, limits))
    for name, colour, dashed in ((COUNTY, LIGHT.ink, False), (line_word(item), LIGHT.worse, True)):
        if name in figures:
            cells = beside.cells(name)
            chart.add_series(charts.line(name, names, cells, colour, wide=1.5, dashed=dashed))
    shown = [*map(float, towns.value), *map(float, towns.lower), *map(float, towns.upper)]
    charts.axes(
        chart,
        unit=item.unit,
        bounds=charts.bounds_of([*shown, *county, aim]),
        turned=len(towns.names) > 10,
    )
    charts.legend(chart)
    charts.place(placed.sheet, chart, box, rows=box.rows, told=answer.title)


def _apart(upper: Floats, lower: Floats, decimals: int) -> list[float | None]:
    """Return how far two limits stand apart, None where either is unknown."""
    pairs = zip(upper, lower, strict=True)
    return [rounded(float(high) - float(low), decimals + 1) for high, low in pairs]
