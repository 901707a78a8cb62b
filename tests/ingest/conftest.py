"""The small county, new for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.store import Store
from tests.ingest.county import make_county


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The store of a workspace without editions."""
    return Store(make_county(tmp_path / "county"))
