"""Which names a file of a backup may have: they stay below the folder that they are put into."""

from __future__ import annotations

import re

HEAD, END = "shortplank-backup.json", "shortplank-backup-end.json"
_LONGEST = 1000
# Control characters, a backslash, and bytes that are no UTF-8.
_UNFIT = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_DRIVE = re.compile("[A-Za-z]:")


def is_plain(name: str) -> bool:
    r"""Return whether a name is a path below a folder, with no hidden part and nothing derived.

    >>> [is_plain(name) for name in ("journal/x.jsonl", "../x", "/x", "a//b", ".state/x", "a\\b")]
    [True, False, False, False, False, False]
    """
    parts = name.split("/")
    return (
        0 < len(name) <= _LONGEST
        and not _UNFIT.search(name)
        and not _DRIVE.match(name)
        and not any(part == "" or part.startswith(".") for part in parts)
        and parts[0] != "marts"
        and name not in (HEAD, END)
    )
