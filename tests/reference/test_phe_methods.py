"""Against PHEindicatormethods (UK Health Security Agency), its own expected outputs.

The files are GPL-3 and stay outside this repository; the few rows typed here are quoted from
PHEindicatormethods, tests/testthat/testdata_Byars_Wilson.xlsx, so that a fresh clone checks
the formulas too.
"""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import openpyxl
import pytest

from shortplank.stats import byar_interval, funnel_limits, rate_interval, wilson_interval
from tests.shared import shared_or_skip

LEVELS = {"95%": 0.95, "99.8%": 0.998}
FOLDER = "real/phe_methods"


def rows(file: str, sheet: str) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(shared_or_skip(f"{FOLDER}/{file}"), data_only=True)
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body if any(row)]


def close(found: float, expected: float | None) -> bool:
    if expected is None:
        return bool(np.isnan(found))
    return found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "n", "level", "lower", "upper"),
    [
        (65, None, 0.95, 50.163187710459454, 82.84913854593984),
        (1, None, 0.95, 0.01307213290150435, 5.5637555824752605),
        (10, None, 0.998, 2.916318374695686, 24.193724927880535),
        (65, 100, 0.95, 0.5525444329688797, 0.7363575175690247),
        (0.445, 1, 0.95, 0.04381744772058822, 0.9334621276979156),
        (1045, 5000, 0.998, 0.19179381799015244, 0.22731562902525818),
    ],
)
def test_quoted_rows(x: float, n: float | None, level: float, lower: float, upper: float) -> None:
    found = byar_interval(x, level) if n is None else wilson_interval(x, n, level)
    assert found == pytest.approx((lower, upper), rel=1e-9)


def test_byar_and_wilson_table() -> None:
    table = rows("testdata_Byars_Wilson.xlsx", "testdata_B_W")
    for row in table:
        level = LEVELS[row["confidence"]]
        if row["method"] == "Byars":
            found = byar_interval(row["x"], level)
        else:
            found = wilson_interval(row["x"], row["n"], level)
        # They print no lower limit where the approximation falls below 0; ours is 0 there.
        lower = 0.0 if row["lowercl"] is None else row["lowercl"]
        assert close(found[0], lower), row
        assert close(found[1], row["uppercl"]), row
    assert len(table) == 13


def test_proportion_tables() -> None:
    for row in rows("testdata_Proportion.xlsx", "testdata_Prop"):
        for name, level in (("95_0", 0.95), ("99_8", 0.998)):
            found = wilson_interval(row["Numerator"], row["Denominator"], level)
            for side, limit in zip(("lower", "upper"), found, strict=True):
                assert close(limit * row["multiplier"], row[f"{side}{name}cl"]), row
    for row in rows("testdata_Proportion.xlsx", "testdata_Prop_g"):
        found = wilson_interval(row["Numerator"], row["Denominator"])
        assert close(found[0] * row["multiplier"], row["lowercl"]), row
        assert close(found[1] * row["multiplier"], row["uppercl"]), row


def test_rate_table() -> None:
    # Below 10 events PHEindicatormethods turns to exact limits; we stay with Byar throughout.
    checked = 0
    for row in rows("testdata_Rate.xlsx", "testdata_Rate"):
        if row["method"] != "Byars":
            continue
        for name, level in (("95_0", 0.95), ("99_8", 0.998)):
            found = rate_interval(row["Numerator"], row["Denominator"], level)
            for side, limit in zip(("lower", "upper"), found, strict=True):
                assert close(limit * row["multiplier"], row[f"{side}{name}cl"]), row
                checked += 1
    assert checked >= 40


@pytest.mark.parametrize(
    ("file", "tolerance"),
    [
        # Rounded to six decimals of a percentage point.
        ("testdata_funnel_prop_outputs.csv", 1e-6),
        ("testdata_funnel_prop_outputs_with_axis_variation.csv", 1e-6),
    ],
)
def test_funnel_tables(file: str, tolerance: float) -> None:
    path = shared_or_skip(f"{FOLDER}/{file}")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = [{key: float(text) for key, text in row.items()} for row in csv.DictReader(lines)]
    n = np.array([row["Population"] for row in table])
    # The baseline itself is printed rounded: take it from the inputs where they are here.
    p0 = baseline(table[0]["Baseline"])
    for level, name in ((0.95, "2s0025"), (0.998, "3s0001")):
        for side, limit in zip(("Lower", "Upper"), funnel_limits(p0, n, level), strict=True):
            published = np.array([row[f"{side}{name}limit"] for row in table])
            assert np.abs(100.0 * limit - published).max() <= tolerance


def baseline(printed: float) -> float:
    path = shared_or_skip(f"{FOLDER}/testdata_funnel_prop_inputs.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    pooled = sum(float(r["numerator"]) for r in table) / sum(float(r["denominator"]) for r in table)
    return pooled if abs(100.0 * pooled - printed) < 1e-6 else printed / 100.0


def test_funnel_labels() -> None:
    """Their significance labels, unit by unit, come out of our limits."""
    path = shared_or_skip(f"{FOLDER}/testdata_funnel_prop_inputs.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    x, n = (np.array([float(row[key]) for row in table]) for key in ("numerator", "denominator"))
    p0 = x.sum() / n.sum()
    inner, outer = funnel_limits(p0, n), funnel_limits(p0, n, 0.998)
    label = np.full(x.size, "Not significant", dtype="<U15")
    for (lower, upper), mark in ((inner, "0.025"), (outer, "0.001")):
        label[x / n < lower] = f"Low ({mark})"
        label[x / n > upper] = f"High ({mark})"
    assert label.tolist() == [row["significance"] for row in table]
