"""What the header of a question says of its parameters, as a program needs it: kind, meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from shortplank.store import all_queries
from shortplank.store.queries import Query

Kind = Literal["month", "area", "county", "form", "indicator", "indicators", "number", "integer"]
# Where it stands in a file, and under which names: who may see that is decided where a page guards
# it (`reading.sources`), cell by cell.
WITHHELD = frozenset({"sources_by_area"})
_KINDS: dict[str, Kind] = {
    "county": "county",
    "area": "area",
    "village": "area",
    "changed": "month",
    "form": "form",
    "indicator": "indicator",
    "indicators": "indicators",
    "line": "number",
    "factor": "number",
    "year": "integer",
    "year_opens": "integer",
}
# What a parameter is where a request leaves it out.
DEFAULTS: Mapping[str, str] = {
    "county": "the county of the account",
    "month": "the newest month of the edition",
    "year_month": "the first month of the month's statistical year",
    "year": "the month's statistical year",
    "year_opens": "the workspace's own",
    "factor": "the indicator's own",
    "changed": "the newest change of the form",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question; ``default`` says what it is where it is left out, "" for none."""

    name: str
    kind: Kind
    about: str
    default: str


def kind_of(name: str) -> Kind:
    """Return what a parameter holds, by its name; `KeyError` for one that nobody knows.

    >>> kind_of("year_month"), kind_of("village"), kind_of("line")
    ('month', 'area', 'number')
    """
    return "month" if name == "month" or name.endswith("_month") else _KINDS[name]


@cache
def questions() -> dict[str, Query]:
    """Return the questions that programs may ask, by name: with parameters of known kinds alone."""
    return {
        key: query
        for key, query in all_queries().items()
        if key not in WITHHELD and all(_is_known(name) for name in query.params)
    }


def _is_known(name: str) -> bool:
    return name in _KINDS or name == "month" or name.endswith("_month")


def parameters(query: Query) -> list[Parameter]:
    """Return the parameters of a question, in the order of its header."""
    said = dict(re.findall(r"(?m)^--[^$\n]*\$(\w+)[ \t]+(.+)$", query.sql))
    return [
        Parameter(name, kind_of(name), said.get(name, "").strip(), DEFAULTS.get(name, ""))
        for name in query.params
    ]
