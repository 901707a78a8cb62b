"""What a month announces, as one JSON object or in lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from shortplank.access import MACHINE, Reads
from shortplank.audit.seen import note_export, seen_of
from shortplank.errors import ShortplankError
from shortplank.papers.findings import Row, month_findings
from shortplank.reading.view import first_view
from shortplank.store import engine
from shortplank.wording.judged import FOOTER, nothing_listed_text
from shortplank.wording.naming import speak_of
from shortplank.wording.periods import month_key


def found_in(root: Path, month: date, role: Reads, county: str | None = None) -> Row:
    """Return the month of a workspace, at its home or a county, as a role may have it."""
    shared = engine(root)
    at = shared.at(county) if county else shared
    speak_of(at.ws)
    view = first_view(at, replace(MACHINE, role=role, scope=county or ""))
    if view is None:
        raise ShortplankError(
            "工作区里还没有数据", place=str(root), mend="请先用 shortplank import"
        )
    made = month_findings(view.with_(month=month))
    seen = seen_of(
        root,
        view.actor.account,
        act="findings",
        month=month_key(month),
        edition=view.edition,
    )
    note_export(seen, "lines", None, exact=view.may("see_exact"))
    return made


def object_of(made: Row) -> str:
    """Return the month as one JSON object."""
    return json.dumps(made, ensure_ascii=False, indent=1)


def lines_of(made: Row) -> Iterator[str]:
    """Yield the month in lines: what is announced, the facts, what deserves a second look."""
    told = made["findings"]
    yield f"{made['county']} {made['month']}（第{made['edition']}版）"
    if not told:
        yield f"{nothing_listed_text(made['tests'])}。"
    yield from (f"判定　{each['sentence']}" for each in told)
    yield from (f"事实　{each['sentence']}" for each in made["facts"])
    yield from (f"值得核对　{each['sentence']}（{each['rate']}）" for each in made["signals"])
    if told:
        yield FOOTER
