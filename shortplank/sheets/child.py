"""The process that works on workbooks: files on stdin, one after another, answers on stdout.

calamine trusts the sizes that a file names and aborts the whole process where they are absurd, and
any parser can be led to use up memory or time; here only this process ends, under its own limits.
Where the system knows no such limits (Windows), the time that `bounded` gives it alone holds.

Whatever goes in or out goes as its length (8 bytes, the lowest first) and its bytes. ``read`` takes
a workbook and answers with one JSON object, ``fault`` or ``sheets`` and ``about``; ``tables`` takes
a document, slides or a workbook and answers with ``fault`` or ``tables``; ``mark`` is described in
`marking`.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable

from shortplank.sheets.content import Broken, Disagreement, Foreign, Locked, Macros, TooLarge

try:
    import resource
except ImportError:  # not a POSIX system
    resource = None  # type: ignore[assignment]

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20
LENGTH = 8
_FAULTS: dict[type[BaseException], str] = {
    TooLarge: "too_large", MemoryError: "too_large", Locked: "password", Foreign: "workbook",
    Disagreement: "disagreement", Broken: "broken", Macros: "macros",
}  # fmt: skip


def main(work: str) -> int:
    """Do one kind of work (``read``, ``tables`` or ``mark``) until stdin ends."""
    _limit_memory()
    gc.disable()  # a file's cells are many, and none of them refers to itself
    answer_to = _worker(work)
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := files.read(LENGTH):
        data = files.read(int.from_bytes(head, "little"))
        _allow_cpu_seconds()
        answer = answer_to(data)
        answers.write(len(answer).to_bytes(LENGTH, "little") + answer)
        answers.flush()
        gc.collect()
    return 0


def _worker(work: str) -> Callable[[bytes], bytes]:
    if work == "read":
        return read
    if work == "tables":
        return tables
    from shortplank.sheets.marking import mark  # openpyxl is slow to load

    return mark


def _limit_memory() -> None:
    """Give this process no more memory than that, and no picture of it when it ends."""
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_cpu_seconds() -> None:
    """Let this process use so many seconds more, for one file; then the system ends it."""
    if not resource:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def read(data: bytes) -> bytes:
    """Return a workbook's sheets as JSON."""
    return _answered(_sheets, data)


def tables(data: bytes) -> bytes:
    """Return a file's tables as JSON."""
    return _answered(_tables, data)


def _sheets(data: bytes) -> object:
    from shortplank.sheets.xls import read_xls
    from shortplank.sheets.xlsx import read_xlsx

    sheets, about = (read_xlsx if data.startswith(b"PK") else read_xls)(data)
    return {"sheets": [sheet.as_json() for sheet in sheets], "about": about}


def _tables(data: bytes) -> object:
    from shortplank.sheets.tables import read_tables

    return {"tables": read_tables(data)}


def _answered(work: Callable[[bytes], object], data: bytes) -> bytes:
    """Return what a work makes of a file as JSON, or the fault that it has."""
    try:
        return json.dumps(work(data), ensure_ascii=True).encode()
    except BaseException as error:  # calamine's own faults come as panics, not as exceptions
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        fault = next((code for kind, code in _FAULTS.items() if isinstance(error, kind)), "broken")
        return json.dumps({"fault": fault}).encode()
