"""Against OHID Fingertips (OGL v3): published Byar limits and significance labels."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from shortplank.stats import rate_interval, verdict
from tests.shared import shared_or_skip

Row = dict[str, str]
LABELS = {"Better": "better", "Worse": "worse", "Similar": "similar"}


@pytest.fixture(scope="module")
def table() -> list[Row]:
    path = shared_or_skip("real/fingertips/indicators-CountyUA.data.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def number(row: Row, key: str) -> float:
    return float(row[key]) if row[key] else float("nan")


def test_published_limits_within_0_009_per_100_000(table: list[Row]) -> None:
    printed = [r for r in table if r["Count"] and r["Lower CI 95.0 limit"] and r["Denominator"]]
    x, n = (np.array([number(r, key) for r in printed]) for key in ("Count", "Denominator"))
    limits = rate_interval(x, n)
    names = ("Lower CI 95.0 limit", "Upper CI 95.0 limit")
    for name, found in zip(names, limits, strict=True):
        published = np.array([number(r, name) for r in printed])
        assert np.abs(found * 100_000 - published).max() <= 0.009
    assert len(printed) == 755


def test_750_of_750_labels(table: list[Row]) -> None:
    column = "Compared to England value or percentiles"
    england = {
        (r["Time period"], r["Age"]): number(r, "Value")
        for r in table
        if r["Area Type"] == "Country" and not r["Category"]
    }
    judged = [r for r in table if r[column] in LABELS]
    x, n = (np.array([number(r, key) for r in judged]) for key in ("Count", "Denominator"))
    benchmark = np.array([england[r["Time period"], r["Age"]] for r in judged])
    lower, upper = (limit * 100_000 for limit in rate_interval(x, n))
    found = verdict(lower, upper, benchmark, "down")
    assert found.tolist() == [LABELS[r[column]] for r in judged]
    assert len(judged) == 750
