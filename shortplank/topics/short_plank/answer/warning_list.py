"""滞后村预警: the villages that the month's ledger lists, with evidence, owner and deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Indicator
from shortplank.reading.judged.announced import how_judged
from shortplank.reading.judged.ledger import Finding, ledger_of
from shortplank.reading.planks import Planks, planks
from shortplank.reading.registers import STATUS, Badges, badges
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import add_months, due_date
from shortplank.topics.short_plank.answer.standing import (
    are_judged,
    under_text,
    untold_text,
    verdict_of,
)
from shortplank.wording import planks as words
from shortplank.wording.judged import apart_text
from shortplank.wording.naming import joined
from shortplank.wording.numbers import interval_text, number_text, short_value, value_text
from shortplank.wording.periods import day_text
from shortplank.wording.sides import COUNTY, weak_side, wrong_sides

WARNING = "滞后村预警"


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
    value: str
    """The figure as a picture shows it, with its indicator: 流动人口建档率 69.5%（173/249）."""
    months: str
    """How long it has been on the wrong side of the line, for a cell; a fact, not a reason."""
    standing: str
    """How the register has the village already: since when, by which document; or 新列."""


@dataclass(frozen=True)
class Listed:
    """A village that the register lists as warned, and that the ledger does not list now."""

    area_code: str
    town: str
    name: str
    since: str
    source: str
    now: str


@dataclass(frozen=True)
class WarningList(Told):
    """The list with what it rests on; ``listed`` is who stands in the register only."""

    rows: list[Warned]
    indicators: list[str]
    month: date
    side: str
    """The wrong side of the lines: 低于线, 高于上限, or 差于线 where they differ."""
    listed: list[Listed]


@once()
def warned_indicators(view: View) -> list[str]:
    """Return the indicators that may warn of a village: judged services and quality."""
    return [
        key
        for key, item in view.ws.indicators.items()
        if are_judged(item) and "village" in item.levels
    ]


def warning_list(view: View) -> WarningList:
    """Return the villages that the month's ledger lists, the surest first."""
    every, registers = _planks_of(view), badges(view)
    rows = [_warned(view, each, every[each.indicator], registers) for each in _found(view, every)]
    compared = {key: found for key, found in every.items() if any(found.compared)}
    tested = sum(sum(found.compared) for found in compared.values())
    items = [found.item for found in compared.values()]
    labels = [item.label for item in items]
    title, sentence = _words(rows, tested, labels, known=bool(every))
    return WarningList(
        rows=rows,
        indicators=labels,
        month=view.month,
        title=title,
        about=(WARNING, "、".join(labels)),
        sentence=sentence,
        named=tuple(dict.fromkeys(f"{row.town}{row.name}" for row in rows)),
        tested=tested,
        side=wrong_sides(items),
        listed=_listed(every, registers, {row.area_code for row in rows}),
        notes=_notes(view, every, rows),
        how=_how(view, list(compared)),
    )


def _how(view: View, keys: list[str]) -> tuple[str, ...]:
    """Return how each indicator's villages were judged; what is said of all of them once."""
    return tuple(dict.fromkeys(line for key in keys for line in how_judged(view, key, "village")))


def _planks_of(view: View) -> dict[str, Planks]:
    """Return the villages of every indicator that may warn, in the window that is judged."""
    book, every = ledger_of(view), {}
    for key in warned_indicators(view):
        window = book.subjects[key].window if book.judges(key) else "ytd"
        every[key] = planks(view.with_(indicator=key, window=window))
    return every


def _found(view: View, every: dict[str, Planks]) -> list[Finding]:
    """Return who is named, the surest first, and then who is listed besides."""
    found = [
        each
        for key in every
        for each in ledger_of(view).of(key, "village")
        if each.kind in ("named", "listed")
    ]
    return sorted(found, key=lambda each: (each.p is None, each.p or 0.0, each.area_code))


def _owner(registers: Badges, code: str, parent: str, town: str) -> str:
    """Return who helps, as the registers say: the village's unit, else its township's."""
    for area in (code, parent):
        units = [
            f"{r['label']}（{r['kind']}）" for r in registers.get(area, []) if r["kind"] != STATUS
        ]
        if units:
            return "、".join(units)
    return f"{town}人口计生办（登记册未指定帮扶单位）"


def _standing(registers: Badges, code: str) -> str:
    """Return since when and by which document the register lists a village, or that it is new."""
    for row in registers.get(code, []):
        if row["kind"] == STATUS and row["label"] == WARNING:
            return f"{day_text(row['valid_from'])}起在册（{row['source']}）"
    return "新列"


def _warned(view: View, each: Finding, found: Planks, registers: Badges) -> Warned:
    item, villages = found.item, found.villages
    i = villages.codes.index(each.area_code)
    return Warned(
        area_code=each.area_code,
        town=found.towns[i],
        name=villages.names[i],
        indicator=each.indicator,
        label=item.label,
        reason=apart_text(item, above=each.above if item.target_range is not None else None),
        evidence=_evidence(found, i),
        check=_check(item),
        owner=_owner(
            registers, each.area_code, view.ws.area_by_code[each.area_code].parent_code,
            found.towns[i],
        ),
        deadline=due_date(view.ws, add_months(view.month, 1)),
        value=f"{item.label} {_short(found, i)}",
        months=found.months_cell(i),
        standing=_standing(registers, each.area_code),
    )  # fmt: skip


def _short(found: Planks, i: int) -> str:
    """Return a village's figure with its counts, or why it may not be told."""
    villages = found.villages
    if np.isnan(villages.value[i]):
        return found.raw_text(i)
    return f"{short_value(found.item, villages.value[i])}（{_counts(found, i)}）"


def _counts(found: Planks, i: int) -> str:
    return f"{number_text(found.villages.x[i])}/{number_text(found.villages.n[i])}"


def _evidence(found: Planks, i: int) -> str:
    """Return a village's value with n and interval, the county's, and how long it stood there."""
    item, villages = found.item, found.villages
    if np.isnan(villages.value[i]):
        return found.raw_text(i)
    span = interval_text(item, villages.lower[i], villages.upper[i])
    text = (
        f"{value_text(item, villages.value[i])}（{_counts(found, i)}，95% 区间 {span}），"
        f"{COUNTY} {value_text(item, found.county)}"
    )
    months = found.months_text(i)
    return f"{text}；{months}" if months else text


def _check(item: Indicator) -> str:
    """Return what to look at before anything else: as the card says, else the figures' source."""
    return item.check or f"先核对{item.source}的台账，再看服务是否到位"


# --- in the register, but not listed now ----------------------------------------------------------
def _listed(every: dict[str, Planks], registers: Badges, warned: set[str]) -> list[Listed]:
    """Return the villages that the register lists as warned and that are not warned of now."""
    rows = []
    for code, badge in ((c, r) for c, found in registers.items() for r in found):
        if badge["kind"] != STATUS or badge["label"] != WARNING or code in warned:
            continue
        told = [
            (f, f.villages.codes.index(code)) for f in every.values() if code in f.villages.codes
        ]
        if not told:
            continue
        first, i = told[0]
        rows.append(
            Listed(
                code,
                first.towns[i],
                first.villages.names[i],
                day_text(badge["valid_from"]),
                badge["source"],
                "；".join(_now(found, at) for found, at in told),
            )
        )
    return rows


def _now(found: Planks, i: int) -> str:
    """Return one figure of a village of the register beside its line, and what it is now."""
    item = found.item
    _, word = verdict_of(found.standing, found.at[i], found.villages.state[i])
    under = found.line is not None and i in found.under_line
    side = f"（{weak_side(item)} {found.line.text}）" if under and found.line else ""
    return f"{item.label} {found.raw_text(i)}{side}，{word}"


def _notes(view: View, every: dict[str, Planks], rows: list[Warned]) -> list[str]:
    notes = []
    for key, found in every.items():
        label = found.item.label
        if any(found.compared) and (text := under_text(found)):
            notes.append(f"{label}：{text}")
        gone = [found.place(i) for i, s in enumerate(found.villages.state) if s == "missing"]
        if gone:
            notes.append(f"{label}：{len(gone)} 个村未报，无从判断：{joined(gone)}")
        if not any(found.compared):
            notes.append(f"{label}：{untold_text(view.with_(indicator=key), found)}")
    if rows:
        notes.append("期限为下一个月报截止日，下次调度会上说明核对结果")
        notes.append("出生和手术数不作预警的依据")
    return notes


# --- words ----------------------------------------------------------------------------------------
def _words(rows: list[Warned], tested: int, labels: list[str], *, known: bool) -> tuple[str, str]:
    if not tested and known:
        return "没有可以比较的村级数", "这一时段没有村报数，或数都太少，不产生预警。"
    if not tested:
        return "没有可以预警的服务和质量指标", "村一级没有可判的服务或质量指标，不产生预警。"
    what = words.compared_text(tested, labels)
    if not rows:
        return words.NONE_WARNED, words.none_warned_text(what)
    villages = len({row.area_code for row in rows})
    first = list(dict.fromkeys(f"{row.town}{row.name}" for row in rows))[:3]
    return words.warned_title(villages, first), words.warned_text(what)


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
            "登记册": [row.standing for row in rows],
        }
    )


def listed_table(made: WarningList) -> pa.Table:
    """Return the villages of the register that are not short now, with Chinese headings."""
    rows = made.listed
    return pa.table(
        {
            "乡镇": [row.town for row in rows],
            "村": [row.name for row in rows],
            "在册起": [row.since for row in rows],
            "依据文件": [row.source for row in rows],
            "现在": [row.now for row in rows],
        }
    )
