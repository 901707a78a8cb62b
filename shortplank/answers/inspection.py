"""An inspection by drawing villages, rehearsed: what a draw would likely show, what would help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shortplank.answers import words
from shortplank.answers.inspection_draw import HALF, Drawn, Shape, rehearse
from shortplank.answers.measured import Floats, texts, values_of
from shortplank.answers.planks import line_of, village_measured, village_rows
from shortplank.answers.short_plank import Listed, Listing, statuses
from shortplank.answers.view import View
from shortplank.answers.village_bands import count_indicator, least_of
from shortplank.catalogue.models import Indicator, InspectionRule

SHOWN = 5
HIDDEN = "村级出生数不向浏览者公布，抽查预演只在分析员处看；可改看服务和质量指标"


@dataclass(frozen=True)
class Plan:
    """How villages are drawn: how many in all or in each of ``townships``, and the line to pass.

    ``proportional`` draws villages (in two stages: townships) proportional to their size.
    """

    villages: int
    townships: int | None
    proportional: bool
    line: float | None


@dataclass(frozen=True)
class DrawnFrom:
    """The villages of the register's month; NaN where a village has not reported."""

    codes: list[str]
    names: list[str]
    towns: list[str]
    town_codes: list[str]
    x: Floats
    n: Floats
    rates: Floats
    weak: list[bool]
    unknown: list[bool]


@dataclass(frozen=True)
class Inspection:
    """The page's answer; ``drawn`` is None where there is nothing to draw from."""

    item: Indicator
    plan: Plan
    drawn: Drawn | None
    county: float
    rule: InspectionRule | None
    title: str
    about: tuple[str, ...]
    sentence: str
    formula: str
    towns: Listing | None
    villages: Listing | None
    notes: list[str]
    drawn_from: DrawnFrom | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether there is no picture to draw."""
        return self.drawn is None


def for_draws(item: Indicator) -> bool:
    """Return whether an inspection of villages can be rehearsed on an indicator.

    Service and quality with a direction; births only as the policies of their time counted them,
    and then only as the number of villages over the upper band's edge, never as a lever.
    """
    policy = item.family == "births" and item.historical
    directed = item.kind == "ratio" and item.polarity in ("up", "down")
    return "village" in item.levels and directed and (item.helpable or policy)


def may_rehearse(view: View) -> bool:
    """Return whether there is anything to plan: not on births for viewers."""
    hidden = view.role == "viewer" and view.ws.sensitive(view.indicator)
    return for_draws(view.item) and not hidden


def default_plan(view: View) -> Plan:
    """Return the plan of the scheme, held to what can be drawn here."""
    rule = view.ws.scheme.inspection
    line = line_of(view) if view.item.helpable else None
    return Plan(rule.villages if rule else 6, None, False, line.value if line else None)


def size_word(view: View) -> str:
    """Return what a village's size is when villages are drawn proportional to it."""
    names = view.item.denominator
    known = {key: each.label for key, each in view.ws.measures.items()}
    known.update({key: each.label for key, each in view.ws.derived.items()})
    return known.get(names[0], "规模") if names else "规模"


def inspection(view: View, plan: Plan) -> Inspection:
    """Return what a draw of villages by this plan would likely show."""
    item = view.item
    if not for_draws(item):
        return _nothing(view, plan, "这个工作区没有可以抽查预演的村级指标")
    if view.role == "viewer" and view.ws.sensitive(view.indicator):
        return _nothing(view, plan, f"{item.label}：村级数不公布", HIDDEN)
    found = _villages(view, plan)
    if not found.codes or all(found.unknown):
        return _nothing(view, plan, f"{item.label}：这一时段还没有村级数据")
    plan = _possible(plan, found)
    drawn = _rehearsed(item, plan, found, _rule(view))
    return _answer(view, plan, found, drawn)


def _nothing(view: View, plan: Plan, title: str, why: str = "") -> Inspection:
    text = f"{why or '没有村报过这项数，无从预演；可换月份，或把时段改为近12月'}。"
    about = (view.item.label, _period(view))
    return Inspection(view.item, plan, None, np.nan, None, title, about, text, "", None, None, [])


def _period(view: View) -> str:
    return words.period_text(view.window, view.month, view.window_start, view.statistical_year)


def _rule(view: View) -> InspectionRule | None:
    """Return the scheme's rule where it holds in the view's month."""
    rule = view.ws.scheme.inspection
    return rule if rule is not None and rule.valid_from <= view.month else None


# --- what is drawn from ---------------------------------------------------------------------------
def _villages(view: View, plan: Plan) -> DrawnFrom:
    table = village_rows(view, view.indicator)
    found = village_measured(view.item, table, view.window)
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
        cases = village_measured(view.ws.indicators[key], rows, view.window)
        least = least_of(view, key)
        count = dict(zip(cases.codes, cases.x, strict=True))
        own = np.array([count.get(code, np.nan) for code in codes])
        return [bool(k >= least) for k in own], [bool(np.isnan(k)) for k in own]
    if plan.line is None:
        return [False] * len(codes), [bool(np.isnan(v)) for v in x]
    with np.errstate(invalid="ignore"):
        weak = rates < plan.line if view.item.polarity == "up" else rates > plan.line
    return [bool(flag) for flag in weak], [bool(np.isnan(v)) for v in x]


def _possible(plan: Plan, found: DrawnFrom) -> Plan:
    """Return the plan held to the villages and townships that there are."""
    sizes = found.n if plan.proportional else np.ones(len(found.codes))
    usable = np.nan_to_num(sizes) > 0
    towns = len({found.town_codes[i] for i in np.flatnonzero(usable)})
    townships = None if plan.townships is None else max(1, min(plan.townships, towns))
    most = len(found.codes) if townships is not None else max(int(usable.sum()), 1)
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
def _answer(view: View, plan: Plan, found: DrawnFrom, drawn: Drawn) -> Inspection:
    item = view.item
    x, n = np.nansum(found.x), np.nansum(np.where(np.isnan(found.x), np.nan, found.n))
    county = float(values_of(item, np.array([x]), np.array([n]))[0])
    towns, villages = _levers(view, found, drawn)
    return Inspection(
        item=item,
        plan=plan,
        drawn=drawn,
        county=county,
        rule=_rule(view),
        title=_title(view, plan, drawn),
        about=(item.label, _period(view), plan_text(view, plan)),
        sentence=_sentence(view, plan, drawn, county),
        formula=_formula(view, plan, drawn),
        towns=towns,
        villages=villages,
        notes=_notes(view, plan, found, drawn),
        drawn_from=found,
    )


def plan_text(view: View, plan: Plan) -> str:
    """Return how is drawn: 一次抽 6 个村，每个村机会相同."""
    if plan.townships is None:
        how = f"按{size_word(view)}成比例" if plan.proportional else "每个村机会相同"
        return f"一次抽 {plan.villages} 个村，{how}"
    how = f"按{size_word(view)}成比例" if plan.proportional else "机会相同"
    return f"先抽 {plan.townships} 个乡镇（{how}），每个再抽 {plan.villages} 个村"


def weak_word(view: View, plan: Plan) -> str:
    """Return what a weak village is here: 低于 85% 线的村, ≥3 例的村."""
    if view.item.family == "births":
        return f"≥{least_of(view, count_indicator(view))} 例的村"
    side = "低于" if view.item.polarity == "up" else "高于"
    return f"{side} {plan.line or 0:g}{words.unit_suffix(view.item)} 线的村"


def chance_text(chance: float) -> str:
    """Return a probability as per cent: one decimal, never rounded to certainty.

    >>> chance_text(0.98134), chance_text(0.99996), chance_text(1.0), chance_text(0.0002)
    ('98.1%', '99.9% 以上', '100%', '不到 0.1%')
    """
    if chance in (0.0, 1.0):
        return f"{100 * chance:.0f}%"
    if chance > 0.9995:
        return "99.9% 以上"
    return "不到 0.1%" if chance < 0.0005 else f"{100 * chance:.1f}%"


def likely_text(chance: float) -> str:
    """Return a probability as words go on with: 98.1% 的可能.

    >>> likely_text(0.98134), likely_text(0.99996)
    ('98.1% 的可能', '99.9% 以上的可能')
    """
    text = chance_text(chance)
    return f"{text} 的可能" if text.endswith("%") else f"{text}的可能"


def _title(view: View, plan: Plan, drawn: Drawn) -> str:
    if view.item.helpable and plan.line is None:
        return f"{view.item.label}没有线，抽到什么都谈不上弱"
    weak = weak_word(view, plan)
    total = f"{drawn.villages} 个村中 {drawn.weak} 个"
    if not drawn.weak:
        return f"{drawn.villages} 个村里没有{weak}，抽几个都抽不中"
    many = plan.villages if plan.townships is None else f"{plan.townships} 镇各 {plan.villages}"
    total += weak.removesuffix("的村")
    return f"抽 {many} 个村，{likely_text(drawn.hit.chance)}抽中弱村（{total}）"


def _sentence(
    view: View,
    plan: Plan,
    drawn: Drawn,
    county: float,
) -> str:
    item, parts = view.item, []
    if drawn.rates is not None:
        spread = f"{_pct(item, drawn.low)}–{_pct(item, drawn.high)}{words.unit_suffix(item)}"
        side = "低于" if item.polarity == "up" else "高于"
        parts.append(
            f"全县真值 {words.value_text(item, county)}，抽到的合计九成落在 {spread}，"
            f"{likely_text(drawn.miss.chance)}{side} {plan.line:g}"
            f"{words.unit_suffix(item)} 线"
        )
        parts.append(_help_text(drawn))
    else:
        parts.append(f"平均抽中 {drawn.expected_weak:.1f} 个{weak_word(view, plan)}")
        if view.item.family == "births":
            parts.append("出生只是背景，不据此安排任何村")
    if drawn.loss is not None and (rule := _rule(view)) is not None:
        parts.append(f"按方案平均扣 {drawn.loss.points:.1f} 分（最多 {rule.most:g} 分）")
    return "；".join(part for part in parts if part) + "。"


def _pct(item: Indicator, share: float) -> str:
    return words.number_text(item.factor * share, 1)


def _help_text(drawn: Drawn) -> str:
    """Return how many villages must reach the line before the draw is likelier to pass than not."""
    if drawn.miss.chance <= HALF:
        return "过线的可能已经更大"
    if drawn.needed is None:
        return "只把弱村补到线还不够，须全县一起提高"
    if drawn.largest_drop < 0.005:
        return f"补好任何一个村都几乎不改变这个可能，要有 {drawn.needed} 个村到线才降到一半以下"
    return f"要有 {drawn.needed} 个村到线，才降到一半以下"


def _formula(view: View, plan: Plan, drawn: Drawn) -> str:
    total, weak, m = drawn.villages, drawn.weak, plan.villages
    places = 1 if 0.0005 < drawn.hit.chance < 0.9995 else 4
    hit = f"{100 * drawn.hit.chance:.{places}f}%"
    if plan.proportional:
        low, high = (100 * v for v in (drawn.hit.lower, drawn.hit.upper))
        return (
            f"按规模抽没有简单公式：模拟 10 万次，"
            f"至少抽中一个弱村 {hit}（模拟误差 {low:.1f}–{high:.1f}%）"
        )
    if plan.townships is not None:
        return (
            f"P = 1 − e(q)/C({drawn.towns}, {plan.townships}) = {hit}：q 为各乡镇抽 {m} 个村"
            f"都不中的可能，e 为其中任 {plan.townships} 个的乘积之和；精确值"
        )
    return (
        f"P = 1 − C(N−K, m) / C(N, m) = 1 − C({total - weak}, {m}) / C({total}, {m}) = {hit}："
        f"N={total} 个村，K={weak} 个弱村，m={m}；超几何分布，精确值"
    )


def _notes(view: View, plan: Plan, found: DrawnFrom, drawn: Drawn) -> list[str]:
    notes = []
    gone = [f"{t}{n}" for t, n, u in zip(found.towns, found.names, found.unknown, strict=True) if u]
    if gone:
        notes.append(
            f"{len(gone)} 个村未报，可能被抽中而不知强弱：{words.joined(gone)}；"
            f"若都算弱村，可能为 {chance_text(drawn.hit_if_unknown)}"
        )
    if view.item.helpable and plan.line is not None:
        side = "低于" if view.item.polarity == "up" else "高于"
        notes.append(f"弱村按检查人看到的原始率算：{side}线就算，不论村大小")
    if drawn.rates is not None:
        low, high = (100 * v for v in (drawn.miss.lower, drawn.miss.upper))
        notes.append(f"合计的分布为模拟 10 万次，未过线的可能误差 {low:.1f}–{high:.1f}%")
        reach = _pct(view.item, drawn.reach) + words.unit_suffix(view.item)
        notes.append(f"“补好”指补到 {reach}（全县值和线中较好的一个），其他村不变")
    if (rule := _rule(view)) is not None:
        parts = [f"每个弱村扣 {rule.points_per_weak:g} 分"]
        parts += [f"未过线扣 {rule.points_missed:g} 分"] if drawn.rates is not None else []
        notes.append(f"扣分：{'，'.join(parts)}，合计不超过 {rule.most:g} 分（{rule.source}）")
    else:
        notes.append("方案里没有抽查扣分的规定，不算扣分")
    if view.item.historical:
        notes.append("历史口径")
    return notes


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
    return words.number_text(-100 * share, 1 if share >= 0.00995 else 2)


def _town_lever(view: View, found: DrawnFrom, drawn: Drawn) -> Listing:
    codes = list(dict.fromkeys(found.town_codes))
    names = dict(zip(found.town_codes, found.towns, strict=True))
    order = sorted(
        range(len(codes)), key=lambda k: (-drawn.town_drops[k], -drawn.town_hit_drops[k])
    )
    rows = []
    for k in order[:SHOWN]:
        at = [i for i, code in enumerate(found.town_codes) if code == codes[k]]
        weak = sum(found.weak[i] for i in at)
        cells = (
            _drop(float(drawn.town_drops[k])),
            _drop(float(drawn.town_hit_drops[k])),
            f"{weak}/{len(at)}",
        )
        rows.append(Listed(codes[k], names[codes[k]], "", cells, False))
    return Listing(
        "补哪些乡镇，风险降得最多",
        "全乡镇的村都补到线；单位：百分点",
        ("未过线", "抽中弱村", "弱村"),
        rows,
    )


def _village_lever(view: View, found: DrawnFrom, drawn: Drawn) -> Listing:
    order = [
        i for i in np.argsort(-drawn.village_drops, kind="stable") if drawn.village_drops[i] > 0
    ]
    status = statuses(view)
    rows = [
        Listed(
            found.codes[i],
            found.names[i],
            found.towns[i],
            (
                _drop(float(drawn.village_drops[i])),
                words.value_text(view.item, float(found.rates[i])),
                f"{words.number_text(found.x[i])}/{words.number_text(found.n[i])}",
            ),
            False,
            status.get(found.codes[i], ""),
        )
        for i in order[:SHOWN]
    ]
    about = "只补这一个村；单位：百分点" if rows else "没有哪个村补好了会改变结果。"
    return Listing("补哪些村，风险降得最多", about, ("未过线", "原始率", "分子/分母"), rows)


# --- the whole table ------------------------------------------------------------------------------
def inspection_table(view: View, answer: Inspection) -> pa.Table:
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
        "分子": [words.rounded(float(v), 0) for v in found.x],
        "分母": [words.rounded(float(v), 0) for v in found.n],
        f"{item.label}（{item.unit}）": [
            words.rounded(float(v), item.decimals) for v in found.rates
        ],
        "弱村": [
            words.STATE_WORDS["missing"] if unknown else "是" if weak else "否"
            for weak, unknown in zip(found.weak, found.unknown, strict=True)
        ],
        "补好后未过线的可能降（百分点）": [
            words.rounded(100 * float(v), 2) for v in drawn.village_drops
        ],
    }
    return pa.table(columns)
