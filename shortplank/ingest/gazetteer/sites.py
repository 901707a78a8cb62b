"""Towns in reports: known again under a new name, and parted from the county they are joined to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shortplank.ingest.gazetteer.proposal import Item, Note, Path, Spell, first_words
from shortplank.ingest.gazetteer.spans import Calendar
from shortplank.ingest.text import name_key

# What people call a place at the end of its name; a village may change it with its town's rank.
KINDS = frozenset("村里社区區镇鎮乡鄉市县縣街道旗동리읍면군구시도")
_COUNTY_KINDS = frozenset("市县縣旗区區州盟군구시도省")
SHARED_UNITS = 0.8  # of a town's villages, for another town to be the same one renamed
_BLANK = " "


_KIND = re.compile(r"(街道|社[区區]|[村里鎮镇乡鄉市区區县縣旗]|[동리읍면군구시도])$")


def kind_of(name: str) -> str:
    """Return what a name says that an area is, blank where it does not.

    >>> kind_of("留侯里"), kind_of("城东街道"), kind_of("Leeds")
    ('里', '街道', '')
    """
    found = _KIND.search(name)
    return found[0] if found and len(name) > len(found[0]) else ""


def stem(name: str) -> str:
    """Return a name without the kind at its end.

    >>> stem("上竹村") == stem("上竹里"), stem("Area1")
    (True, 'Area1')
    """
    key = name_key(name)
    return key[:-1] if len(key) > 2 and key[-1] in KINDS else key


def site_key(path: Path) -> tuple[str, ...]:
    """Return the areas above a unit as they are compared."""
    return tuple(item.code or name_key(item.name) for item in path)


Sites = dict[tuple[str, ...], tuple[str, ...]]


def renamed_sites(seen: Mapping[Path, Spell], calendar: Calendar) -> tuple[Sites, list[Note]]:
    """Return every site by the name under which it goes on, and what tells so.

    A site is another renamed where that one begins with the report after its last, and most of its
    units are there by name.
    """
    stems: dict[tuple[str, ...], set[str]] = defaultdict(set)
    spells: dict[tuple[str, ...], Spell] = defaultdict(Spell)
    names: dict[tuple[str, ...], str] = {}
    for path, spell in seen.items():
        site = site_key(path[:-1])
        stems[site].add(stem(path[-1].name))
        spells[site].join(spell)
        names[site] = "".join(item.name for item in path[:-1])
    beginning: dict[object, list[tuple[str, ...]]] = defaultdict(list)
    for site, spell in spells.items():
        beginning[spell.begins].append(site)
    next_of: Sites = {}
    notes = []
    for site, spell in spells.items():
        for other in beginning.get(calendar.after(spell.ends), []):
            shared = len(stems[site] & stems[other])
            if other != site and shared >= SHARED_UNITS * len(stems[site]):
                next_of[site] = other
                sentence = (
                    f"{names[site]}自 {spells[other].begins:%Y-%m} 改称{names[other]}："
                    f"{len(stems[site])} 个下级单位有 {shared} 个同名接续"
                )
                rows = first_words((spell.last, spells[other].first))
                notes.append(Note("guessed", names[other], sentence, rows))
    return {site: _last(site, next_of) for site in spells}, notes


def _last(
    site: tuple[str, ...], next_of: Mapping[tuple[str, ...], tuple[str, ...]]
) -> tuple[str, ...]:
    while site in next_of:
        site = next_of[site]
    return site


@dataclass(frozen=True)
class Parted:
    """Joined names taken apart: each text's county and town, and the words for why."""

    parts: Mapping[str, tuple[str, str]]
    reason: str


def part_names(
    texts: Collection[str], codes: Mapping[str, Collection[str]], counties: Collection[str]
) -> Parted | None:
    """Return joined names (連江縣南竿鄉) as county and town; None where nothing tells them apart.

    ``codes`` are those of each text's units, ``counties`` the names of counties that are known.
    A registered county's name is one; else a blank that stands in all of them; else the one number
    of letters under which the names' beginnings and the codes' beginnings nest alike.
    """
    known = sorted(counties, key=len, reverse=True)
    found = {t: next((c for c in known if t.startswith(c) and t != c), "") for t in texts}
    if texts and all(found.values()):
        return Parted({t: (c, t[len(c) :].strip()) for t, c in found.items()}, "登记册中的县名")
    if all(_BLANK in text for text in texts):
        halves = {text: text.rpartition(_BLANK) for text in texts}
        parts = {text: (first, last) for text, (first, _, last) in halves.items()}
        return Parted(parts, "名称中的空格")
    lengths = [k for k in range(2, min(map(len, texts), default=0)) if _nests(texts, codes, k)]
    kinds = [k for k in lengths if all(text[k - 1] in _COUNTY_KINDS for text in texts)]
    if not kinds:
        return None
    cut = kinds[0]
    reason = f"名称前 {cut} 个字都以县市的类名结尾，代码的开头也随之划分"
    return Parted({text: (text[:cut], text[cut:]) for text in texts}, reason)


def _nests(texts: Collection[str], codes: Mapping[str, Collection[str]], cut: int) -> bool:
    """Return whether towns whose names begin alike have codes that do, and others have others."""
    groups: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        groups[text[:cut]] += codes.get(text, ())
    coded = {name: found for name, found in groups.items() if found}
    if len(coded) < 2:
        return True
    length = common_length(list(coded.values()))
    return length > 0 and len({found[0][:length] for found in coded.values()}) == len(coded)


AGREEING = 0.95  # of an area's codes, so that one that strayed does not part the others


def common_length(groups: Sequence[Sequence[str]], most: int | None = None) -> int:
    """Return the longest beginning that the codes of every group share.

    >>> common_length([["6500001001", "6500001002"], ["6500002001", "6500002199"]])
    7
    """
    longest = min((len(code) for group in groups for code in group), default=1) - 1
    for length in range(min(longest, most or longest), 0, -1):
        if all(_agree(group, length) for group in groups):
            return length
    return 0


def _agree(group: Sequence[str], length: int) -> bool:
    return len(usual_beginning(group, length)[1]) >= AGREEING * len(group)


def usual_beginning(group: Sequence[str], length: int) -> tuple[str, list[str]]:
    """Return the beginning that most codes of a group have, and those codes."""
    by_beginning: dict[str, list[str]] = defaultdict(list)
    for code in group:
        by_beginning[code[:length]].append(code)
    return max(by_beginning.items(), key=lambda pair: (len(pair[1]), pair[0]))


def as_items(names: Sequence[str]) -> Path:
    """Return names as a path without codes."""
    return tuple(Item("", name) for name in names)
