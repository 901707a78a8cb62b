"""One line for each thing done: written whole, beside others who write, and never with a figure.

A line holds when, by which account, what, and facts of a fixed list whose values can be no more
than names of the product's own: no count, no typed text, no person can get in.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import re
import threading
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from shortplank.audit.state import state_folder
from shortplank.errors import ShortplankError

log = logging.getLogger("shortplank")

What = Literal[
    "sign_in",
    "sign_in_failed",
    "sign_out",
    "expired",
    "look",
    "export",
    "publish",
    "restore",
    "write",
    "accounts",
    "refused",
]
WHATS: tuple[What, ...] = get_args(What)
FOLDER = "audit"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WINDOW = re.compile("month|ytd|r12")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_AREA = re.compile(r"[0-9A-Za-z]{1,20}")
_FORMAT = re.compile("csv|xlsx|docx|pptx|html|zip|json|parquet|table|lines|copy")
_FIGURES = re.compile("exact|banded")
_WAY = re.compile("start|local|oidc|proxy")
_TOKEN = re.compile(r"[0-9a-f]{8}")
_SUBJECT = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
# What a line may hold, and what each may be: a text of this form whole, or a whole number.
FACTS: dict[str, re.Pattern[str] | type[int]] = {
    "page": _NAME,
    "indicator": _NAME,
    "month": _MONTH,
    "window": _WINDOW,
    "area": _AREA,
    "edition": int,
    "rows": int,
    "format": _FORMAT,
    "figures": _FIGURES,
    "present": int,
    "ahead": int,
    "kind": _NAME,
    "dataset": _NAME,
    "query": _NAME,
    "act": _NAME,
    "role": _NAME,
    "subject": _SUBJECT,
    "way": _WAY,
    "reason": _NAME,
    "token": _TOKEN,
    "left_out": int,
}
_LONGEST_ACCOUNT = 128
# What people outside the door can bring about as often as they like, and how often a minute each
# process writes it down; the rest is counted.
_BOUNDED: tuple[What, ...] = ("refused", "sign_in_failed")
MOST_A_MINUTE = 60
# Files that a process has open: one an installation, and a test or a script may visit several.
_MOST_OPEN = 8
_AS_IT_IS: int = getattr(os, "O_BINARY", 0)
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _AS_IT_IS


def note(workspace: Path | str, account: str, what: What, **facts: str | int) -> None:
    """Write one line of what an account did.

    Where it cannot be written the server's log says so once, and what is being done goes on.
    """
    try:
        _noted(str(workspace), account, what, facts)
    except (OSError, ShortplankError) as error:
        _writer.complain(error)


def note_first(workspace: Path | str, account: str, what: What, **facts: str | int) -> None:
    """Write the line that what follows may not happen without; `ShortplankError` where it fails."""
    try:
        _noted(str(workspace), account, what, facts)
    except (OSError, ShortplankError) as error:
        _writer.complain(error)
        raise ShortplankError(
            "操作记录写不进去，精确数没有给出", place="audit", mend="请维护人员检查磁盘和权限"
        ) from error


def line_of(moment: str, account: str, what: str, facts: dict[str, str | int]) -> bytes:
    """Return a line: the time with its zone, the account, what, and the facts that fit."""
    shown = account[:_LONGEST_ACCOUNT] if account.isprintable() else ""
    held = {"at": moment, "account": shown, "what": what}
    held |= {key: value for key, value in facts.items() if _fits(key, value)}  # type: ignore[misc]
    return _encode(held).encode() + b"\n"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _fits(key: str, value: str | int) -> bool:
    """Return whether a fact is one of the list, and no more than it may be.

    >>> _fits("month", "2010-05"), _fits("month", "May"), _fits("rows", 3), _fits("name", "x")
    (True, False, True, False)
    """
    form = FACTS.get(key)
    if form is None:
        return False
    if form is int:
        return type(value) is int and value >= 0
    assert isinstance(form, re.Pattern)
    return isinstance(value, str) and form.fullmatch(value) is not None


class _Writer:
    """The open day files of this process: each kept until its day is over or the file is gone."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.open: dict[str, tuple[str, int]] = {}
        self.minute = ""
        self.written: Counter[tuple[str, str, str]] = Counter()
        self.told = False

    def add(self, workspace: str, day: str, data: bytes) -> None:
        """Append a line to the day's file; `OSError` where not all of it was taken."""
        place = os.environ.get("SHORTPLANK_STATE") or workspace
        held = self.open.get(place)
        if held is None or held[0] != day or os.fstat(held[1]).st_nlink == 0:
            held = self._opened(place, workspace, day)
        if os.write(held[1], data) != len(data):
            raise OSError("not all of the line was taken")
        self.told = False

    def _opened(self, place: str, workspace: str, day: str) -> tuple[str, int]:
        """Return the day's file, opened; the place's older one, or the one unused, is closed."""
        if place in self.open or len(self.open) == _MOST_OPEN:
            os.close(self.open.pop(place if place in self.open else next(iter(self.open)))[1])
        folder = audit_folder(workspace)
        self.open[place] = (day, os.open(folder / f"{day}.jsonl", _FLAGS, 0o600))
        return self.open[place]

    def is_left_out(self, workspace: str, account: str, what: What, moment: str) -> bool:
        """Return whether this minute has enough of a kind, which is then only counted."""
        if (minute := moment[:16]) != self.minute:
            self.tell_left_out(moment)
            self.minute = minute
        if what not in _BOUNDED:
            return False
        self.written[workspace, account, what] += 1
        return self.written[workspace, account, what] > MOST_A_MINUTE

    def tell_left_out(self, moment: str) -> None:
        """Write how many lines the last minutes left out, one line a kind and account."""
        counted, self.written = self.written, Counter()
        for (workspace, account, what), number in counted.items():
            if number > MOST_A_MINUTE:
                left: dict[str, str | int] = {"left_out": number - MOST_A_MINUTE}
                self.add(workspace, moment[:10], line_of(moment, account, what, left))

    def complain(self, error: Exception) -> None:
        """Say in the server's log that nothing is written, once until something is again."""
        if not self.told:
            self.told = True
            log.error("the audit cannot be written: %s", error)


_writer = _Writer()


# What this process noted since it began, whether or not it could be written.
_counted: Counter[What] = Counter()


def counted(what: What) -> int:
    """Return how often this process noted something of a kind."""
    return _counted[what]


def _noted(workspace: str, account: str, what: What, facts: dict[str, str | int]) -> None:
    with _writer.lock:
        _counted[what] += 1
        moment = now()
        if not _writer.is_left_out(workspace, account, what, moment):
            _writer.add(workspace, moment[:10], line_of(moment, account, what, facts))


def now() -> str:
    """Return this machine's time, with its zone, as a line holds it."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def audit_folder(workspace: Path | str) -> Path:
    """Return the folder of the day files, made where it is missing."""
    folder = state_folder(workspace) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _after_fork() -> None:
    """Let a child begin with a lock of its own: its parent's may be held by a thread it lacks."""
    _writer.lock = threading.Lock()
    _writer.written.clear()


def _at_exit() -> None:
    """Write what was left out in the last minute."""
    try:
        _writer.tell_left_out(now())
    except (OSError, ShortplankError) as error:
        _writer.complain(error)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
