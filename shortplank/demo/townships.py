"""What townships report of themselves: the monthly form and the quarterly one.

Procedures, pregnancies and fees exist at township level only; no village figure is ever drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shortplank.demo import speech
from shortplank.demo.months import (
    MONTHS,
    QUARTER_MONTHS,
    by_year,
    months_of_year,
    season,
    statistical_year,
)
from shortplank.demo.moving import Tally, move_fewest
from shortplank.demo.register import Register
from shortplank.demo.streams import stream

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

PROCEDURES_A_MONTH = (60.0, 112.0)  # townships lie between
COMPLETION = {2007: 0.862, 2008: 0.875, 2009: 0.889, 2010: 0.9095}
LEADING_TOWNSHIPS = 3  # clearly ahead of the others in completion
LEADING_BY, TRAILING_BY, COMPLETION_SCATTER = 0.0585, 0.0135, 0.004
BACKLOG = (14.0, 50.0)
BACKLOG_CLEARED = (0.06, 0.66)  # at the start and the end of a statistical year
PREGNANCIES_A_MONTH, EARLY_SHARE = (55.0, 130.0), 0.80
FEES_LEVIED, FEE_SHARE = (24, 200), (0.22, 0.78)  # thousand yuan; collected share
SEX_SELECTION_A_MONTH = 0.065
PETITIONS_A_MONTH, VERIFIABLE_SHARE, CONFIRMED_SHARE = 1.3, 0.62, 0.35

STATIONS = 1
LEADER_POSTS = 2
STAFF_A_VILLAGE = 3  # one village worker and two informants
FUNDS_A_QUARTER = (60, 160)  # thousand yuan


def draw_townships(seed: int, register: Register) -> tuple[dict[str, Counts], dict[str, int]]:
    """Return the monthly form's counts by township and month, and the cases moved."""
    size = (len(register.townships), len(MONTHS))
    counts = {
        **_procedures(seed, size),
        **_backlog(seed, size),
        **_pregnancies(seed, size),
        **_fees(seed, size),
        **_petitions(seed, size),
        "sex_selection_cases": stream(seed, "cases").poisson(SEX_SELECTION_A_MONTH, size=size),
    }
    sent = np.array([[register.sent(code, m) for m in MONTHS] for code in register.townships])
    for name in counts:
        counts[name] = counts[name] * sent
    moved = {
        "procedures": _meet_procedures(seed, counts),
        "cases": _meet_cases(seed, counts["sex_selection_cases"], sent),
    }
    return counts, moved


def _procedures(seed: int, size: tuple[int, int]) -> dict[str, Counts]:
    rng = stream(seed, "procedures")
    level = rng.uniform(*PROCEDURES_A_MONTH, size=size[0])
    due = rng.poisson(level[:, None] * season(0.08, 4))
    own = rng.normal(-TRAILING_BY, COMPLETION_SCATTER, size=size[0])
    leading = rng.choice(size[0], size=LEADING_TOWNSHIPS, replace=False)
    own[leading] = LEADING_BY
    share = np.clip(by_year(COMPLETION) + own[:, None], 0.5, 0.99)
    return {"procedures_due": due, "procedures_done": rng.binomial(due, share)}


def _backlog(seed: int, size: tuple[int, int]) -> dict[str, Counts]:
    """Return the year's backlog: a stock that is cleared step by step until September."""
    rng = stream(seed, "backlog")
    level = rng.uniform(*BACKLOG, size=size[0])
    due, cleared = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for year in sorted({statistical_year(month) for month in MONTHS}):
        months = months_of_year(year)
        due[:, months] = rng.poisson(level)[:, None]
        place = np.array([(MONTHS[t].month - 10) % 12 for t in months]) / 11.0
        aim = BACKLOG_CLEARED[0] + (BACKLOG_CLEARED[1] - BACKLOG_CLEARED[0]) * place
        luck = rng.normal(0.0, 0.08, size=size[0])
        share = np.clip(aim + luck[:, None] * place, 0.0, 1.0)
        cleared[:, months] = np.floor(due[:, months] * share).astype(np.int64)
    return {"backlog_due": due, "backlog_cleared": cleared}


def _pregnancies(seed: int, size: tuple[int, int]) -> dict[str, Counts]:
    rng = stream(seed, "pregnancies")
    level = rng.uniform(*PREGNANCIES_A_MONTH, size=size[0])
    known = rng.poisson(level[:, None] * season(0.06, 4))
    share = np.clip(rng.normal(EARLY_SHARE, 0.02, size=size[0]), 0.5, 0.95)
    return {"pregnancies_known": known, "pregnancies_early": rng.binomial(known, share[:, None])}


def _fees(seed: int, size: tuple[int, int]) -> dict[str, Counts]:
    """Return fees in yuan: levied in thousands, collected in tens."""
    rng = stream(seed, "fees")
    levied = rng.integers(*FEES_LEVIED, size=size) * 1000
    share = rng.uniform(*FEE_SHARE, size=size)
    return {"fees_levied": levied, "fees_collected": (levied * share / 10).astype(np.int64) * 10}


def _petitions(seed: int, size: tuple[int, int]) -> dict[str, Counts]:
    rng = stream(seed, "petitions")
    received = rng.poisson(PETITIONS_A_MONTH, size=size)
    verifiable = rng.binomial(received, VERIFIABLE_SHARE)
    return {
        "petitions_received": received,
        "petitions_verifiable": verifiable,
        "petitions_confirmed": rng.binomial(verifiable, CONFIRMED_SHARE),
    }


# --- meeting the speech ---------------------------------------------------------------------------
def _meet_procedures(seed: int, counts: dict[str, Counts]) -> int:
    rng = stream(seed, "move procedures")
    year = months_of_year(speech.PROCEDURES_YEAR)
    done, due = counts["procedures_done"], counts["procedures_due"]
    still_open = (due - done)[:, year].sum(axis=1)
    block = speech.PROCEDURES
    tally = Tally(
        block.columns, np.stack([np.sum(done[:, year], axis=1), still_open], axis=1), block.moves
    )
    moved = move_fewest(tally, block.constraints, rng)
    for township, (source, _) in moved:
        cells = done[township, year] if source == "done" else (due - done)[township, year]
        month = year[_pick_month(rng, cells)]
        done[township, month] += -1 if source == "done" else 1
    return len(moved)


def _meet_cases(seed: int, cases: Counts, sent: NDArray[np.bool_]) -> int:
    rng = stream(seed, "move cases")
    year = months_of_year(speech.YEAR)
    block = speech.CASES
    tally = Tally(block.columns, cases[:, year].sum(axis=1, keepdims=True), block.moves)
    moved = move_fewest(tally, block.constraints, rng)
    for township, (source, _) in moved:
        cells = cases[township, year] if source else sent[township, year].astype(np.int64)
        cases[township, year[_pick_month(rng, cells)]] += -1 if source else 1
    return len(moved)


def _pick_month(rng: np.random.Generator, weights: Counts) -> int:
    share = np.cumsum(weights)
    return int(np.searchsorted(share, rng.random() * share[-1], side="right"))


# --- quarters -------------------------------------------------------------------------------------
QUARTERS = tuple(t for t, month in enumerate(MONTHS) if month.month in QUARTER_MONTHS)


def draw_quarters(seed: int, register: Register) -> dict[str, Counts]:
    """Return the quarterly form's counts by township and quarter (the columns of `QUARTERS`)."""
    rng = stream(seed, "quarters")
    size = (len(register.townships), len(QUARTERS))
    villages = np.stack(
        [np.bincount(register.township_of, weights=register.valid[:, t]) for t in QUARTERS], axis=1
    ).astype(np.int64)
    posts, staff = np.full(size, LEADER_POSTS), villages * STAFF_A_VILLAGE
    funds = np.repeat(rng.integers(*FUNDS_A_QUARTER, size=size[0])[:, None], size[1], axis=1) * 1000
    stations = np.full(size, STATIONS)
    return {
        "stations": stations,
        "stations_standard": _rising(rng, stations, 0.55, 0.95),
        "village_rooms": villages,
        "village_rooms_standard": _rising(rng, villages, 0.62, 0.88),
        "leader_posts": posts,
        "leaders_in_post": np.minimum(posts, rng.binomial(posts, 0.97)),
        "staff_posts": staff,
        "staff_in_post": rng.binomial(staff, 0.955),
        "funds_due": funds,
        "funds_paid": (funds * rng.uniform(0.82, 1.0, size=size) / 1000).astype(np.int64) * 1000,
        "village_led_villages": _rising(rng, villages, 0.35, 0.60),
    }


def _rising(rng: np.random.Generator, whole: Counts, first: float, last: float) -> Counts:
    """Return a part of ``whole`` that grows from about one share to another and never falls."""
    own = rng.normal(0.0, 0.05, size=whole.shape[:1])
    luck = rng.uniform(size=whole.shape[:1])  # where a township rounds up
    share = np.linspace(first, last, whole.shape[1]) + own[:, None]
    part = np.floor(np.clip(share, 0.0, 1.0) * whole.min(axis=1)[:, None] + luck[:, None])
    return np.asarray(np.minimum(part.astype(np.int64), whole))
