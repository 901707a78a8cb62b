"""A table of counts that are typed or pasted: nothing that somebody typed is lost on the way.

Streamlit's own editor mounts a field only when a key is pressed in a cell, and what is typed until
the field stands is dropped. Here every cell is a field from the beginning, and the browser keeps
what stands in it until the server says that it has taken it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

HINT = "Enter 到下一行，Tab 到下一格；电子表格里的一块可以整块粘贴。"


@dataclass(frozen=True)
class Cell:
    """A field, by its name and by what a reader of screens calls it; or a fixed text."""

    name: str = ""
    about: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class Row:
    """A row by its label, with a cell a column."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sent:
    """What the browser sent last: the message's number, and every field that was changed in it."""

    number: int
    fields: Mapping[str, str]


def sent(key: str) -> Sent | None:
    """Return what the browser of this session has sent from a grid, None where it sent nothing."""
    typed = (st.session_state.get(key) or {}).get("typed")
    if not isinstance(typed, dict) or not isinstance(typed.get("fields"), dict):
        return None
    fields = {str(name): str(text) for name, text in typed["fields"].items()}
    return Sent(int(typed.get("number", 0)), fields)


def write_grid(
    key: str,
    label: str,
    corner: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Row],
    values: Mapping[str, int],
    *,
    taken: int,
    wrong: Collection[str],
) -> None:
    """Write a grid: ``columns`` are labels with what they mean, ``corner`` stands above the rows.

    ``taken`` is the number of the last message whose fields are in ``values``, or in ``wrong``
    where they are no counts: until then the browser sends them again.
    """
    _component()(
        key=key,
        data={
            "label": label,
            "hint": HINT,
            "corner": corner,
            "columns": [{"label": name, "about": about} for name, about in columns],
            "rows": [
                {
                    "label": row.label,
                    "fields": [cell.name for cell in row.cells],
                    "about": [cell.about for cell in row.cells],
                    "fixed": [None if cell.name else cell.fixed for cell in row.cells],
                }
                for row in rows
            ],
            "values": values,
            "taken": taken,
            "wrong": sorted(wrong),
        },
        on_typed_change=_nothing,
    )


@cache
def _component() -> Any:
    """Return the component; its script is a file, as the page's rules want it."""
    return st.components.v2.component(
        "shortplank.count_grid",
        html='<div class="counts"><p class="line"></p>'
        '<div class="scroll"><table></table></div></div>',
        css="count_grid.css",
        js="count_grid.js",
    )


def _nothing() -> None:
    """Take note of nothing: the run that follows reads what was sent."""
