"""The moving of cases, on tables small enough to see through, and for other seeds."""

from __future__ import annotations

import numpy as np
import pytest

from shortplank.demo import speech
from shortplank.demo.births import draw_births
from shortplank.demo.moving import (
    Between,
    CountBeyond,
    Largest,
    LowestRoundsTo,
    Ratio,
    Tally,
    misses,
    move_fewest,
    rounds_to,
)
from shortplank.demo.register import load_levels, load_register
from shortplank.demo.stocks import sizes
from shortplank.errors import ShortplankError

SHARE = Ratio(("in",), ("in", "out"))
OUT = Ratio(("out",))
FLIPS = (("in", "out"), ("out", "in"))


def tally(counts: list[list[int]], moves: tuple = FLIPS) -> Tally:  # type: ignore[type-arg]
    return Tally(("in", "out"), np.array(counts), moves, np.zeros(len(counts), dtype=np.int64))


def test_a_met_table_is_left_alone() -> None:
    table = tally([[9, 1]])
    assert move_fewest(table, [rounds_to(SHARE, 90.0, 2)], np.random.default_rng(1)) == []


def test_the_fewest_cases_bring_a_share_to_its_figure() -> None:
    """Of 200 cases 180 are 90 %: five must move."""
    table = tally([[95, 5], [90, 10]])
    moved = move_fewest(table, [rounds_to(SHARE, 90.0, 2)], np.random.default_rng(1))
    assert [move for _, move in moved] == [("in", "out")] * 5
    assert table.counts.sum(axis=0).tolist() == [180, 20]


def test_a_total_that_cannot_round_to_the_figure_is_changed() -> None:
    """100 cases never make 90.91 %, 99 or 110 do."""
    table = tally([[91, 9]], (*FLIPS, (None, "in"), ("in", None)))
    move_fewest(table, [rounds_to(SHARE, 90.91, 2)], np.random.default_rng(1))
    within, out = table.counts[0].tolist()
    assert round(100 * within / (within + out), 2) == 90.91


def test_the_nearest_units_cross_a_line() -> None:
    table = tally([[50, 50], [88, 12], [95, 5], [99, 1]])
    moved = move_fewest(table, [CountBeyond(SHARE, "below", 90.0, 1)], np.random.default_rng(1))
    assert moved == [(1, ("out", "in"))] * 2


def test_a_line_may_be_the_value_of_all() -> None:
    table = tally([[90, 10], [90, 10], [96, 4]])
    below = CountBeyond(SHARE, "below", None, 1)
    move_fewest(table, [below], np.random.default_rng(1))
    share = table.counts[:, 0] / 100
    assert (share < share.mean()).sum() == 1


def test_extremes_are_met_and_not_passed() -> None:
    table = tally([[18, 9], [30, 2], [5, 4], [60, 7]])
    constraints = [
        Largest(OUT, 10, Ratio(("in", "out")), least=40),
        LowestRoundsTo(SHARE, 69.23, 2, least=20),
    ]
    moves = (*FLIPS, (None, "in"), ("in", None))
    table.moves = moves
    move_fewest(table, constraints, np.random.default_rng(1))
    share = 100 * table.counts[:, 0] / table.counts.sum(axis=1)
    assert round(float(share.min()), 2) == 69.23
    assert table.counts[:, 1].max() == 10


def test_what_cannot_be_met_is_refused() -> None:
    table = tally([[1, 1]])
    with pytest.raises(ShortplankError, match="无法满足"):
        move_fewest(table, [Between(OUT, 5, 5)], np.random.default_rng(1))


def test_another_seed_meets_the_speech_too() -> None:
    """The moving is general: nothing in it is fitted to the demo's own seed."""
    register = load_register()
    births = draw_births(7, register, sizes(register, load_levels(register)["pop_end"]))
    year = [t for t in range(births.total.shape[1]) if 24 <= t < 36]
    rows = register.current
    within = births.within[:, rows][:, :, year].sum(axis=(0, 2))
    out = births.out[:, rows][:, :, year].sum(axis=(0, 2))
    block = speech.POLICY
    table = Tally(
        block.columns, np.stack([within, out], axis=1), block.moves, register.township_of[rows]
    )
    assert misses(table, block.constraints) == 0
    assert (births.migrants <= births.out.sum(axis=0)).all()
    assert sum(births.moved.values()) < 120
