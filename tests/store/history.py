"""Sixteen made-up months of the small county, with everything in them that is hard to count.

Two villages of the north merge in February 2009; the north is silent in April, one village of the
south in June; counts are recounted twice; reports come late, twice or never.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.store import workspaces as w
from tests.store.oracle import County

N4, N5 = f"{w.NORTH}204", f"{w.NORTH}205"
MERGER = date(2009, 2, 1)
SILENT, SILENT_VILLAGE = date(2009, 4, 1), date(2009, 6, 1)
FIRST, COUNT = date(2008, 8, 1), 16

AREAS = w.AREAS.replace(f"{w.N3},{w.NORTH},village,下坪村,村,2000-01-01,", "").replace(
    "\n\n", "\n"
) + (
    f"{w.N3},{w.NORTH},village,合坪村,村,2009-02-01,\n"
    f"{N4},{w.NORTH},village,下坪村,村,2000-01-01,2009-01-31\n"
    f"{N5},{w.NORTH},village,外坪村,村,2000-01-01,2009-01-31\n"
)
SUCCESSORS = f"old_code,new_code,from\n{N4},{w.N3},2009-02-01\n{N5},{w.N3},2009-02-01\n"


def county() -> County:
    """Return the register and all rows, the same each time."""
    chance = random.Random(20090930)
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            *("village_month", "township_month", "township_quarter", "recount"),
            *("inspection", "cross_source", "submission"),
        )
    }
    made = County(_register(), _successors(), rows)
    for month in w.months(FIRST, COUNT):
        for code, _ in made.valid(month, "village"):
            rows["village_month"] += _village(chance, code, month)
            rows["recount"] += _recounts(chance, code, month)
        for code, _ in made.valid(month, "township"):
            if (code, month) != (w.NORTH, SILENT):
                rows["township_month"].append(_township(chance, code, month))
            if month.month % 3 == 0 and chance.random() < 0.8:
                rows["township_quarter"].append(_quarter(chance, code, month))
            rows["cross_source"] += _sources(chance, code, month)
            rows["submission"] += _submissions(chance, code, month)
        rows["inspection"] += _inspections(chance, month)
    return made


def _register() -> list[tuple[str, str, str, date, date | None]]:
    areas = []
    for line in AREAS.splitlines()[1:]:
        code, parent, level, _, _, begins, ends = line.split(",")
        areas.append(
            (
                code,
                parent,
                level,
                date.fromisoformat(begins),
                date.fromisoformat(ends) if ends else None,
            )
        )
    return areas


def _successors() -> list[tuple[str, str, date]]:
    lines = [line.split(",") for line in SUCCESSORS.splitlines()[1:]]
    return [(old, new, date.fromisoformat(begins)) for old, new, begins in lines]


def _village(chance: random.Random, code: str, month: date) -> list[dict[str, Any]]:
    counts = {
        name: chance.choice((0, 0, 1, 2)) for name in w.VILLAGE_COUNTS if name.startswith("births_")
    }
    for order in ("p1", "p2", "p3"):
        most = counts[f"births_{order}_m"] + counts[f"births_{order}_f"]
        counts[f"births_{order}_in"] = chance.randint(0, most)
    due, owed = chance.randint(5, 30), chance.randint(2, 12)
    row = w.village(
        code,
        month,
        **counts,
        pop_end=chance.randint(700, 1500),
        deaths=chance.randint(0, 2),
        migrants_due=due,
        migrants_filed=chance.randint(0, due),
        benefits_due=owed,
        benefits_paid=chance.randint(0, owed),
    )
    silent = (code.startswith(w.NORTH) and month == SILENT) or (
        (code, month) == (w.S2, SILENT_VILLAGE)
    )
    return [] if silent else [row]


def _recounts(chance: random.Random, code: str, month: date) -> list[dict[str, Any]]:
    return [
        {
            "area_code": code,
            "stat_month": month,
            "recount_date": date(2010, number, 10),
            "births_m": chance.randint(0, 4),
            "births_f": chance.randint(0, 4),
        }
        for number in (1, 2)
        if chance.random() < 0.4
    ]


def _township(chance: random.Random, code: str, month: date) -> dict[str, Any]:
    row: dict[str, Any] = {"area_code": code, "stat_month": month}
    for due, done in (
        ("procedures_due", "procedures_done"),
        ("backlog_due", "backlog_cleared"),
        ("pregnancies_known", "pregnancies_early"),
        ("fees_levied", "fees_collected"),
        ("petitions_verifiable", "petitions_confirmed"),
    ):
        row[due] = chance.randint(0, 40)
        row[done] = chance.randint(0, row[due])
    return row | {"sex_selection_cases": chance.choice((0, 0, 0, 1)), "petitions_received": 40}


def _quarter(chance: random.Random, code: str, month: date) -> dict[str, Any]:
    row: dict[str, Any] = {"area_code": code, "stat_month": month, "stations": 1}
    for due, done in (
        ("village_rooms", "village_rooms_standard"),
        ("leader_posts", "leaders_in_post"),
        ("staff_posts", "staff_in_post"),
        ("funds_due", "funds_paid"),
    ):
        row[due] = chance.randint(1, 20)
        row[done] = chance.randint(0, row[due])
    return row | {"stations_standard": 1, "village_led_villages": chance.randint(0, 3)}


def _sources(chance: random.Random, code: str, month: date) -> list[dict[str, Any]]:
    names = {
        "hospital": "births_hospital",
        "vaccination": "births_vaccination",
        "registered": "births_registered",
    }
    return [
        {
            "area_code": code,
            "stat_month": month,
            "source": source,
            **dict.fromkeys(names.values()),
            column: chance.randint(5, 25),
        }
        for source, column in names.items()
        if chance.random() < 0.5
    ]


def _inspections(chance: random.Random, month: date) -> list[dict[str, Any]]:
    blank = dict.fromkeys(
        ("listed", "confirmed", "verified", "omitted", "duplicate", "false", "misclassified")
    )
    rows = []
    for number, code in enumerate((w.N1, w.S1, w.S2)):
        if chance.random() < 0.3:
            counts = {"verified": 20, "omitted": chance.randint(0, 3), "duplicate": 1}
            rows.append(_check(code, month, number, "sample", "births", {**blank, **counts}))
    if chance.random() < 0.3:
        rows.append(
            _check(w.NORTH, month, 3, "sample", "procedures", {**blank, "verified": 9, "false": 1})
        )
    if month.month in (9, 11, 1, 4, 8):
        hit = {"listed": 1, "confirmed": 0 if month == date(2009, 1, 1) else 1}
        rows.append(_check(w.COUNTY, month, 4, "key_check", "births", {**blank, **hit}))
    for row in rows:
        for name in ("omitted", "duplicate", "false", "misclassified"):
            if row["kind"] == "sample":
                row[name] = row[name] or 0
    return rows


def _check(
    code: str, month: date, number: int, kind: str, subject: str, counts: dict[str, int | None]
) -> dict[str, Any]:
    return {
        "area_code": code,
        "stat_month": month,
        "inspection_id": f"{month:%Y%m}-{number}",
        "date": month + timedelta(days=9),
        "level": "city",
        "kind": kind,
        "subject": subject,
        **counts,
    }


def _submissions(chance: random.Random, code: str, month: date) -> list[dict[str, Any]]:
    if (code, month) == (w.NORTH, SILENT):
        return []
    due = w.add_months(month, 1).replace(day=5)
    rows = []
    for form in ("village_month", "township_month", "township_quarter"):
        received = due + timedelta(days=chance.choice((-3, -1, 0, 1, 4)))
        if chance.random() < 0.9:
            rows.append(w.filed(code, month, form, received))
            if chance.random() < 0.3:
                rows.append(w.filed(code, month, form, received + timedelta(days=20), 2))
    return rows
