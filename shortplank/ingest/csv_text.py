"""CSV read strictly: one encoding, one delimiter, quotes that close, and an end to its size.

A quote that is never closed swallows every line after it without a word, and a delimiter that is
guessed from a title reads a table as one column; here either is the table's own, or refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as arrow_csv

from shortplank.ingest.grid import HEAD_ROWS, Grid, Unreadable, Upload
from shortplank.ingest.header import find_block
from shortplank.ingest.words import Words
from shortplank.sheets.content import CELLS

DELIMITERS = (",", "\t", ";", "|")
# As wide as a spreadsheet's line may be, and as any report is: what is wider is not one.
LINE_CELLS, COLUMNS = 16_384, 1_000
_HEAD_LETTERS = 400_000
_UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ENCODING_MEND = "请另存为“CSV UTF-8（逗号分隔）”后再报。"
# Characters of no text: controls, what stands for a lost character, and what is no character.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\x80-\x84\x86-\x9f\ufffd\ufdd0-\ufdef\ufffe\uffff]"
)
_TEXT_BYTES = bytes(b for b in range(256) if b in b"\t\n\v\f\r\x1a" or (b >= 32 and b != 127))
_NON_ASCII = re.compile(rb"[\x80-\xff]{6,}")
# Two bytes of GB18030, and those of the everyday characters (the first plane of GB 2312) and marks.
_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_EVERYDAY = re.compile(rb"[\xb0-\xd7\xa1-\xa3][\xa1-\xfe]")
EVERYDAY = 0.45
_BLANK_END = 1_000
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_HAN = re.compile(r"[\u2e80-\u9fff\uff00-\uffef\u2010-\u2026]+")


@dataclass(frozen=True)
class _Row:
    """A record and the line of the file on which it begins, counted from 1."""

    line: int
    cells: list[str]


def read_csv(upload: Upload, words: Mapping[str, Words] | None = None) -> Grid:
    """Return the table of a CSV file; raises `Unreadable`.

    ``words`` are the forms' headers: the delimiter is the one under which one of them is found.
    """
    text, utf8 = _without_blank_end(*_decode(upload.data))
    delimiter, known = _delimiter(text, words)
    if words and not known and _is_of_another_encoding(upload.data, utf8):
        raise _not_text(1, "按 GB18030 读出的字多不成文")
    return Grid(upload.name, None, upload.sha256, _table(text, utf8, delimiter))


def table_of(text: str, delimiter: str) -> tuple[pa.StringArray, ...]:
    """Return the columns of a text whose delimiter is known; raises `Unreadable`."""
    text, utf8 = _without_blank_end(_sane(text), b"")
    return _table(text, utf8 or text.encode(), delimiter)


def _table(text: str, utf8: bytes, delimiter: str) -> tuple[pa.StringArray, ...]:
    sound = '"' not in text or _quotes_are_sound(text, delimiter)
    return (_even_columns(utf8, delimiter) if sound else None) or _columns(text, delimiter)


# --- encoding -------------------------------------------------------------------------------------
def text_of(data: bytes) -> str:
    """Return the text of a file: UTF-16 by its mark, else UTF-8, else GB18030; `Unreadable`."""
    return _decode(data)[0]


def _decode(data: bytes) -> tuple[str, bytes]:
    """Return the text of a file, and its bytes in UTF-8 without a mark."""
    if not data.startswith(UTF16_BOMS):
        try:
            return _sane(data.decode("utf-8-sig"), data), data.removeprefix(_UTF8_BOM)
        except UnicodeDecodeError as error:
            if data.startswith(_UTF8_BOM) or _is_partly_utf8(data):
                line = _line(data[: error.start], "utf-8")
                raise _not_text(line, "不是 UTF-8，与文件其余部分编码不一") from error
        text = _sane(_decoded(data, "gb18030", "UTF-8 或 GB18030"))
    else:
        text = _sane(_decoded(data, "utf-16", "UTF-16"))
    return text, text.encode()


def _decoded(data: bytes, encoding: str, known: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(_line(data[: error.start], encoding), f"不是 {known}") from error


def _is_partly_utf8(data: bytes) -> bool:
    """Return whether a file that is not UTF-8 has words that only UTF-8 explains.

    Read as GB18030 they would be other words. A word of GB18030 is UTF-8 by chance about once in
    100,000: one long word, or two, are no chance.
    """
    found = [run[0] for run in _NON_ASCII.finditer(data)]
    read = [len(run) for run in found if _is_han(run)]
    return len(read) > 1 or max(read, default=0) >= 12


def _is_han(run: bytes) -> bool:
    try:
        return bool(_HAN.fullmatch(run.decode("utf-8")))
    except UnicodeDecodeError:
        return False


def _sane(text: str, utf8: bytes | None = None) -> str:
    """Return a text without the marks of a byte order; `Unreadable` for what no text holds.

    ``utf8`` are its bytes where they are at hand: they are looked through ten times as fast.
    """
    if utf8 is not None and not utf8.translate(None, _TEXT_BYTES) and "\ufffd" not in text:
        return text
    if wrong := _NO_TEXT.search(text):
        line = text.count("\n", 0, wrong.start()) + 1
        raise _not_text(line, "有不是文字的字符")
    return text.removeprefix("\ufeff")


def _is_of_another_encoding(data: bytes, utf8: bytes) -> bool:
    """Return whether a text was read as GB18030 that is more likely one of Big5 or Shift-JIS.

    Nearly all bytes are some character there. In Chinese most are of the everyday ones, or marks.
    """
    if data.startswith(UTF16_BOMS) or data.removeprefix(_UTF8_BOM).startswith(utf8):
        return False
    pairs = _PAIRS.findall(data[:_HEAD_LETTERS])
    return sum(map(bool, map(_EVERYDAY.fullmatch, pairs))) < EVERYDAY * len(pairs)


def _without_blank_end(text: str, utf8: bytes) -> tuple[str, bytes]:
    """Return a text without the blank lines below it: sheets are saved with a million of them."""
    last = len(text.rstrip(" \t\r\n\x1a" + "".join(DELIMITERS)))
    end = _LINE_ENDS.search(text, last)
    if end is None or len(text) - end.end() <= _BLANK_END:
        return text, utf8
    return text[: end.end()], text[: end.end()].encode()


def _line(before: bytes, encoding: str) -> int:
    return before.decode(encoding, "ignore").count("\n") + 1


def _not_text(line: int, why: str) -> Unreadable:
    message = f"认不出文件的编码：第 {line} 行{why}，文件可能已损坏。{_ENCODING_MEND}"
    return Unreadable("encoding", message)


# --- delimiter ------------------------------------------------------------------------------------
def delimiter_of(text: str) -> str:
    """Return the delimiter that most cells of a text stand even under."""
    return _delimiter(text, None)[0]


def _delimiter(text: str, words: Mapping[str, Words] | None) -> tuple[str, bool]:
    """Return the delimiter of the header's line, and whether a form knows that header.

    Where none is known it is the one that most cells stand even under.
    """
    heads = {mark: _head(text, mark) for mark in DELIMITERS if mark in text}
    if words:
        found = {mark: _known(rows, words) for mark, rows in heads.items()}
        best = max(found, key=lambda mark: found[mark], default=",")
        if found.get(best, (False, 0)) > (False, 0):
            return best, True
    return max(heads, key=lambda mark: _evenness(heads[mark]), default=","), False


def _head(text: str, delimiter: str) -> list[list[str]]:
    """Return the first records as far as they are sound; a fault is for the reading to say."""
    head = io.StringIO(text[:_HEAD_LETTERS], newline="")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(_lines(head, delimiter), delimiter=delimiter, strict=True):
            rows.append(row[:COLUMNS])
            if len(rows) == HEAD_ROWS:
                break
    except (csv.Error, Unreadable):
        pass
    return rows


def _known(rows: list[list[str]], words: Mapping[str, Words]) -> tuple[bool, int]:
    """Return how well the forms know the header of some records (see `Block.rank`)."""
    width = max(map(len, rows), default=0)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = tuple(pa.array(column, pa.string()) for column in zip(*padded, strict=True))
    block = find_block(Grid("", None, "", columns), words) if width > 1 else None
    return block.rank if block else (False, 0)


def _evenness(rows: list[list[str]]) -> int:
    """Return how many cells stand in records of the usual width."""
    widths = [len(row) for row in rows]
    width = _usual(widths)
    return width * widths.count(width) if width > 1 else 0


def _usual(widths: Iterable[int]) -> int:
    """Return the width above one in whose lines most cells stand."""
    count = Counter(widths)
    return max((w for w in count if w > 1), key=lambda w: w * count[w], default=1)


# --- records --------------------------------------------------------------------------------------
def _quotes_are_sound(text: str, delimiter: str) -> bool:
    """Return whether every cell with a quote is quoted whole, on one line, without others inside.

    That is how spreadsheets quote, and it needs no other reading; what is not so is for `_columns`.
    """
    other = re.escape(delimiter)
    cell = rf'"[^"\r\n]*+"|[^"{other}\r\n]*+'
    return re.fullmatch(rf"(?:(?:{cell})(?:[{other}\r\n]|\Z))*+", text) is not None


def _even_columns(utf8: bytes, delimiter: str) -> tuple[pa.StringArray, ...] | None:
    """Return the columns of a table whose rows are all as long as the first, else None.

    It must hold no quote but sound ones.
    """
    first = utf8[: utf8.find(b"\n") + 1 or None].decode()
    try:
        width = len(next(csv.reader([first], delimiter=delimiter), []))
    except csv.Error:
        return None
    if width > COLUMNS or width * (utf8.count(b"\n") + 1) > CELLS:
        return None
    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(utf8),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return tuple(column.combine_chunks() for column in table.columns)


def _columns(text: str, delimiter: str) -> tuple[pa.StringArray, ...]:
    """Return the columns of a table with titles, notes or short rows, padded with blanks."""
    rows: list[list[str]] = []
    broken: list[_Row] = []
    whole: list[int] = []
    width = 0
    _check_size(text.count("\n"), 1)
    for record in records(text, delimiter):
        cells = _trimmed(record.cells)
        width = max(width, len(cells))
        _check_size(len(rows) + 1, width)
        if any("\n" in cell or "\r" in cell for cell in cells):
            broken.append(record)
        else:
            whole.append(len(record.cells))
        rows.append(cells)
    if broken:
        lines = (line.count(delimiter) + 1 for line in text.splitlines())
        usual = _usual(whole if max(whole, default=1) > 1 else lines)
        _check_swallowed(broken, delimiter, usual)
    padded = (row + [""] * (width - len(row)) for row in rows)
    return tuple(pa.array(column, pa.string()) for column in zip(*padded, strict=True))


def records(text: str, delimiter: str) -> Iterator[_Row]:
    """Yield the records of a CSV; `Unreadable` names the line where a quote opens at fault."""
    reader = csv.reader(
        _lines(io.StringIO(text, newline=""), delimiter), delimiter=delimiter, strict=True
    )
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quote_fault(text, begins, delimiter) from error
        yield _Row(begins, cells)


def _lines(file: io.StringIO, delimiter: str) -> Iterator[str]:
    """Yield the lines of a file; `Unreadable` before one is taken apart that no sheet holds."""
    for number, line in enumerate(file, start=1):
        if line.count(delimiter) >= LINE_CELLS:
            message = (
                f"第 {number} 行有 {LINE_CELLS} 列以上，不像是报表，没有打开。请重新导出后再报。"
            )
            raise Unreadable("too_large", message)
        yield line


def _trimmed(cells: list[str]) -> list[str]:
    """Return a record without its blank end: sheets are saved with columns that hold nothing."""
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return cells[:last]


def _check_size(rows: int, width: int) -> None:
    if width > COLUMNS:
        message = f"表有 {COLUMNS} 列以上，不像是报表，没有打开。请重新导出后再报。"
        raise Unreadable("too_large", message)
    if rows * width > CELLS:
        raise Unreadable("too_large", "文件展开后过大，不像是报表，没有打开。请分月导出后再报。")


# --- quotes ---------------------------------------------------------------------------------------
_MEND_QUOTES = "请删去多余的引号，或重新导出后再报。"


def _quote_fault(text: str, begins: int, delimiter: str) -> Unreadable:
    """Return what is wrong with the quotes of the record that begins on a line."""
    fault = _open_quote(text, begins, delimiter)
    if fault is None:
        message = f"第 {begins} 行有一格过长，不像是报表，没有打开。请重新导出后再报。"
        return Unreadable("csv", message)
    opens, closed = fault
    if closed is None:
        why = "打开的引号没有关闭，其后的行会并成一格"
    elif closed == opens:
        why = "的引号关闭之后还有文字"
    else:
        why = f"打开的引号到第 {closed} 行才关闭，其后还有文字，中间的行会并成一格"
    return Unreadable("quote", f"第 {opens} 行{why}；{_MEND_QUOTES}")


def _open_quote(text: str, begins: int, delimiter: str) -> tuple[int, int | None] | None:
    """Return the lines on which a record's faulty quote opens and closes (None: it never does).

    None where all its quotes are sound, and the fault is another one.
    """
    state, opens = "fresh", begins
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if number < begins:
            continue
        for letter in line:
            before, state = state, _after(state, letter, delimiter)
            if state == "quoted" and before == "fresh":
                opens = number
            if state == "faulty":
                return opens, number
        if state != "quoted":
            return None
    return opens, None


def _after(state: str, letter: str, delimiter: str) -> str:
    """Return where a letter leads: fresh (a cell begins), plain, quoted, closing or faulty."""
    if state == "quoted":
        return "closing" if letter == '"' else "quoted"
    if letter == delimiter or letter in "\r\n":
        return "fresh"
    if state == "closing":
        return "quoted" if letter == '"' else "faulty"
    return "quoted" if state == "fresh" and letter == '"' else "plain"


def _check_swallowed(broken: Iterable[_Row], delimiter: str, width: int) -> None:
    """Refuse a cell that holds whole lines of the table: a quote opens there that should not.

    A second stray quote further down closes it as if all was well.
    """
    for record in broken:
        for column, cell in enumerate(record.cells):
            if _is_swallowing(cell, column, len(record.cells), delimiter, width):
                message = f"第 {record.line} 行起有引号把几行并成了一格；{_MEND_QUOTES}"
                raise Unreadable("quote", message)


def _is_swallowing(cell: str, column: int, cells: int, delimiter: str, width: int) -> bool:
    """Return whether a line of a cell, with the cells around it, is a line of the table."""
    counts = [part.count(delimiter) for part in _LINE_ENDS.split(cell)]
    if len(counts) < 2:
        return False
    around = [column, *[0] * (len(counts) - 2), cells - 1 - column]
    whole = [n + more == width - 1 for n, more in zip(counts, around, strict=True)]
    held = any(n and own for n, own in zip(counts, whole, strict=True))
    return held or (whole[0] and whole[-1])
