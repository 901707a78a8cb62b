"""Registers: CSV files of the workspace, as people and spreadsheet programs save them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from shortplank.catalogue.validating import Model, read_file, validated
from shortplank.errors import WorkspaceError

_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = (",", "\t", ";")


def register_lines(root: Path, name: str, model: type[Model]) -> Iterator[Model]:
    """Yield the lines of a register; `WorkspaceError` names the line and column at fault.

    A spreadsheet saves GB18030 or UTF-16, dates as 2006/10/1, and blank columns and rows at the
    end: all of that is read, and nothing else is guessed.
    """
    records = _records(_text(root, name), name)
    _, header = next(records, (1, []))
    header = _without_blank_end([column.strip() for column in header])
    _check_header(header, model, name)
    for line, cells in records:
        if any(cell.strip() for cell in cells):
            yield _row(header, cells, model, f"{name} 第 {line} 行")


def _text(root: Path, name: str) -> str:
    data = read_file(root, name)
    encodings = ("utf-16",) if data.startswith(_UTF16_BOMS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise WorkspaceError(
        "认不出文件的编码，不是 UTF-8，也不是 GB18030", place=name, mend="请另存为 UTF-8 的 CSV"
    )


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record and the line on which it begins, counted from 1."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise WorkspaceError(
                f"第 {begins} 行不是有效的 CSV，引号没有成对",
                place=name,
                mend="请删去多余的引号",
            ) from error
        yield reader.line_num, cells


def _without_blank_end(cells: Sequence[str]) -> list[str]:
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return list(cells[:last])


def _check_header(header: Sequence[str], model: type[BaseModel], place: str) -> None:
    fields = {info.alias or key: info for key, info in model.model_fields.items()}
    for column in header:
        if column not in fields:
            raise WorkspaceError(f"不认识的列 {column}", place=place, mend="请删去或改正列名")
        if header.count(column) > 1:
            raise WorkspaceError(f"列 {column} 重复", place=place, mend="请只留一列")
    for key, info in fields.items():
        if info.is_required() and key not in header:
            raise WorkspaceError(f"缺少列 {key}", place=place, mend="请补上这一列")


def _row(header: Sequence[str], cells: list[str], model: type[Model], place: str) -> Model:
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        raise WorkspaceError("列数与表头不一致", place=place, mend="请改正这一行")
    given = {key: value.strip() for key, value in zip(header, cells, strict=False)}
    return validated(model, {key: value for key, value in given.items() if value}, place)
