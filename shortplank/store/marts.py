"""Marts: derived, disposable Parquet, built month by month and named by what they rest on.

A month's file is named by a hash of all that it was made from and by one of what it holds, so that
restating one month rebuilds only the months whose windows hold it, a stale file is never read, and
a damaged or deleted one comes back.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store import files, indicators, mart_sql
from shortplank.store.editions import Edition
from shortplank.store.rolling import Rolling
from shortplank.store.units import Units
from shortplank.store.windows import Counts

MART_VERSION = 4
MEMORY_LIMIT = "400MB"
# A county's townships are some hundred rows a month: small groups let one county be read by itself.
ROW_GROUP = 8_192
STALE_DAYS = 30
WINDOW_MONTHS = 12
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


@dataclass(frozen=True)
class MartFile:
    """One month's file of a mart: ``<key>-<sha16 of its bytes>.parquet``."""

    folder: Path
    key: str

    def find(self) -> Path | None:
        """Return the file, None where it has not been built."""
        return next(iter(sorted(self.folder.glob(f"{self.key}-*.parquet"))), None)

    def write(self, table: pa.Table) -> Path:
        """Write the month and return its file; long unused files of other inputs are dropped."""
        data = files.parquet_bytes(table, row_group=ROW_GROUP)
        path = self.folder / f"{self.key}-{files.short_hash(data)}.parquet"
        files.write_once(path, data)
        stale = time.time() - STALE_DAYS * 86_400
        for old in self.folder.glob("*.parquet"):
            with suppress(OSError):
                if old != path and old.stat().st_mtime < stale:
                    old.unlink()
        return path


@dataclass
class MartBuilder:
    """Builds the marts of one edition; ``county`` makes it the village marts of that county.

    ``only`` names the months that are wanted; without it, all.
    """

    ws: Workspace
    edition: Edition
    county: str | None = None
    progress: Progress | None = None
    only: frozenset[date] | None = None
    _sound: set[Path] = field(default_factory=set)
    _months: dict[tuple[str, date], Counts] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Return the folder of these marts."""
        name = f"village/{self.county}" if self.county else "township"
        return self.ws.path / "marts" / name

    def build(self) -> list[Path]:
        """Return the indicator files in month order, building those that are not there."""
        months = edition_months(self.ws, self.edition)
        asked = [month for month in months if self.only is None or month in self.only]
        wanted = {month: self._indicator_file(month, months) for month in asked}
        found = {month: file.find() for month, file in wanted.items()}
        todo = [month for month in asked if found[month] is None]
        if todo:
            with self._connection() as con:
                units = Units(con, self.ws, self.county)
                for done, month in enumerate(todo, start=1):
                    try:
                        found[month] = self._build_month(con, units, month, months)
                    except duckdb.Error as error:
                        raise _build_failure(error, month) from error
                    if self.progress:
                        self.progress(done, len(todo))
        return [path for month in asked if (path := found[month])]

    def missing(self) -> list[date]:
        """Return the wanted months whose file is not there."""
        months = edition_months(self.ws, self.edition)
        asked = [month for month in months if self.only is None or month in self.only]
        return [each for each in asked if self._indicator_file(each, months).find() is None]

    # --- names -------------------------------------------------------------------------------
    def _measure_file(self, month: date) -> MartFile:
        parts = [
            file.sha256
            for dataset in (*mart_sql.wide_datasets(self.ws), "submission")
            if (file := self.edition.by_key.get((dataset, month)))
        ]
        return self._file("measure", month, parts)

    def _indicator_file(self, month: date, months: list[date]) -> MartFile:
        parts = [self._measure_file(each).key for each in _window(month, months)]
        parts += [path.name for path in self._checks(month)]
        parts.append(f"full={_full_year(month, months)}")
        return self._file("indicator", month, parts)

    def _file(self, kind: str, month: date, parts: list[str]) -> MartFile:
        text = "|".join([str(MART_VERSION), kind, str(month), self.ws.fingerprint, *parts])
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        return MartFile(self.folder / kind / f"stat_month={month:%Y-%m}", key)

    def _checks(self, month: date) -> list[Path]:
        if self.county or not any(i.kind == "streak" for i in self.ws.indicators.values()):
            return []
        months = [m for m in self.edition.months("inspection") if m <= month]
        return self.edition.files("inspection", months)

    # --- building ----------------------------------------------------------------------------
    def _connection(self) -> duckdb.DuckDBPyConnection:
        spill = self.ws.path / "marts" / ".spill"
        return duckdb.connect(
            config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill), "threads": 2}
        )

    def _build_month(
        self, con: duckdb.DuckDBPyConnection, units: Units, month: date, months: list[date]
    ) -> Path:
        window = _window(month, months)
        rolling = Rolling(self.ws, units, month)
        rolled = rolling.measures([self._counts(con, units, each) for each in window])
        built = indicators.built_indicators(self.ws, month, villages=bool(self.county))
        for key, item in built.items():
            own = indicators.own_measure(key, item)
            if own and item.kind == "count_over" and not self.county:
                totals = [self._totals(con, units, key, each) for each in window]
                rolled[own] = rolling.count_over(totals, float(item.over or 0))
            elif own and (checks := self._checks(month)):
                sql = indicators.streak_sql(self.ws, item)
                paths = {"checks": [self._check(path) for path in checks]}
                rolled[own] = rolling.streaks(con.sql(sql, params=paths).to_arrow_table())
        table = rolling.rows(built, rolled, full=_full_year(month, months))
        return self._indicator_file(month, months).write(table)

    def _counts(self, con: duckdb.DuckDBPyConnection, units: Units, month: date) -> Counts:
        """Return a month's leaf counts of the units."""
        return self._kept(
            ("", month), lambda: self._read_counts(self._measures(con, units, month), units, month)
        )

    def _read_counts(self, path: Path, units: Units, month: date) -> Counts:
        table = files.read_table(path)
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

    def _measures(self, con: duckdb.DuckDBPyConnection, units: Units, month: date) -> Path:
        """Return the file of a month's leaf counts, built where it is missing or damaged."""
        file = self._measure_file(month)
        path = file.find()
        if path and path not in self._sound:
            try:
                files.check(path)
            except StoreError:
                _drop(path)
                path = None
        if path is None:
            units.place(month)
            path = file.write(self._count_month(con, month))
        self._sound.add(path)
        return path

    def _count_month(self, con: duckdb.DuckDBPyConnection, month: date) -> pa.Table:
        datasets = (*mart_sql.wide_datasets(self.ws), "submission")
        held = {d: paths for d in datasets if (paths := self._checked(d, [month]))}
        present = {dataset: _columns(paths) for dataset, paths in held.items()}
        sql = mart_sql.measure_sql(self.ws, present, month, villages=bool(self.county))
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


def _window(month: date, months: list[date]) -> list[date]:
    """Return the months that any window of a month reaches; the year to date is within twelve."""
    return [m for m in months if add_months(month, -11) <= m <= month]


def _full_year(month: date, months: list[date]) -> bool:
    return add_months(month, -11) >= months[0]


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


def _drop(path: Path) -> None:
    """Delete a damaged mart file, whatever stands in its place."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def read_marts(builder: MartBuilder, rows: pc.Expression | None = None) -> pa.Table:
    """Return the indicator rows of an edition; damaged mart files are built again.

    ``rows`` says which of them; without it, all.
    """
    for _ in range(2):
        tables, paths = [], builder.build()
        for path in paths:
            try:
                tables.append(files.read_table(path, rows))
            except StoreError:
                _drop(path)
        if len(tables) == len(paths):
            return pa.concat_tables(tables) if tables else indicators.SCHEMA.empty_table()
    raise StoreError("分析表无法读取", place="marts", mend="请删去 marts 文件夹后重试")
