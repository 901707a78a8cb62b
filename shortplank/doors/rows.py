"""The rows that a program gets of an answer: within its scope, each null told by its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.doors.asked import Look
from shortplank.gate.programs import Refused
from shortplank.reading.measured import PREFIX, column, measure, withheld
from shortplank.store.queries import Query
from shortplank.upkeep.watching import runs

STATES = {"month": "state", "ytd": "ytd_state", "r12": "r12_state"}
"""The columns that are added, by window."""
# For so long an answer waits at each step for pages that run; then it goes on all the same.
PATIENCE = 0.25
_NEEDED = {"area_code", "name", "expected"}


def rows_of(asked: Look, query: Query, params: Mapping[str, object], most: int) -> pa.Table:
    """Return an answer as a program has it; `Refused` (413) where it is longer than ``most``."""
    runs.give_way(PATIENCE)
    found = asked.engine.ask(query.name, asked.edition, asked.actor.reads, **params)
    kept = _within(asked, query, found)
    if kept.num_rows > most:
        raise Refused(
            413,
            f"答案有 {kept.num_rows} 行，一次最多给 {most} 行",
            place=query.name,
            mend="请缩小月份或指标的范围分几次取，或请管理员改 access.toml 的 [api] rows",
        )
    runs.give_way(PATIENCE)
    return _with_states(asked, params, kept)


def _within(asked: Look, query: Query, table: pa.Table) -> pa.Table:
    """Return the rows of areas that the account has; counties of a bulletin are everybody's."""
    if "area_code" not in table.column_names or "peer" in query.reads:
        return table
    ws, actor = asked.engine.ws, asked.actor
    held = actor.held_to(ws)
    codes = [code for code in pc.unique(table["area_code"]).to_pylist() if code is not None]
    has = [c for c in codes if (actor.may("look", c, ws) if held is None else c in held)]
    if len(has) == len(codes):
        return table
    return table.filter(pc.is_in(table["area_code"], pa.array(has, pa.string())))


def _with_states(asked: Look, params: Mapping[str, object], table: pa.Table) -> pa.Table:
    """Return the table with a state a window, where it has figures of indicators.

    They are those of `reading.measured`: ok, zero, missing, not_expected, suppressed, too_few,
    not_full.
    """
    names = set(table.column_names)
    if not names >= _NEEDED or not ("indicator" in names or "indicator" in params):
        return table
    for window, prefix in PREFIX.items():
        if f"{prefix}numerator" in names and f"{prefix}denominator" in names:
            states = _states(asked, params, table, prefix)
            table = table.append_column(STATES[window], pa.array(states, pa.string()))
    return table


def _states(asked: Look, params: Mapping[str, object], table: pa.Table, prefix: str) -> list[str]:
    keys = (
        table["indicator"].to_pylist()
        if "indicator" in table.column_names
        else [str(params["indicator"])] * table.num_rows
    )
    full = _full(asked, params, table) if prefix == "r12_" else [True] * table.num_rows
    places: dict[str, list[int]] = {}
    for at, key in enumerate(keys):
        places.setdefault(key, []).append(at)
    found = [""] * table.num_rows
    for key, own in places.items():
        item, part = asked.engine.ws.indicators[key], table.take(pa.array(own))
        shown = part["shown"].to_pylist() if "shown" in part.column_names else withheld(item, part)
        made = measure(
            item,
            [],
            [],
            column(part, f"{prefix}numerator"),
            column(part, f"{prefix}denominator"),
            column(part, "expected"),
            shown,
            full=[full[at] for at in own],
        )
        for at, state in zip(own, made.state, strict=True):
            found[at] = state
    return found


def _full(asked: Look, params: Mapping[str, object], table: pa.Table) -> list[bool]:
    """Return whether the history holds the twelve months to each row's."""
    months = asked.months
    if not months:
        return [False] * table.num_rows
    first = _number(months[0])
    if "stat_month" in table.column_names:
        return [_number(month) - first >= 11 for month in table["stat_month"].to_pylist()]
    month = params.get("month")
    return [isinstance(month, date) and _number(month) - first >= 11] * table.num_rows


def _number(month: date) -> int:
    return month.year * 12 + month.month


def without_nan(table: pa.Table) -> pa.Table:
    """Return a table whose floats are numbers or null: no format but ours knows anything else."""
    for at, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            values = column(table, field.name)
            made = pa.array(values, field.type, mask=~np.isfinite(values))
            table = table.set_column(at, field, made)
    return table
