"""What a changed card would make of the newest month: built as marts are, in a place of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.measured import PREFIX, Measured, from_table
from shortplank.records.settings_changes import Texts, tried
from shortplank.store import Store
from shortplank.store.edition import Edition
from shortplank.store.mart_files import MartFiles, edition_months
from shortplank.store.marts import MartBuilder, read_marts
from shortplank.wording.naming import home_units
from shortplank.wording.numbers import count_text, value_text
from shortplank.wording.periods import WINDOW_LABELS, month_text
from shortplank.wording.verdicts import STATE_WORDS

NOTHING = "–"


@dataclass(frozen=True)
class Preview:
    """A card's figures of a month as they are and as they would be: the county, its townships."""

    month: date
    window: Window
    item: Indicator
    after: Measured
    before: Measured | None
    before_item: Indicator | None

    @property
    def changed(self) -> int:
        """Return of how many areas the figure would be another."""
        return sum(old != new for _, old, new in self._texts())

    def _texts(self) -> list[tuple[str, str, str]]:
        found = []
        for place, name in enumerate(self.after.names):
            at = self.before.index(self.after.codes[place]) if self.before else None
            old = NOTHING
            if self.before is not None and self.before_item is not None and at is not None:
                old = _text(self.before_item, self.before, at)
            found.append((name, old, _text(self.item, self.after, place)))
        return found

    @property
    def sentence(self) -> str:
        """Return which month is looked at, and how much would be another."""
        of = f"{month_text(self.month)}{WINDOW_LABELS[self.window]}"
        if self.before is None:
            return f"{of}的数，按这张新卡片算出"
        units = len(self.after.names) - 1
        if not self.changed:
            return f"{of}：全县和 {units} 个{home_units()}的数都不变"
        return f"{of}：全县和 {units} 个{home_units()}里，{self.changed} 个的数会变"

    def table(self) -> pa.Table:
        """Return the figures as a table: now, then, and what the new ones are made of."""
        rows = self._texts()
        return pa.table(
            {
                "单位": [name for name, _, _ in rows],
                "现在": [old for _, old, _ in rows],
                "改后": [new for _, _, new in rows],
                "分子": [_count(each) for each in self.after.x],
                "分母": [_count(each) for each in self.after.n],
            }
        )


def _text(item: Indicator, measured: Measured, place: int) -> str:
    state = measured.state[place]
    if state not in ("ok", "zero"):
        return STATE_WORDS.get(state, NOTHING)
    return value_text(item, float(measured.value[place]))


def _count(value: float) -> str:
    return NOTHING if np.isnan(value) else count_text(value)


def preview(store: Store, ws: Workspace, key: str, texts: Texts) -> Preview | None:
    """Return an indicator's newest figures by changed texts beside the present ones.

    None where there is no month yet, or no figure that is counted. `WorkspaceError` where the
    workspace could not be opened with the texts.
    """
    contents = {name: None if text is None else text.encode() for name, text in texts.items()}
    after, edition = tried(store.root, contents).at(ws.settings.home), store.edition()
    months, item, old = (
        edition_months(after, edition),
        after.indicators[key],
        ws.indicators.get(key),
    )
    if not months or item.kind == "published":
        return None
    window = item.default_window
    made = _measured(after, key, edition, months[-1], window)
    seen = None
    if old is not None and window in old.windows and old.kind != "published":
        seen = _measured(ws, key, edition, months[-1], window)
    return Preview(months[-1], window, item, made, seen, old)


def _measured(ws: Workspace, key: str, edition: Edition, month: date, window: Window) -> Measured:
    """Return one indicator of a month, built by the marts' own builder where nobody reads it."""
    with tempfile.TemporaryDirectory(prefix="shortplank-") as made:
        alone = replace(ws, path=Path(made), indicators={key: ws.indicators[key]})
        builder = MartBuilder(alone, edition, only=frozenset({month}))
        full = window != "r12" or MartFiles(alone, edition).has_full_year(month)
        rows = read_marts(builder, _of_home(ws))
    names = {code: area.name for code, area in ws.area_by_code.items()}
    return _in_order(ws.indicators[key], rows, window, names, full=full)


def _of_home(ws: Workspace) -> pc.Expression:
    home = ws.settings.home
    return (pc.field("area_code") == home) | (
        (pc.field("parent_code") == home) & (pc.field("level") == "township")
    )


def _in_order(
    item: Indicator, rows: pa.Table, window: Window, names: Mapping[str, str], *, full: bool
) -> Measured:
    """Return the rows with the county before its townships, those by their codes."""
    assert f"{PREFIX[window]}numerator" in rows.column_names
    rows = rows.sort_by([("level", "ascending"), ("area_code", "ascending")])
    codes = rows["area_code"].to_pylist()
    named = rows.append_column("name", pa.array([names.get(code, code) for code in codes]))
    return from_table(item, named, window, full=full)
