"""Mart rows by area, month and indicator, and how two of them are compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from shortplank.store import Store
from shortplank.store.marts import MartBuilder, read_marts
from tests.store import workspaces as w

FIGURES = (
    *("numerator", "denominator", "ytd_numerator", "ytd_denominator"),
    *("r12_numerator", "r12_denominator", "expected", "reported"),
)
Figures = dict[tuple[str, date, str], dict[str, Any]]


def figures(rows: Iterable[dict[str, Any]]) -> Figures:
    """Return mart rows by area, month and indicator."""
    return {
        (row["area_code"], row["stat_month"], row["indicator"]): {k: row[k] for k in FIGURES}
        for row in rows
    }


def marts(store: Store, county: str | None = None) -> Figures:
    """Return the newest edition's marts."""
    store = w.reload(store)
    table = read_marts(MartBuilder(store.workspace, store.edition(), county=county))
    return figures(table.to_pylist())


def assert_same(found: Figures, wanted: Figures) -> None:
    assert found.keys() == wanted.keys()
    wrong = {
        key: {n: (v, wanted[key][n]) for n, v in row.items() if v != pytest.approx(wanted[key][n])}
        for key, row in found.items()
    }
    assert {key: row for key, row in wrong.items() if row} == {}
