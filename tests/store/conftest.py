"""A store of the small county, empty at the start of each test, and one with sixteen months."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shortplank.store import Store
from tests.store import history
from tests.store import workspaces as w
from tests.store.figures import Figures, marts
from tests.store.oracle import County

REGISTERS = {
    "targets": f"area_code,indicator,statistical_year,target,source\n"
    f"{w.NORTH},migrant_filing,2009,90,责任书\n",
    "status": f"area_code,status,valid_from,valid_to,source\n{w.NORTH},示范乡镇,2009-01-01,,公示\n",
    "support": f"area_code,role,unit,valid_from,valid_to,source\n"
    f"{w.N1},帮扶单位,水利局,2009-01-01,,文件\n",
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return w.store(tmp_path)


@pytest.fixture(scope="session")
def made() -> County:
    """The register and rows of the sixteen months."""
    return history.county()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, made: County) -> Store:
    """The sixteen months as one edition; to be read only, its marts are shared."""
    folder = w.make(
        tmp_path_factory.mktemp("history"), areas=history.AREAS, successors=history.SUCCESSORS
    )
    (folder / "registers").mkdir()
    for name, text in REGISTERS.items():
        (folder / f"registers/{name}.csv").write_text(text, "utf-8")
    store, ranked = Store(folder), {"value": 90.0, "published_rank": 2}
    bulletin = [
        {"area_code": code, "stat_month": date(2009, 9, 1), "indicator": "overall", **ranked}
        for code in (w.COUNTY, w.PEER)
    ]
    w.publish(store, **made.rows, peer_month=bulletin)
    return store


@pytest.fixture(scope="session")
def towns(published: Store) -> Figures:
    """The township marts of the sixteen months."""
    return marts(published)
