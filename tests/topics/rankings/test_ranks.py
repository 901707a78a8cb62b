"""A rank that is shown lies in the interval that is shown beside it, wherever there is one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.topics.rankings.answer.ranking import ranking
from tests.examples.test_tw_births import example, excerpt  # noqa: F401
from tests.store import workspaces as w
from tests.topics import months as m
from tests.topics.sentences import view_of
from tools.browser import REPOSITORY


def outside(view: View) -> tuple[int, int]:
    """Return how many ranks of all indicators and windows lie outside their interval, and all."""
    wrong = shown = 0
    for key, item in view.ws.indicators.items():
        for window in item.windows if "township" in item.levels else ():
            made = ranking(view.with_(indicator=key, window=window))
            known = ~(np.isnan(made.ranks) | np.isnan(made.rank_low))
            held = (made.rank_low <= made.ranks) & (made.ranks <= made.rank_high)
            wrong += int((known & ~held).sum())
            shown += int(known.sum())
    return wrong, shown


@pytest.mark.parametrize("month", [date(2007, 3, 1), date(2008, 9, 1), date(2010, 5, 1)])
def test_on_the_demo(month: date) -> None:
    wrong, shown = outside(view_of(engine(REPOSITORY / "data" / "demo"), month))
    assert wrong == 0 and shown > 150


@pytest.mark.parametrize("month", [date(2015, 4, 1), date(2018, 5, 1), date(2020, 9, 1)])
def test_on_the_excerpt_of_taiwan(excerpt: Path, month: date) -> None:  # noqa: F811
    wrong, shown = outside(view_of(engine(excerpt), month))
    assert wrong == 0 and shown > 0


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A county whose townships tie, lie inside the natural range, and far outside it."""
    rng = np.random.default_rng(20100601)

    def counts(code: str, number: int) -> dict[str, int]:
        boys, girls = (130, 100) if code in w.VILLAGES[3:] else (105, 100)
        moved = rng.integers(-4, 5) if number % 2 else 0
        return {
            "births_p1_m": boys + int(moved),
            "births_p1_f": girls,
            "births_p1_in": 190,
            "migrants_due": 200,
            "migrants_filed": 170,
            "benefits_due": 50,
            "benefits_paid": 50 if number % 3 else 41,
        }

    return m.engine_of(tmp_path_factory.mktemp("ranks"), 15, counts)


@pytest.mark.parametrize("number", [0, 5, 14])
def test_on_a_small_county(made_up: Engine, number: int) -> None:
    wrong, shown = outside(view_of(made_up, w.months(m.FIRST, 15)[number]))
    assert wrong == 0 and shown > 10


def test_all_inside_the_natural_range_share_the_first_rank(made_up: Engine) -> None:
    made = ranking(m.look(made_up, "sex_ratio_p1", m.FIRST, window="month"))
    assert made.ranks.tolist() == [1.0, 2.0]  # 105 lies in the range, 130 does not
    tied = ranking(m.look(made_up, "migrant_filing", m.FIRST, window="month"))
    assert tied.ranks.tolist() == [1.0, 1.0]
