"""Whether this process has time for what nobody waits for."""

from __future__ import annotations

import time


class Calm:
    """How busy this process has been of late, looked at no oftener than every ``span`` seconds.

    ``busy`` is the share of a processor from which on what may wait gives way to runs.
    """

    def __init__(self, busy: float = 0.5, span: float = 0.5) -> None:
        self.busy, self.span = busy, span
        self._since, self._used, self._is_calm = time.monotonic(), time.process_time(), True

    def look(self) -> bool:
        """Return whether there is time."""
        now, used = time.monotonic(), time.process_time()
        if now - self._since >= self.span:
            self._is_calm = used - self._used < self.busy * (now - self._since)
            self._since, self._used = now, used
        return self._is_calm
