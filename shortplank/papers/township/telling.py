"""From the county's answers to one township's page: nothing here is measured or judged anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from shortplank.drawing.theme import LIGHT
from shortplank.papers.listed import town_footer, town_lines
from shortplank.papers.township.gathered import Compared, Gathered
from shortplank.papers.township.told import Curve, Drawn, Reports, Row, Sheet, Texts, Villages
from shortplank.reading.gaps import all_filed
from shortplank.reading.judged.announced import other_window_note, unit_codes, unit_words
from shortplank.reading.judged.ledger import findings_for
from shortplank.reading.series import Change, Series, series_of
from shortplank.reading.targets import target_of
from shortplank.reading.view import View
from shortplank.records.follow_ups import FollowUp
from shortplank.store import add_months
from shortplank.store.indicators import is_stock
from shortplank.topics.quality.answer.completeness import STATE_LABELS, STATES
from shortplank.topics.rankings.answer.ranking import rankable
from shortplank.topics.rankings.answer.spine import marks_text
from shortplank.topics.short_plank.answer.standing import verdict_of
from shortplank.topics.trends.answer.trend_words import sentence_of, title_of
from shortplank.topics.trends.answer.year_end import has_year_end, year_end
from shortplank.wording.judged import ALIKE_RANKS, LISTED, NO_VILLAGE, SHRUNKEN, TOWNS_CHANGES
from shortplank.wording.naming import joined
from shortplank.wording.numbers import (
    interval_text,
    number_text,
    places_text,
    short_value,
    signed_text,
    value_text,
)
from shortplank.wording.periods import WINDOW_LABELS, day_text, month_key, month_text
from shortplank.wording.sides import has_target, is_weak, target_text, weak_side
from shortplank.wording.verdicts import STATE_WORDS

# So much a page holds at the most; less is shown where it does not fit.
MOST_ROWS, MOST_CURVES, MOST_MONTHS = 12, 2, 24
# Reports come every month or every quarter: months farther apart are a gap.
QUARTER = 3
REPORT_MONTHS = 12
_KNOWN = ("ok", "zero")


def sheet_of(made: Gathered, code: str) -> Sheet:
    """Return what a township's page says."""
    view, spine = made.view, made.spines[code]
    told = [*town_lines(view, code), *_listed_villages(made, code)]
    rows = _rows(made, code)
    return Sheet(
        code=code,
        name=made.towns[code],
        county=view.county.name,
        when=made.made.when_text,
        stamp=_stamp(made),
        verdict=_verdict(made, code),
        finding=spine.title,
        lines=tuple(told) or tuple(text for text in (spine.sentence,) if text),
        rows=tuple(rows),
        row_notes=_row_notes(made),
        curves=tuple(_curves(made, code)),
        villages=_villages(made, code),
        reports=_reports(made, code),
        checks=tuple(_checks(made, code)),
        items=tuple(_item(each) for each in _items(made, code)),
        ahead=tuple(_ahead(made, code)),
        notes=(town_footer(view, code), "；".join(spine.notes)),
    )


def _listed_villages(made: Gathered, code: str) -> list[str]:
    """Return how many of the township's villages are listed, and which."""
    ws = made.view.ws
    rows = [
        f"{row.town}{row.name}"
        for row in made.made.warnings.rows
        if ws.area_by_code[row.area_code].parent_code == code
    ]
    names = list(dict.fromkeys(rows))
    return [f"{len(names)} 个村{LISTED}：{joined(names)}。"] if names else []


def _stamp(made: Gathered) -> Texts:
    """Return edition, dates and exactness; the county and the month stand in the head."""
    pack, view = made.made, made.view
    about = pack.about
    first = f"数据截至{about['数据截至']} · {about['版次']}"
    second = f"{about['发布日期']}发布 · {about['口径']}"
    third = [pack.frozen] if pack.frozen else [about["定版"]]
    third += ["演示数据"] if view.ws.settings.demo else []
    return first, second, " · ".join(third)


def _verdict(made: Gathered, code: str) -> str:
    """Return the code of the township's first finding, "similar" without one."""
    view = made.view
    return next(
        (
            unit_codes(view, each.indicator, "township", [code])[0]
            for each in findings_for(view)
            if each.area_code == code
        ),
        "similar",
    )


# --- the spine ------------------------------------------------------------------------------------
def _rows(made: Gathered, code: str) -> list[Row]:
    """Return the township's indicators: headline, listed, then the others as far as they fit."""
    listed = _listed(made, code)
    found = []
    for each in made.compared:
        at = each.ranking.towns.index(code)
        if at is None or not each.ranking.county.codes:
            continue
        state = each.ranking.towns.state[at]
        if state == "not_expected":
            continue
        if each.headline or each.indicator in listed or state in _KNOWN:
            found.append((each, at))
    first = [pair for pair in found if pair[0].headline or pair[0].indicator in listed]
    rest = [pair for pair in found if pair not in first]
    kept = first + rest[: max(MOST_ROWS - len(first), 0)]
    return [_row(made.view, code, each, at) for each, at in kept[:MOST_ROWS]]


def _listed(made: Gathered, code: str) -> list[str]:
    """Return the indicators in which the ledger lists the township."""
    return [each.indicator for each in findings_for(made.view) if each.area_code == code]


def _row(view: View, code: str, each: Compared, at: int) -> Row:
    item, answer = each.item, each.ranking
    towns = answer.towns
    value, county = float(towns.value[at]), float(answer.county.value[0])
    state = STATE_WORDS.get(towns.state[at])
    target = target_of(view, each.indicator, code) if has_target(item) else None
    window = item.default_window
    change = Change(item, *map(float, answer.change[:, at]))
    word = state or unit_words(view, each.indicator, "township", [code])[0]
    return Row(
        item=item,
        label=item.label if window == "ytd" else f"{item.label}（{WINDOW_LABELS[window]}）",
        value=value,
        lower=float(towns.lower[at]),
        upper=float(towns.upper[at]),
        county=county,
        towns=towns.value,
        target=None if target is None else target.value,
        code=unit_codes(view, each.indicator, "township", [code])[0] if not state else "none",
        word=word,
        told=state or value_text(item, value),
        span=interval_text(item, float(towns.lower[at]), float(towns.upper[at])),
        county_told=value_text(item, county),
        target_told="–" if target is None else f"{target.value:g}",
        place="–" if math.isnan(answer.ranks[at]) else f"第 {int(answer.ranks[at])}",
        places=places_text(answer.rank_low[at], answer.rank_high[at]),
        change=change.size if change.known else "–",
        changes=_span(change),
    )


def _span(change: Change) -> str:
    if not change.known or math.isnan(change.lower):
        return "–"
    return f"{signed_text(change.lower)} 至 {signed_text(change.upper)}"


def _row_notes(made: Gathered) -> Texts:
    """Return what the strips' marks mean, and what places and changes do not."""
    windows = [
        note
        for each in made.compared
        if each.headline
        for note in other_window_note(made.view, each.indicator, each.item.default_window)
    ]
    marks = f"{marks_text()}，◇ 为目标；标尺以外的画在边上，右边较好（无好坏的为较高）"
    return marks, "；".join((ALIKE_RANKS, TOWNS_CHANGES, *dict.fromkeys(windows)))


# --- months ---------------------------------------------------------------------------------------
def _curves(made: Gathered, code: str) -> list[Curve]:
    """Return the two that matter most: listed, then listed villages', then the headline's."""
    ws = made.view.ws
    below = {area.area_code for area in ws.areas_below.get(code, ())}
    found = findings_for(made.view)
    keys = [each.indicator for each in found if each.area_code == code]
    keys += [each.indicator for each in found if each.area_code in below]
    keys += [key for key in ws.scheme.headline if ws.indicators[key].helpable]
    keys += [each.indicator for each in made.compared if each.item.helpable]
    keys += [key for key in ws.scheme.headline if rankable(ws.indicators[key])]
    curves: list[Curve] = []
    for key in dict.fromkeys(keys):
        if len(curves) < MOST_CURVES and (curve := _curve(made, code, key)) is not None:
            curves.append(curve)
    return curves


def _curve(made: Gathered, code: str, indicator: str) -> Curve | None:
    item = made.view.ws.indicators[indicator]
    if "township" not in item.levels:
        return None
    window = made.judged_window(indicator)
    view = made.view.with_(indicator=indicator, window=window, area=code)
    table = made.months(indicator)
    own, county = (series_of(view, table, area) for area in (code, view.county.area_code))
    months = _months(view, own, county)
    values = [_value(own, month) for month in months]
    if sum(not math.isnan(value) for value in values) < 2:
        return None
    now = len(own.months) - 1
    target = target_of(view, indicator, code)
    broken = window == "ytd" and not is_stock(view.ws, item)
    lines = _pieces(own, months, "own", made.towns[code], broken=broken)
    lines += _pieces(county, months, "county", "全县", broken=broken)
    if target is not None:
        name = f"{'目标' if has_target(item) else '线'} {target.value:g}"
        lines.append(Drawn(name, "target", tuple([target.value] * len(months))))
    title = title_of(view, own, now)
    sentence = sentence_of(view, own, now, None, own.change(item, now), target)
    said = unit_codes(view, indicator, "township", [code])[0]
    return Curve(
        title=title,
        sentence=sentence,
        months=tuple(months),
        lines=tuple(lines),
        colour=LIGHT.verdict(said) if said in ("worse", "higher", "lower") else LIGHT.ink,
        skip=6 if len(months) > 12 else 3,
        scale=f"{WINDOW_LABELS[window]}，{item.unit}",
        about=f"{title}。{month_text(months[0])}至{month_text(months[-1])}逐月，灰线为全县",
    )


def _months(view: View, own: Series, county: Series) -> list[date]:
    """Return the last months with a figure due; a month without one where the line has a gap."""
    first = add_months(view.month, 1 - MOST_MONTHS)
    found: list[date] = []
    for month in sorted({*own.months, *county.months}):
        if month < first:
            continue
        if found and month > add_months(found[-1], QUARTER):
            found.append(add_months(found[-1], 1))
        found.append(month)
    return found


def _value(series: Series, month: date) -> float:
    at = series.place(month)
    return float("nan") if at is None else float(series.measured.value[at])


def _pieces(
    series: Series, months: Sequence[date], role: str, name: str, *, broken: bool
) -> list[Drawn]:
    """Return a line, or one a statistical year where it begins anew every year."""
    values = [_value(series, month) for month in months]
    if not broken:
        return [Drawn(name, role, tuple(values), newest=role == "own")]
    years = [None if (at := series.place(month)) is None else series.years[at] for month in months]
    shown = sorted({year for year in years if year is not None})
    return [
        Drawn(
            name,
            role,
            tuple(v if y == year else float("nan") for v, y in zip(values, years, strict=True)),
            named=year == shown[-1],
            newest=role == "own" and year == shown[-1],
        )
        for year in shown
    ]


# --- villages -------------------------------------------------------------------------------------
def _villages(made: Gathered, code: str) -> Villages:
    """Return the township's listed villages; where none is, those beyond the line as figures."""
    ws, warnings = made.view.ws, made.made.warnings
    rows = [
        (row.name, f"{row.label}{row.reason}", row.evidence, row.check, row.owner)
        for row in warnings.rows
        if ws.area_by_code[row.area_code].parent_code == code
    ]
    if rows:
        about = f"期限 {day_text(warnings.rows[0].deadline)}，先核对，再看服务是否到位"
        columns = ("村", "为什么", "依据", "先核对", "帮扶或责任单位")
        return Villages(f"先去的村（{LISTED}）", about, columns, tuple(rows), listed=True)
    return _under_line(made, code)


def _under_line(made: Gathered, code: str) -> Villages:
    """Return the villages beyond the line of the short plank: figures, nobody is listed."""
    found = made.made.plank.planks if made.made.plank is not None else None
    columns: Texts = ("村", "现在", "分子/分母", "多久", "结论")
    if found is None or found.line is None or not found.item.helpable:
        return Villages(f"先去的村：{NO_VILLAGE}", "", columns, ())
    ws, villages = made.view.ws, found.villages
    order = found.weakest or found.under_line
    rows = []
    for i in order:
        own = ws.area_by_code[villages.codes[i]]
        if own.parent_code != code or i not in found.under_line:
            continue
        _, word = verdict_of(found.standing, found.at[i], villages.state[i])
        counts = f"{number_text(villages.x[i])}/{number_text(villages.n[i])}"
        months = found.months_text(i) or "–"
        rows.append((villages.names[i], found.raw_text(i), counts, months, word))
    side = f"{found.item.label}{weak_side(found.item)} {found.line.text}"
    ordered = f"从{SHRUNKEN}最弱的起" if found.weakest else "按登记册次序"
    about = f"{side}的 {len(rows)} 个村，只列数，{ordered}"
    if not rows:
        about = f"没有村{side}"
    elif found.item.check:
        about += f"；走村时先核对：{found.item.check}"
    return Villages(f"先去的村：{NO_VILLAGE}", about, columns, tuple(rows))


# --- reports, signals, items ----------------------------------------------------------------------
def _reports(made: Gathered, code: str) -> Reports:
    answer = made.reports
    matrix = answer.matrix
    places = [at for at, each in enumerate(matrix.codes) if each == code]
    months = matrix.months[-REPORT_MONTHS:]
    if not places or not months:
        return Reports("报表按时", (), (), _by_figures(made, code))
    states = matrix.states[places][:, -REPORT_MONTHS:]
    forms = tuple(
        (matrix.forms[at], tuple(STATES[state] for state in row))
        for at, row in zip(places, states, strict=True)
    )
    owed = int((states != STATES.index("not_due")).sum())
    counts = [
        f"{STATE_LABELS[state]} {number}"
        for state in ("on_time", "revised", "late", "missing", "undated")
        if (number := int((states == STATES.index(state)).sum()))
    ]
    sentence = f"近 {len(months)} 个月应报 {owed} 份：{'，'.join(counts)}。"
    return Reports("报表按时", tuple(f"{m.month}" for m in months), forms, sentence)


def _by_figures(made: Gathered, code: str) -> str:
    """Return what of the month is missing by the figures, where nothing says when reports came."""
    owed = [gap.text for gap in made.owing if gap.area_code == code]
    filed = f"缺{'、'.join(owed)}" if owed else all_filed(made.due) or "没有应报的报表可以清点"
    return f"没有报送记录，不知是否按时；按数据看，{filed}。"


def _checks(made: Gathered, code: str) -> list[str]:
    name = made.towns[code]
    return [
        f"{month_text(row.month)} {row.label}：{row.evidence}（{row.rate}）"
        for row in made.made.signals.rows
        if row.area == name and not row.mark
    ]


def _items(made: Gathered, code: str) -> list[FollowUp]:
    """Return the township's and its villages' items: those of before, then this month's."""
    ws = made.view.ws
    return [
        each
        for each in (*made.made.last, *made.made.items)
        if code in (each.area_code, ws.area_by_code[each.area_code].parent_code)
    ]


def _item(each: FollowUp) -> Texts:
    return (
        month_key(each.month),
        each.item,
        f"{each.area} {each.label}",
        f"{each.then} → {each.now}" if each.now else each.then,
        each.change or "–",
        f"{day_text(each.deadline)}，{each.outcome or '未办结'}",
    )


def _ahead(made: Gathered, code: str) -> list[str]:
    """Return what to watch till the next month: targets not reached, and the year's end."""
    found = []
    for each in made.compared:
        item, at = each.item, each.ranking.towns.index(code)
        if not (each.headline and item.helpable) or at is None:
            continue
        value = float(each.ranking.towns.value[at])
        target = target_of(made.view, each.indicator, code)
        if target is None or np.isnan(value) or not is_weak(item, value, target.value):
            continue
        text = f"{item.label} {short_value(item, value)}，{target_text(item, value, target.value)}"
        if has_year_end(item):
            end = year_end(made.view.with_(indicator=each.indicator, window="ytd", area=code))
            text += "" if end.is_empty else f"；{end.title}"
        found.append(text)
    return found
