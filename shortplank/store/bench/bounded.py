"""One statement in a process of its own, under limits of time, memory, rows and bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from shortplank.errors import AskError
from shortplank.store.bench import child
from shortplank.store.bench.child import LENGTH

# From the start of the process to its answer; with the wait for a seat no more than ten seconds.
SECONDS, SEAT_SECONDS = 8.0, 1.5
# So many statements run at once in one server, whoever asks: each may take a processor.
AT_ONCE = 2
# Of a statement's text, in signs.
MOST_TEXT = 20_000
_ANSWER_BYTES = 2 * child.MOST_BYTES
_seats = threading.BoundedSemaphore(AT_ONCE)
PLACE = "自助查询"
# Each limit and each refusal as one sentence: what it is, and what helps; {} is the detail.
SENTENCES: dict[str, tuple[str, str]] = {
    "busy": ("现在已有几条查询在运行", "请稍后再试"),
    "time": (f"查询超过 {SECONDS:.0f} 秒，已停止", "请缩小范围，或检查连接条件"),
    "memory": ("查询用的内存太多，已停止", "请缩小范围，或先汇总再连接"),
    "bytes": (f"结果超过 {child.MOST_BYTES >> 20} 兆字节，已停止", "请少取几列，或先汇总"),
    "cell": (f"有一格超过 {child.MOST_CELL_BYTES >> 10} 千字节，已停止", "请不要把许多值拼成一格"),
    "long": (f"语句超过 {MOST_TEXT} 字", "请改短"),
    "empty": ("没有语句", "请写一条 SELECT"),
    "several": ("一次只能有一条语句", "请只留一条 SELECT"),
    "select": ("只能用 SELECT 查询", "请改写成一条 SELECT（行列转换请写成聚合）"),
    "parameters": ("参数 ${} 在语句和头注里对不上", "请在头注的 params 里写明语句所用的每个参数"),
    "relation": ("没有名为 {} 的表", "请从可以查的表中选"),
    "function": ("这里不能用 {}", "查询只读列出的表，不读文件、网络和设置"),
    "type": ("{} 一列的类型不能显示", "请用 ::varchar 写成文字"),
    "refused": ("查询不能读写文件、网络和设置", "请只用列出的表"),
    "syntax": ("语句有语法错误（{}）", "请改正后再运行"),
    "names": ("表、列或函数的名称不对（{}）", "请对照可以查的表和列"),
    "value": ("查询没有成功（{}）", "请检查取值和参数"),
    "ended": ("查询中断了", "请缩小范围后再试"),
}
# How a process ends that used up its time, where the system has such signals.
_OUT_OF_TIME = [-getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)]
# Gives the rows of the relations that are named.
Rows = Callable[[list[str]], Mapping[str, pa.Table]]


class BenchError(AskError):
    """A statement that was not run, or not to its end; ``fault`` is a key of `SENTENCES`."""

    def __init__(self, fault: str, detail: str = "") -> None:
        self.fault = fault
        message, mend = SENTENCES[fault]
        super().__init__(message.format(detail).replace("（）", ""), place=PLACE, mend=mend)


@dataclass(frozen=True)
class Answer:
    """What a statement answered: its rows, whether there are more, and what it read.

    ``seconds`` went by until the answer was there; ``work`` is how long the process was at work.
    """

    table: pa.Table
    cut: bool
    reads: tuple[str, ...]
    seconds: float
    work: float = 0.0


def run(
    text: str,
    values: Mapping[str, Any],
    known: list[str],
    rows: Rows,
    *,
    explain: bool = False,
) -> Answer:
    """Return the answer to one SELECT over relations; `BenchError` says why there is none.

    ``values`` are its parameters, ``known`` what it may name, ``rows`` gives what it does name.
    With ``explain`` the answer is the plan. Columns are whole numbers, fractions, days and texts.

    >>> table = pa.table({"n": [1, 2]})
    >>> run("select sum(n) as s from t", {}, ["t"], lambda names: {"t": table}).table.to_pylist()
    [{'s': 3}]
    """
    if len(text) > MOST_TEXT:
        raise BenchError("long")
    if not _seats.acquire(timeout=SEAT_SECONDS):
        raise BenchError("busy")
    try:
        return _Process().answer(text, values, known, rows, explain=explain)
    finally:
        _seats.release()


class _Process:
    """A process that answers one statement, and is ended when its time is over."""

    def __init__(self) -> None:
        self._begun, self._late = time.monotonic(), threading.Event()
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(Path(child.__file__))],
            stdin=pipe, stdout=pipe, stderr=nowhere, env=_environment(), cwd=os.sep,
        )  # fmt: skip

    def answer(
        self, text: str, values: Mapping[str, Any], known: list[str], rows: Rows, *, explain: bool
    ) -> Answer:
        watch = threading.Timer(SECONDS, self._end_late)
        watch.daemon = True
        watch.start()
        try:
            told, table = self._talk(text, values, known, rows, explain)
        except (OSError, EOFError, ValueError, pa.ArrowException) as error:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # it has closed its end
            late = self._late.is_set() or self._process.returncode in _OUT_OF_TIME
            raise BenchError("time" if late else "ended") from error
        finally:
            watch.cancel()
            self._end()
        seconds = time.monotonic() - self._begun
        return Answer(table, bool(told["cut"]), tuple(told["reads"]), seconds, float(told["work"]))

    def _talk(
        self, text: str, values: Mapping[str, Any], known: list[str], rows: Rows, explain: bool
    ) -> tuple[dict[str, Any], pa.Table]:
        sent = {name: _sent(value) for name, value in values.items()}
        asked = {"text": text, "values": sent, "known": known, "explain": explain}
        self._send(json.dumps(asked).encode())
        named = self._told()
        reads = [name for name in named["reads"] if name in known]
        given = rows(reads)
        for name in reads:
            self._send(_arrow(given[name]))
        told = self._told()
        table = pa.ipc.open_stream(self._received()).read_all()
        table.validate(full=True)
        return {**told, "reads": reads}, table

    def _told(self) -> dict[str, Any]:
        """Return what the process says; `BenchError` where that is a fault."""
        told: dict[str, Any] = json.loads(self._received())
        if fault := told.get("fault"):
            raise BenchError(fault, str(told.get("detail", "")))
        return told

    def _send(self, data: bytes | pa.Buffer) -> None:
        pipe = _open(self._process.stdin)
        pipe.write(len(data).to_bytes(LENGTH, "little"))
        pipe.write(data)
        pipe.flush()

    def _received(self) -> bytes:
        length = int.from_bytes(self._read(LENGTH), "little")
        if length > _ANSWER_BYTES:
            raise EOFError
        return self._read(length)

    def _read(self, length: int) -> bytes:
        data = _open(self._process.stdout).read(length)
        if len(data) < length:
            raise EOFError
        return data

    def _end_late(self) -> None:
        self._late.set()
        self._process.kill()

    def _end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was still to be written has nowhere to go
                _open(pipe).close()
        self._process.wait()


def _open(pipe: Any) -> BinaryIO:
    assert pipe is not None
    opened: BinaryIO = pipe
    return opened


def _environment() -> dict[str, str]:
    """Return what the process may know of its surroundings: nothing that Windows does not need."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _sent(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _arrow(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
