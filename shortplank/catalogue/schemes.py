"""The scheme: what heads the overview, and how the composite, inspections and points weigh."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from shortplank.catalogue.base import Identifier, Strict, Window


class CompositeItem(Strict):
    """One part of the composite: weight and the linear score's floor and goal."""

    indicator: str
    """The indicator that is scored."""
    weight: float = Field(gt=0)
    """Its weight; weights need not add up to 100."""
    floor: float
    """The value that scores 0."""
    goal: float
    """The value that scores full marks; below the floor where less is better."""


class InspectionRule(Strict):
    """How an inspection by drawing villages is planned, and what its result costs."""

    valid_from: date
    """The day from which marks are lost; in earlier months none are."""
    source: str
    """The document that sets the rule, shown beside it."""
    villages: int = Field(6, ge=1)
    """How many villages are drawn, before the reader changes it."""
    townships: int = Field(3, ge=1)
    """How many townships are drawn first in a draw by two stages."""
    points_per_weak: float = Field(ge=0)
    """Marks lost for every weak village drawn."""
    points_missed: float = Field(ge=0)
    """Marks lost where the drawn result misses the line."""
    most: float = Field(ge=0)
    """The most marks that one inspection can cost."""


class PointsRule(Strict):
    """One mark of the monthly points: an indicator scored linearly, or corrections made oneself.

    A ``correction`` only adds: so many marks for a month in which the township corrected an
    earlier one, without taking part in what can be earned.
    """

    id: Identifier
    """The rule's own name, unlike the others'."""
    label: str
    """The rule's name as the page shows it."""
    kind: Literal["indicator", "correction"] = "indicator"
    """Whether an indicator is scored, or a correction that the township made itself."""
    indicator: str | None = None
    """The indicator that is scored: of services or quality only, never on births."""
    window: Window = "month"
    """Over which period the indicator is scored."""
    weight: float = Field(gt=0)
    """The full marks."""
    floor: float = 0
    """The value that scores 0."""
    goal: float = 100
    """The value that scores full marks; it differs from the floor."""

    @model_validator(mode="after")
    def _parts_fit_kind(self) -> PointsRule:
        if self.kind == "indicator" and (not self.indicator or self.floor == self.goal):
            raise ValueError("计分须写明 indicator，floor 与 goal 不能相等")
        return self


class PointsScheme(Strict):
    """The points' rules from a day on; a later version leaves earlier months as they were."""

    version: int
    """Number of the version, shown with every mark."""
    valid_from: date
    """The day from which this version holds, until that of a later one."""
    source: str
    """The document that sets the rules."""
    rules: tuple[PointsRule, ...]
    """The marks of a month."""


class Scheme(Strict):
    """What heads the overview, and the composite's weights."""

    version: int = 1
    """The county's own number of this file; the product does not read it."""
    valid_from: date | None = None
    """The day from which the county uses this file, as a note; the product does not read it."""
    headline: tuple[str, ...] = ()
    """The indicators that head the overview, in order; a blank catalogue has none yet."""
    default_indicator: str | None = None
    """The indicator that pages open with; without it the first that heads the overview."""
    short_plank_default: str | None = None
    """The indicator whose villages the overview and the papers name as short planks."""
    keep_rank: int | None = None
    """The rank that the county wants to keep: the forecast of the year's end tells its chance."""
    composite: tuple[CompositeItem, ...] = ()
    """The parts of the composite score; without any there is none."""
    points: tuple[PointsScheme, ...] = ()
    """The versions of the monthly points; without any there are none."""
    inspection: InspectionRule | None = None
    """The rule of inspections by drawing villages."""
    note: str = ""
    """A sentence that stands beside the composite."""
