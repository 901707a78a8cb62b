"""A province's own rows: its counties', and their sums as its own."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.store import indicators, withheld
from shortplank.store.marts import MartBuilder, read_marts

# What is summed: all but what says whose row it is.
COUNTED = [
    name
    for name in indicators.SCHEMA.names
    if name not in ("area_code", "level", "parent_code", "stat_month", "indicator")
]


def rows(ws: Workspace, builder: MartBuilder, *, masked: bool) -> pa.Table:
    """Return the mart of a province: it as what is whole, its counties as its units.

    ``ws`` is the workspace `at` the province. A province is the sum of its counties' windows, as
    they are of their townships'; what is no count, a streak, it has not. ``masked`` for viewers.
    """
    home = ws.settings.home
    below = pa.array([area.area_code for area in ws.areas_below.get(home, ())], pa.string())
    counties = read_marts(builder, pc.field("area_code").isin(below))
    if masked:
        counties = withheld.without_counts_over(ws, counties)
    return pa.concat_tables([_whole(ws, counties), _named(counties, "township", home)])


def _whole(ws: Workspace, counties: pa.Table) -> pa.Table:
    """Return the sums of the counties, a row a month and indicator; of nothing there is none."""
    streaks = [key for key, item in ws.indicators.items() if item.kind == "streak"]
    among = pc.is_in(counties["indicator"], pa.array(streaks, pa.string()))
    held = counties.filter(pc.invert(among))
    wanted = [(name, "sum", pc.ScalarAggregateOptions(min_count=1)) for name in COUNTED]
    summed = held.group_by(["stat_month", "indicator"]).aggregate(wanted)
    codes = pa.array([ws.settings.home] * summed.num_rows, pa.string())
    columns = {name: summed[f"{name}_sum"] for name in COUNTED}
    columns |= {name: summed[name] for name in ("stat_month", "indicator")}
    whole = pa.table({**columns, "area_code": codes, "level": codes, "parent_code": codes})
    whole = whole.select(indicators.SCHEMA.names).cast(indicators.SCHEMA)
    return _named(whole, "county", "").sort_by([("stat_month", "ascending")])


def _named(table: pa.Table, level: str, parent: str) -> pa.Table:
    for name, value in (("level", level), ("parent_code", parent)):
        column = pa.array([value] * table.num_rows, table.schema.field(name).type)
        table = table.set_column(table.column_names.index(name), name, column)
    return table
