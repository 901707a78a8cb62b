"""Which indicators a page can be about: pages offer them, and links to a page name no others."""

from __future__ import annotations

from shortplank.catalogue.models import Indicator


def with_months(item: Indicator) -> bool:
    """Return whether an indicator is counted here, month by month."""
    return item.kind != "published"


def by_township(item: Indicator) -> bool:
    """Return whether townships have a value of an indicator."""
    return "township" in item.levels


def is_sex_ratio(item: Indicator) -> bool:
    """Return whether an indicator is a sex ratio at birth."""
    return item.interval == "srb"


def _of_policy(item: Indicator) -> bool:
    return item.family == "births" and item.historical


def for_villages(item: Indicator) -> bool:
    """Return whether an indicator can be somebody's short plank.

    Service and quality by village, and births as the policies of their time counted them; births
    as such are no plank of anything.
    """
    return "village" in item.levels and (item.helpable or _of_policy(item))


def for_draws(item: Indicator) -> bool:
    """Return whether an inspection of villages can be rehearsed on an indicator.

    Service and quality with a direction; births only as the policies of their time counted them,
    and then only as the number of villages over the upper band's edge, never as a lever.
    """
    directed = item.kind == "ratio" and item.polarity in ("up", "down")
    return for_villages(item) and directed
