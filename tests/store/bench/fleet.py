"""Many statements through the process of the bench, each in a copy that was forked off it.

A process of its own takes half a second to start, which a thousand statements cannot have in a
test: here one is started and forked for each, before it gives up files, and runs the same `serve`.
``python fleet.py RELATIONS SECONDS`` reads statements as JSON lines and answers each with a line.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from shortplank.store.bench import child


def answers(
    statements: Sequence[str], tables: Mapping[str, pa.Table], seconds: float, *, unread: bool
) -> Iterator[dict[str, Any]]:
    """Yield what each statement was answered: ``fault`` or ``rows``, or how its process ended.

    ``unread`` statements are run without having been looked through, over all relations.
    """
    command = [sys.executable, "-I", "-c", _CODE, str(Path(__file__)), str(seconds), str(unread)]
    given = {name: child._arrow(table).hex() for name, table in tables.items()}
    asked = "\n".join(json.dumps(text) for text in statements)
    environment = {"SHORTPLANK_CANARY": "sparrow-of-the-environment"}
    done = subprocess.run(
        command, input=json.dumps(given) + "\n" + asked, capture_output=True, text=True,
        env=environment, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    yield from map(json.loads, done.stdout.splitlines())


_ROOT = str(Path(child.__file__).parents[3])
_CODE = (
    f"import sys; sys.path.insert(0, {_ROOT!r}); from tests.store.bench.fleet import main;"
    " main(float(sys.argv[2]), sys.argv[3] == 'True')"
)


def main(seconds: float, unread: bool) -> None:
    """Fork a process for each statement that comes in."""
    given = {name: bytes.fromhex(data) for name, data in json.loads(sys.stdin.readline()).items()}
    database, output = child.opened(), child.own_output()
    for line in sys.stdin:
        told = _one(database, json.loads(line), given, seconds, unread)
        output.write(json.dumps(told).encode() + b"\n")
        output.flush()


def _one(database: Any, text: str, given: dict[str, bytes], seconds: float, unread: bool) -> Any:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _run(database, text, given, writing, unread)
    os.close(writing)
    data, late = b"", False
    while ready := select.select([reading], [], [], seconds)[0]:
        if not (more := os.read(ready[0], 1 << 20)):
            break
        data += more
    else:
        late = True
        os.kill(process, signal.SIGKILL)
    os.close(reading)
    status = os.waitpid(process, 0)[1]
    if late:
        return {"ended": "late"}
    return json.loads(data) if data else {"ended": os.waitstatus_to_exitcode(status)}


def _run(database: Any, text: str, given: dict[str, bytes], writing: int, unread: bool) -> None:
    """Answer one statement and end; what it answered goes with it."""
    told: dict[str, Any]
    try:
        child.give_up_files()
        reads = [*given] if unread else child.look_through(database, text, [*given], {})
        for name in reads:
            child.fill(database, name, given[name])
        told, table = child.run(database, text, {}, explain=False)
        told["answer"] = str(table.to_pylist())[:200_000]
    except BaseException as error:
        told = child.fault_of(error)
    os.write(writing, json.dumps(told).encode())
    os._exit(0)
