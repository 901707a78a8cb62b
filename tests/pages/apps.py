"""A page in AppTest: opened with a link's parameters, and what it says."""

from __future__ import annotations

import re
from html import unescape

from streamlit.testing.v1 import AppTest

from tools.browser import REPOSITORY


def opened(page: str, **query: str) -> AppTest:
    """Return a page that has run without a fault."""
    test = AppTest.from_file(str(REPOSITORY / "pages" / f"{page}.py"), default_timeout=120)
    for key, value in query.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception and not test.error, [error.value for error in test.error]
    return test


def text(test: AppTest) -> str:
    """Return all that a page says in words."""
    kinds = ("html", "info", "warning")
    return unescape("\n".join(str(e.value) for kind in kinds for e in test.get(kind)))


def title(test: AppTest) -> str:
    """Return a page's finding."""
    match = re.search(r'<h1 class="finding">(.*?)</h1>', text(test))
    assert match
    return match.group(1)
