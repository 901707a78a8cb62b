"""What viewers do not get of townships and counties: counts that are a single village's own.

Where a count is taken out of a township its number of reports goes too: a null there says
"withheld", which is neither "not reported" nor zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.store.closing import is_year_end, whole_townships
from shortplank.store.disclosure import COUNTS, without
from shortplank.store.edition import Edition
from shortplank.store.marts import WINDOW_MONTHS, add_months

Row = dict[str, Any]
Partial = Collection[tuple[str, str, date]]
"""Dataset, county and month in which only some villages of a township were chosen."""
WINDOWS = {"": 0, "ytd_": 1, "r12_": 2}


def stop_at_county(ws: Workspace, table: pa.Table) -> pa.Table:
    """Return the table without what the catalogue stops at the county: a sample is a village."""
    keys = [key for key in ws.indicators if ws.viewer_level(key) == "county"]
    gone = pc.and_(
        pc.is_in(table["indicator"], pa.array(keys, pa.string())),
        pc.not_equal(table["level"], "county"),
    )
    return without(table, gone, (*COUNTS, "reported"))


def partly_chosen(ws: Workspace, edition: Edition) -> set[tuple[str, str, date]]:
    """Return where chosen villages stand for their township, though not all of them were chosen."""
    found = set()
    for dataset, item in ws.datasets.items():
        if not item.chosen or item.lowest_for_viewers != "township":
            continue
        for month in edition.months(dataset):
            table = edition.table(dataset, month)
            codes = set() if table is None else set(pc.unique(table["area_code"]).to_pylist())
            areas = [ws.area_by_code[code] for code in codes]
            towns = {a.parent_code if a.level == "village" else a.area_code for a in areas}
            for town in towns - whole_townships(ws, edition, (dataset, month)):
                found.add((dataset, ws.county_of(town) or town, month))
    return found


def without_partly_chosen(ws: Workspace, table: pa.Table, partial: Partial) -> pa.Table:
    """Return the table without townships' windows that hold a month of partly chosen villages.

    All townships of the county go: one alone were the county's less the others'.
    """
    if not partial:
        return table
    datasets = {dataset for dataset, _, _ in partial}
    rests = {
        key: held
        for key, item in ws.indicators.items()
        for leaves in [ws.leaves((*item.numerator, *item.denominator))]
        if (held := {ws.measures[leaf].dataset for leaf in leaves} & datasets)
    }

    def mend(row: Row) -> None:
        for dataset in rests[row["indicator"]]:
            months = {m for d, c, m in partial if (d, c) == (dataset, row["parent_code"])}
            for prefix in _windows_over(ws, row["stat_month"], months):
                row.update({f"{prefix}numerator": None, f"{prefix}denominator": None})
                row["reported"] = None

    towns = pc.not_equal(table["level"], "county")
    return mended(table, pc.and_(_of(table, rests), towns), mend)


def _windows_over(ws: Workspace, month: date, months: Collection[date]) -> list[str]:
    """Return the prefixes of the windows to a month that hold any of some months."""
    first = {
        "": month,
        "ytd_": ws.year_start(month),
        "r12_": add_months(month, 1 - WINDOW_MONTHS),
    }
    return [p for p, start in first.items() if any(start <= each <= month for each in months)]


def county_counts_over(
    ws: Workspace, table: pa.Table, figures: Mapping[tuple[str, date], Mapping[str, Row] | None]
) -> pa.Table:
    """Return the table with the home county's villages over a line of births of closed years.

    They are the closing edition's (``figures``, by indicator and month; None: not closed yet).
    """
    over = [k for k, item in ws.indicators.items() if item.kind == "count_over" and ws.sensitive(k)]

    def mend(row: Row) -> None:
        key = (row["indicator"], row["stat_month"])
        if key in figures:
            known = (figures[key] or {}).get(row["area_code"], {})
            row.update({name: known.get(name) for name in COUNTS})

    home = pc.equal(table["area_code"], ws.settings.home)
    return mended(table, pc.and_(_of(table, over), home), mend)


def without_counts_over(ws: Workspace, table: pa.Table, *, but: str = "") -> pa.Table:
    """Return the table without villages over a line of births, of all areas but one.

    Each county's own closed years say which of them viewers have: beside it, or summed, a number
    that is counted otherwise would be read against them.
    """
    over = [k for k, item in ws.indicators.items() if item.kind == "count_over" and ws.sensitive(k)]
    gone = pc.and_(_of(table, over), pc.not_equal(table["area_code"], but))
    return without(table, gone, (*COUNTS, "reported"))


def without_pins(ws: Workspace, table: pa.Table) -> pa.Table:
    """Return the table without counties' numbers over a line where they pin villages alike.

    A township of k villages and k × (line − 1) births has that many each if none is over the line:
    and none is where the county's number is used up by townships that have more than that.
    Closed years are seen to where their villages are banded.
    """
    for key, item in ws.indicators.items():
        total = _total_of(ws, key)
        if item.kind == "count_over" and item.over and total:
            pins = _pins(ws, table, key, total, int(item.over) - 1)
            if pins:
                table = mended(table, _of(table, [key]), _taking_out(pins))
    return table


def _total_of(ws: Workspace, key: str) -> str | None:
    """Return the count of births that a number of villages over a line is made of."""
    wanted = ws.indicators[key].numerator
    counts = (k for k, item in ws.indicators.items() if item.kind == "count")
    found = (k for k in counts if ws.indicators[k].numerator == wanted)
    return next(found, None) if ws.sensitive(key) else None


def _pins(
    ws: Workspace, table: pa.Table, key: str, total: str, most: int
) -> set[tuple[str, date, str]]:
    """Return the county, month and window of each number that pins the villages of a township."""
    rows = table.filter(_of(table, [key, total])).to_pylist()
    at = {(row["indicator"], row["area_code"], row["stat_month"]): row for row in rows}
    found = set()
    for row in rows:
        if row["indicator"] != key or row["level"] != "county":
            continue
        month = row["stat_month"]
        towns = [r for r in rows if _beside(r, total, row)]
        for prefix in WINDOWS:
            number = row[f"{prefix}numerator"]
            sizes = [
                (town[f"{prefix}numerator"] or 0, most * (villages or 0))
                for town in towns
                for own in [at.get((key, town["area_code"], month), {})]
                for villages in [own.get(f"{prefix}denominator")]
            ]
            used = sum(cases > full for cases, full in sizes)
            alike = any(cases == full > most for cases, full in sizes)
            if number is not None and alike and number <= used:
                found.add((row["area_code"], month, prefix))
    return {each for each in found if not is_year_end(ws, each[1])}


def _beside(row: Row, total: str, county: Row) -> bool:
    """Return whether a row is the births of a township of a county's row, in its month."""
    where = (row["indicator"], row["parent_code"], row["stat_month"])
    return where == (total, county["area_code"], county["stat_month"])


def _taking_out(pins: Collection[tuple[str, date, str]]) -> Callable[[Row], None]:
    def mend(row: Row) -> None:
        for prefix in WINDOWS:
            if (row["area_code"], row["stat_month"], prefix) in pins:
                row.update({f"{prefix}numerator": None, f"{prefix}denominator": None})

    return mend


def _of(table: pa.Table, keys: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(table["indicator"], pa.array(sorted(keys), pa.string()))


def mended(table: pa.Table, which: pa.ChunkedArray, mend: Callable[[Row], None]) -> pa.Table:
    """Return the table with some of its rows changed by a function."""
    rows = table.filter(which).to_pylist()
    for row in rows:
        mend(row)
    changed = pa.Table.from_pylist(rows, schema=table.schema)
    return pa.concat_tables([table.filter(pc.invert(which)), changed])
