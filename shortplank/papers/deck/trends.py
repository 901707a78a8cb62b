"""The county over the year's months against the years before, and where the year will end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shortplank.catalogue.models import Indicator
from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.charts import (
    Axis,
    Label,
    Series,
    add_chart,
    end_ups,
    nice,
)
from shortplank.papers.deck.frame import Deck, Said, key_line, picture_slide, speak
from shortplank.papers.deck.shapes import INK, MUTED, Run
from shortplank.papers.deck.tables import Cell, Grid, put_table
from shortplank.papers.pack import Chapter
from shortplank.reading.measured import Floats
from shortplank.topics.trends.answer.trend import Trend, YearLine
from shortplank.topics.trends.answer.year_end import (
    YearEndOutlook,
    calibration_line,
    headline_outlooks,
    outlook_text,
    without_outlook,
)
from shortplank.wording.chance import forecast_chance_text
from shortplank.wording.numbers import interval_text, number_text, rounded, short_value, value_text
from shortplank.wording.periods import month_key
from shortplank.wording.sides import MEET_CHANCE, line_word

# So many years are drawn over each other.
MOST_YEARS = 3
BAND = faded(LIGHT.similar, LIGHT.paper, 0.7)
_INNER = (0.06, 0.04, 0.76, 0.84)


def trend_slide(deck: Deck, chapter: Chapter, answer: Trend) -> None:
    """Draw the years over each other, the newest in ink with its band, and the target's line."""
    item, left = chapter.item, len(answer.years) - MOST_YEARS
    more = f"只画最近 {MOST_YEARS} 个统计年度，余 {left} 个见工作簿走势表。" if left > 0 else ""
    noted = deck.made.noted("trends", chapter.indicator)
    said = Said(answer.title, f"{answer.sentence}{more}", noted)
    drawn = picture_slide(deck, said)
    years = answer.years[-MOST_YEARS:]
    if not answer.is_empty and years:
        drawn = key_line(drawn, _key(answer, years))
        series, axis = _lines(answer, years, drawn.room.height)
        opens = answer.year_opens
        names = [f"{(opens + n - 1) % 12 + 1}月" for n in range(12)]
        told = "、".join(f"{year.year}年度" for year in years)
        about = f"折线图：{item.label}各月（{told}），{answer.title}"
        add_chart(drawn.slide, drawn.room, names, series, axis, title="走势", about=about)
    about_it = [*definition(item), *_size(answer)]
    speak(deck, drawn.slide, said, more=about_it, table=_source(answer, item))


def _key(answer: Trend, years: Sequence[YearLine]) -> list[Run]:
    now = [year for year in years if year.current]
    key = [Run(f"● {now[0].year}年度（粗线）", 14, True, INK)] if now else []
    key += [Run("　● 以前年度", 14, colour="#8A929C")]
    if now and _has_band(answer, now[0]):
        key.append(Run("　┃ 95% 区间", 14, True, BAND))
    if answer.target is not None:
        key.append(Run(f"　┄ {line_word(answer.item)}", 14, colour=LIGHT.worse))
    return [*key, Run(f"　单位：{answer.item.unit}", 14, colour=MUTED)]


def _has_band(answer: Trend, year: YearLine) -> bool:
    return any(not math.isnan(answer.series.measured.lower[row]) for row in year.rows)


def _by_month(answer: Trend, year: YearLine, values: Floats) -> list[float | None]:
    """Return a year's values by month of the statistical year, None where it has none."""
    found: list[float | None] = [None] * 12
    for row, place in zip(year.rows, year.places, strict=True):
        found[place - 1] = rounded(float(values[row]), answer.item.decimals)
    return found


def _lines(answer: Trend, years: Sequence[YearLine], tall: int) -> tuple[list[Series], Axis]:
    item, m = answer.item, answer.series.measured
    lines = [(year, _by_month(answer, year, m.value)) for year in years]
    every = [v for _, values in lines for v in values]
    for year, _ in lines:
        if year.current and _has_band(answer, year):
            every += [*_by_month(answer, year, m.lower), *_by_month(answer, year, m.upper)]
    goal = answer.target.value if answer.target is not None else None
    low, high, step = nice([*every, goal], most=100.0 if item.unit == "%" else None)
    axis = Axis(low, high, step, form="General", inner=_INNER)
    ends = [(values, _last(values)) for _, values in lines]
    at_end = [float(values[last] or 0.0) for values, last in ends if last == 11]
    ups = end_ups([*at_end, *([goal] if goal is not None else [])], axis, tall)
    series: list[Series] = []
    taken = 0
    for (year, values), (_, last) in zip(lines, ends, strict=True):
        up = 0.0
        if last == 11:
            up, taken = ups[taken], taken + 1
        series.append(_year(answer, year, values, last, up))
    if goal is not None:
        word = f"{line_word(item)} {value_text(item, goal, 0 if goal % 1 == 0 else None)}"
        label = Label(word, "r", LIGHT.worse, True, ups[-1])
        series.append(
            Series(word, [goal] * 12, LIGHT.worse, width=2, dash="dash", labels={11: label})
        )
    return series, axis


def _last(values: Sequence[float | None]) -> int:
    return max((at for at, v in enumerate(values) if v is not None), default=-1)


def _year(
    answer: Trend, year: YearLine, values: Sequence[float | None], last: int, up: float
) -> Series:
    """Return one year's line, named where it ends."""
    name = f"{year.year}年度"
    colour = INK if year.current else "#9AA1AB"
    value = values[last] if last >= 0 else None
    told = short_value(answer.item, value) if value is not None else ""
    text = value_text(answer.item, value) if year.current and value is not None else told
    side = "r" if last == 11 else "t"
    label = Label(
        f"{year.year} {text}" if last == 11 else text, side, INK if year.current else MUTED,
        year.current, up,
    )  # fmt: skip
    m = answer.series.measured
    spans = None
    if year.current and _has_band(answer, year):
        spans = (_by_month(answer, year, m.lower), _by_month(answer, year, m.upper))
    labels = {last: label} if last >= 0 and (year.current or last == 11) else {}
    return Series(
        name, values, colour, width=3.5 if year.current else 1.75, mark="circle",
        size=8 if year.current else 4, labels=labels, spans=spans, bar=(BAND, 2.5),
    )  # fmt: skip


def definition(item: Indicator) -> list[str]:
    """Return an indicator's definition and source, for the notes."""
    return [f"定义：{item.label}：{item.definition}来源：{item.source}"]


def _size(answer: Trend) -> list[str]:
    """Return of how many the newest figure is."""
    base = math.nan if answer.now is None else float(answer.series.measured.base[answer.now])
    return [] if math.isnan(base) else [f"n={number_text(base)}"]


def _source(answer: Trend, item: Indicator) -> list[list[str]]:
    series = answer.series
    m = series.measured
    heads = ["月份", item.label, "分子", "分母"]
    rows = [
        [month_key(month), *(_plain(v, places) for v, places in (
            (m.value[i], item.decimals), (m.x[i], 0), (m.n[i], 0)))]
        for i, month in enumerate(series.months)
    ]  # fmt: skip
    return [heads, *rows]


def _plain(value: float, places: int) -> str:
    known = rounded(float(value), places)
    return "–" if known is None else f"{known:,}"


# --- the year's end -------------------------------------------------------------------------------
def year_end_slide(deck: Deck) -> None:
    """Draw where each service will end the year, beside its target; why not, where none can be."""
    view = deck.made.view
    outlooks = [made for _, made in headline_outlooks(view)]
    if not outlooks:
        deck.absent.append(f"年底预计：{without_outlook(view)}")
        return
    first = min(outlooks, key=_hope)
    said = Said(first.title, calibration_line(outlooks))
    drawn = picture_slide(deck, said)
    left, right = drawn.room.columns(10, 11)
    about = f"带区间的点图：{'；'.join(outlook_text(made) for made in outlooks)}"
    series, axis = _ends(outlooks, left.height)
    names = [made.item.label for made in outlooks]
    add_chart(drawn.slide, left, names, series, axis, title="年底预计", about=about)
    put_table(deck, drawn, _ends_grid(outlooks), "年底预计", "总览", box=right)
    more = [line for made in outlooks for line in definition(made.item)]
    talk = [outlook_text(made) for made in outlooks]
    speak(deck, drawn.slide, said, more=[*talk, *more])


def _hope(made: YearEndOutlook) -> float:
    return 2.0 if math.isnan(made.target_chance) else made.target_chance


def _ends(outlooks: Sequence[YearEndOutlook], tall: int) -> tuple[list[Series], Axis]:
    values = [rounded(made.value, made.item.decimals) for made in outlooks]
    lower = [rounded(made.lower, made.item.decimals) for made in outlooks]
    upper = [rounded(made.upper, made.item.decimals) for made in outlooks]
    goals = [made.target.value if made.target is not None else None for made in outlooks]
    low, high, step = nice([*lower, *upper, *values, *goals])
    labels = {
        at: Label(short_value(made.item, made.value), "r", INK, True)
        for at, made in enumerate(outlooks)
    }
    series = [
        Series(
            "年底预计", values, INK, width=0, mark="circle", size=11, labels=labels,
            spans=(lower, upper),
        ),
        Series("目标", goals, LIGHT.worse, width=0, mark="dash", size=16),
    ]  # fmt: skip
    inner = (0.09, 0.03, 0.89, 0.76)
    return series, Axis(low, high, step, inner=inner, names=14)


def _ends_grid(outlooks: Sequence[YearEndOutlook]) -> Grid:
    rows = tuple(
        (
            Cell(made.item.label, bold=True),
            Cell(_ending(made)),
            Cell(value_text(made.item, made.target.value, 0) if made.target else "–"),
            Cell(_chance(made)),
        )
        for made in outlooks
    )
    heads = ("指标", "● 年底预计", "━ 目标", MEET_CHANCE)
    return Grid(heads, rows, ("l", "l", "r", "l"), (16, 15, 14))


def _ending(made: YearEndOutlook) -> str:
    """Return where the year ends, with the interval where it is not known yet."""
    value = short_value(made.item, made.value)
    return (
        value if made.is_over else f"{value}（{interval_text(made.item, made.lower, made.upper)}）"
    )


def _chance(made: YearEndOutlook) -> str:
    if made.is_over:
        return made.target_word or "–"
    return "–" if math.isnan(made.target_chance) else forecast_chance_text(made.target_chance)
