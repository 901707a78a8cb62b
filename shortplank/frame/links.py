"""Links between pages: a page with the view's month and edition."""

from __future__ import annotations

from urllib.parse import urlencode

from shortplank.reading.view import View
from shortplank.wording.periods import month_key


def link(page: str, view: View, **changes: str) -> str:
    """Return a link to a page with the view's month and edition."""
    query = {"month": month_key(view.month), **changes}
    if view.edition != view.engine.newest():
        query["edition"] = str(view.edition)
    return f"/{page}?{urlencode(query)}"
