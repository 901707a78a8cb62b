"""The months of the demo and where they stand in the statistical year."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

FIRST = date(2006, 10, 1)
LAST = date(2010, 5, 1)
YEAR_START = 10  # the statistical year runs from October to September
QUARTER_MONTHS = (3, 6, 9, 12)


def add_months(month: date, count: int) -> date:
    """Return the first day of the month ``count`` months later.

    >>> add_months(date(2009, 11, 1), 3)
    datetime.date(2010, 2, 1)
    """
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def index_of(month: date) -> int:
    """Return a month's place on the demo's time axis, 0 for the first."""
    return (month.year - FIRST.year) * 12 + month.month - FIRST.month


MONTHS: tuple[date, ...] = tuple(add_months(FIRST, i) for i in range(index_of(LAST) + 1))


def statistical_year(month: date) -> int:
    """Return the statistical year, named by the year it ends in.

    >>> statistical_year(date(2008, 10, 1)), statistical_year(date(2009, 9, 1))
    (2009, 2009)
    """
    return month.year + (month.month >= YEAR_START)


def year_to_date(month: date) -> list[int]:
    """Return the places of the months from the statistical year's start to ``month``."""
    last = index_of(month)
    year = statistical_year(month)
    return [i for i in range(last + 1) if statistical_year(MONTHS[i]) == year]


def months_of_year(year: int) -> list[int]:
    """Return the places of a statistical year's months, as many as the demo has."""
    return [i for i, month in enumerate(MONTHS) if statistical_year(month) == year]


def season(amplitude: float, peak: int) -> NDArray[np.float64]:
    """Return a yearly wave with mean 1, by month, highest in calendar month ``peak``."""
    calendar = np.array([month.month for month in MONTHS], dtype=np.float64)
    return 1.0 + amplitude * np.cos(2.0 * np.pi * (calendar - peak) / 12.0)


def by_year(values: dict[int, float]) -> NDArray[np.float64]:
    """Return a smooth path through one value a statistical year, held flat at both ends."""
    middle = [index_of(date(year, 3, 1)) for year in sorted(values)]
    path = [values[year] for year in sorted(values)]
    return np.interp(np.arange(len(MONTHS)), middle, path)
