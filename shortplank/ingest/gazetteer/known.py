"""What a workspace's register has already: an analyst's lines are kept, and found again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from shortplank.catalogue import Workspace
from shortplank.catalogue.lines import Area
from shortplank.ingest.text import code_key, name_key


@dataclass
class Known:
    """A register by code, by name under the area above, and by alias."""

    ws: Workspace
    by_alias_code: dict[str, str] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for area in self.ws.areas:
            self._learn(area, area.name)
        for alias in self.ws.aliases:
            meant = self.ws.area_by_code.get(alias.area_code)
            if meant is not None:
                self.by_alias_code.setdefault(code_key(alias.alias), meant.area_code)
                self._learn(meant, alias.alias)

    def _learn(self, area: Area, name: str) -> None:
        codes = self.by_name.setdefault((area.parent_code, name_key(name)), [])
        if area.area_code not in codes:
            codes.append(area.area_code)

    @property
    def is_blank(self) -> bool:
        """Return whether the register has only the county that a new workspace has."""
        return len(self.ws.areas) == 1

    def code_of(self, codes: Collection[str]) -> str:
        """Return the registered code of an area that goes by some codes, blank for none."""
        for code in codes:
            if code in self.ws.area_by_code:
                return code
            if code in self.by_alias_code:
                return self.by_alias_code[code]
        return ""

    def named(self, parent: str, names: Collection[str], begins: date = date.min) -> str:
        """Return the code of the area of a name under another, blank for none.

        Of several it is the one that stands at a day, else the last.
        """
        for name in names:
            found = self.by_name.get((parent, name_key(name)), [])
            standing = [c for c in found if len(found) > 1 and self.stands(c, begins)]
            if found:
                return (standing or found)[-1]
        return ""

    def stands(self, code: str, day: date) -> bool:
        """Return whether a registered area stands on a day."""
        lines = [area for area in self.ws.areas if area.area_code == code]
        return any(a.valid_from <= day <= (a.valid_to or date.max) for a in lines)
