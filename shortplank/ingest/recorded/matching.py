"""Whether a sheet has the header that a form records, and what each of its columns is.

Headers are compared whole and as written, blanks, widths and case aside: what a form records is
what its files have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shortplank.catalogue.models import Form, FormReading
from shortplank.ingest.grid import HEAD_ROWS, Grid
from shortplank.ingest.header import header_texts, path_of
from shortplank.ingest.recorded.spelled import Calendar, Spelled, spelled
from shortplank.ingest.text import header_key
from shortplank.ingest.words import Role


@dataclass(frozen=True)
class Match:
    """A header in a sheet: its rows, what each column is, and what is wanting or too much."""

    form: str
    first: int
    last: int
    roles: dict[int, Role]
    paths: tuple[str, ...]
    unknown: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    several: tuple[int, ...] = ()
    """Columns whose meaning another column has already."""

    @property
    def known(self) -> int:
        """Return how many columns the form knows."""
        return len(self.roles)

    def columns(self, *kinds: str) -> list[int]:
        """Return the columns of some kinds, in order."""
        return sorted(column for column, role in self.roles.items() if role[0] in kinds)

    def column(self, kind: str) -> int | None:
        """Return the column of a kind that stands once."""
        return next(iter(self.columns(kind)), None)


def find_recorded(grid: Grid, key: str, form: Form) -> Match | None:
    """Return the best match of a form's header in a sheet, None where hardly anything is alike."""
    assert form.reading is not None
    headers, best = _Headers(form), None
    for first, rows in _starts(form.reading, grid):
        found = headers.match(grid, key, first, first + rows - 1)
        if found is not None and not found.missing:
            return found
        if found is not None and (best is None or found.known > best.known):
            best = found
    return best if best and best.known > len(best.missing) else None


def _starts(reading: FormReading, grid: Grid) -> Iterator[tuple[int, int]]:
    """Yield the rows in which a header may begin and how many it has, as recorded first.

    A form of several spellings may know files with fewer rows of header.
    """
    own = reading.head_row - 1
    for rows in range(reading.head_rows, 0, -1):
        last = min(grid.rows, HEAD_ROWS) - rows
        if own <= last:
            yield own, rows
        yield from ((row, rows) for row in range(last + 1) if row != own)


class _Headers:
    """What a form's headers mean, as they are compared."""

    def __init__(self, form: Form) -> None:
        assert form.reading is not None
        self.form, self.reading = form, form.reading
        self.roles = dict(_roles(form))

    def match(self, grid: Grid, key: str, first: int, last: int) -> Match | None:
        """Return what a form makes of some rows as a header."""
        texts = header_texts(grid, first, last)
        paths = tuple(path_of(each) for each in texts)
        roles: dict[int, Role] = {}
        taken: set[Role] = set()
        unknown, several = [], []
        for column, each in enumerate(texts):
            filled = each or _filled(grid, column, last + 1)
            role = self._role(tuple(text for _, text in each)) if filled else None
            if role in taken and not each:
                role = None
            if role is None:
                unknown += [column] if _filled(grid, column, last + 1) else []
            elif role in taken and role[0] != "ignore":
                several.append(column)
            else:
                roles[column] = role
                taken.add(role)
        if not taken:
            return None
        missing = tuple(self._missing(taken))
        return Match(key, first, last, roles, paths, tuple(unknown), missing, tuple(several))

    def _role(self, levels: tuple[str, ...]) -> Role | None:
        role = self.roles.get(compared("/".join(dict.fromkeys(t.strip() for t in levels))))
        if role is not None or self.reading.month != "across":
            return role
        calendar: Calendar = self.form.month.calendar if self.form.month else "iso"
        said = time_and_rest(
            levels,
            calendar,
            with_year=self.reading.year == "month",
            day_first=self.reading.day_first,
        )
        if said is None:
            return None
        time, rest = said
        if self.reading.split_headers:  # the line says of which count it is
            return ("across", rest, time)
        own = self.roles.get(compared(rest)) if rest else self._only()
        return ("across", own[1], time) if own is not None and own[0] == "measure" else None

    def _only(self) -> Role | None:
        measures = list(self.form.columns)
        return ("measure", measures[0]) if len(measures) == 1 else None

    def _missing(self, taken: set[Role]) -> Iterator[str]:
        """Yield the headers without which the form cannot be read."""
        form, reading = self.form, self.reading
        area = form.area
        for kind, headers in (
            ("code", area.code_headers),
            ("name", area.name_headers),
            ("parent", area.parent_headers),
            ("county", area.county_headers),
            ("province", area.province_headers),
            ("year", reading.year_headers),
            ("month", form.month.headers if form.month and reading.month == "column" else ()),
        ):
            lacking = headers and (kind,) not in taken
            if lacking and not set(headers) <= set(reading.may_lack):
                yield headers[0]
        if reading.split_headers:
            wanted = [("split", str(i)) for i in range(len(reading.split_headers))]
            wanted += [("value", str(i)) for i in range(len(reading.value_headers))]
            names = (*reading.split_headers, *reading.value_headers)
            yield from (n for n, role in zip(names, wanted, strict=True) if role not in taken)
            if self.reading.month == "across" and not any(r[0] == "across" for r in taken):
                yield "月份"
            return
        there = {role[1] for role in taken if role[0] in ("measure", "across")}
        for measure, headers in form.columns.items():
            if measure in there or measure in form.optional or self._in_parts(measure, taken):
                continue
            yield headers[0]

    def _in_parts(self, measure: str, taken: set[Role]) -> bool:
        parts = self.form.sums.get(measure, ())
        return bool(parts) and all(("part", measure, str(i)) in taken for i in range(len(parts)))


def _roles(form: Form) -> Iterator[tuple[str, Role]]:
    assert form.reading is not None
    area, reading = form.area, form.reading
    said: list[tuple[tuple[str, ...], Role]] = [(form.ignore, ("ignore",))]
    if not reading.split_headers:
        said += [(h, ("measure", name)) for name, h in form.columns.items()]
        said += [
            (headers, ("part", name, str(i)))
            for name, parts in form.sums.items()
            for i, headers in enumerate(parts)
        ]
        said += [(t.headers, ("total", str(i))) for i, t in enumerate(form.totals)]
    said += [((h,), ("split", str(i))) for i, h in enumerate(reading.split_headers)]
    said += [((h,), ("value", str(i))) for i, h in enumerate(reading.value_headers)]
    said += [
        (area.county_code_headers, ("county_code",)),
        (area.parent_code_headers, ("parent_code",)),
        (area.province_headers, ("province",)),
        (area.county_headers, ("county",)),
        (area.parent_headers, ("parent",)),
        (area.name_headers, ("name",)),
        (area.code_headers, ("code",)),
        (reading.year_headers, ("year",)),
    ]
    if form.month and reading.month == "column":
        said.append((form.month.headers, ("month",)))
    for headers, role in said:
        yield from ((compared(header), role) for header in headers)


@lru_cache(maxsize=20_000)
def compared(header: str) -> str:
    """Return a header as it is compared: each level without blanks, in one width and case.

    >>> compared(" Births / Male "), compared("出生\\n人数/男")
    ('births/male', '出生人数/男')
    """
    return "/".join(header_key(level) for level in header.split("/"))


def time_and_rest(
    levels: tuple[str, ...], calendar: Calendar, *, with_year: bool, day_first: bool = True
) -> tuple[str, str] | None:
    """Return the month that some levels of a header name, and the other levels; None without one.

    >>> time_and_rest(("2024年", "1月", "出生"), "iso", with_year=True)
    ('2024年1月', '出生')
    >>> time_and_rest(("出生", "1月"), "iso", with_year=True) is None
    True
    """
    texts = dict.fromkeys(part for level in levels for part in _apart(level.strip(), calendar))
    said = {text: spelled(text, calendar) for text in texts}
    times = [text for text, one in said.items() if one is not None and _is_time(text, one)]
    if not times:
        return None
    joined = times[0] if len(times) == 1 else _joined(times, said)
    one = spelled(joined, calendar, day_first=day_first)
    if one is None or (one.first is None if with_year else not (one.month or one.quarter)):
        return None
    return joined, "/".join(text for text in said if text not in times)


_BETWEEN = re.compile(r"[\s_/|·:：()（）\[\]-]+")
# Where a month's own sign ends it, the rest needs no mark in between: 2024年1月出生.
_SIGNED = re.compile(r"(?:\d{2,4}\s*[年년]\s*)?\d{1,2}\s*[月월]份?(?![末底初度])")


@lru_cache(maxsize=10_000)
def _apart(text: str, calendar: Calendar) -> tuple[str, ...]:
    """Return a header's month and the rest of it, where one text has both: 2024년01월_출생자수.

    >>> _apart("2024년01월_출생자수", "iso"), _apart("Births (Jan 2024)", "iso")
    (('2024년01월', '출생자수'), ('Jan 2024', 'Births'))
    >>> _apart("2024年1月出生", "iso"), _apart("1月末人口", "iso")
    (('2024年1月', '出生'), ('1月末人口',))
    """
    if spelled(text, calendar) is not None:
        return (text,)
    for between in _BETWEEN.finditer(text):
        left, right = text[: between.start()], text[between.end() :].strip("()（）[] ")
        for time, rest in ((left, right), (right, left)):
            said = spelled(time, calendar)
            if (
                rest
                and not rest.isdigit()
                and said
                and (said.first or (said.month and not time.isdigit()))
            ):
                return time, rest
    if (signed := _SIGNED.match(text)) and (rest := text[signed.end() :].strip()):
        return signed[0], rest
    return (text,)


def _is_time(text: str, one: Spelled) -> bool:
    return bool(one.month or one.quarter or one.year)


def _joined(times: list[str], said: Mapping[str, Spelled | None]) -> str:
    year = next((one.year for t in times if (one := said[t]) and one.year), None)
    month = next((one.month for t in times if (one := said[t]) and one.month), None)
    return f"{year}年{month}月" if year and month else "".join(times)


def _filled(grid: Grid, column: int, start: int) -> bool:
    places = set(grid.places(column, start).tolist())
    return any(header_key(grid.texts[column][place]) for place in places)
