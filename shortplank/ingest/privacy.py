"""The guard: a file that carries personal data is refused, and no value of it is ever repeated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Upload
from shortplank.ingest.text import OK, header_key, name_key, parse_count, parse_day
from shortplank.store.personal import MESSAGES, looks_like_a_name, number_kind

# Headers of person lists. A header that contains one of these is refused wherever headers stand.
DENIED = (
    "姓名", "身份证", "身份證", "身份号", "公民身份号码", "证件号", "證件號", "电话", "電話",
    "手机", "手機", "联系方式", "微信", "邮箱", "住址", "家庭地址", "详细地址", "门牌", "配偶",
    "丈夫", "妻子", "父亲", "母亲", "户主", "戶主", "孕妇", "产妇", "出生日期", "出生年月日",
    "末次月经", "预产期", "银行卡", "银行账号", "银行帐号", "监护人", "社保号", "病历号",
    "准生证号", "生育证号", "户口簿",
)  # fmt: skip
_DENIED_ENGLISH = re.compile(
    r"\b(full|first|last|given|family|mother|father|patient|child|person)('?s)?\s?names?\b"
    r"|\bsurname\b|\b(id|identity|passport)\s?(card|number|no)\b|\b(tele)?phones?\b|\bmobile\b"
    r"|\baddress(es)?\b|\bspouse\b|\bhusband\b|\bwife\b|\bhouseholder\b"
    r"|\bdate\sof\sbirth\b|\bbirth\s?(date|day)\b|\bdob\b|\blmp\b|\blast\smenstrual\b"
)
# An instruction that forbids such columns is no such column; nor is a sentence.
_INSTRUCTION = re.compile(r"[。！？；]|不得|不要|请勿|严禁|禁止|无需|不含|不报|不填")
LONGEST_HEADER = 24
_DENIED_TEXTS = pa.array(DENIED)
# RE2's own digits of any width; seven in a row, blanks and hyphens aside, may be of a number.
_DIGITS = r"(?:\p{Nd}[\s\x{3000}.\-－]*){7}"
_HIDDEN_MASK = "（文件名含个人信息，不显示）"

LISTED, LISTED_ALONE = 3, 5


@dataclass(frozen=True)
class Exempt:
    """What a sheet's layout takes out of the scan: columns of counts, of keys, and the header."""

    counts: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()
    first: int = 0
    last: int = -1


def guard_name(upload: Upload, findings: Findings) -> bool:
    """Return whether a file's name is free of personal data; else it is refused unnamed."""
    name = upload.name.rsplit("/", 1)[-1]
    kind = number_kind(re.sub(r"\.\w{2,5}$", "", name))
    if kind is None and not any(word in name_key(name) for word in DENIED):
        return True
    message = "文件名像是含有个人信息，本系统只收汇总数，请改名并检查内容后再报。"
    findings.add(_HIDDEN_MASK, None, None, "refuse", kind or "personal_header", message)
    return False


def guard_texts(upload: Upload, texts: Sequence[str], findings: Findings) -> bool:
    """Return whether texts that belong to no sheet are free of personal numbers."""
    kinds = {kind for text in texts if (kind := number_kind(text))}
    for kind in sorted(kinds):
        message = f"文件里（批注等处）{MESSAGES[kind]}"
        findings.add(upload.name, None, None, "refuse", kind, message)
    return not kinds


def guard(
    grid: Grid, findings: Findings, exempt: Exempt = Exempt(), codes: Collection[str] = ()
) -> bool:
    """Return whether the sheet is free of personal data; else it is refused by kind and place."""
    found = dict(_numbers(grid, exempt, codes))
    for place in _denied_headers(grid, exempt):
        found.setdefault(place, "personal_header")
    for (row, column), kind in sorted(found.items()):
        cell = grid.cell(row, column)
        findings.add(grid.file, grid.sheet, cell, "refuse", kind, f"这个单元格{MESSAGES[kind]}")
    noted = dict(_in_notes(grid))
    for at, kind in noted.items():
        findings.add(
            grid.file, grid.sheet, at, "refuse", kind, f"这里的批注或页眉页脚{MESSAGES[kind]}"
        )
    if found or noted:
        return False
    return not _is_person_list(grid, exempt, findings)


# --- headers --------------------------------------------------------------------------------------
def is_denied(text: str) -> bool:
    """Return whether a header names personal data.

    >>> is_denied("丈夫身份证号"), is_denied("Date of birth"), is_denied("出生数-男")
    (True, True, False)
    >>> is_denied("不得填写姓名、身份证号")
    False
    """
    key = name_key(text)
    if any(word in key for word in DENIED):
        return len(key) <= LONGEST_HEADER and not _INSTRUCTION.search(key)
    words = re.sub(r"[\s_.\-]+", " ", text.strip().casefold())
    return bool(_DENIED_ENGLISH.search(words))


def _denied_headers(grid: Grid, exempt: Exempt) -> list[tuple[int, int]]:
    """Return the cells that head a column of personal data: near the top, or alone anywhere."""
    found = [
        (row, column)
        for row, cells in enumerate(grid.head)
        if not any(header_key(cell).isdigit() for cell in cells)
        for column, cell in enumerate(cells)
        if cell and is_denied(cell) and not _is_empty_label(grid, row, column, exempt)
    ]
    for column, encoded in enumerate(grid.encoded):
        bare = pc.replace_substring_regex(encoded.dictionary, r"[\s\x{3000}]+", "")
        for place in pc.indices_nonzero(pc.is_in(bare, _DENIED_TEXTS)).to_pylist():
            row = int(np.argmax(grid.places(column) == place))
            labelled = row >= len(grid.head) or not _is_empty_label(grid, row, column, exempt)
            found += [(row, column)] if labelled and (row, column) not in found else []
    return found


def _is_empty_label(grid: Grid, row: int, column: int, exempt: Exempt) -> bool:
    """Return whether a label of a signature line ("联系电话：") has nothing written after it."""
    if exempt.first <= row <= exempt.last or row < grid.rows - 12:
        return False
    own = name_key(grid.head[row][column])
    after = [name_key(cell) for cell in grid.head[row][column + 1 : column + 4]]
    written = next((cell for cell in after if cell), "")
    below = any(name_key(cells[column]) for cells in grid.head[row + 1 :])
    return own.endswith((":", "_")) and not below and (not written or written.endswith(":"))


# --- numbers --------------------------------------------------------------------------------------
def _numbers(
    grid: Grid, exempt: Exempt, codes: Collection[str]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the cells that hold an identity, telephone or card number, with its kind."""
    for (row, column), fault in grid.faults.items():
        if fault == "long":
            yield (row, column), "identity_number"
    for column, encoded in enumerate(grid.encoded):
        many = pc.match_substring_regex(encoded.dictionary, _DIGITS)
        powers = pc.match_substring_regex(encoded.dictionary, r"[eEｅＥ][+＋]?[1１][4-9４-９]")
        for place in pc.indices_nonzero(pc.or_(many, powers)).to_pylist():
            text = encoded.dictionary[place].as_py()
            if name_key(text) in codes:
                continue
            places = np.flatnonzero(grid.places(column) == place)
            for row in places.tolist():
                if kind := _kind(grid, row, column, text, exempt):
                    yield (row, column), kind


def _kind(grid: Grid, row: int, column: int, text: str, exempt: Exempt) -> str | None:
    counted = column in exempt.counts and row > exempt.last and _is_number(text)
    label = "" if counted else _label(grid, row, column)
    return number_kind(text, label, identity_only=counted)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[\d,]+(\.\d*)?", name_key(text)))


def _label(grid: Grid, row: int, column: int) -> str:
    """Return what stands left of a cell, and in the same column above the table's rows."""
    left = ""
    for before in range(column - 1, max(column - 4, -1), -1):
        left = grid.columns[before][row].as_py()
        if left.strip():
            break
    return left


def _in_notes(grid: Grid) -> Iterator[tuple[str | None, str]]:
    for place, text in grid.notes:
        cell = grid.cell(*place) if place else None
        if kind := number_kind(text):
            yield cell, kind
        elif _NAMED.search(name_key(text)):
            yield cell, "personal_header"


_NAMED = re.compile(
    r"(姓名|户主|丈夫|妻子|配偶|产妇|孕妇|父亲|母亲)[:为是]*[一-鿿]{2,4}|(身份证|住址)[:为是]"
)


# --- person lists ---------------------------------------------------------------------------------
def _is_person_list(grid: Grid, exempt: Exempt, findings: Findings) -> bool:
    """Note a sheet whose rows are people: names beside sexes or days, or a list of names alone."""
    signs = {
        column: _signs(grid, column, exempt)
        for column in range(len(grid.columns))
        if column not in exempt.known
    }
    names = [c for c, s in signs.items() if s["names"] >= LISTED]
    beside = any(s["sexes"] >= LISTED or s["days"] >= LISTED for s in signs.values())
    alone = [c for c in names if signs[c]["names"] >= LISTED_ALONE]
    days = [c for c, s in signs.items() if s["days"] >= LISTED_ALONE]
    listed = (names if beside else alone) or days
    for column in listed[:1]:
        message = "这张工作表像是逐人名单，本系统只收汇总数，请删去这张表后再报。"
        cell = grid.cell(exempt.last + 1 if exempt.last >= 0 else 0, column)
        findings.add(grid.file, grid.sheet, cell, "refuse", "person_list", message)
    return bool(listed)


def _signs(grid: Grid, column: int, exempt: Exempt) -> Mapping[str, int]:
    """Return how many distinct names, sexes and days a column holds, where most of it is such."""
    texts = [text for text in grid.texts[column] if text.strip()]
    if len(texts) > 5_000 or not texts:
        return {"names": 0, "sexes": 0, "days": 0}
    names = sum(looks_like_a_name(text) for text in texts)
    days = sum(parse_day(text) is not None for text in texts if len(text) < 24)
    rows = grid.places(column, exempt.last + 1)
    sexes = {p for p, t in enumerate(grid.texts[column]) if name_key(t) in ("男", "女")}
    alike = sum(int(p) in sexes for p in rows.tolist()) if sexes else 0
    counted = any(parse_count(text)[1] == OK for text in texts)
    return {
        "names": names if 2 * names >= len(texts) else 0,
        "sexes": alike
        if (len(texts) <= 4 and not counted and exempt.last >= 0) or len(texts) <= 3
        else 0,
        "days": days if 2 * days >= len(texts) else 0,
    }
