"""In which edition a township's file came: read off the editions' registers of reports.

Manifests and their files never change, so each is read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from shortplank.errors import StoreError
from shortplank.store import Edition, Store, parquet
from shortplank.store.edition import parse_manifest

SUBMISSION = "submission"
# What a register says of one report: township, form, hash of the file.
Row = tuple[str, str, str]
_Paths = Mapping[date, str]


def submitted(edition: Edition, month: date) -> Counter[Row]:
    """Return how often an edition's register holds each township's form and file of a month."""
    file = edition.by_key.get((SUBMISSION, month))
    return _rows(edition.root, file.path) if file else Counter()


def first_received(edition: Edition, month: date) -> dict[tuple[str, str], date]:
    """Return the day on which each published township's form of a month first came."""
    table = edition.table(SUBMISSION, month)
    if table is None:
        return {}
    first = table.group_by(["area_code", "form"]).aggregate([("received_at", "min")])
    return {(row["area_code"], row["form"]): row["received_at_min"] for row in first.to_pylist()}


@dataclass(frozen=True)
class Arrivals:
    """In which editions each report came, and how often each edition's register holds it."""

    root: Path
    numbers: Mapping[tuple[date, Row], tuple[int, ...]]
    paths: Mapping[int, _Paths]
    newest: int

    def after(self, before: int, month: date, row: Row) -> int | None:
        """Return the first edition after one in which a report came and that still counts.

        None where the newest edition does not hold it more often than that one did.
        """
        found = (number for number in self.numbers.get((month, row), ()) if number > before)
        number = next(found, None)
        if number is None or self._times(self.newest, month, row) <= self._times(
            before, month, row
        ):
            return None
        return number

    def _times(self, edition: int, month: date, row: Row) -> int:
        path = self.paths.get(edition, {}).get(month)
        return _rows(self.root, path)[row] if path else 0


def arrivals(store: Store) -> Arrivals:
    """Return in which editions every report came; one that cannot be read is passed over."""
    paths = {}
    for number in store.numbers():
        with suppress(StoreError):
            paths[number] = _registers(store, number)
    found: dict[tuple[date, Row], list[int]] = {}
    last: _Paths = {}
    for number, own in paths.items():
        for month, path in own.items():
            if path != last.get(month):
                for row in _new_rows(store.root, last.get(month), path):
                    found.setdefault((month, row), []).append(number)
        last = own
    numbers = {key: tuple(each) for key, each in found.items()}
    return Arrivals(store.root, numbers, paths, store.newest())


def _registers(store: Store, number: int) -> _Paths:
    """Return the files of an edition's register by month; `StoreError` where it cannot be read."""
    path = store.manifests / f"{number:08d}.json"
    try:
        return _listed(store.root, number, path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError("版本清单已损坏", place=path.name, mend="请从备份恢复") from error


@lru_cache(maxsize=512)
def _listed(root: Path, number: int, path: Path, _stamp: int) -> _Paths:
    edition = parse_manifest(root, number, path.read_bytes())
    return {file.month: file.path for file in edition.data if file.dataset == SUBMISSION}


@lru_cache(maxsize=1024)
def _new_rows(root: Path, old: str | None, new: str) -> tuple[Row, ...]:
    """Return the reports that a register's file holds more often than the one before it."""
    before = _rows(root, old) if old else Counter[Row]()
    return tuple(_rows(root, new) - before)


@lru_cache(maxsize=1024)
def _rows(root: Path, path: str) -> Counter[Row]:
    """Return the rows of a register's file, which is named by its hash."""
    table = parquet.read_table(root / "snapshots" / path)
    names = ("area_code", "form", "file_sha256")
    return Counter(zip(*(table[name].to_pylist() for name in names), strict=True))
