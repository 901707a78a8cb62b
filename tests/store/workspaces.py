"""A county of two townships with three villages each, made through the store's own publish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from shortplank.access import MACHINE
from shortplank.catalogue import copy_standard, load_workspace
from shortplank.store import Edition, Store, add_months

COUNTY = "990201"
NORTH, SOUTH = "990201101", "990201102"
N1, N2, N3 = (f"{NORTH}20{number}" for number in (1, 2, 3))
S1, S2, S3 = (f"{SOUTH}20{number}" for number in (1, 2, 3))
VILLAGES = (N1, N2, N3, S1, S2, S3)
PEER = "990202"
APRIL, MAY = date(2009, 4, 1), date(2009, 5, 1)

SETTINGS = f"""schema_version = 1
name = "小溪县"
home = "{COUNTY}"
statistical_year_first_month = 10
due_day = 5
"""
AREA_HEADER = "area_code,parent_code,level,name,kind,valid_from,valid_to"
AREAS = f"""{AREA_HEADER}
{COUNTY},99,county,小溪县,县,2000-01-01,
{NORTH},{COUNTY},township,北岭乡,乡,2000-01-01,
{SOUTH},{COUNTY},township,南溪镇,镇,2000-01-01,
{N1},{NORTH},village,上坪村,村,2000-01-01,
{N2},{NORTH},village,中坪村,村,2000-01-01,
{N3},{NORTH},village,下坪村,村,2000-01-01,
{S1},{SOUTH},village,东溪村,村,2000-01-01,
{S2},{SOUTH},village,西溪村,村,2000-01-01,
{S3},{SOUTH},village,溪口村,村,2000-01-01,
"""
PEERS = f"""area_code,name,class,group,valid_from,valid_to
{COUNTY},小溪县,一类,江淮,2000-01-01,
{PEER},大溪县,一类,江淮,2000-01-01,
"""

Row = dict[str, Any]


def make(
    path: Path,
    *,
    areas: str = AREAS,
    successors: str = "",
    settings: str = SETTINGS,
) -> Path:
    """Write a workspace without editions: settings, registers and the standard catalogue."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "workspace.toml").write_text(settings, "utf-8")
    (path / "areas.csv").write_text(areas, "utf-8")
    (path / "peers.csv").write_text(PEERS, "utf-8")
    if successors:
        (path / "successors.csv").write_text(successors, "utf-8")
    copy_standard(path)
    return path


def store(path: Path) -> Store:
    """Return a fresh workspace's store."""
    return Store(make(path))


def months(first: date, count: int) -> list[date]:
    """Return so many months from the first on."""
    return [add_months(first, step) for step in range(count)]


def village(code: str, month: date, **counts: int | None) -> Row:
    """Return a village's report: what is not named is zero, the population 1,000."""
    zeros = dict.fromkeys(VILLAGE_COUNTS, 0)
    return {"area_code": code, "stat_month": month, **zeros, "pop_end": 1000, **counts}


VILLAGE_COUNTS = (
    *("deaths", "births_p1_m", "births_p1_f", "births_p2_m", "births_p2_f", "births_p3_m"),
    *("births_p3_f", "births_p1_in", "births_p2_in", "births_p3_in", "births_out_migrant"),
    *("births_late", "migrants_due", "migrants_filed", "benefits_due", "benefits_paid"),
)


def filed(code: str, month: date, form: str, received: date, revision: int = 1) -> Row:
    """Return a line of the register of reports."""
    return {
        "area_code": code,
        "stat_month": month,
        "form": form,
        "revision": revision,
        "received_at": received,
    }


def tables(datasets: Mapping[str, Iterable[Row]]) -> dict[tuple[str, date], pa.Table]:
    """Return the rows of datasets as the tables of a change, one a month."""
    change: dict[tuple[str, date], list[Row]] = {}
    for dataset, rows in datasets.items():
        for row in rows:
            change.setdefault((dataset, row["stat_month"]), []).append(row)
    return {key: table(rows) for key, rows in change.items()}


def table(rows: list[Row]) -> pa.Table:
    """Return rows as a table of every column that any of them has."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def publish(into: Store, day: int = 1, **datasets: Iterable[Row]) -> Edition:
    """Publish rows by dataset as one edition, dated by a day of January 2010."""
    at = datetime(2010, 1, day, tzinfo=UTC)
    own = into.acting_for(replace(MACHINE, account="测试"))
    return own.publish(tables(datasets), why="样例", published_at=at)


def deaths(store: Store, count: int, day: int = 1, month: date = APRIL) -> Edition:
    """Publish a month in which one village reports so many deaths."""
    return publish(store, day, village_month=[village(N1, month, deaths=count)])


def counted(edition: Edition, month: date = APRIL) -> list[int]:
    """Return the deaths of a month's rows."""
    table = edition.table("village_month", month)
    assert table is not None
    return table["deaths"].to_pylist()


def state(store: Store) -> dict[str, bytes]:
    """Return every manifest and data file of a store."""
    return {
        path.relative_to(store.snapshots).as_posix(): path.read_bytes()
        for path in sorted(store.snapshots.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def publish_one(root: Path, number: int) -> int:
    """Publish a month of its own, as one of many processes, and return the edition's number."""
    month = add_months(APRIL, number)
    change = {("village_month", month): table([village(N1, month, deaths=number)])}
    own = replace(MACHINE, account=f"p{number}")
    return Store(root, actor=own).publish(change, why="同时").number


def reload(into: Store) -> Store:
    """Return the store with its settings read again."""
    return Store(into.root, load_workspace(into.root))
