"""What a statement says of itself: the header of a query that analysts wrote and kept.

It is a contract as in ``queries/``, with more in it: the first line is the title, ``params`` give
each parameter a type and a value to begin with, and the rest says whose it is and where it shows::

    -- 建档率低于一条线的村
    --
    -- params:  $month  month      所看月份
    --          $line   number=85  低于多少（%）
    -- reads:   village_indicator, area
    -- author:  规划统计股
    -- viewers: no
    -- chart:   bar name rate
    -- pinned:  no
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from shortplank.catalogue import Workspace
from shortplank.errors import AskError
from shortplank.store.personal import refuse_personal
from shortplank.store.posts import known_post
from shortplank.store.queries import header_of

Kind = Literal["month", "date", "integer", "number", "area", "indicator", "form", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Chart = Literal["table", "line", "bar", "dot", "map"]
CHARTS: tuple[Chart, ...] = get_args(Chart)
LONGEST_TITLE = 40
KEYS = ("params", "columns", "reads", "author", "viewers", "chart", "pinned", "grain")
_PARAM = re.compile(r"^\s*\$(?P<name>\w+)\s*(?P<rest>.*)$")
# How a parameter is read whose header names no type, by the last word of its name.
_BY_NAME: dict[str, Kind] = {
    "month": "month",
    "changed": "month",
    "indicator": "indicator",
    "form": "form",
    "county": "area",
    "area": "area",
    "village": "area",
    "township": "area",
    "year": "integer",
    "opens": "integer",
    "line": "number",
    "factor": "number",
}
_YES = "yes"


@dataclass(frozen=True)
class Param:
    """A parameter of a statement: its name, type, the value it begins with, and what it is."""

    name: str
    kind: Kind
    first: str = ""
    about: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement and its header; ``name`` is its file's, "" where it has none yet."""

    name: str
    text: str
    title: str = ""
    params: tuple[Param, ...] = ()
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    author: str = ""
    viewers: bool = False
    """Whether it may be shown to viewers, who have it run over their own, masked relations."""
    chart: Chart = "table"
    x: str = ""
    y: str = ""
    pinned: bool = False

    @property
    def body(self) -> str:
        """Return the statement without its header."""
        return _body(self.text)


def parse_statement(name: str, text: str) -> Statement:
    """Return a statement with its header read; what the header does not say is as by default.

    >>> made = parse_statement("", "-- 村数\\n-- params: $line number=85 线\\nselect $line")
    >>> made.title, made.params
    ('村数', (Param(name='line', kind='number', first='85', about='线'),))
    """
    said = header_of(text, KEYS)
    chart, x, y = [*said.get("chart", "").split(), "", "", ""][:3]
    kind: Chart = next((each for each in CHARTS if each == chart), "table")
    return Statement(
        name=name,
        text=text,
        title=said.get("about", "").strip().split("\n")[0],
        params=tuple(_params(said.get("params", "").split("\n"))),
        columns=_listed(said.get("columns", "")),
        reads=_listed(said.get("reads", "")),
        author=said.get("author", "").strip(),
        viewers=said.get("viewers", "").strip() == _YES,
        chart=kind,
        x=x,
        y=y,
        pinned=said.get("pinned", "").strip() == _YES,
    )


def _params(lines: Iterable[str]) -> Iterable[Param]:
    for line in lines:
        if match := _PARAM.match(line):
            name, rest = match["name"], match["rest"].strip()
            word, _, about = rest.partition(" ")
            said, _, first = word.partition("=")
            kind = next((each for each in KINDS if each == said), None)
            if kind is None:
                yield param_of(name, rest)
            else:
                yield Param(name, kind, first, about.strip())


def param_of(name: str, about: str = "") -> Param:
    """Return a parameter whose type nobody named: it goes by the last word of its name.

    >>> param_of("first_month").kind, param_of("top").kind
    ('month', 'text')
    """
    return Param(name, _BY_NAME.get(name.rsplit("_", 1)[-1], "text"), "", about)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


def _body(text: str) -> str:
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "\n".join(lines[at:]).strip() + "\n"


def written(statement: Statement) -> str:
    """Return a statement as its file has it, header and all; `parse_statement` reads the same.

    What is as by default is not written.
    """
    params = [
        f"${each.name}  {each.kind}{f'={each.first}' if each.first else ''}  {each.about}".rstrip()
        for each in statement.params
    ]
    heads = ["params: ", *("        " for _ in params)]
    lines = [statement.title, ""]
    lines += [f"{head} {each}" for head, each in zip(heads, params, strict=False)]
    said = {
        "columns": ", ".join(statement.columns),
        "reads": ", ".join(statement.reads),
        "author": statement.author,
        "viewers": _YES if statement.viewers else "",
        "chart": " ".join((statement.chart, statement.x, statement.y)) if statement.x else "",
        "pinned": _YES if statement.pinned else "",
    }
    lines += [f"{key + ':':9}{value}" for key, value in said.items() if value]
    head = "\n".join(f"-- {line}".rstrip() for line in lines)
    return f"{head}\n{statement.body}"


def name_of(title: str) -> str:
    """Return what the file of a statement of that title is called.

    >>> name_of("建档率 低于 85% 的村")
    '建档率低于85的村'
    """
    return "".join(re.findall(r"\w", title))[:LONGEST_TITLE]


def checked(ws: Workspace, statement: Statement) -> Statement:
    """Return a statement whose header may be kept; `AskError` names what is wrong with it."""
    place = statement.name or "头注"
    if not statement.title or not name_of(statement.title):
        raise AskError("查询没有标题", place=place, mend="请写一句这条查询回答什么")
    if len(statement.title) > LONGEST_TITLE:
        raise AskError(f"标题超过 {LONGEST_TITLE} 字", place=place, mend="请写短一些")
    refuse_personal(statement.text)
    refuse_personal(statement.title)
    if not statement.author:
        raise AskError("头注里没有 author", place=place, mend="请写明是哪个岗位或单位的查询")
    author = known_post(ws, statement.author)
    for column in (statement.x, statement.y) if statement.chart != "table" else ():
        if column and column not in statement.columns:
            raise AskError(f"图所用的列 {column} 不在结果里", place=place, mend="请另选一列")
    return replace(statement, author=author, name=statement.name or name_of(statement.title))


def values_of(params: Iterable[Param], said: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters' values, each of its type; an empty text is no value.

    `AskError` for a text that is none of its type's.

    >>> values_of([Param("line", "number"), Param("month", "month")], {"month": "2010-05"})
    {'line': None, 'month': datetime.date(2010, 5, 1)}
    """
    return {each.name: _value(each, said.get(each.name, each.first).strip()) for each in params}


def _value(param: Param, text: str) -> Any:
    if not text:
        return None
    try:
        match param.kind:
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "month" | "date":
                return date.fromisoformat(f"{text}-01" if len(text) == len("2010-05") else text)
    except ValueError as error:
        mend = {"integer": "整数", "number": "数字", "month": "2010-05", "date": "2010-05-01"}
        raise AskError(
            f"参数 {param.name} 的取值 {text} 不对", place="参数", mend=f"请写成{mend[param.kind]}"
        ) from error
    return text
