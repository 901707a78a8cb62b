"""The texts that a new workspace begins with: its settings, its county, and a catalogue."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from shortplank.catalogue.lines import AreaLine
from shortplank.catalogue.loader import BLANK, STANDARD

SETTINGS = """\
schema_version = 1
name = {name}
home = "{code}"
statistical_year_first_month = {first_month}
due_day = 5
# Commas in numbers: "thousands" (1,234,567) or "lakh" (12,34,567).
digit_grouping = "thousands"

[disclosure]
small_count = 3
round_births_to = 5
"""
FIRST_DAY = "2000-01-01"


def first_texts(
    name: str, code: str, *, blank: bool, first_month: int | None = None
) -> dict[str, str]:
    """Return the files of a new workspace by their names in it: settings, areas, catalogue.

    A ``blank`` one knows no report, and its statistical year begins in January; that of the
    standard catalogue in October. ``first_month`` is another month of it.

    >>> sorted(first_texts("山口县", "C1", blank=True))[:3]
    ['areas.csv', 'catalogue/events.toml', 'catalogue/measures.toml']
    """
    settings = SETTINGS.format(
        name=json.dumps(name, ensure_ascii=False),
        code=code,
        first_month=first_month or (1 if blank else 10),
    )
    areas = io.StringIO()
    writer = csv.writer(areas, lineterminator="\n")
    writer.writerow(AreaLine.model_fields)
    writer.writerow([code, code[:2], "county", name, "县", FIRST_DAY, ""])
    found = {"workspace.toml": settings, "areas.csv": areas.getvalue()}
    return found | catalogue_texts(BLANK if blank else STANDARD)


def catalogue_texts(folder: Path) -> dict[str, str]:
    """Return a catalogue's files by their names in a workspace."""
    return {
        f"catalogue/{path.relative_to(folder).as_posix()}": path.read_text("utf-8")
        for path in sorted(folder.rglob("*.toml"))
    }
