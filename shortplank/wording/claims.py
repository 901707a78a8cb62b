"""Sentences that nothing stands out: how many things were tested is part of every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from shortplank.wording.chance import BY_CHANCE
from shortplank.wording.limits import OUTSIDE_LIMITS
from shortplank.wording.naming import joined
from shortplank.wording.sides import COUNTY, WORSE

UNTESTED = "未作检验"
NOT_JUDGED = ("none", "too_few")


@dataclass(frozen=True)
class Tally:
    """How many things a test was made of, how many it found, and how many have no test."""

    tested: int
    found: int
    untested: int = 0

    @classmethod
    def of_codes(cls, codes: Iterable[str], inside: Sequence[str] = ("similar",)) -> Tally:
        """Return the tally of verdict codes; those of ``inside`` are no finding."""
        every = list(codes)
        judged = [code for code in every if code not in NOT_JUDGED]
        found = sum(code not in inside for code in judged)
        return cls(len(judged), found, len(every) - len(judged))

    @classmethod
    def of_changes(cls, changes: Iterable[tuple[float, float, float]]) -> Tally:
        """Return the tally of (difference, lower, upper); an unknown difference is no thing."""
        known = [(low, high) for change, low, high in changes if not np.isnan(change)]
        tested = [(low, high) for low, high in known if not np.isnan(low)]
        found = sum(low > 0 or high < 0 for low, high in tested)
        return cls(len(tested), found, len(known) - len(tested))

    @property
    def clear(self) -> bool:
        """Return whether something was tested and nothing was found."""
        return self.tested > 0 and not self.found


def all_clear(tally: Tally, unit: str, what: str, claim: str = BY_CHANCE) -> str:
    """Return that nothing stands out, and of how many things; "" where that was not found.

    >>> all_clear(Tally(5, 0, 1), "项指标", "与上年同期的差异")
    '已比较的 5 项指标与上年同期的差异都在偶然范围内'
    >>> all_clear(Tally(0, 0, 4), "项指标", "与上年同期的差异")
    ''
    """
    every = "都" if tally.tested > 1 else ""
    return f"已比较的 {tally.tested} {unit}{what}{every}{claim}" if tally.clear else ""


def none_worse_text(tested: int) -> str:
    """Return that no township's figure is worse than the county beyond the far limits."""
    return f"已比较 {tested} 个数（各乡镇 × 各指标），没有一个{WORSE}{COUNTY}而{OUTSIDE_LIMITS}。"


def without_test(names: Sequence[str], what: str) -> str:
    """Return what is shown without a test; "" where everything has one.

    >>> without_test(["出生数", "死亡数"], "与上年同期的差")
    '出生数、死亡数只列数，与上年同期的差未作检验'
    """
    return f"{joined(names)}只列数，{what}{UNTESTED}" if names else ""
