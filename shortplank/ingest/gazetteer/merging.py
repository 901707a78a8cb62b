"""A proposal beside the registers that are there: lines are added, stretched, never thrown away."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel

from shortplank.catalogue import Workspace
from shortplank.catalogue.lines import Alias, Area, AreaLine, Peer, Post, Successor
from shortplank.ingest.gazetteer.known import Known
from shortplank.ingest.gazetteer.proposal import Note, Proposal
from shortplank.ingest.text import name_key

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Registers:
    """The registers as they would be, and what of the lines that were there is another now."""

    areas: tuple[Area, ...]
    successors: tuple[Successor, ...]
    aliases: tuple[Alias, ...]
    peers: tuple[Peer, ...]
    posts: tuple[Post, ...]
    home: str
    notes: tuple[Note, ...] = ()

    def within(self, ws: Workspace) -> Workspace:
        """Return a workspace with these registers, as one that reads them would have it."""
        settings = ws.settings.model_copy(update={"home": self.home})
        return replace(
            ws,
            settings=settings,
            areas=self.areas,
            successors=self.successors,
            aliases=self.aliases,
            peers=self.peers,
            posts=self.posts,
        )


def merge(ws: Workspace, proposal: Proposal) -> Registers:
    """Return a workspace's registers with a proposal taken in; a second time nothing changes."""
    notes: list[Note] = []
    home = proposal.home or ws.settings.home
    kept, posts = list(ws.areas), ws.posts
    if Known(ws).is_blank and home != ws.settings.home:
        notes.append(Note("said", ws.home.name, f"建库时的{ws.home.name}由本县代替"))
        posts = tuple(p.model_copy(update={"area_code": home}) for p in ws.posts)
        kept = []
    elif Known(ws).is_blank and any(a.area_code == home for a in proposal.areas):
        kept = []  # the county as files have it, in place of the one of a new workspace
    areas = _merged_areas(kept, proposal, notes)
    aliases = _merged_aliases(ws, proposal, areas)
    return Registers(
        areas=tuple(areas),
        successors=_merged_successors(ws, proposal),
        aliases=aliases,
        peers=ws.peers or proposal.peers,
        posts=posts,
        home=home,
        notes=tuple(notes),
    )


def _merged_areas(kept: list[Area], proposal: Proposal, notes: list[Note]) -> list[Area]:
    own: dict[str, list[Area]] = defaultdict(list)
    for area in kept:
        own[area.area_code].append(area)
    before = {code: list(lines) for code, lines in own.items()}
    for area in proposal.areas:
        if area.area_code in before:
            _stretch(own[area.area_code], area, area.area_code in proposal.surely_gone, notes)
        else:
            own[area.area_code].append(area)
    order = {"province": 0, "county": 1, "township": 2, "village": 3}
    new = [lines for code, lines in own.items() if code not in before]
    new.sort(key=lambda lines: (order[lines[0].level], lines[0].area_code))
    return [a for lines in (*(own[c] for c in before), *new) for a in lines]


def _stretch(lines: list[Area], found: Area, gone: bool, notes: list[Note]) -> None:
    """Let a registered area's lines hold the time in which the files have it.

    Name, kind and the area above stay as the analyst has them.
    """
    lines.sort(key=lambda area: area.valid_from)
    last = found.valid_to or date.max
    meeting = [
        i
        for i, line in enumerate(lines)
        if line.valid_from <= last and found.valid_from <= (line.valid_to or date.max)
    ]
    if not meeting:
        like = lines[0]
        closed = found.valid_to
        later = [line.valid_from for line in lines if line.valid_from > found.valid_from]
        if closed is None and later:
            closed = min(later) - _DAY
        lines.append(replace(like, valid_from=found.valid_from, valid_to=closed))
        lines.sort(key=lambda area: area.valid_from)
        notes.append(_changed(like, f"另加一行，自 {found.valid_from} 起"))
        return
    first, final = lines[meeting[0]], lines[meeting[-1]]
    dated = found.valid_from.year > 1900  # a list without days says nothing of them
    if dated and found.valid_from < first.valid_from:
        lines[meeting[0]] = replace(first, valid_from=found.valid_from)
        notes.append(_changed(first, f"valid_from 由 {first.valid_from} 提前到 {found.valid_from}"))
        final = lines[meeting[-1]]
    following = lines[meeting[-1] + 1].valid_from - _DAY if meeting[-1] + 1 < len(lines) else None
    if final.valid_to is not None and final.valid_to < last and dated:
        until = min((d for d in (found.valid_to, following) if d), default=None)
        if until != final.valid_to:
            lines[meeting[-1]] = replace(final, valid_to=until)
            said = until or "不封口"
            notes.append(_changed(final, f"valid_to 由 {final.valid_to} 改为 {said}"))
    elif final.valid_to is None and found.valid_to is not None:
        if gone:
            lines[meeting[-1]] = replace(final, valid_to=found.valid_to)
            notes.append(_changed(final, f"其后的报表都没有，valid_to 填 {found.valid_to}"))
        else:
            sentence = f"{final.name}（{final.area_code}）最近一两期没有，登记册没有改"
            notes.append(Note("open", final.name, sentence))


def _changed(area: Area, what: str) -> Note:
    return Note("guessed", area.name, f"{area.name}（{area.area_code}）已登记：{what}")


def _merged_aliases(ws: Workspace, proposal: Proposal, areas: Sequence[Area]) -> tuple[Alias, ...]:
    """Return the aliases, with the files' names for areas that are registered by another."""
    names: dict[str, set[str]] = defaultdict(set)
    for area in areas:
        names[area.area_code] |= {name_key(area.name), area.area_code}
    for alias in ws.aliases:
        names[alias.area_code].add(name_key(alias.alias))
    found = [a for a in ws.aliases if a.area_code in names]
    asked = [(a.area_code, a.name) for a in proposal.areas]
    asked += [(a.area_code, a.alias) for a in proposal.aliases]
    for code, said in asked:
        if code in names and name_key(said) not in names[code]:
            names[code].add(name_key(said))
            found.append(Alias(area_code=code, alias=said))
    return tuple(found)


def _merged_successors(ws: Workspace, proposal: Proposal) -> tuple[Successor, ...]:
    """Return the successors; one that an analyst has said stays."""
    heirs = {line.old_code: line.new_code for line in ws.successors}
    found = list(ws.successors)
    for line in proposal.successors:
        if line.old_code in heirs:
            continue
        code: str | None = line.new_code
        while code is not None and code != line.old_code:
            code = heirs.get(code)
        if code is None:
            heirs[line.old_code] = line.new_code
            found.append(line)
    return tuple(found)


# --- texts ----------------------------------------------------------------------------------------
def texts_of(ws: Workspace, new: Registers) -> dict[str, str]:
    """Return the files of a workspace that the registers change, whole, by their name."""
    found: dict[str, str] = {}
    if new.areas != ws.areas:
        columns = list(AreaLine.model_fields)
        rows = [[getattr(area, name) for name in columns] for area in new.areas]
        found["areas.csv"] = csv_text(columns, rows)
    for name, model, old, lines in (
        ("successors.csv", Successor, ws.successors, new.successors),
        ("aliases.csv", Alias, ws.aliases, new.aliases),
        ("peers.csv", Peer, ws.peers, new.peers),
        ("registers/posts.csv", Post, ws.posts, new.posts),
    ):
        if lines != old:
            found[name] = registers_text(model, lines)
    if new.home != ws.settings.home:
        settings = (Path(ws.path) / "workspace.toml").read_text("utf-8")
        found["workspace.toml"] = re.sub(
            r'(?m)^home\s*=\s*("[^"]*"|\'[^\']*\')', f'home = "{new.home}"', settings, count=1
        )
    return found


def registers_text(model: type[BaseModel], lines: Iterable[BaseModel]) -> str:
    """Return a register of one kind of line as the workspace keeps it."""
    columns = [info.alias or key for key, info in model.model_fields.items()]
    rows = [list(line.model_dump(by_alias=True).values()) for line in lines]
    return csv_text(columns, rows)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a register as the workspace keeps it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue()
