"""The one generated SELECT: from an edition's files to the marts, month by month.

Everything after the marts is a file in ``queries/``. Two steps: `measure_sql` sums one month's files to reporting units (townships, or the villages of
one county); `INDICATOR_SQL` turns up to twelve months of those into every indicator's numerator and
denominator over the three windows. The first is generated from the catalogue; the second reads the
catalogue as relations (`card_table`, `part_table`), because planning a hundred generated aggregates
cost ten times the work itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.loader import REGISTER_MEASURES
from shortplank.catalogue.models import Indicator, Measure

MART_COLUMNS = (
    "area_code, level, parent_code, stat_month, indicator, numerator, denominator, "
    "ytd_numerator, ytd_denominator, r12_numerator, r12_denominator, expected, reported"
)


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


# --- one month's files to units -------------------------------------------------------------------
def measure_sql(ws: Workspace, present: Iterable[str], month: date, *, villages: bool) -> str:
    """Return the SELECT of one month's leaf counts: area_code, stat_month, measure, value.

    Relations: ``unit_map(area_code, unit)`` and ``spine(area_code, level, parent_code, villages)``;
    parameters: ``$<dataset>`` for every present dataset, the list of its files, ``$due``, the last
    day on which the month's reports are in time.
    """
    present = set(present)
    ctes, columns, joins = [], [], []
    for dataset in wide_datasets(ws):
        items = measures_of(ws, dataset)
        if dataset in present:
            ctes.append(_dataset_cte(ws, dataset, items, present))
            joins.append(f"left join {quoted(dataset)} on {quoted(dataset)}.unit = s.area_code")
        columns += _dataset_columns(ws, dataset, items, dataset in present, month, villages)
    columns += _submission_columns(ws, "submission" in present, month)
    if "submission" in present:
        ctes.append(_submission_cte(ws))
        joins.append("left join filed on filed.unit = s.area_code")
    ctes.append(
        f"counted as (\n    select s.area_code, s.villages::BIGINT as villages,\n        "
        f"{(',' + chr(10) + '        ').join(columns)}\n    from spine as s\n    "
        f"{(chr(10) + '    ').join(joins)}\n)"
    )
    return (
        "with\n" + ",\n".join(ctes) + f"\nselect area_code, date '{month}' as stat_month, measure, value\n"
        "from (unpivot counted on * exclude (area_code) into name measure value value)\n"
        "order by area_code, measure"
    )


def _dataset_cte(ws: Workspace, dataset: str, items: dict[str, Measure], present: set[str]) -> str:
    matched = {key: item for key, item in items.items() if item.matched}
    own = [
        f"sum({quoted(item.column or key)}){_filter(item)}::BIGINT as {quoted(key)}"
        for key, item in items.items()
        if not item.matched
    ]
    own += [f"sum({quoted(key)})::BIGINT as {quoted(key)}" for key in matched]
    source = f"read_parquet(${dataset}, hive_partitioning = false)"
    if latest := ws.datasets[dataset].latest_by:
        source = (
            f"(select * from {source} qualify row_number() over "
            f"(partition by area_code order by {quoted(latest)} desc nulls last) = 1)"
        )
    join = ""
    if matched:
        join = f"left join ({_matched_sql(ws, dataset, matched, present)}) as matched using (area_code)"
        if ws.datasets[dataset].level != "village":
            source = f"(select area_code, {_plain_sums(items)} from {source} group by area_code)"
    return (
        f"{quoted(dataset)} as (\n    select u.unit, count(distinct d.area_code) as reported,\n"
        f"        {', '.join(own)}\n    from {source} as d\n    join unit_map as u using (area_code)\n"
        f"    {join}\n    group by u.unit\n)"
    )


def _plain_sums(items: dict[str, Measure]) -> str:
    names = [item.column or key for key, item in items.items() if not item.matched]
    return ", ".join(f"sum({quoted(name)}) as {quoted(name)}" for name in names)


def _matched_sql(
    ws: Workspace, dataset: str, matched: dict[str, Measure], present: set[str]
) -> str:
    """Return reported counts of the same areas and month, for a dataset that checks them."""
    sums, source = [], None
    for key, item in matched.items():
        leaves = ws.leaves([item.matched or ""])
        source = ws.measures[next(iter(leaves))].dataset
        total = expression(ws, item.matched or "", lambda leaf: f"sum({quoted(leaf)})")
        sums.append(f"({total})::BIGINT as {quoted(key)}" if source in present else _null(key))
    if source not in present:
        return f"select null::VARCHAR as area_code, {', '.join(sums)} where false"
    if ws.datasets[dataset].level == "village":
        return f"select area_code, {', '.join(sums)} from read_parquet(${source}, hive_partitioning = false) group by area_code"
    return (
        f"select u.unit as area_code, {', '.join(sums)} from read_parquet(${source}, hive_partitioning = false) "
        "join unit_map as u using (area_code) group by u.unit"
    )


def _null(key: str) -> str:
    return f"null::BIGINT as {quoted(key)}"


def _filter(item: Measure) -> str:
    if not item.filter:
        return ""
    tests = " and ".join(f"{quoted(k)} = {literal(v)}" for k, v in sorted(item.filter.items()))
    return f" filter (where {tests})"


def _dataset_columns(
    ws: Workspace,
    dataset: str,
    items: dict[str, Measure],
    present: bool,
    month: date,
    villages: bool,
) -> list[str]:
    name = quoted(dataset)
    columns = [f"{name}.{quoted(key)}" if present else _null(key) for key in items]
    item = ws.datasets[dataset]
    due = item.cadence == "month" or (item.cadence == "quarter" and month.month % 3 == 0)
    if not due or (villages and item.level != "village"):
        expected = "null"
    elif item.level == "village":
        expected = "s.villages"
    else:
        expected = "case when s.level = 'township' then 1 end"
    columns.append(f"({expected})::BIGINT as {quoted(dataset + '__expected')}")
    reported = f"coalesce({name}.reported, 0)" if present else "0"
    columns.append(f"({reported})::BIGINT as {quoted(dataset + '__reported')}")
    return columns


def _expected_forms(ws: Workspace, month: date) -> list[str]:
    return [
        key
        for key, form in ws.forms.items()
        if form.expected == "month" or (form.expected == "quarter" and month.month % 3 == 0)
    ]


def _submission_cte(ws: Workspace) -> str:
    monthly = ", ".join(literal(key) for key in ws.forms) or "''"
    return f"""filed as (
    select unit, count(*) as received, count(*) filter (where first_received <= $due) as timely
    from (
        select u.unit, d.form, min(d.received_at) as first_received
        from read_parquet($submission, hive_partitioning = false) as d join unit_map as u using (area_code)
        where d.form in ({monthly})
        group by u.unit, d.form
    ) as forms
    group by unit
)"""


def _submission_columns(ws: Workspace, present: bool, month: date) -> list[str]:
    forms = len(_expected_forms(ws, month))
    received, timely = ("filed.received", "filed.timely") if present else ("0", "0")
    town = "s.level = 'township'"
    return [
        f"(case when {town} then {forms} end)::BIGINT as reports_expected",
        f"(case when {town} then least(coalesce({received}, 0), {forms}) end)::BIGINT"
        " as reports_received",
        f"(case when {town} then least(coalesce({timely}, 0), {forms}) end)::BIGINT"
        " as reports_timely",
    ]


# --- months of units to indicators ----------------------------------------------------------------
Term = tuple[int, tuple[str, ...]]


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
    signed = [
        ("+" if sign > 0 else "-") + " " + (leaf(names[0]) if len(names) == 1 else
        f"greatest({', '.join(leaf(each) for each in names)})")
        for sign, names in terms(ws, name)
    ]
    return "(" + " ".join(signed) + ")"


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


def part_table(ws: Workspace, month: date, *, villages: bool) -> pa.Table:
    """Return each indicator's signed terms: indicator, part, term, sign, measure."""
    rows = []
    for key, item in built_indicators(ws, month, villages=villages).items():
        own = {"count_over": f"over__{key}", "streak": f"streak__{key}"}.get(item.kind)
        sides = {"n": (own,) if own else item.numerator, "d": item.denominator}
        for part, names in sides.items():
            signed = [term for name in names for term in terms(ws, name)]
            rows += [
                {"indicator": key, "part": part, "term": n, "sign": sign, "measure": leaf}
                for n, (sign, leaves) in enumerate(signed)
                for leaf in leaves
            ]
    kinds = [pa.string(), pa.string(), pa.int32(), pa.int32(), pa.string()]
    names = ["indicator", "part", "term", "sign", "measure"]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, kinds, strict=True))))


def card_table(ws: Workspace, month: date, *, villages: bool, full_r12: bool) -> pa.Table:
    """Return one row an indicator and level: how many terms, which windows, which report."""
    parts = part_table(ws, month, villages=villages).to_pylist()
    rows = []
    for key, item in built_indicators(ws, month, villages=villages).items():
        counts = {p: len({r["term"] for r in parts if r["indicator"] == key and r["part"] == p})
                  for p in "nd"}
        leaves = ws.leaves(item.numerator)
        dataset = next((ws.measures[k].dataset for k in ws.measures if k in leaves), None)
        for level in item.levels:
            if villages != (level == "village"):
                continue
            rows.append({
                "indicator": key,
                "level": level,
                "n_terms": counts["n"],
                "d_terms": counts["d"],
                "has_month": "month" in item.windows,
                "has_ytd": "ytd" in item.windows,
                "has_r12": "r12" in item.windows and full_r12,
                "expected_measure": f"{dataset}__expected" if dataset else "reports_expected",
                "reported_measure": f"{dataset}__reported" if dataset else "reports_received",
            })
    text, count, flag = pa.string(), pa.int32(), pa.bool_()
    kinds = [text, text, count, count, flag, flag, flag, text, text]
    names = ["indicator", "level", "n_terms", "d_terms", "has_month", "has_ytd", "has_r12",
             "expected_measure", "reported_measure"]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, kinds, strict=True))))


def rule_table(ws: Workspace) -> pa.Table:
    """Return how each measure is taken over a window: sum, last or mean (person-years)."""
    rules = {key: "last" for key in ("villages",)}
    rules |= {
        key: "mean" if item.window == "mean" else "last" if item.kind == "stock" else "sum"
        for key, item in ws.measures.items()
    }
    names = [*rules, *(r for r in REGISTER_MEASURES if r not in rules)]
    names += [f"{d}__{part}" for d in wide_datasets(ws) for part in ("expected", "reported")]
    return pa.table({"measure": names, "rule": [rules.get(name, "sum") for name in names]})


# $month, $year_start, $r12_start; relations: window_measure, rule, spine, area, card, part, special
INDICATOR_SQL = """
with
units as (
    select
        area_code,
        measure,
        rule,
        sum(value) filter (where stat_month = $month)::DOUBLE as m_sum,
        sum(value) filter (where stat_month >= $year_start)::DOUBLE as y_sum,
        sum(value) filter (where stat_month >= $r12_start)::DOUBLE as r_sum,
        max_by(value, stat_month) filter (where stat_month >= $year_start) as y_last,
        max_by(value, stat_month) filter (where stat_month >= $r12_start) as r_last,
    from window_measure join rule using (measure)
    group by area_code, measure, rule
),
windows as (
    select
        u.area_code,
        u.measure,
        s.area_code is not null as valid_now,
        case when rule = 'mean' then m_sum / 12.0 else m_sum end as m,
        case rule when 'last' then y_last when 'mean' then y_sum / 12.0 else y_sum end as y,
        case rule when 'last' then r_last when 'mean' then r_sum / 12.0 else r_sum end as r,
    from units as u left join spine as s on s.area_code = u.area_code
    where s.area_code is not null or rule <> 'last'
),
rolled as (
    select area_code, measure, m, y, r from windows
    where valid_now and area_code not in (select area_code from area where level = 'county')
    union all
    select
        case when a.level = 'county' then a.area_code else a.parent_code end as area_code,
        measure, sum(m) as m, sum(y) as y, sum(r) as r
    from windows as w join area as a on a.area_code = w.area_code
    where a.level <> 'village'
    group by all
    union all
    select area_code, measure, m, y, r from special
),
term_values as (
    select
        r.area_code, p.indicator, p.part, p.term, p.sign,
        max(r.m) as m, max(r.y) as y, max(r.r) as r,
    from part as p join rolled as r on r.measure = p.measure
    group by all
),
sides as (
    select
        area_code,
        indicator,
        part,
        count(m) as m_terms, sum(sign * m) as m,
        count(y) as y_terms, sum(sign * y) as y,
        count(r) as r_terms, sum(sign * r) as r,
    from term_values group by area_code, indicator, part
),
expected as (
    select area_code, measure, m::BIGINT as m from rolled
    where measure like '%\\_\\_%' escape '\\' or measure like 'reports%'
),
assembled as (
    select
        s.area_code, s.level, s.parent_code, c.indicator,
        case when has_month and n.m_terms = n_terms then n.m end as numerator,
        case when has_month and n.m_terms = n_terms and d.m_terms = d_terms then d.m end
            as denominator,
        case when has_ytd and n.y_terms = n_terms then n.y end as ytd_numerator,
        case when has_ytd and n.y_terms = n_terms and d.y_terms = d_terms then d.y end
            as ytd_denominator,
        case when has_r12 and n.r_terms = n_terms then n.r end as r12_numerator,
        case when has_r12 and n.r_terms = n_terms and d.r_terms = d_terms then d.r end
            as r12_denominator,
        e.m as expected,
        f.m as reported,
    from spine as s
    join card as c on c.level = s.level
    left join sides as n
        on n.area_code = s.area_code and n.indicator = c.indicator and n.part = 'n'
    left join sides as d
        on d.area_code = s.area_code and d.indicator = c.indicator and d.part = 'd'
    left join expected as e on e.area_code = s.area_code and e.measure = c.expected_measure
    left join expected as f on f.area_code = s.area_code and f.measure = c.reported_measure
)
select
    area_code, level, parent_code, $month as stat_month, indicator,
    numerator::BIGINT as numerator, denominator,
    ytd_numerator::BIGINT as ytd_numerator, ytd_denominator,
    r12_numerator::BIGINT as r12_numerator, r12_denominator,
    expected, reported,
from assembled
order by area_code, indicator
"""


def special_sql(ws: Workspace, indicators: dict[str, Indicator]) -> str:
    """Return the measures that need more than sums of units: villages over a line, streaks.

    Relations: ``village_map``; parameters: ``$over_ytd`` and ``$over_r12``, the village files of
    those windows, and ``$checks``, all inspection files up to the month.
    """
    selects = ["select '' as area_code, '' as measure, 0.0 as m, 0.0 as y, 0.0 as r where false"]
    for key, item in indicators.items():
        if item.kind == "count_over":
            selects.append(_over_sql(ws, key, item))
        elif item.kind == "streak":
            selects.append(_streak_sql(ws, key, item))
    return "\nunion all\n".join(selects)


def _over_sql(ws: Workspace, key: str, item: Indicator) -> str:
    total = " + ".join(
        expression(ws, name, lambda leaf: f"sum({quoted(leaf)})") for name in item.numerator
    )
    windows = [
        f"select v.village, v.township, v.county, '{w}' as w, {total} as total\n"
        f"        from read_parquet($over_{w}, hive_partitioning = false) as d\n"
        "        join village_map as v using (area_code) group by all"
        for w in ("ytd", "r12")
    ]
    counted = f"count(*) filter (where w = '{{}}' and total >= {item.over:g})::DOUBLE"
    areas = [
        f"select {level} as area_code, {literal('over__' + key)} as measure, null::DOUBLE as m,\n"
        f"        {counted.format('ytd')} as y, {counted.format('r12')} as r\n"
        "    from totals group by all"
        for level in ("township", "county")
    ]
    return (
        f"select * from (\n    with totals as (\n        {' union all '.join(windows)}\n    )\n    "
        f"{' union all '.join(areas)}\n)"
    )


def _streak_sql(ws: Workspace, key: str, item: Indicator) -> str:
    first = ws.measures[item.numerator[0]]
    tests = " and ".join(f"{quoted(k)} = {literal(v)}" for k, v in sorted(first.filter.items()))
    hit = " and ".join(f"{quoted(ws.measures[name].column or name)} > 0" for name in item.numerator)
    return f"""select area_code, {literal("streak__" + key)} as measure, n as m, n as y, n as r
from (
    select area_code, count(*) filter (where date > last_miss)::DOUBLE as n
    from (
        select area_code, date, coalesce(max(case when not ({hit}) then date end)
            over (partition by area_code), date '0001-01-01') as last_miss
        from read_parquet($checks, hive_partitioning = false) where {tests or "true"}
    ) as checks
    group by area_code
) as streaks"""
