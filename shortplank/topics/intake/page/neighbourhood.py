"""A cell and what stands around it, as HTML: what a finding points at."""

from __future__ import annotations

import re

from markupsafe import Markup

from shortplank.frame.html import NOTHING, cells, joined
from shortplank.ingest import Upload, neighbourhood
from shortplank.ingest.findings import column_name

AROUND = 3


def neighbourhood_html(upload: Upload, sheet: str | None, cell: str) -> Markup:
    """Return the rows and columns around a cell, the cell itself marked."""
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    if found is None:
        return NOTHING
    row, column = int(found[2]) - 1, _place(found[1])
    top, left = max(row - AROUND, 0), max(column - AROUND, 0)
    size = 2 * AROUND + 1
    lines = neighbourhood(upload, sheet, top, size)
    if not lines:
        return NOTHING
    names = [line[0] for line in lines]  # the areas, beside what stands further right
    texts = [line[left : left + size] for line in lines]
    heads = ["A"] * bool(left) + [column_name(left + n) for n in range(len(texts[0]))]
    plain, fault = Markup("<td>{}</td>"), Markup("<td class=fault>{}</td>")
    place = Markup("<td class=place>{}</td>")
    rows = []
    for at, line in enumerate(texts):
        marked = [(top + at, left + n) == (row, column) for n in range(len(line))]
        parts = [place.format(names[at][:24])] * bool(left)
        parts += [
            (fault if here else plain).format(text[:24])
            for text, here in zip(line, marked, strict=True)
        ]
        rows.append(Markup("<tr><th>{}</th>{}</tr>").format(top + at + 1, joined(parts)))
    body = Markup(
        '<div class="sideways"><table class="list cells"><thead><tr><th></th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    )
    return body.format(cells(heads, "th"), joined(rows))


def _place(letters: str) -> int:
    """Return a column's place, counted from 0.

    >>> _place("A"), _place("Z"), _place("AA")
    (0, 25, 26)
    """
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
