"""What machines ask for without signing in: whether the server is alive, ready, and how it does."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from shortplank.catalogue.ways import Access

# Open to everybody, at the root and below the base path: they say yes or no.
OPEN = ("/healthz", "/readyz")
# For administrators, and for the monitor whose token access.toml knows.
METRICS = "/metrics"
TOKEN_BYTES = 32


def new_token() -> tuple[str, str]:
    """Return a new token for a monitor, and what access.toml holds of it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, _hash(token)


def bears_token(access: Access, headers: Mapping[str, str]) -> bool:
    """Return whether a request brings the monitor's token.

    A browser sends it for nobody, so neither Host nor Origin matter where it stands.
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    if access.metrics is None or kind.lower() != "bearer" or not token:
        return False
    return secrets.compare_digest(_hash(token.strip()), access.metrics.token_sha256)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
