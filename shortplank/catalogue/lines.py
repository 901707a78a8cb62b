"""Lines of the registers: one model a CSV file, and an area as it is held in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field

from shortplank.catalogue.base import AreaCode, Day, Level, Strict


class AreaLine(Strict):
    """One line of ``areas.csv``, as it is checked."""

    area_code: AreaCode
    """Code of the area; two lines may share one only as two periods of one area."""
    parent_code: str = ""
    """Code of the area above: a village's township, a township's county, a county's province;
    blank for a province."""
    level: Level
    """Level of the area."""
    name: str
    """Name, as reports write it and pages show it."""
    kind: str = ""
    """What it is called locally (镇, 乡, 街道, 社区); for people only."""
    valid_from: Day
    """First day of this line."""
    valid_to: Day | None = None
    """Last day of this line; blank while it stands."""


_OFTEN = ("parent_code", "level", "kind", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Area:
    """An area in one of its periods: a quarter of a checked line's memory, for a nation's sake."""

    area_code: str
    parent_code: str
    level: Level
    name: str
    kind: str = ""
    valid_from: date = date.min
    valid_to: date | None = None

    @classmethod
    def of(cls, line: AreaLine, shared: dict[Any, Any]) -> Area:
        """Return a line's area; values that many lines have are held once, in ``shared``."""
        values: dict[str, Any] = {k: shared.setdefault(v, v) for k, v in line if k in _OFTEN}
        return cls(area_code=line.area_code, name=line.name, **values)


class Successor(Strict):
    """One line of ``successors.csv``: where a merged or renamed village's history goes."""

    old_code: AreaCode
    """Code of the area that is no more; it has one successor."""
    new_code: AreaCode
    """Code of the area that goes on."""
    valid_from: Day = Field(alias="from")
    """The day from which the old area counts for the new one; earlier months stay as they were."""


class Alias(Strict):
    """One line of ``aliases.csv``: another spelling of an area's name."""

    area_code: AreaCode
    """Code of the area."""
    alias: str
    """The other spelling, as a report writes it."""


class Peer(Strict):
    """One line of ``peers.csv``: a county that is compared with, in one of its periods."""

    area_code: AreaCode
    """Code of the county; the workspace's own stands among its peers."""
    name: str
    """Name of the county."""
    class_: str = Field(alias="class")
    """Class in which the province ranks it (一类)."""
    group: str
    """Group or region, by which peers may be told apart."""
    valid_from: Day
    """First day in this class and group."""
    valid_to: Day | None = None
    """Last day in it; blank while it lasts."""


class ClassYear(Strict):
    """One line of ``class_history.csv``: a county's class in one statistical year."""

    statistical_year: int
    """The statistical year, named by the year that it ends in."""
    area_code: AreaCode
    """Code of the county."""
    class_: str = Field(alias="class")
    """Class in that year."""
    group: str
    """Group or region in that year."""


class Status(Strict):
    """One line of ``registers/status.csv``: a title or a warning that an area holds."""

    area_code: AreaCode
    """Code of the area."""
    status: str
    """The title or the warning."""
    valid_from: Day
    """First day."""
    valid_to: Day | None = None
    """Last day; blank while it lasts."""
    source: str
    """The document that says so."""


class Support(Strict):
    """One line of ``registers/support.csv``: a post or unit, never a person."""

    area_code: AreaCode
    """Code of the area that is supported."""
    role: str
    """What the unit is to the area (联系乡镇, 帮扶单位)."""
    unit: str
    """The post or unit that supports it, never a person's name."""
    valid_from: Day
    """First day."""
    valid_to: Day | None = None
    """Last day; blank while it lasts."""
    source: str
    """The document that says so."""


class Post(Strict):
    """One line of ``registers/posts.csv``: a post of an area's offices, never a person."""

    area_code: AreaCode
    """Code of the area whose office has the post."""
    post: str
    """The post, never a person's name: who is asked, or signs a command, is chosen from these."""
    valid_from: Day
    """First day, as a note."""
    valid_to: Day | None = None
    """Last day, as a note: a post that is gone is taken off the register."""
    source: str
    """The document that lists it."""


class Target(Strict):
    """One line of ``registers/targets.csv``: what an area shall reach in one year."""

    area_code: AreaCode
    """Code of the area; the indicator must exist at its level."""
    indicator: str
    """The indicator's id."""
    statistical_year: int
    """The statistical year, named by the year that it ends in."""
    target: float
    """The value to be reached, in the indicator's unit."""
    source: str
    """The document that sets it."""
