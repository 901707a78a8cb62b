"""An edition: what was known at one moment, the complete list of files of one manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

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

    def following(
        self,
        by_key: Mapping[Key, DataFile],
        *,
        who: str,
        why: str,
        at: datetime | None = None,
        restates: Sequence[str] = (),
        forms: Mapping[str, int] | None = None,
    ) -> Edition:
        """Return the edition that comes after this one, with these files; nothing is written."""
        moment = at.astimezone(UTC) if at else datetime.now(UTC).replace(microsecond=0)
        if self.number and moment < self.published_at:  # a clock that jumped back
            moment = self.published_at
        return Edition(
            root=self.root,
            number=self.number + 1,
            parent=self.number or None,
            published_at=moment,
            who=who,
            why=why,
            restates=tuple(restates),
            forms=dict(forms if forms is not None else self.forms),
            data=tuple(file for _, file in sorted(by_key.items())),
        )

    @property
    def manifest(self) -> bytes:
        """Return the manifest that lists the edition's files, as `parse_manifest` reads it."""
        said: dict[str, Any] = {
            "number": self.number,
            "parent": self.parent,
            "published_at": self.published_at.isoformat(),
            "who": self.who,
            "why": self.why,
            "restates": list(self.restates),
            "forms": self.forms,
            "files": [
                {"path": f.path, "sha256": f.sha256, "rows": f.rows, "sums": f.sums}
                for f in self.data
            ],
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def manifest_name(number: int) -> str:
    """Return what the manifest of an edition is called."""
    return f"{number:08d}.json"


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
