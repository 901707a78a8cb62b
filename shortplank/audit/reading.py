"""What was done, read back: the newest first, by filters, and what is too old thrown away."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from shortplank.audit.lines import audit_folder
from shortplank.errors import ShortplankError

Line = dict[str, str | int]
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.jsonl")
_BLOCK = 1 << 16
# How every line begins; nothing inside one can be written so, as quotes there are escaped.
_BEGINNING = b'{"at":"'


@dataclass(frozen=True)
class Asked:
    """Which lines are wanted: of days, an account, a kind, a page or an indicator; "" is any."""

    first: date
    last: date
    account: str = ""
    what: str = ""
    page: str = ""
    indicator: str = ""

    def fits(self, line: Line) -> bool:
        """Return whether a line is wanted, whatever its day."""
        wanted = {
            "account": self.account,
            "what": self.what,
            "page": self.page,
            "indicator": self.indicator,
        }
        return all(not value or line.get(key) == value for key, value in wanted.items())


@dataclass(frozen=True)
class Found:
    """The newest lines that fit, how many were looked through, and whether older ones fit too."""

    lines: tuple[Line, ...]
    looked: int
    more: bool


def found(workspace: Path | str, asked: Asked, most: int) -> Found:
    """Return the newest lines that fit, at most so many; `ShortplankError` where none can be read.

    No more than those and a block of a file is held at a time.
    """
    kept: list[Line] = []
    looked = 0
    for day in reversed(days(workspace)):
        if not asked.first <= day <= asked.last:
            continue
        for line in _newest_first(workspace, day):
            looked += 1
            if not asked.fits(line):
                continue
            if len(kept) == most:
                return Found(tuple(kept), looked, True)
            kept.append(line)
    return Found(tuple(kept), looked, False)


def days(workspace: Path | str) -> list[date]:
    """Return the days that have a file, the oldest first."""
    try:
        listed = os.listdir(audit_folder(workspace))
    except OSError as error:
        raise _unreadable() from error
    return sorted(day for name in listed if (day := _day_of(name)) is not None)


def forget_old(workspace: Path | str, keep: int, today: date) -> list[date]:
    """Delete the files of days that are more than so many days ago, and return those days."""
    oldest, gone = today - timedelta(days=keep), []
    for day in days(workspace):
        if day < oldest:
            (audit_folder(workspace) / f"{day}.jsonl").unlink(missing_ok=True)
            gone.append(day)
    return gone


def _day_of(name: str) -> date | None:
    """Return the day that a file is of, None for any other file.

    >>> _day_of("2010-05-31.jsonl"), _day_of("2010-02-31.jsonl"), _day_of("notes.txt")
    (datetime.date(2010, 5, 31), None, None)
    """
    match = _DAY.fullmatch(name)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def _newest_first(workspace: Path | str, day: date) -> Iterator[Line]:
    """Yield a day's lines, the last first; what a full disk left torn is passed over."""
    try:
        with (audit_folder(workspace) / f"{day}.jsonl").open("rb") as file:
            rest, at = b"", file.seek(0, os.SEEK_END)
            while at:
                size = min(_BLOCK, at)
                at = file.seek(at - size)
                rest, *whole = (file.read(size) + rest).split(b"\n")
                yield from (line for raw in reversed(whole) if (line := _line_of(raw)))
            if line := _line_of(rest):
                yield line
    except FileNotFoundError:  # thrown away meanwhile
        return
    except OSError as error:
        raise _unreadable() from error


def _line_of(raw: bytes) -> Line | None:
    """Return a line, None where there is none; the half before it that has no end is left out."""
    at = raw.rfind(_BEGINNING)
    try:
        line = json.loads(raw[at:]) if at >= 0 else None
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _unreadable() -> ShortplankError:
    return ShortplankError("操作记录无法读取", place="audit", mend="请维护人员检查权限")
