"""What all townships' pages are made of: the answers of the whole county, each asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from shortplank.catalogue.models import Indicator, Window
from shortplank.papers.pack import Pack
from shortplank.reading.gaps import Gap, due_datasets, gaps_of_month
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.topics.quality.answer.completeness import Completeness, completeness
from shortplank.topics.rankings.answer.ranking import Ranking, rankable, ranking
from shortplank.topics.rankings.answer.spine import FAMILIES, Spine, spine

# The families that a page shows besides the headline and what is listed: what can be helped.
_SHOWN = FAMILIES[:3]
LEAST_ROWS = 4


@dataclass(frozen=True)
class Compared:
    """One indicator of which townships are compared: its ranking, and if it is a headline."""

    indicator: str
    item: Indicator
    ranking: Ranking
    headline: bool


class Gathered:
    """The county's answers as pages need them; what no page needs is not asked."""

    def __init__(self, made: Pack) -> None:
        """Take the papers' answers; everything else is asked when a page wants it."""
        self.made = made
        self.view: View = made.view
        self._tables: dict[str, pa.Table] = {}

    @cached_property
    def towns(self) -> dict[str, str]:
        """Return the townships' names by their codes, in the codes' order."""
        return dict(sorted(self.view.towns.items()))

    @cached_property
    def spines(self) -> Mapping[str, Spine]:
        """Return what the spine page says of each township."""
        return {town: spine(self.view, town) for town in self.towns}

    @cached_property
    def reports(self) -> Completeness:
        """Return who has reported when."""
        return completeness(self.view)

    @cached_property
    def owing(self) -> list[Gap]:
        """Return what the townships owe of the month."""
        return gaps_of_month(self.view)

    @cached_property
    def due(self) -> int:
        """Return how many kinds of reports were due for the month."""
        return len(due_datasets(self.view))

    @cached_property
    def compared(self) -> list[Compared]:
        """Return the compared indicators, the headline first, then what services can better."""
        made = {c.indicator: c.ranking for c in self.made.chapters if c.ranking is not None}
        found = [Compared(key, each.item, each, True) for key, each in made.items()]
        listed = {each.indicator for each in ledger_of(self.view).of(level="township")}
        items = sorted(self.view.ws.indicators.items(), key=lambda pair: _order(pair[1]))
        shown = [key for key, item in items if key in listed or item.family in _SHOWN]
        # What cannot be helped stands there only where the page would be empty without.
        rest = [key for key, _ in items if key not in shown]
        for key in (*shown, *rest):
            item = self.view.ws.indicators[key]
            if key in made or not rankable(item) or "township" not in item.levels:
                continue
            if key in rest and sum(each.ranking.has_picture for each in found) >= LEAST_ROWS:
                break
            own = ranking(self.view.with_(indicator=key, window=item.default_window))
            found.append(Compared(key, item, own, False))
        return found

    def months(self, indicator: str) -> pa.Table:
        """Return an indicator's months for the county and all its townships."""
        if indicator not in self._tables:
            self._tables[indicator] = self.view.area_months(indicator)
        return self._tables[indicator]

    def judged_window(self, indicator: str) -> Window:
        """Return the window in which an indicator's months are drawn: that of the ledger."""
        item, book = self.view.ws.indicators[indicator], ledger_of(self.view)
        if book.judges(indicator) and (own := book.subjects[indicator].window) in item.windows:
            return own
        return item.default_window


def _order(item: Indicator) -> int:
    return FAMILIES.index(item.family) if item.family in FAMILIES else len(FAMILIES)
