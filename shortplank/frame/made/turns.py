"""Few runs at once: one interpreter draws two pages side by side in twice the time of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """So many runs go on at once; whoever comes then waits, and after a while goes on all the same.

    A hundred who turn a page together are each drawn whole, one after the other, instead of all of
    them a little at a time, the first as late as the last. ``patience`` in seconds: what waits for
    something else (a file that is read in another process) holds up nobody for longer.
    """

    def __init__(self, at_once: int = 2, patience: float = 0.5) -> None:
        self._free, self._patience = threading.BoundedSemaphore(at_once), patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        got = self._free.acquire(timeout=self._patience)
        try:
            yield
        finally:
            if got:
                self._free.release()


turns = Turns()
