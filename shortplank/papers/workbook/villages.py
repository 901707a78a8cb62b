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
from shortplank.reading.planks import Planks
from shortplank.topics.inspection.answer.rehearsal import Rehearsal, rehearsal_table
from shortplank.topics.sex_ratio.answer.ratio_words import Column
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    SexRatio,
    against_heading,
    sex_ratio_table,
)
from shortplank.topics.sex_ratio.figure.heat import cell_colour, tint_of
from shortplank.topics.short_plank.answer.short_plank import ShortPlank, short_plank_table
from shortplank.topics.short_plank.answer.village_bands import Bands
from shortplank.wording.judged import LISTED, SHRUNKEN
from shortplank.wording.numbers import rounded
from shortplank.wording.sides import COUNTY, is_weak, line_word

RATIOS = "性别比对照"
CHECK = "核对"
ROWS, BARREL_ROWS, MOST_PARTS = 18, 24, 20


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
        names, spoken = placed.cells("单位"), {line.key for line in answer.lines}
        chosen = [c for c in answer.columns if c.key in spoken][:2] or answer.columns[:1]
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
        charts.place(placed.sheet, chart, box, rows=box.rows, told=answer.title)

    book.sheet(
        RATIOS,
        pa.table(columns),
        "性别比：乡镇 × 孩次，格子按离自然范围的远近上色",
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
    """Write the picture of the default indicator's villages, then every one with its counts."""
    found = answer.planks
    said = [answer.sentence, "；".join(answer.about[:2]), noted]
    if found is not None and found.scattered:
        _write_barrel(book, answer, found, said)
    elif answer.bands is not None:
        _write_bands(book, answer, answer.bands, said)
    elif found is not None and found.largest:
        _write_parts(book, answer, found, said)
    fills: dict[str, Sequence[str]] = {}
    if found is not None and CHECK in table.column_names:
        fills = {CHECK: _listed_fills(found, range(len(found.announced)))}
    book.sheet(
        "短板村",
        table,
        f"{answer.item.label}：各村的率、贡献和核对结论",
        title=answer.title,
        said=said,
        decimals=4,
        forms={"贡献": "0.0000"},
        fills=fills,
    )


def _listed_fills(found: Planks, order: Sequence[int]) -> list[str]:
    return [verdict_fill("worse" if found.announced[i] else "none") for i in order]


def plank_table(book: Book, answer: ShortPlank, key: str) -> pa.Table:
    """Return the villages' table in the view that the pack looks at them with."""
    return short_plank_table(book.made.view.with_(indicator=key, window="ytd"), answer)


def _write_barrel(book: Book, answer: ShortPlank, found: Planks, said: list[str]) -> None:
    """Write the villages from the shortest stave on, with the county's level and the line."""
    item, order, goal = answer.item, found.weakest, line_word(answer.item)
    head = f"{SHRUNKEN}（{item.unit}）"
    columns: dict[str, pa.Array] = {
        "次序": pa.array(range(1, len(order) + 1), pa.int64()),
        "村": texts([found.place(i) for i in order]),
        head: numbers([rounded(found.rate[i], min(item.decimals, 1)) for i in order]),
        "原始率": texts([found.raw_text(i) for i in order]),
        "n": pa.array([rounded(found.villages.n[i], 0) for i in order], pa.int64()),
        COUNTY: numbers([rounded(found.county, item.decimals)] * len(order)),
    }
    if found.line is not None:
        columns[goal] = numbers([found.line.value] * len(order))
    columns[CHECK] = texts([LISTED if found.announced[i] else "" for i in order])

    def draw(book: Book, placed: Placed, box: Box) -> None:
        chart = charts.new_chart(book.book, "column", f"{item.label}：各村{SHRUNKEN}，从短板起")
        names = placed.cells("次序")
        colours = [LIGHT.worse if found.announced[i] else LIGHT.stave for i in order]
        chart.add_series(charts.bars(SHRUNKEN, names, placed.cells(head), colours, gap=5))
        water = book.book.add_chart({"type": "line"})
        water.add_series(charts.line(COUNTY, names, placed.cells(COUNTY), LIGHT.ink, wide=1.75))
        if goal in columns:
            cells = placed.cells(goal)
            water.add_series(charts.line(goal, names, cells, LIGHT.worse, wide=1.75, dashed=True))
        chart.combine(water)
        every = max(len(order) // 10, 1)
        shown = [*map(float, found.rate[order]), found.county]
        shown += [found.line.value] if found.line is not None else []
        bounds = charts.bounds_of(shown)
        charts.axes(
            chart, unit=item.unit, bounds=bounds, every=every, across="次序（1 为头一块短板）"
        )
        charts.legend(chart)
        charts.place(placed.sheet, chart, box, rows=box.rows, told=answer.title)

    book.sheet(
        answer.picture,
        pa.table(columns),
        f"{item.label}：各村从短板起排列，横线为{COUNTY}和{goal}",
        title=answer.title,
        said=said,
        forms={
            head: "#,##0.0",
            COUNTY: number_form(item, unit=False),
            goal: number_form(item, unit=False),
        },
        fills={CHECK: _listed_fills(found, order)},
        chart=draw,
        chart_rows=BARREL_ROWS,
    )


def _write_parts(book: Book, answer: ShortPlank, found: Planks, said: list[str]) -> None:
    """Write the largest contributions: no order by rate is shown."""
    order = found.largest[:MOST_PARTS]
    columns = {
        "村": texts([found.place(i) for i in order]),
        "贡献": numbers([rounded(found.contribution[i], 4) for i in order]),
        "原始率": texts([found.raw_text(i) for i in order]),
        "n": pa.array([rounded(found.villages.n[i], 0) for i in order], pa.int64()),
    }
    title = f"{answer.item.label}：贡献最大的村"
    chart = _one_bar(answer, title, "村", "贡献", turned=True)
    book.sheet(
        answer.picture, pa.table(columns), title, title=answer.title, said=said, decimals=4,
        chart=chart,
    )  # fmt: skip


def _write_bands(book: Book, answer: ShortPlank, bands: Bands, said: list[str]) -> None:
    columns = {"档": texts(bands.labels), "村数": pa.array(bands.counts, pa.int64())}
    title = f"{answer.item.label}：各档的村数"
    chart = _one_bar(answer, title, "档", "村数")
    book.sheet(answer.picture, pa.table(columns), title, title=answer.title, said=said, chart=chart)


def _one_bar(
    answer: ShortPlank, title: str, across: str, head: str, *, turned: bool = False
) -> Chart:
    """Return a chart of one column of its table."""

    def draw(book: Book, placed: Placed, box: Box) -> None:
        chart = charts.new_chart(book.book, "column", title)
        cells = placed.cells(across), placed.cells(head)
        chart.add_series(charts.bars(head, *cells, [LIGHT.stave]))
        charts.axes(chart, turned=turned)
        charts.legend(chart, shown=False)
        charts.place(placed.sheet, chart, box, rows=box.rows, told=answer.title)

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
        said=[answer.sentence, "；".join(answer.notes), noted],
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
        charts.place(placed.sheet, chart, box, rows=box.rows, told=answer.title)

    return draw


def _side(answer: Rehearsal, middle: float) -> str:
    """Return the colour of a drawn result: which of them miss the line, as the page has it."""
    line = answer.plan.line
    if line is None or math.isnan(middle):
        return LIGHT.similar
    missed = is_weak(answer.item, middle, line)
    return faded(LIGHT.worse if missed else LIGHT.better, LIGHT.paper, 0.85)
