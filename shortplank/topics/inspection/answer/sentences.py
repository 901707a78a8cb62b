"""The words of an inspection's rehearsal: its plan, its chances, and what they rest on."""

from __future__ import annotations

from shortplank import stats
from shortplank.catalogue.models import Indicator, InspectionRule
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.topics.inspection.answer.draw import HALF, Drawn, DrawnFrom, Plan
from shortplank.topics.short_plank.answer.village_bands import count_indicator, least_of
from shortplank.wording.chance import likely_text, probability_text
from shortplank.wording.naming import joined, size_word
from shortplank.wording.numbers import number_text, unit_suffix, value_text
from shortplank.wording.planks import not_the_list_text
from shortplank.wording.sides import (
    COUNTY,
    NO_LINE_TO_MISS,
    PASSED,
    SHORT,
    SHORT_VILLAGE,
    come_to_line,
    improve_word,
    line_kind,
    line_label,
    mend_to,
    mend_word,
    mending_note,
    weak_side,
    wrong_side,
)

# For how many villages the chance of a weak one is told.
TOLD = (1, 2, 3, 4, 6, 10)


def rule_of(view: View) -> InspectionRule | None:
    """Return the scheme's rule where it holds in the view's month."""
    rule = view.ws.scheme.inspection
    return rule if rule is not None and rule.valid_from <= view.month else None


def plan_text(view: View, plan: Plan) -> str:
    """Return how is drawn: 一次抽 6 个村，每个村机会相同."""
    if plan.townships is None:
        how = f"按{size_word(view.ws, view.item)}成比例" if plan.proportional else "每个村机会相同"
        return f"一次抽 {plan.villages} 个村，{how}"
    how = f"按{size_word(view.ws, view.item)}成比例" if plan.proportional else "机会相同"
    return f"先抽 {plan.townships} 个乡镇（{how}），每个再抽 {plan.villages} 个村"


def weak_side_of(view: View, plan: Plan) -> str:
    """Return what makes a village weak here: 低于 85% 线, ≥3 例."""
    if view.item.family == "births":
        return f"≥{least_of(view, count_indicator(view))} 例"
    return line_side(view.item, plan)


def weak_village(view: View, plan: Plan) -> str:
    """Return what a weak village is called: 未达标村; of births, that have no line, ≥3 例的村."""
    if view.item.family == "births":
        return f"{weak_side_of(view, plan)}的村"
    return SHORT_VILLAGE


def line_side(item: Indicator, plan: Plan) -> str:
    """Return the wrong side of the plan's line: 低于 85% 线, 高于 15% 上限."""
    return f"{weak_side(item)} {line_label(item, plan.line or 0.0)}"


def title_text(view: View, plan: Plan, drawn: Drawn) -> str:
    if view.item.helpable and plan.line is None:
        return f"{view.item.label}{NO_LINE_TO_MISS}"
    weak = weak_side_of(view, plan)
    if not drawn.weak:
        return f"{drawn.villages} 个村里没有{weak}的村，抽几个都抽不中"
    many = plan.villages if plan.townships is None else f"{plan.townships} 镇各 {plan.villages}"
    total = f"{drawn.villages} 个村中 {drawn.weak} 个{'' if view.item.family == 'births' else weak}"
    likely = "必定" if _certain(plan, drawn) else likely_text(drawn.hit.chance)
    return f"抽 {many} 个村，{likely}抽到{weak_village(view, plan)}（{total}）"


def _certain(plan: Plan, drawn: Drawn) -> bool:
    """Return whether every draw must hold a weak village."""
    sound = drawn.villages - drawn.weak
    return sound == 0 or (plan.townships is None and plan.villages > sound)


def sentence_text(view: View, plan: Plan, drawn: Drawn, county: float) -> str:
    """Return what the picture says: where the drawn result falls, what helps, what it costs."""
    item, parts = view.item, []
    if drawn.rates is not None:
        parts += [_result_text(item, plan, drawn, county), _help_text(item, drawn)]
    else:
        parts.append(f"平均抽中 {drawn.expected_weak:.1f} 个{weak_side_of(view, plan)}的村")
        if item.family == "births":
            parts.append("出生只是背景，不据此安排任何村")
    if drawn.loss is not None and (rule := rule_of(view)) is not None:
        parts.append(f"按方案平均扣 {drawn.loss.points:.1f} 分（最多 {rule.most:g} 分）")
    return "；".join(part for part in parts if part) + "。"


def _result_text(item: Indicator, plan: Plan, drawn: Drawn, county: float) -> str:
    """Return where the drawn result falls beside the true value, and how likely it misses."""
    low, high = _pct(item, drawn.low), _pct(item, drawn.high)
    true, unit = f"全县真值 {value_text(item, county)}", unit_suffix(item)
    line = line_side(item, plan)
    if low == high and drawn.miss.chance in (0.0, 1.0):
        never = "，不" if drawn.miss.chance == 0.0 else "，"
        return f"{true}，抽到的合计总是 {low}{unit}{never}{line}"
    likely = likely_text(drawn.miss.chance)
    return f"{true}，抽到的合计九成落在 {low}–{high}{unit}，{likely}{line}"


def _pct(item: Indicator, share: float) -> str:
    return number_text(item.factor * share, 1)


def _help_text(item: Indicator, drawn: Drawn) -> str:
    """Return how many villages must reach the line before the draw is likelier to pass than not."""
    if drawn.miss.chance <= HALF:
        return f"{PASSED}的可能已经过半"
    if drawn.needed is None:
        together = f"须{COUNTY}一起{improve_word(item)}"
        return f"只把{SHORT_VILLAGE}{mend_to(item, line_kind(item))}还不够，{together}"
    reached = f"要有 {drawn.needed} 个村{come_to_line(item)}"
    if drawn.largest_drop < 0.005:
        return f"只{mend_word(item)}一个村基本没用，{reached}才降到一半以下"
    return f"{reached}，才降到一半以下"


def formula_text(view: View, plan: Plan, drawn: Drawn) -> str:
    total, weak, m = drawn.villages, drawn.weak, plan.villages
    chance = drawn.hit.chance
    hit = f"{100 * chance:.{1 if 0.0005 < chance < 0.9995 else 4}f}%"
    if chance > 0.999999 and not _certain(plan, drawn):
        hit = "99.9999% 以上"
    if plan.proportional:
        low, high = (100 * v for v in (drawn.hit.lower, drawn.hit.upper))
        return (
            f"按规模抽没有简单公式：模拟 10 万次，"
            f"至少抽到一个{weak_village(view, plan)} {hit}（模拟误差 {low:.1f}–{high:.1f}%）"
        )
    if plan.townships is not None:
        return (
            f"P = 1 − e(q)/C({drawn.towns}, {plan.townships}) = {hit}：q 为各乡镇抽 {m} 个村"
            f"都不中的可能，e 为其中任 {plan.townships} 个的乘积之和；精确值"
        )
    return (
        f"P = 1 − C(N−K, m) / C(N, m) = 1 − C({total - weak}, {m}) / C({total}, {m}) = {hit}："
        f"N={total} 个村，K={weak} 个{weak_village(view, plan)}，m={m}；超几何分布，精确值"
    )


def notes_of(view: View, plan: Plan, found: DrawnFrom, drawn: Drawn) -> list[str]:
    notes = []
    gone = [f"{t}{n}" for t, n, u in zip(found.towns, found.names, found.unknown, strict=True) if u]
    if gone:
        notes.append(
            f"{len(gone)} 个村未报，可能被抽中而不知强弱：{joined(gone)}；"
            f"若都算{weak_village(view, plan)}，可能为 {probability_text(drawn.hit_if_unknown)}"
        )
    if view.item.helpable and plan.line is not None:
        side = wrong_side(view.item)
        notes.append(f"{SHORT_VILLAGE}按检查人看到的原始率算：{side}就算，不论村大小")
        notes += _not_the_list(view)
    if drawn.exact and plan.townships is None and drawn.weak:
        notes.append(_by_number(drawn, weak_village(view, plan)))
    if drawn.rates is not None:
        low, high = (100 * v for v in (drawn.miss.lower, drawn.miss.upper))
        sure = f"{low:.1f}" == f"{high:.1f}"
        error = "" if sure else f"，{SHORT}的可能误差 {low:.1f}–{high:.1f}%"
        notes.append(f"合计的分布为模拟 10 万次{error}")
        reach = _pct(view.item, drawn.reach) + unit_suffix(view.item)
        notes.append(mending_note(view.item, reach))
    if (rule := rule_of(view)) is not None:
        parts = [f"每个{weak_village(view, plan)}扣 {rule.points_per_weak:g} 分"]
        missed = f"{SHORT}扣 {rule.points_missed:g} 分"
        parts += [missed] if drawn.rates is not None else []
        notes.append(f"扣分：{'，'.join(parts)}，合计不超过 {rule.most:g} 分（{rule.source}）")
    else:
        notes.append("方案里没有抽查扣分的规定，不算扣分")
    if view.item.historical:
        notes.append("历史口径")
    return notes


def _not_the_list(view: View) -> list[str]:
    """Return that the draw's weak villages are not the month's list, and how many that has."""
    standing = ledger_of(view).standing(view.indicator, "village")
    if standing is None:
        return []
    return [not_the_list_text(int(standing.announced.sum()))]


def _by_number(drawn: Drawn, weak: str) -> str:
    """Return how the chance of a weak village grows with the number drawn."""
    told = [
        f"{m} 个 "
        + (
            "必定"
            if drawn.weak + m > drawn.villages
            else probability_text(float(stats.draw_risk(drawn.villages, drawn.weak, m)))
        )
        for m in TOLD
        if m <= drawn.villages
    ]
    return f"抽到{weak}的可能：抽 {'，'.join(told)}"
