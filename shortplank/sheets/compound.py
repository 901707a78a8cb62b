"""The error values of an .xls file, which calamine shows as blanks: read from its own records."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from shortplank.sheets.content import Place

_FREE = 0xFFFFFFFA
_HEADER = 512
_SHEET_STREAM = ("Workbook", "Book")
_BOF, _EOF, _BOUNDSHEET, _FORMULA, _BOOLERR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205


def error_cells(data: bytes) -> dict[str, list[Place]]:
    """Return each sheet's cells that hold an error value; none where the file is not sound."""
    try:
        stream = _workbook_stream(data)
        return _errors(stream) if stream else {}
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return {}


def _workbook_stream(data: bytes) -> bytes | None:
    """Return the stream that holds the workbook, its sectors joined."""
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 20)
    sectors = (len(data) - _HEADER) // size + 1
    first_directory, cutoff = (
        struct.unpack_from("<I", data, 48)[0],
        struct.unpack_from("<I", data, 56)[0],
    )
    heads = [s for s in struct.unpack_from("<109I", data, 76) if s < min(sectors, _FREE)]
    table: list[int] = []
    for sector in heads:
        part = data[_HEADER + sector * size : _HEADER + (sector + 1) * size]
        table += struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])
    directory = _chain(data, table, first_directory, size, sectors)
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le")
        if name in _SHEET_STREAM:
            start, whole = struct.unpack_from("<II", directory, at + 116)
            return None if whole < cutoff else _chain(data, table, start, size, sectors)[:whole]
    return None


def _chain(data: bytes, table: list[int], sector: int, size: int, most: int) -> bytes:
    parts: list[bytes] = []
    while sector < len(table) and len(parts) <= most:
        parts.append(data[_HEADER + sector * size : _HEADER + (sector + 1) * size])
        sector = table[sector]
    return b"".join(parts)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _errors(stream: bytes) -> dict[str, list[Place]]:
    begins: dict[int, str] = {}
    found: dict[str, list[Place]] = {}
    sheet: str | None = None
    for at, kind, body in _records(stream):
        if kind == _BOUNDSHEET:
            length, wide = body[6], body[7] & 1
            text = body[8 : 8 + length * (2 if wide else 1)]
            begins[struct.unpack_from("<I", body)[0]] = text.decode(
                "utf-16-le" if wide else "latin-1"
            )
        elif kind == _BOF and at in begins:
            sheet = begins[at]
        elif sheet is not None and _is_error(kind, body):
            found.setdefault(sheet, []).append(struct.unpack_from("<HH", body))
    return found


def _is_error(kind: int, body: bytes) -> bool:
    if kind == _BOOLERR:
        return len(body) >= 8 and body[7] == 1
    return kind == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff"
