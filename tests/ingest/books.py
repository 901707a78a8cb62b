"""Workbooks made for tests: rows and merged ranges in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import openpyxl
from openpyxl.comments import Comment

from shortplank.ingest import Upload

Rows = Sequence[Sequence[object]]
# The village form's header of three levels, its merged ranges counted from the header's first row.
LEAVES = ("小计", "男", "女", "符合政策")
HEADER: Rows = (
    ["村名", "期末总人口", "死亡人数", "出生人数", *[None] * 15, "政策外出生", None, "往年出生补报",
     "流动人口建档", None, "奖励优惠", None],
    [None, None, None, "合计", None, None, None, "一孩", None, None, None, "二孩", None, None, None,
     "多孩", None, None, None, "小计", "其中：流动人口", None, "应建档", "已建档",
     "应兑现户数", "已兑现户数"],
    [None, None, None, *LEAVES * 4, *[None] * 7],
)  # fmt: skip
MERGES = ("A{0}:A{2}", "B{0}:B{2}", "C{0}:C{2}", "D{0}:S{0}", "D{1}:G{1}", "H{1}:K{1}", "L{1}:O{1}",
          "P{1}:S{1}", "T{0}:U{0}", "V{0}:V{2}", "W{0}:X{0}", "Y{0}:Z{0}")  # fmt: skip


def line(name: str, pop: int = 1000, boys: int = 1, filed: int = 9) -> list[object]:
    """Return a village's row of 26 cells; ``boys`` are first births within the policy."""
    births = [boys, boys, 0, boys] * 2 + [0] * 8
    return [name, pop, 2, *births, 0, 0, 0, 10, filed, 5, 5]


def report(
    names: Iterable[str] = ("双河村", "五河村"),
    town: str = "东岭镇",
    month: str = "2010年6月",
    header: Rows = HEADER,
) -> list[list[object]]:
    """Return the rows of a township's report: title, unit and month, header, villages."""
    titles: list[list[object]] = [[f"试点县{town}月报表"], [f"填报单位：{town}", None, None, month]]
    return [*titles, *map(list, header), *(line(name) for name in names)]


def merges(first: int = 3) -> list[str]:
    """Return the header's merged ranges where its first row is row ``first``."""
    return [area.format(first, first + 1, first + 2) for area in MERGES]


def book(
    rows: Rows,
    merged: Iterable[str] = (),
    *,
    hidden: Rows = (),
    comments: Iterable[tuple[str, str]] = (),
    footer: str = "",
    name: str = "月报.xlsx",
) -> Upload:
    """Return a workbook of one sheet, and a hidden one if it has rows."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    for cell, text in comments:
        sheet[cell].comment = Comment(text, "甲")
    sheet.oddFooter.center.text = footer or None
    if hidden:
        other = made.create_sheet("底稿")
        for row in hidden:
            other.append(list(row))
        other.sheet_state = "hidden"
    sink = io.BytesIO()
    made.save(sink)
    return Upload(name, sink.getvalue())
