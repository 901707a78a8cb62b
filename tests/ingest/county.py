"""A county of two townships and five villages, and CSV reports of it, for tests."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from shortplank.catalogue import copy_standard
from shortplank.catalogue.loader import STANDARD
from shortplank.ingest import Batch, Upload, check_batch
from shortplank.store import Store

SETTINGS = """\
schema_version = 1
name = "试点县"
home = "990101"
"""
AREAS = """\
area_code,parent_code,level,name,kind,valid_from,valid_to
990101,99,county,试点县,县,2009-01-01,
990101001,990101,township,东岭镇,镇,2009-01-01,
990101001001,990101001,village,双河村,村,2009-01-01,
990101001002,990101001,village,五河村,村,2009-01-01,
990101001003,990101001,village,旧堡村,村,2009-01-01,2009-12-31
990101002,990101,township,西岭乡,乡,2009-01-01,
990101002001,990101002,village,双河村,村,2009-01-01,
990101002002,990101002,village,永楼村,村,2009-01-01,
"""
ALIASES = "area_code,alias\n990101002002,永楼社区\n990101002,西岭公社\n"
VILLAGES = ("990101001001", "990101001002", "990101002001", "990101002002")
EAST = (("东岭镇", "双河村"), ("东岭镇", "五河村"))
WEST = (("西岭乡", "双河村"), ("西岭乡", "永楼村"))
MEASURES = (
    "期末总人口", "死亡人数", "一孩男", "一孩女", "二孩男", "二孩女", "多孩男", "多孩女",
    "一孩符合政策", "二孩符合政策", "多孩符合政策", "政策外出生中流动人口", "往年出生补报",
    "流动人口应建档", "流动人口已建档", "奖励优惠应兑现户数", "奖励优惠已兑现户数",
)  # fmt: skip
HEADER = ("月份", "乡镇", "村名", *MEASURES)


def make_county(root: Path) -> Path:
    """Write the workspace and return its folder."""
    root.mkdir(parents=True)
    (root / "workspace.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "areas.csv").write_text(AREAS, encoding="utf-8")
    (root / "aliases.csv").write_text(ALIASES, encoding="utf-8")
    copy_standard(root)
    assert STANDARD.is_dir()
    return root


def counts(**given: object) -> dict[str, object]:
    """Return a village's counts, plausible where not given."""
    return {**dict.fromkeys(MEASURES, 0), "期末总人口": 1000, **given}


def rows(
    villages: Iterable[tuple[str, str]] = EAST + WEST, month: str = "2010-06", **given: object
) -> list[dict[str, object]]:
    """Return one row a village, all with the same counts."""
    return [
        {"月份": month, "乡镇": town, "村名": village, **counts(**given)}
        for town, village in villages
    ]


def as_csv(lines: Iterable[Mapping[str, object]], header: Iterable[str] = HEADER) -> str:
    """Return rows as the text of a CSV file; a key that is not in a row is a blank."""
    header = list(header)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([line.get(name, "") for name in header] for line in lines)
    return buffer.getvalue()


def upload(text: str | bytes, name: str = "月报.csv") -> Upload:
    """Return a file that was handed in."""
    return Upload(name, text if isinstance(text, bytes) else text.encode())


def checked(store: Store, *texts: str | bytes, **options: object) -> Batch:
    """Return a batch of files, read and checked; they are named 1.csv, 2.csv, …."""
    files = [upload(text, f"{n}.csv") for n, text in enumerate(texts, start=1)]
    return check_batch(store, files, **options)  # type: ignore[arg-type]


def found(batch: Batch, severity: str | None = None) -> list[tuple[str, str | None]]:
    """Return the codes and cells of what was found."""
    return [(f.code, f.cell) for f in batch.findings if severity in (None, f.severity)]


def state_of(root: Path) -> dict[str, str]:
    """Return the hash of every file of a workspace but its marts."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] != "marts" and path.name != ".lock"
    }
