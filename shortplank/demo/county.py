"""The whole demo county in memory: every dataset's rows, each with the days it was known on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from shortplank.demo import bulletins, checks, filings, townships
from shortplank.demo.births import draw_births, draw_late
from shortplank.demo.calendar import RECOUNTS
from shortplank.demo.filings import Restatement
from shortplank.demo.months import MONTHS, index_of
from shortplank.demo.register import Register, load_levels, load_register
from shortplank.demo.stocks import Stocks, draw_stocks, sizes


@dataclass(frozen=True)
class County:
    """Rows of every dataset, and what editions and registers need besides."""

    register: Register
    frames: dict[str, pd.DataFrame]
    stocks: Stocks
    restatements: list[Restatement]
    moved: dict[str, int]
    """Cases moved to meet the speech, by block."""


def generate(seed: int) -> County:
    """Return the county of a seed; the same seed gives the same rows."""
    register = load_register()
    levels = load_levels(register)
    births = draw_births(seed, register, sizes(register, levels["pop_end"]))
    found = checks.draw_found(seed, births)
    restated = [
        (newly.sum(axis=(0, 2)), [index_of(month) for month in recount.restated])
        for newly, recount in zip(found, RECOUNTS, strict=True)
    ]
    late = draw_late(seed, births, restated)
    stocks = draw_stocks(seed, register, levels)
    monthly, moved = townships.draw_townships(seed, register)
    restatements = filings.draw_restatements(seed, register)
    received = filings.draw_received(seed, register, restatements)
    frames = {
        "village_month": filings.village_frame(
            register, births, late, stocks, received, restatements
        ),
        "township_month": filings.township_frame(register, monthly, received, restatements),
        "township_quarter": filings.quarter_frame(
            register, townships.draw_quarters(seed, register), received
        ),
        "recount": checks.recount_frame(register, births, found),
        "inspection": checks.inspection_frame(seed, register, births),
        "cross_source": checks.cross_source_frame(seed, register, births),
        "submission": filings.submission_frame(received, restatements),
    }
    home = {month: bulletins.home_parts(frames, register, month) for month in MONTHS}
    frames["peer_month"] = bulletins.peer_frame(seed, home)
    frames["city_month"] = bulletins.city_frame(seed, home)
    return County(register, frames, stocks, restatements, {**births.moved, **moved})
