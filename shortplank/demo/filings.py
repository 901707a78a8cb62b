"""Reports as townships sent them: in time or late, whole or restated, each known from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from shortplank.demo.births import FEMALE, MALE, Births
from shortplank.demo.calendar import DUE_DAY, PUBLISHING_DAY, edition_after
from shortplank.demo.frames import known, month_rows
from shortplank.demo.months import LAST, MONTHS, add_months, index_of
from shortplank.demo.register import PLANTED_TOWNSHIPS, Register
from shortplank.demo.stocks import Stocks
from shortplank.demo.streams import stream
from shortplank.demo.townships import QUARTERS, Counts

FORMS = ("village_month", "township_month", "township_quarter")
LATE_SHARE = 0.06
LATE_SCATTER = 3.0  # the townships' shares of late reports are Gamma of this shape
VERY_LATE_SHARE = 0.15  # of late reports: they miss their month's edition
Filing = tuple[str, str, date]
"""Form, township, month."""


@dataclass(frozen=True)
class Restatement:
    """A township's report that was sent again, corrected."""

    form: str
    township: str
    month: date
    received: date
    published: date
    reason: str

    @property
    def filing(self) -> Filing:
        """Return which report it replaces."""
        return self.form, self.township, self.month


# Form, month, received again, edition that restates; the townships are drawn.
_RESTATED = (
    ("village_month", date(2009, 4, 1), date(2009, 6, 17), date(2009, 6, 19), "村月报漏登出生"),
    ("township_month", date(2009, 8, 1), date(2009, 11, 18), date(2009, 11, 20), "乡镇表串行"),
    ("village_month", date(2010, 1, 1), date(2010, 3, 17), date(2010, 3, 19), "村月报漏登出生"),
)


def draw_restatements(seed: int, register: Register) -> list[Restatement]:
    """Return the reports that were sent again."""
    rng = stream(seed, "restatements")
    candidates = [code for code in register.townships if code not in PLANTED_TOWNSHIPS]
    towns = rng.choice(candidates, size=len(_RESTATED), replace=False).tolist()
    return [
        Restatement(form, town, month, received, published, reason)
        for town, (form, month, received, published, reason) in zip(towns, _RESTATED, strict=True)
    ]


def draw_received(
    seed: int, register: Register, restatements: list[Restatement]
) -> dict[Filing, date]:
    """Return the day on which each report first came in; one that never came is not there."""
    rng = stream(seed, "received")
    share = rng.gamma(LATE_SCATTER, size=len(register.townships))
    share *= LATE_SHARE / share.mean()
    in_time = {item.filing for item in restatements}
    received = {}
    for month in MONTHS:
        for form in FORMS[: 3 if index_of(month) in QUARTERS else 2]:
            for code, late in zip(register.townships, share.tolist(), strict=True):
                delay = _delay(rng, late, month)
                filing = (form, code, month)
                if register.sent(code, month):
                    delay = min(delay, DUE_DAY) if filing in in_time else delay
                    received[filing] = add_months(month, 1) + timedelta(days=delay - 1)
    return received


def _delay(rng: np.random.Generator, late: float, month: date) -> int:
    """Return the day of the next month on which a report comes in."""
    in_time = int(rng.integers(1, DUE_DAY + 1))
    little = int(rng.integers(DUE_DAY + 1, PUBLISHING_DAY + 1))
    long = int(rng.integers(PUBLISHING_DAY + 3, 27))
    is_late, is_very_late = rng.random() < late, rng.random() < VERY_LATE_SHARE
    if not is_late:
        return in_time
    return long if is_very_late and month < LAST else little


def submission_frame(received: dict[Filing, date], restatements: list[Restatement]) -> pd.DataFrame:
    """Return the register of reports, one row a revision."""
    rows = [
        _submission(filing, 1, day, known_from=edition_after(day))
        for filing, day in received.items()
    ]
    rows += [
        _submission(item.filing, 2, item.received, known_from=item.published)
        for item in restatements
    ]
    return known(rows)


def _submission(filing: Filing, revision: int, day: date, known_from: date) -> dict[str, Any]:
    form, code, month = filing
    return {
        "area_code": code,
        "stat_month": month,
        "form": form,
        "revision": revision,
        "received_at": day,
        "file_sha256": None,
        "sheet": None,
        "cells": None,
        "known_from": known_from,
    }


# --- the reports' rows ----------------------------------------------------------------------------
def village_frame(
    register: Register,
    births: Births,
    late: Counts,
    stocks: Stocks,
    received: dict[Filing, date],
    restatements: list[Restatement],
) -> pd.DataFrame:
    """Return the villages' rows, those of first versions too."""
    values = village_values(births, late, stocks)
    rows = []
    for t, month in enumerate(MONTHS):
        for village in np.flatnonzero(register.expected[:, t]).tolist():
            code = register.townships[register.township_of[village]]
            day = edition_after(received["village_month", code, month])
            row = {"area_code": register.villages[village], "stat_month": month}
            counts = month_rows(values, village, t)
            rows += _versions(
                row, counts, day, ("village_month", code, month), restatements, _with_births_missing
            )
    return known(rows)


def village_values(births: Births, late: Counts, stocks: Stocks) -> dict[str, Counts]:
    """Return the village form's counts, village × month."""
    values = {"pop_end": stocks.pop_end, "deaths": stocks.deaths}
    for order in range(3):
        values[f"births_p{order + 1}_m"] = births.by_sex[MALE, order]
        values[f"births_p{order + 1}_f"] = births.by_sex[FEMALE, order]
    for order in range(3):
        values[f"births_p{order + 1}_in"] = births.within[order]
    values |= {"births_out_migrant": births.migrants, "births_late": late}
    for name in ("migrants_due", "migrants_filed", "benefits_due", "benefits_paid"):
        values[name] = getattr(stocks, name)
    return values


def township_frame(
    register: Register,
    counts: dict[str, Counts],
    received: dict[Filing, date],
    restatements: list[Restatement],
) -> pd.DataFrame:
    """Return the townships' monthly rows, those of first versions too."""
    rows = []
    for t, month in enumerate(MONTHS):
        for place, code in enumerate(register.townships):
            if register.sent(code, month):
                filing = ("township_month", code, month)
                row = {"area_code": code, "stat_month": month}
                rows += _versions(
                    row,
                    month_rows(counts, place, t),
                    edition_after(received[filing]),
                    filing,
                    restatements,
                    _with_columns_swapped,
                )
    return known(rows)


def quarter_frame(
    register: Register, counts: dict[str, Counts], received: dict[Filing, date]
) -> pd.DataFrame:
    """Return the townships' quarterly rows, at the quarter's last month."""
    rows = []
    for place, code in enumerate(register.townships):
        for quarter, t in enumerate(QUARTERS):
            day = received["township_quarter", code, MONTHS[t]]
            row = {"area_code": code, "stat_month": MONTHS[t], "known_from": edition_after(day)}
            rows.append({**row, **month_rows(counts, place, quarter)})
    return known(rows)


def _versions(
    row: dict[str, Any],
    counts: dict[str, int],
    day: date,
    filing: Filing,
    restatements: list[Restatement],
    spoil: Any,
) -> list[dict[str, Any]]:
    """Return one row, or the first and the corrected one where the report was sent again."""
    for item in restatements:
        if item.filing == filing:
            first = {**row, **spoil(counts), "known_from": day, "known_to": item.published}
            return [first, {**row, **counts, "known_from": item.published}]
    return [{**row, **counts, "known_from": day}]


def _with_births_missing(counts: dict[str, int]) -> dict[str, int]:
    """Return a village's first version: second births within policy were left out."""
    first = dict(counts)
    sex = "births_p2_m" if first["births_p2_m"] else "births_p2_f"
    if first[sex] and first["births_p2_in"]:
        first[sex] -= 1
        first["births_p2_in"] -= 1
    return first


def _with_columns_swapped(counts: dict[str, int]) -> dict[str, int]:
    """Return a township's first version: a line of another form was copied in."""
    first = dict(counts)
    first["procedures_done"] = max(first["procedures_done"] - 9, 0)
    first["pregnancies_early"] = max(first["pregnancies_early"] - 4, 0)
    return first
