"""What a page's link takes, and what is looked at when somebody asks for another place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shortplank.access import Act


@dataclass(frozen=True)
class Offer:
    """One look of a page, and what its link takes; a name that is "" stands in no link."""

    page: str
    label: str
    look: str = ""
    """Key of the look in the link, "" for the one that the page opens with."""
    look_label: str = ""
    month: bool = True
    indicators: tuple[str, ...] = ()
    default: str = ""
    """The indicator that is shown where none is asked for; "" where the look needs none."""
    indicator_name: str = "indicator"
    windows: Mapping[str, str] = field(default_factory=dict)
    """Its windows' labels by their keys."""
    window_name: str = "window"
    area: Literal["", "township", "village"] = ""
    """Whose areas the look shows or marks; a village stands for its township."""
    area_name: str = "area"
    history: int = 0
    """Months of reports without which the look is not offered."""
    act: Act | None = None
    """What only who may do that is offered."""
    about: Literal["", "township", "village", "indicator"] = ""
    """What the look is made for: asked for that alone, it comes first."""

    def opens(self, page: str, look: str) -> bool:
        """Return whether a link with this page and look shows it."""
        return (self.page, self.look) == (page, look)


@dataclass(frozen=True)
class Looked:
    """What is looked at now, and what the edition holds."""

    page: str
    month: date
    months: tuple[date, ...]
    """The months of the edition, the oldest first; none in a workspace without data."""
    indicator: str = ""
    look: str = ""
    windows: Mapping[str, str] = field(default_factory=dict)
    """The windows that the link names, by the name of the parameter."""

    def history(self, month: date) -> int:
        """Return for how many months there are reports, up to a month."""
        return sum(each <= month for each in self.months)


@dataclass(frozen=True)
class Suggestion:
    """A place to go: its page, what the link holds besides what every link carries, and words."""

    page: str
    query: tuple[tuple[str, str], ...]
    sentence: str


@dataclass(frozen=True)
class Answered:
    """Places to go, the likeliest first, and what must be said beside them."""

    suggestions: tuple[Suggestion, ...] = ()
    said: tuple[str, ...] = ()


# Months of reports without which a span of several is not offered.
NEEDS = {"r12": 12, "r24": 24, "r36": 36}
