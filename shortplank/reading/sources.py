"""Where a figure comes from: the report, its file and the cell that each count was read from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from shortplank.reading.view import View
from shortplank.store.names import known_names, shown_name, shown_sheet


@dataclass(frozen=True)
class Source:
    """One report of one month: its form, when it came, and the file and sheet it stood in."""

    form: str
    label: str
    revision: int
    received: date | None
    file: str
    sha256: str
    sheet: str
    cells: dict[str, str]
    """The cell of each measure of the area, A1 style ("C7", "C7+D7" where parts were added)."""


def sources(view: View, area: str, month: date) -> list[Source]:
    """Return the reports behind an area's figures of one month, the last revision of each last.

    A report that came without a workbook (a generated or converted one) has no cells.
    """
    rows = view.ask("sources_by_area", area=area, month=month).to_pylist()
    known = known_names(each.name for each in view.ws.areas) if rows else frozenset()
    return [_source(row, area, known) for row in rows]


def _source(row: dict[str, Any], area: str, known: frozenset[str]) -> Source:
    """Return one report; names kept before they were guarded are guarded here."""
    about = _parsed(row["cells"])
    return Source(
        form=row["form"],
        label=row["form_label"],
        revision=row["revision"],
        received=row["received_at"],
        file=shown_name(str(about.get("file", "")), known),
        sha256=row["file_sha256"] or "",
        sheet=shown_sheet(row["sheet"] or "", known),
        cells=_cells(about, area),
    )


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _cells(about: dict[str, Any], area: str) -> dict[str, str]:
    """Return the cells of an area's row; where a table went on in blocks, where they stood.

    >>> about = {"columns": {"deaths": "C", "births": "D+E"}, "rows": {"1": 7}}
    >>> _cells(about, "1")
    {'deaths': 'C7', 'births': 'D7+E7'}
    """
    row, moved = about.get("rows", {}).get(area), about.get("moved", {})
    if row is None:
        return {}
    return {
        measure: "+".join(
            moved.get(f"{column}{row}", f"{column}{row}") for column in columns.split("+")
        )
        for measure, columns in about.get("columns", {}).items()
    }


def sources_table(view: View, found: Iterable[Source]) -> pa.Table:
    """Return the reports, a line a count, with Chinese headings."""
    measures, lines = view.ws.measures, []
    for source in found:
        own = source.cells or {"": ""}
        lines += [
            {
                "报表": source.label,
                "第几次报": source.revision,
                "收到": source.received.isoformat() if source.received else "",
                "文件": source.file or "（没有工作簿）",
                "工作表": source.sheet,
                "数": measures[measure].label if measure in measures else measure,
                "单元格": cell,
            }
            for measure, cell in own.items()
        ]
    names = ("报表", "第几次报", "收到", "文件", "工作表", "数", "单元格")
    return pa.table({name: [line[name] for line in lines] for name in names})
