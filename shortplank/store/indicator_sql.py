"""Twelve months of units to every indicator's numerator and denominator over the three windows.

`INDICATOR_SQL` reads the catalogue as relations (`card_table`, `part_table`, `rule_table`), because
planning a hundred generated aggregates cost ten times the work itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import REGISTER_MEASURES, Indicator
from shortplank.store.mart_sql import (
    column_sum,
    expression,
    literal,
    quoted,
    read_files,
    terms,
    wide_datasets,
)

MART_COLUMNS = (
    "area_code, level, parent_code, stat_month, indicator, numerator, denominator, "
    "ytd_numerator, ytd_denominator, r12_numerator, r12_denominator, expected, reported"
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


_PART = {
    "indicator": pa.string(),
    "part": pa.string(),
    "term": pa.int32(),
    "sign": pa.int32(),
    "measure": pa.string(),
    "per": pa.float64(),
}


def part_table(ws: Workspace, month: date, *, villages: bool) -> pa.Table:
    """Return each indicator's signed terms; ``per`` divides months of persons to person-years."""
    rows = []
    for key, item in built_indicators(ws, month, villages=villages).items():
        own = {"count_over": f"over__{key}", "streak": f"streak__{key}"}.get(item.kind)
        for part, sums in {"n": (own,) if own else item.numerator, "d": item.denominator}.items():
            signed = [term for name in sums for term in terms(ws, name)]
            rows += [
                {
                    "indicator": key,
                    "part": part,
                    "term": number,
                    "sign": sign,
                    "measure": leaf,
                    "per": 12.0 if window_rule(ws, leaf) == "mean" else 1.0,
                }
                for number, (sign, leaves) in enumerate(signed)
                for leaf in leaves
            ]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(_PART.items())))


_CARD = {
    "indicator": pa.string(),
    "level": pa.string(),
    "n_terms": pa.int32(),
    "d_terms": pa.int32(),
    "has_month": pa.bool_(),
    "has_ytd": pa.bool_(),
    "has_r12": pa.bool_(),
    "expected_measure": pa.string(),
    "reported_measure": pa.string(),
}


def card_table(ws: Workspace, month: date, *, villages: bool, full_r12: bool) -> pa.Table:
    """Return one row an indicator and level: how many terms, which windows, which report."""
    terms_of: dict[tuple[str, str], set[int]] = {}
    for row in part_table(ws, month, villages=villages).to_pylist():
        terms_of.setdefault((row["indicator"], row["part"]), set()).add(row["term"])
    rows = []
    for key, item in built_indicators(ws, month, villages=villages).items():
        dataset = measured_dataset(ws, item)
        card = {
            "indicator": key,
            "n_terms": len(terms_of.get((key, "n"), ())),
            "d_terms": len(terms_of.get((key, "d"), ())),
            "has_month": "month" in item.windows,
            "has_ytd": "ytd" in item.windows,
            "has_r12": "r12" in item.windows and full_r12,
            "expected_measure": f"{dataset}__expected" if dataset else "reports_expected",
            "reported_measure": f"{dataset}__reported" if dataset else "reports_received",
        }
        rows += [card | {"level": at} for at in item.levels if villages == (at == "village")]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(_CARD.items())))


def window_rule(ws: Workspace, measure: str) -> str:
    """Return how a measure is taken over a window: sum, last or mean (person-years)."""
    if measure in ws.measures:
        item = ws.measures[measure]
        return item.window or ("last" if item.kind == "stock" else "sum")
    return "last" if measure == "villages" else "sum"


def rule_table(ws: Workspace) -> pa.Table:
    """Return the window rule of every column of a month's counts."""
    names = [*REGISTER_MEASURES, *ws.measures]
    names += [f"{d}__{part}" for d in wide_datasets(ws) for part in ("expected", "reported")]
    return pa.table({"measure": names, "rule": [window_rule(ws, name) for name in names]})


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
        m_sum as m,
        case rule when 'last' then y_last else y_sum end as y,
        case rule when 'last' then r_last else r_sum end as r,
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
    -- Person-years are divided after all sums: integers add up the same in any order.
    select
        r.area_code, p.indicator, p.part, p.term, p.sign,
        max(r.m / p.per) as m, max(r.y / p.per) as y, max(r.r / p.per) as r,
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
order by level <> 'county', parent_code, area_code, indicator
"""


def measured_dataset(ws: Workspace, item: Indicator) -> str:
    """Return the dataset that an indicator's numerator rests on, "" where it is the register."""
    leaves = ws.leaves(item.numerator)
    return next((ws.measures[key].dataset for key in ws.measures if key in leaves), "")


NO_SPECIAL = "select '' as area_code, '' as measure, 0.0 as m, 0.0 as y, 0.0 as r where false"


def over_sql(
    ws: Workspace, key: str, item: Indicator, windows: Iterable[str], columns: Collection[str]
) -> str:
    """Return how many villages of each township and county stand at or over an indicator's line.

    Relations: ``village_map``; parameters: ``$month``, and ``$<dataset>_<window>`` for each of the
    windows (ytd, r12), its village files. An area that reported nothing in a window has no count.
    """
    leaf = column_sum(ws, columns)
    total = " + ".join(expression(ws, name, leaf) for name in item.numerator)
    dataset = measured_dataset(ws, item)
    selects = "\n    union all\n    ".join(
        f"select v.township, v.county, '{window}' as w, {total} as total\n"
        f"    from {read_files(f'{dataset}_{window}')} as d\n"
        "    join village_map as v using (area_code)\n"
        "    where v.valid_from <= $month and (v.valid_to is null or v.valid_to >= $month)\n"
        "    group by v.village, v.township, v.county"
        for window in windows
    )
    counted = (
        f"case when count(*) filter (where w = '{{}}') > 0 then "
        f"count(*) filter (where w = '{{}}' and total >= {item.over:g}) end::DOUBLE"
    )
    areas = "\nunion all\n".join(
        f"select {level} as area_code, {literal('over__' + key)} as measure, null::DOUBLE as m,\n"
        f"    {counted.format('ytd', 'ytd')} as y, {counted.format('r12', 'r12')} as r\n"
        f"from totals group by {level}"
        for level in ("township", "county")
    )
    return f"select * from (\nwith totals as (\n    {selects}\n)\n{areas}\n)"


def streak_sql(ws: Workspace, key: str, item: Indicator) -> str:
    """Return each area's number of latest checks in a row that found all the numerator's counts.

    Parameter: ``$checks``, the files of all checks up to the month.
    """
    first = ws.measures[item.numerator[0]]
    tests = " and ".join(f"{quoted(k)} = {literal(v)}" for k, v in sorted(first.filter.items()))
    columns = [quoted(ws.measures[name].column or name) for name in item.numerator]
    hit = " and ".join(f"coalesce({column}, 0) > 0" for column in columns)
    return f"""select area_code, {literal("streak__" + key)} as measure, n as m, n as y, n as r
from (
    select area_code, count(*) filter (where date > last_miss)::DOUBLE as n
    from (
        select area_code, date, coalesce(max(case when not ({hit}) then date end)
            over (partition by area_code), date '0001-01-01') as last_miss
        from {read_files("checks")} where {tests or "true"}
    ) as checks
    group by area_code
) as streaks"""
