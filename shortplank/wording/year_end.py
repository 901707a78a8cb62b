"""What is said of forecasts of the year's end, and of how they held in finished years."""

from __future__ import annotations

from shortplank.wording.limits import TOO_FEW_YEARS
from shortplank.wording.numbers import number_text

# Why no chance stands beside a forecast; without a target there would be none anyway.
NO_CHANCE = "不推算可能"
UNTRIED = f"{TOO_FEW_YEARS}，这种预测没有回测过"
UNSURE = "回测不够准"
NOT_TESTED_ANEW = "完整的统计年度不足三个，这种预测没有回测过"
NOT_CALIBRATED = "回测中达标与否说得不准，不推算达标的可能"
NO_PLACE = "年末时点数不预测名次"
ANEW = "这是每年从头计起的年末时点数，只按以往各年同月以后的走势推算"
ANEW_TOO_WIDE = "各年的走势相差太大，推算不出"


def back_test_text(times: float, covered: float) -> str:
    """Return how forecasts of finished years came out.

    >>> back_test_text(374, 0.974)
    '用同一方法回测 374 次，97% 落在区间内'
    """
    return f"用同一方法回测 {number_text(times)} 次，{number_text(100 * covered)}% 落在区间内"


def not_held_text(names: str = "", *, asked: bool = True) -> str:
    """Return that a back-test does not hold, and what follows; ``asked`` is for a chance.

    >>> not_held_text("统计准确率"), not_held_text(asked=False)
    ('统计准确率回测不够准，不推算可能', '回测不够准，区间仅供参考')
    """
    return f"{names}{UNSURE}，{NO_CHANCE if asked else '区间仅供参考'}"


def not_tested_text(*, asked: bool) -> str:
    """Return that no forecast could be tested, and what follows; ``asked`` is for a chance."""
    return f"{UNTRIED}，{NO_CHANCE}" if asked else UNTRIED
