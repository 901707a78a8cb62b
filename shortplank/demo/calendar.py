"""When the demo's editions were published, and which of them first held a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from shortplank.demo.months import MONTHS, add_months

SHANGHAI = timezone(timedelta(hours=8))  # no summer time in these years
PUBLISHED_AT = time(17, 0)
PUBLISHING_DAY = 8  # of the month after
DUE_DAY = 5
FIRST_EDITION_MONTH = date(2008, 9, 1)  # the first edition holds the history up to here


@dataclass(frozen=True)
class Recount:
    """A recount of a statistical year's births: when it was counted, published and restated."""

    counted: date
    published: date
    finds: float
    """Share of the births found that the recounts before had not found."""
    restated: tuple[date, ...]
    """Months in whose reports townships restate a part as births of earlier years."""


RECOUNT_YEAR = 2009
RECOUNTS = (
    Recount(
        date(2009, 12, 10),
        date(2009, 12, 18),
        0.68,
        (date(2010, 1, 1), date(2010, 2, 1), date(2010, 3, 1)),
    ),
    Recount(date(2010, 4, 14), date(2010, 4, 20), 0.60, (date(2010, 5, 1),)),
)


def edition_of(month: date) -> date:
    """Return the day on which a month's figures were first published.

    >>> edition_of(date(2010, 5, 1)), edition_of(date(2007, 1, 1))
    (datetime.date(2010, 6, 8), datetime.date(2008, 10, 8))
    """
    return add_months(max(month, FIRST_EDITION_MONTH), 1).replace(day=PUBLISHING_DAY)


def edition_after(day: date) -> date:
    """Return the first monthly edition on or after a day."""
    month = add_months(day.replace(day=1), -1)
    found = edition_of(month)
    return found if day <= found else edition_of(add_months(month, 1))


def due_on(month: date) -> date:
    """Return the last day on which a month's report is in time."""
    return add_months(month, 1).replace(day=DUE_DAY)


def monthly_editions() -> list[date]:
    """Return the days of the monthly editions."""
    return sorted({edition_of(month) for month in MONTHS})


def moment(day: date) -> datetime:
    """Return the moment of publication on a day, in UTC."""
    return datetime.combine(day, PUBLISHED_AT, SHANGHAI).astimezone(UTC)
