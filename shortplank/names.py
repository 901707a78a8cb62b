"""Texts as names elsewhere: sheets that Excel opens, files that Windows writes, all unlike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

# Excel counts in UTF-16, and refuses the wide forms of its own signs in East Asian versions.
SHEET_UNITS = 31
_SHEET_SIGNS = str.maketrans(
    {
        **dict.fromkeys("/\\:：／＼￥", "-"),
        **dict.fromkeys("?*？＊", " "),
        **dict.fromkeys("[［", "（"),
        **dict.fromkeys("]］", "）"),
    }
)
_RESERVED_SHEETS = frozenset({"history"})
_ENDS = " '＇’‘"
# A name takes at most 255 bytes on the systems that papers are carried to.
FILE_BYTES = 240
_FILE_SIGNS = str.maketrans({**dict.fromkeys('/\\:|"<>', "-"), **dict.fromkeys("?*", " ")})
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
# What XML cannot hold: control characters, halves of a pair, two that are no characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text without the characters that no document can hold."""
    return _UNPRINTABLE.sub("", text)


def sheet_name(text: str, taken: Collection[str] = (), *, ending: str = "") -> str:
    """Return a sheet's name that Excel opens, unlike those that are taken.

    ``ending`` is kept whole where the text is too long for it.

    >>> sheet_name("流动人口建档率（已建/应建）", ending="走势")
    '流动人口建档率（已建-应建）走势'
    >>> sheet_name("History"), sheet_name("'表'", ["表"]), sheet_name("[]?")
    ('History_', '表（2）', '（）')
    """
    whole, tail = (_plain(part) for part in (text, ending))
    whole, tail = whole or ("" if tail else "表"), _cut(tail, SHEET_UNITS // 2)
    keys = {_key(name) for name in taken} | _RESERVED_SHEETS
    for number in range(1, len(keys) + 2):
        end = tail if number == 1 else f"{tail}（{number}）"
        name = f"{_cut(whole, SHEET_UNITS - _units(end))}{end}".strip(_ENDS) or "表"
        if _key(name) in _RESERVED_SHEETS:
            name += "_"
        if _key(name) not in keys:
            break
    return name


def file_name(text: str, taken: Collection[str] = ()) -> str:
    """Return a file's name that Windows, Linux and a browser write alike, unlike those taken.

    >>> file_name("月报（6/7月）.xlsx"), file_name("con.xlsx"), file_name("..")
    ('月报（6-7月）.xlsx', '_con.xlsx', '_')
    """
    clean = " ".join(_one_line(text).translate(_FILE_SIGNS).split())
    stem, dot, kind = clean.rpartition(".")
    if not (dot and kind.isalnum() and len(kind) <= 8):
        stem, dot, kind = clean, "", ""
    stem = stem.strip(" .") or "_"
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    keys = {_key(name) for name in taken}
    for number in range(1, len(keys) + 2):
        end = f"{'' if number == 1 else f'（{number}）'}{dot}{kind}"
        name = f"{_shortened(stem, FILE_BYTES - len(end.encode()))}{end}"
        if _key(name) not in keys:
            break
    return name


def _plain(text: str) -> str:
    """Return a text of the signs that Excel takes in a sheet's name."""
    return " ".join(_one_line(text).translate(_SHEET_SIGNS).split()).strip(_ENDS)


def _one_line(text: str) -> str:
    """Return a text without line breaks, control characters and marks that are not seen."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in printable(spaced) if unicodedata.category(c) not in ("Cc", "Cf"))


def _key(name: str) -> str:
    """Return what two names that a system takes for one have in common."""
    return unicodedata.normalize("NFKC", name).casefold()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    """Return a text's beginning of at most so many UTF-16 units, no pair halved."""
    while _units(text) > units:
        text = text[:-1]
    return text


def _shortened(text: str, size: int) -> str:
    """Return a text's beginning of at most so many bytes, no character halved."""
    return text.encode()[:size].decode(errors="ignore").rstrip(" .") or "_"
