"""The questions: every file in ``queries/`` with the contract in its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shortplank.store.served import SERVED

QUERIES = SERVED / "queries"


@dataclass(frozen=True)
class Query:
    """A query file: its SQL and the contract in its header."""

    name: str
    path: Path
    sql: str
    about: str
    grain: str
    params: tuple[str, ...]
    columns: tuple[str, ...]
    reads: tuple[str, ...]


_HEADER = re.compile(r"^--\s?(.*)$")


def header_of(text: str, keys: Sequence[str]) -> dict[str, str]:
    """Return what the comments at a query's head say, by key; what stands first is ``about``."""
    known = re.compile(rf"^({'|'.join(keys)}):\s*(.*)$")
    fields: dict[str, str] = {}
    key = "about"
    for line in text.splitlines():
        if not (comment := _HEADER.match(line)):
            break
        said = comment.group(1)
        if match := known.match(said):
            key, said = match.groups()
        fields[key] = (fields.get(key, "") + "\n" + said).lstrip()
    return fields


def parse_query(path: Path) -> Query:
    """Return a query file with its header read; the header's form is in ``queries/README.md``."""
    text = path.read_text(encoding="utf-8")
    fields = header_of(text, ("grain", "params", "columns", "reads"))
    names = fields.get("columns", "").replace("\n", " ")
    reads = fields.get("reads", "").replace("\n", " ")
    return Query(
        name=path.stem,
        path=path,
        sql=text,
        about=fields.get("about", "").strip(),
        grain=fields.get("grain", "").strip(),
        params=tuple(re.findall(r"(?m)^\s*\$(\w+)", fields.get("params", ""))),
        columns=tuple(part.strip() for part in names.split(",") if part.strip()),
        reads=tuple(part.strip() for part in reads.split(",") if part.strip()),
    )


@cache
def all_queries() -> dict[str, Query]:
    """Return every query by name; names are unique over all topics."""
    return {path.stem: parse_query(path) for path in sorted(QUERIES.glob("*/*.sql"))}
