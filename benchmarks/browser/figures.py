"""The pictures that pages to compare with show, finished, and the walks through their months."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from plotly.io.json import to_json_plotly

from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.figure.ranking import ranking_figure
from shortplank.wording.periods import month_text

INDICATORS = ("migrant_filing", "benefit_delivery")
NEIGHBOURS = 10
"""Steps from a month to the one before it."""
FAR = 8
"""Months between two that are looked at one after the other, so that nothing came along."""


@dataclass(frozen=True)
class Walks:
    """What is chosen, one after the other, from the newest month of the first indicator on."""

    indicators: list[str]
    near: list[str]
    """Each the month before the one that is looked at."""
    far: list[str]
    """Each more than six months from all that were looked at before, or were their neighbours."""

    @property
    def months(self) -> list[str]:
        """Return each month that is chosen, once."""
        return list(dict.fromkeys([*self.near, *self.far]))


def walks() -> Walks:
    """Return the walks through the demo's months."""
    shared = engine()
    months = [month_text(month) for month in _months(shared)]
    labels = [shared.ws.indicators[key].label for key in INDICATORS]
    near = months[-2 : -2 - NEIGHBOURS : -1]
    return Walks(labels, near, [months[at] for at in far_from(len(months) - 1)])


def far_from(newest: int) -> list[int]:
    """Return months far from each other: down by `FAR`, and again between those.

    >>> far_from(43)
    [35, 27, 19, 11, 3, 39, 31, 23, 15, 7]
    """
    half = FAR // 2
    return [*range(newest - FAR, -1, -FAR), *range(newest - half, -1, -FAR)][: 2 * (newest // FAR)]


@contextmanager
def figures_file(walk: Walks) -> Iterator[Path]:
    """Give a file of the rankings' pictures: by indicator, then by month, the newest first."""
    shared = engine()
    number, home = shared.newest(), shared.ws.settings.home
    wanted = {month_text(month): month for month in _months(shared)}
    newest = list(wanted)[-1]
    chosen = {label: wanted[label] for label in dict.fromkeys([newest, *walk.months])}
    figures = {
        shared.ws.indicators[key].label: {
            label: ranking_figure(
                ranking(View(shared, number, Actor("analyst"), month, "ytd", key, home)), Style()
            )
            for label, month in chosen.items()
        }
        for key in INDICATORS
    }
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "figures.json"
        store.write_text(to_json_plotly(figures), encoding="utf-8")
        yield store


def _months(shared: Engine) -> Sequence[date]:
    number, home = shared.newest(), shared.ws.settings.home
    table = shared.ask("months_by_edition", number, "analyst", county=home)
    months: list[date] = table["stat_month"].to_pylist()
    return months
