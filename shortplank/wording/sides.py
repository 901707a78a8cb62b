"""On which side of a line, a range or the county the weaker ones stand: read from polarity."""

from __future__ import annotations

from collections.abc import Sequence

from shortplank.catalogue.models import Indicator
from shortplank.wording.naming import home_whole
from shortplank.wording.numbers import minus_text, number_text, points_text, unit_suffix

OVER = "高于"
UNDER = "低于"
BETTER = "好于"
WORSE = "差于"
OFF_RANGE = "偏离"
COUNTY = "全县"
REACH = "达到"
MORE = "再增"
FEWER = "再减"
LIFT = "补"
LIFT_TO = "补到"
MET = f"{REACH}目标"
MISSED = "未达目标"
CEILING = "上限"


def side_word(*, above: bool) -> str:
    """Return a side by itself, where it is known and not read from polarity: 高于, 低于."""
    return OVER if above else UNDER


def target_text(item: Indicator, value: float, target: float) -> str:
    """Return how far a value is from its target or line: 比 85% 目标低 2.1 个百分点."""
    gap = round(value - target, 1)
    unit = {"%": " 个百分点", "‰": " 个千分点"}.get(item.unit, "")
    line = f"{target:g}{unit_suffix(item)} {line_word(item)}"
    if gap == 0:
        return f"正好{REACH} {line}"
    return f"比 {line}{'高' if gap > 0 else '低'} {number_text(abs(gap), 1)}{unit}"


def against_text(item: Indicator) -> str:
    """Return what areas are compared with: the county, or the natural or reasonable range."""
    if item.target_range is None:
        return home_whole()
    low, high = item.target_range
    return f"{range_name(item)}（{number_text(low)}–{number_text(high)}）"


def weak_side(item: Indicator) -> str:
    """Return on which side of a line or of the county the weaker ones stand: 低于, 高于, 偏离.

    Of a range it is either side: 偏离 goes with the range, not with the county.
    """
    return {"down": OVER, "range": OFF_RANGE}.get(item.polarity, UNDER)


def weak_text(item: Indicator) -> str:
    """Return where the weaker ones stand to what they are held against: 低于全县, 偏离合理范围."""
    return f"{weak_side(item)}{home_whole() if item.target_range is None else range_name(item)}"


def is_weak(item: Indicator, value: float, line: float) -> bool:
    """Return whether a value is on the wrong side of a line."""
    return bool(value > line if item.polarity == "down" else value < line)


def has_target(item: Indicator) -> bool:
    """Return whether a line is a target: births and background carry only lines."""
    return item.family not in ("births", "context")


def line_word(item: Indicator) -> str:
    """Return what a line is called: 目标, 线."""
    return "目标" if has_target(item) else "线"


def has_ceiling(item: Indicator) -> bool:
    """Return whether a line for villages is not to be passed.

    Births have no ceiling, only lines that are counted against.
    """
    return item.helpable and item.polarity == "down"


def line_kind(item: Indicator) -> str:
    """Return what a line for villages is: 线 to be reached, 上限 not to be passed."""
    return CEILING if has_ceiling(item) else "线"


def line_label(item: Indicator, value: float) -> str:
    """Return a line with its value: 85% 线, 15% 上限."""
    return f"{value:g}{unit_suffix(item)} {line_kind(item)}"


def wrong_side(item: Indicator) -> str:
    """Return the wrong side of the line, whatever its value: 低于线, 高于上限."""
    return f"{weak_side(item)}{line_kind(item)}"


def wrong_sides(items: Sequence[Indicator]) -> str:
    """Return the wrong side of the lines of several indicators: 差于线 where they differ."""
    sides = {wrong_side(item) for item in items}
    return sides.pop() if len(sides) == 1 else f"{WORSE}线"


def range_name(item: Indicator) -> str:
    """Return what an indicator's target range is called: 自然范围, 合理范围."""
    return "自然范围" if item.interval == "srb" else "合理范围"


def county_side(*, above: bool) -> str:
    """Return on which side of the county something lies: 高于全县, 低于全县."""
    return f"{side_word(above=above)}{home_whole()}"


def weakest_word(item: Indicator) -> str:
    """Return what the weakest rate is called: 率最低, 率最高, 偏离最多."""
    return {"down": "率最高", "range": f"{OFF_RANGE}最多"}.get(item.polarity, "率最低")


def extremes_text(high: str, low: str) -> str:
    """Return who has the most and who the fewest of something, to go on with."""
    return f"最高的是{high}，最低的是{low}"


def lowest_text(what: str, value: str) -> str:
    """Return what the lowest of something is: 村级政策符合率最低 69.23%."""
    return f"{what}最低 {value}"


def check_term(item: Indicator) -> str:
    """Return what a card's first check is called: 低于线先核对, 高于上限先核对."""
    side = wrong_side(item) if item.target_range is None else weak_text(item)
    return f"{side}先核对"


def range_wish(low: float, high: float) -> str:
    """Return what is wished of an indicator with a range."""
    return f"在 {low:g} 至 {high:g} 之间为好，两边{OFF_RANGE}都要看"


def skill_text(*, better: bool) -> str:
    """Return whether a forecast's verdicts beat the plain mean, to go on with."""
    return f"{BETTER}只报平均数" if better else "不比只报平均数更准"


# --- the distance to a line -----------------------------------------------------------------------
def gap_from_line(item: Indicator, gap: float, label: str) -> str:
    """Return how far a value is from a line, to go on with: 距 85% 线差 2.1 个百分点.

    ``gap`` is the value less the line; of a ceiling: 高出 15% 上限 …, 低于 15% 上限 ….
    """
    far = points_text(item, abs(gap), 2).lstrip("+")
    if round(gap, 2) == 0:
        return f"正在 {label}上"
    if is_weak(item, gap, 0.0):
        return f"高出 {label} {far}" if item.polarity == "down" else f"距 {label}差 {far}"
    return f"{UNDER} {label} {far}" if item.polarity == "down" else f"{BETTER} {label} {far}"


def in_range_text(item: Indicator, value: float) -> str:
    """Return where a value stands to its range: 在合理范围（−5–5）内, 低于合理范围（−5–5）."""
    assert item.target_range is not None
    low, high = item.target_range
    span = minus_text(f"{range_name(item)}（{low:g}–{high:g}）")
    return f"在{span}内" if low <= value <= high else f"{side_word(above=value > high)}{span}"


# --- what would change it -------------------------------------------------------------------------
def reach_word(item: Indicator) -> str:
    """Return how a rate comes to a line: 达到, 降到."""
    return "降到" if item.polarity == "down" else REACH


def reach_text(item: Indicator, goal: str) -> str:
    """Return that a rate comes to a goal: 达到 85.0%, 降到 15.0%."""
    return f"{reach_word(item)} {goal}"


def more_word(item: Indicator) -> str:
    """Return which way cases have to go for the better: 再增, 再减."""
    return FEWER if item.polarity == "down" else MORE


def mend_word(item: Indicator) -> str:
    """Return what is done for a weak village: 补 what is lacking, 帮 where it is too much."""
    return "帮" if item.polarity == "down" else LIFT


def mend_to(item: Indicator, goal: str) -> str:
    """Return that something is brought to a goal: 补到线, 降到上限, 补到 91.2%."""
    return f"{reach_word(item) if item.polarity == 'down' else LIFT_TO}{goal}"


def mended_word(item: Indicator) -> str:
    """Return that a village has been brought there: 补好, 改好."""
    return "改好" if item.polarity == "down" else f"{LIFT}好"


def which_to_mend(item: Indicator) -> str:
    """Return the question which ones are meant, to go on with: 补哪些, 帮哪些."""
    return f"{mend_word(item)}哪些"


def met_line(item: Indicator, label: str, *, met: bool) -> str:
    """Return whether the county comes to its line: 达到 85% 线, 仍高于 15% 上限."""
    if item.polarity == "down":
        return f"已在 {label}以内" if met else f"仍{OVER} {label}"
    return f"{REACH} {label}" if met else f"仍未{REACH} {label}"


def come_to_line(item: Indicator) -> str:
    """Return that a village comes to its line, to go on with: 到线, 降到上限."""
    return "降到上限" if has_ceiling(item) else "到线"


def improve_word(item: Indicator) -> str:
    """Return which way the county as a whole has to go: 提高, 降低."""
    return "降低" if item.polarity == "down" else "提高"


def mending_note(item: Indicator, reach: str) -> str:
    """Return what is meant by a village that has been brought to a value, for a note."""
    better = f"{COUNTY}值和{line_kind(item)}中较好的一个"
    return f"“{mended_word(item)}”指{mend_to(item, '')} {reach}（{better}），其他村不变"


# One word for either side of a line, floor or ceiling.
PASSED = "达标"
SHORT = f"未{PASSED}"
SHORT_VILLAGE = f"{SHORT}村"
NO_LINE_TO_MISS = f"没有线，抽到的村谈不上{PASSED}{SHORT}"


def not_enough(item: Indicator, count: int) -> str:
    """Return that helping some villages is not enough for the whole to pass: 只补这 5 个村不够."""
    return f"只{mend_word(item)}这 {count} 个村不够"


def gap_word(item: Indicator) -> str:
    """Return what lies between the county and its line: 缺口, 超出部分; of two counts 缺口."""
    if item.interval == "paired":
        return "缺口"
    return {"down": "超出部分", "range": OFF_RANGE}.get(item.polarity, "缺口")


def pull_word(item: Indicator) -> str:
    """Return which way the weaker ones pull the county: 拉低, 拉高."""
    return "拉高" if item.polarity == "down" else "拉低"


def share_over_gap(item: Indicator) -> str:
    """Return that some villages make up more than the county's whole gap."""
    return f"{'多' if item.polarity == 'down' else '少'}的却比全县的差额还多"


def line_side(item: Indicator, *, above: bool) -> str:
    """Return on which side of its line something lies, without a verdict: 高于线, 低于目标."""
    return f"{side_word(above=above)}{line_word(item)}"


def target_met(*, met: bool) -> str:
    """Return whether a target is met, where no interval says how sure that is."""
    return MET if met else MISSED


def meet_text(item: Indicator, goal: str) -> str:
    """Return what is hoped for, to go on with: 达到 84%, 不超过 5%."""
    return f"不超过 {goal}" if item.polarity == "down" else f"{REACH} {goal}"


def met_text(item: Indicator, goal: str, *, met: bool) -> str:
    """Return how a target came out: 达到 84%, 未达 84%, 未超过 5%, 超过 5%."""
    if item.polarity == "down":
        return f"未超过 {goal}" if met else f"超过 {goal}"
    return f"{REACH} {goal}" if met else f"未达 {goal}"


MEET_CHANCE = f"{MET}的可能"
