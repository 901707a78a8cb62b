"""Verdicts and states: their words, marks and legends."""

from __future__ import annotations

from shortplank.catalogue.models import Indicator
from shortplank.wording.sides import (
    BETTER,
    COUNTY,
    MISSED,
    OVER,
    UNDER,
    WORSE,
    against_text,
    county_side,
    has_target,
    line_word,
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
# The same in a column of a table, beside the interval itself.
MOVED, NOT_MOVED = "超出", "未超出"
COUNTY_SIDES = {
    "better": f"{BETTER}{COUNTY}",
    "worse": f"{WORSE}{COUNTY}",
    "higher": county_side(above=True),
    "lower": county_side(above=False),
}
VERDICT_LONG = {
    **{code: f"{side}，{BEYOND_INTERVAL}" for code, side in COUNTY_SIDES.items()},
    "similar": f"与全县的差异{NOT_BEYOND_INTERVAL}",
    "too_few": "样本太少，不作评价",
}
RANGE_LONG = {
    "better": "在{range}之内",
    "worse": "偏离{range}，" + BEYOND_INTERVAL,
    "similar": "与{range}的差异" + NOT_BEYOND_INTERVAL,
    "too_few": "样本太少，不作评价",
}
# Of sex ratios: what a mark says, and a cell that nothing is announced of.
RATIO_MARKS = "△ 和边框为列入核对的"
ONLY_FIGURES = "只列数"
OFF_EITHER_RANGE = "偏离自然或合理范围"
# What the verdicts mean where some rows have a natural or reasonable range of their own.
MIXED_LONG = {
    **VERDICT_LONG,
    "better": f"{COUNTY_SIDES['better']}（有范围的：在范围内），{BEYOND_INTERVAL}",
    "worse": f"{COUNTY_SIDES['worse']}（有范围的：偏离范围），{BEYOND_INTERVAL}",
}
STATE_WORDS = {
    "missing": "未报",
    "not_expected": "不适用",
    "suppressed": "不公布",
    "too_few": "样本太少",
    "not_full": "时段未满",
}


def legend_words(item: Indicator, code: str) -> str | None:
    """Return what a verdict's colour means for an indicator, None where it means nothing."""
    if item.target_range is None:
        return VERDICT_LONG.get(code)
    text = RANGE_LONG.get(code)
    return None if text is None else text.format(range=against_text(item))


def alike_text(what: str) -> str:
    """Return that a value cannot be told from something, in a few characters.

    >>> alike_text("目标")
    '与目标难分高低'
    """
    return f"与{what}{VERDICT_WORDS['similar']}"


def target_verdict(item: Indicator, code: str) -> str | None:
    """Return a verdict against the target or the line in words, None where there is none."""
    word = line_word(item)
    if has_target(item):
        told = {"better": f"{BETTER}{word}", "worse": MISSED, "similar": alike_text(word)}
    else:
        above, below = ("better", "worse") if item.polarity == "up" else ("worse", "better")
        told = {above: f"{OVER}{word}", below: f"{UNDER}{word}", "similar": alike_text(word)}
    return told.get(code)
