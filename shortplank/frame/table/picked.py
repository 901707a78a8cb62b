"""The row of a table that somebody picks: a component that shows nothing and tells the server."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from shortplank.frame.table.html_table import class_of

COMPONENT = "shortplank.picked"


def picked_row(key: str) -> int | None:
    """Return the number of the row that was picked in the table of a key, None for none.

    The table is one that `html_table` made with ``picks``.
    """
    row = chosen(st.session_state.get(f"{key}-picked"))
    data = {"table": class_of(key), "row": row}
    component()(key=f"{key}-picked", data=data, on_row_change=_nothing_more)
    return row


def chosen(sent: Any) -> int | None:
    """Return the row that the browser names, None where it names none.

    >>> chosen({"row": 2}), chosen({"row": None}), chosen({"row": -1}), chosen(None)
    (2, None, None, None)
    """
    row = (sent or {}).get("row")
    return row if isinstance(row, int) and not isinstance(row, bool) and row >= 0 else None


def _nothing_more() -> None:
    """Let a pick run the page: what is asked for stands in the state by then."""


@cache
def component() -> Any:
    """Return what mounts the component: its file is named in pyproject.toml."""
    return st.components.v2.component(COMPONENT, js="picked.js")
