"""Marts: derived, disposable Parquet, built month by month and named as `mart_files` says.

The villages of many counties are built in one pass: their reports are read and counted once for
all, and what they come to is cut by county into the files that each county's own build gives.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store import files, indicators, mart_sql, parquet
from shortplank.store.edition import Edition
from shortplank.store.mart_files import (
    ALL,
    MART_VERSION,
    STALE_DAYS,
    WINDOW_MONTHS,
    MartFile,
    MartFiles,
    add_months,
    drop,
    due_date,
    edition_months,
)
from shortplank.store.rolling import Labels, Rolling
from shortplank.store.units import Units
from shortplank.store.windows import Counts

__all__ = [
    "MART_VERSION",
    "STALE_DAYS",
    "WINDOW_MONTHS",
    "MartBuilder",
    "Progress",
    "add_months",
    "due_date",
    "edition_months",
    "read_marts",
]

MEMORY_LIMIT = "400MB"
Progress = Callable[[int, int], None]


@dataclass
class MartBuilder:
    """Builds the marts of one edition: the townships', or ``counties``' villages in one pass.

    ``county`` makes it the village marts of that county. ``only`` names the months that are
    wanted; without it, all.
    """

    ws: Workspace
    edition: Edition
    county: str | None = None
    progress: Progress | None = None
    only: frozenset[date] | None = None
    counties: tuple[str, ...] = ()
    threads: int = 2
    _sound: set[Path] = field(default_factory=set)
    _months: dict[tuple[str, date], Counts] = field(default_factory=dict)
    _labels: dict[str, Labels] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.county:
            self.counties = (self.county,)
        elif len(self.counties) == 1:
            self.county = self.counties[0]

    @cached_property
    def _files(self) -> MartFiles:
        return MartFiles(self.ws, self.edition)

    @cached_property
    def _asked(self) -> list[date]:
        return [m for m in self._files.months if self.only is None or m in self.only]

    def build(self) -> list[Path]:
        """Return the indicator files in month order, building those that are not there."""
        found = {file: file.find() for month in self._asked for file in self._wanted(month)}
        todo = [m for m in self._asked if any(found[file] is None for file in self._wanted(m))]
        if todo:
            with self._connection() as con:
                units = Units(con, self.ws, self.counties)
                for done, month in enumerate(todo, start=1):
                    try:
                        found |= self._build_month(con, units, month, found)
                    except duckdb.Error as error:
                        raise _build_failure(error, month) from error
                    if self.progress:
                        self.progress(done, len(todo))
        return [path for path in found.values() if path]

    def build_measures(self) -> list[Path]:
        """Return the wanted months' files of leaf counts, building those that are not there.

        What several machines build together rests on them: they are counted once, by one of them.
        """
        wanted = {month: self._measure_files(month)[0] for month in self._asked}
        todo = [month for month, file in wanted.items() if file.find() is None]
        if todo:
            with self._connection() as con:
                units = Units(con, self.ws, self.counties)
                for month in todo:
                    self._count(con, units, month)
        return [path for file in wanted.values() if (path := file.find())]

    def missing(self) -> list[date]:
        """Return the wanted months of which a file is not there."""
        return [m for m in self._asked if any(f.find() is None for f in self._wanted(m))]

    def _wanted(self, month: date) -> list[MartFile]:
        return [self._files.indicator(month, county) for county in self.counties or (None,)]

    # --- building ----------------------------------------------------------------------------
    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open an engine whose spill is its own: it names those files by its process id alone."""
        try:
            spill = tempfile.TemporaryDirectory(prefix="shortplank-", ignore_cleanup_errors=True)
        except OSError as error:
            raise files.write_failure(error, "TMPDIR") from error
        settings: dict[str, str | int] = {"memory_limit": MEMORY_LIMIT, "threads": self.threads}
        with spill as folder, duckdb.connect(config={**settings, "temp_directory": folder}) as con:
            yield con

    def _build_month(
        self,
        con: duckdb.DuckDBPyConnection,
        units: Units,
        month: date,
        found: dict[MartFile, Path | None],
    ) -> dict[MartFile, Path | None]:
        """Return the files of a month, each one that was not found made."""
        window = self._files.window(month)
        rolling = Rolling(self.ws, units, month, self._labels)
        built = indicators.built_indicators(self.ws, month, villages=bool(self.counties))
        needed = indicators.needed_measures(self.ws, built)
        rolled = rolling.measures([self._counts(con, units, each) for each in window], needed)
        full = self._files.has_full_year(month)
        if self.counties:
            wanted = {county: self._files.indicator(month, county) for county in self.counties}
            lacking = [county for county, file in wanted.items() if found[file] is None]
            tables = rolling.rows_by_county(built, rolled, lacking, full=full)
            return {wanted[county]: wanted[county].write(t, small=True) for county, t in tables}
        for key, item in built.items():
            own = indicators.own_measure(key, item)
            if own and item.kind == "count_over":
                totals = [self._totals(con, units, key, each) for each in window]
                rolled[own] = rolling.count_over(totals, float(item.over or 0))
            elif own and (checks := self._files.checks(month, villages=False)):
                sql = indicators.streak_sql(self.ws, item)
                paths = {"checks": [self._check(path) for path in checks]}
                rolled[own] = rolling.streaks(con.sql(sql, params=paths).to_arrow_table())
        file = self._files.indicator(month, None)
        return {file: file.write(rolling.rows(built, rolled, full=full))}

    def _counts(self, con: duckdb.DuckDBPyConnection, units: Units, month: date) -> Counts:
        """Return a month's leaf counts of the units."""
        return self._kept(("", month), lambda: self._read_counts(con, units, month))

    def _read_counts(self, con: duckdb.DuckDBPyConnection, units: Units, month: date) -> Counts:
        table = self._measures(con, units, month)
        at = units.index(table["area_code"])
        return Counts.of(month, table.drop_columns("area_code"), at, len(units.rows))

    def _totals(
        self, con: duckdb.DuckDBPyConnection, units: Units, key: str, month: date
    ) -> Counts:
        """Return what the villages of the register count together in a month, for one indicator."""
        return self._kept((key, month), lambda: self._read_totals(con, units, key, month))

    def _read_totals(
        self, con: duckdb.DuckDBPyConnection, units: Units, key: str, month: date
    ) -> Counts:
        item = self.ws.indicators[key]
        paths = self._checked(indicators.measured_dataset(self.ws, item), [month])
        if not paths:
            return Counts.nothing(month, len(units.codes))
        sql = indicators.village_total_sql(self.ws, item, _columns(paths))
        table = con.sql(sql, params={"villages": paths}).to_arrow_table()
        at = units.lines(table["area_code"])
        return Counts.of(month, table.select(["total"]), at, len(units.codes))

    def _kept(self, key: tuple[str, date], read: Callable[[], Counts]) -> Counts:
        """Return a month's counts, read once while its windows are near."""
        if key not in self._months:
            self._months[key] = read()
            past = add_months(key[1], -WINDOW_MONTHS)
            for old in [k for k in self._months if k[0] == key[0] and k[1] <= past]:
                del self._months[old]
        return self._months[key]

    # --- leaf counts -------------------------------------------------------------------------
    def _measures(self, con: duckdb.DuckDBPyConnection, units: Units, month: date) -> pa.Table:
        """Return a month's leaf counts, counted where their file is missing or damaged."""
        places = self._measure_files(month)
        for file in places:
            path = file.find()
            if path:
                try:
                    return parquet.read_table(
                        path, units.reach if ALL in file.folder.parts else None
                    )
                except StoreError:
                    drop(path)
        return self._count(con, units, month)

    def _count(self, con: duckdb.DuckDBPyConnection, units: Units, month: date) -> pa.Table:
        """Return a month's leaf counts, counted and written down."""
        units.place(month)
        try:
            counted = self._count_month(con, month)
        except duckdb.Error as error:
            raise _build_failure(error, month) from error
        self._measure_files(month)[0].write(counted)
        return counted

    def _measure_files(self, month: date) -> list[MartFile]:
        """Return the files that may hold a month's leaf counts, the one that is written here first.

        A county by itself takes its villages from those of all, where they have been counted.
        """
        all_villages = [self._files.measure(month, ALL)] if self.counties else []
        if len(self.counties) > 1:
            return all_villages
        return [self._files.measure(month, self.county), *all_villages]

    def _count_month(self, con: duckdb.DuckDBPyConnection, month: date) -> pa.Table:
        datasets = mart_sql.counted_datasets(self.ws, villages=bool(self.counties))
        held = {d: paths for d in datasets if (paths := self._checked(d, [month]))}
        present = {dataset: _columns(paths) for dataset, paths in held.items()}
        sql = mart_sql.measure_sql(self.ws, present, month, villages=bool(self.counties))
        parameters: dict[str, object] = {d: p for d, p in held.items() if f"${d}," in sql}
        if "$due" in sql:
            parameters["due"] = due_date(self.ws, month)
        return con.sql(sql, params=parameters).to_arrow_table()

    def _checked(self, dataset: str, months: list[date]) -> list[str]:
        return [self._check(path) for path in self.edition.files(dataset, months)]

    def _check(self, path: Path) -> str:
        if path not in self._sound:
            files.check(path)
            self._sound.add(path)
        return str(path)


def _columns(paths: list[str]) -> set[str]:
    return {name for path in paths for name in pq.read_schema(path).names}


def _build_failure(error: duckdb.Error, month: date) -> StoreError:
    place = f"marts，{month:%Y-%m}"
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError("生成分析表时内存不足", place=place, mend="请关闭别的程序后重试")
    if "No space left" in str(error):
        return StoreError("生成分析表时磁盘已满", place=place, mend="请腾出空间后重试")
    first = str(error).splitlines()[0]
    return StoreError(
        f"生成分析表时出错（{first}）", place=place, mend="请检查 catalogue 中的度量和指标"
    )


def read_marts(builder: MartBuilder, rows: pc.Expression | None = None) -> pa.Table:
    """Return the indicator rows of an edition; damaged mart files are built again.

    ``rows`` says which of them; without it, all.
    """
    for _ in range(2):
        tables, paths = [], builder.build()
        for path in paths:
            try:
                tables.append(parquet.read_table(path, rows))
            except StoreError:
                drop(path)
        if len(tables) == len(paths):
            return pa.concat_tables(tables) if tables else indicators.SCHEMA.empty_table()
    raise StoreError("分析表无法读取", place="marts", mend="请删去 marts 文件夹后重试")
