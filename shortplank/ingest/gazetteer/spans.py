"""Months as spans: what was not reported for a moment is not gone, what is gone may return."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from shortplank.store import add_months

# So many reports in a row may lack an area that still stands; of more it was gone.
BRIEF = 2


class Calendar:
    """The months of which there are reports, in order."""

    def __init__(self, months: Iterable[date]) -> None:
        self.months: Sequence[date] = sorted(set(months))
        self._place = {month: i for i, month in enumerate(self.months)}

    def after(self, month: date) -> date | None:
        """Return the next month that has reports, None after the last."""
        place = self._place.get(month, len(self.months)) + 1
        return self.months[place] if place < len(self.months) else None

    def apart(self, one: date, other: date) -> int:
        """Return how many reports lie between two months, neither counted."""
        return self._place[other] - self._place[one] - 1

    def spans(self, months: Iterable[date]) -> list[tuple[date, date]]:
        """Return first and last months of the stretches in which an area stood.

        >>> every = [date(2019, m, 1) for m in range(1, 13)]
        >>> found = Calendar(every).spans(every[:3] + every[5:7] + every[11:])
        >>> [(a.month, b.month) for a, b in found]
        [(1, 7), (12, 12)]
        """
        found: list[tuple[date, date]] = []
        for month in sorted(months):
            if found and self.apart(found[-1][1], month) <= BRIEF:
                found[-1] = (found[-1][0], month)
            else:
                found.append((month, month))
        return found

    def closes(self, last: date) -> date | None:
        """Return an area's last day, None where it stands in the newest reports."""
        stands = last >= self.months[-1]
        return None if stands else add_months(last, 1) - timedelta(days=1)
