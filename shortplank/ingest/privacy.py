"""The guard: a sheet that carries personal data is refused, and no value of it is ever repeated."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.ingest.findings import Findings, cell_name
from shortplank.ingest.read import Grid
from shortplank.ingest.text import header_key, name_key

# Headers of person lists. A header that contains one of these is refused wherever headers stand.
DENIED = (
    "姓名", "身份证", "身份證", "公民身份号码", "证件号", "證件號", "电话", "電話", "手机", "手機",
    "住址", "家庭地址", "详细地址", "配偶", "丈夫", "妻子", "户主", "戶主", "出生日期",
    "出生年月日", "末次月经", "预产期", "银行卡", "银行账号", "监护人",
)  # fmt: skip
_DENIED_ENGLISH = re.compile(
    r"\b(full|first|last|given|family|mother|father|patient|child|person)('?s)?\s?names?\b"
    r"|\bsurname\b|\b(id|identity|passport)\s?(card|number|no)\b|\b(tele)?phones?\b|\bmobile\b"
    r"|\baddress(es)?\b|\bspouse\b|\bhusband\b|\bwife\b|\bhouseholder\b"
    r"|\bdate\sof\sbirth\b|\bbirth\s?(date|day)\b|\bdob\b|\blmp\b|\blast\smenstrual\b"
)

# 18 digits (the last may be X) with a possible birth date, or the 15 of the old form.
_ID_18 = re.compile(r"(?<!\d)\d{17}[\dxX](?!\d)")
_ID_15 = re.compile(r"(?<!\d)\d{6}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_SHORTEST_ID = 15
_DENIED_TEXTS = pa.array(DENIED)


def guard(grid: Grid, findings: Findings) -> bool:
    """Return whether the sheet is free of personal data; else it is refused by kind and place."""
    clean = True
    for row, column in _denied_headers(grid):
        message = "这一列像是个人信息（姓名、证件、电话、住址等），本系统只收汇总数，请删去后再报。"
        _refuse(findings, grid, row, column, "personal_header", message)
        clean = False
    for row, column in _identity_numbers(grid):
        message = "这个单元格像是居民身份证号码，本系统只收汇总数，请删去后再报。"
        _refuse(findings, grid, row, column, "identity_number", message)
        clean = False
    return clean


def _refuse(findings: Findings, grid: Grid, row: int, column: int, code: str, message: str) -> None:
    findings.add(grid.file, grid.sheet, cell_name(row, column), "refuse", code, message)


def is_denied(text: str) -> bool:
    """Return whether a header names personal data.

    >>> is_denied("丈夫身份证号"), is_denied("Date of birth"), is_denied("出生数-男")
    (True, True, False)
    """
    key = name_key(text)
    if any(word in key for word in DENIED):
        return True
    words = re.sub(r"[\s_.\-]+", " ", text.strip().casefold())
    return bool(_DENIED_ENGLISH.search(words))


def _denied_headers(grid: Grid) -> list[tuple[int, int]]:
    """Return the cells that head a column of personal data: near the top, or alone anywhere."""
    found = [
        (row, column)
        for row, cells in enumerate(grid.head)
        if not any(header_key(cell).isdigit() for cell in cells)
        for column, cell in enumerate(cells)
        if cell and is_denied(cell)
    ]
    for column, encoded in enumerate(grid.encoded):
        bare = pc.replace_substring_regex(encoded.dictionary, r"[\s\x{3000}]+", "")
        for place in pc.indices_nonzero(pc.is_in(bare, _DENIED_TEXTS)).to_pylist():
            row = int(np.argmax(grid.places(column) == place))
            found += [(row, column)] if (row, column) not in found else []
    return found


def _identity_numbers(grid: Grid) -> list[tuple[int, int]]:
    """Return the cells that hold an identity number, after widths and blanks are evened out."""
    found: list[tuple[int, int]] = []
    for column, encoded in enumerate(grid.encoded):
        long = pc.greater_equal(pc.binary_length(encoded.dictionary), _SHORTEST_ID)
        for place in pc.indices_nonzero(long).to_pylist():
            text = name_key(encoded.dictionary[place].as_py())
            if _ID_18.search(text) or _ID_15.search(text):
                rows = np.flatnonzero(grid.places(column) == place)
                found += [(int(row), column) for row in rows]
    return sorted(found)
