"""滞后村预警: villages short of a service line beyond chance, with evidence, owner and deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.answers import words
from shortplank.answers.planks import Planks, planks
from shortplank.answers.view import View
from shortplank.catalogue.models import Indicator
from shortplank.store import add_months, due_date

FALSE_DISCOVERY = 0.05


@dataclass(frozen=True)
class Warned:
    """One village and indicator: why it is listed, the evidence, what to check, who, till when."""

    area_code: str
    town: str
    name: str
    indicator: str
    label: str
    reason: str
    evidence: str
    check: str
    owner: str
    deadline: date
    p_value: float


@dataclass(frozen=True)
class WarningList:
    """The list with what it rests on; ``tested`` is how many village figures were tested."""

    rows: list[Warned]
    tested: int
    indicators: list[str]
    month: date
    title: str
    sentence: str


def warned_indicators(view: View) -> list[str]:
    """Return the indicators that may warn of a village: services and quality with a line."""
    return [
        key
        for key, item in view.ws.indicators.items()
        if item.helpable and item.interval == "wilson" and "village" in item.levels
    ]


def warning_list(view: View) -> WarningList:
    """Return the villages that are short of a line by more than chance, the surest first."""
    candidates: list[tuple[str, Planks, int]] = []
    chances: list[float] = []
    for key in warned_indicators(view):
        item = view.ws.indicators[key]
        window = "ytd" if "ytd" in item.windows else item.default_window
        found = planks(view.with_(indicator=key, window=window))
        if found.line is None:
            continue
        x, n = found.villages.x, found.villages.n
        known = np.flatnonzero((found.villages.base >= item.min_denominator) & ~np.isnan(x))
        p_values = np.atleast_1d(
            stats.binomial_p_values(x[known], n[known], found.line.value / item.factor)
        )
        for i, p in zip(known, p_values, strict=True):
            candidates.append((key, found, int(i)))
            chances.append(float(p))
    adjusted = stats.benjamini_hochberg(np.array(chances)) if chances else np.array([])
    owners = _owners(view)
    rows = [
        _warned(view, key, found, i, chances[at], owners)
        for at, (key, found, i) in enumerate(candidates)
        if adjusted[at] <= FALSE_DISCOVERY and _short(found, i)
    ]
    rows.sort(key=lambda row: (row.p_value, row.area_code))
    labels = list(dict.fromkeys(view.ws.indicators[key].label for key, _, _ in candidates))
    title, sentence = _words(rows, len(chances), labels)
    return WarningList(rows, len(chances), labels, view.month, title, sentence)


def _short(found: Planks, i: int) -> bool:
    assert found.line is not None
    value = found.item.factor * found.villages.x[i] / found.villages.n[i]
    if found.item.polarity == "down":
        return bool(value > found.line.value)
    return bool(value < found.line.value)


def _owners(view: View) -> dict[str, str]:
    """Return each area's supporting units in the month; units and posts, never persons."""
    found: dict[str, list[str]] = {}
    for row in view.ask("badges_by_month", month=view.month).to_pylist():
        if row["kind"] != "状态":
            found.setdefault(row["area_code"], []).append(row["label"])
    return {code: "、".join(labels) for code, labels in found.items()}


def _warned(
    view: View, key: str, found: Planks, i: int, p_value: float, owners: dict[str, str]
) -> Warned:
    item, villages, line = found.item, found.villages, found.line
    assert line is not None
    code = villages.codes[i]
    parent = view.ws.area_by_code[code].parent_code
    span = words.interval_text(item, villages.lower[i], villages.upper[i])
    parts = [
        f"{words.value_text(item, villages.value[i])}（95% 区间 {span}，"
        f"{words.number_text(villages.x[i])}/{words.number_text(villages.n[i])}）"
    ]
    parts += [found.months_text(i)] if found.months_text(i) else []
    return Warned(
        area_code=code,
        town=found.towns[i],
        name=villages.names[i],
        indicator=key,
        label=item.label,
        reason=f"{'高于' if item.polarity == 'down' else '低于'} {line.label}，超出偶然",
        evidence="；".join(parts),
        check=_check(item),
        owner=owners.get(code) or owners.get(parent) or f"{found.towns[i]}人口计生办",
        deadline=due_date(view.ws, add_months(view.month, 1)),
        p_value=p_value,
    )


def _check(item: Indicator) -> str:
    """Return what to look at before anything else: the figures' own source."""
    return f"先核对{item.source}的台账，再看服务是否到位"


def _words(rows: list[Warned], tested: int, labels: list[str]) -> tuple[str, str]:
    what = "、".join(labels)
    if not tested:
        return "没有可以预警的服务和质量指标", "村一级没有设线的服务或质量指标，不产生预警。"
    if not rows:
        return (
            "没有村需要预警",
            f"比较了 {tested} 个村的数（{what}），没有一个低于线而超出偶然。",
        )
    villages = len({row.area_code for row in rows})
    first = [f"{row.town}{row.name}" for row in rows]
    chance = words.number_text(100 * FALSE_DISCOVERY)
    return (
        f"{villages} 个村需要预警，先看{words.joined(list(dict.fromkeys(first)))}",
        f"比较了 {tested} 个村的数（{what}），列出低于线且超出偶然的；"
        f"按多重检验控制，名单里平均最多 {chance}% 是偶然。"
        "出生和手术数不作预警的依据；名单只提示先去核对和帮助，不作处理的依据。",
    )


def warning_table(made: WarningList) -> pa.Table:
    """Return the list as a table with Chinese headings."""
    rows = made.rows
    return pa.table(
        {
            "乡镇": [row.town for row in rows],
            "村": [row.name for row in rows],
            "指标": [row.label for row in rows],
            "原因": [row.reason for row in rows],
            "依据": [row.evidence for row in rows],
            "先核对": [row.check for row in rows],
            "帮扶或责任单位": [row.owner for row in rows],
            "期限": [row.deadline.isoformat() for row in rows],
        }
    )
