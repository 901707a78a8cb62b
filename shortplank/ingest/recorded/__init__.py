"""Forms that record how their files are written: read by that, and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shortplank.catalogue.forms import ENCODINGS
from shortplank.catalogue.models import Form, FormReading
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.privacy import Exempt
from shortplank.ingest.recorded.laying import AREAS, Laid, lay
from shortplank.ingest.recorded.matching import Match, find_recorded
from shortplank.ingest.recorded.texts import CALLED, DELIMITERS, decoded, read_recorded
from shortplank.ingest.workbook import is_compound, is_package

_COUNTS = ("measure", "part", "total", "across", "value")


@dataclass(frozen=True)
class Recorded:
    """The forms of a workspace that record how their files are written."""

    forms: Mapping[str, Form]

    @staticmethod
    def of(forms: Mapping[str, Form]) -> Recorded:
        """Return those among some forms that record it."""
        return Recorded({key: form for key, form in forms.items() if form.reading})

    def text(self, upload: Upload) -> tuple[Grid, Match] | None:
        """Return a text file under the one form whose record it fits; None under none.

        Raises `Unreadable` where it fits and cannot be read.
        """
        if not is_text(upload.data):
            return None
        found: list[tuple[Grid, Match]] = []
        fault: Unreadable | None = None
        for key, form in self.forms.items():
            assert form.reading is not None
            try:
                grid = read_recorded(upload, form.reading)
            except Unreadable as error:
                fault = fault or error
                continue
            match = find_recorded(grid, key, form) if grid is not None else None
            if grid is not None and match is not None:
                found.append((grid, match))
        best = max(found, key=lambda each: (not each[1].missing, each[1].known), default=None)
        if best is None and fault is not None and len(self.forms) == 1:
            raise fault
        return best

    def sheet(self, grid: Grid) -> Match | None:
        """Return the match of a workbook's sheet, None where no form's header is wholly it."""
        whole = [m for m in self._found(grid) if not (m.missing or m.unknown or m.several)]
        return max(whole, key=lambda match: match.known, default=None)

    def nearly(self, grid: Grid) -> Match | None:
        """Return the form's header that a sheet comes nearest to, with what is at fault in it."""
        return max(self._found(grid), key=lambda match: match.known, default=None)

    def _found(self, grid: Grid) -> list[Match]:
        found = [find_recorded(grid, key, form) for key, form in self.forms.items()]
        return [match for match in found if match is not None]

    def elsewhere(self, upload: Upload) -> str | None:
        """Return what is to be said of a text file that fits a form in another writing."""
        if not is_text(upload.data):
            return None
        for key, form in self.forms.items():
            reading = form.reading
            if reading is None or reading.encoding is None or reading.delimiter is None:
                continue
            for encoding in ENCODINGS:
                for mark in sorted(DELIMITERS, key=lambda name: name != reading.delimiter):
                    other = reading.model_copy(update={"encoding": encoding, "delimiter": mark})
                    if other == reading or not _fits(upload, key, form, other):
                        continue
                    return _other_writing(form, encoding, mark)
        return None


def _fits(upload: Upload, key: str, form: Form, reading: FormReading) -> bool:
    """Return whether a file's beginning has the form's header under another writing."""
    text = decoded(upload.data, reading.encoding or "utf-8")
    if text is None:
        return False
    head = "\n".join(text.splitlines()[:60])
    try:
        part = Upload(upload.name, head.encode())
        grid = read_recorded(part, reading.model_copy(update={"encoding": "utf-8"}))
    except Unreadable:
        return False
    match = find_recorded(grid, key, form) if grid is not None else None
    return match is not None and not match.missing


def _other_writing(form: Form, encoding: str, mark: str) -> str:
    assert form.reading is not None and form.reading.encoding is not None
    if encoding != form.reading.encoding:
        return (
            f"文件的编码是 {CALLED[encoding]}，表单“{form.label}”登记的是 "
            f"{CALLED[form.reading.encoding]}；请按登记的编码另存，或用 form draft 重新认表。"
        )
    names = {"comma": "逗号", "semicolon": "分号", "tab": "制表符", "bar": "竖线"}
    own = names[form.reading.delimiter or "comma"]
    return (
        f"文件用{names[mark]}分列，表单“{form.label}”登记的是{own}；"
        "请按登记的写法另存，或用 form draft 重新认表。"
    )


def is_text(data: bytes) -> bool:
    """Return whether a file's bytes are none of a workbook, Parquet or a web page."""
    if is_package(data) or is_compound(data) or data.startswith(b"PAR1"):
        return False
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"<"


def exemption_of(match: Match) -> Exempt:
    """Return what a recorded header takes out of the scan for personal data."""
    counts = frozenset(match.columns(*_COUNTS))
    areas = frozenset(match.columns(*AREAS))
    others = frozenset(match.columns("month", "year", "split", "ignore"))
    return Exempt(counts, areas, areas | counts | others, match.first, match.last)


__all__ = [
    "CALLED",
    "Laid",
    "Match",
    "Recorded",
    "exemption_of",
    "find_recorded",
    "is_text",
    "lay",
]
