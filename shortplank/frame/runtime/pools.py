"""How the C library hands out memory to this process's threads."""

from __future__ import annotations

import ctypes

MOST = 2
# Its number in malloc.h.
_ARENA_MAX = -8


def few_pools(most: int = MOST) -> bool:
    """Have threads share so few pools of memory; return whether this C library does that.

    By itself it makes up to eight a processor. Each run is a thread of its own, so that a busy
    server held 50 MB more than it used, in pieces that no pool gave back.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, most))
    except (OSError, AttributeError, TypeError):  # another C library, another system
        return False
