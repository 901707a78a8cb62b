"""Legends and lists as HTML, made safely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from shortplank.drawing.theme import Tokens
from shortplank.frame.html import bullets, joined, paragraph
from shortplank.wording.verdicts import VERDICT_MARKS


def legend(tokens: Tokens, wording: Callable[[str], str | None], codes: Sequence[str]) -> Markup:
    """Return the legend: mark and word of each verdict, in its colour."""
    told = {code: text for code in dict.fromkeys(codes) if (text := wording(code))}
    return marks_legend(
        (tokens.verdict(code), VERDICT_MARKS[code], text) for code, text in told.items()
    )


def marks_legend(rows: Iterable[tuple[str, str, str]]) -> Markup:
    """Return a legend of (colour, mark, what it means)."""
    item = Markup('<span><span style="color:{}">{}</span> {}</span>')
    return Markup('<div class="legend">{}</div>').format(joined(item.format(*row) for row in rows))


def plain_list(lines: Sequence[str], empty: str) -> Markup:
    """Return lines as a list, or what stands for none."""
    return bullets(lines) if lines else paragraph(empty)
