"""How often somebody may ask: a bucket that fills by the minute, one for all processes here."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from shortplank.gate.database import rows_of, writing

FORGOTTEN = 3600.0
_TABLE = "CREATE TABLE IF NOT EXISTS rate (who TEXT PRIMARY KEY, full REAL NOT NULL) WITHOUT ROWID"


class Rates:
    """Buckets by who asks, each kept as the moment at which it is full again."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.folder, self.now = folder, now
        rows_of(folder, _TABLE)

    def take(self, who: str, per_minute: int, burst: int) -> float:
        """Return 0 where one more request is within the rate, else the seconds to wait for one.

        A clock that was put back fills a bucket at once rather than keep somebody waiting.
        """
        each, now = 60.0 / per_minute, self.now()
        with writing(self.folder) as database:
            row = database.execute("SELECT full FROM rate WHERE who = ?", [who]).fetchone()
            full = max(row[0], now) if row and row[0] <= now + burst * each else now
            wait = full + each - now - burst * each
            if wait > 1e-9:
                return float(wait)
            database.execute("DELETE FROM rate WHERE full < ?", [now - FORGOTTEN])
            database.execute(
                "INSERT INTO rate VALUES (?, ?) ON CONFLICT DO UPDATE SET full = excluded.full",
                [who, full + each],
            )
        return 0.0
