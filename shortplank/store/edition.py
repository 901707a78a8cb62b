"""An edition: what was known at one moment, the complete list of files of one manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from shortplank.store import parquet

Key = tuple[str, date]


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of an edition; ``path`` is relative to ``snapshots/``."""

    path: str
    sha256: str
    rows: int
    sums: dict[str, int]

    @property
    def dataset(self) -> str:
        """Return the dataset's name."""
        return self.path.split("/")[1]

    @property
    def month(self) -> date:
        """Return the month that the file holds."""
        return date.fromisoformat(self.path.split("stat_month=")[1][:7] + "-01")


@dataclass(frozen=True)
class Edition:
    """What was known at one moment: the complete list of files of one manifest."""

    root: Path
    number: int
    parent: int | None
    published_at: datetime
    who: str
    why: str
    restates: tuple[str, ...]
    forms: dict[str, int]
    data: tuple[DataFile, ...]

    @property
    def byline(self) -> str:
        """Return which edition this is, by whom and when, in this machine's time."""
        at = f"{self.published_at.astimezone():%Y-%m-%d %H:%M}"
        return f"第{self.number}版（{self.who}，{at}）"

    @cached_property
    def by_key(self) -> dict[Key, DataFile]:
        """Return the files by dataset and month."""
        return {(file.dataset, file.month): file for file in self.data}

    def months(self, dataset: str) -> list[date]:
        """Return the months that the dataset holds, in order."""
        return sorted(month for name, month in self.by_key if name == dataset)

    def files(self, dataset: str, months: Sequence[date] | None = None) -> list[Path]:
        """Return the dataset's files in month order; absent months are left out."""
        wanted = self.months(dataset) if months is None else months
        found = [self.by_key.get((dataset, month)) for month in wanted]
        return [self.root / "snapshots" / file.path for file in found if file]

    def table(self, dataset: str, month: date) -> pa.Table | None:
        """Return one month's rows, or None where the edition has none."""
        file = self.by_key.get((dataset, month))
        return None if file is None else parquet.read_table(self.root / "snapshots" / file.path)


def parse_manifest(root: Path, number: int, data: bytes) -> Edition:
    """Return the edition of a manifest; ValueError, KeyError or TypeError where it is not one."""
    raw = json.loads(data)
    edition = Edition(
        root=root,
        number=int(raw["number"]),
        parent=raw["parent"],
        published_at=datetime.fromisoformat(raw["published_at"]),
        who=str(raw["who"]),
        why=str(raw["why"]),
        restates=tuple(raw["restates"]),
        forms=dict(raw["forms"]),
        data=tuple(DataFile(**item) for item in raw["files"]),
    )
    if edition.number != number or edition.published_at.tzinfo is None:
        raise ValueError("not the manifest that its name says, or no time zone")
    if not all(_DATA_PATH.fullmatch(file.path) for file in edition.data):
        raise ValueError("a path that is not one of a data file")
    return edition


_DATA_PATH = re.compile(r"data/\w+/stat_month=\d{4}-(0[1-9]|1[0-2])/[0-9a-f]{16}\.parquet")
