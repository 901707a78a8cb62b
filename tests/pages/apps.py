"""A page in AppTest: run by itself or through the frame, and what it says and draws."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

from shortplank.frame.chart.component import COMPONENT
from shortplank.gate.house import HERE
from tools.browser import REPOSITORY

SIGNS = HERE
"""The account that a page signs with when a test runs it."""
PATIENCE = 120
"""Seconds that a page may take on a busy machine before its test gives up."""


def run(page: str, **query: str) -> AppTest:
    """Return a page run by itself with a link's parameters, whatever became of it."""
    test = AppTest.from_file(str(REPOSITORY / "pages" / f"{page}.py"), default_timeout=PATIENCE)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def opened(page: str, **query: str) -> AppTest:
    """Return a page that has run without a fault."""
    return sound(run(page, **query))


def in_frame(page: str) -> AppTest:
    """Return a page that was gone to from the start page of the whole app."""
    test = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=PATIENCE).run()
    return test.switch_page(f"pages/{page}.py").run()


def sound(test: AppTest) -> AppTest:
    """Return a page after a look that nothing went wrong on it."""
    assert not test.exception, [error.value for error in test.exception]
    assert not test.error, [error.value for error in test.error]
    return test


def text(test: AppTest) -> str:
    """Return all that a page says in words."""
    kinds = ("html", "info", "warning")
    said = "\n".join(str(e.value) for kind in kinds for e in test.get(kind))
    return unescape(re.sub("</?abbr[^>]*>", "", said))


def title(test: AppTest) -> str:
    """Return a page's finding."""
    match = re.search(r'<h1 class="finding">(.*?)</h1>', text(test))
    assert match
    return match.group(1)


def charts(test: AppTest) -> list[dict[str, Any]]:
    """Return the pictures of a page as Plotly gets them."""
    found = (each.proto for each in test.get("bidi_component"))
    sent = [json.loads(p.json) for p in found if p.component_name == COMPONENT]
    return [json.loads(each["figure"]) for each in sent]


def button(test: AppTest, label: str) -> Any:
    """Return the first button whose label begins so."""
    return next(each for each in test.button if each.label.startswith(label))
