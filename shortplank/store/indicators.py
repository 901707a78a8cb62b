"""Twelve months of units to every indicator's numerator and denominator over the three windows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator, Level
from shortplank.store.mart_sql import expression, literal, quoted, read_files, terms
from shortplank.store.windows import FloatArray, Mask, Term, signed_sum

Rolled = Mapping[str, FloatArray]
"""Each measure over the three windows: windows × areas."""

_TEXT, _COUNT, _RATE = pa.string(), pa.int64(), pa.float64()
SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("area_code", "level", "parent_code")),
        ("stat_month", pa.date32()),
        ("indicator", _TEXT),
        *(("numerator", _COUNT), ("denominator", _RATE)),
        *(("ytd_numerator", _COUNT), ("ytd_denominator", _RATE)),
        *(("r12_numerator", _COUNT), ("r12_denominator", _RATE)),
        *(("expected", _COUNT), ("reported", _COUNT)),
    ]
)


def built_indicators(ws: Workspace, month: date, *, villages: bool) -> dict[str, Indicator]:
    """Return the indicators that the mart of a month holds."""
    return {
        key: item
        for key, item in ws.indicators.items()
        if item.kind != "published"
        and (not villages or "village" in item.levels)
        and not (item.valid_from and month < item.valid_from)
        and not (item.valid_to and month > item.valid_to)
    }


def needed_measures(ws: Workspace, built: Mapping[str, Indicator]) -> set[str]:
    """Return the measures, and the reports owed and come, that indicators are made of."""
    found = set()
    for item in built.values():
        parts = [*_terms(ws, item.numerator), *_terms(ws, item.denominator)]
        found |= {leaf for _, leaves in parts for leaf in leaves} | set(_reports(ws, item))
    return found


def window_rule(ws: Workspace, measure: str) -> str:
    """Return how a measure is taken over a window: sum, last or mean (person-years)."""
    if measure in ws.measures:
        item = ws.measures[measure]
        return item.window or ("last" if item.kind == "stock" else "sum")
    return "last" if measure == "villages" else "sum"


def measured_dataset(ws: Workspace, item: Indicator) -> str:
    """Return the dataset that an indicator's numerator rests on, "" where it is the register."""
    leaves = ws.leaves(item.numerator)
    return next((ws.measures[key].dataset for key in ws.measures if key in leaves), "")


def is_stock(ws: Workspace, item: Indicator) -> bool:
    """Return whether an indicator's counts are all of what there is at the month's end."""
    leaves = ws.leaves((*item.numerator, *item.denominator)) & set(ws.measures)
    return bool(leaves) and all(ws.measures[leaf].kind == "stock" for leaf in leaves)


def own_measure(key: str, item: Indicator) -> str | None:
    """Return the name of the count that an indicator has to itself, if it is more than sums."""
    return f"{item.kind}:{key}" if item.kind in ("count_over", "streak") else None


@dataclass(frozen=True)
class Figures:
    """Indicators of areas of one level in one month: a column a figure, by area, then indicator."""

    month: date
    shown: tuple[str, ...]
    columns: Mapping[str, pa.Array]


def figures_of(
    ws: Workspace,
    built: Mapping[str, Indicator],
    rolled: Rolled,
    level: Level,
    size: int,
    month: date,
    *,
    full: bool,
) -> Figures:
    """Return the figures of ``size`` areas of a level, in the order of ``rolled``.

    ``full`` says whether the history holds all twelve months.
    """
    shown = sorted(key for key, item in built.items() if level in item.levels)
    nothing = np.full((3, size), np.nan)
    figures = np.full((8, size, len(shown)), np.nan)
    for column, key in enumerate(shown):
        figures[:, :, column] = _figures(ws, key, built[key], rolled, nothing, full=full)
    columns = {
        field.name: _column(values.ravel(), field.type)
        for values, field in zip(figures, list(SCHEMA)[-len(figures) :], strict=True)
    }
    return Figures(month, tuple(shown), columns)


def labels_of(areas: pa.Table, shown: Sequence[str]) -> dict[str, pa.Array]:
    """Return the columns that name each row: the areas' own, each area's rows by indicator.

    Texts are dictionaries of what these rows hold, so that the same rows are the same bytes,
    whatever they were cut from.
    """
    each = np.repeat(np.arange(areas.num_rows, dtype=np.int32), len(shown))
    columns = {name: _texts(areas[name].combine_chunks(), each) for name in areas.column_names}
    own = np.tile(np.arange(len(shown), dtype=np.int32), areas.num_rows)
    return columns | {"indicator": _texts(pa.array(shown, _TEXT), own)}


def indicator_rows(found: Figures, labels: Mapping[str, pa.Array], first: int = 0) -> pa.Table:
    """Return the mart's rows that ``labels`` name, those from the ``first`` area on."""
    size = len(labels["indicator"])
    month = pa.DictionaryArray.from_arrays(
        np.zeros(size, dtype=np.int32), pa.array([found.month], pa.date32())
    )
    start = first * len(found.shown)
    figures = {name: values.slice(start, size) for name, values in found.columns.items()}
    columns = {**labels, "stat_month": month, **figures}
    return pa.table({name: columns[name] for name in SCHEMA.names})


def _figures(
    ws: Workspace, key: str, item: Indicator, rolled: Rolled, nothing: FloatArray, *, full: bool
) -> FloatArray:
    """Return numerator and denominator of each window in turn, then expected and reported."""
    own = own_measure(key, item)
    sums = {"n": [(1, (own,))] if own else _terms(ws, item.numerator)}
    sums["d"] = _terms(ws, item.denominator)
    leaves = {leaf for part in sums.values() for _, names in part for leaf in names}
    values = {leaf: rolled.get(leaf, nothing) for leaf in leaves}
    years = frozenset(leaf for leaf in leaves if window_rule(ws, leaf) == "mean")
    n, d = (signed_sum(values, sums[part], years) for part in "nd")
    n = nothing if n is None else n
    d = nothing if d is None else np.where(np.isnan(n), np.nan, d)
    shown = (w in item.windows and (full or w != "r12") for w in ("month", "ytd", "r12"))
    pairs = [(n[w], d[w]) if show else (nothing[w], nothing[w]) for w, show in enumerate(shown)]
    reports = [rolled.get(name, nothing)[0] for name in _reports(ws, item)]
    return np.stack([*(each for pair in pairs for each in pair), *reports])


def _reports(ws: Workspace, item: Indicator) -> tuple[str, str]:
    """Return the counts of the reports that an indicator rests on: those owed, those come."""
    dataset = measured_dataset(ws, item)
    if dataset:
        return f"{dataset}__expected", f"{dataset}__reported"
    return "reports_expected", "reports_received"


def _terms(ws: Workspace, names: Collection[str]) -> list[Term]:
    return [term for name in names for term in terms(ws, name)]


def _texts(texts: pa.Array, at: NDArray[np.int32]) -> pa.Array:
    encoded = texts.dictionary_encode()
    indices = encoded.indices.to_numpy()[at]
    return pa.DictionaryArray.from_arrays(indices, encoded.dictionary)


def _column(values: FloatArray, kind: pa.DataType) -> pa.Array:
    unknown: Mask = np.isnan(values)
    known = np.where(unknown, 0.0, values)
    return pa.array(known.astype(np.int64) if kind == _COUNT else known, kind, mask=unknown)


def village_total_sql(ws: Workspace, item: Indicator, columns: Collection[str]) -> str:
    """Return the SELECT of one month's total of each village: area_code, total.

    Parameter: ``$villages``, the month's files. A total of which the files lack a part is null.
    """

    def leaf(measure: str) -> str:
        name = ws.measures[measure].column or measure
        return quoted(name) if name in columns else "null::BIGINT"

    total = " + ".join(expression(ws, name, leaf) for name in item.numerator)
    return f"select area_code, {total} as total from {read_files('villages')}"


def streak_sql(ws: Workspace, item: Indicator) -> str:
    """Return the SELECT of each area's latest checks in a row that found all that is counted.

    Columns: area_code, n. Parameter: ``$checks``, the files of all checks up to the month.
    """
    first = ws.measures[item.numerator[0]]
    tests = " and ".join(f"{quoted(k)} = {literal(v)}" for k, v in sorted(first.filter.items()))
    columns = [quoted(ws.measures[name].column or name) for name in item.numerator]
    hit = " and ".join(f"coalesce({column}, 0) > 0" for column in columns)
    return f"""select area_code, count(*) filter (where date > last_miss) as n
from (
    select area_code, date, coalesce(max(case when not ({hit}) then date end)
        over (partition by area_code), date '0001-01-01') as last_miss
    from {read_files("checks")} where {tests or "true"}
) as checks
group by area_code"""
