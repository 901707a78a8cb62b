"""What townships handed in, replayed from the journal: every file with where it stands.

The journal's line is the commit of a hand-in and of a decision; that a file is published is read
off the editions, so no second commit can be lost between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from shortplank.records.submitted import Arrivals, arrivals
from shortplank.store import Store, journal

TRAY = "tray"
State = Literal["handed_in", "accepted", "sent_back", "replaced", "published"]
Way = Literal["file", "page"]
# A form and a month of it, 2010-06.
Part = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """A file that was handed in for a township, and what became of it.

    ``edition`` is the one that published it; ``before`` the newest one when it was handed in;
    ``days`` are those on which each part first came: what takes the place of a file that waits
    keeps that file's.
    """

    id: str
    area: str
    parts: tuple[Part, ...]
    file_sha256: str
    name: str
    way: Way
    correction: bool
    reason: str
    who: str
    at: str
    days: tuple[date, ...]
    before: int
    state: State = "handed_in"
    decided_by: str = ""
    decided_at: str = ""
    said: str = ""
    edition: int | None = None

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months of the file, in order."""
        return tuple(sorted({month for _, month in self.parts}))

    @property
    def forms(self) -> tuple[str, ...]:
        """Return the forms of the file, in order."""
        return tuple(sorted({form for form, _ in self.parts}))

    @property
    def received(self) -> date:
        """Return the day on which all of it had come."""
        return max(self.days)

    def came(self, form: str, month: str) -> date:
        """Return the day on which a part first came; of any other the whole's."""
        return dict(zip(self.parts, self.days, strict=True)).get((form, month), self.received)

    @property
    def is_open(self) -> bool:
        """Return whether it waits for the county: handed in, or accepted and not yet published."""
        return self.state in ("handed_in", "accepted")


def replayed(store: Store) -> dict[str, Item]:
    """Return every item by its id, the oldest first, as journal and editions leave it."""
    lines = journal.read(store.root, TRAY)
    published = _published(store, filter(None, map(_item_of, lines)))
    found: dict[str, Item] = {}
    for line in lines:
        key, item = str(line.get("id", "")), _item_of(line)
        if key in found:
            found[key] = _decided(found[key], line)
        elif item is not None and store.workspace.is_home(item.area):
            old = _covered(found.values(), item, published)
            found |= {each.id: _replaced(each, item) for each in old} | {key: item}
    return {key: _marked(item, published.get(key)) for key, item in found.items()}


def _item_of(line: journal.Line) -> Item | None:
    """Return the item of a line that hands in; None for any other, or one that is not whole."""
    if line.get("act") != "hand_in":
        return None
    try:
        way: Way = line["way"]
        parts = tuple((str(form), f"{first_day(month):%Y-%m}") for form, month in line["parts"])
        item = Item(
            id=str(line["id"]),
            area=str(line["area"]),
            parts=parts,
            file_sha256=str(line["file_sha256"]),
            name=str(line["name"]),
            way=way if way in get_args(Way) else "file",
            correction=bool(line["correction"]),
            reason=str(line["reason"]),
            who=str(line["who"]),
            at=str(line["at"]),
            days=tuple(map(date.fromisoformat, line["days"])),
            before=int(line["before"]),
        )
        return item if 0 < len(parts) == len(item.days) else None
    except (KeyError, TypeError, ValueError):
        return None


def _covered(items: Iterable[Item], new: Item, published: Mapping[str, int]) -> list[Item]:
    """Return the items that waited when a new one came and that it takes the place of."""
    return [
        old
        for old in items
        if old.area == new.area
        and old.state == "handed_in"
        and set(old.parts) <= set(new.parts)
        and published.get(old.id, new.before + 1) > new.before
    ]


def _replaced(old: Item, by: Item) -> Item:
    return replace(old, state="replaced", decided_by=by.who, decided_at=by.at)


# From which states a decision leads where; any other line is one that came too late.
_STEPS: dict[str, tuple[tuple[State, ...], State]] = {
    "accept": (("handed_in",), "accepted"),
    "send_back": (("handed_in", "accepted"), "sent_back"),
}


def _decided(item: Item, line: journal.Line) -> Item:
    """Return an item after a line that decides it; one that came too late changes nothing."""
    steps, state = _STEPS.get(str(line.get("act")), ((), item.state))
    if item.state not in steps:
        return item
    return replace(
        item,
        state=state,
        decided_by=str(line.get("who", "")),
        decided_at=str(line.get("at", "")),
        said=str(line.get("said", "")),
    )


# --- published ------------------------------------------------------------------------------------
def _published(store: Store, items: Iterable[Item]) -> dict[str, int]:
    """Return the edition that published each item: the first after it that holds all of it.

    Nothing for what the newest edition does not hold: it never was, or was restored away.
    """
    came = arrivals(store)
    numbers = ((item.id, _number(item, came)) for item in items)
    return {key: number for key, number in numbers if number}


def _number(item: Item, came: Arrivals) -> int | None:
    found = [
        came.after(item.before, first_day(month), (item.area, form, item.file_sha256))
        for form, month in item.parts
    ]
    return None if None in found else max(filter(None, found), default=None)


def _marked(item: Item, number: int | None) -> Item:
    """Return an item as published that waited for it when its edition came."""
    published = number and item.is_open
    return replace(item, state="published", edition=number) if published else item


def first_day(month: str) -> date:
    """Return the first day of a month.

    >>> first_day("2010-06")
    datetime.date(2010, 6, 1)
    """
    return date.fromisoformat(f"{month}-01")


__all__ = ["TRAY", "Item", "Part", "State", "Way", "first_day", "replayed"]
