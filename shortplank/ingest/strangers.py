"""Strangers: rows whose area the register does not have, and which of its areas may be meant.

A row whose code is one area's and whose name is another's is one, too: the area may be renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shortplank.catalogue.base import Level
from shortplank.catalogue.models import Area
from shortplank.ingest.areas import NONE, Register
from shortplank.ingest.text import code_key
from shortplank.ingest.tidy import Report
from shortplank.store.personal import looks_like_a_name, personal_kind

MOST = 40


@dataclass(frozen=True)
class Stranger:
    """A row's area that no line of the register is: what the row calls it, and what is near.

    ``town`` is the code of the township that the row lies in, blank where that is unknown.
    """

    file: str
    sheet: str | None
    cell: str | None
    code: str
    name: str
    level: Level
    town: str
    month: date | None
    near: tuple[Area, ...]

    @property
    def called(self) -> str:
        """Return what the row calls it, both its name and its code."""
        code = f"（{self.code}）" if self.code and self.name else self.code
        return f"{self.name}{code}"


def strangers(reports: Iterable[Report], register: Register) -> list[Stranger]:
    """Return the areas that reports have and the register does not, each once, at most `MOST`."""
    found: dict[tuple[str, str, str], Stranger] = {}
    for report in reports:
        for one in _strangers_in(report, register):
            found.setdefault((one.town, one.code, one.name), one)
            if len(found) == MOST:
                return list(found.values())
    return list(found.values())


def _strangers_in(report: Report, register: Register) -> Iterator[Stranger]:
    layout, grid = report.layout, report.grid
    column = layout.code if layout.code is not None else layout.name
    if column is None or report.form.figures:
        return
    for i in range(len(report.rows)):
        row, town, place = int(report.rows[i]), int(report.town[i]), int(report.area[i])
        code, name = (
            "" if at is None else grid.columns[at][row].as_py().strip()
            for at in (layout.code, layout.name)
        )
        renamed = place != NONE and layout.code is not None and bool(name)
        if place != NONE and not (renamed and not register.is_named(place, name)):
            continue
        level = report.level
        if level == "village" and town == NONE:
            if layout.parent is None:
                continue
            level, code, name = "township", "", grid.columns[layout.parent][row].as_py().strip()
        unsaid = looks_like_a_name(name) or any(map(personal_kind, (code, name)))
        if unsaid or not (code or name):
            continue
        yield Stranger(
            file=grid.file,
            sheet=grid.sheet,
            cell=grid.cell(row, column if level == report.level else layout.parent or column),
            code=code_key(code),
            name=name,
            level=level,
            town="" if town == NONE else register.codes[town],
            month=report.month,
            near=(register.areas[place],) if renamed else near(register, name, town, level),
        )


def near(register: Register, name: str, town: int, level: Level) -> tuple[Area, ...]:
    """Return the registered areas that a name may mean: those of that name, else the most alike."""
    if not name:
        return ()
    same = register.elsewhere(name, level)
    within = [area for area in same if town == NONE or area.parent_code == register.codes[town]]
    if within or same:
        return tuple(within or same)[:3]
    alike = register.nearest(name, town, level)
    return () if alike is None else (alike,)
