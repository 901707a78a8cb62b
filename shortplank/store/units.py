"""Which unit a row is counted to in a month, and which units exist then.

The history of a merged or renamed area goes to its successor from the day of the merger on: in a
month before it the old villages stand for themselves, in a month after it the windows of the new
one reach back into their figures.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from shortplank.catalogue import Workspace


def area_table(ws: Workspace) -> pa.Table:
    """Return the register, one line a code: an area's last period, from the first one's start."""
    begins: dict[str, date] = {}
    for area in ws.areas:
        begins[area.area_code] = min(area.valid_from, begins.get(area.area_code, area.valid_from))
    areas = list(ws.area_by_code.values())
    return pa.table(
        {
            "area_code": pa.array([a.area_code for a in areas], pa.string()),
            "parent_code": pa.array([a.parent_code for a in areas], pa.string()),
            "level": pa.array([a.level for a in areas], pa.string()),
            "name": pa.array([a.name for a in areas], pa.string()),
            "kind": pa.array([a.kind for a in areas], pa.string()),
            "valid_from": pa.array([begins[a.area_code] for a in areas], pa.date32()),
            "valid_to": pa.array([a.valid_to for a in areas], pa.date32()),
        }
    )


def successor_table(ws: Workspace) -> pa.Table:
    """Return old and new codes."""
    return pa.table(
        {
            "old_code": pa.array([s.old_code for s in ws.successors], pa.string()),
            "new_code": pa.array([s.new_code for s in ws.successors], pa.string()),
        }
    )


def moved_codes(ws: Workspace, month: date) -> dict[str, str]:
    """Return where the figures of each area that is gone by ``month`` are counted then."""
    heirs = {s.old_code: s.new_code for s in ws.successors if s.valid_from <= month}

    def last(code: str) -> str:
        while code in heirs:  # the loader refuses circles
            code = heirs[code]
        return code

    return {code: last(code) for code in heirs}


class Units:
    """The relations of one month: ``moved``, ``village_map``, ``unit_map`` and ``spine``.

    Units are townships, or the villages of one county.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, ws: Workspace, county: str | None) -> None:
        self._con, self._ws, self._county = con, ws, county
        self._moved: dict[str, str] | None = None
        con.register("area", area_table(ws))

    def place(self, month: date) -> None:
        """Make the relations of a month."""
        moved = moved_codes(self._ws, month)
        if moved != self._moved:
            self._map(moved)
        spine = _SPINE_VILLAGE if self._county else _SPINE_TOWNSHIP
        self._con.execute(spine, {"month": month})

    def _map(self, moved: dict[str, str]) -> None:
        columns = {"old_code": list(moved), "new_code": list(moved.values())}
        table = pa.table({name: pa.array(codes, pa.string()) for name, codes in columns.items()})
        self._con.register("moved", table)
        self._con.execute(_VILLAGE_MAP)
        if self._county:
            self._con.execute(_UNITS_VILLAGE, {"county": self._county})
        else:
            self._con.execute(_UNITS_TOWNSHIP)
        self._moved = moved

    def gather(self, measures: list[Path]) -> None:
        """Make ``window_measure``: the months' leaf counts, by where their areas belong now."""
        sql = _WINDOW_MOVED if self._moved else _WINDOW
        self._con.execute(sql, {"paths": [str(path) for path in measures]})


_WINDOW = """
create or replace temp table window_measure as
select area_code, stat_month, measure, value
from read_parquet($paths, hive_partitioning = false)
"""

_WINDOW_MOVED = """
create or replace temp table window_measure as
select
    coalesce(m.new_code, w.area_code) as area_code,
    w.stat_month,
    w.measure,
    sum(w.value)::BIGINT as value,
from read_parquet($paths, hive_partitioning = false) as w
left join moved as m on m.old_code = w.area_code
group by all
"""

_VILLAGE_MAP = """
create or replace temp table village_map as
select
    a.area_code,
    v.area_code as village,
    v.parent_code as township,
    t.parent_code as county,
    v.valid_from,
    v.valid_to,
from area as a
left join moved as m on m.old_code = a.area_code
join area as v on v.area_code = coalesce(m.new_code, a.area_code)
join area as t on t.area_code = v.parent_code
where a.level = 'village'
"""

_UNITS_VILLAGE = """
create or replace temp table unit_map as
select area_code, village as unit from village_map where county = $county
"""

_UNITS_TOWNSHIP = """
create or replace temp table unit_map as
with own as (
    select area_code, case when level = 'village' then parent_code else area_code end as unit
    from area
)
select o.area_code, coalesce(m.new_code, o.unit) as unit
from own as o left join moved as m on m.old_code = o.unit
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
