"""The one generated SELECT: one month's files to the reporting units' leaf counts.

Everything after the marts is a file in ``queries/``. The marts take two steps: `measure_sql`, made
from the catalogue, sums one month's files to units (townships, or villages);
`shortplank.store.indicators` turns up to twelve months of those into indicators.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Measure

Term = tuple[int, tuple[str, ...]]
Present = Mapping[str, Collection[str]]
"""The columns of each dataset that has a file for the month; a newer measure may not be there."""


def quoted(name: str) -> str:
    """Return an SQL identifier in quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def wide_datasets(ws: Workspace) -> list[str]:
    """Return the datasets that hold leaf counts of areas."""
    return [key for key, item in ws.datasets.items() if item.shape == "wide"]


def measures_of(ws: Workspace, dataset: str) -> dict[str, Measure]:
    """Return the measures that rest on one dataset."""
    return {key: item for key, item in ws.measures.items() if item.dataset == dataset}


def terms(ws: Workspace, name: str, sign: int = 1) -> list[Term]:
    """Return a measure or total as signed terms; a term is the largest of its leaves."""
    total = ws.derived.get(name)
    if total is None:
        return [(sign, (name,))]
    if total.op == "max":
        return [(sign, total.plus)]
    plus = [term for part in total.plus for term in terms(ws, part, sign)]
    return plus + [term for part in total.minus for term in terms(ws, part, -sign)]


def expression(ws: Workspace, name: str, leaf: Callable[[str], str]) -> str:
    """Return a measure or total as SQL over the columns that ``leaf(measure)`` names."""
    parts = []
    for sign, names in terms(ws, name):
        columns = ", ".join(leaf(each) for each in names)
        parts.append(
            ("+ " if sign > 0 else "- ") + (f"greatest({columns})" if names[1:] else columns)
        )
    return "(" + " ".join(parts) + ")"


def column_sum(ws: Workspace, columns: Collection[str]) -> Callable[[str], str]:
    """Return how to sum a leaf measure's column; a column that the files lack is null."""

    def leaf(measure: str) -> str:
        name = ws.measures[measure].column or measure
        return f"sum({quoted(name)})" if name in columns else "null::BIGINT"

    return leaf


def measure_sql(ws: Workspace, present: Present, month: date, *, villages: bool) -> str:
    """Return the SELECT of one month's leaf counts: a row a unit, a column a measure.

    Relations: ``unit_map(area_code, unit)`` and ``spine(area_code, level, parent_code, villages)``;
    parameters: ``$<dataset>`` for every dataset that the text names, the list of its files, and
    ``$due``, the last day on which the month's reports are in time.
    """
    ctes, columns, joins = [], ["s.area_code", "s.villages::BIGINT as villages"], []
    present = {name: held for name, held in present.items() if not villages or _reaches(ws, name)}
    for dataset in wide_datasets(ws):
        for name, sql in _dataset_ctes(ws, dataset, present).items():
            ctes.append(f"{quoted(name)} as (\n{sql}\n)")
            joins.append(f"left join {quoted(name)} on {quoted(name)}.unit = s.area_code")
        columns += _dataset_columns(ws, dataset, present)
        columns += _dataset_reports(ws, dataset, dataset in present, month, villages)
    if "submission" in present:
        ctes.append(f"filed as (\n{_filed_sql(ws, month)}\n)")
        joins.append("left join filed on filed.unit = s.area_code")
    columns += _submission_columns(ws, "submission" in present, month)
    listed, joined = ",\n    ".join(columns), "\n".join(joins)
    head = "with\n" + ",\n".join(ctes) + "\n" if ctes else ""
    return f"{head}select\n    {listed}\nfrom spine as s\n{joined}\norder by s.area_code"


def counted_datasets(ws: Workspace, *, villages: bool) -> list[str]:
    """Return the datasets that a unit's leaf counts rest on; of villages, those that name them."""
    return [d for d in (*wide_datasets(ws), "submission") if not villages or _reaches(ws, d)]


def _reaches(ws: Workspace, dataset: str) -> bool:
    """Return whether a dataset has rows of villages."""
    return dataset in ws.datasets and ws.datasets[dataset].level == "village"


def read_files(parameter: str) -> str:
    """Return the table function that reads the files of one parameter."""
    return f"read_parquet(${parameter}, hive_partitioning = false, union_by_name = true)"


def _dataset_ctes(ws: Workspace, dataset: str, present: Present) -> dict[str, str]:
    """Return the dataset's own counts by unit, and the reported counts that it is matched with."""
    if dataset not in present:
        return {}
    leaf = column_sum(ws, present[dataset])
    items = measures_of(ws, dataset).items()
    # Without keys of its own a dataset has one row an area; counting those is the cheaper sum.
    areas = "distinct d.area_code" if ws.datasets[dataset].keys else "*"
    sums = ["u.unit", f"count({areas}) as reported"]
    sums += [
        f"({leaf(key)}{_filter(item, leaf(key))})::BIGINT as {quoted(key)}"
        for key, item in items
        if not item.matched
    ]
    ctes = {
        dataset: f"select {', '.join(sums)}\nfrom {_latest(ws, dataset)} as d\n"
        "join unit_map as u using (area_code)\ngroup by u.unit"
    }
    for key, item in items:
        if item.matched and (sql := _matched_sql(ws, dataset, item.matched, present)):
            ctes[f"{dataset}__{key}"] = sql
    return ctes


def _latest(ws: Workspace, dataset: str) -> str:
    """Return the dataset's rows; of a count that is made again later, the latest of each area."""
    source = read_files(dataset)
    latest = ws.datasets[dataset].latest_by
    if latest is None:
        return source
    return (
        f"(select * from {source} qualify rank() over "
        f"(partition by area_code order by {quoted(latest)} desc nulls last) = 1)"
    )


def _matched_sql(ws: Workspace, dataset: str, matched: str, present: Present) -> str | None:
    """Return what the areas of a dataset that checks reports had reported for the same month."""
    source = ws.measures[min(ws.leaves([matched]))].dataset
    if source not in present:
        return None
    if ws.datasets[source].level == ws.datasets[dataset].level:
        same = f"area_code in (select area_code from {read_files(dataset)})"
    else:
        same = f"u.unit in (select unit from {quoted(dataset)})"
    total = expression(ws, matched, column_sum(ws, present[source]))
    return (
        f"select u.unit, {total}::BIGINT as value\nfrom {read_files(source)}\n"
        f"join unit_map as u using (area_code)\nwhere {same}\ngroup by u.unit"
    )


def _filter(item: Measure, total: str) -> str:
    if not item.filter or total.startswith("null"):
        return ""
    tests = " and ".join(f"{quoted(k)} = {literal(v)}" for k, v in sorted(item.filter.items()))
    return f" filter (where {tests})"


def _dataset_columns(ws: Workspace, dataset: str, present: Present) -> list[str]:
    """Return the counts of a dataset; one that has no file has no columns."""
    ctes = _dataset_ctes(ws, dataset, present)
    if not ctes:
        return []
    columns = []
    for key, item in measures_of(ws, dataset).items():
        if item.matched:
            name = f"{dataset}__{key}"
            value = f"{quoted(name)}.value" if name in ctes else "null::BIGINT"
        else:
            value = f"{quoted(dataset)}.{quoted(key)}"
        columns.append(f"{value} as {quoted(key)}")
    return columns


def _dataset_reports(
    ws: Workspace, dataset: str, present: bool, month: date, villages: bool
) -> list[str]:
    """Return how many reports a dataset's units owe for the month, and how many came."""
    item = ws.datasets[dataset]
    due = item.cadence == "month" or (item.cadence == "quarter" and month.month % 3 == 0)
    if not due or (villages and item.level != "village"):
        expected = "null"
    elif item.level == "village":
        expected = "s.villages"
    else:
        expected = "case when s.level = 'township' then 1 end"
    reported = f"coalesce({quoted(dataset)}.reported, 0)" if present else "0"
    return [
        f"({expected})::BIGINT as {quoted(dataset + '__expected')}",
        f"({reported})::BIGINT as {quoted(dataset + '__reported')}",
    ]


def expected_forms(ws: Workspace, month: date) -> list[str]:
    """Return the forms that every township owes for the month."""
    return [
        key
        for key, form in ws.forms.items()
        if form.expected == "month" or (form.expected == "quarter" and month.month % 3 == 0)
    ]


def _filed_sql(ws: Workspace, month: date) -> str:
    forms = ", ".join(literal(key) for key in expected_forms(ws, month)) or "''"
    return f"""select
    unit,
    count(*) as received,
    count(*) filter (where first_received <= $due) as timely
from (
    select u.unit, d.form, min(d.received_at) as first_received
    from {read_files("submission")} as d join unit_map as u using (area_code)
    where d.form in ({forms})
    group by u.unit, d.form
) as forms
group by unit"""


def _submission_columns(ws: Workspace, present: bool, month: date) -> list[str]:
    owed = len(expected_forms(ws, month))
    counts = {
        "reports_expected": f"{owed}",
        "reports_received": "coalesce(filed.received, 0)" if present else "0",
        "reports_timely": "coalesce(filed.timely, 0)" if present else "0",
    }
    return [
        f"(case when s.level = 'township' then {value} end)::BIGINT as {name}"
        for name, value in counts.items()
    ]
