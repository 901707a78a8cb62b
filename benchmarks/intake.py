"""Raw input: the national files into one edition, beside DuckDB reading and writing the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.timing import Row
from shortplank.catalogue import load_workspace
from shortplank.ingest import Upload, check_batch, publish_batch
from shortplank.store import Store
from shortplank.store.served import DEMO
from tools.browser import REPOSITORY

TIMES = 3
SHARED = Path(os.environ.get("SHORTPLANK_SHARED", REPOSITORY.parent / "shared"))


def rows() -> list[Row]:
    """Return the townships' month and the national files; nothing without the shared data."""
    return [*_month(), *_nation()]


def _month() -> list[Row]:
    """Return the seconds from a county's month of workbooks to an edition, after start-up."""
    files = sorted((SHARED / "samples/good").glob("2010-06_*"))
    if not files:
        print("intake: skipped, the sample reports are not here", file=sys.stderr)
        return []
    uploads = [Upload(file.name, file.read_bytes()) for file in files]
    with tempfile.TemporaryDirectory(prefix="shortplank-month-") as folder:
        copy = Path(folder) / "county"
        shutil.copytree(DEMO, copy, ignore=shutil.ignore_patterns("marts"))
        store = Store(copy, load_workspace(copy))
        check_batch(store, uploads[:1])  # start-up: imports and the register
        start = time.perf_counter()
        publish_batch(store, check_batch(store, uploads), why="")
        took = 1000 * (time.perf_counter() - start)
    return [Row(f"{len(files)} workbooks to one edition", took, None, 1_500)]


def _nation() -> list[Row]:
    """Return the import of all the files against read_csv and Parquet."""
    source = SHARED / "real" / "tw_births"
    files = sorted(source.glob("*/*/data.csv"))
    if not files:
        print("intake: skipped, the public files are not here", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory(prefix="shortplank-intake-") as folder:
        built = Path(folder) / "built"
        script = REPOSITORY / "examples/tw_births/build.py"
        command = [sys.executable, str(script), str(source), str(built)]
        subprocess.run(command, check=True, capture_output=True)
        ours, other = [], []
        for turn in range(TIMES):
            ours.append(_import(built, Path(folder) / f"ours{turn}", files))
            other.append(_bare(Path(folder) / f"bare{turn}", files))
    name = f"{len(files)} files to one edition / read_csv and Parquet"
    return [Row(name, 1000 * min(ours), 1000 * min(other), 3.0)]


def _import(built: Path, folder: Path, files: list[Path]) -> float:
    """Return the seconds of an import into a workspace that has no edition yet."""
    ignore = shutil.ignore_patterns("snapshots", "marts", "journal")
    shutil.copytree(built, folder, ignore=ignore)
    store = Store(folder, load_workspace(folder))
    start = time.perf_counter()
    uploads = (Upload(f"{file.parent.name}-{file.name}", file.read_bytes()) for file in files)
    publish_batch(store, check_batch(store, uploads), why="")
    return time.perf_counter() - start


def _bare(folder: Path, files: list[Path]) -> float:
    """Return the seconds that DuckDB takes to read each file and write it as Parquet."""
    folder.mkdir()
    start = time.perf_counter()
    con = duckdb.connect()
    for number, file in enumerate(files):
        con.execute(
            f"copy (select * from read_csv($file)) to '{folder / str(number)}.parquet'",
            {"file": str(file)},
        )
    return time.perf_counter() - start
