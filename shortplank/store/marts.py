"""Marts: derived, disposable Parquet, built month by month and named by what they rest on.

A month's file is named by a hash of all that it was made from, so that restating one month rebuilds
only the months whose windows hold it, a stale file is never read, and a deleted one comes back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store import files, mart_sql
from shortplank.store.editions import Edition

MART_VERSION = 1
MEMORY_LIMIT = "1GB"
Progress = Callable[[int, int], None]


def add_months(month: date, count: int) -> date:
    """Return the first of the month ``count`` months later (earlier when negative).

    >>> add_months(date(2009, 11, 1), 3)
    datetime.date(2010, 2, 1)
    """
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def due_date(ws: Workspace, month: date) -> date:
    """Return the last day on which the month's reports are in time."""
    return add_months(month, 1) + timedelta(days=ws.settings.due_day - 1)


def edition_months(ws: Workspace, edition: Edition) -> list[date]:
    """Return every month between the first and the last that has a monthly report."""
    monthly = [d for d in mart_sql.wide_datasets(ws) if ws.datasets[d].cadence == "month"]
    held = [month for dataset in monthly for month in edition.months(dataset)]
    if not held:
        return []
    span = (max(held).year - min(held).year) * 12 + max(held).month - min(held).month
    return [add_months(min(held), step) for step in range(span + 1)]


@dataclass
class MartBuilder:
    """Builds the marts of one edition; ``county`` makes it the village marts of that county."""

    ws: Workspace
    edition: Edition
    county: str | None = None
    progress: Progress | None = None

    @property
    def folder(self) -> Path:
        """Return the folder of these marts."""
        name = f"village/{self.county}" if self.county else "township"
        return self.ws.path / "marts" / name

    def build(self) -> list[Path]:
        """Return the indicator files in month order, building those that are not there."""
        months = edition_months(self.ws, self.edition)
        wanted = [(month, *self._names(month, months)) for month in months]
        todo = [item for item in wanted if not item[2].exists()]
        if todo:
            with self._connection() as con:
                for done, (month, _, indicator) in enumerate(todo, start=1):
                    self._build_month(con, month, months, indicator)
                    if self.progress:
                        self.progress(done, len(todo))
        return [indicator for _, _, indicator in wanted]

    # --- names -------------------------------------------------------------------------------
    def _names(self, month: date, months: list[date]) -> tuple[Path, Path]:
        return self._measure_path(month), self._path("indicator", month, self._indicator_key(month, months))

    def _measure_path(self, month: date) -> Path:
        parts = [
            file.sha256
            for dataset in (*mart_sql.wide_datasets(self.ws), "submission")
            if (file := self.edition.by_key.get((dataset, month)))
        ]
        return self._path("measure", month, self._key("measure", month, parts))

    def _indicator_key(self, month: date, months: list[date]) -> str:
        window = [m for m in months if self._window_start(month) <= m <= month]
        parts = [self._measure_path(m).name for m in window]
        parts += [path.name for path in self._checks(month)]
        parts.append(f"full={add_months(month, -11) >= months[0]}")
        return self._key("indicator", month, parts)

    def _window_start(self, month: date) -> date:
        return min(self.ws.year_start(month), add_months(month, -11))

    def _key(self, kind: str, month: date, parts: list[str]) -> str:
        text = "|".join([str(MART_VERSION), kind, str(month), self.ws.fingerprint, *parts])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _path(self, kind: str, month: date, key: str) -> Path:
        return self.folder / kind / f"stat_month={month:%Y-%m}" / f"{key}.parquet"

    def _checks(self, month: date) -> list[Path]:
        if self.county or not any(i.kind == "streak" for i in self.ws.indicators.values()):
            return []
        months = [m for m in self.edition.months("inspection") if m <= month]
        return self.edition.files("inspection", months)

    # --- building ----------------------------------------------------------------------------
    def _connection(self) -> duckdb.DuckDBPyConnection:
        spill = self.ws.path / "marts" / ".spill"
        con = duckdb.connect(
            config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill), "threads": 2}
        )
        con.register("area", area_table(self.ws))
        con.register("successor", successor_table(self.ws))
        con.execute(_MAPS)
        if self.county:
            con.execute(
                "create temp table unit_map as select area_code, village as unit from village_map "
                "where county = $county",
                {"county": self.county},
            )
        else:
            con.execute(_TOWNSHIP_UNITS)
        return con

    def _build_month(
        self, con: duckdb.DuckDBPyConnection, month: date, months: list[date], target: Path
    ) -> None:
        window = [m for m in months if self._window_start(month) <= m <= month]
        for each in window:
            if not self._measure_path(each).exists():
                self._write_measure(con, each)
        self._register(con, month, full_r12=add_months(month, -11) >= months[0])
        con.execute(
            "create or replace temp table window_measure as "
            "select * from read_parquet($paths, hive_partitioning = false)",
            {"paths": [str(self._measure_path(m)) for m in window]},
        )
        con.execute(self._spine_sql, {"month": month})
        con.execute(*self._special(month))
        dates = {
            "month": month,
            "year_start": self.ws.year_start(month),
            "r12_start": add_months(month, -11),
        }
        self._save(con, mart_sql.INDICATOR_SQL, dates, target)

    @property
    def _spine_sql(self) -> str:
        return _SPINE_VILLAGE if self.county else _SPINE_TOWNSHIP

    def _register(self, con: duckdb.DuckDBPyConnection, month: date, *, full_r12: bool) -> None:
        villages = bool(self.county)
        con.register("rule", mart_sql.rule_table(self.ws))
        con.register("part", mart_sql.part_table(self.ws, month, villages=villages))
        card = mart_sql.card_table(self.ws, month, villages=villages, full_r12=full_r12)
        con.register("card", card)

    def _special(self, month: date) -> tuple[str, dict[str, list[str]]]:
        """Return the statement that makes ``special``, with the files it reads."""
        paths = {"checks": [str(path) for path in self._checks(month)]}
        for name, start in (("ytd", self.ws.year_start(month)), ("r12", add_months(month, -11))):
            paths[f"over_{name}"] = self._over_files(start, month)
        wanted = {
            key: item
            for key, item in mart_sql.built_indicators(
                self.ws, month, villages=bool(self.county)
            ).items()
            if (item.kind == "streak" and paths["checks"])
            or (item.kind == "count_over" and not self.county and paths["over_ytd"])
        }
        sql = mart_sql.special_sql(self.ws, wanted)
        used = {name: files for name, files in paths.items() if f"${name}" in sql}
        return "create or replace temp table special as " + sql, used

    def _over_files(self, start: date, month: date) -> list[str]:
        dataset = self._over_dataset()
        held = [m for m in self.edition.months(dataset or "") if start <= m <= month]
        return [str(p) for p in self.edition.files(dataset, held)] if dataset else []

    def _over_dataset(self) -> str | None:
        for item in self.ws.indicators.values():
            if item.kind == "count_over":
                return self.ws.measures[min(self.ws.leaves(item.numerator))].dataset
        return None

    def _write_measure(self, con: duckdb.DuckDBPyConnection, month: date) -> None:
        datasets = (*mart_sql.wide_datasets(self.ws), "submission")
        parameters: dict[str, object] = {
            d: [str(p) for p in self.edition.files(d, [month])] for d in datasets
        }
        present = [d for d in datasets if parameters[d]]
        con.execute(self._spine_sql, {"month": month})
        sql = mart_sql.measure_sql(self.ws, present, month, villages=bool(self.county))
        used = {d: parameters[d] for d in present if f"${d}" in sql}
        if "$due" in sql:
            used["due"] = due_date(self.ws, month)
        self._save(con, sql, used, self._measure_path(month))

    def _save(
        self, con: duckdb.DuckDBPyConnection, sql: str, parameters: object, target: Path
    ) -> None:
        try:
            table = con.sql(sql, params=parameters).to_arrow_table()
        except duckdb.Error as error:
            raise _build_failure(error) from error
        files.write_once(target, files.parquet_bytes(table))
        for old in target.parent.glob("*.parquet"):
            if old != target and _age_days(old) > 30:
                with suppress(OSError):
                    old.unlink()


def _age_days(path: Path) -> float:
    with suppress(OSError):
        return (os.stat(path.parent).st_mtime - path.stat().st_mtime) / 86_400
    return 0.0


def _build_failure(error: duckdb.Error) -> StoreError:
    text = str(error)
    place = "marts"
    if "snapshots/" in text:
        place = "snapshots/" + text.split("snapshots/", 1)[1].split("'")[0].split('"')[0].split(" ")[0]
    return StoreError(
        "由这一版的数据文件生成分析表时出错，文件可能缺失或已损坏",
        place=place.rstrip(".:,"),
        mend="请运行 shortplank editions verify 查明，并从备份恢复",
    )


def area_table(ws: Workspace) -> pa.Table:
    return pa.table(
        {
            "area_code": [a.area_code for a in ws.areas],
            "parent_code": [a.parent_code for a in ws.areas],
            "level": [a.level for a in ws.areas],
            "name": [a.name for a in ws.areas],
            "kind": [a.kind for a in ws.areas],
            "valid_from": pa.array([a.valid_from for a in ws.areas], pa.date32()),
            "valid_to": pa.array([a.valid_to for a in ws.areas], pa.date32()),
        }
    )


def successor_table(ws: Workspace) -> pa.Table:
    return pa.table(
        {
            "old_code": pa.array([s.old_code for s in ws.successors], pa.string()),
            "new_code": pa.array([s.new_code for s in ws.successors], pa.string()),
        }
    )


_MAPS = """
create temp table village_map as
with recursive chain as (
    select area_code, area_code as village, 0 as step from area where level = 'village'
    union all
    select c.area_code, s.new_code, c.step + 1
    from chain as c join successor as s on s.old_code = c.village where c.step < 10
),
last as (select area_code, max_by(village, step) as village from chain group by area_code)
select l.area_code, l.village, v.parent_code as township, t.parent_code as county
from last as l
join area as v on v.area_code = l.village
join area as t on t.area_code = v.parent_code;
"""

_TOWNSHIP_UNITS = """
create temp table unit_map as
select area_code, parent_code as unit from area where level = 'village'
union all
select area_code, coalesce(s.new_code, area_code) as unit
from area left join successor as s on s.old_code = area_code where level <> 'village'
"""

_SPINE_TOWNSHIP = """
create or replace temp table spine as
with valid as (
    select * from area where valid_from <= $month and (valid_to is null or valid_to >= $month)
),
villages as (select parent_code, count(*) as villages from valid where level = 'village' group by 1)
select v.area_code, v.level, v.parent_code, coalesce(n.villages, 0) as villages
from valid as v left join villages as n on n.parent_code = v.area_code
where v.level in ('county', 'township')
"""

_SPINE_VILLAGE = """
create or replace temp table spine as
select a.area_code, a.level, a.parent_code, 1 as villages
from area as a join unit_map as u on u.area_code = a.area_code and u.unit = a.area_code
where a.level = 'village' and a.valid_from <= $month
    and (a.valid_to is null or a.valid_to >= $month)
"""


def read_marts(builder: MartBuilder) -> pa.Table:
    """Return the indicator rows of an edition; damaged mart files are built again."""
    for attempt in (1, 2):
        paths = builder.build()
        tables = []
        for path in paths:
            try:
                tables.append(pq.read_table(path, partitioning=None))
            except (pa.ArrowException, OSError, ValueError):
                with suppress(OSError):
                    path.unlink()
        if len(tables) == len(paths):
            return pa.concat_tables(tables) if tables else empty_mart()
        if attempt == 2:
            raise StoreError("分析表无法读取", place="marts", mend="请删去 marts 文件夹后重试")
    raise AssertionError


def empty_mart() -> pa.Table:
    """Return a mart without rows, in the mart's schema."""
    text, count, rate = pa.string(), pa.int64(), pa.float64()
    kinds = [text, text, text, pa.date32(), text, count, rate, count, rate, count, rate, count, count]
    names = mart_sql.MART_COLUMNS.split(", ")
    return pa.schema(list(zip(names, kinds, strict=True))).empty_table()


def iter_counties(ws: Workspace) -> Iterator[str]:
    """Yield the codes of the counties in the register."""
    yield from (area.area_code for area in ws.areas if area.level == "county")
