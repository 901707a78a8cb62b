"""What checks the reports: recounts, inspections and the other departments' totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortplank.demo.births import Births
from shortplank.demo.calendar import FIRST_EDITION_MONTH, RECOUNT_YEAR, RECOUNTS, edition_of
from shortplank.demo.frames import known
from shortplank.demo.months import MONTHS, index_of, months_of_year
from shortplank.demo.register import ERROR_MONTH, ERROR_TOWNSHIP, HOME, Register
from shortplank.demo.streams import stream

Counts = NDArray[np.int64]


# --- recounts -------------------------------------------------------------------------------------
def draw_found(seed: int, births: Births) -> list[Counts]:
    """Return the hidden births that each recount newly found (sex × village × month)."""
    rng = stream(seed, "recounts")
    left = births.hidden.copy()
    outside = [t for t in range(len(MONTHS)) if t not in months_of_year(RECOUNT_YEAR)]
    left[:, :, outside] = 0
    found = []
    for recount in RECOUNTS:
        newly = rng.binomial(left, recount.finds)
        left = left - newly
        found.append(newly)
    return found


def recount_frame(register: Register, births: Births, found: list[Counts]) -> pd.DataFrame:
    """Return every village's births by birth month as each recount counted them."""
    counted = births.by_sex.sum(axis=1) - births.doubled
    rows = []
    for recount, newly in zip(RECOUNTS, found, strict=True):
        counted = counted + newly
        for village, t in _village_months(register, months_of_year(RECOUNT_YEAR)):
            rows.append(
                {
                    "area_code": register.villages[village],
                    "stat_month": MONTHS[t],
                    "recount_date": recount.counted,
                    "births_m": int(counted[0, village, t]),
                    "births_f": int(counted[1, village, t]),
                    "known_from": recount.published,
                }
            )
    return known(rows)


def _village_months(register: Register, months: list[int]) -> Iterator[tuple[int, int]]:
    for t in months:
        for village in np.flatnonzero(register.valid[:, t]).tolist():
            yield village, t


# --- other departments ----------------------------------------------------------------------------
SOURCES = {"hospital": 0.962, "vaccination": 0.984, "registered": 0.930}  # share of births seen


def cross_source_frame(seed: int, register: Register, births: Births) -> pd.DataFrame:
    """Return the departments' totals by township and birth month, since sharing began."""
    rng = stream(seed, "departments")
    true = births.total - births.doubled.sum(axis=0) + births.hidden.sum(axis=0)
    rows = []
    for t in range(index_of(FIRST_EDITION_MONTH) + 1, len(MONTHS)):
        total = np.bincount(register.township_of, weights=true[:, t]).astype(np.int64)
        for source, share in SOURCES.items():
            seen = rng.binomial(total, share)
            for code, count in zip(register.townships, seen.tolist(), strict=True):
                row: dict[str, Any] = {"area_code": code, "stat_month": MONTHS[t], "source": source}
                row |= {f"births_{name}": None for name in SOURCES}
                row |= {f"births_{source}": count, "known_from": edition_of(MONTHS[t])}
                rows.append(row)
    return known(rows)


# --- inspections ----------------------------------------------------------------------------------
PROVINCE_MONTHS, CITY_MONTHS, COUNTY_MONTHS = (1, 7), (4, 7, 11), (3, 6, 9, 12)
SAMPLE_VILLAGES = {"province": 6, "city": 5, "county": 8}
PROCEDURE_TOWNSHIPS = 4  # a city inspection looks at procedures in so many townships
FOUND_OF_HIDDEN, MISCLASSIFIED, FALSE = 0.62, 0.011, 0.003
PETITIONS_A_QUARTER = 2.5
PETITION_CONFIRMED = 0.35
# Key checks of the county by the province: listed, and confirmed by the recheck.
KEY_CHECKS = {
    date(2007, 6, 21): (0, 0),
    date(2007, 12, 13): (0, 0),
    date(2008, 6, 19): (1, 0),
    date(2008, 12, 11): (0, 0),
    date(2009, 6, 18): (1, 1),
    date(2009, 12, 10): (1, 1),
}
MEASURES = (
    "listed",
    "confirmed",
    "verified",
    "omitted",
    "duplicate",
    "false",
    "misclassified",
)


def inspection_frame(seed: int, register: Register, births: Births) -> pd.DataFrame:
    """Return inspections by province, city and county: samples, key checks and petitions."""
    rng = stream(seed, "inspections")
    rows = [
        _row("province", day, 1, "key_check", "births", HOME, listed=listed, confirmed=confirmed)
        for day, (listed, confirmed) in KEY_CHECKS.items()
    ]
    for t, month in enumerate(MONTHS):
        for level, months in (
            ("province", PROVINCE_MONTHS),
            ("city", CITY_MONTHS),
            ("county", COUNTY_MONTHS),
        ):
            if month.month in months:
                rows += _births_sample(rng, register, births, level, t)
        if month.month in CITY_MONTHS:
            rows += _procedure_sample(rng, register, month)
        if month.month in COUNTY_MONTHS:
            rows += _petitions(rng, register, month)
    return known(rows)


def _births_sample(
    rng: np.random.Generator, register: Register, births: Births, level: str, t: int
) -> list[dict[str, Any]]:
    """Return a sample of villages: the last twelve months' births, checked at the door."""
    day = MONTHS[t].replace(day=int(rng.integers(10, 27)))
    villages = rng.choice(
        np.flatnonzero(register.valid[:, t]), size=SAMPLE_VILLAGES[level], replace=False
    )
    window = slice(max(t - 11, 0), t + 1)
    rows = []
    for place, village in enumerate(sorted(villages.tolist()), start=1):
        reported = int(births.total[village, window].sum())
        omitted = int(rng.binomial(births.hidden[:, village, window].sum(), FOUND_OF_HIDDEN))
        errors = {
            "omitted": omitted,
            "duplicate": int(births.doubled[:, village, window].sum()),
            "false": int(rng.binomial(reported, FALSE)),
            "misclassified": int(rng.binomial(reported, MISCLASSIFIED)),
        }
        code = register.villages[village]
        verified = reported + omitted
        rows.append(_row(level, day, place, "sample", "births", code, verified=verified, **errors))
    return rows


def _procedure_sample(
    rng: np.random.Generator, register: Register, month: date
) -> list[dict[str, Any]]:
    """Return a city inspection of procedures, by township; one of them has an error."""
    day = month.replace(day=int(rng.integers(10, 27)))
    towns = rng.choice(register.townships, size=PROCEDURE_TOWNSHIPS, replace=False).tolist()
    if month == ERROR_MONTH and ERROR_TOWNSHIP not in towns:
        towns[0] = ERROR_TOWNSHIP
    rows = []
    for place, code in enumerate(sorted(towns), start=SAMPLE_VILLAGES["city"] + 1):
        wrong = int((code, month) == (ERROR_TOWNSHIP, ERROR_MONTH))
        errors = {"omitted": 0, "duplicate": 0, "false": wrong, "misclassified": 0}
        verified = int(rng.integers(18, 41))
        rows.append(
            _row("city", day, place, "sample", "procedures", code, verified=verified, **errors)
        )
    return rows


def _petitions(rng: np.random.Generator, register: Register, month: date) -> list[dict[str, Any]]:
    """Return the petitions that the province handed down in a quarter, by township."""
    day = month.replace(day=int(rng.integers(10, 27)))
    count = min(int(rng.poisson(PETITIONS_A_QUARTER)), len(register.townships))
    towns = sorted(rng.choice(register.townships, size=count, replace=False).tolist())
    return [
        _row(
            "province",
            day,
            place,
            "petition",
            "births",
            code,
            listed=1,
            confirmed=int(rng.random() < PETITION_CONFIRMED),
        )
        for place, code in enumerate(towns, start=1)
    ]


def _row(
    level: str, day: date, place: int, kind: str, subject: str, code: str, **counts: int
) -> dict[str, Any]:
    month = day.replace(day=1)
    return {
        "area_code": code,
        "stat_month": month,
        "inspection_id": f"{level}-{kind}-{day:%Y%m}-{place:02d}",
        "date": day,
        "level": level,
        "kind": kind,
        "subject": subject,
        **dict.fromkeys(MEASURES),
        **counts,
        "known_from": edition_of(month),
    }
