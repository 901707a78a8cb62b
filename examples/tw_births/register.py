"""Make the area register (areas, aliases, peers) from the monthly files themselves.

Villages have codes of 11 digits from 2018 on: the first 5 are the county's, the first 8 the town's.
Earlier rows have names only, and a name is matched within its town. A town that was renamed, or
whose county was (桃園縣蘆竹市 → 桃園市蘆竹區), is known again by the villages that it shares with a
town that begins when it ends. A village that is gone before 2018 never had a code in these files:
it gets one under its town with an X in it, so that it cannot be taken for an official one.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from shortplank.catalogue.models import Form
from shortplank.ingest import Upload, area_labels
from shortplank.ingest.text import name_key
from shortplank.store import add_months

COUNTY_DIGITS, TOWN_DIGITS, COUNTY_NAME = 5, 8, 3
SHARED_VILLAGES = 0.8  # of a town's villages, for another town to be the same one renamed
Name = tuple[str, str]  # site (county and town) and village, widths and blanks evened out


@dataclass
class Span:
    """The first and last month in which something was seen, and the code it had, if any."""

    first: date
    last: date
    code: str = ""

    def add(self, other: Span) -> None:
        """Stretch the span over another."""
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.code = self.code or other.code


@dataclass
class Area:
    """A line of areas.csv, with the other names and codes that lead to it."""

    code: str
    parent: str
    level: str
    name: str
    span: Span
    aliases: set[str] = field(default_factory=set)


def read_names(files: Iterable[Path], form: Form) -> dict[Name, Span]:
    """Return every village that the files name, with its months and its code."""
    seen: dict[Name, Span] = {}
    for file in files:
        labels = area_labels(Upload(file.name, file.read_bytes()), form).to_pydict()
        columns = (labels[name] for name in ("month", "parent", "name", "code"))
        for month, site, village, code in zip(*columns, strict=True):
            span = Span(month, month, name_key(code or ""))
            seen.setdefault((name_key(site), name_key(village)), span).add(span)
    return seen


def renamed_towns(seen: Mapping[Name, Span]) -> dict[str, str]:
    """Return every site's name today: its own, or that of the town it goes on as."""
    stems: dict[str, set[str]] = defaultdict(set)
    spans: dict[str, Span] = {}
    for (site, village), span in seen.items():
        stems[site].add(village[:-1])  # 里 and 村 change with the town's rank
        spans.setdefault(site, Span(span.first, span.last)).add(span)
    today = {site: site for site in spans}
    for site, span in spans.items():
        for other in spans:
            shared = len(stems[site] & stems[other]) / len(stems[site])
            if spans[other].first == add_months(span.last, 1) and shared >= SHARED_VILLAGES:
                today[site] = other
    return today


def make_areas(seen: Mapping[Name, Span]) -> list[Area]:
    """Return counties, towns and villages."""
    today = renamed_towns(seen)
    town_codes = {site: s.code[:TOWN_DIGITS] for (site, _), s in seen.items() if s.code}
    counties, towns, villages = {}, {}, {}
    for (site, village), span in sorted(seen.items(), key=lambda item: (item[1].last, item[0])):
        town_name, town = today[site], town_codes[today[site]]
        county = town[:COUNTY_DIGITS]
        code = _village_code((site, village), today, seen) or _new_code(town, villages)
        names = (
            (counties, county, "TW", "county", town_name[:COUNTY_NAME]),
            (towns, town, county, "township", town_name[COUNTY_NAME:]),
            (villages, code, town, "village", village),
        )
        for areas, key, parent, level, name in names:
            own = Span(span.first, span.last)
            areas.setdefault(key, Area(key, parent, level, name, own)).span.add(span)
        towns[town].aliases |= {site} - {town_name}
        villages[code].aliases |= {villages[code].name, village, span.code} - {"", code}
        villages[code].name = village  # in order of time: the last name stays
    return [area for areas in (counties, towns, villages) for _, area in sorted(areas.items())]


def _village_code(name: Name, today: Mapping[str, str], seen: Mapping[Name, Span]) -> str:
    """Return the code of the village that goes by this name today, "" where it never had one."""
    site, village = name
    for ending in (village[-1], "里", "村"):
        same = seen.get((today[site], village[:-1] + ending))
        if same and same.code:
            return same.code
    return seen[name].code


def _new_code(town: str, villages: Mapping[str, Area]) -> str:
    return f"{town}X{sum(code.startswith(town + 'X') for code in villages) + 1:02d}"


def write_register(target: Path, areas: list[Area]) -> None:
    """Write areas.csv, aliases.csv and peers.csv."""
    newest = max(area.span.last for area in areas)
    first = ("area_code", "parent_code", "level", "name", "kind", "valid_from", "valid_to")
    _write(target / "areas.csv", first, (_line(area, newest) for area in areas))
    aliases = [(a.code, alias) for a in areas for alias in sorted(a.aliases - {a.name})]
    _write(target / "aliases.csv", ("area_code", "alias"), aliases)
    counties = [area for area in areas if area.level == "county"]
    peers = [(a.code, a.name, "縣市", _group(a), a.span.first, "") for a in counties]
    columns = ("area_code", "name", "class", "group", "valid_from", "valid_to")
    _write(target / "peers.csv", columns, peers)


def _line(area: Area, newest: date) -> tuple[object, ...]:
    ended = area.span.last < newest
    last_day = add_months(area.span.last, 1) - timedelta(days=1)
    dates = (area.span.first, last_day if ended else "")
    return (area.code, area.parent, area.level, area.name, area.name[-1], *dates)


def _group(county: Area) -> str:
    return "直轄市" if county.code[0] == "6" else county.name[-1]


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
