"""What the registers say of areas in a month: statuses and supporting units."""

from __future__ import annotations

from datetime import date
from typing import Any

from shortplank.reading.view import View
from shortplank.wording.periods import month_key

STATUS = "状态"
Badges = dict[str, list[dict[str, Any]]]


def badges(view: View) -> Badges:
    """Return each area's statuses and supporting units in the month; units, never persons.

    What the register still says of a village that has been merged belongs to its successor, and
    its source says so.
    """
    found: Badges = {}
    for row in view.ask("badges_by_month", month=view.month).to_pylist():
        code = row["area_code"]
        heir = heir_at(view, code, view.month)
        if heir != code:
            former = view.ws.area_by_code[code].name
            row = {**row, "area_code": heir, "source": f"{row['source']}（原{former}）"}
        found.setdefault(heir, []).append(row)
    return found


def statuses(view: View) -> dict[str, str]:
    """Return what the register says of each area in the month: 滞后村预警 2009-10 起."""
    return {code: "、".join(each) for code, each in each_status(view).items()}


def each_status(view: View) -> dict[str, list[str]]:
    """Return the same one by one: an area may have several statuses at once."""
    return {
        code: [f"{row['label']} {month_key(row['valid_from'])} 起" for row in kept]
        for code, rows in badges(view).items()
        if (kept := [row for row in rows if row["kind"] == STATUS])
    }


def heir_at(view: View, code: str, month: date) -> str:
    """Return the area that a former one had become by a month, itself while it stands."""
    heirs = {line.old_code: line.new_code for line in view.ws.successors}
    for _ in range(len(heirs)):
        area = view.ws.area_by_code.get(code)
        if area is None or area.valid_to is None or area.valid_to >= month:
            break
        code = heirs.get(code, code)
    return code


def merged_into(view: View, code: str) -> str:
    """Return the code that an area's history goes to, its own where it was never merged."""
    heirs = {line.old_code: line.new_code for line in view.ws.successors}
    for _ in range(len(heirs)):
        code = heirs.get(code, code)
    return code
