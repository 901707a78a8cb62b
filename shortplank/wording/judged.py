"""What is announced, in sentences: who stands apart, who does not, and how sure that is.

Each sentence takes what the month's ledger decided; none of them tests anything. The twelve
phrases of these ideas are spelled here and nowhere else; `glossary` says what each one means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from shortplank.catalogue.models import Indicator, Window
from shortplank.wording.naming import home_itself, home_units, home_whole, joined
from shortplank.wording.numbers import number_text, points_text, points_unit, short_value
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.sides import (
    COUNTY,
    MISSED,
    OFF_RANGE,
    OVER,
    UNDER,
    WORSE,
    range_name,
    weak_side,
    wrong_side,
)

TOWNS, VILLAGES = "乡镇", "村"
CLEARLY = "明显"
CLEARLY_WORSE = f"{CLEARLY}{WORSE}"
CLEARLY_OVER = f"{CLEARLY}{OVER}"
CLEARLY_UNDER = f"{CLEARLY}{UNDER}"
CLEARLY_OFF = f"{CLEARLY}{OFF_RANGE}"
ALIKE = "看不出差别"
LISTED = "列入核对"
LIST = "本月核对名单"
ON_LIST = f"列入{LIST}"
NOT_LISTED = "不列"
TOO_FEW = "数太少，不比"
RANK_BETWEEN = "名次可在"
SHRUNKEN = "折算率"
TRUE = "差别属实的"
MOVED = "确有升降"
ROSE, FELL = "确有上升", "确有下降"
UNMOVED = "升降不明显"
BY_R12 = f"按{WINDOW_LABELS['r12']}判"  # of another window: `judged_by`
NOT_BY_ITSELF = "不单独下结论"
LISTED_BEFORE = "上月已列"
OFF_LIST = f"{LISTED_BEFORE}、本月{NOT_LISTED}"
NOBODY_OFF_LIST = f"没有{OFF_LIST}的乡镇"
OFF_LIST_MEANS = f"{NOT_LISTED}，不等于已经变好：接近界线的单位会一月列、一月{NOT_LISTED}"
DOTS_LISTED = f"有颜色的点为{LISTED}的"
NO_VILLAGE = f"没有村{LISTED}"
ALIKE_RANKS = f"{ALIKE}的，不据名次评比"
YEAR_FIGURES = "同比升降（只列数）"
NO_YEAR_FIGURES = "没有可与上年同期比较的乡镇数"
# The natural ratio that counts are held against, where a workspace sets none.
USUAL = 106.0
FOOTER = "平静的月份，约 20 个月里有 1 个月会误列；先核对，不作处理依据。"

# Why the ledger has nothing on an indicator.
NOT_JUDGED = "这项指标只列数，不列入核对"
NO_WINDOW = "历史不足，没有可判的完整时段"
MONTH_END = "月末"
_CHANGES = "各{}的升降只列数，不作判断"
TOWNS_CHANGES = _CHANGES.format(TOWNS)
STARTS_ANEW = "每个统计年度从头计起，不同上年比"
SAME_MONTH, SAME_YEAR = "上年同月", "上年同期（近12月）"
NOT_JUDGED_HERE = "只列数，不作评价"
OF_SPREAD = "总体差别"
# What a picture draws beside the ledger's marks is no verdict.
LIMITS_DRAWN = f"界限只作图示；列不列看{LIST}"
INTERVALS_DRAWN = f"图中的 95% 区间只作图示；列不列看{LIST}"
# How the limits of a place in an order were found.

Change = Literal["confirmed", "undecided", "under_worth"]
_TENTHS = ("不到一", *(f"约{digit}" for digit in "一二三四五六七八九"))


# --- who stands apart -----------------------------------------------------------------------------
def apart_word(item: Indicator, *, above: bool | None = None) -> str:
    """Return how one stands apart: 明显差于; of a known side 明显高于 or 明显低于.

    Where neither less nor more is better it is 明显偏离, as long as the side is not known.
    """
    if above is not None:
        return CLEARLY_OVER if above else CLEARLY_UNDER
    return CLEARLY_WORSE if item.polarity in ("up", "down") else CLEARLY_OFF


def apart_text(item: Indicator, *, above: bool | None = None) -> str:
    """Return from what one stands apart, too: 明显差于全县, 明显高于自然范围."""
    against = home_whole() if item.target_range is None else range_name(item)
    return f"{apart_word(item, above=above)}{against}"


def named_text(
    item: Indicator,
    names: Sequence[str],
    unit: str,
    count: int | None = None,
    *,
    above: bool | None = None,
) -> str:
    """Return who stands apart and is listed; ``count`` of them where not all are among ``names``.

    湖渡镇等 3 个乡镇明显差于全县，列入本月核对名单
    """
    many = len(names) if count is None else count
    who = "、".join(names) if many == len(names) <= 2 else f"{names[0]}等 {many} 个{unit}"
    return f"{who}{apart_text(item, above=above)}，{ON_LIST}"


def nothing_text(units: int, unit: str, low: float = math.nan, high: float = math.nan) -> str:
    """Return that nobody is told apart, and between which places any of them may stand.

    >>> nothing_text(16, "乡镇", 1, 16)
    '16 个乡镇看不出差别，本月不列；名次可在 1–16 之间，不据此评比'
    >>> nothing_text(185, "村")
    '185 个村看不出差别，本月不列'
    """
    text = f"{units} 个{unit}{ALIKE}，本月{NOT_LISTED}"
    return text if math.isnan(low) else f"{text}；{rank_text(low, high)}，不据此评比"


def rank_text(low: float, high: float) -> str:
    """Return between which places one may stand: 名次可在 1–16 之间.

    >>> rank_text(3, 7)
    '名次可在 3–7 之间'
    """
    return f"{RANK_BETWEEN} {low:.0f}–{high:.0f} 之间"


def too_few_text(item: Indicator, base: float) -> str:
    """Return that there are too few to compare: 出生 38 人，数太少，不比."""
    what = f"出生 {number_text(base)} 人" if item.interval == "srb" else f"n={number_text(base)}"
    return f"{what}，{TOO_FEW}"


# --- lines, spread, change ------------------------------------------------------------------------
def line_text(
    item: Indicator,
    seen: int,
    line_label: str,
    expected: float,
    lower: float,
    upper: float,
    unit: str,
    *,
    county: float = math.nan,
    about: bool = True,
    side: str = "",
    usual: float = USUAL,
) -> str:
    """Return how many stand on the wrong side of a line, and how many would if all were alike.

    146 个村低于 85%；若各村都同全县（82.64%）一样，应有约 150 个（142–159）

    ``about`` says 约; ``side`` is on which side is counted, where it is not the weaker one;
    sex ratios are held against the ``usual`` natural one, and ``county`` is the county's own value.
    """
    who = f"{seen} 个{unit}" if seen else f"没有{unit}"
    text = f"{who}{side or weak_side(item)} {line_label}"
    if math.isnan(expected):
        return text
    many = expected_text(expected, lower, upper, about=about)
    return f"{text}；{alike_text(item, unit, county, usual)}，{many}"


def expected_text(expected: float, lower: float, upper: float, *, about: bool = True) -> str:
    """Return how many there would be, and the range of nine times in ten: 应有约 150 个（142–159）.

    >>> expected_text(149.8, 142, 159), expected_text(94.6, 86, 103, about=False)
    ('应有约 150 个（142–159）', '应有 95 个（86–103）')
    >>> expected_text(16.0, 16, 16, about=False)
    '应有 16 个'
    """
    word = "约 " if about else " "
    low, high = number_text(lower), number_text(upper)
    span = "" if low == high else f"（{low}–{high}）"
    return f"应有{word}{number_text(expected)} 个{span}"


def alike_text(item: Indicator, unit: str, county: float = math.nan, usual: float = USUAL) -> str:
    """Return what is supposed: 若各村都同全县（82.64%）一样, 若各乡镇都是自然的 106."""
    if item.interval == "srb":
        own = "" if math.isnan(county) else f"（{home_whole()} {short_value(item, county)}）"
        return f"若各{unit}都是自然的 {usual:g}{own}"
    own = "" if math.isnan(county) else f"（{number_text(county, item.decimals)}{item.unit}）"
    return f"若各{unit}都同{home_whole()}{own}一样"


def ratio_line_text(
    label: str,
    count: int,
    line: float,
    natural: tuple[float, float, float],
    *,
    usual: float | None,
) -> str:
    """Return how many townships lie above a line of sex ratios, beside the natural number.

    ``natural`` is what would be expected with its range; ``usual`` the ratio supposed, None where
    it was said already.

    >>> ratio_line_text("二孩性别比", 12, 130, (2.3, 0, 5), usual=106)
    '二孩性别比 12 个乡镇高于 130（若都是自然的 106，应有约 2 个，0–5）'
    >>> ratio_line_text("总性别比", 3, 120, (1.9, 0, 4), usual=None)
    '总性别比 3 个乡镇高于 120（应有约 2 个，0–4）'
    """
    expected, lower, upper = (number_text(value) for value in natural)
    supposed = "" if usual is None else f"若都是自然的 {usual:g}，"
    many = f"{count} 个{home_units()}" if count else f"没有{home_units()}"
    return f"{label} {many}{OVER} {line:g}（{supposed}应有约 {expected} 个，{lower}–{upper}）"


def spread_text(unit: str, tenths: int) -> str:
    """Return how much of what the units differ by is no monthly coming and going.

    >>> spread_text("村", 3)
    '各村差别属实的约三成，其余逐月摆动'
    >>> spread_text("村", 0), spread_text("乡镇", 10)
    ('各村差别属实的不到一成，其余逐月摆动', '各乡镇差别几乎全部属实')
    """
    tenths = min(max(tenths, 0), 10)
    if tenths == 10:
        return f"各{unit}差别几乎全部属实"
    return f"各{unit}{TRUE}{_TENTHS[tenths]}成，其余逐月摆动"


def change_text(
    item: Indicator, points: float, change: Change, *, against: str = "上年同月", worth: float = 1.0
) -> str:
    """Return how far something moved, and whether it did for sure.

    比上年同月降 2.1 个百分点，确有下降 / 升降不明显 / 变动不足 1 个百分点
    """
    if change == "under_worth":
        return f"比{against}变动不足 {worth:g} {_counted(item)}"
    if round(points, 1) == 0:
        return f"与{against}持平，{UNMOVED}"
    way = "升" if points > 0 else "降"
    far = points_text(item, abs(points)).lstrip("+")
    return f"比{against}{way} {far}，{moved_word(points) if change == 'confirmed' else UNMOVED}"


def _counted(item: Indicator) -> str:
    unit = points_unit(item)
    return f"个{unit}" if item.unit in ("%", "‰") else unit


def moved_word(points: float) -> str:
    """Return that something moved for sure, and which way: neither is better nor worse.

    >>> moved_word(2.1), moved_word(-2.1)
    ('确有上升', '确有下降')
    """
    return ROSE if points > 0 else FELL


def moved_since_text(word: str, *, stock: bool) -> str:
    """Return since when something moved for sure, beside a difference over another time.

    >>> moved_since_text(ROSE, stock=True)
    '比上年同月确有上升'
    """
    return f"比{SAME_MONTH if stock else SAME_YEAR}{word}"


def stock_text(item: Indicator, months: int, line_label: str = "") -> str:
    """Return that a stock stood on the wrong side of a line for months, and counts but once.

    连续 12 个月低于 85%；名册多是同一批人，只作一次算
    """
    side = f"{weak_side(item)} {line_label}" if line_label else wrong_side(item)
    return f"连续 {months} 个月{side}；名册多是同一批人，只作一次算"


def county_and_unit_text(
    item: Indicator,
    county: float,
    names: Sequence[str],
    *,
    above: bool | None = None,
) -> str:
    """Return that the county stands apart, and which of its units are listed with it.

    全县 115.7，明显高于自然范围；峰浦镇、竹麓乡列入核对，其余不单独下结论
    """
    text = f"{home_whole()} {short_value(item, county)}，{apart_text(item, above=above)}"
    if not names:
        return f"{text}；各单位{NOT_BY_ITSELF}"
    return f"{text}；{joined(names)}{LISTED}，其余{NOT_BY_ITSELF}"


def other_window_text(window: Window, judged: Window = "r12") -> str:
    """Return that a window is looked at and another one decides.

    >>> other_window_text("ytd")
    '本页看年度累计；列不列按近12月判'
    """
    return looks_at_text(WINDOW_LABELS[window], WINDOW_LABELS[judged])


def looks_at_text(shown: str, judged: str) -> str:
    """Return the same of windows that were named already: 本页看年度累计；列不列按近36月判."""
    return f"本页看{shown}；列不列{judged_by(judged)}"


def judged_by(window: str) -> str:
    """Return in which window something is judged.

    >>> judged_by("近36月")
    '按近36月判'
    """
    return f"按{window}判"


def no_year_before(against: str) -> str:
    """Return that the year before has nothing to compare with: 没有可比的上年同期（近12月）."""
    return f"没有可比的{against}"


def not_tested_text(why: str) -> str:
    """Return that nothing was compared, and why.

    >>> not_tested_text("没有可比的上年同期")
    '没有可比的上年同期，未作比较'
    """
    return f"{why}，未作比较"


# --- one announcement -----------------------------------------------------------------------------
def finding_text(
    item: Indicator, who: str, value: float | None, county: float | None, *, above: bool, base: str
) -> str:
    """Return that one stands apart: 峰浦镇流动人口建档率 70.1%，明显差于全县（82.6%），列入核对.

    ``value`` is None where it may not be told; ``base`` says how many it rests on, "" for nothing.
    """
    ranged = item.target_range is not None
    known = value is not None and not math.isnan(value)
    figure = f" {short_value(item, value)}" if known and value is not None else ""
    rests = f"（{base}）" if base and known else ""
    against = apart_text(item, above=above if ranged else None)
    own = "" if ranged or county is None else f"（{short_value(item, county)}）"
    return f"{who}{item.label}{figure}{rests}，{against}{own}，{LISTED}"


def listed_text(
    item: Indicator,
    units: Sequence[tuple[str, str]],
    county: float | None,
    *,
    above: bool,
    window: str = "",
    whole: str = "",
) -> str:
    """Return who is listed, with their figures, and what they stand apart from.

    流动人口建档率：老屋村 69.5%、双店村 73.7%，明显差于全县（82.6%），列入核对

    ``units`` are names with their figure, "" where it may not be told; ``window`` is the judged
    one where other figures of the indicator stand beside; ``whole`` follows the names where they
    are not all: 等 24 个村.
    """
    ranged = item.target_range is not None
    who = "、".join(f"{name} {figure}".strip() for name, figure in units)
    own = "" if ranged or county is None else f"（{short_value(item, county)}）"
    against = apart_text(item, above=above if ranged else None)
    return f"{item.label}{_in(window)}：{who}{whole}，{against}{own}，{LISTED}"


def _in(window: str) -> str:
    """Return the window that a figure is of, behind its label; nothing without one."""
    return f"（{window}）" if window else ""


def month_list_text(counts: Sequence[tuple[str, int]]) -> str:
    """Return who is on the month's list: 1 个乡镇、3 个村列入核对, 没有单位列入核对.

    >>> month_list_text([("乡镇", 1), ("村", 3)]), month_list_text([])
    ('1 个乡镇、3 个村列入核对', '没有单位列入核对')
    """
    who = "、".join(f"{count} 个{unit}" for unit, count in counts)
    return f"{who}{LISTED}" if who else f"没有单位{LISTED}"


def nothing_listed_text(tests: int) -> str:
    """Return that the month lists nobody, of how many comparisons.

    >>> nothing_listed_text(602)
    '共比较 602 项，没有单位列入核对'
    """
    return f"共比较 {number_text(tests)} 项，没有单位{LISTED}"


def none_here_text(tests: int) -> str:
    """Return the same of one township with its villages.

    >>> none_here_text(602)
    '全县共比较 602 项，本乡镇和所属各村都没有列入核对'
    """
    return f"{COUNTY}共比较 {number_text(tests)} 项，本乡镇和所属各村都没有{LISTED}"


def check_text(what: str) -> str:
    """Return what to look at first: 先核对：应建档底数是否含已离开的人."""
    return f"先核对：{what}。"


def missed_text(labels: Sequence[str]) -> str:
    """Return which targets are missed: 流动人口建档率、奖励优惠兑现率等 3 项未达目标."""
    return f"{joined(labels, 2, '项')}{MISSED}"


def place_text(label: str, rank: int, size: int) -> str:
    """Return the county's last place of its indicators: 29 县中最靠后：二孩性别比第 27.

    A first place is none of the last: 22 县中出生性别比第 1.
    """
    last = f"最靠后：{label}" if rank > 1 else label
    return f"{size} 县中{last}第 {rank}"


def county_text(item: Indicator, value: float, *, above: bool, window: str = "") -> str:
    """Return that the county stands apart from its range: 全县…性别比 115.7，明显高于自然范围.

    ``window`` is the judged one where other figures of the indicator stand beside.
    """
    figure = f"{home_whole()}{item.label}{_in(window) or ' '}{short_value(item, value)}"
    return f"{figure}，{apart_text(item, above=above)}"


def also_listed_text(item: Indicator, who: str, value: float | None) -> str:
    """Return that one is listed because others are: 竹麓乡…性别比 118.0，一并列入核对."""
    figure = "" if value is None else f" {short_value(item, value)}"
    return f"{who}{item.label}{figure}，一并{LISTED}"


def moved_text(item: Indicator, points: float, months: int, *, stock: bool) -> str:
    """Return that the county moved for sure: 流动人口建档率比上年同月升 3.2 个百分点，确有上升."""
    if months != 12:
        return f"{item.label}{step_text(item, points, months)}"
    against = SAME_MONTH if stock else SAME_YEAR
    return f"{item.label}{change_text(item, points, 'confirmed', against=against)}"


def step_text(item: Indicator, points: float, months: int) -> str:
    """Return that the last months stand apart: 近 3 个月比此前升 2.1 个百分点，确有上升."""
    told = change_text(item, points, "confirmed", against="此前")
    return f"近 {months} 个月{told}" if months > 1 else f"本月{told}"


def differ_text(item: Indicator, unit: str, tenths: int) -> str:
    """Return that units differ for sure: 流动人口建档率：各村差别属实的约三成，其余逐月摆动."""
    return f"{item.label}：{spread_text(unit, tenths)}"


# --- one unit, many indicators --------------------------------------------------------------------
def unit_text(who: str, found: Mapping[str, Sequence[str]], alike: int) -> str:
    """Return what is announced of one unit, or that nothing is and of how many indicators.

    ``found`` are the labels of its indicators by how they stand apart.

    >>> unit_text("峰浦镇", {"明显高于自然范围": ["出生人口性别比"]}, 12)
    '峰浦镇：出生人口性别比明显高于自然范围，列入本月核对名单'
    >>> unit_text("湖渡镇", {"明显差于全县": ["兑现率", "建档率", "漏建率"]}, 10)
    '湖渡镇：兑现率、建档率等 3 项明显差于全县，列入本月核对名单'
    >>> unit_text("湖渡镇", {}, 13)
    '湖渡镇：13 项指标看不出差别，本月不列'
    """
    if found:
        told = "，".join(f"{joined(labels, 2, '项')}{apart}" for apart, labels in found.items())
        return f"{who}：{told}，{ON_LIST}"
    return f"{who}：{alike} 项指标{ALIKE}，本月{NOT_LISTED}"


def rest_alike_text(rest: int) -> str:
    """Return that a unit's other indicators show no difference; "" where there are none."""
    return f"其余 {rest} 项{ALIKE}" if rest else ""


# --- how it was decided ---------------------------------------------------------------------------
def how_units(item: Indicator, unit: str, compared: int, scatter: float, window: str) -> list[str]:
    """Return how units were compared, for the fold: what with, how many, the scatter."""
    if item.target_range is not None:
        against = f"每个{unit}同{range_name(item)}比，只看超出的一边"
    else:
        small = f"差距不足 {item.worth:g} {_counted(item)}的{NOT_LISTED}"
        against = f"每个{unit}同{home_whole()}其余部分比，{small}"
    lines = [f"{judged_by(window)}：{against}；比较了 {compared} 个{unit}"]
    if scatter > 1.0:
        lines.append(f"计入一同变动：方差放大 {number_text(scatter, 1)} 倍（φ）")
    return lines


def how_tests(tests: int) -> str:
    """Return how the month's tests are decided together, for the fold."""
    return (
        f"本月全部指标共 {number_text(tests)} 项检验，"
        f"分{home_itself()}、{home_units()}、性别比、村和总体差别五类，"
        "一并用加权 Benjamini–Hochberg 校正到 5%"
    )


def how_change(window: str, questions: Sequence[str]) -> list[str]:
    """Return how the county's own figure is judged, for the fold."""
    told = {
        "change": f"同上年比：按{window}的数，方差用各单位自己的升降估计（κ），t 检验",
        "step": "近 1、3、6 个月同此前比：24 个月内，t 检验，Bonferroni 校正",
        "range": f"{home_whole()}的数同范围的上限比：精确检验，只看超出的一边",
    }
    return [told[question] for question in questions if question in told]


def how_p(p: float) -> str:
    """Return a p-value before any correction.

    >>> how_p(0.0312), how_p(1e-9)
    ('校正前 p = 0.031', '校正前 p < 0.001')
    """
    return f"校正前 {_small('p', p)}"


def how_sure_text(who: str, p: float, q: float) -> str:
    """Return how sure one announcement is, for the fold.

    >>> how_sure_text("峰浦镇", 1e-5, 0.0214)
    '峰浦镇：校正前 p < 0.001，校正后 q = 0.021'
    """
    return f"{who}：{how_p(p)}，校正后 {_small('q', q)}"


def _small(name: str, value: float) -> str:
    return f"{name} < 0.001" if value < 0.001 else f"{name} = {value:.3f}"


def few_units() -> str:
    """Return that there are too few units to tell how much they move by themselves."""
    return f"可比的{home_units()}和村太少，看不出正常的升降有多大"


def units_changes() -> str:
    """Return that the ups and downs of units are figures only."""
    return _CHANGES.format(home_units())


def places_known() -> str:
    """Return how far a place in an order is known, for the fold."""
    return f"位次区间（95%）由{SHRUNKEN}推得：各单位先往{home_whole()}平均靠，再看名次能到哪里"
