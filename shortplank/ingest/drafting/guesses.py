"""What a draft says of itself: each guess beside its cells, and what else it could be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guess:
    """One guess: of what, what was taken, where it is seen, and what else it could be.

    ``key`` is by what it is changed: encoding, delimiter, head, month, level, marks, sums, or a
    column's letters.
    """

    key: str
    what: str
    taken: str
    cells: str = ""
    others: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return the guess in one line."""
        seen = f"（{self.cells}）" if self.cells else ""
        other = f"；也可能是：{'、'.join(self.others)}" if self.others else ""
        return f"{self.what}：{self.taken}{seen}{other}"


KIND_WORDS = {
    "month": "月份",
    "year": "年份",
    "code": "单位代码",
    "name": "单位名称",
    "parent": "乡镇名称",
    "county": "县名称",
    "province": "省名称",
    "parent_code": "乡镇代码",
    "county_code": "县代码",
    "split": "区分各行是哪一个数",
    "value": "计数（与上面的列合成）",
    "measure": "计数",
    "across": "计数（一月一列）",
    "total": "合计列，只核对不保存",
    "ignore": "不读",
    "above": "上级单位",
}
LEVEL_WORDS = {"county": "县", "township": "乡镇", "village": "村", "province": "省"}
MONTH_WORDS = {
    "column": "月份列",
    "across": "一月一列，在表头",
    "title": "表题（表头上方）",
    "sheet": "工作表名",
    "file": "文件名",
}
