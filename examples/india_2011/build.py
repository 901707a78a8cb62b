"""Build a workspace of India's children of 0 to 6 years by district from the census of 2011.

python examples/india_2011/build.py PCA_FULL_CSV TARGET_WORKSPACE
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from shortplank.access import MACHINE
from shortplank.errors import ShortplankError
from shortplank.store import Store

HERE = Path(__file__).resolve().parent
NATION, CENSUS = "00", date(2011, 3, 1)
Row = dict[str, str]


def build(source: Path, target: Path) -> int:
    """Write the workspace with every district in one edition, and return how many there are."""
    if (target / "snapshots").exists():
        raise ShortplankError("这个文件夹里已有版本", place=str(target), mend="请换一个空文件夹")
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["TRU"] == "Total"]
    if not rows:
        raise ShortplankError("没有找到县级合计行", place=str(source), mend="请检查来源文件")
    shutil.copytree(HERE / "catalogue", target / "catalogue", dirs_exist_ok=True)
    shutil.copyfile(HERE / "workspace.toml", target / "workspace.toml")
    _write_register(target, rows)
    table = pa.table(
        {
            "area_code": [_code(row) for row in rows],
            "stat_month": pa.array([CENSUS] * len(rows), pa.date32()),
            "children_m": [int(row["M_06"]) for row in rows],
            "children_f": [int(row["F_06"]) for row in rows],
        }
    )
    at = datetime(2011, 7, 15, tzinfo=UTC)
    change = {("district_census", CENSUS): table}
    office = replace(MACHINE, account="Census of India")
    Store(target, actor=office).publish(change, why="2011 年人口普查", published_at=at)
    return len(rows)


def _code(row: Row) -> str:
    return f"{row['State']}{row['District']}"


def _write_register(target: Path, rows: list[Row]) -> None:
    """Write the nation with its districts; a name that two states share carries its state."""
    names = [row["Name"] for row in rows]
    with (target / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["area_code", "parent_code", "level", "name", "kind", "valid_from", "valid_to"]
        )
        writer.writerow([NATION, "-", "county", "India", "", CENSUS, ""])
        for row in rows:
            name = row["Name"]
            if names.count(name) > 1:
                name = f"{name} ({row['State']})"
            writer.writerow([_code(row), NATION, "township", name, "", CENSUS, ""])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("source", type=Path, help="pca-full.csv")
    parser.add_argument("target", type=Path, help="workspace to write")
    arguments = parser.parse_args()
    try:
        print(f"{build(arguments.source, arguments.target)} districts")
    except ShortplankError as error:
        sys.exit(error.sentence)
