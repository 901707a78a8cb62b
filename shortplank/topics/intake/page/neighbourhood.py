"""A cell and what stands around it, as HTML: what a finding points at."""

from __future__ import annotations

import re

from shortplank.frame.styles import escape
from shortplank.ingest import Upload, neighbourhood
from shortplank.ingest.findings import column_name

AROUND = 3


def neighbourhood_html(upload: Upload, sheet: str | None, cell: str) -> str:
    """Return the rows and columns around a cell, the cell itself marked; every text escaped."""
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    if found is None:
        return ""
    row, column = int(found[2]) - 1, _place(found[1])
    top, left = max(row - AROUND, 0), max(column - AROUND, 0)
    size = 2 * AROUND + 1
    lines = neighbourhood(upload, sheet, top, size)
    if not lines:
        return ""
    names = [line[0] for line in lines]  # the areas, beside what stands further right
    texts = [line[left : left + size] for line in lines]
    head = "<th>A</th>" if left else ""
    head += "".join(f"<th>{column_name(left + n)}</th>" for n in range(len(texts[0])))
    body = "".join(
        f"<tr><th>{top + at + 1}</th>"
        + (f"<td class=place>{escape(names[at][:24])}</td>" if left else "")
        + "".join(
            f"<td{' class=fault' if (top + at, left + n) == (row, column) else ''}>"
            f"{escape(text[:24])}</td>"
            for n, text in enumerate(line)
        )
        + "</tr>"
        for at, line in enumerate(texts)
    )
    return f'<table class="list cells"><tr><th></th>{head}</tr>{body}</table>'


def _place(letters: str) -> int:
    """Return a column's place, counted from 0.

    >>> _place("A"), _place("Z"), _place("AA")
    (0, 25, 26)
    """
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
