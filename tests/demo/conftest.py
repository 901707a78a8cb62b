"""The checked-in demo workspace, read with plain JSON and DuckDB, not through the product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
SNAPSHOTS = DEMO / "snapshots"


def manifests() -> list[dict[str, Any]]:
    """Return every manifest of the demo, oldest first."""
    return [json.loads(p.read_bytes()) for p in sorted((SNAPSHOTS / "manifests").glob("*.json"))]


class Published:
    """Questions to the files that one manifest names."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.connection = duckdb.connect()
        datasets = sorted({file["path"].split("/")[1] for file in manifest["files"]})
        for dataset in datasets:
            files = [
                str(SNAPSHOTS / file["path"])
                for file in manifest["files"]
                if file["path"].split("/")[1] == dataset
            ]
            rows = self.connection.read_parquet(files, hive_partitioning=False)
            rows.create(dataset)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question."""
        return self.connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """Return the single value of a question."""
        [(value,)] = self.rows(sql)
        return value


@pytest.fixture(scope="session")
def latest() -> Published:
    """The newest edition."""
    return Published(manifests()[-1])
