"""Phrases carry their meaning on hover: safely, once, and nowhere inside of a link or a picture."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
import streamlit as st
from markupsafe import Markup

from shortplank.frame.html import anchor, explained, paragraph, write_html
from shortplank.wording.glossary import PHRASES
from shortplank.wording.judged import ALIKE, LISTED

MEANING = {each.text: each.means for each in PHRASES}


class Heard(HTMLParser):
    """The texts of a piece of HTML, and the meanings that its phrases carry."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.terms: list[dict[str, str | None]] = []
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "abbr":
            self.terms.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_phrase_carries_its_meaning_where_it_is_first_met() -> None:
    told = f"a < b & c: 16 个村{ALIKE}，{LISTED}；也{ALIKE}"
    heard = Heard(explained(paragraph(told, "say")))
    assert "".join(heard.texts) == told
    assert [term["title"] for term in heard.terms] == [MEANING[ALIKE], MEANING[LISTED]]
    assert all(term["tabindex"] == "0" for term in heard.terms)


@pytest.mark.parametrize(
    "body",
    [
        anchor(f"./trends?a={ALIKE}", ALIKE),
        Markup("<svg><text>{}</text></svg>").format(ALIKE),
        Markup('<img alt="{}">').format(f"> {ALIKE}"),
        Markup("<details><summary>{}</summary></details>").format(ALIKE),
        Markup("<p>16 个村</p>"),
    ],
)
def test_links_pictures_and_attributes_stay_as_they_are(body: Markup) -> None:
    assert explained(body) == body


def test_what_stands_behind_a_link_is_marked_again() -> None:
    body = Markup("<p>{}{}</p>").format(anchor("/x", "湖渡镇"), LISTED)
    assert explained(body).endswith(f">{LISTED}</abbr></p>")
    assert explained(explained(body)) == explained(body)


@pytest.mark.parametrize(("query", "marked"), [({}, True), ({"present": "1"}, False)])
def test_a_hall_reads_plain_text(
    monkeypatch: pytest.MonkeyPatch, query: dict[str, str], marked: bool
) -> None:
    written: list[Any] = []
    monkeypatch.setattr(st, "html", written.append)
    monkeypatch.setattr(st, "query_params", query)
    write_html(paragraph(ALIKE))
    assert bool(re.search("<abbr", written[0]._repr_html_())) is marked
