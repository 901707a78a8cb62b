"""Files belong to who was sent their ids: media and uploads, read off the websocket.

Streamlit serves ``/media/<id>`` to whoever names the id, and the id is a hash of the content. The
gate notes each id and each upload session in the bytes that go to a session's own browser, and
serves only those.
"""

from __future__ import annotations

import re
from collections import OrderedDict

_MEDIA = re.compile(rb"/media/([0-9A-Za-z_-]{8,128})")
_UPLOAD = re.compile(rb"/_stcore/upload_file/([0-9A-Za-z_-]{8,128})/")
MOST = 20_000
"""Ids that are kept for one session; the oldest give way."""


class Bound:
    """What each session's browser was sent, in this process."""

    def __init__(self) -> None:
        self._sent: dict[str, OrderedDict[bytes, None]] = {}

    def note(self, key: str, data: bytes) -> None:
        """Note the ids in a message that goes to a session's browser."""
        found = [*_MEDIA.findall(data), *_UPLOAD.findall(data)]
        if not found:
            return
        sent = self._sent.setdefault(key, OrderedDict())
        for each in found:
            sent[each] = None
            sent.move_to_end(each)
        while len(sent) > MOST:
            sent.popitem(last=False)

    def allows(self, key: str, path: str) -> bool:
        """Return whether a path names no such file, or one that this session was sent."""
        if path.startswith("/media/"):
            wanted = path.removeprefix("/media/").partition(".")[0]
        elif path.startswith("/_stcore/upload_file/"):
            wanted = path.removeprefix("/_stcore/upload_file/").partition("/")[0]
        else:
            return True
        return wanted.encode() in self._sent.get(key, ())

    def forget(self, key: str) -> None:
        """Drop what is noted of a session that has ended."""
        self._sent.pop(key, None)
