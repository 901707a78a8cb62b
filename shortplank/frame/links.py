"""Links between pages, all made here: relative, so that they hold under whatever path we serve."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from shortplank.reading.view import View
from shortplank.wording.periods import month_key


def address(page: str, query: Mapping[str, str]) -> str:
    """Return the address of a page as seen from any other: pages stand beside each other.

    >>> address("trends", {"month": "2010-05"}), address("imports", {})
    ('./trends?month=2010-05', './imports')
    """
    return f"./{page}?{urlencode(query)}" if query else f"./{page}"


def link(page: str, view: View, **changes: str) -> str:
    """Return a link to a page with the view's month and edition, and its county where it needs."""
    query = {**county_of(view), "month": month_key(view.month), **changes}
    if view.edition != view.engine.newest():
        query["edition"] = str(view.edition)
    return address(page, query)


def county_of(view: View) -> dict[str, str]:
    """Return what a link says of the view's county: nothing where who looks has it without."""
    home = view.county.area_code
    return {} if home == view.actor.seat(view.ws) else {"county": home}
