"""The words that say a direction or a verdict: spelled in wording and nowhere above it.

And the twelve phrases of what is announced, each with the one sentence that says what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shortplank.wording.judged import (
    ALIKE,
    BY_R12,
    CLEARLY,
    CLEARLY_OFF,
    CLEARLY_OVER,
    CLEARLY_UNDER,
    CLEARLY_WORSE,
    FELL,
    LIST,
    LISTED,
    MOVED,
    RANK_BETWEEN,
    ROSE,
    SHRUNKEN,
    TOO_FEW,
    TRUE,
    UNMOVED,
)
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
VERDICTS = (VERDICT_WORDS["similar"], MISSED, "未达", "偶然", "超出", "不足")
JUDGED = (CLEARLY, ALIKE, LISTED, LIST, TOO_FEW, SHRUNKEN, TRUE, MOVED, UNMOVED)
RESERVED = (*DIRECTIONS, *EXTREMES, *VERDICTS, *JUDGED)


@dataclass(frozen=True)
class Phrase:
    """A phrase as the dictionary lists it, how it is met in sentences, and what it means."""

    text: str
    spelled: tuple[str, ...]
    """Regular expressions without groups."""
    means: str


PHRASES = (
    Phrase(
        f"{CLEARLY_WORSE}／{CLEARLY_OVER}／{CLEARLY_UNDER}",
        (CLEARLY_WORSE, CLEARLY_OVER, CLEARLY_UNDER, CLEARLY_OFF),
        "差别大到平静的月份里很少见；不说明是什么原因，也不是定论。",
    ),
    Phrase(
        ALIKE,
        (ALIKE,),
        "各单位之间的差别，没有大到能与逐月摆动分开；不等于都一样。",
    ),
    Phrase(
        LISTED,
        (LISTED,),
        "先核对台账和上报，再看要不要帮；不是处理的依据。",
    ),
    Phrase(
        LIST,
        (LIST,),
        "本月列入核对的单位，各页和各份材料用同一份；没有列入的，不等于没有问题。",
    ),
    Phrase(
        TOO_FEW,
        (TOO_FEW,),
        "人数太少，差一两例结果就变，所以不与别处比；不是说做得好或不好。",
    ),
    Phrase(
        "若各村都同全县一样，应有约 N 个",
        ("若各(?:村|乡镇)都(?:同全县(?:（[^）]*）)?一样|是自然的 106)(?:（[^）]*）)?(?=，应有)",),
        "就算各村水平都一样，数有大有小，也会有这么多；相近时，看不出有特别差的村。",
    ),
    Phrase(
        f"{RANK_BETWEEN} A–B 之间",
        (rf"{RANK_BETWEEN} \d+–\d+ 之间",),
        "按现有的数，真实的名次大致在这些位次里；范围宽时，不据名次评比。",
    ),
    Phrase(
        SHRUNKEN,
        (SHRUNKEN,),
        "小村的数忽高忽低，往全县平均靠一些后的率，用来排先后；不是上报的率。",
    ),
    Phrase(
        f"{TRUE}约 N 成",
        (rf"{TRUE}(?:约|不到)[一二三四五六七八九]成",),
        "各单位的差别里，不是逐月摆动的约占几成；不说是哪一个单位。",
    ),
    Phrase(
        MOVED,
        (MOVED, ROSE, FELL),
        "升或降比平常的逐月摆动大；不说明原因，也不等于变好或变差。",
    ),
    Phrase(
        UNMOVED,
        (UNMOVED,),
        "升或降没有大过平常的逐月摆动，还不能说升了或降了；不等于没有变。",
    ),
    Phrase(
        BY_R12,
        (BY_R12,),
        "列不列只看近12个月合计，其他时段只列数，各页才不会说法不一。",
    ),
)
_EVERY = re.compile("|".join(f"({'|'.join(each.spelled)})" for each in PHRASES))


def phrases_in(text: str) -> list[tuple[int, int, Phrase]]:
    """Return where phrases stand in a text: first character, the one after the last, which.

    >>> [(text.text, start) for start, _, text in phrases_in("16 个乡镇看不出差别，本月不列")]
    [('看不出差别', 6)]
    """
    return [
        (match.start(), match.end(), PHRASES[(match.lastindex or 1) - 1])
        for match in _EVERY.finditer(text)
    ]
