"""Marts in parts: each is done by any machine that sees the workspace, again if need be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa

import shortplank
from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store.edition import Edition
from shortplank.store.mart_files import MART_VERSION, edition_months
from shortplank.store.marts import MartBuilder
from shortplank.store.units import village_groups

# A part reads eleven months before its own: parts of a year cost a tenth more than one run does,
# parts of a month three times as much.
INDICATOR_MONTHS = 12
MEASURE_MONTHS = 4
Kind = Literal["measure", "indicator"]


@dataclass(frozen=True)
class Part:
    """Some months' files of one kind: the townships', or with ``counties`` their villages'.

    ``fingerprint`` is that of who gave it out: other settings or programs would make other files.
    """

    kind: Kind
    months: tuple[date, ...]
    counties: tuple[str, ...]
    edition: int
    fingerprint: str


def fingerprint(ws: Workspace) -> str:
    """Return what machines that build one edition together must have in common."""
    return "|".join(
        [str(MART_VERSION), shortplank.__version__, pa.__version__, ws.mart_fingerprint]
    )


def stages(ws: Workspace, edition: Edition) -> list[list[Part]]:
    """Return the parts of an edition's marts: the leaf counts, then what rests on them."""
    months, own = edition_months(ws, edition), fingerprint(ws)
    groups = village_groups(ws)

    def parts(kind: Kind, size: int, groups: list[tuple[str, ...]]) -> Iterator[Part]:
        for counties in groups:
            for at in range(0, len(months), size):
                yield Part(kind, tuple(months[at : at + size]), counties, edition.number, own)

    # All groups of more than one county rest on the same counts.
    together = next((group for group in groups if len(group) > 1), ())
    counted = dict.fromkeys(group if len(group) == 1 else together for group in groups)
    return [
        [*parts("measure", MEASURE_MONTHS, [(), *counted])],
        [*parts("indicator", INDICATOR_MONTHS, [(), *groups])],
    ]


def do(ws: Workspace, edition: Edition, part: Part, threads: int = 2) -> list[str]:
    """Do a part, what is not there of it, and return its files' names below ``marts/``.

    `StoreError` where the workspace or the program here is not the one that gave it out.
    """
    if part.fingerprint != fingerprint(ws) or part.edition != edition.number:
        raise StoreError(
            "节点上的工作区或程序与本机不同",
            place=str(ws.path),
            mend="请让各节点挂载同一个工作区，安装同一版程序",
        )
    builder = MartBuilder(
        ws, edition, counties=part.counties, only=frozenset(part.months), threads=threads
    )
    made = builder.build() if part.kind == "indicator" else builder.build_measures()
    return [path.relative_to(ws.path / "marts").as_posix() for path in made]
