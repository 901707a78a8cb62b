"""Which unit a row is counted to in a month, and which units exist then.

The history of a merged or renamed area goes to its successor from the day of the merger on: in a
month before it the old villages stand for themselves, in a month after it the windows of the new
one reach back into their figures.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.store.windows import IndexArray, Mask

_EPOCH = date(1970, 1, 1)
_NEVER = 2**31 - 1


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
    """The areas that a mart counts: townships and counties, or the villages of one county.

    As arrays they are in the order of the mart's rows, as relations (``unit_map`` and ``spine``)
    in a month's own.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, ws: Workspace, county: str | None) -> None:
        self._con, self._ws, self.county = con, ws, county
        self._moved: dict[str, str] | None = None
        self.register = area_table(ws)
        self.codes: pa.Array = self.register["area_code"].combine_chunks()
        self.parents = _indices(self.register["parent_code"], self.codes)
        levels = self.register["level"]
        self.counties, self.villages = (
            pc.equal(levels, level).to_numpy() for level in ("county", "village")
        )
        self._begins, self._ends = (
            self.register[name].cast(pa.int32()).fill_null(_NEVER).to_numpy()
            for name in ("valid_from", "valid_to")
        )
        self.rows = self._ordered_rows()
        self.unit_codes: pa.Array = self.codes.take(self.rows)
        con.register("area", self.register)

    def _ordered_rows(self) -> IndexArray:
        """Return which lines of the register are units, in the order of the mart's rows."""
        if self.county:
            home = _indices(pa.array([self.county]), self.codes)[0]
            above = np.where(self.parents >= 0, self.parents[self.parents], -1)
            mine = self.villages & (above == home) & (home >= 0)
        else:
            mine = ~self.villages
        rows = np.flatnonzero(mine)
        keys = [self.register[name].take(rows).to_numpy() for name in ("area_code", "parent_code")]
        order: IndexArray = rows[np.lexsort((*keys, ~self.counties[rows]))]
        return order

    def place(self, month: date) -> None:
        """Make the relations of a month, in which its files are counted."""
        moved = moved_codes(self._ws, month)
        if moved != self._moved:
            self._map(moved)
        spine = _SPINE_VILLAGE if self.county else _SPINE_TOWNSHIP
        self._con.execute(spine, {"month": month})

    def _map(self, moved: dict[str, str]) -> None:
        columns = {"old_code": list(moved), "new_code": list(moved.values())}
        table = pa.table({name: pa.array(codes, pa.string()) for name, codes in columns.items()})
        self._con.register("moved", table)
        if self.county:
            self._con.execute(_UNITS_VILLAGE, {"county": self.county})
        else:
            self._con.execute(_UNITS_TOWNSHIP)
        self._moved = moved

    # --- as arrays -----------------------------------------------------------------------------
    def valid(self, month: date) -> Mask:
        """Return which areas of the register exist in a month."""
        day = (month - _EPOCH).days
        mask: Mask = (self._begins <= day) & (self._ends >= day)
        return mask

    def heirs(self, month: date) -> IndexArray:
        """Return for each line of the register where its figures are counted in a month."""
        heirs = np.arange(len(self.codes))
        moved = moved_codes(self._ws, month)
        if moved:
            old, new = (_indices(pa.array(list(c)), self.codes) for c in (moved, moved.values()))
            heirs[old[old >= 0]] = new[old >= 0]
        return heirs

    def index(self, codes: pa.ChunkedArray) -> IndexArray:
        """Return which unit each code is, −1 for none."""
        return _indices(codes, self.unit_codes)

    def lines(self, codes: pa.ChunkedArray) -> IndexArray:
        """Return which line of the register each code is, −1 for none."""
        return _indices(codes, self.codes)

    def of_register(self, at: IndexArray) -> IndexArray:
        """Return which unit each line of the register is, −1 for none or no line."""
        units = np.full(len(self.codes) + 1, -1)
        units[self.rows] = np.arange(len(self.rows))
        result: IndexArray = units[at]
        return result


def _indices(codes: pa.Array | pa.ChunkedArray, among: pa.Array) -> IndexArray:
    found = pc.index_in(codes.cast(pa.string()), value_set=among).fill_null(-1)
    result: IndexArray = found.to_numpy(zero_copy_only=False).astype(np.intp)
    return result


_UNITS_VILLAGE = """
create or replace temp table unit_map as
select a.area_code, v.area_code as unit
from area as a
left join moved as m on m.old_code = a.area_code
join area as v on v.area_code = coalesce(m.new_code, a.area_code)
join area as t on t.area_code = v.parent_code
where a.level = 'village' and t.parent_code = $county
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
