"""What imports let through: the rules that reports broke without being stopped."""

from __future__ import annotations

import pyarrow as pa

from shortplank.reading.view import View
from shortplank.store import journal
from shortplank.store.names import known_names, shown_name, shown_sheet
from shortplank.store.posts import lines_of


def import_notes(view: View) -> pa.Table:
    """Return the rules that reports broke without being stopped, with their cells, newest first.

    For analysts: a note may hold a village's exact counts.
    """
    rows = []
    if view.may("see_exact"):
        for line in lines_of(view.ws, journal.IMPORT_WARNINGS):
            number = int(line.get("edition", 0))
            if 0 < number <= view.edition:
                rows += [(number, found) for found in line.get("findings", [])]
    rows.sort(key=lambda row: -row[0])
    known = known_names(area.name for area in view.ws.areas) if rows else frozenset()
    return pa.table(
        {
            "版次": [f"第{number}版" for number, _ in rows],
            "文件": [shown_name(str(found.get("file") or ""), known) for _, found in rows],
            "工作表": [shown_sheet(str(found.get("sheet") or ""), known) for _, found in rows],
            "单元格": [str(found.get("cell") or "") for _, found in rows],
            "提示": [str(found.get("message") or "") for _, found in rows],
        }
    )
