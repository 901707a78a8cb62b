"""XmR limits of A&E attendances (NHS England, CC0), organisation RRK, type 1, 36 months."""

from __future__ import annotations

import csv

import pytest

from shortplank.stats import xmr_chart, xmr_limits
from tests.shared import shared_or_skip


def test_rrk_type_1() -> None:
    path = shared_or_skip("real/nhs_ae/ae_attendances.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        found = {
            row["period"]: float(row["attendances"])
            for row in csv.DictReader(lines)
            if row["org_code"] == "RRK" and row["type"] == "1"
        }
    values = [found[month] for month in sorted(found)]
    assert len(values) == 36
    limits = xmr_limits(values)
    assert limits.centre == pytest.approx(14_984.3, abs=0.05)
    assert limits.lower == pytest.approx(11_339.1, abs=0.05)
    assert limits.upper == pytest.approx(18_629.5, abs=0.05)
    assert (limits.upper - limits.centre) / 2.66 == pytest.approx(1370.4, abs=0.05)
    chart = xmr_chart(values)
    assert not chart.trial.any()
    assert chart.upper[0] == limits.upper
