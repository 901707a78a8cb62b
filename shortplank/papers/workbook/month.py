"""The month at a glance, its reports, and of a quarter what changed since the one before."""

from __future__ import annotations

import pyarrow as pa

from shortplank.drawing.table_book import FONT, Placed
from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.pack import quarter_table, tiles_table
from shortplank.papers.quarters import (
    AGAINST,
    NOT_RESTATED,
    QuarterTold,
    ends_text,
    figures_table,
    moves_table,
    quarter_told,
)
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
from shortplank.topics.quality.answer.completeness import (
    STATE_LABELS,
    STATES,
    Completeness,
    completeness,
)
from shortplank.wording.numbers import rounded
from shortplank.wording.periods import month_key
from shortplank.wording.verdicts import STATE_WORDS

REPORTS = "报送"
# So many months of reports stand side by side on a page.
MOST_MONTHS = 24
LABELS = {"value": True, "font": {"name": FONT, "size": 10, "color": LIGHT.ink}}
_COLOURS = {
    "on_time": faded(LIGHT.better, LIGHT.paper, 0.16),
    "revised": faded(LIGHT.higher, LIGHT.paper, 0.22),
    "late": faded(LIGHT.worse, LIGHT.paper, 0.3),
    "missing": LIGHT.worse,
    "not_due": "",
    "undated": LIGHT.grid,
}
_SIGNS = {
    "on_time": "·",
    "revised": "订",
    "late": "迟",
    "missing": "缺",
    "not_due": "",
    "undated": "?",
}


def write_overview(book: Book) -> None:
    """Write the headline indicators, with the county's places among its peers."""
    made, tiles = book.made, book.made.overview.tiles
    book.sheet(
        "总览",
        tiles_table(made),
        "各项主要指标：数值、区间、目标、同比、位次",
        title=made.overview.title,
        said=[made.overview.period, *made.overview.notes, made.noted("overview")],
        forms={head: [number_form(t.item) for t in tiles] for head in ("数值", "目标或线")},
        fills={"结论": [verdict_fill(tile.code) for tile in tiles]},
        chart=_ranks if any(tile.rank for tile in tiles) else None,
    )


def _ranks(book: Book, placed: Placed, box: Box) -> None:
    """Draw the county's places among its peers, the first at the top."""
    most = max(tile.ranked_among for tile in book.made.overview.tiles)
    chart = charts.new_chart(book.book, "column", f"在 {most} 县中的位次（柱越短越靠前）")
    cells = placed.cells("指标"), placed.cells("位次")
    chart.add_series(
        charts.bars("位次", *cells, [faded(LIGHT.similar, LIGHT.paper, 0.6)], gap=160)
        | {"data_labels": LABELS}
    )
    charts.axes(chart, bounds=(0, most, max(most // 5, 1)))
    charts.legend(chart, shown=False)
    charts.place(placed.sheet, chart, box, rows=box.rows, told=book.made.overview.title)


# --- reports --------------------------------------------------------------------------------------
def write_reports(book: Book) -> None:
    """Write who reported when, forms by township and month, as filled cells."""
    answer = completeness(book.made.view)
    if answer.is_empty:
        return
    matrix = answer.matrix
    months = matrix.months[-MOST_MONTHS:]
    states = matrix.states[:, -MOST_MONTHS:]
    columns: dict[str, pa.Array] = {"乡镇和报表": texts(matrix.rows)}
    fills: dict[str, list[str]] = {}
    for at, month in enumerate(months):
        codes = [STATES[state] for state in states[:, at]]
        columns[month_key(month)] = texts([_SIGNS[code] for code in codes])
        fills[month_key(month)] = [_COLOURS[code] for code in codes]
    book.sheet(
        REPORTS,
        pa.table(columns),
        "报送：乡镇 × 月份，按时、迟报、未报",
        title=answer.title,
        said=[answer.sentence, _signs(answer), book.made.noted("data_quality")],
        fills=fills,
        narrow={month_key(month): 5.0 for month in months},
    )


def _signs(answer: Completeness) -> str:
    """Return what the signs of the cells mean, and how many months stand there."""
    shown = [code for code in STATES if _SIGNS[code] and answer.matrix.count(code)]
    marks = "，".join(f"{_SIGNS[code]} {STATE_LABELS[code]}" for code in shown)
    left = len(answer.matrix.months) - MOST_MONTHS
    return (
        f"{marks}。只列最近 {MOST_MONTHS} 个月，余 {left} 个月见网页。"
        if left > 0
        else f"{marks}。"
    )


# --- the quarter ----------------------------------------------------------------------------------
def write_quarter(book: Book) -> None:
    """Write a quarter's months, its own figures beside the last, and who came and who left."""
    made = book.made
    told = quarter_told(made)
    if made.quarter is None or told is None:
        return
    book.sheet(
        "季度",
        quarter_table(made.view, made.quarter),
        "本季度三个单月的数",
        title=made.quarter.text,
    )
    book.sheet(
        "季度变化",
        quarter_figures(told),
        "本季度同上季度：合计或季末数、变化和台账结论",
        title=told.figures_title,
        said=[told.sentence],
        forms={
            head: [number_form(each.item) for each in told.figures] for head in ("本季度", "上季度")
        },
        chart=_quarters(told),
    )
    book.sheet(
        "季度名单变动",
        moves_table(told),
        "两个季度末名单的变动",
        title=told.title,
        said=[ends_text(told)],
        fills={AGAINST: [verdict_fill(move.code) for move in told.moves]},
        empty=told.moved,
    )
    restated = pa.table({"本季度各月的订正": told.restated or [NOT_RESTATED]})
    book.sheet("季度订正", restated, "本季度各月的数在哪一版订正过", title=made.quarter.text)


def _quarters(told: QuarterTold) -> Chart | None:
    """Return the two quarters beside each other with their intervals, of shares alone."""
    rows = [f for f in told.figures if f.before is not None and f.item.unit == "%"]
    if not rows:
        return None

    def draw(book: Book, placed: Placed, box: Box) -> None:
        columns: dict[str, pa.Array] = {"指标": texts([each.item.label for each in rows])}
        ends: list[float | None] = []
        before = [each.before for each in rows if each.before is not None]
        pairs = ("上季度", LIGHT.too_few, before), ("本季度", LIGHT.ink, [r.now for r in rows])
        for name, _, held in pairs:
            values = [(float(m.value[0]), float(m.lower[0]), float(m.upper[0])) for m in held]
            places = [each.item.decimals for each in rows]
            columns[name] = numbers([rounded(v[0], d) for v, d in zip(values, places, strict=True)])
            columns[f"{name}到上限"] = numbers([rounded(up - v, 3) for v, _, up in values])
            columns[f"{name}到下限"] = numbers([rounded(v - low, 3) for v, low, _ in values])
            ends += [end for each in values for end in each]
        beside = book.block(placed, box, pa.table(columns))
        chart = charts.new_chart(book.book, "line", "本季度同上季度，竖线为 95% 区间")
        for name, colour, _ in pairs:
            limits = beside.cells(f"{name}到上限"), beside.cells(f"{name}到下限")
            series = charts.dots(name, beside.cells("指标"), beside.cells(name), [], limits)
            series["marker"] |= {"type": "diamond", "size": 11} if colour == LIGHT.too_few else {}
            series["marker"] |= {"fill": {"color": colour}, "border": {"color": colour}}
            chart.add_series(series)
        charts.axes(chart, unit="%", bounds=charts.bounds_of(ends))
        charts.legend(chart)
        charts.place(placed.sheet, chart, box, rows=box.rows, told=told.title)

    return draw


def quarter_figures(told: QuarterTold) -> pa.Table:
    """Return the quarter's table with numbers as numbers; where there is none, why beside it."""
    table, rows = figures_table(told), told.figures
    for head, held in (
        ("本季度", [each.now for each in rows]),
        ("上季度", [each.before for each in rows]),
    ):
        values = [
            None if m is None else rounded(float(m.value[0]), each.item.decimals)
            for m, each in zip(held, rows, strict=True)
        ]
        table = table.set_column(table.column_names.index(head), head, numbers(values))
    states = [STATE_WORDS.get(each.now.state[0], "") for each in rows]
    return table.append_column("说明", texts(states)) if any(states) else table
