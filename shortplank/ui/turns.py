"""Whose turn it is: only a few scripts are run at once, the others wait in line.

Python runs one thread at a time. Thirty scripts at once all end late, and hand the interpreter
around on the way; two at once (one counts while the other waits for DuckDB) end one after another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
PATIENCE = 2.0  # seconds: a long piece of work in front holds nobody up for longer
_free = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, first come first served, and give it back; go on anyway after a while."""
    taken = _free.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if taken:
            _free.release()
