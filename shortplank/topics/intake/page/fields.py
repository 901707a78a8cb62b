"""The fields of a form in the browser: what they show, and what comes back from them.

Our own component (`assets/fields.js`). Streamlit's grid opens an editor over the cell at the first
key and drops the keys that come before it has the focus, and what is typed while the connection is
lost. Here a field is an element of the page; what is typed is sent until the server confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from shortplank.ingest.filling import Field
from shortplank.ingest.numbers import BLANK, OK, Grouping, parse_count

COMPONENT = "shortplank.fields"


@dataclass(frozen=True)
class Head:
    """A row or a column: its key, what is written at it, and more about it."""

    key: str
    label: str
    about: str = ""


@dataclass(frozen=True)
class Sheet:
    """Fields as they are laid out: places by counts, or as a list the counts of one place."""

    form: str
    """Tells forms apart in the browser, which keeps for each what was not confirmed."""
    label: str
    places: Sequence[Head]
    counts: Sequence[Head]
    before: str
    title: str = ""
    """Stands over a list; where it changes, the browser goes to its top."""
    is_list: bool = False

    def cells(self) -> list[list[Field]]:
        """Return the fields, a row of them a row that is drawn."""
        if self.is_list:
            return [[(self.places[0].key, count.key)] for count in self.counts]
        return [[(place.key, count.key) for count in self.counts] for place in self.places]


@dataclass(frozen=True)
class Typed:
    """What the browser sends: all texts that are not confirmed to it, and up to which change."""

    token: str
    number: int
    texts: Mapping[Field, str]


def count_of(text: str, grouping: Grouping = "thousands") -> int | str | None:
    """Return the count that a text spells as a cell of the form would, None for a blank.

    The text itself is returned where it is no count.

    >>> count_of(" 2,001 "), count_of("１２"), count_of("3.0"), count_of(""), count_of("3.5")
    (2001, 12, 3, None, '3.5')
    """
    number, state = parse_count(text, grouping)
    return None if state == BLANK else number if state == OK else text


def typed(key: str) -> Typed | None:
    """Return what the fields have sent last, None where nothing was or it cannot be read."""
    sent: Any = (st.session_state.get(key) or {}).get("typed")
    try:
        texts = {(str(area), str(measure)): str(text) for area, measure, text in sent["cells"]}
        return Typed(str(sent["token"]), int(sent["number"]), texts)
    except (TypeError, KeyError, ValueError):
        return None


def write_fields(
    key: str,
    sheet: Sheet,
    texts: Mapping[Field, str],
    before: Mapping[Field, int],
    wrong: Sequence[Field],
    confirmed: tuple[str, int],
    on_typed: Callable[[], None],
) -> None:
    """Write the fields with their texts, and the count of the period before beside each.

    ``confirmed`` is the token of who listens here, and the last change that it has kept.
    """
    cells = sheet.cells()
    heads = (sheet.counts, sheet.places) if sheet.is_list else (sheet.places, sheet.counts)
    last = {cell: before.get(cell) for row in cells for cell in row}
    hint = "" if sheet.is_list or not before else f"格里的小字是{sheet.before}的数。"
    data = {
        "form": sheet.form,
        "label": sheet.label,
        "title": sheet.title,
        "list": sheet.is_list,
        "corner": "项目" if sheet.is_list else "单位",
        "before": sheet.before,
        "rows": [_head(head) for head in heads[0]],
        "columns": [_head(head) for head in heads[1]],
        "told": [[_told(sheet, last[cell]) for cell in row] for row in cells],
        "lasts": [["" if last[c] is None else str(last[c]) for c in row] for row in cells],
        "values": [[texts.get(cell, "") for cell in row] for row in cells],
        "wrong": ["|".join(cell) for cell in wrong],
        "token": confirmed[0],
        "confirmed": confirmed[1],
        "words": {"hint": hint, "beyond": "粘贴的比表格大，表格外的 {} 格没有填。"},
    }
    _component()(key=key, data=data, on_typed_change=on_typed)


def _head(head: Head) -> dict[str, str]:
    return {"key": head.key, "label": head.label, "about": head.about}


def _told(sheet: Sheet, count: int | None) -> list[str]:
    return [] if count is None or sheet.is_list else [f"{sheet.before} {count:,}"]


@cache
def _component() -> Any:
    """Return what mounts the component: its files are named in pyproject.toml."""
    return st.components.v2.component(COMPONENT, js="fields.js", css="fields.css")
