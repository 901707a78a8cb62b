"""What one township's page says: rows, curves, villages, reports, items; words and figures only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats

Texts = tuple[str, ...]
NOTHING_TO_CHECK = "没有值得核对而未核对的数。"
NO_ITEMS = "没有登记这个乡镇的跟进事项。"


@dataclass(frozen=True)
class Row:
    """One indicator of a township beside the county and the other townships.

    ``code`` and ``word`` are the ledger's; numbers are in the indicator's unit, NaN where it has
    none to show.
    """

    item: Indicator
    label: str
    value: float
    lower: float
    upper: float
    county: float
    towns: Floats
    target: float | None
    code: str
    word: str
    told: str
    span: str
    county_told: str
    target_told: str
    place: str
    places: str
    change: str
    changes: str

    def across(self, values: Floats) -> Floats:
        """Return values on the strip's scale: the county 0, the farthest township ±1.

        Better is right; without a direction higher is.
        """
        off = np.abs(self.towns - self.county)
        farthest = float(np.nanmax(off)) if np.isfinite(off).any() else 0.0
        side = -1.0 if self.item.polarity == "down" else 1.0
        return side * (values - self.county) / (farthest if farthest > 0 else 1.0)

    @property
    def about(self) -> str:
        """Return the strip in words, for who does not see it."""
        known = self.towns[np.isfinite(self.towns)]
        parts = [f"{self.label}：{self.told}"]
        parts += [f"95% 区间 {self.span}"] if np.isfinite(self.lower) else []
        parts.append(f"全县 {self.county_told}")
        parts += [f"目标 {self.target_told}"] if self.target is not None else []
        parts += [f"有数的乡镇 {known.size} 个", self.word] if known.size else [self.word]
        return "，".join(parts)


@dataclass(frozen=True)
class Drawn:
    """One line of a chart: whose it is (own, county, target), and its months' values."""

    name: str
    role: str
    values: tuple[float, ...]
    named: bool = True
    """Whether it stands in the legend: of a line in pieces only one does."""
    newest: bool = False
    """Whether it holds the newest month."""


@dataclass(frozen=True)
class Curve:
    """Months of one indicator, titled by what they say."""

    title: str
    sentence: str
    months: tuple[date, ...]
    lines: tuple[Drawn, ...]
    colour: str
    """The colour of the township's line: the ledger's where it is listed, else ink."""
    skip: int
    scale: str
    """What the figures are: window and unit."""
    about: str


@dataclass(frozen=True)
class Villages:
    """A list of villages: its heading, what it is, its rows, and how many are not shown."""

    heading: str
    about: str
    columns: Texts
    rows: tuple[Texts, ...]
    listed: bool = False
    """Whether the ledger lists them; else they are figures."""


@dataclass(frozen=True)
class Reports:
    """Forms × the last months, states as the register of reports has them."""

    heading: str
    months: Texts
    forms: tuple[tuple[str, Texts], ...]
    """Each form's name with the state of each month (`completeness.STATES`)."""
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """All that stands on one township's page."""

    code: str
    name: str
    county: str
    when: str
    stamp: Texts
    verdict: str
    """The code that colours the finding: the ledger's."""
    finding: str
    lines: Texts
    rows: tuple[Row, ...]
    row_notes: Texts
    curves: tuple[Curve, ...]
    villages: Villages
    reports: Reports
    checks: Texts
    items: tuple[Texts, ...]
    ahead: Texts
    notes: Texts
