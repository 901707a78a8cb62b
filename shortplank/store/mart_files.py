"""Which files marts are, and what each is named by: the months, what they rest on, what they hold.

A month's file is named by a hash of all that it was made from and by one of what it holds, so that
restating one month rebuilds only the months whose windows hold it, a stale file is never read, and
a damaged or deleted one comes back. Whoever builds a file, and with however many others at once,
gives it that name and those bytes.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.store import files, mart_sql, parquet
from shortplank.store.edition import Edition

MART_VERSION = 5
# A county's townships are some hundred rows a month: small groups let one county be read by itself.
ROW_GROUP = 8_192
STALE_DAYS = 30
WINDOW_MONTHS = 12
# What the villages of all counties count in a month; no area has this code.
ALL = "_all"


def add_months(month: date, count: int) -> date:
    """Return the first of the month ``count`` months later (earlier when negative).

    >>> add_months(date(2009, 11, 1), 3)
    datetime.date(2010, 2, 1)
    """
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def due_date(ws: Workspace, month: date) -> date:
    """Return the last day on which the month's reports are in time."""
    return add_months(month, 1) + timedelta(days=ws.settings.due_day - 1)


def edition_months(ws: Workspace, edition: Edition) -> list[date]:
    """Return every month between the first and the last that has a monthly report."""
    monthly = [d for d in mart_sql.wide_datasets(ws) if ws.datasets[d].cadence == "month"]
    held = [month for dataset in monthly for month in edition.months(dataset)]
    if not held:
        return []
    span = (max(held).year - min(held).year) * 12 + max(held).month - min(held).month
    return [add_months(min(held), step) for step in range(span + 1)]


@dataclass(frozen=True)
class MartFile:
    """One month's file of a mart: ``<key>-<sha16 of its bytes>.parquet``."""

    folder: Path
    key: str

    def find(self) -> Path | None:
        """Return the file, None where it has not been built."""
        return next(iter(sorted(self.folder.glob(f"{self.key}-*.parquet"))), None)

    def write(self, table: pa.Table, *, small: bool = False) -> Path:
        """Write the month and return its file; long unused files of other inputs are dropped,
        and what a broken write left.

        It need not outlive a power cut: what is not as its name says is built again.
        """
        data = parquet.parquet_bytes(table, row_group=ROW_GROUP, small=small)
        path = self.folder / f"{self.key}-{files.short_hash(data)}.parquet"
        files.write_once(path, data, lasting=False)
        stale = time.time() - STALE_DAYS * 86_400
        for old in self.folder.iterdir():
            with suppress(OSError):
                if old != path and old.stat().st_mtime < stale:
                    old.unlink()
        return path


@dataclass(frozen=True)
class MartFiles:
    """The names of one edition's mart files; a mart is the townships' or a county's villages'."""

    ws: Workspace
    edition: Edition

    @cached_property
    def months(self) -> list[date]:
        """Return every month that has a mart, in order."""
        return edition_months(self.ws, self.edition)

    def window(self, month: date) -> list[date]:
        """Return the months that any window reaches; the year to date is within twelve."""
        return [m for m in self.months if add_months(month, 1 - WINDOW_MONTHS) <= m <= month]

    def has_full_year(self, month: date) -> bool:
        """Return whether the history holds all twelve months up to one."""
        return add_months(month, 1 - WINDOW_MONTHS) >= self.months[0]

    def checks(self, month: date, *, villages: bool) -> list[Path]:
        """Return the files of the checks that a month's streaks rest on."""
        if villages or not any(i.kind == "streak" for i in self.ws.indicators.values()):
            return []
        months = [m for m in self.edition.months("inspection") if m <= month]
        return self.edition.files("inspection", months)

    def measure(self, month: date, county: str | None) -> MartFile:
        """Return the file of a month's leaf counts; ``county`` may be `ALL`."""
        key = self._measure_keys[county is not None][month]
        return self._file("measure", month, county, key)

    def indicator(self, month: date, county: str | None) -> MartFile:
        """Return the file of a month's indicators."""
        key = self._indicator_keys[county is not None][month]
        return self._file("indicator", month, county, key)

    def _file(self, kind: str, month: date, county: str | None, key: str) -> MartFile:
        mart = f"village/{county}" if county else "township"
        folder = self.ws.path / "marts" / mart / kind / f"stat_month={month:%Y-%m}"
        return MartFile(folder, key)

    # --- what they are named by, townships' and villages' ------------------------------------
    @cached_property
    def _measure_keys(self) -> tuple[dict[date, str], dict[date, str]]:
        return self._keys_of_measures(villages=False), self._keys_of_measures(villages=True)

    @cached_property
    def _indicator_keys(self) -> tuple[dict[date, str], dict[date, str]]:
        return self._keys_of_indicators(villages=False), self._keys_of_indicators(villages=True)

    def _keys_of_measures(self, *, villages: bool) -> dict[date, str]:
        datasets, held = (
            mart_sql.counted_datasets(self.ws, villages=villages),
            self.edition.by_key,
        )
        return {
            month: self._key(
                "measure", month, [held[d, month].sha256 for d in datasets if (d, month) in held]
            )
            for month in self.months
        }

    def _keys_of_indicators(self, *, villages: bool) -> dict[date, str]:
        keys = {}
        for month in self.months:
            parts = [self._measure_keys[villages][each] for each in self.window(month)]
            parts += [path.name for path in self.checks(month, villages=villages)]
            parts.append(f"full={self.has_full_year(month)}")
            keys[month] = self._key("indicator", month, parts)
        return keys

    def _key(self, kind: str, month: date, parts: list[str]) -> str:
        text = "|".join([str(MART_VERSION), kind, str(month), self.ws.mart_fingerprint, *parts])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def drop(path: Path) -> None:
    """Delete a damaged mart file, whatever stands in its place."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
