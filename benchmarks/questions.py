"""The six questions of a review, asked of our marts and of the edition's own rows by other means.

Ours is `ask` on a miss (the answer forgotten, the edition open) and on a hit; the others are the
same question in DuckDB on the edition's Parquet files, and in pandas, polars and SQLite on the same
rows, read into memory beforehand.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from benchmarks.scale import HOME
from benchmarks.timing import Row, median_ms, paired_ms
from shortplank.store import Engine, add_months

TIMES = 25
COUNTED = ("births_p1", "births_p2", "births_p3")
BIRTHS = " + ".join(f"{name}_{sex}" for name in COUNTED for sex in "mf")
INSIDE = " + ".join(f"{name}_in" for name in COUNTED)
MALES, FEMALES = (" + ".join(f"{name}_{sex}" for name in COUNTED) for sex in "mf")
MISS_GOALS = {"county": 0.9, "province": 0.45, "nation": 0.12}
HIT_GOAL = 0.03


@dataclass(frozen=True)
class Question:
    """One question: what we ask, and plain SQL that DuckDB and SQLite both run."""

    label: str
    asks: tuple[tuple[str, dict[str, Any]], ...]
    sql: str
    window: tuple[date, date]
    pandas: Callable[[pd.DataFrame], object]


def questions(month: date, year_start: date) -> list[Question]:
    """Return the six questions about one month of the home county."""
    town, village = f"{HOME}001", f"{HOME}001201"
    year_ago, years_ago = add_months(month, -11), add_months(month, -35)
    windows = ", ".join(  # over the month, the year to date and twelve months, as ours
        f"sum(case when stat_month >= '{start}' and stat_month <= '{month}' then {what} end)"
        f" as {name}_{at}"
        for at, start in enumerate((month, year_start, year_ago))
        for name, what in (("x", INSIDE), ("n", BIRTHS))
    )
    filed = ", ".join(  # a stock is its last value in a window
        f"max(case when stat_month = '{month}' then {what} end) as {name}_{at}"
        for at in range(3)
        for name, what in (
            ("filed", "migrants_filed"),
            ("due", "migrants_due"),
            ("paid", "benefits_paid"),
            ("owed", "benefits_due"),
        )
    )
    moves = ", ".join(
        f"sum(case when stat_month >= '{start}' and stat_month <= '{end}' then {what} end)"
        f" as {name}_{at}"
        for at, (start, end) in enumerate(
            (opens, add_months(month, back))
            for back in (0, -1, -12)
            for opens in (
                add_months(month, back),
                add_months(year_start, -12) if back == -12 else year_start,
                add_months(month, back - 11),
            )
        )
        for name, what in (("x", INSIDE), ("n", BIRTHS))
    )
    own = f"area_code >= '{HOME}' and area_code < '{HOME}:'"
    base = {"county": HOME, "month": month}
    ranked = {**base, "indicator": "policy_compliance", "year_month": year_start}
    peers = {k: v for k, v in ranked.items() if k != "county"}
    return [
        Question(
            "county trend with year to date",
            (("series_by_area", {**base, "indicator": "policy_compliance", "year_opens": 10}),),
            f"select stat_month, sum({INSIDE}) as x, sum({BIRTHS}) as n,"
            f" sum(sum({INSIDE})) over (order by stat_month rows 11 preceding) as x12,"
            f" sum(sum({BIRTHS})) over (order by stat_month rows 11 preceding) as n12"
            f" from reports where {own} group by stat_month order by stat_month",
            (date(1900, 1, 1), month),
            lambda f: _home(f).groupby("stat_month")[["inside", "births"]].sum().rolling(12).sum(),
        ),
        Question(
            "township ranking with move",
            (("townships_by_month", ranked),),
            f"select substr(area_code, 1, 9) as town, {moves}, count(distinct stat_month) as filed"
            f" from reports where {own} group by 1 order by 2 desc",
            (add_months(month, -23), month),
            lambda f: _rate(_home(f), ["town", "stat_month"]).groupby("stat_month").rank(),
        ),
        Question(
            "county among peers",
            (("peers_by_county", peers),),
            f"select substr(area_code, 1, 6) as county, sum({INSIDE}) as x, sum({BIRTHS}) as n"
            f" from reports where area_code < '{int(HOME) + 29}' group by 1"
            " order by 2 desc",
            (year_start, month),
            lambda f: _rate(f[f["area_code"] < f"{int(HOME) + 29}"], ["county"]).rank(),
        ),
        Question(
            "sex ratio township × month",
            (("townships_by_period", {**base, "indicator": "sex_ratio_at_birth"}),),
            f"select substr(area_code, 1, 9) as town, stat_month, sum(sum({MALES})) over w as m,"
            f" sum(sum({FEMALES})) over w as f from reports where {own} group by 1, 2"
            " window w as (partition by substr(area_code, 1, 9) order by stat_month"
            " rows 11 preceding) order by 1, 2",
            (years_ago, month),
            lambda f: _rolling(_home(f)),
        ),
        Question(
            "weakest villages by composite",
            (("villages_by_month", {"month": month}),),
            "select *, 0.5 * filed_2 / nullif(due_2, 0) + 0.5 * paid_2 / nullif(owed_2, 0) as score"
            f" from (select area_code, {filed} from reports where {own} group by 1) as villages"
            " order by score limit 10",
            (year_ago, month),
            lambda f: _score(_home(f).groupby("area_code").last()).nsmallest(10),
        ),
        Question(
            "one village's profile",
            (("profile_by_indicator", {"village": village, "month": month}),),
            f"select case when area_code = '{village}' then 3 when area_code >= '{town}' and"
            f" area_code < '{town}:' then 2 else 1 end as level, {windows},"
            f" {filed.replace('max(', 'sum(')} from reports where {own} group by 1 order by 1",
            (year_ago, month),
            lambda f: f[f["town"] == town].groupby("area_code").sum(numeric_only=True),
        ),
    ]


def _home(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["county"] == HOME]


def _rolling(frame: pd.DataFrame) -> pd.DataFrame:
    months = frame.groupby(["town", "stat_month"])[["males", "females"]].sum()
    return months.groupby("town").rolling(12).sum()


def _rate(frame: pd.DataFrame, by: list[str]) -> pd.Series:
    sums = frame.groupby(by)[["inside", "births"]].sum()
    return sums["inside"] / sums["births"]


def _score(frame: pd.DataFrame) -> pd.Series:
    filed = frame["migrants_filed"] / frame["migrants_due"]
    return filed + frame["benefits_paid"] / frame["benefits_due"]


def rows(size: str, shared: Engine) -> list[Row]:
    """Return the questions' rows for a workspace of one size: ours against each other way."""
    number = shared.newest()
    edition = shared.edition(number)
    months = edition.months("village_month")
    month = months[-1]
    found: list[Row] = []
    raw = duckdb.connect(config={"threads": 2})
    for question in questions(month, shared.ws.year_start(month)):
        held = [m for m in months if question.window[0] <= m <= question.window[1]]
        files = [str(path) for path in edition.files("village_month", held)]
        source = "read_parquet($files, hive_partitioning = false)"
        sql = question.sql.replace("from reports", f"from {source}")

        def hit(asks: tuple[tuple[str, dict[str, Any]], ...] = question.asks) -> None:
            for name, parameters in asks:
                shared.ask(name, number, "analyst", **parameters)

        def miss() -> None:
            shared.forget()
            hit()

        def bare(sql: str = sql, files: list[str] = files) -> object:
            return raw.execute(sql, {"files": files}).fetchall()

        hit()
        bare()
        ours, other = paired_ms(miss, bare, TIMES)
        at = f"{size}: {question.label}"
        found.append(Row(f"{at}, miss / raw DuckDB", ours, other, MISS_GOALS[size]))
        found.append(Row(f"{at}, hit / raw DuckDB", median_ms(hit, TIMES), other, HIT_GOAL))
        if size != "nation":  # their rows would not fit beside each other in memory
            found += [
                Row(f"{at}, miss / {name}", ours, median_ms(work, 5), None)
                for name, work in _others(question, edition, held)
            ]
    return found


def _others(
    question: Question, edition: Any, held: list[date]
) -> list[tuple[str, Callable[[], object]]]:
    """Return the same question in pandas, SQLite and, where it is installed, polars."""
    tables = [table for m in held if (table := edition.table("village_month", m)) is not None]
    table = pa.concat_tables(tables)
    frame = table.to_pandas()
    frame["town"], frame["county"] = frame["area_code"].str[:9], frame["area_code"].str[:6]
    frame["births"], frame["inside"] = frame.eval(BIRTHS), frame.eval(INSIDE)
    frame["males"], frame["females"] = frame.eval(MALES), frame.eval(FEMALES)
    lite = sqlite3.connect(":memory:")
    frame.drop(columns=["town", "county"]).to_sql("reports", lite, index=False)
    lite.execute("create index by_area on reports (area_code, stat_month)")
    found: list[tuple[str, Callable[[], object]]] = [
        ("pandas", lambda: question.pandas(frame)),
        ("SQLite", lambda: lite.execute(question.sql).fetchall()),
    ]
    if importlib.util.find_spec("polars"):
        import polars as pl

        context = pl.SQLContext(reports=pl.from_arrow(table))
        if "over" not in question.sql:  # its SQL has no windows over sums
            found.append(("polars", lambda: context.execute(question.sql, eager=True)))
    return found
