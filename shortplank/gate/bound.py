"""Files belong to who was sent their ids: media and uploads, read off the websocket.

Streamlit serves ``/media/<id>`` to whoever names the id, and the id is a hash of the content. The
gate notes each id and each upload session where a message to a session's own browser names it as
the address of a file, and serves only those, for as long as that session has the same rights. A
text that somebody typed, and is shown again, is no such address.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

_MEDIA = re.compile(r"/media/([0-9A-Za-z_-]{8,128})")
_UPLOAD = re.compile(r"/_stcore/upload_file/([0-9A-Za-z_-]{8,128})/")
# What a message has in it that names a file at all: few have, and only those are taken apart.
_MARKS = (b"/media/", b"/_stcore/upload_file/")
MOST = 100_000
"""Ids that are kept, of all sessions together; those noted longest ago give way."""

Files = Callable[[bytes], Iterable[str]]


class Bound:
    """What each session's browser was sent, in this process.

    ``files`` returns the addresses of files in a message. A session is named by its key and its
    rights: who has other rights than before was sent nothing.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, session: str, data: bytes) -> None:
        """Note the ids in a message that goes to a session's browser."""
        if not any(mark in data for mark in _MARKS):
            return
        for address in self._files(data):
            if found := _MEDIA.search(address) or _UPLOAD.search(address):
                self._sent[session, found[1]] = None
                self._sent.move_to_end((session, found[1]))
        while len(self._sent) > MOST:
            self._sent.popitem(last=False)

    def allows(self, session: str, path: str) -> bool:
        """Return whether a path names no such file, or one that this session was sent."""
        if path.startswith("/media/"):
            wanted = path.removeprefix("/media/").partition(".")[0]
        elif path.startswith("/_stcore/upload_file/"):
            wanted = path.removeprefix("/_stcore/upload_file/").partition("/")[0]
        else:
            return True
        return (session, wanted) in self._sent
