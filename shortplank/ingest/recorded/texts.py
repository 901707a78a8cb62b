"""Text files read by what their form records: one encoding, one delimiter, nothing guessed."""

from __future__ import annotations

import codecs

from shortplank.catalogue.models import FormReading
from shortplank.ingest.csv_text import table_of
from shortplank.ingest.grid import Grid, Unreadable, Upload

_UTF8, _BOMS16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
# What stands at the beginning of a record's name in the file is wider in fact: Big5 as Taiwan and
# Hong Kong write it.
_CODECS = {"utf-8": "utf-8-sig", "big5": "big5hkscs"}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
# As people call them.
CALLED = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "gb18030": "GB18030（简体中文）",
    "big5": "Big5（繁体中文）",
    "cp949": "CP949（韩文）",
    "cp932": "Shift_JIS（日文）",
    "cp1250": "Windows-1250（中欧）",
    "cp1251": "Windows-1251（西里尔字母）",
    "cp1252": "Latin-1 / Windows-1252（西欧）",
}


def decoded(data: bytes, encoding: str) -> str | None:
    """Return a text in an encoding, None where the bytes are not of it.

    >>> decoded("서울".encode("cp949"), "cp949"), decoded("서울".encode("cp949"), "utf-8")
    ('서울', None)
    """
    marked = data.startswith(_UTF8) or data.startswith(_BOMS16)
    if marked and encoding != ("utf-8" if data.startswith(_UTF8) else "utf-16"):
        return None
    name = _CODECS.get(encoding, encoding)
    if encoding == "utf-16" and not marked:
        name = _order(data)
    try:
        return codecs.decode(data, name).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return None


def _order(data: bytes) -> str:
    """Return the byte order of UTF-16 without a mark: ASCII has its zeros in every other byte."""
    head = data[:4_000]
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def read_recorded(upload: Upload, reading: FormReading) -> Grid | None:
    """Return a text file as its form records it; None where it is not of that encoding.

    Raises `Unreadable` where it is, and its quotes or its size are at fault.
    """
    if reading.encoding is None or reading.delimiter is None:
        return None
    text = decoded(upload.data, reading.encoding)
    if text is None:
        return None
    columns = table_of(text, DELIMITERS[reading.delimiter])
    return Grid(upload.name, None, upload.sha256, columns)


__all__ = ["CALLED", "DELIMITERS", "Unreadable", "decoded", "read_recorded"]
