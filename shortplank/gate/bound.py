"""Files belong to who was sent their ids: media, uploads and offered downloads.

Streamlit serves ``/media/<id>`` to whoever names the id, and the id is a hash of the content; it
makes an offered download for whoever names the offer. The gate notes each id where a message to a
session's own browser names it as that of a file, and serves only those, for as long as that session
has the same rights. A text that somebody typed, and is shown again, is no such id.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

_FILE = re.compile(r"/(?:media|_stcore/upload_file)/([0-9A-Za-z_-]{8,128})")
_ID = re.compile(r"[0-9A-Za-z_-]{8,128}")
MOST = 100_000
"""Ids that are kept, of all sessions together; those noted longest ago give way."""


class Bound:
    """What each session's browser was sent, in this process.

    A session is named by its key and its rights: who has other rights than before was sent nothing.
    ``files`` returns the addresses and offers of files in a message to a browser, ``asked`` the
    offers that a browser's message takes up, None for a message that nobody may send.
    """

    def __init__(
        self,
        files: Callable[[bytes], Iterable[str]],
        asked: Callable[[bytes], Iterable[str] | None],
    ) -> None:
        self._files, self._asked = files, asked
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, session: str, data: bytes) -> None:
        """Note the ids in a message that goes to a session's browser."""
        for named in self._files(data):
            found = _FILE.search(named)
            each = found[1] if found else named
            if _ID.fullmatch(each):
                self._sent[session, each] = None
                self._sent.move_to_end((session, each))
        while len(self._sent) > MOST:
            self._sent.popitem(last=False)

    def lets(self, session: str, data: bytes) -> bool:
        """Return whether a browser may send a message: it asks for what it was sent alone."""
        asked = self._asked(data)
        return asked is not None and all((session, each) in self._sent for each in asked)

    def allows(self, session: str, path: str) -> bool:
        """Return whether a path names no such file, or one that this session was sent."""
        if path.startswith("/media/"):
            wanted = path.removeprefix("/media/").partition(".")[0]
        elif path.startswith("/_stcore/upload_file/"):
            wanted = path.removeprefix("/_stcore/upload_file/").partition("/")[0]
        else:
            return True
        return (session, wanted) in self._sent
