"""Which level each column of areas is of, by words, endings and how they nest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shortplank.catalogue.base import LEVELS, Level
from shortplank.ingest.drafting import clues
from shortplank.ingest.drafting.roles import Roles
from shortplank.ingest.drafting.tables import Table


@dataclass(frozen=True)
class Areas:
    """The columns that say of which area a line is, and the level of the units."""

    level: Level
    code: int | None
    name: int | None
    parent: int | None = None
    county: int | None = None
    province: int | None = None
    parent_code: int | None = None
    county_code: int | None = None
    ignored: tuple[int, ...] = ()
    """Columns of areas that are above all that is read."""
    why: str = ""

    @property
    def columns(self) -> list[int]:
        """Return the columns that are read, the highest level first."""
        said = (self.province, self.county, self.parent, self.code, self.name)
        return [column for column in said if column is not None]


def guess_areas(table: Table, roles: Roles, asked: Level | None = None) -> Areas:
    """Return the levels of a table's areas; the lowest one is ``asked`` where it is given."""
    code, name = _one(roles.of("code")), _one(roles.of("name"))
    above = _nearest_first(table, roles.of("above", "parent", "county"))
    level, why = _level(table, name, above, asked)
    codes = roles.of("parent_code", "county_code")
    codes.sort(key=lambda c: -len(table.columns[c].texts))
    if level == "village":
        parent, county, rest = _one(above[:1]), _one(above[1:2]), above[2:]
        parent_code, county_code = _one(codes[:1]), _one(codes[1:2])
    else:
        parent, county, rest = None, _one(above[:1]), above[1:]
        parent_code, county_code = None, _one(codes[:1])
    province = None
    if county is not None and rest and _repeats(table, rest[0], county):
        province, rest = rest[0], rest[1:]
    return Areas(
        level, code, name, parent, county, province, parent_code, county_code, tuple(rest), why
    )


def _nearest_first(table: Table, above: list[int]) -> list[int]:
    """Return the columns above the units, the nearest first: by their headers, else by names."""
    said = [clues.level_said(table.columns[c].path) for c in above]
    if len({level for level in said if level}) == len(above):
        order = dict(zip(above, said, strict=True))
        return sorted(above, key=lambda c: -LEVELS.index(order[c] or LEVELS[0]))
    return sorted(above, key=lambda c: (-len(table.columns[c].texts), -c))


def _one(columns: list[int]) -> int | None:
    return columns[0] if columns else None


def _repeats(table: Table, upper: int, lower: int) -> bool:
    """Return whether a name stands under several of the areas above it."""
    places = table.places(upper) * (len(table.grid.texts[lower]) + 1) + table.places(lower)
    return len(np.unique(places)) > len(np.unique(table.places(lower)))


def _level(
    table: Table, name: int | None, above: list[int], asked: Level | None
) -> tuple[Level, str]:
    if asked is not None:
        return asked, "按所选"
    if not above:
        return "township", "只有一级单位，按乡镇一级"
    own = _said(table, name)
    upper = _said(table, above[0])
    if own == "village" or upper == "township":
        return "village", "名称或表头像是村一级"
    if own == "township" or upper == "county":
        return "township", "名称或表头像是乡镇一级"
    if len(above) > 1:
        return "village", "有三级单位"
    if len(table.columns[above[0]].texts) == 1:
        return "township", "上级只有一个，按县和乡镇"
    return "village", "两级单位，按乡镇和村"


def _said(table: Table, column: int | None) -> Level | None:
    if column is None:
        return None
    own = table.columns[column]
    return clues.level_said(own.path) or clues.level_named(own.texts)
