"""Several files of one report: a form that reads them all, headers of other spellings merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shortplank.catalogue.models import Form, FormArea, FormMonth, FormReading, FormTotal
from shortplank.ingest.drafting.draft import AS_GUESSED, Choices, Draft, draft_file
from shortplank.ingest.drafting.forming import Measured
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Unreadable, Upload
from shortplank.ingest.privacy import guard
from shortplank.ingest.recorded import Recorded, exemption_of, lay
from shortplank.ingest.recorded.matching import compared
from shortplank.store.names import shown_name

_AREAS = tuple(FormArea.model_fields)
# What one form has one of; files that differ here are two reports.
_ONE = ("encoding", "delimiter", "month", "year", "split_headers", "day_first", "grouping")
_SAID = {
    "encoding": "编码",
    "delimiter": "分列符",
    "month": "月份所在",
    "year": "年份所在",
    "split_headers": "区分各行的列",
    "day_first": "日期写法",
    "grouping": "千分位写法",
}


@dataclass(frozen=True)
class Drafted:
    """One form for several files: the first file's draft, and what the others added."""

    first: Draft
    form: Form
    measured: tuple[Measured, ...]
    notes: tuple[str, ...] = ()
    files: int = 1


def draft_files(uploads: Iterable[Upload], choices: Choices = AS_GUESSED) -> Drafted:
    """Return one form for files of one report; `Unreadable` names the file that does not fit."""
    made: Drafted | None = None
    for number, upload in enumerate(uploads, start=1):
        try:
            made = _with(made, upload, choices)
        except Unreadable as fault:
            place = f"{shown_name(upload.name)}：" if number > 1 or made else ""
            raise Unreadable(fault.code, place + fault.message) from fault
    if made is None:
        raise Unreadable("empty_file", "没有文件。")
    return made


def _with(made: Drafted | None, upload: Upload, choices: Choices) -> Drafted:
    """Return the form with one file more."""
    if made is None:
        first = draft_file(upload, choices)
        return Drafted(first, first.form, first.measured)
    if _is_read(made.form, upload):
        return replace(made, files=made.files + 1)
    own = replace(choices, roles={}, head=None, sheet=None)
    return _merged(made, draft_file(upload, own))


def _is_read(form: Form, upload: Upload) -> bool:
    """Return whether a form reads a text file as it stands, all of it, with nothing personal."""
    read = Recorded({"draft": form}).text(upload)
    if read is None or read[1].missing or read[1].unknown:
        return False
    findings = Findings()
    laid = lay(*read, form, findings)
    clean = guard(read[0], findings, exemption_of(read[1]))
    return laid is not None and clean and not any(f.severity == "error" for f in findings)


def _merged(made: Drafted, other: Draft) -> Drafted:
    base = made.form
    assert base.reading is not None and other.form.reading is not None
    for name in _ONE:
        if getattr(base.reading, name) != getattr(other.form.reading, name):
            raise Unreadable("differ", f"与前面的文件{_SAID[name]}不同，是另一种写法：请分开认表。")
    if made.first.areas.level != other.areas.level:
        raise Unreadable("differ", "与前面的文件不是同一级单位，请分开认表。")
    same, notes = _same(made, other)
    columns = {key: headers for key, headers in base.columns.items()}
    measured = list(made.measured)
    for own in other.measured:
        key = same.get(own.id)
        if key is None:
            key = own.id if own.id not in columns else f"{own.id}_{len(columns)}"
            same[own.id] = key
            measured.append(replace(own, id=key))
            notes.append(f"“{own.header}”只在一部分文件里有，单列一个数")
        columns[key] = tuple(dict.fromkeys([*columns.get(key, ()), own.header]))
    there = set(same.values())
    lacking = [key for key in columns if key not in there or key not in base.columns]
    optional = tuple(dict.fromkeys([*base.optional, *other.form.optional, *lacking]))
    area, lacks = _area(base, other.form)
    form = base.model_copy(
        update={
            "columns": columns,
            "optional": optional,
            "area": area,
            "month": _month(base, other.form),
            "totals": _totals(base, other.form, same),
            "ignore": tuple(dict.fromkeys([*base.ignore, *other.form.ignore])),
            "reading": _reading(base.reading, other.form.reading, lacks),
        }
    )
    said = tuple(dict.fromkeys([*made.notes, *notes]))
    return Drafted(made.first, form, tuple(measured), said, made.files + 1)


def _same(made: Drafted, other: Draft) -> tuple[dict[str, str], list[str]]:
    """Return which counts of another file are the form's: by header, by a level of it, by place."""
    known = {compared(h): key for key, headers in made.form.columns.items() for h in headers}
    levels: dict[str, str | None] = {}
    for key, headers in made.form.columns.items():
        for level in {compared(part) for h in headers for part in h.split("/")}:
            levels[level] = None if level in levels and levels[level] != key else key
    same: dict[str, str] = {}
    for own in other.measured:
        parts = [levels.get(compared(part)) for part in own.header.split("/")]
        meant = known.get(compared(own.header)) or next((p for p in parts if p), None)
        if meant is not None and meant not in same.values():
            same[own.id] = meant
    rest = [m for m in other.measured if m.id not in same]
    free = [key for key in made.form.columns if key not in same.values()]
    if rest and len(rest) == len(free) == len(other.measured) == len(made.form.columns):
        pairs = list(zip(rest, free, strict=True))
        same |= {own.id: key for own, key in pairs}
        columns = made.form.columns
        return same, [f"“{own.header}”按列的位置当作“{columns[key][0]}”" for own, key in pairs]
    return same, []


def _area(base: Form, other: Form) -> tuple[FormArea, list[str]]:
    """Return the columns of areas in all spellings, and the headers that some files lack."""
    found: dict[str, tuple[str, ...]] = {}
    lacks: list[str] = []
    for name in _AREAS:
        own: Sequence[str] = getattr(base.area, name)
        more: Sequence[str] = getattr(other.area, name)
        found[name] = tuple(dict.fromkeys([*own, *more]))
        if bool(own) != bool(more):
            lacks += found[name]
    return FormArea(**found), lacks


def _month(base: Form, other: Form) -> FormMonth:
    if base.month is None or other.month is None or base.month.calendar != other.month.calendar:
        raise Unreadable("differ", "与前面的文件月份写法不同，请分开认表。")
    headers = dict.fromkeys([*base.month.headers, *other.month.headers])
    return base.month.model_copy(update={"headers": tuple(headers)})


def _totals(base: Form, other: Form, same: dict[str, str]) -> tuple[FormTotal, ...]:
    """Return the totals of both: those of the same parts in all spellings."""
    found = {frozenset(total.parts): total for total in base.totals}
    for total in other.totals:
        parts = tuple(same[part] for part in total.parts)
        own = found.get(frozenset(parts))
        headers = dict.fromkeys([*(own.headers if own else ()), *total.headers])
        found[frozenset(parts)] = total.model_copy(
            update={"headers": tuple(headers), "parts": parts}
        )
    return tuple(found.values())


def _reading(base: FormReading, other: FormReading, lacks: list[str]) -> FormReading:
    def both(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*getattr(base, name), *getattr(other, name)]))

    more = {name: both(name) for name in ("unknown", "sum_rows", "skip_rows", "year_headers")}
    more["zeros"] = tuple(m for m in both("zeros") if m not in more["unknown"])
    more["may_lack"] = tuple(dict.fromkeys([*base.may_lack, *lacks]))
    return base.model_copy(
        update={
            **more,
            "head_rows": max(base.head_rows, other.head_rows),
            "fill_down": base.fill_down or other.fill_down,
        }
    )
