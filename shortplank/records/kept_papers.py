"""What papers were made: which, of which edition, by whom and when, and the hash of each file.

The files themselves are not kept: made again of the same answers they are the same, byte by byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shortplank.reading.view import View
from shortplank.store import journal
from shortplank.store.posts import lines_of, write_line
from shortplank.wording.periods import month_key

JOURNAL = "papers"


@dataclass(frozen=True)
class KeptPaper:
    """One paper that was made; ``digest`` is the SHA-256 of its bytes."""

    key: str
    name: str
    month: date
    quarter: str
    edition: int
    exact: bool
    digest: str
    size: int
    who: str
    at: datetime


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a paper's bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def keep_papers(
    view: View,
    files: Mapping[str, tuple[str, bytes]],
    *,
    edition: int,
    exact: bool,
    quarter: str = "",
    at: datetime | None = None,
) -> None:
    """Remember papers by their keys: file name and bytes; `NotAllowed` without the right to.

    What is remembered already is not written again.
    """
    who = view.actor.signs("keep_papers")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    known = {(each.name, each.edition, each.digest) for each in kept_papers(view)}
    made = [
        {"paper": key, "name": name, "sha256": digest_of(data), "size": len(data)}
        for key, (name, data) in files.items()
        if (name, edition, digest_of(data)) not in known
    ]
    if not made:
        return
    line = {
        "month": month_key(view.month),
        "quarter": quarter,
        "edition": edition,
        "exact": exact,
        "papers": made,
        "who": who,
        "at": moment.isoformat(),
    }
    write_line(view.ws, JOURNAL, line)


def kept_papers(view: View) -> list[KeptPaper]:
    """Return what was made for the month of the view, the newest first."""
    found = []
    for line in lines_of(view.ws, JOURNAL):
        try:
            if line["month"] == month_key(view.month):
                found += [_kept(view.month, line, paper) for paper in line["papers"]]
        except (KeyError, TypeError, ValueError):
            continue
    return found[::-1]


def _kept(month: date, line: journal.Line, paper: journal.Line) -> KeptPaper:
    return KeptPaper(
        key=str(paper["paper"]),
        name=str(paper["name"]),
        month=month,
        quarter=str(line.get("quarter", "")),
        edition=int(line["edition"]),
        exact=bool(line["exact"]),
        digest=str(paper["sha256"]),
        size=int(paper["size"]),
        who=str(line["who"]),
        at=datetime.fromisoformat(line["at"]),
    )
