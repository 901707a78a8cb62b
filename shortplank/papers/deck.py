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
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE
from pptx.util import Cm, Emu, Pt

from shortplank.catalogue.models import Indicator
from shortplank.drawing.table_book import AUTHOR, CREATED, FONT
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable
from shortplank.papers.listed import (
    announced_table,
    concern_lines,
)
from shortplank.papers.pack import Chapter, Pack, Quarter, quarter_table, tiles_table
from shortplank.papers.slides import (
    GAP,
    HEIGHT,
    INNER,
    MARGIN,
    WIDTH,
    Slide,
    fitted,
    new_slide,
    notes,
    rgb,
    table_slides,
    text_box,
)
from shortplank.reading.judged.announced import announced_codes, unit_codes, unit_words
from shortplank.records.follow_ups import follow_ups_table
from shortplank.topics.inspection.answer.rehearsal import Rehearsal
from shortplank.topics.quality.answer.signals import signals_table
from shortplank.topics.rankings.answer.ranking import Ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import beyond_natural, sex_ratio_table
from shortplank.topics.short_plank.answer.short_plank import NAMED, ShortPlank, listings
from shortplank.topics.short_plank.answer.warning_list import warning_table
from shortplank.topics.trends.answer.trend import Trend
from shortplank.wording.judged import DOTS_LISTED, LIST
from shortplank.wording.numbers import interval_text, rounded
from shortplank.wording.periods import month_key
from shortplank.wording.verdicts import STATE_WORDS

# So many years are drawn over each other, and so many townships beside each other.
MOST_YEARS, MOST_TOWNS = 3, 40
OPENING_SIZES, LIST_SIZES = (28, 24, 20, 16), (18, 16, 14, 12)
CONCERN_SIZES = (20, 18, 16, 14)
CONCERNS = "需要过问"


def deck_pptx(made: Pack) -> bytes:
    """Return the deck of about a dozen slides."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    _name(show)
    _opening(show, made)
    if made.last or made.items:
        last = follow_ups_table(made.last).drop_columns(["会议"])
        _table(show, made, "上次事项：各项的数已自动补上", last, "", "上次事项")
    told = _told(made.chapters)
    about = "；".join([made.overview.period, *_untold(made, told)])
    about = "。".join(part for part in (about, made.noted("overview")) if part)
    _table(show, made, made.overview.title, tiles_table(made), about, "总览")
    if made.quarter:
        _quarter_slide(show, made, made.quarter)
    for chapter in told:
        if chapter.trend is not None:
            _trend_slide(show, made, chapter, chapter.trend)
        if chapter.ranking is not None and chapter.ranking.has_picture:
            _ranking_slides(show, made, chapter, chapter.ranking)
    _rest(show, made)
    sink = io.BytesIO()
    show.save(sink)
    return sink.getvalue()


def _told(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return the chapters that are drawn: the first births line and the services."""
    helpable = [chapter for chapter in chapters if chapter.item.helpable]
    return helpable[:2] or list(chapters[:1])


def _untold(made: Pack, told: Sequence[Chapter]) -> list[str]:
    """Return that pictures of the other headline indicators are not in the deck."""
    left = len(made.chapters) - len(told)
    labels = "、".join(chapter.item.label for chapter in told)
    return [f"后面只画{labels}的走势和各乡镇，余 {left} 项见工作簿"] if left else []


def _rest(show: Any, made: Pack) -> None:
    if (ratio := made.sex_ratio) is not None:
        table, first = sex_ratio_table(ratio), beyond_natural(ratio)
        said = ratio.sentence + made.noted("sex_ratio")
        _table(show, made, ratio.title, table, said, "性别比", first=first, most=1)
    if made.plank is not None:
        _plank_slide(show, made, made.plank)
    if made.inspection is not None:
        _inspection_slide(show, made, made.inspection)
    _signals_slide(show, made)
    warned = made.warnings
    if warned.rows:
        table = warning_table(warned).select(
            ["乡镇", "村", "指标", "依据", "帮扶或责任单位", "期限"]
        )
        _table(show, made, warned.title, table, warned.sentence, "预警名单")
    restated = pa.table({made.since: made.restated or ["没有订正以前月份的数"]})
    _table(show, made, "上次会议以来的订正", restated, "", "订正")
    items = follow_ups_table(made.items).select(
        ["事项", "单位", "指标", "责任单位", "期限", "当时"]
    )
    _table(show, made, "本次跟进事项", items, "", "跟进事项")
    decisions = pa.table({"议定事项": [""] * 6, "责任单位": [""] * 6, "期限": [""] * 6})
    _table(show, made, "会议议定", decisions, "", "会议议定")


# --- slides ---------------------------------------------------------------------------------------
def _table(
    show: Any,
    made: Pack,
    title: str,
    table: pa.Table,
    sentence: str,
    sheet: str,
    **more: Any,
) -> None:
    table_slides(show, made.stamp, title, table, sentence, sheet=sheet, **more)


def _opening(show: Any, made: Pack) -> None:
    """Write what the overview says: its title and who is to be looked into, all of them."""
    opened = new_slide(show, made.stamp, made.title, made.frozen or "")
    said, lines = made.overview.title, concern_lines(made)
    lines = [f"· {line}" for line in lines[:-1]] + lines[-1:]
    size, tall = fitted([said], OPENING_SIZES, INNER, Cm(4))
    text_box(opened.slide, [said], (MARGIN, Emu(opened.top), INNER, tall), size)
    top = opened.top + tall + GAP
    small, high = fitted(lines, CONCERN_SIZES, INNER, opened.bottom - top)
    if top + high <= opened.bottom:
        text_box(opened.slide, lines, (MARGIN, Emu(top), INNER, high), small)
        return
    table = announced_table(made.view).select(["单位", "指标", "结论"])
    _table(show, made, CONCERNS, table, lines[-1], LIST)


def _quarter_slide(show: Any, made: Pack, quarter: Quarter) -> None:
    table = quarter_table(made.view, quarter)
    left = len(made.overview.tiles) - table.num_rows
    said = f"单月数；余 {left} 项不按单月看，见总览" if left else "单月数"
    _table(show, made, quarter.text, table, said, "季度")


def _plank_slide(show: Any, made: Pack, answer: ShortPlank) -> None:
    """Write the heads of the two lists and all villages that are listed; or the bands."""
    said = answer.sentence + made.noted("short_plank", _plank_key(made))
    if answer.planks is None:
        bands = answer.bands.bands if answer.bands is not None else []
        table = pa.table(
            {
                "档": [band.label for band in bands],
                "村数": pa.array([band.count for band in bands], pa.int64()),
                "同一发生率下约有": pa.array([band.expected for band in bands], pa.float64()),
            }
        )
        _table(show, made, _titled(answer.item, answer.title), table, said, "短板村")
        return
    found = answer.planks
    rows = [(each.heading, row) for each in listings(answer) for row in each.rows]
    last = max((at for at, i in enumerate(found.weakest) if found.announced[i]), default=0)
    weakest = listings(answer, last + 1)[0]
    rows += [(weakest.heading, row) for row in weakest.rows[NAMED:] if row.marked]
    table = pa.table(
        {
            "名单": [heading for heading, _ in rows],
            "村": [f"{row.town}{row.name}" for _, row in rows],
            "依据": ["，".join(row.cells) for _, row in rows],
        }
    )
    left = len(found.villages.codes) - len({row.area_code for _, row in rows})
    _table(show, made, _titled(answer.item, answer.title), table, said, "短板村", left=left)


def _plank_key(made: Pack) -> str:
    return made.view.ws.scheme.short_plank_default or ""


def _signals_slide(show: Any, made: Pack) -> None:
    """Write the list; the one that the sentence names stands first."""
    rows = made.signals.rows
    top = next((at for at, row in enumerate(rows) if not row.missing and not row.mark), None)
    first = [at == top for at in range(len(rows))]
    table = signals_table(made.signals)
    said = made.signals.sentence + made.noted("data_quality")
    _table(show, made, made.signals.title, table, said, "值得核对", first=first)


def _definition(item: Indicator) -> str:
    return f"{item.label}：{item.definition}来源：{item.source}"


def _chart(
    on: Slide, data: CategoryChartData, colours: Sequence[str], bounds: tuple[float, float] | None
) -> Any:
    """Return a native line chart with markers; its axis need not begin at zero, as bars must."""
    chart = on.slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *on.place, data).chart
    chart.font.size, chart.font.name = Pt(14), FONT
    chart.has_title = False
    chart.has_legend = len(colours) > 1
    if chart.has_legend:
        chart.legend.include_in_layout = False
    for series, colour in zip(chart.plots[0].series, colours, strict=True):
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = rgb(colour), Pt(2.5)
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 7
        _fill(series.marker.format, colour)
    chart.value_axis.has_major_gridlines = True
    chart.value_axis.major_gridlines.format.line.color.rgb = rgb(LIGHT.grid)
    if bounds:
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = bounds
    return chart


def _fill(form: Any, colour: str) -> None:
    form.fill.solid()
    form.fill.fore_color.rgb = rgb(colour)
    form.line.color.rgb = rgb(colour)


def _bounds(values: Sequence[float | None]) -> tuple[float, float] | None:
    known = [v for v in values if v is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    pad = max((high - low) * 0.15, 0.5)
    return math.floor(low - pad), math.ceil(high + pad)


def _trend_slide(show: Any, made: Pack, chapter: Chapter, answer: Trend) -> None:
    item, left = chapter.item, len(answer.years) - MOST_YEARS
    more = f"只画最近 {MOST_YEARS} 个统计年度，余 {left} 个见工作簿走势表。" if left > 0 else ""
    said = f"{answer.sentence}{more}{made.noted('trends', chapter.indicator)}"
    drawn = new_slide(show, made.stamp, answer.title, said)
    opens = answer.year_opens
    data = CategoryChartData()
    data.categories = [f"{(opens + n - 1) % 12 + 1}月" for n in range(12)]
    every: list[float | None] = []
    colours = []
    for year in answer.years[-MOST_YEARS:]:
        values: list[float | None] = [None] * 12
        for row, place in zip(year.rows, year.places, strict=True):
            value = float(answer.series.measured.value[row])
            values[place - 1] = None if math.isnan(value) else round(value, item.decimals)
        data.add_series(f"{year.year}年度", values)
        every += values
        colours.append(LIGHT.ink if year.current else LIGHT.too_few)
    if colours:
        colours = [LIGHT.too_few, "#9AA1AB", LIGHT.ink][-len(colours) :]
        _chart(drawn, data, colours, _bounds(every))
    notes(drawn.slide, _definition(item), _trend_source(answer, item))


def _trend_source(answer: Trend, item: Indicator) -> pa.Table:
    series = answer.series
    rows = range(len(series.months))
    return pa.table(
        {
            "月份": [month_key(series.months[i]) for i in rows],
            item.label: [rounded(series.measured.value[i], item.decimals) for i in rows],
            "分子": [rounded(series.measured.x[i], 0) for i in rows],
            "分母": [rounded(series.measured.n[i], 0) for i in rows],
        }
    )


def _ranking_slides(show: Any, made: Pack, chapter: Chapter, answer: Ranking) -> None:
    """Write the townships, those without a value named; more than fit side by side on the next."""
    item = chapter.item
    order = [i for i, value in enumerate(answer.towns.value) if not math.isnan(value)]
    bounds = _bounds([float(answer.towns.value[i]) for i in order])
    order += [i for i, value in enumerate(answer.towns.value) if math.isnan(value)]
    codes = unit_codes(made.view, chapter.indicator, "township", answer.towns.codes)
    words = unit_words(made.view, chapter.indicator, "township", answer.towns.codes)
    marked = f"{DOTS_LISTED}。" if announced_codes(made.view, chapter.indicator, "township") else ""
    noted = made.noted("rankings", chapter.indicator)
    for at in range(0, len(order), MOST_TOWNS):
        first = (_titled(item, answer.title), f"{answer.sentence}{marked}{noted}")
        said = (f"{item.label}各乡镇（续）", marked) if at else first
        drawn = new_slide(show, made.stamp, *said)
        some = order[at : at + MOST_TOWNS]
        _ranking_chart(drawn, answer, item, codes, some, bounds)
        notes(drawn.slide, _definition(item), _ranking_source(answer, item, words))


def _ranking_chart(
    drawn: Slide,
    answer: Ranking,
    item: Indicator,
    codes: Sequence[str],
    towns: Sequence[int],
    bounds: tuple[float, float] | None,
) -> None:
    """Draw townships as dots, in their order, coloured by what the ledger says of each."""
    data = CategoryChartData()
    data.categories = [_town_label(answer, i) for i in towns]
    values = [float(answer.towns.value[i]) for i in towns]
    known = [None if math.isnan(value) else round(value, item.decimals) for value in values]
    data.add_series(printable(item.label), known)
    series = _chart(drawn, data, [LIGHT.similar], bounds).plots[0].series[0]
    series.format.line.fill.background()  # townships are no sequence: dots, no line
    for place, i in enumerate(towns):
        if known[place] is not None:
            marker = series.points[place].marker
            marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 13
            _fill(marker.format, LIGHT.verdict(codes[i]))


def _titled(item: Indicator, title: str) -> str:
    """Return a finding with its indicator: nothing else on a slide says of what it is."""
    return title if item.label in title else f"{item.label}：{title}"


def _town_label(answer: Ranking, i: int) -> str:
    """Return a township's name, with why it has no value where it has none."""
    state = STATE_WORDS.get(answer.towns.state[i])
    return printable(answer.towns.names[i] + (f"（{state}）" if state else ""))


def _ranking_source(answer: Ranking, item: Indicator, words: list[str]) -> pa.Table:
    return pa.table(
        {
            "乡镇": list(answer.towns.names),
            item.label: [rounded(v, item.decimals) for v in answer.towns.value],
            "95% 区间": [
                interval_text(item, low, high)
                for low, high in zip(answer.towns.lower, answer.towns.upper, strict=True)
            ],
            "分子": [rounded(v, 0) for v in answer.towns.x],
            "分母": [rounded(v, 0) for v in answer.towns.n],
            "结论": words,
        }
    )


def _inspection_slide(show: Any, made: Pack, answer: Rehearsal) -> None:
    said = answer.sentence + made.noted("inspection", _plank_key(made))
    told = new_slide(show, made.stamp, answer.title, said)
    lines = sorted(answer.notes, key=lambda note: note == answer.formula)  # the formula last
    left, top, width, height = told.place
    size, tall = fitted(lines, LIST_SIZES, width, height)
    text_box(told.slide, lines, (left, top, width, tall), size)
    notes(told.slide, _definition(answer.item))


def _name(show: Any) -> None:
    core = show.core_properties
    core.author, core.last_modified_by, core.title = AUTHOR, AUTHOR, ""
    core.created = core.modified = CREATED.replace(tzinfo=UTC)
