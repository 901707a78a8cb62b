"""A filled table of decisions, read back from deck, minutes or workbook into follow-ups.

Nothing is written before somebody has seen what would be: `read_decisions`, then `add_decisions`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.ingest.bounded import BoundedTables
from shortplank.ingest.days import parse_day, plain
from shortplank.ingest.text import name_key
from shortplank.papers.decisions import HEADS
from shortplank.reading.filed import refuse_unknown_month
from shortplank.reading.view import View
from shortplank.records.follow_ups import Given, add_follow_ups, check_given, follow_ups, may_follow
from shortplank.store import add_months
from shortplank.store.names import shown_name
from shortplank.store.personal import is_a_person, refuse_personal
from shortplank.store.posts import known_post, owners
from shortplank.wording.periods import day_text

ITEM, AREA, INDICATOR, OWNER, DEADLINE = HEADS
LARGEST = 20 * 1024 * 1024
LONGEST = 120
# A meeting decides a dozen things; a table of more is another one.
MOST_ROWS = 200
MOST_MONTHS = 24
NEW, KNOWN, TWICE = "可以登记", "已登记", "与前面一行相同"
WITHHELD = "（像是个人信息，不显示）"
_FAULTS = {
    "broken": ("文件不完整或已损坏，打不开", "请在办公软件中打开原文件，另存后再选"),
    "too_large": ("文件展开后过大，不像是会议材料，没有打开", "请只留议定事项的表，另存后再选"),
    "password": ("文件设有打开密码，读不了", "请去掉密码另存后再选"),
    "workbook": ("文件不是 pptx、docx 或 xlsx", "请另存为其中一种后再选"),
    "macros": ("文件带有宏，没有打开", "请另存为不带宏的 pptx、docx 或 xlsx 后再选"),
    "disagreement": ("表格内部自相矛盾，没有读取", "请在表格软件中打开原文件，另存后再选"),
}
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?")
_MONTH_END = re.compile(r"(?:((?:19|20)\d{2})年)?(\d{1,2})月(?:底|末)")
_UNTIL = re.compile(r"(?:之前|以前|前|止|为止)$")
# What a cell says that means the whole county.
_COUNTY = frozenset({"", "县", "全县", "本县"})
_JOINTS = re.compile(r"[\s/／·.\-—–]+")
_SEVERAL = re.compile(r"[、，,;；]")


@dataclass(frozen=True)
class Row:
    """One filled row: where it stands, what it says, and what becomes of it.

    ``given`` is what would be registered, None where a fault stands against it; ``said`` is
    the fault's sentence, or why it is not written again.
    """

    place: str
    texts: tuple[str, ...]
    given: Given | None
    state: Literal["new", "known", "fault"]
    said: str


@dataclass(frozen=True)
class Decisions:
    """What a file's tables of decisions hold, row by row."""

    name: str
    month: date
    rows: Sequence[Row]

    def of(self, state: str) -> list[Row]:
        """Return the rows of one state: new, known, fault."""
        return [row for row in self.rows if row.state == state]

    @property
    def sentence(self) -> str:
        """Return how many rows would be registered, how many are, how many cannot be."""
        if not self.rows:
            return "表里还没有填写议定事项。"
        new, known, faults = (len(self.of(state)) for state in ("new", "known", "fault"))
        parts = [f"可以登记 {new} 项"]
        parts += [f"已登记过 {known} 项，不再写"] if known else []
        parts += [f"有 {faults} 行要先改正，改正前都不登记"] if faults else []
        return f"读到 {len(self.rows)} 项：{'；'.join(parts)}。"

    @property
    def table(self) -> pa.Table:
        """Return the rows with what becomes of each, under Chinese headings."""
        columns = {"位置": [row.place for row in self.rows]}
        columns |= {head: [row.texts[at] for row in self.rows] for at, head in enumerate(HEADS)}
        columns["结果"] = [row.said for row in self.rows]
        return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def read_decisions(view: View, name: str, data: bytes) -> Decisions:
    """Return what a filled file would add to the month's meeting; nothing is written.

    Raises `ShortplankError` for a file that cannot be read or has no such table, and `NotAllowed`
    for who may not register.
    """
    view.actor.must("follow_up")
    refuse_unknown_month(view)
    place = shown_name(name)
    if len(data) > LARGEST:
        raise ShortplankError(
            f"文件超过 {LARGEST >> 20} MB，没有打开", place=place, mend="请只留议定事项的表"
        )
    with BoundedTables() as process:
        found = process.read(data)
    if "fault" in found:
        fault, mend = _FAULTS[found["fault"]]
        raise ShortplankError(fault, place=place, mend=mend)
    lines = list(_lines(found["tables"], place))
    if len(lines) > MOST_ROWS:
        raise ShortplankError(
            f"填了 {len(lines)} 行，一次会议不会这样多", place=place, mend="请核对后分次登记"
        )
    seen = {
        (each.item, each.area_code, each.indicator): KNOWN
        for each in follow_ups(view)
        if each.month == view.month
    }
    return Decisions(name, view.month, [_row(view, line, seen) for line in lines])


def add_decisions(view: View, decisions: Decisions) -> list[str]:
    """Write the rows that are new, all or none, and return their ids.

    Raises `ShortplankError` where a row has a fault, was registered meanwhile, or none is new.
    """
    faults, new = decisions.of("fault"), decisions.of("new")
    if faults:
        raise ShortplankError(
            f"有 {len(faults)} 行要先改正", place=shown_name(decisions.name), mend="改正后再登记"
        )
    if not new:
        raise ShortplankError("没有可以登记的事项", place=shown_name(decisions.name))
    given = [row.given for row in new if row.given is not None]
    known = {(e.item, e.area_code, e.indicator) for e in follow_ups(view) if e.month == view.month}
    if any((each.item, each.area, each.indicator) in known for each in given):
        raise ShortplankError("有的事项刚刚已经登记", mend="请重新读一次再登记")
    return add_follow_ups(view, given)


# --- tables ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Line:
    """A filled row as it is written: its texts by their heads, and the place of each."""

    place: str
    texts: Mapping[str, str]
    places: Mapping[str, str]


def _lines(tables: Sequence[dict[str, Any]], name: str) -> Iterator[_Line]:
    """Yield the filled rows below the heads, wherever they stand in a table."""
    known = False
    for table in tables:
        columns: dict[str, int] = {}
        for number, row in enumerate(table["rows"]):
            heads = {_squeezed(text): at for at, text in enumerate(row) if text.strip()}
            if ITEM in heads and len(found := {h: heads[h] for h in HEADS if h in heads}) >= 3:
                if lacking := [head for head in HEADS if head not in found]:
                    raise ShortplankError(
                        f"表头缺少{'、'.join(lacking)}",
                        place=f"{name} {_place(table, number)}",
                        mend=f"表头须是{'、'.join(HEADS)}",
                    )
                columns, known = found, True
                continue
            texts = {h: _one_line(row[at]) for h, at in columns.items() if at < len(row)}
            if any(texts.values()):
                places = {head: _place(table, number, columns[head]) for head in columns}
                yield _Line(_place(table, number), texts, places)
    if not known:
        raise ShortplankError(
            "没有找到议定事项的表", place=name, mend=f"表头须是{'、'.join(HEADS)}"
        )


def _place(table: dict[str, Any], row: int, column: int | None = None) -> str:
    """Return where a row or a cell stands: 第 5 页第 2 行, “议定事项”表 E12."""
    if table["kind"] == "sheet":
        cell = "" if column is None else _letters(column)
        name = shown_name(str(table["name"]))
        return f"“{name}”表 {cell}{row + 1}" if cell else f"“{name}”表第 {row + 1} 行"
    unit = "页" if table["kind"] == "slide" else "个表"
    head = "" if column is None else "，"
    return f"第 {table['number']} {unit}第 {row + 1} 行{head}"


def _letters(column: int) -> str:
    """Return a sheet's name of a column, counted from 0.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        text = chr(65 + rest) + text
    return text


def _squeezed(text: str) -> str:
    return name_key(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- rows -----------------------------------------------------------------------------------------
def _row(view: View, line: _Line, seen: dict[tuple[str, str, str], str]) -> Row:
    """Return what becomes of a row; ``seen`` grows by what it would register."""
    texts = tuple(line.texts.get(head, "") for head in HEADS)
    for head, text in zip(HEADS, texts, strict=True):
        try:
            refuse_personal(text)
        except ShortplankError as error:
            hidden = (WITHHELD,) * len(HEADS)
            return Row(line.place, hidden, None, "fault", _said(line, head, error))
    head = ITEM
    try:
        item = _item(line.texts.get(ITEM, ""))
        head = AREA
        area = _area(view, line.texts.get(AREA, ""))
        head = INDICATOR
        indicator = _indicator(view.ws, line.texts.get(INDICATOR, ""))
        head = OWNER
        owner = _owner(view.ws, line.texts.get(OWNER, ""))
        head = DEADLINE
        deadline = _deadline(line.texts.get(DEADLINE, ""), view.month)
        given = Given(item, area, indicator, owner, deadline)
        check_given(view, given)
    except ShortplankError as error:
        hide = is_a_person(line.texts.get(OWNER, ""))
        shown = (WITHHELD,) * len(HEADS) if hide else texts
        return Row(line.place, shown, None, "fault", _said(line, head, error))
    key = (item, area, indicator)
    told = (item, _named(view, area), view.ws.indicators[indicator].label, owner)
    whole = (*told, day_text(deadline))
    if key in seen:
        return Row(line.place, whole, given, "known", seen[key])
    seen[key] = TWICE
    return Row(line.place, whole, given, "new", NEW)


def _said(line: _Line, head: str, error: ShortplankError) -> str:
    """Return a fault's sentence with the place of its cell."""
    place = line.places.get(head, line.place)
    told = f"{place.rstrip('，')}“{head}”"
    return ShortplankError(error.message, place=told, mend=error.mend).sentence


def _item(text: str) -> str:
    if not text:
        raise ShortplankError("没有写议定事项", mend="请写明要做什么")
    if len(text) > LONGEST:
        raise ShortplankError(f"超过 {LONGEST} 字", mend="请写短些，一行一件事")
    return text


def _area(view: View, text: str) -> str:
    """Return the code of the area that a text names; the county where it names none."""
    county, asked = view.county, _JOINTS.sub("", name_key(text))
    if asked in _COUNTY or asked == name_key(county.name):
        return county.area_code
    found = [code for code, names in _names(view) if asked in names]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise ShortplankError(f"有 {len(found)} 个同名的单位", mend="请写上乡镇名，如某镇某村")
    if _SEVERAL.search(text):
        raise ShortplankError("一行写了几个单位", mend="请一行写一个单位")
    raise ShortplankError(f"{county.name}的登记册里没有这个单位", mend="请写乡镇，或乡镇和村的名称")


def _names(view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the county's townships and villages by code, with what each may be called."""
    for town in view.ws.areas_below.get(view.county.area_code, ()):
        own = _JOINTS.sub("", name_key(town.name))
        yield town.area_code, (town.area_code, own)
        for village in view.ws.areas_below.get(town.area_code, ()):
            name = _JOINTS.sub("", name_key(village.name))
            yield village.area_code, (village.area_code, name, f"{own}{name}")


def _named(view: View, code: str) -> str:
    area = view.ws.area_by_code[code]
    parent = view.ws.area_by_code.get(area.parent_code)
    return f"{parent.name}{area.name}" if area.level == "village" and parent else area.name


def _indicator(ws: Workspace, text: str) -> str:
    """Return the key of the indicator that a text names by its label or its key."""
    if not text:
        raise ShortplankError("没有写依据指标", mend=_may_be(ws))
    asked = name_key(text)
    found = [key for key, item in ws.indicators.items() if asked in (key, name_key(item.label))]
    able = [key for key in found if may_follow(ws.indicators[key])]
    if len(able) == 1:
        return able[0]
    if able:
        raise ShortplankError("有几项同名的指标", mend=f"请写指标代号：{'、'.join(able)}")
    fault = "不能作跟进事项的依据" if found else "指标目录里没有这项指标"
    raise ShortplankError(fault, mend=_may_be(ws))


def _may_be(ws: Workspace) -> str:
    labels = [item.label for item in ws.indicators.values() if may_follow(item)]
    return f"可写{'、'.join(labels)}" if labels else "本县目录里没有可以跟进的指标"


def _owner(ws: Workspace, text: str) -> str:
    if not text:
        raise ShortplankError("没有写责任单位", mend="请写单位或岗位")
    listed = {name_key(post): post for post in owners(ws)}
    return known_post(ws, listed.get(name_key(text), text))


def _deadline(text: str, month: date) -> date:
    """Return the day that a text names; without a year the next such day from the month on.

    >>> _deadline("6月30日前", date(2010, 5, 1)), _deadline("2月底", date(2010, 5, 1))
    (datetime.date(2010, 6, 30), datetime.date(2011, 2, 28))
    """
    if not text:
        raise ShortplankError("没有写期限", mend="请写如 6月30日")
    bare = _UNTIL.sub("", plain(text))
    day = parse_day(bare) or _day_of(bare, month)
    if day is None:
        raise ShortplankError("不是日期", mend="请写如 2010年6月30日、6月30日或 2010-06-30")
    if day < month:
        raise ShortplankError("早于会议的月份", mend="请核对年份")
    if day >= add_months(month, MOST_MONTHS):
        raise ShortplankError("离会议太远", mend="请核对年份")
    return day


def _day_of(text: str, month: date) -> date | None:
    """Return a day written without its year, or the end of a month."""
    if match := _MONTH_END.fullmatch(text):
        known = [int(match[1])] if match[1] else [month.year, month.year + 1]
        return _first(known, int(match[2]), 0, month)
    match = _MONTH_DAY.fullmatch(text)
    return (
        _first([month.year, month.year + 1], int(match[1]), int(match[2]), month) if match else None
    )


def _first(years: Sequence[int], number: int, day: int, month: date) -> date | None:
    """Return the first such day from the month on; the month's last for day 0."""
    for year in years:
        if not 1 <= number <= 12:
            return None
        last = calendar.monthrange(year, number)[1]
        if day > last:
            continue
        found = date(year, number, day or last)
        if found >= month or len(years) == 1:
            return found
    return None
