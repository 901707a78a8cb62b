"""Sex ratios as filled cells, the barrel as ordered bars, the draw as its distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa

from shortplank.drawing.table_book import Placed
from shortplank.drawing.theme import LIGHT, Style, faded
from shortplank.papers.workbook import charts
from shortplank.papers.workbook.writer import (
    Book,
    Box,
    Chart,
    number_form,
    numbers,
    texts,
    verdict_fill,
)
from shortplank.topics.inspection.answer.rehearsal import Rehearsal, rehearsal_table
from shortplank.topics.sex_ratio.answer.ratio_words import Column
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    SexRatio,
    against_heading,
    sex_ratio_table,
)
from shortplank.topics.sex_ratio.figure.heat import cell_colour, tint_of
from shortplank.topics.short_plank.answer.short_plank import ShortPlank, short_plank_table
from shortplank.wording.judged import SHRUNKEN
from shortplank.wording.numbers import rounded
from shortplank.wording.sides import COUNTY, line_word

RATIOS = "性别比对照"
ROWS = 18


# --- sex ratios -----------------------------------------------------------------------------------
def write_ratios(book: Book, answer: SexRatio) -> None:
    """Write townships by birth order as filled cells, then each of them with its counts."""
    if len(answer.columns) > 1 and answer.look == "orders":
        _write_matrix(book, answer)
    cells = [(c, row) for c in answer.columns for row in range(len(c.measured.codes))]
    ratio, told = "性别比（女=100）", against_heading(answer)
    book.sheet(
        "性别比",
        sex_ratio_table(answer),
        "性别比：各单位各孩次，带出生数和区间",
        title=answer.title,
        said=[f"{answer.sentence}{answer.period}，{answer.marks}"],
        decimals=1,
        fills={
            ratio: [_heat(c, row) for c, row in cells],
            told: [verdict_fill(c.verdicts[row]) for c, row in cells],
        },
        narrow={told: 26},
    )


def _heat(c: Column, row: int) -> str:
    """Return the colour of a ratio's cell as the page has it, "" where there is no ratio."""
    tint = tint_of(c, row)
    return "" if tint is None else cell_colour(tint, Style())


def _write_matrix(book: Book, answer: SexRatio) -> None:
    first = answer.columns[0].measured
    columns: dict[str, pa.Array] = {"单位": texts(first.names)}
    fills: dict[str, Sequence[str]] = {}
    for c in answer.columns:
        rows = [c.measured.index(code) for code in first.codes]
        columns[c.label] = numbers([_value(c, row) for row in rows])
        births = [None if r is None else rounded(c.measured.base[r], 0) for r in rows]
        columns[f"{c.label}出生"] = pa.array(births, pa.int64())
        fills[c.label] = ["" if row is None else _heat(c, row) for row in rows]

    def draw(book: Book, placed: Placed, box: Box) -> None:
        chart = charts.new_chart(book.book, "line", "各单位的性别比（女=100）")
        names, ratio = placed.cells("单位"), answer.columns
        chosen = [ratio[0], *(c for c in ratio[1:] if "2" in c.key or c is ratio[-1])][:2]
        colours = (LIGHT.ink, LIGHT.higher)
        shown: list[float | None] = []
        for c, colour in zip(chosen, colours, strict=False):
            series = charts.dots(c.label, names, placed.cells(c.label), [])
            series["marker"] |= {"fill": {"color": colour}, "border": {"color": colour}}
            chart.add_series(series)
            shown += [*map(float, c.measured.value)]
        if (ends := chosen[0].item.target_range) is not None:
            natural = ("自然范围：低端", "自然范围：高端")
            held = {n: numbers([e] * len(first.names)) for n, e in zip(natural, ends, strict=True)}
            beside = book.block(placed, box, pa.table(held))
            for name in natural:
                cells = beside.cells(name)
                chart.add_series(
                    charts.line(name, names, cells, LIGHT.muted, wide=1.25, dashed=True)
                )
            shown += ends
        charts.axes(chart, bounds=charts.bounds_of(shown), turned=len(first.names) > 10)
        charts.legend(chart)
        charts.place(placed.sheet, chart, box, rows=ROWS, told=answer.title)

    book.sheet(
        RATIOS,
        pa.table(columns),
        "性别比：乡镇 × 孩次，格子按偏离自然范围的多少上色",
        title=answer.title,
        said=[f"{answer.sentence}{answer.period}，{answer.marks}"],
        decimals=1,
        fills=fills,
        chart=draw,
        chart_rows=ROWS,
    )


def _value(c: Column, row: int | None) -> float | int | None:
    return None if row is None else rounded(c.measured.value[row], 1)


# --- villages -------------------------------------------------------------------------------------
def write_planks(book: Book, answer: ShortPlank, table: pa.Table, noted: str) -> None:
    """Write every village of the default indicator, with the barrel or its bands beside it."""
    found = answer.planks
    fills: dict[str, Sequence[str]] = {}
    if found is not None and "核对" in table.column_names:
        codes = ["worse" if told else "none" for told in found.announced]
        fills = {"核对": [verdict_fill(code) for code in codes]}
    draw = None
    if found is not None and found.scattered:
        draw = _barrel(answer)
    elif answer.bands is not None:
        draw = _bands(answer)
    elif found is not None and found.largest:
        draw = _parts(answer)
    book.sheet(
        "短板村",
        table,
        f"{answer.item.label}：各村的率、贡献和核对结论",
        title=answer.title,
        said=[answer.sentence, "；".join(answer.about), noted],
        decimals=4,
        forms={"贡献": "0.0000"},
        fills=fills,
        chart=draw,
        chart_rows=ROWS,
    )


def plank_table(book: Book, answer: ShortPlank, key: str) -> pa.Table:
    """Return the villages' table in the view that the pack looks at them with."""
    return short_plank_table(book.made.view.with_(indicator=key, window="ytd"), answer)


def _barrel(answer: ShortPlank) -> Chart:
    found, item = answer.planks, answer.item
    assert found is not None
    order = found.weakest

    def draw(book: Book, placed: Placed, box: Box) -> None:
        own = {
            "村": texts([found.place(i) for i in order]),
            SHRUNKEN: numbers([rounded(found.rate[i], item.decimals) for i in order]),
            COUNTY: numbers([rounded(found.county, item.decimals)] * len(order)),
        }
        goal = line_word(item)
        if found.line is not None:
            own[goal] = numbers([found.line.value] * len(order))
        beside = book.block(placed, box, pa.table(own))
        chart = charts.new_chart(book.book, "column", f"{item.label}：各村{SHRUNKEN}，从短板起")
        names = beside.cells("村")
        colours = [LIGHT.worse if found.announced[i] else LIGHT.stave for i in order]
        chart.add_series(charts.bars(SHRUNKEN, names, beside.cells(SHRUNKEN), colours, gap=10))
        water = charts.new_chart(book.book, "line", "")
        water.add_series(charts.line(COUNTY, names, beside.cells(COUNTY), LIGHT.ink, wide=1.75))
        if goal in own:
            water.add_series(
                charts.line(goal, names, beside.cells(goal), LIGHT.better, wide=1.75, dashed=True)
            )
        chart.combine(water)
        charts.axes(chart, unit=item.unit, every=max(len(order) // 12, 1), turned=True)
        charts.legend(chart)
        charts.place(placed.sheet, chart, box, rows=ROWS, told=answer.title)

    return draw


def _parts(answer: ShortPlank) -> Chart:
    """Return the picture of the largest contributions: no order by rate is shown."""
    found, item = answer.planks, answer.item
    assert found is not None
    order = found.largest[:20]

    def draw(book: Book, placed: Placed, box: Box) -> None:
        parts = numbers([rounded(found.contribution[i], 4) for i in order])
        own = pa.table({"村": texts([found.place(i) for i in order]), "贡献": parts})
        beside = book.block(placed, box, own)
        chart = charts.new_chart(book.book, "column", f"{item.label}：贡献最大的村")
        names = beside.cells("村")
        chart.add_series(charts.bars("贡献", names, beside.cells("贡献"), [LIGHT.similar]))
        charts.axes(chart, turned=True)
        charts.legend(chart, shown=False)
        charts.place(placed.sheet, chart, box, rows=ROWS, told=answer.title)

    return draw


def _bands(answer: ShortPlank) -> Chart:
    bands = answer.bands
    assert bands is not None

    def draw(book: Book, placed: Placed, box: Box) -> None:
        own = pa.table({"档": texts(bands.labels), "村数": pa.array(bands.counts, pa.int64())})
        beside = book.block(placed, box, own)
        chart = charts.new_chart(book.book, "column", f"{answer.item.label}：各档的村数")
        names = beside.cells("档")
        chart.add_series(charts.bars("村数", names, beside.cells("村数"), [LIGHT.similar]))
        charts.axes(chart)
        charts.legend(chart, shown=False)
        charts.place(placed.sheet, chart, box, rows=ROWS, told=answer.title)

    return draw


# --- the draw -------------------------------------------------------------------------------------
def write_draw(book: Book, answer: Rehearsal, key: str, noted: str) -> None:
    """Write every village that can be drawn, beside what a draw of them would likely show."""
    view = book.made.view.with_(indicator=key, window="ytd")
    table = rehearsal_table(view, answer)
    if not table.num_columns:
        table = pa.table({"说明": texts(answer.notes)})
    own = f"{answer.item.label}（{answer.item.unit}）"
    book.sheet(
        "抽查预演",
        table,
        "抽查预演：抽到各村的可能结果",
        title=answer.title,
        said=[answer.sentence, *answer.notes, noted],
        forms={own: number_form(answer.item, unit=False)},
        chart=_distribution(answer),
        chart_rows=ROWS,
    )


def _distribution(answer: Rehearsal) -> Chart | None:
    drawn, item = answer.drawn, answer.item
    if drawn is None:
        return None
    if drawn.rates is not None:
        edges = [item.factor * float(v) for v in drawn.rates.edges]
        labels = [f"{a:.1f}–{b:.1f}" for a, b in pairwise(edges)]
        shares, middle = (
            drawn.rates.shares,
            [(a + b) / 2 for a, b in pairwise(edges)],
        )
        colours = [_side(answer, m) for m in middle]
        head, across = "抽到的合计率", f"{item.label}（{item.unit}）"
    else:
        labels = [f"{n} 个" for n in range(drawn.weak_chances.size)]
        shares, colours = drawn.weak_chances, [LIGHT.similar]
        head, across = "抽到的村数", "抽到的村数"

    def draw(book: Book, placed: Placed, box: Box) -> None:
        own = {
            head: texts(labels),
            "可能（%）": numbers([rounded(100 * float(v), 1) for v in shares]),
        }
        beside = book.block(placed, box, pa.table(own))
        chart = charts.new_chart(book.book, "column", f"{answer.item.label}：抽到的结果有多大可能")
        cells = (beside.cells(head), beside.cells("可能（%）"))
        chart.add_series(charts.bars("可能（%）", *cells, colours, gap=15))
        charts.axes(chart, unit="%", turned=True, every=max(len(labels) // 12, 1), across=across)
        charts.legend(chart, shown=False)
        charts.place(placed.sheet, chart, box, rows=ROWS, told=answer.title)

    return draw


def _side(answer: Rehearsal, middle: float) -> str:
    """Return the colour of a drawn result: which of them miss the line, as the page has it."""
    line = answer.plan.line
    if line is None or math.isnan(middle):
        return LIGHT.similar
    missed = middle < line if answer.item.polarity == "up" else middle > line
    return faded(LIGHT.worse if missed else LIGHT.better, LIGHT.paper, 0.85)
