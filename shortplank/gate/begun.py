"""A sign-in that has begun: what its answer must fit, kept ten minutes in the browser where it did.

The cookie is signed with a key of the state folder's, so that every process of the installation
reads it. It is sent to the gate's own addresses for the provider alone.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from shortplank.gate.database import rows_of

SECONDS = 600
# A cookie holds 4,096 bytes; who comes from a longer address begins at the start.
MOST_OF_NEXT = 1500
_TABLE = "CREATE TABLE IF NOT EXISTS oidc_key (secret TEXT NOT NULL)"
_FIRST = "INSERT INTO oidc_key SELECT ? WHERE NOT EXISTS (SELECT * FROM oidc_key)"


def _random() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Begun:
    """What binds an answer to the browser (state), the ID token (nonce) and the code (verifier)."""

    next_path: str
    state: str = field(default_factory=_random)
    nonce: str = field(default_factory=_random)
    verifier: str = field(default_factory=_random)

    def packed(self, folder: Path) -> str:
        """Return the value of its cookie."""
        return _serializer(folder).dumps(asdict(self))


def unpacked(folder: Path, cookie: str, state: str) -> Begun | None:
    """Return the sign-in that a browser began, None where it began none that the answer fits."""
    try:
        begun = Begun(**_serializer(folder).loads(cookie, max_age=SECONDS))
    except (BadSignature, TypeError):
        return None
    return begun if secrets.compare_digest(begun.state.encode(), state.encode()) else None


def _serializer(folder: Path) -> URLSafeTimedSerializer:
    rows_of(folder, _TABLE)
    found = rows_of(folder, "SELECT secret FROM oidc_key")
    if not found:
        rows_of(folder, _FIRST, [_random()])
        found = rows_of(folder, "SELECT secret FROM oidc_key")
    return URLSafeTimedSerializer(found[0][0], salt="oidc")
