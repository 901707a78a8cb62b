"""A register of areas from files: what they say, what is proposed, and the texts that come of it.

`read_seen` reads plain lists and reports, `propose` makes of them the registers a workspace would
have; nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass

from shortplank.catalogue import Workspace
from shortplank.ingest.gazetteer.columns import Named
from shortplank.ingest.gazetteer.merging import Registers, merge, registers_text, texts_of
from shortplank.ingest.gazetteer.proposal import Note, Proposal
from shortplank.ingest.gazetteer.proposing import NO_WISH, Wish, from_lists, from_reports
from shortplank.ingest.gazetteer.seen import Seen, read_seen


@dataclass(frozen=True)
class Proposed:
    """What files propose: the registers as they would be, their texts, and what they rest on."""

    registers: Registers
    texts: dict[str, str]
    notes: tuple[Note, ...]


def propose(ws: Workspace, seen: Seen, wish: Wish = NO_WISH) -> Proposed:
    """Return the registers that a workspace would have with what files say; plain lists go first.

    `ShortplankError` where the files contradict themselves or the wish names no county.
    """
    notes: list[Note] = []
    now, wished = ws, wish
    registers: Registers | None = None
    for make, has in ((from_lists, bool(seen.lists)), (from_reports, bool(seen.reports))):
        if not has:
            continue
        proposal = make(now, seen, wished)
        registers = merge(now, proposal)
        notes += [*proposal.notes, *registers.notes]
        now = registers.within(now)
    assert registers is not None
    return Proposed(registers, texts_of(ws, registers), tuple(dict.fromkeys(notes)))


__all__ = [
    "Named",
    "Note",
    "Proposal",
    "Proposed",
    "Registers",
    "Seen",
    "Wish",
    "merge",
    "propose",
    "read_seen",
    "registers_text",
    "texts_of",
]
