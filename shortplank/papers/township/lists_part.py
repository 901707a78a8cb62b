"""The lists of a page: villages, items, and what lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shortplank.papers.township.blocks import (
    BODY,
    HEAD,
    PAD,
    SMALL,
    STRONG,
    Line,
    Row,
    Type,
    cell,
    cut,
    even,
    line,
    line_xml,
    row_height,
    table_xml,
)
from shortplank.papers.township.parts import (
    WIDTH,
    Block,
    Limits,
    titled,
)
from shortplank.papers.township.told import Sheet, Texts

_VISITS = (52.0, 86.0, 148.0, 146.0, 84.0)
_UNDER = (80.0, 56.0, 66.0, 230.0, 84.0)
# A cell takes so many lines at the most: what people type may be of any length.
MOST_LINES = 6
_ITEMS = (42.0, 152.0, 104.0, 82.0, 62.0, 74.0)


@dataclass(frozen=True)
class _List:
    """A list as a table below its heading."""

    title: Line
    about: Line | None
    widths: Sequence[float]
    columns: Texts
    rows: Sequence[Texts]
    left: str = ""
    bold: frozenset[int] = field(default_factory=lambda: frozenset({0}))

    def block(self, share: float, most: float) -> Block:
        """Return it as a part of the page."""
        heads = [cell(line(text, HEAD)) for text in self.columns]
        body = [
            [
                cell(line(cut(text, kind.size, width - 2 * PAD, MOST_LINES), kind))
                for at, (text, width) in enumerate(zip(row, self.widths, strict=True))
                for kind in (STRONG if at in self.bold else BODY,)
            ]
            for row in self.rows
        ]
        least = [row_height(each, self.widths, 15) for each in body]
        about = [self.about] if self.about else []
        left = [line(self.left, SMALL)] if self.left else []
        texts = [self.title, *about, *left]
        high = sum(each.height(WIDTH) for each in texts) + sum(least)
        high += 13.0 if body else 0.0

        def write(more: float) -> str:
            found = "".join(map(line_xml, [self.title, *about]))
            if body:
                made: list[Row] = [(heads, 13.0)]
                made += zip(body, even(least, sum(least) + more), strict=True)
                found += table_xml(self.widths, made)
            return found + "".join(map(line_xml, left))

        return Block(high, write, share if body else 0.0, most * len(body), grows=len(body) > 1)


def villages_part(sheet: Sheet, limits: Limits) -> Block:
    """Return the villages to go to first, and how many more there are."""
    made = sheet.villages
    rows = made.rows[: limits.villages]
    left = len(made.rows) - len(rows)
    about = line(cut(made.about, SMALL.size, WIDTH, 3), SMALL) if made.about else None
    widths = _VISITS if made.listed else _UNDER
    rest = f"余 {left} 个见预警名单。" if made.listed else f"余 {left} 个见短板页。"
    return _List(
        titled(made.heading), about, widths, made.columns, rows, rest if left else ""
    ).block(0.12, 8)


def items_part(sheet: Sheet, limits: Limits) -> Block:
    """Return the items of the last meeting and of this one."""
    rows = sheet.items[: limits.items]
    left = len(sheet.items) - len(rows)
    columns = ("会议", "事项", "单位和指标", "当时 → 现在", "变化", "期限和结果")
    made = _List(
        titled("上次和本次的事项"),
        None,
        _ITEMS,
        columns,
        rows,
        f"余 {left} 项见调度表。" if left else "",
        frozenset({1}),
    )
    return made.block(0.08, 6)


def paragraphs_part(title: str, texts: Texts, kind: Type) -> Block:
    """Return lines below a heading."""
    made = [titled(title), *(line(text, kind, before=1) for text in texts)]
    high = sum(each.height(WIDTH) for each in made)

    def write(more: float) -> str:
        extra = more / len(made)
        wider = [made[0], *(replace(each, before=each.before + extra) for each in made[1:])]
        return "".join(map(line_xml, wider))

    return Block(high, write, 0.03, 3.0 * len(texts))
