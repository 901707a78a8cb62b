"""The meeting's deck: native, editable charts, the finding as each title, sources in the notes."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import pyarrow as pa
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE
from pptx.util import Cm, Pt

from shortplank.answers import words
from shortplank.answers.follow_ups import follow_ups_table
from shortplank.answers.inspection import Inspection
from shortplank.answers.sex_ratio import sex_ratio_table
from shortplank.answers.short_plank import listings
from shortplank.answers.signals import signals_table
from shortplank.answers.trend import Trend
from shortplank.answers.warning_list import warning_table
from shortplank.catalogue.models import Indicator
from shortplank.figures.theme import LIGHT
from shortplank.reports.pack import Chapter, Pack, quarter_table, tiles_table
from shortplank.reports.table_book import AUTHOR, CREATED, FONT

WIDTH, HEIGHT = Cm(33.867), Cm(19.05)  # 16:9
MARGIN = Cm(1.5)
MOST_ROWS = 11
_BLANK = 6


def deck_pptx(made: Pack) -> bytes:
    """Return the deck of about a dozen slides."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    _name(show)
    _opening(show, made)
    if made.last or made.items:
        _table_slide(
            show, made, "上次事项：各项的数已自动补上", _shown(follow_ups_table(made.last)), ""
        )
    _table_slide(show, made, made.overview.title, tiles_table(made), made.overview.period)
    if made.quarter:
        table = quarter_table(made.view, made.quarter)
        _table_slide(show, made, made.quarter.text, table, "单月数")
    for chapter in _told(made.chapters):
        if chapter.trend is not None:
            _trend_slide(show, made, chapter.trend, chapter.item)
        if chapter.ranking is not None and not chapter.ranking.is_empty:
            _ranking_slide(show, made, chapter)
    _rest(show, made)
    sink = io.BytesIO()
    show.save(sink)
    return sink.getvalue()


def _told(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters that are drawn: the first births line and the services."""
    helpable = [chapter for chapter in chapters if chapter.item.helpable]
    return helpable[:2] or list(chapters[:1])


def _rest(show: Any, made: Pack) -> None:
    if made.sex_ratio is not None:
        table = _head(sex_ratio_table(made.sex_ratio))
        _table_slide(show, made, made.sex_ratio.title, table, made.sex_ratio.sentence)
    if made.plank is not None:
        found = listings(made.plank)
        rows = [(listing.heading, row) for listing in found for row in listing.rows[:5]]
        table = pa.table(
            {
                "名单": [heading for heading, _ in rows],
                "村": [f"{row.town}{row.name}" for _, row in rows],
                "依据": ["，".join(row.cells) for _, row in rows],
            }
        )
        _table_slide(show, made, made.plank.title, table, made.plank.sentence)
    if made.inspection is not None:
        _inspection_slide(show, made, made.inspection)
    signals = made.signals
    _table_slide(show, made, signals.title, _head(signals_table(signals)), signals.sentence)
    warned = made.warnings
    if warned.rows:
        table = warning_table(warned).select(
            ["乡镇", "村", "指标", "依据", "帮扶或责任单位", "期限"]
        )
        _table_slide(show, made, warned.title, _head(table), warned.sentence)
    restated = pa.table({made.since: made.restated or ["没有订正以前月份的数"]})
    _table_slide(show, made, "上次会议以来的订正", _head(restated), "")
    items = follow_ups_table(made.items).select(
        ["事项", "单位", "指标", "责任单位", "期限", "当时"]
    )
    _table_slide(show, made, "本次跟进事项", _head(items), "")
    decisions = pa.table({"议定事项": [""] * 6, "责任单位": [""] * 6, "期限": [""] * 6})
    _table_slide(show, made, "会议议定", decisions, "")


def _shown(table: pa.Table) -> pa.Table:
    names = ["事项", "单位", "指标", "责任单位", "期限", "当时", "现在", "变化", "结果"]
    return _head(table.select(names))


def _head(table: pa.Table) -> pa.Table:
    return table.slice(0, MOST_ROWS)


# --- slides ---------------------------------------------------------------------------------------
def _opening(show: Any, made: Pack) -> None:
    slide = _slide(show, made, made.title, made.frozen or "")
    lines = [made.overview.title]
    lines += [made.overview.overall] if made.overview.overall else []
    box = slide.shapes.add_textbox(MARGIN, Cm(6), WIDTH - 2 * MARGIN, Cm(8))
    for at, text in enumerate(lines):
        _write(box.text_frame, text, 28, first=at == 0)


def _slide(show: Any, made: Pack, title: str, sentence: str) -> Any:
    """Return a slide with its finding, its sentence and the stamp."""
    slide = show.slides.add_slide(show.slide_layouts[_BLANK])
    head = slide.shapes.add_textbox(MARGIN, Cm(0.8), WIDTH - 2 * MARGIN, Cm(2.4))
    head.text_frame.word_wrap = True
    _write(head.text_frame, title, 30 if len(title) < 32 else 24, bold=True, first=True)
    if sentence:
        below = slide.shapes.add_textbox(MARGIN, Cm(16.2), WIDTH - 2 * MARGIN, Cm(1.7))
        below.text_frame.word_wrap = True
        _write(below.text_frame, sentence, 14, first=True)
    foot = slide.shapes.add_textbox(MARGIN, Cm(18), WIDTH - 2 * MARGIN, Cm(0.8))
    _write(foot.text_frame, made.stamp, 11, first=True, colour=LIGHT.muted)
    return slide


def _write(
    frame: Any,
    text: str,
    size: int,
    *,
    bold: bool = False,
    first: bool = False,
    colour: str = LIGHT.ink,
) -> None:
    line = frame.paragraphs[0] if first else frame.add_paragraph()
    run = line.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = _rgb(colour)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


def _notes(slide: Any, text: str, table: pa.Table | None = None) -> None:
    """Write definition and source table into the slide's notes."""
    lines = [text] if text else []
    if table is not None:
        lines.append("\t".join(table.column_names))
        lines += ["\t".join(_cell(v) for v in row.values()) for row in table.to_pylist()]
    slide.notes_slide.notes_text_frame.text = "\n".join(lines)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _definition(item: Indicator) -> str:
    return f"{item.label}：{item.definition}来源：{item.source}"


def _table_slide(show: Any, made: Pack, title: str, table: pa.Table, sentence: str) -> None:
    slide = _slide(show, made, title, sentence)
    rows, columns = max(table.num_rows, 1), len(table.column_names)
    frame = slide.shapes.add_table(
        rows + 1, columns, MARGIN, Cm(3.6), WIDTH - 2 * MARGIN, Cm(0.95) * (rows + 1)
    )
    texts = [[_cell(v) for v in row.values()] for row in table.to_pylist()]
    texts = texts or [["没有"] + ["–"] * (columns - 1)]
    size = 14 if columns <= 6 else 12
    widths = _widths([table.column_names, *texts], WIDTH - 2 * MARGIN)
    for at, width in enumerate(widths):
        frame.table.columns[at].width = width
    for row, cells in enumerate([table.column_names, *texts]):
        for at, text in enumerate(cells):
            cell = frame.table.cell(row, at)
            cell.margin_top = cell.margin_bottom = Cm(0.05)
            frame_text = cell.text_frame
            frame_text.word_wrap = True
            run = frame_text.paragraphs[0].add_run()
            run.text = text
            run.font.size, run.font.name, run.font.bold = Pt(size), FONT, row == 0
            run.font.color.rgb = _rgb("#FFFFFF" if row == 0 else LIGHT.ink)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb(
                LIGHT.ink if row == 0 else ("#FFFFFF" if row % 2 else "#F3F4F6")
            )
    _notes(slide, sentence, table)


def _widths(rows: Sequence[Sequence[str]], whole: int) -> list[int]:
    """Return column widths by their longest texts; Chinese characters take two."""
    longest = [
        min(max(sum(2 if ord(c) > 255 else 1 for c in text) for text in column), 44) + 2
        for column in zip(*rows, strict=True)
    ]
    return [int(whole * part / sum(longest)) for part in longest]


def _chart(
    slide: Any, data: CategoryChartData, colours: Sequence[str], bounds: tuple[float, float] | None
) -> Any:
    """Return a native line chart with markers; its axis need not begin at zero, as bars must."""
    place = (MARGIN, Cm(3.4), WIDTH - 2 * MARGIN, Cm(12.6))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data).chart
    chart.font.size, chart.font.name = Pt(14), FONT
    chart.has_title = False
    chart.has_legend = len(colours) > 1
    if chart.has_legend:
        chart.legend.include_in_layout = False
    for series, colour in zip(chart.plots[0].series, colours, strict=True):
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = _rgb(colour), Pt(2.5)
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 7
        _fill(series.marker.format, colour)
    chart.value_axis.has_major_gridlines = True
    chart.value_axis.major_gridlines.format.line.color.rgb = _rgb(LIGHT.grid)
    if bounds:
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = bounds
    return chart


def _fill(form: Any, colour: str) -> None:
    form.fill.solid()
    form.fill.fore_color.rgb = _rgb(colour)
    form.line.color.rgb = _rgb(colour)


def _bounds(values: Sequence[float | None]) -> tuple[float, float] | None:
    known = [v for v in values if v is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    pad = max((high - low) * 0.15, 0.5)
    return math.floor(low - pad), math.ceil(high + pad)


def _trend_slide(show: Any, made: Pack, answer: Trend, item: Indicator) -> None:
    slide = _slide(show, made, answer.title, answer.sentence)
    opens = answer.year_opens
    data = CategoryChartData()
    data.categories = [f"{(opens + n - 1) % 12 + 1}月" for n in range(12)]
    every: list[float | None] = []
    colours = []
    for year in answer.years[-3:]:
        values: list[float | None] = [None] * 12
        for row, place in zip(year.rows, year.places, strict=True):
            value = float(answer.series.measured.value[row])
            values[place - 1] = None if math.isnan(value) else round(value, item.decimals)
        data.add_series(f"{year.year}年度", values)
        every += values
        colours.append(LIGHT.ink if year.current else LIGHT.too_few)
    if colours:
        colours = [LIGHT.too_few, "#9AA1AB", LIGHT.ink][-len(colours) :]
        _chart(slide, data, colours, _bounds(every))
    _notes(slide, _definition(item), _trend_source(answer, item))


def _trend_source(answer: Trend, item: Indicator) -> pa.Table:
    series, size = answer.series, len(answer.series.months)
    rows = range(max(size - 12, 0), size)
    return pa.table(
        {
            "月份": [words.month_key(series.months[i]) for i in rows],
            item.label: [words.rounded(series.measured.value[i], item.decimals) for i in rows],
            "分子": [words.rounded(series.measured.x[i], 0) for i in rows],
            "分母": [words.rounded(series.measured.n[i], 0) for i in rows],
        }
    )


def _ranking_slide(show: Any, made: Pack, chapter: Chapter) -> None:
    answer, item = chapter.ranking, chapter.item
    assert answer is not None
    slide = _slide(show, made, answer.title, answer.sentence)
    known = [i for i, v in enumerate(answer.towns.value) if not math.isnan(v)]
    data = CategoryChartData()
    data.categories = [answer.towns.names[i] for i in known]
    values = [round(float(answer.towns.value[i]), item.decimals) for i in known]
    data.add_series(item.label, values)
    if known:
        series = _chart(slide, data, [LIGHT.similar], _bounds([*values])).plots[0].series[0]
        series.format.line.fill.background()  # townships are no sequence: dots, no line
        for place, i in enumerate(known):
            marker = series.points[place].marker
            marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 13
            _fill(marker.format, LIGHT.verdict(answer.verdicts[i]))
    table = pa.table(
        {
            "乡镇": list(answer.towns.names),
            item.label: [words.rounded(v, item.decimals) for v in answer.towns.value],
            "95% 区间": [
                words.interval_text(item, low, high)
                for low, high in zip(answer.towns.lower, answer.towns.upper, strict=True)
            ],
            "分子": [words.rounded(v, 0) for v in answer.towns.x],
            "分母": [words.rounded(v, 0) for v in answer.towns.n],
            "与全县比": [words.VERDICT_WORDS[code] for code in answer.verdicts],
        }
    )
    _notes(slide, _definition(item), table)


def _inspection_slide(show: Any, made: Pack, answer: Inspection) -> None:
    slide = _slide(show, made, answer.title, answer.sentence)
    drawn = answer.drawn
    assert drawn is not None
    lines = [*answer.notes, answer.formula]
    box = slide.shapes.add_textbox(MARGIN, Cm(5), WIDTH - 2 * MARGIN, Cm(9))
    box.text_frame.word_wrap = True
    for at, text in enumerate([each for each in lines if each]):
        _write(box.text_frame, text, 18, first=at == 0)
    _notes(slide, _definition(answer.item))


def _name(show: Any) -> None:
    core = show.core_properties
    core.author, core.last_modified_by, core.title = AUTHOR, AUTHOR, ""
    core.created = core.modified = CREATED.replace(tzinfo=UTC)
