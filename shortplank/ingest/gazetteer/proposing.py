"""From what files say to a proposed register, beside the one that a workspace has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shortplank.catalogue import Workspace
from shortplank.catalogue.base import LEVELS, Level
from shortplank.catalogue.lines import Alias, Area, Peer, Successor
from shortplank.errors import ShortplankError
from shortplank.ingest.gazetteer.known import Known
from shortplank.ingest.gazetteer.mergers import Heirs, merged
from shortplank.ingest.gazetteer.placing import give_codes, place
from shortplank.ingest.gazetteer.proposal import Item, Note, Path, Proposal, Spell
from shortplank.ingest.gazetteer.seen import Seen, counts_of
from shortplank.ingest.gazetteer.sites import Sites, kind_of, part_names, renamed_sites, site_key
from shortplank.ingest.gazetteer.spans import BRIEF, Calendar
from shortplank.ingest.gazetteer.tree import Node, Tree, levels_of, tree_of, without_nameless
from shortplank.ingest.gazetteer.units import Site, Unit, units_of
from shortplank.ingest.text import name_key

SINCE = date(1900, 1, 1)
ALL = "全部"


@dataclass(frozen=True)
class Wish:
    """What a person says beside the files: the home, the lowest level, the day lists begin on."""

    home: str = ""
    lowest: Level | None = None
    since: date = SINCE
    digits: tuple[int, ...] = ()
    """How many letters of a unit's code are that of each level above it, from the top down."""


NO_WISH = Wish()


def from_lists(ws: Workspace, seen: Seen, wish: Wish = NO_WISH) -> Proposal:
    """Return the register that plain lists make; `ShortplankError` where they contradict.

    Which columns were taken for what stands among the notes; dates are those of the wish.
    """
    known, notes = Known(ws), _guesses(seen)
    tree = tree_of(_parted_lists(known, seen.lists, notes))
    notes += [Note("guessed", "级别", said) for said in without_nameless(tree)]
    lowest = wish.lowest or _lowest(known, seen, tree)
    places = place(tree, known, lowest, notes)
    give_codes(places, known, notes, wish.digits)
    areas = [_area(n, level, wish.since, None) for n, level in places.items()]
    return _proposal(known, places, areas, (), notes, wish)


def _parted_lists(
    known: Known, lists: Mapping[tuple[Path, Item], Spell], notes: list[Note]
) -> Mapping[tuple[Path, Item], Spell]:
    """Return lists whose highest names join a county's and a town's with these taken apart."""
    tops = {path[0].name for (path, _) in lists}
    depth = max(len(path) for (path, _) in lists)
    able = depth > 1 and all(not path[0].code and not up.code and not up.name for path, up in lists)
    if not able or depth >= len(LEVELS) or len(tops) < 2:
        return lists
    codes: dict[str, list[str]] = defaultdict(list)
    for path, _ in lists:
        codes[path[0].name] += [path[-1].code] if path[-1].code else []
    parted = part_names(sorted(tops), codes, ())
    if parted is None:
        return lists
    notes.append(_parted_note(parted.parts, parted.reason))
    return {
        ((*(Item("", part) for part in parted.parts[path[0].name]), *path[1:]), up): spell
        for (path, up), spell in lists.items()
    }


def _lowest(known: Known, seen: Seen, tree: Tree) -> Level | None:
    """Return the level of a list's lowest areas: that of most that are known by name, if any.

    Else that of the workspace's reports, where these are of one level and the list is deep enough.
    """
    ws, levels = known.ws, list(levels_of(tree))
    bottom = {name_key(node.name) for node in levels[-1]}
    named: dict[Level, set[str]] = defaultdict(set)
    for area in ws.areas:
        named[area.level].add(name_key(area.name))
    for level, rows in seen.reports.items():
        for path in rows:
            upwards = reversed(LEVELS[: LEVELS.index(level) + 1])
            for at, item in zip(upwards, reversed(path), strict=False):
                named[at].add(name_key(item.name))
    known_of = {level: len(bottom & named[level]) for level in LEVELS[2:]}
    if any(known_of.values()):
        return max(known_of, key=lambda level: known_of[level])
    if seen.of_villages:
        return "village"
    of_forms = {ws.datasets[form.dataset].level for form in ws.forms.values() if not form.figures}
    if len(of_forms) == 1 and LEVELS.index(level := of_forms.pop()) <= len(levels):
        return level
    return None


def from_reports(ws: Workspace, seen: Seen, wish: Wish = NO_WISH) -> Proposal:
    """Return the register that reports make over their months, with successors and aliases."""
    known, notes = Known(ws), _guesses(seen)
    found = Proposal(())
    for level in sorted(seen.reports, key=LEVELS.index, reverse=True):
        own = _from_level(known, seen, level, wish, notes)
        new = {area.area_code for area in found.areas}
        found = replace(
            own,
            areas=(*found.areas, *(a for a in own.areas if a.area_code not in new)),
            successors=(*found.successors, *own.successors),
            aliases=(*found.aliases, *own.aliases),
            home=found.home or own.home,
            peers=found.peers or own.peers,
            surely_gone=found.surely_gone | own.surely_gone,
        )
    return replace(found, notes=tuple(notes))


def _guesses(seen: Seen) -> list[Note]:
    return [
        Note("guessed", file, sentence) for file, said in seen.guessed.items() for sentence in said
    ]


@dataclass
class _Months:
    """The units of one level through the months, and the tree that they stand in."""

    calendar: Calendar
    tree: Tree
    node_of: dict[int, Node]
    units: list[Unit]


def _from_level(known: Known, seen: Seen, level: Level, wish: Wish, notes: list[Note]) -> Proposal:
    rows = seen.reports[level]
    calendar = Calendar(month for spell in rows.values() for month in spell.months)
    today, said = renamed_sites(rows, calendar)
    notes += said
    units, said = units_of(rows, today, calendar)
    notes += said
    heirs, said = merged(units, calendar, lambda unit, month: _counts(seen, unit, month))
    notes += said
    months = _Months(calendar, Tree(), {}, units)
    above = _sites_above(known, rows, today, units, level, notes)
    for unit in units:
        item = Item(unit.code, unit.name)
        node = months.tree.add((*above[unit.site], item), unit.spell, where_matters=False)
        node.aliases |= {*unit.named, *unit.coded} - {unit.name, unit.code}
        months.node_of[id(unit)] = node
    _name_sites(months, rows, today, above)
    places = place(months.tree, known, level, notes)
    give_codes(places, known, notes, wish.digits)
    areas = _areas(months, places)
    lines = _successors(months, heirs, places)
    made = _proposal(known, places, areas, lines, notes, wish)
    return replace(made, surely_gone=_surely_gone(months))


def _counts(seen: Seen, unit: Unit, month: date) -> Mapping[str, int]:
    return next((c for p in sorted(unit.paths) if (c := counts_of(seen, month, p))), {})


# --- what lies above ------------------------------------------------------------------------------
def _sites_above(
    known: Known,
    rows: Mapping[Path, Spell],
    today: Sites,
    units: Sequence[Unit],
    level: Level,
    notes: list[Note],
) -> dict[Site, Path]:
    """Return the areas above each site's units, as today's names have them."""
    paths: dict[Site, Path] = {}
    for path in sorted(rows, key=lambda path: rows[path].ends):
        site = site_key(path[:-1])
        if today[site] == site:
            paths[site] = path[:-1]
    joined = {
        site: path[0].name for site, path in paths.items() if len(path) == 1 and not path[0].code
    }
    if not joined or LEVELS.index(level) <= LEVELS.index("township"):
        return paths
    registered = {s: found for s, name in joined.items() if (found := _town(known, name))}
    paths |= registered
    rest = {site: name for site, name in joined.items() if site not in registered}
    codes: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        if unit.site in rest and unit.code:
            codes[rest[unit.site]].append(unit.code)
    counties = [a.name for a in known.ws.areas if a.level == "county"]
    parted = part_names(list(rest.values()), codes, counties) if rest else None
    if parted is not None:
        notes.append(_parted_note(parted.parts, parted.reason))
        for site, name in rest.items():
            county, town = parted.parts[name]
            paths[site] = (Item("", county), Item("", town))
    return paths


def _town(known: Known, name: str) -> Path:
    """Return a registered township by its name, its county's and its own, or an alias."""
    ws, key = known.ws, name_key(name)
    found = set()
    for area in (*ws.areas, *(ws.area_by_code[a.area_code] for a in ws.aliases)):
        if area.level != "township":
            continue
        county = ws.area_by_code.get(area.parent_code)
        own = name_key(area.name)
        if key == own or (county and key == name_key(county.name) + own):
            found.add(area.area_code)
    found |= {
        a.area_code
        for a in ws.aliases
        if name_key(a.alias) == key and ws.area_by_code[a.area_code].level == "township"
    }
    if len(found) != 1:
        return ()
    town = ws.area_by_code[found.pop()]
    county = ws.area_by_code.get(town.parent_code)
    above = (Item(county.area_code, county.name),) if county else ()
    return (*above, Item(town.area_code, town.name))


def _parted_note(parts: Mapping[str, tuple[str, str]], reason: str) -> Note:
    text, (county, town) = next(iter(parts.items()))
    count = len({one for one, _ in parts.values()})
    sentence = f"“{text}”拆成{county}和{town}，共 {count} 个县：{reason}"
    return Note("guessed", county, sentence)


def _name_sites(
    months: _Months, rows: Mapping[Path, Spell], today: Sites, above: Mapping[Site, Path]
) -> None:
    """Give towns the names by which reports call them, where these are not their own."""
    for path in rows:
        site = site_key(path[:-1])
        if not path[:-1] or not above.get(today[site]):
            continue
        said, whole = path[-2].name, above[today[site]]
        names = {name_key(whole[-1].name), name_key("".join(item.name for item in whole[-2:]))}
        if said and name_key(said) not in names:
            node = months.tree.add(whole, Spell(), where_matters=False)
            node.aliases.add(said)


# --- lines ----------------------------------------------------------------------------------------
def _area(node: Node, level: Level, begins: date, ends: date | None) -> Area:
    above = node.above.code if node.above is not None else ""
    kind = node.spell.kind or kind_of(node.name)
    return Area(node.code, above, level, node.name, kind, begins, ends)


def _areas(months: _Months, places: Mapping[Node, Level]) -> list[Area]:
    """Return a line for each stretch of a unit, and one for each area above from first to last."""
    seen: dict[Node, set[date]] = defaultdict(set)
    own: dict[Node, set[date]] = {}
    for unit in months.units:
        node = months.node_of[id(unit)]
        own[node] = own.get(node, set()) | unit.spell.months
        for above in node.chain:
            seen[above] |= unit.spell.months
    found = []
    for node, level in places.items():
        if node in own:
            spans = months.calendar.spans(own[node])
        else:
            every = seen[node] or set(months.calendar.months)
            spans = [(min(every), max(every))]
        for first, last in spans:
            found.append(_area(node, level, first, months.calendar.closes(last)))
    return found


def _successors(months: _Months, heirs: Heirs, places: Mapping[Node, Level]) -> list[Successor]:
    """Return where units that are gone went: in a merger, or under a new code of their own."""
    pairs = [
        (gone, heir, day)
        for gone, heir in heirs
        if (day := months.calendar.after(gone.spell.ends)) is not None
    ]
    pairs += [(u.returns, u, u.spell.begins) for u in months.units if u.returns is not None]
    coded = [
        (months.node_of[id(gone)].code, months.node_of[id(heir)].code, day)
        for gone, heir, day in pairs
    ]
    coded += [(n.follows, n.code, n.spell.begins) for n in places if n.follows]
    found: dict[str, Successor] = {}
    for old, new, day in sorted(coded):
        if old != new:
            line = {"old_code": old, "new_code": new, "from": day}
            found.setdefault(old, Successor.model_validate(line))
    return list(found.values())


def _surely_gone(months: _Months) -> frozenset[str]:
    newest = months.calendar.months[-1]
    return frozenset(
        months.node_of[id(unit)].code
        for unit in months.units
        if unit.spell.ends < newest and months.calendar.apart(unit.spell.ends, newest) >= BRIEF
    )


def _proposal(
    known: Known,
    places: Mapping[Node, Level],
    areas: Sequence[Area],
    successors: Sequence[Successor],
    notes: list[Note],
    wish: Wish,
) -> Proposal:
    aliases = [
        Alias(area_code=node.code, alias=alias)
        for node in places
        for alias in sorted(node.aliases - {node.code, node.name, ""})
    ]
    counties = [area for area in areas if area.level == "county"]
    return Proposal(
        areas=tuple(areas),
        successors=tuple(successors),
        aliases=tuple(aliases),
        peers=tuple(_peers(known.ws, counties, areas)),
        home=_home(known, counties, areas, wish, notes),
        notes=tuple(notes),
    )


def _peers(ws: Workspace, counties: Sequence[Area], areas: Sequence[Area]) -> list[Peer]:
    """Return the counties as each other's peers, by province, where nobody has listed any."""
    first = {area.area_code: area for area in counties}
    if ws.peers or len(first) < 2:
        return []
    names = {area.area_code: area.name for area in areas if area.level == "province"}
    lines = [
        {
            "area_code": area.area_code,
            "name": area.name,
            "class": area.kind or ALL,
            "group": names.get(area.parent_code, ALL),
            "valid_from": area.valid_from,
        }
        for area in first.values()
    ]
    return [Peer.model_validate(line) for line in lines]


def _home(
    known: Known, counties: Sequence[Area], areas: Sequence[Area], wish: Wish, notes: list[Note]
) -> str:
    """Return the county that becomes the home: the wished, the one it is, else the first."""
    able = [*counties, *(a for a in areas if a.level == "province")]
    if wish.home:
        key = name_key(wish.home)
        registered = [a for a in known.ws.areas if a.level in ("county", "province")]
        for area in (*able, *registered):
            if key in (name_key(area.name), area.area_code):
                return area.area_code
        some = "、".join(dict.fromkeys(area.name for area in able[:10]))
        raise ShortplankError(f"没有县 {wish.home}", place="--home", mend=f"可选：{some}")
    own = known.ws.settings.home
    codes = [area.area_code for area in counties]
    if not codes or own in codes or not known.is_blank:
        return own
    if len(set(codes)) > 1:
        sentence = f"有 {len(set(codes))} 个县，先以{counties[0].name}为本县；另选请用 --home"
        notes.append(Note("guessed", "本县", sentence))
    return codes[0]
