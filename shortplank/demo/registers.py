"""The dated registers: status of areas, support and targets, each line with its document."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortplank.demo.months import index_of
from shortplank.demo.register import HOME, Register
from shortplank.demo.stocks import Stocks
from shortplank.demo.streams import stream

Line = Sequence[object]

STATUS_COLUMNS = ("area_code", "status", "valid_from", "valid_to", "source")
SUPPORT_COLUMNS = ("area_code", "role", "unit", "valid_from", "valid_to", "source")
POST_COLUMNS = ("area_code", "post", "valid_from", "valid_to", "source")
TARGET_COLUMNS = ("area_code", "indicator", "statistical_year", "target", "source")

LEADING_GROUP = "县人口和计划生育领导小组"
CONTACTS = (
    "县委办公室",
    "县人大常委会办公室",
    "县政府办公室",
    "县政协办公室",
    "县纪委",
    "县委组织部",
    "县委宣传部",
    "县委政法委",
    "县人口计生委",
    "县财政局",
    "县卫生局",
    "县公安局",
    "县民政局",
    "县人力资源和社会保障局",
    "县教育局",
    "县农委",
)
HELPERS = (
    "县发展和改革委员会",
    "县住房和城乡建设局",
    "县交通运输局",
    "县水利局",
    "县林业局",
    "县统计局",
    "县审计局",
    "县司法局",
    "县国土资源局",
    "县妇女联合会",
    "县总工会",
    "县广播电视台",
)
COUNTY_POSTS = (
    "县人口办",
    "县人口计生委规划统计股",
    "县人口计生委政策法规股",
    "县人口计生委流动人口股",
    "县卫生局统计岗",
    "规划统计股",
    "统计岗",
)
TOWN_POSTS = ("人口计生办", "统计岗")
# Service and quality only: births carry no target.
TARGETS = {
    2008: {"migrant_filing": 82.0, "benefit_delivery": 95.0, "report_timeliness": 92.0},
    2009: {
        "migrant_filing": 84.0,
        "benefit_delivery": 98.0,
        "report_timeliness": 95.0,
        "statistical_accuracy": 95.0,
    },
    2010: {
        "migrant_filing": 85.0,
        "benefit_delivery": 100.0,
        "report_timeliness": 98.0,
        "statistical_accuracy": 96.0,
        "room_standard": 90.0,
        "staff_coverage": 98.0,
    },
}


def write_registers(folder: Path, seed: int, register: Register, stocks: Stocks) -> None:
    """Write ``status.csv``, ``support.csv``, ``targets.csv`` and ``posts.csv`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    weakest = _weakest(register, stocks, date(2009, 9, 1))
    _write(folder / "status.csv", STATUS_COLUMNS, _status(seed, register, weakest))
    _write(folder / "support.csv", SUPPORT_COLUMNS, _support(register, weakest))
    _write(folder / "targets.csv", TARGET_COLUMNS, _targets(register))
    _write(folder / "posts.csv", POST_COLUMNS, _posts(register))


def _write(path: Path, columns: Sequence[str], lines: Iterable[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)


def _weakest(register: Register, stocks: Stocks, month: date) -> NDArray[np.int64]:
    """Return the villages with the lowest share of migrants on file, one for each helping unit."""
    t, villages = index_of(month), register.current
    share = stocks.migrants_filed[villages, t] / stocks.migrants_due[villages, t]
    return np.asarray(np.sort(villages[np.argsort(share, kind="stable")[: len(HELPERS)]]))


def _status(seed: int, register: Register, weakest: NDArray[np.int64]) -> list[Line]:
    rng = stream(seed, "status")
    strong = np.setdiff1d(register.current, weakest)

    def villages(count: int) -> list[str]:
        chosen = np.sort(rng.choice(strong, size=count, replace=False))
        return [register.villages[v] for v in chosen]

    def lines(codes: Iterable[str], status: str, start: str, end: str, source: str) -> list[Line]:
        return [(code, status, start, end, source) for code in codes]

    rated = "云人口组〔2009〕4号 {}表彰名单"
    towns = sorted(rng.choice(register.townships, size=3, replace=False).tolist())
    return [
        *lines(villages(12), "星级服务村", "2009-03-01", "", rated.format("星级服务村")),
        *lines(villages(36), "村为主合格村", "2009-12-01", "", "云人口组〔2009〕17号 验收通报"),
        *lines(villages(6), "两无一满意", "2009-03-01", "2010-02-28", rated.format("两无一满意")),
        *lines(towns[:2], "示范乡镇", "2009-03-01", "", rated.format("示范乡镇")),
        *lines(
            [register.villages[v] for v in weakest],
            "滞后村预警",
            "2009-10-15",
            "2010-09-30",
            "云人口组办〔2009〕21号 流动人口建档滞后村预警通知",
        ),
        *lines(towns[2:], "重点管理", "2010-01-10", "2010-12-31", "云人口组〔2010〕1号"),
        (HOME, "重点管理", "2009-12-20", "", "省人口和计划生育领导小组2009年度通报"),
    ]


def _support(register: Register, weakest: NDArray[np.int64]) -> list[Line]:
    contact = [
        (code, "联系乡镇", unit, "2009-01-01", "", f"{LEADING_GROUP}联系乡镇安排（2009年）")
        for code, unit in zip(register.townships, CONTACTS, strict=True)
    ]
    help_ = [
        (register.villages[v], "帮扶单位", unit, "2009-11-01", "2010-12-31", "云人口组〔2009〕15号")
        for v, unit in zip(weakest, HELPERS, strict=True)
    ]
    return [*contact, *help_]


def _posts(register: Register) -> list[Line]:
    named = [(HOME, post) for post in COUNTY_POSTS]
    towns = [(code, register.names[code]) for code in register.townships]
    named += [(code, f"{name}{post}") for code, name in towns for post in TOWN_POSTS]
    source = f"{LEADING_GROUP}成员单位及乡镇岗位名册"
    return [(code, post, "2006-10-01", "", source) for code, post in named]


def _targets(register: Register) -> list[Line]:
    return [
        (code, indicator, year, f"{target:g}", f"{year}年度人口和计划生育目标管理责任书")
        for year, targets in TARGETS.items()
        for indicator, target in targets.items()
        for code in (HOME, *register.townships)
    ]
