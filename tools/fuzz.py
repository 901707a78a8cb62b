"""Fuzz the import: whatever a file holds, it gives findings, within bounds of time and memory.

``make fuzz`` runs 10,000 cases: grids of known words as CSV and .xlsx, real files with bytes
changed, cut out, doubled or cut off, their zip parts among them, and workbooks whose XML says
something else: attributes dropped or in another case, parts renamed, far cells, deep nests. A case
fails where an exception comes out, an edition is published in part, a value of an identity number
is repeated, it takes over 30 s, or the process grows over 1 GB (the one that reads workbooks has
less, and ends where that is not enough).
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

from shortplank.ingest import Upload, check_batch, publish_batch
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.text import header_segments
from shortplank.store import Store
from tools.damage import damaged

CASES, SECONDS, MEGABYTES = 10_000, 30.0, 1_000
_EXCERPTS = sorted((Path(__file__).parent.parent / "tests/ingest/excerpts/good").glob("*.*"))
IDENTITY = "990101199001011234"
WORDS = (
    "合计", "小计", "一孩", "二孩", "男", "女", "符合政策", "单位", "村名", "乡镇", "月份", "续表",
    "填表人：", "报出日期：2010年7月4日", "2010年6月", "2010-06", "2031年13月", "姓名", "", " ",
    "0", "1", "-1", "2.5", "１２", "1,000", "—", "#REF!", "=A1", "\n", '"', ",", IDENTITY,
    "13800138000", "甲", "栏次", "1e300", "nan", "1.1E+17", "9" * 400, "\x01", "<script>", "👩",
    "\ud7ff",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and return 0 where none failed."""
    options = _options(arguments)
    chance, seeds = random.Random(options.seed), _files(options.files or _EXCERPTS)
    failed: list[str] = []
    worst, kinds = 0.0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder, BoundedReader() as sheets:
        store = _workspace(Path(folder) / "county", options.workspace)
        makers = _makers(store, seeds)
        for number in range(options.cases):
            name, data = chance.choice(makers)(chance)
            started = time.monotonic()
            kind, fault = _run(store, name, data, sheets)
            took = time.monotonic() - started
            worst, kinds = max(worst, took), kinds + Counter([kind])
            if fault or took > SECONDS or _megabytes() > MEGABYTES:
                failed.append(fault or f"{took:.1f} s, {_megabytes():.0f} MB")
                kept = Path(tempfile.gettempdir()) / f"fuzz-{number}{Path(name).suffix}"
                kept.write_bytes(data)
                print(f"case {number}: {failed[-1]} ({kept})", file=sys.stderr)
            if sys.stderr.isatty() and number % 50 == 0:
                print(f"\r{number}/{options.cases}", end="", file=sys.stderr)
    print(f"{options.cases} cases, {len(failed)} failed; longest {worst:.2f} s; "
          f"most {_megabytes():.0f} MB; {dict(kinds.most_common())}")  # fmt: skip
    return 1 if failed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the import.")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workspace", type=Path, default=Path("data/demo"))
    parser.add_argument("files", nargs="*", type=Path, help="real files to damage")
    return parser.parse_args(arguments)


def _files(files: Sequence[Path]) -> list[tuple[str, bytes]]:
    return [(file.name, file.read_bytes()) for file in files if file.is_file()]


def _workspace(root: Path, source: Path) -> Store:
    """Return a copy of a workspace's settings and registers, without its editions."""
    shutil.copytree(source, root, ignore=shutil.ignore_patterns("marts", "snapshots"))
    return Store(root)


def _megabytes() -> float:
    # Not getrusage: its most is handed on to whatever a large process starts.
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- one case -------------------------------------------------------------------------------------
def _run(store: Store, name: str, data: bytes, sheets: BoundedReader) -> tuple[str, str]:
    """Return how a case ended, and what was wrong with that."""
    before = store.numbers()
    try:
        batch = check_batch(store, [Upload(name, data)], sheets=sheets)
        for finding in batch.findings:
            if not finding.message.endswith("。") or IDENTITY in finding.message:
                return "fault", f"message: {finding.code}"
        if batch.stops or not batch.reports:
            return "stopped", "" if store.numbers() == before else "published all the same"
        edition = publish_batch(store, batch, why="fuzz")
        return "published", "" if not store.verify(edition.number) else "not whole"
    except Exception as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        at = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        return "fault", f"{type(error).__name__} at {at}"


# --- making cases ---------------------------------------------------------------------------------
Maker = Callable[[random.Random], tuple[str, bytes]]


def _makers(store: Store, seeds: Sequence[tuple[str, bytes]]) -> list[Maker]:
    words = [*WORDS, *(area.name for area in store.workspace.areas[:30])]
    for form in store.workspace.forms.values():
        for headers in (*form.columns.values(), *(t.headers for t in form.totals)):
            words += [*headers, *header_segments(headers[-1])]
        words += [*form.area.name_headers, *form.area.code_headers]
    makers: list[Maker] = [lambda c: ("grid.csv", _as_csv(_grid(c, words))),
                           lambda c: ("grid.xlsx", _as_xlsx(c, _grid(c, words)))]  # fmt: skip
    if seeds:
        makers += [lambda c: _damaged(c, *c.choice(seeds))] * 2
        makers += [lambda c: _rezipped(c, *c.choice(seeds))] * 2
        makers += [lambda c: _edited(c, words, *c.choice(seeds))] * 2
    books = [(name, data) for name, data in seeds if _is_small_zip(data)]
    books = books or [("sound.xlsx", _as_xlsx(random.Random(0), _grid(random.Random(0), words)))]
    makers += [lambda c: ("damaged.xlsx", damaged(c, c.choice(books)[1]))] * 4
    return makers


def _grid(chance: random.Random, words: Sequence[str]) -> list[list[str]]:
    width = chance.randint(0, 12)
    return [[chance.choice(words) for _ in range(width)] for _ in range(chance.randint(0, 14))]


def _as_csv(grid: Sequence[Sequence[str]]) -> bytes:
    text = "\n".join(",".join(row) for row in grid)
    return text.encode("utf-8", "surrogatepass")


def _as_xlsx(chance: random.Random, grid: Sequence[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, cells in enumerate(grid, start=1):
        for column, text in enumerate(cells, start=1):
            clean = "".join(letter for letter in text if letter >= " ")
            number = clean.isdigit() and len(clean) < 300 and chance.random() < 0.7
            sheet.cell(row, column).value = int(clean) if number else clean
    for _ in range(chance.randint(0, 3)):
        top, left = chance.randint(1, 10), chance.randint(1, 10)
        sheet.merge_cells(start_row=top, start_column=left, end_row=top + chance.randint(0, 3),
                          end_column=left + chance.randint(0, 4))  # fmt: skip
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _damaged(chance: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    """Return a file with bytes changed, cut out, doubled or cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) or 1)
        size = chance.choice((1, 1, 2, 4, 16, 200))
        what = chance.randrange(5)
        if what == 0:
            changed[at : at + size] = chance.randbytes(size)
        elif what == 1:
            del changed[at : at + size]
        elif what == 2:
            changed[at:at] = changed[at : at + size]
        elif what == 3:
            changed[at : at + size] = b"\xff" * size
        elif chance.random() < 0.2:
            del changed[at:]
    return name, bytes(changed)


def _is_small_zip(data: bytes) -> bool:
    """Return whether the bytes are a zip file that this tool itself can unpack in little memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return sum(part.file_size for part in packed.infolist()) < 4_000_000
    except zipfile.BadZipFile:
        return False


def _rezipped(chance: random.Random, name: str, data: bytes) -> tuple[str, bytes]:
    """Return a workbook whose parts are damaged inside a sound zip file."""
    if not _is_small_zip(data):
        return _damaged(chance, name, data)
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        hit = chance.choice([n for n in names if n.startswith("xl/")] or names)
        for part in names:
            content = old.read(part)
            if part == hit:
                content = _damaged(chance, part, content)[1]
            if part != hit or chance.random() < 0.95:
                new.writestr(part, content)
    return name, sink.getvalue()


def _edited(
    chance: random.Random, words: Sequence[str], name: str, data: bytes
) -> tuple[str, bytes]:
    """Return a workbook with some cells written over, or a CSV file with some words in it."""
    if not name.endswith(".xlsx") or not _is_small_zip(data):
        return _damaged(chance, name, data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception:  # a bad sample stays as it is
        return _damaged(chance, name, data)
    for sheet in book.worksheets:
        for _ in range(chance.randint(0, 6)):
            row, column = (
                chance.randint(1, sheet.max_row + 2),
                chance.randint(1, sheet.max_column + 2),
            )
            cell, word = sheet.cell(row, column), chance.choice(words)
            if type(cell).__name__ == "Cell":
                cell.value = "".join(letter for letter in word if letter >= " ")
    sink = io.BytesIO()
    book.save(sink)
    return name, sink.getvalue()


if __name__ == "__main__":
    sys.exit(main())
