"""Workspaces of a county's, a province's and a nation's size, made with the production writer.

`python -m benchmarks.scale FOLDER make county|province|nation`, `… build`, `… villages`,
`… bare` and `… restate` each do one thing in a process of their own and print a line of JSON: the
seconds and CPU seconds it took, and the most memory it held.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from shortplank.catalogue import Workspace, copy_standard, load_workspace
from shortplank.store import Store, add_months
from shortplank.store.marts import MartBuilder
from shortplank.store.units import village_groups

HOME = "990101"
FIRST = date(2000, 10, 1)
SEED = 20100609


@dataclass(frozen=True)
class Scale:
    """How large a workspace is: counties × townships × villages over so many months."""

    counties: int
    townships: int
    villages: int
    months: int

    @property
    def village_count(self) -> int:
        """Return the number of villages."""
        return self.counties * self.townships * self.villages


SCALES = {
    "county": Scale(1, 16, 12, 120),
    "province": Scale(104, 16, 12, 120),
    "nation": Scale(3125, 16, 12, 36),
}
SETTINGS = f"""schema_version = 1
name = "量测"
home = "{HOME}"
statistical_year_first_month = 10
due_day = 5
"""


def make(folder: Path, scale: Scale, province: str = "") -> None:
    """Write a workspace and publish its months, one edition a statistical year.

    ``province`` is the code of one that holds all counties, and is the home; the codes of the
    counties do not rest on it.
    """
    folder.mkdir(parents=True)
    settings = SETTINGS.replace(HOME, province) if province else SETTINGS
    (folder / "workspace.toml").write_text(settings, "utf-8")
    (folder / "areas.csv").write_text("\n".join(_register(scale, province)) + "\n", "utf-8")
    (folder / "peers.csv").write_text("\n".join(_peers(scale)) + "\n", "utf-8")
    copy_standard(folder)
    store = Store(folder)
    codes = [code for code, level in _codes(scale) if level == "village"]
    towns = [code for code, level in _codes(scale) if level == "township"]
    steps = 12 if scale.village_count < 50_000 else 2
    for start in range(0, scale.months, steps):
        months = [add_months(FIRST, n) for n in range(start, min(start + steps, scale.months))]
        change = {("village_month", m): _villages(codes, m) for m in months}
        change |= {("township_month", m): _townships(towns, m) for m in months}
        at = datetime(months[-1].year, months[-1].month, 28, tzinfo=UTC)
        store.publish(change, why="", published_at=at)


def _codes(scale: Scale) -> Iterator[tuple[str, str]]:
    for county in range(scale.counties):
        # Home is 990101; the others follow it over as many prefectures as it takes.
        own = f"{9901 + county // 99:04d}{county % 99 + 1:02d}"
        yield own, "county"
        for town in range(1, scale.townships + 1):
            yield f"{own}{town:03d}", "township"
            for village in range(1, scale.villages + 1):
                yield f"{own}{town:03d}{200 + village}", "village"


def _register(scale: Scale, province: str) -> Iterator[str]:
    yield "area_code,parent_code,level,name,kind,valid_from,valid_to"
    if province:
        yield f"{province},,province,量测省,省,2000-01-01,"
    parents = {"county": 4, "township": 6, "village": 9}
    names = {"county": "县", "township": "镇", "village": "村"}
    for code, level in _codes(scale):
        parent = province if province and level == "county" else code[: parents[level]]
        yield f"{code},{parent},{level},第{int(code)}{names[level]},{names[level]},2000-01-01,"


def _peers(scale: Scale) -> Iterator[str]:
    yield "area_code,name,class,group,valid_from,valid_to"
    for code in [code for code, level in _codes(scale) if level == "county"][:29]:
        yield f"{code},第{int(code)}县,一类,江淮,2000-01-01,"


def _villages(codes: list[str], month: date) -> pa.Table:
    """Return a month of 17 leaf counts that keep every rule of the catalogue."""
    rng, size = np.random.default_rng([SEED, month.toordinal()]), len(codes)
    columns: dict[str, Any] = {"area_code": codes, "stat_month": [month] * size}
    columns["pop_end"] = rng.integers(800, 2500, size)
    columns["deaths"] = rng.poisson(0.9, size)
    inside = np.zeros((3, size), dtype=np.int64)
    for order, mean in enumerate((1.6, 0.9, 0.1), start=1):
        males, females = rng.poisson(mean * 0.53, size), rng.poisson(mean * 0.47, size)
        inside[order - 1] = rng.binomial(males + females, 0.91)
        columns[f"births_p{order}_m"], columns[f"births_p{order}_f"] = males, females
        columns[f"births_p{order}_in"] = inside[order - 1]
    births = sum(columns[f"births_p{o}_{s}"] for o in (1, 2, 3) for s in "mf")
    columns["births_out_migrant"] = rng.binomial(births - inside.sum(axis=0), 0.9)
    columns["births_late"] = rng.poisson(0.05, size)
    for due, done, mean, share in (
        ("migrants_due", "migrants_filed", 220, 0.83),
        ("benefits_due", "benefits_paid", 36, 0.95),
    ):
        columns[due] = rng.poisson(mean, size)
        columns[done] = rng.binomial(columns[due], share)
    return pa.table(columns)


def _townships(codes: list[str], month: date) -> pa.Table:
    """Return a month of the townships' own 12 counts."""
    rng, size = np.random.default_rng([SEED, 1, month.toordinal()]), len(codes)
    columns: dict[str, Any] = {"area_code": codes, "stat_month": [month] * size}
    for due, done, mean, share in (
        ("procedures_due", "procedures_done", 40, 0.9),
        ("backlog_due", "backlog_cleared", 20, 0.5),
        ("pregnancies_known", "pregnancies_early", 60, 0.8),
        ("fees_levied", "fees_collected", 90_000, 0.6),
        ("petitions_received", "petitions_verifiable", 4, 0.8),
    ):
        columns[due] = rng.poisson(mean, size)
        columns[done] = rng.binomial(columns[due], share)
    columns["petitions_confirmed"] = rng.binomial(columns["petitions_verifiable"], 0.3)
    columns["sex_selection_cases"] = rng.poisson(0.05, size)
    return pa.table(columns)


# --- the same sums by hand ------------------------------------------------------------------------
def bare(folder: Path) -> None:
    """Do the sums of the township marts as one would by hand: a script on the Parquet files.

    A month's counts by township, then twelve months of those over the three windows, townships and
    counties, to one Parquet file a month, and villages of three births or more by township.
    """
    edition = Store(folder).edition()
    months = edition.months("village_month")
    con = duckdb.connect(config={"memory_limit": "800MB", "threads": 2})
    counts = [n for n in edition.table("village_month", months[0]).column_names[2:]]  # type: ignore[union-attr]
    own = [n for n in edition.table("township_month", months[0]).column_names[2:]]  # type: ignore[union-attr]
    sums = ", ".join(f"sum({name})::BIGINT as {name}" for name in counts)
    con.execute(
        f"create table town as select substr(area_code, 1, 9) as code, stat_month, {sums},"
        f" {', '.join(f'0::BIGINT as {name}' for name in own)}"
        " from read_parquet($files, hive_partitioning = false) where false group by all",
        {"files": [str(p) for p in edition.files("village_month", months[:1])]},
    )
    out = folder / "bare"
    out.mkdir(exist_ok=True)
    for at, month in enumerate(months):
        files = {
            "v": [str(p) for p in edition.files("village_month", [month])],
            "t": [str(p) for p in edition.files("township_month", [month])],
        }
        con.execute(
            f"insert into town select v.*, {', '.join('t.' + name for name in own)} from ("
            f"select substr(area_code, 1, 9) as code, stat_month, {sums}"
            " from read_parquet($v, hive_partitioning = false) group by all) as v"
            " join read_parquet($t, hive_partitioning = false) as t on t.area_code = v.code",
            files,
        )
        window = months[max(0, at - 11) : at + 1]
        year = date(month.year if month.month >= 10 else month.year - 1, 10, 1)
        con.execute("delete from town where stat_month < $opening", {"opening": window[0]})
        parts = ", ".join(
            f"sum({n}) filter (where stat_month = $month) as {n}_m,"
            f" sum({n}) filter (where stat_month >= $year) as {n}_y, sum({n}) as {n}_r"
            for n in (*counts, *own)
        )
        village_files = [str(p) for p in edition.files("village_month", window)]
        con.execute(
            f"copy (with w as (select code, {parts} from town group by code),"
            " o as (select substr(area_code, 1, 9) as code, area_code, sum(births_p1_m +"
            " births_p1_f + births_p2_m + births_p2_f + births_p3_m + births_p3_f"
            " - births_p1_in - births_p2_in - births_p3_in) as r, sum(case when stat_month >= $year"
            " then births_p1_m + births_p1_f + births_p2_m + births_p2_f + births_p3_m"
            " + births_p3_f - births_p1_in - births_p2_in - births_p3_in end) as y"
            " from read_parquet($files, hive_partitioning = false) group by all),"
            " c as (select code, count(*) filter (where r >= 3) as over_r,"
            " count(*) filter (where y >= 3) as over_y from o group by code)"
            " select * from w join c using (code) union all by name"
            " select substr(code, 1, 6) as code, sum(columns(* exclude (code)))"
            " from (select * from w join c using (code)) group by 1 order by code)"
            f" to '{out / f'{month:%Y-%m}.parquet'}' (compression zstd)",
            {"month": month, "year": year, "files": village_files},
        )


def build(folder: Path) -> None:
    """Build the township marts."""
    ws = load_workspace(folder)
    edition = Store(folder, ws).edition()
    MartBuilder(ws, edition).build()


def villages(folder: Path) -> None:
    """Build the village marts of all counties, as many in one pass as memory holds."""
    ws = load_workspace(folder)
    edition = Store(folder, ws).edition()
    for counties in village_groups(ws):
        MartBuilder(ws, edition, counties=counties).build()


def restate(folder: Path) -> None:
    """Publish one month anew (the sixth from the end) and build what it touches."""
    ws = load_workspace(folder)
    store = Store(folder, ws)
    edition = store.edition()
    month = edition.months("village_month")[-6]
    table = edition.table("village_month", month)
    assert table is not None
    raised = pa.array(np.asarray(table["deaths"]) + 1)
    table = table.set_column(table.column_names.index("deaths"), "deaths", raised)
    new = store.publish({("village_month", month): table}, why="订正")
    built: list[int] = []
    MartBuilder(ws, new, progress=lambda done, _: built.append(done)).build()
    print(json.dumps({"months": len(built)}), file=sys.stderr)


def ready(ws: Workspace) -> bool:
    """Return whether a workspace has its editions (it was not left half made)."""
    return Store(ws.path, ws).newest() > 0


def most_memory() -> float:
    """Return the most memory that this process held, in MB (getrusage counts the parent's too)."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    (peak,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) / 1024


def main() -> None:
    """Do one thing to a workspace and print what it cost."""
    folder, task, *rest = Path(sys.argv[1]), *sys.argv[2:]
    start = time.perf_counter()
    if task == "make":
        make(folder, SCALES[rest[0]])
    else:
        {"build": build, "villages": villages, "bare": bare, "restate": restate}[task](folder)
    cost = {"seconds": time.perf_counter() - start, "cpu": time.process_time()}
    print(json.dumps({**cost, "mb": most_memory()}))


if __name__ == "__main__":
    main()
