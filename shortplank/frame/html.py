"""HTML as a type: whatever is not `Markup` yet is escaped when it is put into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st
from markupsafe import Markup

NOTHING = Markup("")


def write_html(body: Markup) -> None:
    """Write a piece of HTML onto the page."""
    st.html(body)


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


def anchor(href: str, text: str) -> Markup:
    """Return a link that stays in its tab.

    >>> anchor("/trends?a=1&b=2", "走势")
    Markup('<a href="/trends?a=1&amp;b=2" target="_self">走势</a>')
    """
    return Markup('<a href="{}" target="_self">{}</a>').format(href, text)


def cells(texts: Iterable[str], tag: str = "td") -> Markup:
    """Return a row's cells.

    >>> cells(["甲", "1"], "th")
    Markup('<th>甲</th><th>1</th>')
    """
    mark = Markup(f"<{tag}>{{}}</{tag}>")
    return joined(mark.format(text) for text in texts)


def table(heads: Sequence[str], rows: Iterable[Markup], kind: str = "list") -> Markup:
    """Return a table; its first column names the places, ``rows`` are ``<tr>`` already."""
    first, *others = heads
    top = Markup('<th class="place">{}</th>{}').format(first, cells(others, "th"))
    return Markup('<table class="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        kind, top, joined(rows)
    )
