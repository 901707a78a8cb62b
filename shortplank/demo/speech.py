"""The figures of the speech that the demo county reproduces, each as a constraint on a tally.

This is the one place where they stand. The generator draws rare events first, then `moving` moves
the fewest cases that make the tallies meet these lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

from shortplank.demo.moving import (
    Between,
    Constraint,
    CountBeyond,
    Largest,
    LowestRoundsTo,
    Move,
    Ratio,
    rounds_to,
)

YEAR = 2009  # the statistical year that the speech looks back on
STANDING_MONTH = date(2009, 9, 1)  # the bulletin that closes it

LEAST_SHOWN_RATE = 20  # births under which a village's compliance is not shown
LEAST_SHOWN_SEX_RATIO = 50  # births under which a sex ratio is not shown


@dataclass(frozen=True)
class Block:
    """Constraints that one tally must meet, and the single cases that may be moved in it."""

    columns: tuple[str, ...]
    moves: tuple[Move, ...]
    constraints: tuple[Constraint, ...]


MOST_OUT = 13  # in one village; it needs births enough not to have the lowest rate as well
LOWEST_COMPLIANCE = 69.23

COMPLIANCE = Ratio(("in",), ("in", "out"))
OUT = Ratio(("out",))
BIRTHS = Ratio(("in", "out"))

# Rows are villages, groups are townships, counts are the year's births.
POLICY = Block(
    columns=("in", "out"),
    moves=(("in", "out"), ("out", "in"), (None, "in"), ("in", None)),
    constraints=(
        Between(BIRTHS, 5500, 5900),
        rounds_to(COMPLIANCE, 90.94, 2),
        CountBeyond(COMPLIANCE, "below", 90.0, 4, scope="group"),
        CountBeyond(OUT, "at_least", 3, 88, weight=9.0),
        Largest(OUT, MOST_OUT, BIRTHS, least=ceil(MOST_OUT / (1.0 - LOWEST_COMPLIANCE / 100.0))),
        LowestRoundsTo(COMPLIANCE, LOWEST_COMPLIANCE, 2, LEAST_SHOWN_RATE),
    ),
)

SEXES = ("p1_m", "p1_f", "p2_m", "p2_f", "p3_m", "p3_f")
SEX_RATIO = Ratio(SEXES[0::2], SEXES[1::2])
FIRST_BIRTHS = Ratio(("p1_m",), ("p1_f",))
SECOND_BIRTHS = Ratio(("p2_m",), ("p2_f",))

# Rows are townships, counts are the year's births by order and sex.
SEX = Block(
    columns=SEXES,
    moves=tuple(
        move
        for male, female in zip(SEXES[0::2], SEXES[1::2], strict=True)
        for move in ((male, female), (female, male))
    ),
    constraints=(
        CountBeyond(SEX_RATIO, "above", 120.0, 4, least=LEAST_SHOWN_SEX_RATIO),
        CountBeyond(SECOND_BIRTHS, "above", 130.0, 11, least=LEAST_SHOWN_SEX_RATIO),
        Between(FIRST_BIRTHS, 104.0, 106.0),
        Between(SECOND_BIRTHS, 134.0, 138.0),
    ),
)

# One row, the county: the year's out-of-policy births.
MIGRANTS = Block(
    columns=("migrant", "local"),
    moves=(("migrant", "local"), ("local", "migrant")),
    constraints=(Between(Ratio(("migrant",), ("migrant", "local")), 90.1, 100.0),),
)

COMPLETION = Ratio(("done",), ("done", "open"))

# Rows are townships: procedures of the statistical year 2010 to date.
PROCEDURES_YEAR = 2010
PROCEDURES = Block(
    columns=("done", "open"),
    moves=(("done", "open"), ("open", "done")),
    constraints=(
        rounds_to(COMPLETION, 90.64, 2),
        CountBeyond(COMPLETION, "below", None, 13),
    ),
)

# Rows are townships: verified sex-selection cases of the year.
CASES = Block(
    columns=("cases",),
    moves=((None, "cases"), ("cases", None)),
    constraints=(Between(Ratio(("cases",)), 12, 12),),
)

# The county's published rank among the 29 at `STANDING_MONTH`.
STANDING = {"overall": 28, "procedure_completion": 29, "migrant_filing": 29}
