"""滞后村预警: villages short of a service line beyond chance, with evidence, owner and deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.planks import Planks, planks, under_text
from shortplank.reading.registers import STATUS, Badges, badges
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.store import add_months, due_date
from shortplank.wording import planks as words
from shortplank.wording.chance import BEYOND
from shortplank.wording.naming import joined
from shortplank.wording.numbers import interval_text, number_text, short_value, value_text
from shortplank.wording.periods import day_text
from shortplank.wording.sides import at_line, is_weak, weak_side, wrong_sides

FALSE_DISCOVERY = 0.05
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
    p_value: float
    value: str
    """The figure as a picture shows it, with its indicator: 流动人口建档率 69.5%（173/249）."""
    months: str
    """In how many of the last months with a report it was short."""
    standing: str
    """How the register has the village already: since when, by which document; or 新列."""


@dataclass(frozen=True)
class Listed:
    """A village that the register lists as warned, and that is not among those short now."""

    area_code: str
    town: str
    name: str
    since: str
    source: str
    now: str


@dataclass(frozen=True)
class WarningList(Told):
    """The list with what it rests on.

    ``tested`` is how many village figures were tested, ``alone`` how many are short of their line
    beyond chance when each is looked at by itself (of indicators of which the county passes its
    line), ``listed`` who stands in the register only.
    """

    rows: list[Warned]
    indicators: list[str]
    month: date
    side: str
    """The wrong side of the lines: 低于线, 高于上限, or 差于线 where they differ."""
    alone: int
    listed: list[Listed]


def warned_indicators(view: View) -> list[str]:
    """Return the indicators that may warn of a village: services and quality with a line."""
    return [
        key
        for key, item in view.ws.indicators.items()
        if item.helpable and item.interval == "wilson" and "village" in item.levels
    ]


@dataclass(frozen=True)
class _Tested:
    """One village's figure that was tested against its line."""

    key: str
    found: Planks
    i: int
    p_value: float


def warning_list(view: View) -> WarningList:
    """Return the villages that are short of a line by more than chance, the surest first."""
    every = _planks_of(view)
    tested = [each for key, found in every.items() for each in _tests(key, found)]
    adjusted = stats.benjamini_hochberg(np.array([each.p_value for each in tested]))
    found = badges(view)
    rows = [
        _warned(view, each, found)
        for at, each in enumerate(tested)
        if adjusted[at] <= FALSE_DISCOVERY and _short(each.found, each.i)
    ]
    rows.sort(key=lambda row: (row.p_value, row.area_code))
    alone = sum(sum(found.short) for found in every.values() if not found.county_short)
    judged = {each.key: each.found.item for each in tested}
    labels = [item.label for item in judged.values()]
    title, sentence = _words(rows, len(tested), list(judged.values()), known=bool(every))
    return WarningList(
        rows=rows,
        indicators=labels,
        month=view.month,
        title=title,
        about=(WARNING, "、".join(labels)),
        sentence=sentence,
        named=tuple(dict.fromkeys(f"{row.town}{row.name}" for row in rows)),
        tested=len(tested),
        side=wrong_sides(list(judged.values())),
        alone=alone,
        listed=_listed(every, found, {row.area_code for row in rows}),
        notes=_notes(every, rows, alone),
    )


def _planks_of(view: View) -> dict[str, Planks]:
    """Return the villages of every indicator that may warn and has a line."""
    every = {}
    for key in warned_indicators(view):
        item = view.ws.indicators[key]
        window = "ytd" if "ytd" in item.windows else item.default_window
        found = planks(view.with_(indicator=key, window=window))
        if found.line is not None:
            every[key] = found
    return every


def _tests(key: str, found: Planks) -> list[_Tested]:
    item, line = found.item, found.line
    assert line is not None
    x, n = found.villages.x, found.villages.n
    known = np.flatnonzero((found.villages.base >= item.min_denominator) & ~np.isnan(x) & (n > 0))
    p_values = np.atleast_1d(stats.binomial_p_values(x[known], n[known], line.value / item.factor))
    return [_Tested(key, found, int(i), float(p)) for i, p in zip(known, p_values, strict=True)]


def _short(found: Planks, i: int) -> bool:
    assert found.line is not None
    value = found.item.factor * found.villages.x[i] / found.villages.n[i]
    return is_weak(found.item, float(value), found.line.value)


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


def _warned(view: View, each: _Tested, registers: Badges) -> Warned:
    found, i = each.found, each.i
    item, villages, line = found.item, found.villages, found.line
    assert line is not None
    code = villages.codes[i]
    return Warned(
        area_code=code,
        town=found.towns[i],
        name=villages.names[i],
        indicator=each.key,
        label=item.label,
        reason=_reason(found),
        evidence=_evidence(found, i),
        check=_check(item),
        owner=_owner(registers, code, view.ws.area_by_code[code].parent_code, found.towns[i]),
        deadline=due_date(view.ws, add_months(view.month, 1)),
        p_value=each.p_value,
        value=(
            f"{item.label} {short_value(item, villages.value[i])}"
            f"（{number_text(villages.x[i])}/{number_text(villages.n[i])}）"
        ),
        months=_months(found, i),
        standing=_standing(registers, code),
    )


def _reason(found: Planks) -> str:
    """Return what a warned village's test found; that the county is there too is said with it."""
    assert found.line is not None
    also = words.also_county(found.item) if found.county_short else BEYOND
    return f"{weak_side(found.item)} {found.line.label}，{also}"


def _months(found: Planks, i: int) -> str:
    """Return how long a village has been short, for a cell: 12 个月中 9 个."""
    known = found.months_known[i]
    if np.isnan(known) or known == 0:
        return ""
    return f"{int(known)} 个月中 {int(found.months_below[i])} 个"


def _evidence(found: Planks, i: int) -> str:
    """Return a village's value with its interval and counts, and how long it has been short."""
    item, villages = found.item, found.villages
    span = interval_text(item, villages.lower[i], villages.upper[i])
    text = (
        f"{value_text(item, villages.value[i])}（95% 区间 {span}，"
        f"{number_text(villages.x[i])}/{number_text(villages.n[i])}）"
    )
    months = found.months_text(i)
    return f"{text}；{months}" if months else text


def _check(item: Indicator) -> str:
    """Return what to look at before anything else: as the card says, else the figures' source."""
    return item.check or f"先核对{item.source}的台账，再看服务是否到位"


# --- in the register, but not short now -----------------------------------------------------------
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
    """Return how one figure of a listed village stands to its line."""
    item, line = found.item, found.line
    assert line is not None
    if np.isnan(found.villages.value[i]):
        return f"{item.label}{found.raw_text(i)}"
    told = words.not_warned_text if _short(found, i) else at_line
    return f"{item.label} {found.raw_text(i)}，{told(item, line.label)}"


def _notes(every: dict[str, Planks], rows: list[Warned], alone: int) -> list[str]:
    notes = []
    own = sum(not every[row.indicator].county_short for row in rows)
    if alone > own:
        held = [found.item for found in every.values() if not found.county_short]
        notes.append(words.alone_text(held, alone))
    for found in every.values():
        if found.county_short and _judged(found):
            notes.append(f"{found.item.label}：{under_text(found)}")
        gone = [found.place(i) for i, s in enumerate(found.villages.state) if s == "missing"]
        if gone:
            notes.append(f"{found.item.label}：{len(gone)} 个村未报，无从判断：{joined(gone)}")
    if rows:
        notes.append("期限为下一个月报截止日，下次调度会上说明核对结果")
        notes.append("出生和手术数不作预警的依据")
    return notes


def _judged(found: Planks) -> bool:
    """Return whether any village is large enough for its own rate to be shown."""
    return not bool(np.isnan(found.villages.value).all())


# --- words ----------------------------------------------------------------------------------------
def _words(
    rows: list[Warned], tested: int, items: list[Indicator], *, known: bool
) -> tuple[str, str]:
    if not tested and known:
        return "没有可以比较的村级数", "这一时段没有村报数，或样本都太少，不产生预警。"
    if not tested:
        return "没有可以预警的服务和质量指标", "村一级没有设线的服务或质量指标，不产生预警。"
    what = f"{tested} 个村的数（{'、'.join(item.label for item in items)}）放在一起看"
    if not rows:
        return "没有村需要预警", words.none_warned_text(items, what)
    villages = len({row.area_code for row in rows})
    first = list(dict.fromkeys(f"{row.town}{row.name}" for row in rows))[:3]
    chance = number_text(100 * FALSE_DISCOVERY)
    title = f"{villages} 个村需要预警，先看{'、'.join(first)}"
    return title, words.warned_text(items, what, chance)


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
