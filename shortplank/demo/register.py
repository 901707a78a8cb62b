"""The demo county's registers and the levels it stands on, read from the package."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortplank.demo.months import MONTHS

HERE = Path(__file__).parent
REGISTER_FILES = ("areas.csv", "successors.csv", "peers.csv", "class_history.csv")
HOME = "990101"

# Planted on purpose, to be found on the page of data quality.
SILENT_TOWNSHIP, SILENT_MONTH = "990101109", date(2009, 2, 1)  # 松崖镇 sent nothing
SMOOTH_TOWNSHIP = "990101213"  # 杉野乡's filing numbers vary less than chance does
ERROR_TOWNSHIP, ERROR_MONTH = "990101214", date(2009, 7, 1)  # 泉岚乡's procedure error
PLANTED_TOWNSHIPS = (SILENT_TOWNSHIP, SMOOTH_TOWNSHIP, ERROR_TOWNSHIP)


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of this package."""
    with (HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Register:
    """Villages in the register's order (those that merged too), and their townships."""

    villages: tuple[str, ...]
    townships: tuple[str, ...]
    names: dict[str, str]
    kinds: dict[str, str]
    township_of: NDArray[np.int64]
    """Each village's place in ``townships``."""
    now: NDArray[np.int64]
    """Each village's place in ``villages`` today: its successor's, or its own."""
    valid: NDArray[np.bool_]
    """Village × month: whether the village existed."""

    @cached_property
    def current(self) -> NDArray[np.int64]:
        """Return the places of the villages that exist in the last month."""
        return np.flatnonzero(self.valid[:, -1])

    @cached_property
    def expected(self) -> NDArray[np.bool_]:
        """Return village × month: the reports that came in, in the end."""
        silent = np.array([self.townships[t] == SILENT_TOWNSHIP for t in self.township_of])
        month = np.array([m == SILENT_MONTH for m in MONTHS])
        return self.valid & ~(silent[:, None] & month[None, :])

    def sent(self, township: str, month: date) -> bool:
        """Return whether a township reported for a month, in the end."""
        return (township, month) != (SILENT_TOWNSHIP, SILENT_MONTH)

    def in_township(self, code: str) -> NDArray[np.int64]:
        """Return the places of a township's villages."""
        return np.flatnonzero(self.township_of == self.townships.index(code))


def load_register() -> Register:
    """Return the county's villages and townships."""
    rows = read_rows("areas/areas.csv")
    towns = tuple(r["area_code"] for r in rows if r["level"] == "township")
    villages = [r for r in rows if r["level"] == "village"]
    codes = tuple(r["area_code"] for r in villages)
    heirs = {r["old_code"]: r["new_code"] for r in read_rows("areas/successors.csv")}
    return Register(
        villages=codes,
        townships=towns,
        names={r["area_code"]: r["name"] for r in rows},
        kinds={r["area_code"]: r["kind"] for r in rows},
        township_of=np.array([towns.index(r["parent_code"]) for r in villages]),
        now=np.array([codes.index(heirs.get(code, code)) for code in codes]),
        valid=np.array([[_holds(r, month) for month in MONTHS] for r in villages]),
    )


def _holds(row: dict[str, str], month: date) -> bool:
    to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return date.fromisoformat(row["valid_from"]) <= month <= to


def load_levels(register: Register) -> dict[str, NDArray[np.int64]]:
    """Return each village's level in the month after the demo ends, 0 for merged villages."""
    rows = {row["area_code"]: row for row in read_rows("levels.csv")}
    columns = ("pop_end", "migrants_due", "benefits_due")
    return {
        name: np.array([int(rows[c][name]) if c in rows else 0 for c in register.villages])
        for name in columns
    }
