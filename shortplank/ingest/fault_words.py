"""The words for cells that are no count and for what stands where a month is wanted."""

from __future__ import annotations

from shortplank.ingest.months import SaidMonth
from shortplank.ingest.numbers import (
    NEGATIVE,
    NOT_A_NUMBER,
    NOT_WHOLE,
    PERCENT,
    ROUNDED,
    TOO_LARGE,
    has_digits,
)
from shortplank.ingest.periods import Cadence, Kind

FAULTS: dict[int, tuple[str, str]] = {
    NOT_A_NUMBER: ("not_a_number", "填的不是数字，应为整数（没有就填 0）。"),
    NOT_WHOLE: ("not_whole", "填的不是整数，人数、户数和金额须为整数。"),
    NEGATIVE: ("negative", "填的是负数，计数须大于或等于 0。"),
    TOO_LARGE: ("too_large", "填的数大得不可能，请检查是否多填了位数。"),
    ROUNDED: ("not_whole", "写成了科学记数（如 1.2E+05），后面的位数已看不出，请写出整个数。"),
    PERCENT: ("percent_sign", "带有百分号，而这一列不是百分数，请核对后只填数字。"),
}
# Of a cell that has digits and is no number: its digits are never joined.
_MARKED = "，而数字中间或旁边有别的字符（空格、换行、注码、单位等），请只填数字，注解写在表下。"
_PERMILLE = "带有 ‰，而这一列的单位不是千分数，请换算后只填数字。"
# Of a bulletin's rates, which need not be whole.
_NO_RATE = "填的不是数字，应为数字（没有就留空）。"
# What stands where one period of the form's is wanted.
_SEEN: dict[Kind, str] = {
    "month": "不是一个季度的末月",
    "quarter": "是一个季度",
    "half": "是半年",
    "year": "是一整年",
    "span": "不止一个月",
    "part": "不是整月",
    "open": "没有写明是哪一个月",
    "cumulative": "是累计数",
    "several": "说了不止一个月份",
    "tenth": "分不清是 1 月还是 10 月（数字单元格会丢掉末尾的 0）",
}
_UNREAD = "不是可以识别的月份"
_WANTED = {
    "month": "一份报表只报一个月，请写成 2010-06",
    "quarter": "一份季报只报一个季度，请写成 2010年第二季度",
}
# Of cells with a fault (see `workbook`): in a column of counts or in one of names.
CELL_FAULTS: dict[tuple[str, bool], tuple[str, str]] = {
    ("error", True): ("cell_error", "单元格是错误值（如 #REF!），请改成数字。"),
    ("error", False): ("cell_error", "单元格是错误值（如 #REF!），请改成单位名称或代码。"),
    ("no_value", True): ("formula", "公式没有算出的值，请在表格软件中打开、重算并保存后再报。"),
    ("no_value", False): ("formula", "单位名称处是公式，请改成文字。"),
    ("formula", False): ("formula", "单位名称处是公式，请改成文字。"),
    ("merged", True): ("merged_count", "几行合并成一格的数不知属于哪一行，请拆开后分别填写。"),
}


def count_fault(state: int, text: str, *, rate: bool) -> tuple[str, str]:
    """Return the code and the words for a cell that is no count, or no rate."""
    code, words = FAULTS[state]
    if state == PERCENT and "‰" in text:
        return code, _PERMILLE
    if state != NOT_A_NUMBER:
        return code, words
    if has_digits(text):
        return code, ("应为数字" if rate else "应为整数") + _MARKED
    return code, _NO_RATE if rate else words


def month_fault(said: SaidMonth, cadence: Cadence) -> str:
    """Return the sentence on what stands where one period of the cadence is wanted."""
    wanted = "请改成文字，如 2010-01 或 2010-10" if said.kind == "tenth" else _WANTED[cadence]
    return f"{said.where}{_SEEN.get(said.kind, _UNREAD)}，{wanted}。"
