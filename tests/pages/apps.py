"""A page in AppTest: run by itself or through the frame, and what it says and draws."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pandas as pd
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


# Each tab has a name of its own for what it may take away.
_TAB = re.compile(r"\./take/[\w-]+/")


def text(test: AppTest) -> str:
    """Return all that a page says in words; `tables` has what stands in its tables."""
    kinds = ("html", "info", "warning")
    said = "\n".join(str(e.value) for kind in kinds for e in test.get(kind))
    said = re.sub(r'<table class="data".*?</table>', "", said, flags=re.DOTALL)
    return unescape(re.sub("</?abbr[^>]*>", "", _TAB.sub("./take/", said)))


def pieces(test: AppTest) -> list[str]:
    """Return a page's pieces of HTML, but for the tab that its files are offered to."""
    return [_TAB.sub("./take/", str(each.value)) for each in test.html]


def title(test: AppTest) -> str:
    """Return a page's finding."""
    match = re.search(r'<h1 class="finding">(.*?)</h1>', text(test))
    assert match
    return match.group(1)


def folds(test: AppTest) -> list[str]:
    """Return what stands in the folds of a page that begin closed, the words on them first."""
    return re.findall(
        r'<details class="how" data-fold="[\w-]+">(.*?)</details>', text(test), re.DOTALL
    )


def charts(test: AppTest) -> list[dict[str, Any]]:
    """Return the pictures of a page as Plotly gets them."""
    found = (each.proto for each in test.get("bidi_component"))
    sent = [p.bytes.decode() for p in found if p.component_name == COMPONENT]
    return [json.loads(each.partition("\n")[2]) for each in sent]


def tables(test: AppTest) -> list[pd.DataFrame]:
    """Return the tables of a page with the values that a spreadsheet would get."""
    return [
        made
        for each in test.get("html")
        if 'class="data"' in str(each.value)
        for made in _Tables(str(each.value)).frames()
    ]


class _Tables(HTMLParser):
    """The tables of a piece of HTML: of a cell its value where it has one, else its text."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.rows: list[list[list[str | None]]] = []
        self.kinds: list[list[bool]] = []
        self.cell: list[str] | None = None
        self.exact: str | None = None
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "table":
            self.rows.append([])
            self.kinds.append([])
        elif tag == "tr":
            self.rows[-1].append([])
        elif tag in ("th", "td"):
            self.cell, self.exact = [], own.get("data-v")
            if own.get("scope") == "col":
                self.kinds[-1].append(own.get("class") == "n")

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self.cell is not None:
            shown = "".join(self.cell)
            self.rows[-1][-1].append(shown if self.exact is None else self.exact or None)
            self.cell = None

    def frames(self) -> list[pd.DataFrame]:
        """Return each table with its headings, its numbers as numbers."""
        made = []
        for (heads, *rows), kinds in zip(self.rows, self.kinds, strict=True):
            columns: dict[str | None, Any] = {}
            for at, (head, is_number) in enumerate(zip(heads, kinds, strict=True)):
                own = [row[at] for row in rows]
                columns[head] = (
                    pd.to_numeric(pd.Series(own)) if is_number else pd.Series(own, dtype=object)
                )
            made.append(pd.DataFrame(columns))
        return made


def button(test: AppTest, label: str) -> Any:
    """Return the first button whose label begins so."""
    return next(each for each in test.button if each.label.startswith(label))
