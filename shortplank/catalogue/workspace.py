"""A workspace as it was read: settings, registers and catalogue, and what follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from shortplank.catalogue import models as m

# The fields that marts are made from; tests/store/test_mart_names.py sees that no other is read.
READ_BY_MARTS = {
    "settings": ("statistical_year_first_month", "due_day"),
    "areas": ("parent_code", "level", "valid_from", "valid_to"),
    "successors": ("new_code", "valid_from"),
    "datasets": ("level", "cadence", "keys", "shape", "latest_by"),
    "measures": ("dataset", "kind", "window", "column", "filter", "matched"),
    "derived": ("plus", "minus", "op"),
    "indicators": (
        *("kind", "numerator", "denominator", "over", "levels", "windows"),
        *("valid_from", "valid_to"),
    ),
    "forms": ("expected",),
}


@dataclass(frozen=True)
class Workspace:
    """Everything a workspace says about itself; counts live in its editions, not here."""

    path: Path
    settings: m.Settings
    areas: tuple[m.Area, ...]
    successors: tuple[m.Successor, ...]
    aliases: tuple[m.Alias, ...]
    peers: tuple[m.Peer, ...]
    class_history: tuple[m.ClassYear, ...]
    status: tuple[m.Status, ...]
    support: tuple[m.Support, ...]
    targets: tuple[m.Target, ...]
    posts: tuple[m.Post, ...]
    datasets: dict[str, m.Dataset]
    measures: dict[str, m.Measure]
    derived: dict[str, m.Derived]
    indicators: dict[str, m.Indicator]
    forms: dict[str, m.Form]
    rules: tuple[m.Rule, ...]
    scheme: m.Scheme
    events: tuple[m.Event, ...]
    fingerprint: str
    """Names the settings, registers of areas and catalogue files: any answer may rest on them."""

    @cached_property
    def mart_fingerprint(self) -> str:
        """Return a hash of all that marts rest on besides an edition's files.

        So a workspace with another name or home, or cards with other words, has the same marts.
        """
        said = [
            f"{name}|{key}|{[getattr(item, field) for field in READ_BY_MARTS[name]]}"
            for name, items in self._read_by_marts.items()
            for key, item in items
        ]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

    @property
    def _read_by_marts(self) -> dict[str, Iterable[tuple[str, object]]]:
        return {
            "settings": [("", self.settings)],
            "areas": ((area.area_code, area) for area in self.areas),
            "successors": ((each.old_code, each) for each in self.successors),
            "datasets": self.datasets.items(),
            "measures": self.measures.items(),
            "derived": self.derived.items(),
            "indicators": self.indicators.items(),
            "forms": self.forms.items(),
        }

    read: Workspace | None = None
    """The workspace as it was read, where this is it `at` another home."""

    @property
    def whole(self) -> Workspace:
        """Return the workspace as it was read: its whole register, and the home of its settings."""
        return self.read or self

    @cached_property
    def area_by_code(self) -> dict[str, m.Area]:
        """Return the register by code (the last line of a code wins)."""
        return {area.area_code: area for area in self.areas}

    @cached_property
    def areas_below(self) -> dict[str, tuple[m.Area, ...]]:
        """Return the lines of the register by the code of the area above."""
        found: dict[str, list[m.Area]] = {}
        for area in self.areas:
            found.setdefault(area.parent_code, []).append(area)
        return {code: tuple(areas) for code, areas in found.items()}

    def valid_below(self, code: str, month: date) -> list[m.Area]:
        """Return the areas that stand under an area in a month."""
        below = self.areas_below.get(code, ())
        return [a for a in below if a.valid_from <= month <= (a.valid_to or date.max)]

    def county_of(self, code: str) -> str | None:
        """Return the county that an area lies in (its own code for a county), None for none."""
        area = self.area_by_code.get(code)
        while area is not None and area.level != "county":
            area = self.area_by_code.get(area.parent_code)
        return None if area is None else area.area_code

    def lies_in(self, code: str, above: str) -> bool:
        """Return whether an area of the register is another or lies in it."""
        area = self.area_by_code.get(code)
        while area is not None and area.area_code != above:
            area = self.area_by_code.get(area.parent_code)
        return area is not None

    def is_home(self, code: str) -> bool:
        """Return whether an area is the home or lies in it."""
        return self.lies_in(code, self.settings.home)

    def home_of(self, code: str) -> str | None:
        """Return the home that an area belongs to: its county, of a province itself."""
        area = self.whole.area_by_code.get(code)
        if area is not None and area.level == "province":
            return code
        return self.whole.county_of(code)

    @property
    def is_province(self) -> bool:
        """Return whether the home is a province, whose units are its counties."""
        return self.whole.area_by_code[self.settings.home].level == "province"

    def at(self, home: str) -> Workspace:
        """Return the workspace with a county of its register, or a province, as its home.

        Everything that is asked of a home is then asked of that one. A province's register is one
        level shorter: it is what a county else is, its counties are its units.
        """
        whole = self.whole
        if home == self.settings.home and (whole is not self or not self.is_province):
            return self
        area = whole.area_by_code[home]
        if area.level == "province":
            return _shortened(whole, area)
        settings = whole.settings.model_copy(update={"home": home})
        found = replace(whole, settings=settings, read=whole)
        for name in ("area_by_code", "areas_below"):  # one register, read once
            found.__dict__[name] = getattr(whole, name)
        return found

    @property
    def first_indicator(self) -> str | None:
        """Return the indicator that pages open with, None where the catalogue has no card yet."""
        named = (self.scheme.default_indicator, *self.scheme.headline, *self.indicators)
        return next((key for key in named if key), None)

    def indicator_of(self, part: str) -> str | None:
        """Return the indicator that 数据质量 takes for a part of it, None where there is none."""
        return next((k for k, item in self.indicators.items() if item.quality_part == part), None)

    @property
    def home(self) -> m.Area:
        """Return the county that the workspace belongs to."""
        return self.area_by_code[self.settings.home]

    def statistical_year(self, month: date) -> int:
        """Return the statistical year of a month, named by the year it ends in."""
        first = self.settings.statistical_year_first_month
        return month.year + (1 if first > 1 and month.month >= first else 0)

    def year_start(self, month: date) -> date:
        """Return the first month of the statistical year that holds ``month``."""
        first = self.settings.statistical_year_first_month
        return date(month.year if month.month >= first else month.year - 1, first, 1)

    def sensitive(self, indicator_id: str) -> bool:
        """Return whether an indicator rests on counts that are banded for viewers.

        Those are of births, and those that nobody has looked at yet.
        """
        item = self.indicators[indicator_id]
        leaves = self.leaves((*item.numerator, *item.denominator))
        return any(self.measures[leaf].sensitive is not None for leaf in leaves)

    def viewer_level(self, indicator_id: str) -> m.Level:
        """Return the lowest level at which viewers have an indicator: its coarsest measure's."""
        item = self.indicators[indicator_id]
        leaves = self.leaves((*item.numerator, *item.denominator))
        levels = [self._viewer_level(self.measures[leaf]) for leaf in leaves]
        return min(levels, key=m.LEVELS.index, default="village")

    def _viewer_level(self, measure: m.Measure) -> m.Level:
        dataset = self.datasets[measure.dataset]
        if dataset.viewer_except and dataset.viewer_except.items() <= measure.filter.items():
            return dataset.level
        return dataset.lowest_for_viewers

    def leaves(self, names: Iterable[str]) -> set[str]:
        """Return the leaf measures that the named measures or totals rest on."""
        found: set[str] = set()
        for name in names:
            if name in self.derived:
                found |= self.leaves((*self.derived[name].plus, *self.derived[name].minus))
            elif name in self.measures:
                found.add(name)
        return found


def _shortened(whole: Workspace, province: m.Area) -> Workspace:
    """Return the workspace of a province whose counties stand where townships else do.

    What there is only below them is left out: villages, forms that are filed, and their registers.
    """
    counties = [a for a in whole.areas if a.parent_code == province.area_code]
    codes = {province.area_code, *(area.area_code for area in counties)}
    areas = [replace(a, level="county") for a in whole.areas if a.area_code == province.area_code]
    areas += [replace(area, level="township") for area in counties]
    return replace(
        whole,
        settings=whole.settings.model_copy(update={"home": province.area_code}),
        areas=tuple(areas),
        successors=tuple(s for s in whole.successors if s.old_code in codes),
        aliases=(),
        peers=(),
        class_history=(),
        status=tuple(s for s in whole.status if s.area_code in codes),
        support=tuple(s for s in whole.support if s.area_code in codes),
        targets=tuple(t for t in whole.targets if t.area_code in codes),
        forms={},
        datasets={
            key: item.model_copy(update={"viewer_level": "township"})
            for key, item in whole.datasets.items()
        },
        indicators={
            key: item.model_copy(update={"levels": ("county", "township")})
            for key, item in whole.indicators.items()
            if "county" in item.levels
        },
        read=whole,
    )
