"""HTML as a type: whatever is not `Markup` yet is escaped when it is put into one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st
from markupsafe import Markup

from shortplank.frame import history
from shortplank.wording.glossary import phrases_in

NOTHING = Markup("")
_TAG = re.compile(r"(<[^>]*>)")
# No meaning is opened inside of what leads elsewhere, opens something else, or is drawn.
_SHUT = re.compile(r"<(/?)(?:a|abbr|summary|svg|style|script|th|dt)\b")


def write_html(body: Markup, *, explain: bool = True) -> None:
    """Write a piece of HTML onto the page; outside of a hall its phrases say what they mean."""
    st.html(_Made(explained(body) if explain and not in_hall() else body))


@dataclass(frozen=True)
class _Made:
    """Finished HTML, as Streamlit takes it from an object: it looks for no file of that name."""

    body: str

    def _repr_html_(self) -> str:
        return self.body


def in_hall() -> bool:
    """Return whether the link asks for projection."""
    return history.said("present") == "1"


# A page's pieces are the same for all who look at the same: their phrases are looked for once.
@lru_cache(maxsize=1000)
def explained(body: Markup) -> Markup:
    """Return HTML in which every phrase of the glossary, where first met, carries its meaning.

    >>> explained(paragraph("16 个村看不出差别")).split(' title="')[0]
    Markup('<p>16 个村<abbr class="term" tabindex="0"')
    """
    if not phrases_in(body):
        return body
    parts, depth, met = list[str](), 0, set[str]()
    for piece in _TAG.split(body):
        if shut := _SHUT.match(piece):
            depth += -1 if shut.group(1) else 1
        parts.append(piece if depth or piece.startswith("<") else _marked(piece, met))
    return Markup("".join(parts))


def _marked(text: str, met: set[str]) -> str:
    """Return escaped text with the phrases marked that were not ``met`` before, and note them."""
    mark = Markup('<abbr class="term" tabindex="0" title="{}">{}</abbr>')
    parts, done = list[str](), 0
    for start, end, phrase in phrases_in(text):
        if phrase.text not in met:
            met.add(phrase.text)
            parts += [text[done:start], mark.format(phrase.means, Markup(text[start:end]))]
            done = end
    return "".join([*parts, text[done:]])


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Return pieces in a row.

    >>> joined(["a < b", Markup("<br>")])
    Markup('a &lt; b<br>')
    """
    return Markup(between).join(parts)


def bullets(items: Iterable[str], kind: str = "plain") -> Markup:
    """Return a list, an item a line.

    >>> bullets(["甲", "乙"])
    Markup('<ul class="plain"><li>甲</li><li>乙</li></ul>')
    """
    lines = joined(Markup("<li>{}</li>").format(item) for item in items)
    return Markup('<ul class="{}">{}</ul>').format(kind, lines)


def paragraph(text: str, kind: str = "") -> Markup:
    """Return a paragraph of a class, or of none.

    >>> paragraph("好", "say"), paragraph("好")
    (Markup('<p class="say">好</p>'), Markup('<p>好</p>'))
    """
    if not kind:
        return Markup("<p>{}</p>").format(text)
    return Markup('<p class="{}">{}</p>').format(kind, text)


def part_html(heading: str, body: Markup) -> Markup:
    """Return a part of a page under its heading."""
    return Markup('<h2 class="part">{}</h2>{}').format(heading, body)


def anchor(href: str, text: str) -> Markup:
    """Return a link that stays in its tab.

    >>> anchor("./trends?a=1&b=2", "走势")
    Markup('<a href="./trends?a=1&amp;b=2" target="_self">走势</a>')
    """
    return Markup('<a href="{}" target="_self">{}</a>').format(href, text)


def cells(texts: Iterable[str], tag: str = "td") -> Markup:
    """Return a row's cells.

    >>> cells(["甲", "1"], "th")
    Markup('<th>甲</th><th>1</th>')
    """
    mark = Markup(f"<{tag}>{{}}</{tag}>")
    return joined(mark.format(text) for text in texts)


def table(
    heads: Sequence[str], rows: Iterable[Markup], kind: str = "list", *, sortable: bool = False
) -> Markup:
    """Return a table; its first column names the places, ``rows`` are ``<tr>`` already.

    Where it is wider than the screen it scrolls in its own box; a ``sortable`` one is sorted by
    its headings, by `gate/assets/tables.js`.
    """
    head = Markup(' aria-sort="none"><button type="button">{}</button>' if sortable else ">{}")
    first, *others = (head.format(each) for each in heads)
    top = Markup('<th class="place"{}</th>').format(first)
    top += joined(Markup("<th{}</th>").format(each) for each in others)
    return Markup(
        '<div class="sideways"><table class="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody>'
        "</table></div>"
    ).format(kind, top, joined(rows))
