"""What the bench offers and answers: relations, queries to start from, and a result to be drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.reading.view import View
from shortplank.store import all_queries
from shortplank.store.bench.bounded import Answer
from shortplank.store.bench.child import MOST_ROWS
from shortplank.store.bench.statements import (
    Chart,
    Param,
    Statement,
    param_of,
    parse_statement,
    written,
)
from shortplank.store.schema import dataset_measures
from shortplank.topics.bench.kept import Pinned, saved_queries
from shortplank.wording.asked.relations import PARAMS, QUESTIONS, RELATIONS
from shortplank.wording.numbers import number_text
from shortplank.wording.periods import month_key

BLANK = "blank"
STARTER = """\
-- 这条查询回答什么
--
-- params:  $month      month      所看月份
--          $indicator  indicator  看哪项指标
select t.name as 乡镇, a.name as 村, v.area_code, v.numerator as 分子, v.denominator as 分母
from village_indicator as v
join area as a using (area_code)
join area as t on t.area_code = a.parent_code
where v.indicator = $indicator and v.stat_month = $month
order by v.area_code
"""
CHARTS: dict[Chart, str] = {
    "table": "只看表",
    "line": "折线",
    "bar": "柱",
    "dot": "点",
    "map": "地图",
}
# So many rows of bars or dots, and so many lines, can be told apart.
MOST_MARKS, MOST_LINES = 40, 8
AREA = "area_code"
# Relations that are datasets as they were reported.
AS_REPORTED = ("cross_source",)


@dataclass(frozen=True)
class Drawn:
    """A result as it is drawn: series of labels and values; ``left`` are rows that are not.

    ``codes`` are the rows' areas, where the result names them.
    """

    kind: Chart
    x: str
    y: str
    series: dict[str, tuple[list[str], list[float]]]
    codes: tuple[str, ...] = ()
    left: int = 0


def offered_queries(view: View) -> dict[str, Statement]:
    """Return the queries to start from by name: one's own first, then the product's."""
    own = {each.name: each for each in saved_queries(view.ws)}
    return {**own, **{name: each for name, each in _products().items() if name not in own}}


@cache
def _products() -> dict[str, Statement]:
    """Return the product's own questions with headers in the words of their readers."""
    found, known = dict[str, Statement](), all_queries()
    for name, title in QUESTIONS.items():
        read = parse_statement(name, known[name].sql)
        params = tuple(param_of(each.name, PARAMS[each.name]) for each in read.params)
        made = replace(read, title=title, params=params, columns=())
        found[name] = parse_statement(name, written(made))
    return found


def relations_rows(ws: Workspace) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return each relation with what a row of it is, and its columns with what they hold.

    Of a dataset that is read as it was reported the counts are the workspace's own measures.
    """
    own = {name: dataset_measures(ws, name) for name in AS_REPORTED if name in ws.datasets}
    labels = {item.column or key: item.label for key, item in ws.measures.items()}
    return [
        (name, about, [*columns.items(), *((key, labels[key]) for key in own.get(name, ()))])
        for name, (about, columns) in RELATIONS.items()
    ]


def told(answer: Answer) -> str:
    """Return how large an answer is, what it read and how long it took.

    >>> told(Answer(pa.table({"a": [1]}), False, ("area",), 0.62))
    '1 行，读了 area，用了 0.6 秒'
    """
    reads = f"读了 {'、'.join(answer.reads)}" if answer.reads else "没有读表"
    return f"{_rows_text(answer)}，{reads}，用了 {answer.seconds:.1f} 秒"


def _rows_text(answer: Answer) -> str:
    if answer.cut:
        return f"前 {number_text(MOST_ROWS)} 行（结果更多，没有全部取出）"
    return f"{number_text(answer.table.num_rows)} 行"


def values_text(ws: Workspace, params: Sequence[Param], values: Mapping[str, Any]) -> str:
    """Return what the parameters of a run were, in words: 所看月份 2010-05，指标 建档率."""
    return "，".join(f"{each.about or each.name} {_said(ws, each, values)}" for each in params)


def _said(ws: Workspace, param: Param, values: Mapping[str, Any]) -> str:
    value = values.get(param.name)
    if value is None:
        return "（空）"
    if isinstance(value, date):
        return month_key(value) if param.kind == "month" else value.isoformat()
    named: Mapping[str, Any] = {
        "indicator": {key: item.label for key, item in ws.indicators.items()},
        "form": {key: form.label for key, form in ws.forms.items()},
        "area": {code: area.name for code, area in ws.area_by_code.items()},
    }.get(param.kind, {})
    return str(named.get(value, value))


# --- a result as it is drawn ------------------------------------------------------------------
def label_columns(table: pa.Table) -> list[str]:
    """Return the columns that may name what is drawn: texts and days."""
    return [f.name for f in table.schema if not _counts(f.type)]


def value_columns(table: pa.Table) -> list[str]:
    """Return the columns that may be drawn: numbers."""
    return [f.name for f in table.schema if _counts(f.type)]


def _counts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def charts_of(table: pa.Table, *, shapes: bool) -> list[Chart]:
    """Return how a result can be drawn; on a map where it names areas that have ``shapes``."""
    kinds: list[Chart] = ["table"]
    if table.num_rows and label_columns(table) and value_columns(table):
        kinds += ["line", "bar", "dot"]
        kinds += ["map"] if shapes and AREA in table.column_names else []
    return kinds


def first_columns(table: pa.Table, kind: Chart, x: str, y: str) -> tuple[str, str]:
    """Return which columns are drawn: those asked for, else a name or a day, and a number."""
    labels, values = label_columns(table), value_columns(table)
    days = [f.name for f in table.schema if pa.types.is_date(f.type)]
    usual = days[:1] if kind == "line" and days else [_telling(table, days) or labels[0]]
    return (x if x in labels else usual[0]), (y if y in values else values[-1])


def _telling(table: pa.Table, but: Sequence[str]) -> str:
    """Return the column of texts that tells most rows apart, "" where there is none."""
    texts = [name for name in label_columns(table) if name not in (AREA, *but)]
    return max(texts, key=lambda name: len(pc.unique(table[name])), default="")


def drawn(table: pa.Table, kind: Chart, x: str, y: str) -> Drawn:
    """Return a result as it is drawn; lines of a day are parted by the first text beside it."""
    labels = [_label(value) for value in table[x].to_pylist()]
    values = [math.nan if v is None else float(v) for v in table[y].to_pylist()]
    if kind == "map":
        codes = tuple(str(code) for code in table[AREA].to_pylist())
        return Drawn(kind, x, y, {"": (labels, values)}, codes)
    if kind != "line":
        rows = labels[:MOST_MARKS], values[:MOST_MARKS]
        return Drawn(kind, x, y, {"": rows}, left=max(len(labels) - MOST_MARKS, 0))
    parting = _telling(table, [x, *(f.name for f in table.schema if pa.types.is_date(f.type))])
    names = [str(v) for v in table[parting].to_pylist()] if parting else [""] * len(labels)
    kept = list(dict.fromkeys(names))[:MOST_LINES]
    series: dict[str, tuple[list[str], list[float]]] = {name: ([], []) for name in kept}
    left = 0
    for name, label, value in zip(names, labels, values, strict=True):
        if name in series:
            series[name][0].append(label)
            series[name][1].append(value)
        else:
            left += 1
    return Drawn(kind, x, y, series, left=left)


def _label(value: Any) -> str:
    if isinstance(value, date):
        return month_key(value) if value.day == 1 else value.isoformat()
    return "–" if value is None else str(value)


def drawn_note(made: Drawn) -> str:
    """Return what of a result is not drawn, "" where all of it is."""
    return f"图上画不下，余 {number_text(made.left)} 行见表" if made.left else ""


# --- pinned queries -------------------------------------------------------------------------------
def drawn_pinned(pinned: Pinned) -> Drawn | None:
    """Return a pinned query's result as its header has it drawn, None where that is a table."""
    kind, answer = pinned.statement.chart, pinned.answer
    if answer is None or kind not in charts_of(answer.table, shapes=True)[1:]:
        return None
    x, y = first_columns(answer.table, kind, pinned.statement.x, pinned.statement.y)
    return drawn(answer.table, kind, x, y)


def paper_lines(ws: Workspace, pinned: Pinned) -> list[str]:
    """Return what stands beside a pinned query's rows: how many, what was asked, whose it is."""
    if pinned.answer is None:
        return [pinned.fault]
    asked = values_text(ws, pinned.statement.params, pinned.values)
    rows = _rows_text(pinned.answer)
    return [
        f"{'；'.join(part for part in (rows, asked) if part)}。",
        f"查询：{pinned.statement.name}（{pinned.statement.author}），"
        f"读了 {'、'.join(pinned.answer.reads)}。",
    ]


def sheet_name(number: int) -> str:
    """Return what the workbook's sheet of a pinned query is called.

    >>> sheet_name(2)
    '查询2'
    """
    return f"查询{number}"
