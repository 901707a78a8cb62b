"""Work on workbooks in a process of its own, under limits of memory, time and answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import shortplank
from shortplank.sheets.child import LENGTH

SECONDS = 25.0
ANSWER_BYTES = 100 * 1024 * 1024
# So many files are worked on at once, whoever drops them: a process may use 768 MB.
AT_ONCE = 2
_seats = threading.BoundedSemaphore(AT_ONCE)
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from shortplank.sheets.child import main; main(sys.argv[2])"
)
_ROOT = str(Path(shortplank.__file__).parent.parent)
# How a process ends that used up its time, where the system has such signals.
_OUT_OF_TIME = [-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)]


class Ended(Exception):
    """The process ended over a file; ``late`` where it was its time that ran out."""

    def __init__(self, late: bool) -> None:
        super().__init__(late)
        self.late = late


class Bounded:
    """A process that does one kind of work (see `child`), started anew where it ended.

    >>> with Bounded("read") as process:
    ...     process.ask(b"PK no workbook")
    b'{"fault": "broken"}'
    """

    def __init__(self, work: Literal["read", "tables", "mark"]) -> None:
        self._work = work
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._end()

    def ask(self, data: bytes) -> bytes:
        """Return the answer to a file; raises `Ended`."""
        with _seats:
            return self._ask(data)

    def _ask(self, data: bytes) -> bytes:
        process = self._process or self._start()
        overdue = threading.Event()
        watch = threading.Timer(SECONDS, _end_late, (process, overdue))
        watch.start()
        try:
            return _asked(process, data)
        except (OSError, EOFError) as error:
            with suppress(subprocess.TimeoutExpired):
                process.wait(5.0)  # it has closed its end
            late = overdue.is_set() or process.returncode in _OUT_OF_TIME
            self._end()
            raise Ended(late) from error
        except OverflowError as error:
            self._end()
            raise Ended(late=True) from error
        finally:
            watch.cancel()
            watch.join()
            if overdue.is_set():  # be it with its answer given: the next file has a new process
                self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", "-c", _CODE, _ROOT, self._work]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was still to be written has nowhere to go
                if pipe:
                    pipe.close()
        process.wait()


class BoundedReader(Bounded):
    """Reads workbooks one after another in one process."""

    def __init__(self) -> None:
        super().__init__("read")

    def read(self, data: bytes) -> dict[str, Any]:
        """Return what a workbook holds: ``sheets`` and ``about``, or a ``fault``."""
        try:
            found: dict[str, Any] = json.loads(self.ask(data))
        except Ended as error:
            return {"fault": "too_large" if error.late else "broken"}
        return found


class BoundedTables(Bounded):
    """Reads the tables of documents, slides and workbooks, one file after another."""

    def __init__(self) -> None:
        super().__init__("tables")

    def read(self, data: bytes) -> dict[str, Any]:
        """Return a file's ``tables`` (see `sheets.tables`), or a ``fault``."""
        try:
            found: dict[str, Any] = json.loads(self.ask(data))
        except Ended as error:
            return {"fault": "too_large" if error.late else "broken"}
        return found


def _end_late(process: subprocess.Popen[bytes], overdue: threading.Event) -> None:
    """End a process whose time is over; whoever waits for its answer then finds it closed."""
    overdue.set()
    process.kill()


def _asked(process: subprocess.Popen[bytes], data: bytes) -> bytes:
    """Return the process's answer; `EOFError` where it ended, `OverflowError` where too long."""
    assert process.stdin and process.stdout
    process.stdin.write(len(data).to_bytes(LENGTH, "little") + data)
    process.stdin.flush()
    length = int.from_bytes(_received(process, LENGTH), "little")
    if length > ANSWER_BYTES:
        raise OverflowError  # as good as endless
    return _received(process, length)


def _received(process: subprocess.Popen[bytes], length: int) -> bytes:
    assert process.stdout
    received = process.stdout.read(length)
    if len(received) < length:
        raise EOFError
    return received
