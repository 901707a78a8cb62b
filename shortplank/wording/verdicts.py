"""Verdicts and states: their words, marks and legends."""

from __future__ import annotations

from shortplank.catalogue.models import Indicator
from shortplank.wording.judged import (
    ALIKE,
    CLEARLY_OFF,
    CLEARLY_OVER,
    CLEARLY_UNDER,
    CLEARLY_WORSE,
    LISTED,
    TOO_FEW,
    apart_text,
    apart_word,
)
from shortplank.wording.naming import home_whole
from shortplank.wording.sides import (
    BETTER,
    WORSE,
    against_text,
    county_side,
)

VERDICT_WORDS = {
    "better": "好",
    "worse": "差",
    "similar": "难分高低",
    "higher": "高",
    "lower": "低",
    "too_few": "样本太少",
    "none": "不作评价",
}
VERDICT_MARKS = {
    "better": "▲",
    "worse": "▼",
    "similar": "●",
    "higher": "△",
    "lower": "▽",
    "too_few": "○",
    "none": "–",
}
# Legends of many marks at once: each is held against its own 95 % interval, uncorrected, so that
# none of them alone is "beyond chance"; the sentences say how many chance alone would give.
BEYOND_INTERVAL = "超出 95% 区间"
NOT_BEYOND_INTERVAL = "未超出 95% 区间"
RANGE_LONG = {
    "better": "在{range}之内",
    "worse": "偏离{range}，" + BEYOND_INTERVAL,
    "similar": "与{range}的差异" + NOT_BEYOND_INTERVAL,
    "too_few": "样本太少，不作评价",
}
# Of sex ratios: what a mark says, and a cell that nothing is announced of.
RATIO_MARKS = "△ 和边框为列入核对的"
# The same, where cells have no edge; and what the two colours of a cell mean.
RATIO_MARK = "△ 为列入核对的"
ABOVE_RANGE, BELOW_RANGE = "高于自然范围", "低于自然范围"
ONLY_FIGURES = "只列数"
# What the month's ledger says of a unit, as a column of a table has it.
LEDGER_WORDS = {
    "worse": CLEARLY_WORSE,
    "higher": CLEARLY_OVER,
    "lower": CLEARLY_UNDER,
    "similar": ALIKE,
    "too_few": TOO_FEW,
    "none": ONLY_FIGURES,
}
STATE_WORDS = {
    "missing": "未报",
    "not_expected": "不适用",
    "suppressed": "不公布",
    "too_few": "样本太少",
    "not_full": "时段未满",
}


def county_sides() -> dict[str, str]:
    """Return what a verdict against the home says, by its code: 好于全县."""
    return {
        "better": f"{BETTER}{home_whole()}",
        "worse": f"{WORSE}{home_whole()}",
        "higher": county_side(above=True),
        "lower": county_side(above=False),
    }


def verdict_long() -> dict[str, str]:
    """Return what a verdict says in full, by its code."""
    return {
        **{code: f"{side}，{BEYOND_INTERVAL}" for code, side in county_sides().items()},
        "similar": f"与{home_whole()}的差异{NOT_BEYOND_INTERVAL}",
        "too_few": "样本太少，不作评价",
    }


def mixed_ledger() -> dict[str, str]:
    """Return what the month's ledger says of a unit, as a legend of many indicators' marks."""
    return {
        "similar": ALIKE,
        "too_few": TOO_FEW,
        "worse": f"{CLEARLY_WORSE}{home_whole()}（有范围的：{CLEARLY_OFF}），{LISTED}",
        "higher": f"{CLEARLY_OVER}自然范围，{LISTED}",
        "lower": f"{CLEARLY_UNDER}自然范围，{LISTED}",
    }


def legend_words(item: Indicator, code: str) -> str | None:
    """Return what a verdict's colour means for an indicator, None where it means nothing."""
    if item.target_range is None:
        return verdict_long().get(code)
    text = RANGE_LONG.get(code)
    return None if text is None else text.format(range=against_text(item))


def ledger_word(item: Indicator, code: str) -> str:
    """Return what the month's ledger says of a unit, for a column: 明显差于, 看不出差别."""
    return apart_word(item) if code == "worse" else LEDGER_WORDS[code]


def ledger_legend(item: Indicator, code: str) -> str | None:
    """Return what a mark means that the month's ledger gave: 明显差于全县，列入核对.

    None for the mark of what is not judged: it means nothing.
    """
    if code not in ("worse", "higher", "lower"):
        return mixed_ledger().get(code)
    above = None if code == "worse" else code == "higher"
    return f"{apart_text(item, above=above)}，{LISTED}"
