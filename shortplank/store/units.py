"""Which unit a row is counted to in a month, and which units exist then.

The history of a merged or renamed area goes to its successor from the day of the merger on: in a
month before it the old villages stand for themselves, in a month after it the windows of the new
one reach back into their figures.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.store.windows import IndexArray, Mask

# A province of a hundred counties is one pass, a nation some twenty; see docs/scale.md.
MOST_VILLAGES = 32_768
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


def village_groups(ws: Workspace) -> list[tuple[str, ...]]:
    """Return all counties in order, together as many as one pass holds in memory."""
    groups: list[list[str]] = []
    held = 0
    for county in sorted(a.area_code for a in ws.area_by_code.values() if a.level == "county"):
        towns = {area.area_code for area in ws.areas_below.get(county, ())}
        size = sum(len(ws.areas_below.get(town, ())) for town in towns)
        if not groups or held + size > MOST_VILLAGES:
            groups.append([])
            held = 0
        groups[-1].append(county)
        held += size
    return [tuple(group) for group in groups]


class Units:
    """The areas that a mart counts: townships and counties, or the villages of some counties.

    As arrays they are in the order of the mart's rows (``spans`` says where each county's villages
    stand), after them villages of other counties whose figures one of them takes over. As
    relations (``unit_map`` and ``spine``) they are in a month's own order; those of more than one
    county are all villages, so that what is counted is the same for whichever they are.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, ws: Workspace, counties: Collection[str] = ()
    ) -> None:
        self._con, self._ws = con, ws
        self.of_villages = bool(counties)
        self._moved: dict[str, str] | None = None
        self.register = area_table(ws)
        self.codes: pa.Array = self.register["area_code"].combine_chunks()
        self.parents = _indices(self.register["parent_code"], self.codes)
        levels = self.register["level"]
        self.provinces, self.counties, self.villages = (
            pc.equal(levels, level).to_numpy() for level in ("province", "county", "village")
        )
        self.spans: dict[str, slice] = {}
        self._begins, self._ends = (
            self.register[name].cast(pa.int32()).fill_null(_NEVER).to_numpy()
            for name in ("valid_from", "valid_to")
        )
        self.rows = self._villages_of(sorted(counties)) if counties else self._townships()
        self.unit_codes: pa.Array = self.codes.take(self.rows)
        counted = self.unit_codes if len(counties) == 1 else self.codes
        con.register("area", self.register)
        con.register("counted", pa.table({"area_code": counted}))

    def _townships(self) -> IndexArray:
        """Return which lines of the register are counties and townships, counties first."""
        rows = np.flatnonzero(~self.villages & ~self.provinces)
        return self._in_order(rows, ~self.counties[rows])

    def _villages_of(self, counties: list[str]) -> IndexArray:
        """Return which lines are villages of the counties, or are taken over by one of them."""
        lines = _indices(pa.array(counties, pa.string()), self.codes)
        above = np.where(self.parents >= 0, self.parents[self.parents], -1)
        place = np.full(len(self.codes) + 1, len(counties))
        place[lines[lines >= 0]] = np.flatnonzero(lines >= 0)
        places = np.where(self.villages, place[above], len(counties))
        rows = np.flatnonzero(places < len(counties))
        ends = np.searchsorted(np.sort(places[rows]), range(len(counties) + 1))
        self.spans = {
            county: slice(int(first), int(last))
            for county, first, last in zip(counties, ends[:-1], ends[1:], strict=True)
        }
        return np.concatenate([self._in_order(rows, places[rows]), self._taken_over(rows)])

    def _taken_over(self, rows: IndexArray) -> IndexArray:
        """Return the lines of other villages whose figures one of these takes over at some time."""
        own = set(self.codes.take(rows).to_pylist())
        kin = set(own)
        for _ in self._ws.successors:
            found = {s.old_code for s in self._ws.successors if s.new_code in kin} - kin
            if not found:
                break
            kin |= found
        lines = _indices(pa.array(sorted(kin - own), pa.string()), self.codes)
        result: IndexArray = lines[(lines >= 0) & self.villages[lines]]
        return result

    def _in_order(self, rows: IndexArray, first: NDArray[Any]) -> IndexArray:
        """Return lines sorted by ``first``, then by the area above and their code."""
        keys = [self.register[name].take(rows).to_numpy() for name in ("area_code", "parent_code")]
        order: IndexArray = rows[np.lexsort((*keys, first))]
        return order

    @property
    def reach(self) -> pc.Expression | None:
        """Return which rows of a file of all villages may be among the units; None for all."""
        if not 0 < len(self.rows) < np.count_nonzero(self.villages):
            return None
        bounds = pc.min_max(self.unit_codes)
        code = pc.field("area_code")
        return (code >= bounds["min"]) & (code <= bounds["max"])

    def place(self, month: date) -> None:
        """Make the relations of a month, in which its files are counted."""
        moved = moved_codes(self._ws, month)
        if moved != self._moved:
            self._map(moved)
        spine = _SPINE_VILLAGE if self.of_villages else _SPINE_TOWNSHIP
        self._con.execute(spine, {"month": month})

    def _map(self, moved: dict[str, str]) -> None:
        columns = {"old_code": list(moved), "new_code": list(moved.values())}
        table = pa.table({name: pa.array(codes, pa.string()) for name, codes in columns.items()})
        self._con.register("moved", table)
        self._con.execute(_UNITS_VILLAGE if self.of_villages else _UNITS_TOWNSHIP)
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
join counted as v on v.area_code = coalesce(m.new_code, a.area_code)
where a.level = 'village'
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
