"""What stands beside the cells: notes, lists, properties, and the names of sheets, files, folders.

What is kept or said again (names of sheets and files) has to be free of a person's name too; what
is only passed over (who made a workbook, who wrote a comment) may hold one, but no number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from shortplank.ingest.denied import DENIED
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Upload
from shortplank.ingest.text import name_key
from shortplank.store.names import (
    HIDDEN_FILE,
    HIDDEN_SHEET,
    last_part,
    shown_name,
    shown_sheet,
    stem_of,
)
from shortplank.store.personal import (
    MESSAGES,
    is_a_bare_name,
    is_email,
    looks_like_a_name,
    number_kind,
    personal_kind,
)

_NAMED_IN_LINE = re.compile(r"(身份证|住址)[:为是]")
_LIST_MARKS = re.compile(r"[\s\"'“”,，、;；|=&]+")
LEAST_NAMES = 3


def take_in(uploads: Iterable[Upload], known: Collection[str] = ()) -> Iterator[Upload]:
    """Yield the files under the names that are shown and kept: no folder, no person, no two alike.

    ``known`` are names of the register, which stay. A name that is refused (see `guard_name`) stays
    as it came, for its refusal.
    """
    taken: set[str] = set()
    for upload in uploads:
        name = shown_name(upload.name, known)
        if name == HIDDEN_FILE:
            name = last_part(upload.name)
        stem, dot, ending = name.rpartition(".")
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}（{number}）.{ending}" if dot else f"{ending}（{number}）"
        taken.add(name)
        yield upload if name == upload.name else replace(upload, name=name)


def guard_name(upload: Upload, findings: Findings) -> bool:
    """Return whether a file's name is free of personal data; else it is refused unnamed."""
    name = last_part(upload.name)
    kind = personal_kind(stem_of(name))
    if kind is None and not any(word in name_key(name) for word in DENIED):
        return True
    message = "文件名像是含有个人信息，本系统只收汇总数，请改名并检查内容后再报。"
    findings.add(HIDDEN_FILE, None, None, "refuse", kind or "personal_header", message)
    return False


def guard_sheets(upload: Upload, grids: Sequence[Grid], findings: Findings) -> bool:
    """Return whether the sheets' own names are free of personal data; else refused unnamed."""
    kinds = {kind for grid in grids if (kind := personal_kind(grid.sheet or ""))}
    for kind in sorted(kinds):
        message = f"工作表名{MESSAGES[kind]}"
        findings.add(upload.name, HIDDEN_SHEET, None, "refuse", kind, message)
    return not kinds


def shown_sheets(grids: Sequence[Grid], known: Collection[str] = ()) -> list[Grid]:
    """Return the sheets under the names that are said and kept: nothing personal in them."""
    return [
        grid
        if not grid.sheet or (shown := shown_sheet(grid.sheet, known)) == grid.sheet
        else replace(grid, sheet=shown)
        for grid in grids
    ]


def guard_texts(upload: Upload, texts: Sequence[str], findings: Findings) -> bool:
    """Return whether texts that belong to no sheet are free of personal data."""
    kinds = {kind for text in texts if (kind := _loose_kind(text))}
    for kind in sorted(kinds):
        message = f"文件里（批注、属性等处）{MESSAGES[kind]}"
        findings.add(upload.name, None, None, "refuse", kind, message)
    return not kinds


def guard_about(upload: Upload, grids: Sequence[Grid], findings: Findings) -> bool:
    """Return whether what a workbook says of itself holds no number or address of a person.

    Nothing of it is kept, and nearly every workbook names who made it: names are passed over.
    """
    about = dict.fromkeys(text for grid in grids for text in grid.about)
    kinds = {k for text in about if (k := personal_kind(text)) and k != "person_name"}
    for kind in sorted(kinds):
        message = f"文件的属性、名称或链接里{MESSAGES[kind]}"
        findings.add(upload.name, None, None, "refuse", kind, message)
    return not kinds


def guard_beside(grid: Grid, findings: Findings, known: Collection[str] = ()) -> bool:
    """Return whether the texts beside a sheet's cells hold nothing personal; else refused."""
    noted = dict(_in_notes(grid, known))
    for at, kind in noted.items():
        message = f"这里的批注、页眉页脚或下拉列表等{MESSAGES[kind]}"
        findings.add(grid.file, grid.sheet, at, "refuse", kind, message)
    return not noted


def _in_notes(grid: Grid, known: Collection[str]) -> Iterator[tuple[str | None, str]]:
    for place, text in grid.notes:
        cell = grid.cell(*place) if place else None
        if kind := personal_kind(text):
            yield cell, kind
        elif _NAMED_IN_LINE.search(name_key(text)):
            yield cell, "personal_header"
        elif _lists_names(text, known):
            yield cell, "person_list"


def _lists_names(text: str, known: Collection[str]) -> bool:
    """Return whether a text is a list of names, as one to choose from is."""
    parts = [part for part in _LIST_MARKS.split(text) if part]
    people = [p for p in parts if looks_like_a_name(p) and is_a_bare_name(p)]
    names = [person for person in people if name_key(person) not in known]
    return len(names) >= LEAST_NAMES and 3 * len(names) >= 2 * len(parts)


def _loose_kind(text: str) -> str | None:
    """Return the kind of a run of Latin letters between an old workbook's cells.

    Most of such runs are no text, so that an e-mail address has to be a whole one.
    """
    if kind := number_kind(text):
        return kind
    whole = re.search(r"[\w.+-]{3,}@[\w-]{2,}(\.[A-Za-z]{2,})+", text)
    return "email_address" if whole and is_email(whole[0]) else None
