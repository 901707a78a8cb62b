"""The words that say a direction or a verdict: spelled in wording and nowhere above it."""

from __future__ import annotations

from shortplank.wording.chance import BY_CHANCE
from shortplank.wording.sides import (
    BETTER,
    FEWER,
    LIFT_TO,
    MISSED,
    MORE,
    OFF_RANGE,
    OVER,
    REACH,
    UNDER,
    WORSE,
)
from shortplank.wording.verdicts import VERDICT_WORDS

DIRECTIONS = (OVER, UNDER, BETTER, WORSE, OFF_RANGE, REACH, MORE, FEWER, LIFT_TO, "上升", "下降")
EXTREMES = ("最低", "最高", "最短")
VERDICTS = (VERDICT_WORDS["similar"], BY_CHANCE, MISSED, "未达", "偶然", "超出", "不足")
RESERVED = (*DIRECTIONS, *EXTREMES, *VERDICTS)
