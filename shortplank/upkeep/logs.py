"""The server's log as JSON lines, one an event, that hold no data.

What was written about is left out unless it is a name of the product's own: a line says what
happened and where in the code, the type of a fault and no value. With ``SHORTPLANK_LOG=json``.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import shortplank
from shortplank.errors import ShortplankError

VARIABLE = "SHORTPLANK_LOG"
OWN = "shortplank"
LEFT_OUT = "…"
_HOME = f"{Path(shortplank.__file__).resolve().parent.parent}{os.sep}"
# A name in code, a file of the workspace, a host: what a log may say of its own.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}")
_PATH = re.compile(r"[A-Za-z0-9_./-]*")
_QUERY = re.compile(r"\?[^\s\"']*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
_WARNING = re.compile(r"(.+?):(\d+): (\w+):")
_MOST_CAUSES, _MOST_FRAMES = 4, 40


def is_json() -> bool:
    """Return whether the log is wanted as JSON lines."""
    return os.environ.get(VARIABLE) == "json"


def begin() -> None:
    """Have every logger of this process write JSON lines to the standard error, warnings too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.raiseExceptions = False  # a fault of the log itself would show what was logged
    for each in list(root.manager.loggerDict):
        adopt(logging.getLogger(each))
    logging.getLogger(OWN).setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda found: _uncaught(
        found.exc_type, found.exc_value, found.exc_traceback
    )
    threading.excepthook = lambda found: _uncaught(
        found.exc_type, found.exc_value, found.exc_traceback
    )


def adopt(logger: logging.Logger) -> None:
    """Let a logger write through the root's handler alone."""
    logger.handlers.clear()
    logger.propagate = True


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    found = (kind, error or kind(), trace)
    logging.getLogger(OWN).critical("uncaught", exc_info=found)


class Lines(logging.Formatter):
    """One JSON object a record: at, level, logger, message, and error where there was one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created)
            .astimezone()
            .isoformat("T", "milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            line["error"] = list(_chain(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


# --- what is said ---------------------------------------------------------------------------------
def _message(record: logging.LogRecord) -> str:
    """Return what a record says without what it says it of."""
    text = str(record.msg) if isinstance(record.msg, str) else _shown(record.msg)
    if record.name == "py.warnings":
        return _warning(record)
    if record.name == OWN or record.name.startswith(f"{OWN}."):
        return _own(text, record.args)
    text = text.strip().split("\n")[0]
    if not record.args:  # put together already: numbers and texts may be anybody's
        text = re.sub(r"[^\x00-\x7f]+", LEFT_OUT, _QUOTED.sub(LEFT_OUT, text))
        text = re.sub(r"\d+", "#", text)
    return _QUERY.sub("", text)


def _own(text: str, args: Any) -> str:
    given = args if isinstance(args, tuple) else (args,) if args else ()
    try:
        return text % tuple(_shown(each) for each in given) if given else text
    except (TypeError, ValueError):
        return text


def _shown(value: object) -> str:
    """Return what may be shown of a value.

    >>> _shown("trends"), _shown("village 3"), _shown(ValueError("12")), _shown(OSError(28, ""))
    ('trends', '…', 'ValueError', 'OSError ENOSPC')
    """
    if isinstance(value, ShortplankError):  # its sentence may hold what a file says
        place = _PATH.match(value.place)
        return place[0] if place and place[0] else type(value).__name__
    if isinstance(value, OSError) and value.errno is not None:
        return f"{type(value).__name__} {errno.errorcode.get(value.errno, LEFT_OUT)}"
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, int):
        return str(int(value))
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else LEFT_OUT


def _warning(record: logging.LogRecord) -> str:
    """Return the kind of a warning and where it was given."""
    found = _WARNING.match(record.getMessage())
    return f"{found[3]} {_place(found[1])}:{found[2]}" if found else "warning"


# --- where it happened ----------------------------------------------------------------------------
def _chain(error: BaseException) -> Iterator[dict[str, Any]]:
    """Yield a fault and what it came from: types, and places in the code."""
    seen: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if seen is None:
            return
        frames = list(traceback.walk_tb(seen.__traceback__))[-_MOST_FRAMES:]
        places = [
            f"{_place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
            for frame, line in frames
        ]
        yield {"type": type(seen).__name__, "at": places}
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _place(path: str) -> str:
    """Return a file of code as seen from the folder of its package."""
    for mark in ("site-packages", "dist-packages"):
        if mark in path:
            return path.rpartition(mark)[2].lstrip("/\\")
    return path.removeprefix(_HOME) if path.startswith(_HOME) else os.path.basename(path)
