"""What adds up: columns that are the sum of others, and rows that are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from shortplank.ingest.drafting import clues
from shortplank.ingest.drafting.tables import Column, Table
from shortplank.ingest.numbers import OK, parse_count
from shortplank.ingest.text import name_key

Counts = NDArray[np.int64]
# So few lines prove no sum, unless the header says it is one.
FEWEST_LINES = 3
MOST_COLUMNS = 60
# Counts of a row below which it may be the sum of its neighbours by chance.
LEAST_SUM = 20


def counts_in(table: Table, column: int) -> tuple[Counts, NDArray[np.bool_]]:
    """Return the counts of a column by line, and which of them are given; a dash may be a zero."""
    parsed = [parse_count(text) for text in table.grid.texts[column]]
    values = np.array([v if s == OK else 0 for v, s in parsed] or [0], dtype=np.int64)
    texts = [text.strip() for text in table.grid.texts[column]]
    dashes = [bool(text) and not text.strip("-—–―─－‐−") for text in texts]
    states = [s == OK or dash for (_, s), dash in zip(parsed, dashes, strict=True)]
    given = np.array(states or [False], dtype=bool)
    places = table.places(column)
    return values[places], given[places]


def total_columns(table: Table, measures: list[int]) -> dict[int, tuple[int, ...]]:
    """Return the columns that are, in every line, the sum of others, each with its parts.

    Parts that are sums themselves are replaced by theirs, so that all are counts that are kept.
    """
    if len(measures) > MOST_COLUMNS or len(measures) < 3:
        return {}
    found: dict[int, tuple[int, ...]] = {}
    held = {c: counts_in(table, c) for c in measures}
    values = {c: v for c, (v, _) in held.items()}
    lines = np.logical_and.reduce([given for _, given in held.values()])
    if not lines.any():
        return {}
    values = {c: v[lines] for c, v in values.items()}
    for column in measures:
        said = bool(clues.TOTAL.search(table.columns[column].levels[-1]))
        if not _shows(values[column], said=said):
            continue
        for parts in _candidates(table, column, measures):
            if column in parts or any(column in found.get(p, ()) for p in parts):
                continue
            summed = np.sum([values[p] for p in parts], axis=0)
            used = sum(bool(values[p].any()) for p in parts)
            if used > 1 and np.array_equal(summed, values[column]):
                found[column] = parts
                break
    return {c: _leaves(c, found) for c in found}


def _shows(values: Counts, *, said: bool) -> bool:
    """Return whether a column has so many lines with a count that a sum is no chance."""
    return bool((values > 0).sum() >= (1 if said else FEWEST_LINES))


def _leaves(column: int, found: dict[int, tuple[int, ...]]) -> tuple[int, ...]:
    parts: list[int] = []
    for part in found[column]:
        parts += _leaves(part, found) if part in found else [part]
    return tuple(dict.fromkeys(parts))


def _candidates(table: Table, column: int, measures: list[int]) -> list[tuple[int, ...]]:
    """Return which columns may be a total's parts: those of its group, its neighbours, pairs."""
    at = measures.index(column)
    levels = table.columns[column].levels
    group = [
        c
        for c in measures
        if c != column and len(levels) > 1 and table.columns[c].levels[:-1] == levels[:-1]
    ]
    found = [tuple(group)] if len(group) > 1 else []
    for size in range(2, len(measures)):
        found.append(tuple(measures[at + 1 : at + 1 + size]))
        found.append(tuple(measures[max(at - size, 0) : at]))
    found += [tuple(c for c in measures if c != column)]
    others = [c for c in measures if c != column][:24]
    found += list(combinations(others, 2))
    return [parts for parts in dict.fromkeys(found) if len(parts) > 1]


def sum_names(
    table: Table, areas: list[int], own: list[int], measures: list[int]
) -> tuple[list[str], list[str]]:
    """Return the names or codes of rows that are sums of others: by their words, and by nesting.

    ``areas`` are the columns that say of which area a row is, ``own`` the unit's name and code. The
    second list is of rows whose unit is blank or an area above the others.
    """
    words: dict[str, None] = {}
    upper: dict[str, None] = {}
    for column in dict.fromkeys([*own, *areas]):
        for text in table.columns[column].texts:
            if clues.TOTAL.fullmatch(" ".join(text.split())) or clues.TOTAL.fullmatch(
                name_key(text)
            ):
                words[text.strip()] = None
    upper |= dict.fromkeys(_blank_units(table, own))
    upper |= dict.fromkeys(_own_parents(table, areas, own))
    for column in own:
        found = _prefixes(table.columns[column])
        adding = [code for code in found if _adds_up(table, column, code, found, measures)]
        # A unit with a case or two is the sum of its neighbours by chance.
        if any(_total(table, column, code, measures) >= LEAST_SUM for code in adding):
            upper |= dict.fromkeys(adding)
    return list(words), [name for name in upper if name not in words]


def lines_of(table: Table, own: list[int], areas: list[int], names: list[str]) -> NDArray[np.bool_]:
    """Return the lines that are none of some rows by their names or codes; "" is a blank unit."""
    found = np.ones(len(table.rows), dtype=bool)
    for column in dict.fromkeys([*own, *areas]):
        texts = table.grid.texts[column]
        named = np.array([bool(t.strip()) and t.strip() in names for t in texts], dtype=bool)
        found &= ~named[table.places(column)]
    if "" in names:
        blank = np.ones(len(table.rows), dtype=bool)
        for column in own:
            empty = np.array([not t.strip() for t in table.grid.texts[column]], dtype=bool)
            blank &= empty[table.places(column)]
        found &= ~blank
    return found


def _blank_units(table: Table, own: list[int]) -> list[str]:
    blank = np.ones(len(table.rows), dtype=bool)
    for column in own:
        empty = np.array([not t.strip() for t in table.grid.texts[column]], dtype=bool)
        blank &= empty[table.places(column)]
    return [""] if own and blank.any() else []


def _own_parents(table: Table, areas: list[int], own: list[int]) -> list[str]:
    """Return the names of rows whose unit has the name of the area above it."""
    found = []
    for column in own:
        for above in (c for c in areas if c not in own):
            pairs = {
                (table.grid.texts[column][a].strip(), table.grid.texts[above][b].strip())
                for a, b in zip(
                    table.places(column).tolist(), table.places(above).tolist(), strict=True
                )
            }
            same = [a for a, b in pairs if a and a == b]
            found += same if len(same) < len(pairs) / 2 else []
    return found


def _total(table: Table, column: int, code: str, measures: list[int]) -> int:
    """Return all that the lines of a code count."""
    texts = np.array([t.strip() == code for t in table.grid.texts[column]], dtype=bool)
    own = texts[table.places(column)]
    return sum(int(counts_in(table, m)[0][own].sum()) for m in measures)


def _adds_up(table: Table, column: int, code: str, uppers: list[str], measures: list[int]) -> bool:
    """Return whether a code's counts are those of all the codes that it begins."""
    texts = [t.strip() for t in table.grid.texts[column]]
    stem = code.rstrip("0")
    own = np.array([t == code for t in texts], dtype=bool)[table.places(column)]
    below = np.array([t.startswith(stem) and t not in uppers for t in texts], dtype=bool)
    below = below[table.places(column)]
    sums = [
        (counts_in(table, m)[0][own].sum(), counts_in(table, m)[0][below].sum()) for m in measures
    ]
    return any(a for a, _ in sums) and all(a == b for a, b in sums)


def _prefixes(column: Column) -> list[str]:
    """Return the codes that, their closing zeros aside, begin two or more others of the column."""
    codes = sorted({t.strip() for t in column.texts if t.strip().isascii() and t.strip().isalnum()})
    if len(codes) < 3 or not all(any(x.isdigit() for x in c) for c in codes):
        return []
    stems = {code: code.rstrip("0") for code in codes if len(code.rstrip("0")) >= 2}
    found = []
    for code, stem in stems.items():
        if len(code) == len(stem) and len({len(c) for c in codes}) == 1:
            continue
        begun = sum(other != code and other.startswith(stem) for other in codes)
        if begun >= 2 and begun < len(codes):
            found.append(code)
    own = set(found)
    # What begins others only because its own end is a zero (110, 1101) is a unit like them.
    return [c for c in found if any(o not in own and o.startswith(stems[c]) for o in codes)]
