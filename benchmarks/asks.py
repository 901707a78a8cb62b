"""ask() on a warm mart against the same SQL on a bare cursor, and out of the cache."""

from __future__ import annotations

from datetime import date
from typing import Any

from benchmarks.timing import Row, median_ms, paired_ms
from shortplank.store import all_queries, engine

TIMES = 60


def rows() -> list[Row]:
    """Return a row a question that the pages ask most."""
    shared = engine()
    number = shared.newest()
    opened = shared.open(number, "analyst")
    opened.fill(["indicator", "village_indicator", "area", "peer", "peer_month", "peer_indicator"])
    month = date(2010, 5, 1)
    county = shared.ws.settings.home
    questions: dict[str, dict[str, object]] = {
        "townships_by_month": {
            "indicator": "migrant_filing",
            "county": county,
            "month": month,
            "year_month": date(2009, 10, 1),
        },
        "series_by_area": {
            "indicator": "migrant_filing",
            "county": county,
            "month": month,
            "year_opens": 10,
        },
        "villages_by_indicator": {"indicator": "migrant_filing", "month": month},
        "peers_by_county": {
            "indicator": "migrant_filing",
            "month": month,
            "year_month": date(2009, 10, 1),
        },
    }
    found = []
    for name, params in questions.items():
        query = all_queries()[name]

        def ask(name: str = name, params: dict[str, object] = params) -> object:
            shared.forget()
            return shared.ask(name, number, "analyst", **params)

        with opened.reading(query.reads) as cursor:

            def bare(
                sql: str = query.sql, params: dict[str, object] = params, cursor: Any = cursor
            ) -> object:
                return cursor.sql(sql, params=params).to_arrow_table()

            ask(), bare()
            ours, other = paired_ms(ask, bare, TIMES)
        found.append(Row(f"ask({name}) / bare cursor", ours, other, 1.3))
    name, params = next(iter(questions.items()))
    cached = median_ms(lambda: shared.ask(name, number, "analyst", **params), TIMES * 5)
    found.append(Row("ask, cached", cached, None, 0.2))
    return found
