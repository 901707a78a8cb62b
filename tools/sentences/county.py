"""A made-up county of five townships and forty villages, brought into one state after the other.

It is published as production publishes: the standard catalogue with a card more for each polarity
that it lacks, 32 months of reports, bulletins, recounts and inspections. Nothing is drawn by
chance, so that the sentences change with the wording alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from shortplank.access import Actor, Role
from shortplank.catalogue import copy_standard, load_workspace
from shortplank.reading.view import View
from shortplank.records.follow_ups import add_follow_up
from shortplank.records.meeting import freeze
from shortplank.store import Engine, Store, add_months

State = Literal["named", "nothing", "too_few", "unfiled", "untested"]
STATES: dict[State, str] = {
    "named": "点名",
    "nothing": "没有",
    "too_few": "太少",
    "unfiled": "未报",
    "untested": "不检验",
}
SUBJECTS = {
    "migrant_filing": "越高越好",
    "migrant_missing": "越低越好",
    "migrant_checked": "有范围",
    "migrant_share": "无方向",
    "policy_compliance": "出生",
    "statistical_accuracy": "浏览者只到县",
}
CARDS = """
[migrant_missing]
label = "流动人口漏建率"
kind = "ratio"
family = "service"
numerator = ["migrants_missing"]
denominator = ["migrants_due"]
interval = "wilson"
polarity = "down"
judged = true
target = 15
levels = ["county", "township", "village"]
min_denominator = 20
thresholds = [{ value = 15, side = "above", label = "15% 线", source = "可改的默认值" }]
definition = "未建档流动人口占应建档人数的比重。"
why = "漏建的人得不到服务。"
source = "村月报：应建档、已建档"

[migrant_checked]
label = "流动人口核实比"
kind = "ratio"
family = "service"
numerator = ["migrants_filed"]
denominator = ["migrants_due"]
interval = "wilson"
polarity = "range"
target_range = [80, 96]
levels = ["county", "township", "village"]
min_denominator = 20
definition = "已核实流动人口占应建档人数的比重。"
why = "过低或过高都可能是底数不实。"
source = "村月报：应建档、已建档"

[migrant_share]
label = "流动人口录入比"
kind = "ratio"
family = "context"
numerator = ["migrants_filed"]
denominator = ["migrants_due"]
interval = "wilson"
polarity = "none"
levels = ["county", "township", "village"]
min_denominator = 20
definition = "已录入流动人口占应建档人数的比重。"
why = "背景。"
source = "村月报：应建档、已建档"
"""
DERIVED = (
    'migrants_missing = { label = "未建档流动人口", plus = ["migrants_due"], '
    'minus = ["migrants_filed"] }\n'
)
SETTINGS = """schema_version = 1
name = "试样县"
home = "990401"
statistical_year_first_month = 10
due_day = 5
"""
# Who freezes and notes at the meetings.
SIGNER = Actor("analyst", "统计岗")
COUNTY, HOME = "990401", "试样县"
TOWNS = {
    f"9904011{k:02d}": name
    for k, name in enumerate(("东岭镇", "西河镇", "南塘乡", "北坪乡", "中洲镇"), 1)
}
NUMBERS = "一二三四五六七八"
VILLAGES = {
    f"{town}2{k:02d}": f"{name[0]}{NUMBERS[k - 1]}村"
    for town, name in TOWNS.items()
    for k in range(1, 9)
}
FIRST_TOWN, FIRST_VILLAGE = next(iter(TOWNS)), next(iter(VILLAGES))
PEERS = {"990402": "甲县", "990403": "乙县", "990404": "丙县"}
MONTHS = [add_months(date(2006, 10, 1), step) for step in range(32)]
YEAR = 24  # so many months are those of the closed statistical years
MONTH, CLOSED = MONTHS[-1], MONTHS[YEAR - 1]
AHEAD, SILENT = 1, 16  # a township's place, and a village's
DATASETS = (
    *("village_month", "township_month", "township_quarter", "submission"),
    *("recount", "inspection", "peer_month"),
)
BULLETIN = ("migrant_filing", "migrant_missing", "migrant_checked", "policy_compliance")
NO_BIRTHS = (
    *("births_p2_m", "births_p2_f", "births_p3_m", "births_p3_f", "births_p2_in"),
    *("births_p3_in", "births_out_migrant", "births_late"),
)
TOWNSHIP = {
    "procedures_due": 20,
    "procedures_done": 18,
    "backlog_due": 20,
    "backlog_cleared": 18,
    "pregnancies_known": 40,
    "pregnancies_early": 36,
    "fees_levied": 1000,
    "fees_collected": 900,
    "sex_selection_cases": 0,
    "petitions_received": 2,
    "petitions_verifiable": 2,
    "petitions_confirmed": 1,
}
QUARTER = {
    "stations": 1,
    "stations_standard": 1,
    "village_rooms": 8,
    "village_rooms_standard": 7,
    "leader_posts": 2,
    "leaders_in_post": 2,
    "staff_posts": 16,
    "staff_in_post": 15,
    "funds_due": 1000,
    "funds_paid": 900,
    "village_led_villages": 6,
}
Row = dict[str, Any]


def county(root: Path, state: State) -> Engine:
    """Write and publish the county in a state, and return its engine."""
    root.mkdir(parents=True)
    (root / "workspace.toml").write_text(SETTINGS, "utf-8")
    (root / "areas.csv").write_text(_areas(), "utf-8")
    (root / "peers.csv").write_text(_peers(), "utf-8")
    copy_standard(root)
    _widen(root / "catalogue", state)
    Store(root).publish(
        _tables(_rows(state)),
        why="样例",
        published_at=datetime(2009, 6, 8, 12, tzinfo=UTC),
    )
    shared = Engine(load_workspace(root))
    if state == "named":
        _meet(shared)
    return shared


def view_of(shared: Engine, indicator: str, role: Role, month: date = MONTH) -> View:
    """Return a view of the county over the statistical year to a month."""
    return View(shared, shared.newest(), Actor(role), month, "ytd", indicator, COUNTY)


# --- registers and catalogue ----------------------------------------------------------------------
def _areas() -> str:
    lines = ["area_code,parent_code,level,name,kind,valid_from,valid_to"]
    lines.append(f"{COUNTY},99,county,{HOME},县,2000-01-01,")
    lines += [
        f"{code},{COUNTY},township,{name},{name[-1]},2000-01-01," for code, name in TOWNS.items()
    ]
    lines += [f"{code},{code[:9]},village,{name},村,2000-01-01," for code, name in VILLAGES.items()]
    return "\n".join(lines) + "\n"


def _peers() -> str:
    lines = ["area_code,name,class,group,valid_from,valid_to"]
    named = {COUNTY: HOME, **PEERS}
    lines += [f"{code},{name},一类,江淮,2000-01-01," for code, name in named.items()]
    return "\n".join(lines) + "\n"


def _widen(catalogue: Path, state: State) -> None:
    """Add the cards that the standard lacks; where nothing is tested, no share has an interval."""
    (catalogue / "indicators" / "sample.toml").write_text(CARDS, "utf-8")
    measures = catalogue / "measures.toml"
    measures.write_text(measures.read_text("utf-8") + DERIVED, "utf-8")
    if state == "untested":
        for path in (catalogue / "indicators").glob("*.toml"):
            text = re.sub(
                r'interval = "(wilson|paired|byar)"', 'interval = "none"', path.read_text("utf-8")
            )
            path.write_text(text.replace("judged = true", "judged = false"), "utf-8")


# --- reports --------------------------------------------------------------------------------------
def _rows(state: State) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {name: [] for name in DATASETS}
    for m, month in enumerate(MONTHS):
        silent = state == "unfiled" and month == MONTH
        towns = [town for town in TOWNS if not (silent and town == FIRST_TOWN)]
        for i, code in enumerate(VILLAGES):
            if code[:9] in towns and not (silent and i == SILENT):
                found["village_month"].append(_village(state, i, m, code, month))
        for town in towns:
            found["township_month"].append(_row(town, month, TOWNSHIP))
            found["township_quarter"] += (
                [_row(town, month, QUARTER)] if month.month % 3 == 0 else []
            )
            found["submission"] += _filed(state, town, month)
        if not silent:
            found["peer_month"] += list(_bulletin(state, m, month))
    if state in ("named", "nothing", "untested"):
        year = (MONTHS[YEAR - 12], MONTHS[YEAR - 1])
        closed = [row for row in found["village_month"] if year[0] <= row["stat_month"] <= year[1]]
        found["recount"] = [_recount(row, state) for row in closed]
        found["inspection"] = [_inspected(state, code) for code in VILLAGES]
    return found


def _row(code: str, month: date, counts: Mapping[str, int]) -> Row:
    return {"area_code": code, "stat_month": month, **counts}


def _village(state: State, i: int, m: int, code: str, month: date) -> Row:
    """Return a village's report: two townships stand apart in the year of the view, if any do."""
    due = 60 + (i + 2 * m) % 7
    missing = due // 10 + (7 * i + 3 * m) % 5 - 2 + (i % 4 == 0) * (m % 3 - 1)
    boys, girls, out = 4 + ((i + m) % 5 == 0), 4, int((3 * i + m) % 24 == 0)
    if i % 10 == 3 and m < YEAR:
        out = m % 2
    if state in ("named", "untested") and m >= YEAR:
        if code[:9] == FIRST_TOWN:  # two of its villages are far from the line, the others near
            # They come there month by month: what leaps at once is a group, and no group is told.
            gone = due // 2 if i < 2 else due // 6
            missing += (gone - missing) * (m - YEAR + 1) // (len(MONTHS) - YEAR)
            boys, girls, out = 7, 3, 1
        elif i // 8 == AHEAD:
            missing = 0
    if state == "too_few":
        due, missing, out = 2, (i + m) % 2, 0
        boys, girls = int((i + m) % 8 == 0), int((i + m) % 9 == 0)
    return _row(
        code,
        month,
        {
            **dict.fromkeys(NO_BIRTHS, 0),
            "pop_end": 1000,
            "deaths": 1,
            "births_p1_m": boys,
            "births_p1_f": girls,
            "births_p1_in": boys + girls - out,
            "migrants_due": due,
            "migrants_filed": due - missing,
            "benefits_due": due,
            "benefits_paid": due - missing // 4,
        },
    )


def _filed(state: State, town: str, month: date) -> list[Row]:
    late = state == "named" and town == FIRST_TOWN and month == MONTH
    day = add_months(month, 1).replace(day=9 if late else 3)
    forms = ["village_month", "township_month"]
    forms += ["township_quarter"] if month.month % 3 == 0 else []
    return [
        _row(town, month, {}) | {"form": form, "revision": 1, "received_at": day} for form in forms
    ]


def _bulletin(state: State, m: int, month: date) -> Iterator[Row]:
    """Return the province's figures of the peers: the county climbs, stays, or is too small."""
    whole = 10 if state == "too_few" else 2000
    for key in BULLETIN:
        for at, code in enumerate((COUNTY, *PEERS)):
            own = 20 + 3 * m if state == "named" else 55
            share = (850 if key != "migrant_missing" else 90) + (own if not at else 15 + 20 * at)
            counts = {"numerator": share * whole // 1000, "denominator": whole}
            yield _row(code, month, counts) | {
                "indicator": key,
                "value": None,
                "published_rank": None,
            }


def _recount(row: Row, state: State) -> Row:
    more = 1 if state != "nothing" and row["area_code"][:9] == FIRST_TOWN else 0
    return {
        "area_code": row["area_code"],
        "stat_month": row["stat_month"],
        "recount_date": date(2009, 2, 1),
        "births_m": row["births_p1_m"] + more,
        "births_f": row["births_p1_f"],
    }


def _inspected(state: State, code: str) -> Row:
    omitted = 4 if state != "nothing" and code[:9] == FIRST_TOWN else 0
    return {
        "area_code": code,
        "stat_month": MONTH,
        "inspection_id": f"c{code}",
        "date": MONTH.replace(day=12),
        "level": "city",
        "kind": "sample",
        "subject": "births",
        "verified": 20,
        "omitted": omitted,
        **dict.fromkeys(("duplicate", "false", "misclassified", "listed", "confirmed"), 0),
    }


def _tables(rows: Mapping[str, list[Row]]) -> dict[tuple[str, date], pa.Table]:
    parts: dict[tuple[str, date], list[Row]] = {}
    for dataset, each in rows.items():
        for row in each:
            parts.setdefault((dataset, row["stat_month"]), []).append(row)
    return {
        key: pa.table({name: [row[name] for row in part] for name in part[0]})
        for key, part in parts.items()
    }


def _meet(shared: Engine) -> None:
    """Freeze the last month and the one before, each with an item."""
    for month in MONTHS[-2:]:
        view = view_of(shared, "migrant_filing", "analyst", month).with_(actor=SIGNER)
        at = datetime(2009, 6, 9, 12, tzinfo=UTC)
        freeze(view, at=at)
        add_follow_up(
            view,
            item="补建档案",
            area=FIRST_TOWN,
            indicator="migrant_filing",
            owner="东岭镇",
            deadline=date(2009, 7, 5),
            at=at,
        )
