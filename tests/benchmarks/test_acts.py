"""What the visitors of a crowd do: followed by a visitor who only notes it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.crowds.acts import TOGETHER, InMeeting, stray
from benchmarks.visitor import Choice, Link, Screen
from tests.running import run_async

MONTHS = tuple(f"2009-{month:02}" for month in range(1, 13))
ORDER = [("overview", ""), ("trends", "indicator=a"), ("rankings", "indicator=a")]


@dataclass
class Noting:
    """Stands where a visitor would, and notes where it is sent."""

    screen: Screen
    went: list[str] = field(default_factory=list)

    async def follow(self, link: Link) -> float:
        self.went.append(f"{link.page_hash}?{link.query}")
        return 0.0

    async def choose(self, key: str, option: str) -> float:
        known = self.screen.choices[key]
        self.screen.choices[key] = Choice(known.name, known.options, option, known.kind)
        self.went.append(option)
        return 0.0


def noting() -> Noting:
    pages = {page: page for page in ("overview", "trends", "rankings", "audit")}
    month = Choice("month", MONTHS, MONTHS[-1], "string_value")
    links = [Link("audit", "")]
    return Noting(Screen("overview", "", pages, {"month": month}, links))


def test_who_strays_looks_at_every_month_about_as_often() -> None:
    visitor, chance = noting(), random.Random(1)
    for _ in range(2400):
        run_async(stray(visitor, chance))  # type: ignore[arg-type]
    seen = Counter(step for step in visitor.went if step in MONTHS)
    assert set(seen) == set(MONTHS)
    assert min(seen.values()) > 0.6 * max(seen.values())


def test_in_a_meeting_four_of_five_steps_follow_the_order_and_none_is_left_out() -> None:
    visitor, chance, act = noting(), random.Random(1), InMeeting(ORDER)
    steps = [run_async(act(visitor, chance))[0] for _ in range(500)]  # type: ignore[arg-type]
    assert abs(steps.count("stop") / 500 - TOGETHER) < 0.05
    stops = [went for went, step in zip(visitor.went, steps, strict=True) if step == "stop"]
    expected = [f"{page}?{query}" for page, query in ORDER]
    assert stops == [expected[at % 3] for at in range(len(stops))]
