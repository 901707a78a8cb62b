"""An inspection by drawing villages, rehearsed: what a draw would likely show, what would help."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.catalogue.models import Indicator, InspectionRule
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import Floats, from_table, texts, values_of
from shortplank.reading.offered import for_draws
from shortplank.reading.planks import line_of, village_rows
from shortplank.reading.registers import statuses
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.topics.inspection.answer.draw import Drawn, DrawnFrom, Plan, Shape, rehearse
from shortplank.topics.inspection.answer.sentences import (
    formula_text,
    notes_of,
    plan_text,
    rule_of,
    sentence_text,
    title_text,
)
from shortplank.topics.short_plank.answer.short_plank import Listed, Listing
from shortplank.topics.short_plank.answer.village_bands import count_indicator, least_of
from shortplank.wording.naming import size_word
from shortplank.wording.numbers import number_text, rounded, value_text
from shortplank.wording.periods import period_text
from shortplank.wording.sides import (
    SHORT,
    SHORT_VILLAGE,
    is_weak,
    line_kind,
    mend_to,
    mend_word,
    mended_word,
    which_to_mend,
)
from shortplank.wording.verdicts import STATE_WORDS

SHOWN = 5
# As many villages as a hundred thousand draws of them are simulated in half a second.
MOST_DRAWN = 36
HIDDEN = "村级出生数不向浏览者公布，抽查预演只在分析员处看；可改看服务和质量指标"


@dataclass(frozen=True)
class Rehearsal(Told):
    """The page's answer; ``drawn`` is None where there is nothing to draw from."""

    item: Indicator
    plan: Plan
    drawn: Drawn | None
    county: float
    rule: InspectionRule | None
    formula: str
    towns: Listing | None
    villages: Listing | None
    drawn_from: DrawnFrom | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether there is no picture to draw."""
        return self.drawn is None


def may_rehearse(view: View) -> bool:
    """Return whether there is anything to plan: not on births for viewers."""
    return for_draws(view.item) and not view.banded(view.indicator)


def default_plan(view: View) -> Plan:
    """Return the plan of the scheme, held to what can be drawn here."""
    rule = view.ws.scheme.inspection
    line = line_of(view) if view.item.helpable else None
    return Plan(rule.villages if rule else 6, None, False, line.value if line else None)


@once()
def rehearsal(view: View, plan: Plan) -> Rehearsal:
    """Return what a draw of villages by this plan would likely show."""
    item = view.item
    if not for_draws(item):
        why = "指标目录里没有到村的服务或质量指标，无从预演"
        return _nothing(view, plan, "这个工作区没有可以抽查预演的村级指标", why)
    if view.banded(view.indicator):
        return _nothing(view, plan, f"{item.label}：村级数不公布", HIDDEN)
    found = _villages(view, plan)
    if not found.codes or all(found.unknown):
        return _nothing(view, plan, f"{item.label}：这一时段还没有村级数据")
    if not (np.nan_to_num(found.n) > 0).any():
        why = f"{size_word(view.ws, view.item)}在各村都是 0，抽到哪个村都没有率可看"
        return _nothing(view, plan, f"{item.label}：这一时段无从预演", why)
    plan = _possible(plan, found)
    drawn = _rehearsed(item, plan, found, rule_of(view))
    return _answer(view, plan, found, drawn)


def _nothing(view: View, plan: Plan, title: str, why: str = "") -> Rehearsal:
    text = f"{why or '没有村报过这项数，无从预演；可换月份，或把时段改为近12月'}。"
    about = (view.item.label, _period(view))
    nothing = Rehearsal(view.item, plan, None, np.nan, None, "", None, None)
    return replace(nothing, title=title, about=about, sentence=text)


def _period(view: View) -> str:
    return period_text(view.window, view.month, view.window_start, view.statistical_year)


# --- what is drawn from ---------------------------------------------------------------------------
def _villages(view: View, plan: Plan) -> DrawnFrom:
    table = village_rows(view, view.indicator)
    found = from_table(view.item, table, view.window, full=has_figure(view))
    rates = values_of(view.item, found.x, found.n)
    weak, unknown = _weak(view, plan, rates, found.x, found.codes)
    return DrawnFrom(
        found.codes,
        found.names,
        texts(table, "township"),
        texts(table, "township_code"),
        found.x,
        found.n,
        rates,
        weak,
        unknown,
    )


def _weak(
    view: View, plan: Plan, rates: Floats, x: Floats, codes: list[str]
) -> tuple[list[bool], list[bool]]:
    """Return which villages an inspector would call weak, and which have not reported."""
    if view.item.family == "births":
        key = count_indicator(view)
        rows = village_rows(view, key) if key else None
        if key is None or rows is None:
            return [False] * len(codes), [True] * len(codes)
        cases = from_table(view.ws.indicators[key], rows, view.window)
        least = least_of(view, key)
        count = dict(zip(cases.codes, cases.x, strict=True))
        own = np.array([count.get(code, np.nan) for code in codes])
        return [bool(k >= least) for k in own], [bool(np.isnan(k)) for k in own]
    if plan.line is None:
        return [False] * len(codes), [bool(np.isnan(v)) for v in x]
    weak = [is_weak(view.item, float(rate), plan.line) for rate in rates]
    return weak, [bool(np.isnan(v)) for v in x]


def _possible(plan: Plan, found: DrawnFrom) -> Plan:
    """Return the plan held to the villages and townships that there are."""
    sizes = found.n if plan.proportional else np.ones(len(found.codes))
    usable = np.nan_to_num(sizes) > 0
    towns = len({found.town_codes[i] for i in np.flatnonzero(usable)})
    townships = None if plan.townships is None else max(1, min(plan.townships, towns, MOST_DRAWN))
    most = max(int(usable.sum()), 1) if townships is None else len(found.codes)
    most = min(most, MOST_DRAWN // (townships or 1))
    proportional = plan.proportional and bool(usable.any())
    return Plan(max(1, min(plan.villages, most)), townships, proportional, plan.line)


def _rehearsed(item: Indicator, plan: Plan, found: DrawnFrom, rule: InspectionRule | None) -> Drawn:
    order = {code: i for i, code in enumerate(dict.fromkeys(found.town_codes))}
    shape = Shape(
        villages=plan.villages,
        townships=plan.townships,
        proportional=plan.proportional,
        home=tuple(order[code] for code in found.town_codes),
        weak=tuple(found.weak),
        unknown=tuple(found.unknown),
    )
    rated = item.helpable and plan.line is not None
    line = plan.line / item.factor if rated and plan.line is not None else None
    return rehearse(shape, tuple(found.x), tuple(found.n), line, item.polarity, rule)


# --- words ----------------------------------------------------------------------------------------
def _answer(view: View, plan: Plan, found: DrawnFrom, drawn: Drawn) -> Rehearsal:
    item = view.item
    x, n = np.nansum(found.x), np.nansum(np.where(np.isnan(found.x), np.nan, found.n))
    county = float(values_of(item, np.array([x]), np.array([n]))[0])
    towns, villages = _levers(view, found, drawn)
    formula = formula_text(view, plan, drawn)
    return Rehearsal(
        item=item,
        plan=plan,
        drawn=drawn,
        county=county,
        rule=rule_of(view),
        title=title_text(view, plan, drawn),
        about=(item.label, _period(view), plan_text(view, plan)),
        sentence=sentence_text(view, plan, drawn, county),
        formula=formula,
        towns=towns,
        villages=villages,
        how=(formula,),
        notes=notes_of(view, plan, found, drawn),
        drawn_from=found,
    )


# --- where help lowers the risk most --------------------------------------------------------------
def _levers(view: View, found: DrawnFrom, drawn: Drawn) -> tuple[Listing | None, Listing | None]:
    """Return townships and villages by how much help there lowers the risk; none on births."""
    if drawn.rates is None or not view.item.helpable:
        return None, None
    return _town_lever(view, found, drawn), _village_lever(view, found, drawn)


def _drop(share: float) -> str:
    """Return a drop in a probability, in points: −1.2, −0.08, or that it is next to nothing."""
    if 0 < share < 0.00005:
        return "不到 0.01"
    return number_text(-100 * share, 1 if share >= 0.00995 else 2)


def _town_lever(view: View, found: DrawnFrom, drawn: Drawn) -> Listing:
    codes = list(dict.fromkeys(found.town_codes))
    names = dict(zip(found.town_codes, found.towns, strict=True))
    order = sorted(
        range(len(codes)), key=lambda k: (-drawn.town_drops[k], -drawn.town_hit_drops[k])
    )
    rows = []
    for k in order[:SHOWN]:
        if not (drawn.town_drops[k] > 0 or drawn.town_hit_drops[k] > 0):
            break
        at = [i for i, code in enumerate(found.town_codes) if code == codes[k]]
        weak = sum(found.weak[i] for i in at)
        cells = (
            _drop(float(drawn.town_drops[k])),
            _drop(float(drawn.town_hit_drops[k])),
            f"{weak}/{len(at)}",
        )
        rows.append(Listed(codes[k], names[codes[k]], "", cells, False))
    item = view.item
    about = f"全乡镇的村都{mend_to(item, line_kind(item))}；单位：百分点"
    return Listing(
        f"{which_to_mend(item)}乡镇，风险降得最多",
        about if rows else f"没有哪个乡镇{mended_word(item)}了会改变结果。",
        (SHORT, f"抽到{SHORT_VILLAGE}", SHORT_VILLAGE),
        rows,
    )


def _village_lever(view: View, found: DrawnFrom, drawn: Drawn) -> Listing:
    drops = drawn.village_drops
    order = [i for i in np.argsort(-drops, kind="stable") if drops[i] > 0]
    told = [i for i in order[:SHOWN] if drops[i] - _next_drop(drops[order]) > _noise(drops[i])]
    status = statuses(view)
    rows = [
        Listed(
            found.codes[i],
            found.names[i],
            found.towns[i],
            (
                _drop(float(drawn.village_drops[i])),
                value_text(view.item, float(found.rates[i])),
                f"{number_text(found.x[i])}/{number_text(found.n[i])}",
            ),
            False,
            status.get(found.codes[i], ""),
        )
        for i in told
    ]
    item = view.item
    about = f"只{mend_word(item)}这一个村；单位：百分点"
    if not rows:
        none = f"没有哪个村{mended_word(item)}了会改变结果。"
        about = "各村相差在模拟误差内，不分先后。" if order else none
    heads = (SHORT, "原始率", "分子/分母")
    return Listing(f"{which_to_mend(item)}村，风险降得最多", about, heads, rows)


def _next_drop(ordered: Floats) -> float:
    """Return the drop of the first village that a list has no room for."""
    return float(ordered[SHOWN]) if ordered.size > SHOWN else 0.0


def _noise(drop: float) -> float:
    return stats.drop_noise(float(drop))


# --- the whole table ------------------------------------------------------------------------------
def rehearsal_table(view: View, answer: Rehearsal) -> pa.Table:
    """Return every village that can be drawn: its figure, whether it is weak, and what help does.

    Births have no such table: no village is a lever there.
    """
    found, drawn = answer.drawn_from, answer.drawn
    if found is None or drawn is None:
        return pa.table({})
    if drawn.rates is None:
        return pa.table({})
    item = view.item
    columns: dict[str, list[object]] = {
        "乡镇": [*found.towns],
        "村": [*found.names],
        "分子": [rounded(float(v), 0) for v in found.x],
        "分母": [rounded(float(v), 0) for v in found.n],
        f"{item.label}（{item.unit}）": [rounded(float(v), item.decimals) for v in found.rates],
        SHORT_VILLAGE: [
            STATE_WORDS["missing"] if unknown else "是" if weak else "否"
            for weak, unknown in zip(found.weak, found.unknown, strict=True)
        ],
        f"{mended_word(item)}后{SHORT}的可能降（百分点）": [
            rounded(100 * float(v), 2) for v in drawn.village_drops
        ],
    }
    return pa.table(columns)
