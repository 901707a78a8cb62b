"""Few runs at once: one interpreter draws two pages side by side in twice the time of one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """So many runs go on at once; whoever comes then waits for a turn, the first come first.

    A hundred who turn a page together are each drawn whole, one after the other, instead of all of
    them a little at a time, the first as late as the last. Whose turn has lasted ``patience``
    seconds goes on, and the next one begins all the same: what waits for something else (a file
    that is read in another process) holds up nobody for longer, and a long queue is no reason to
    run all at once.
    """

    def __init__(self, at_once: int = 2, patience: float = 0.5) -> None:
        self._at_once, self._patience = at_once, patience
        self._lock = threading.Lock()
        self.waiting: deque[threading.Event] = deque()
        """Who waits for a turn, the first in front."""
        self._begun: dict[threading.Event, float] = {}
        """Whose turn it is, and since when."""

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        mine = threading.Event()
        with self._lock:
            self.waiting.append(mine)
        try:
            while not self._begins(mine):
                mine.wait(self._patience / 2)
                mine.clear()
            yield
        finally:
            with self._lock:
                if self._begun.pop(mine, None) is None and mine in self.waiting:
                    self.waiting.remove(mine)
                self._call_next()

    def _begins(self, mine: threading.Event) -> bool:
        """Begin a turn where one is free, or has lasted too long, and nobody came before."""
        with self._lock:
            now = time.monotonic()
            for turn, begun in list(self._begun.items()):
                if now - begun >= self._patience:
                    del self._begun[turn]
            if self.waiting[0] is not mine or len(self._begun) >= self._at_once:
                return False
            self.waiting.popleft()
            self._begun[mine] = now
            self._call_next()
            return True

    def _call_next(self) -> None:
        """Have the first who waits look whether there is a turn; called with the lock held."""
        if self.waiting:
            self.waiting[0].set()


turns = Turns()
