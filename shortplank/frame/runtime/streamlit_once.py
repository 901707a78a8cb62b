"""What Streamlit works out at every run though it never changes: worked out once a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from streamlit import string_util
from streamlit.runtime import app_session

NAME = "_populate_theme_msg"
EMOJI = "extract_leading_emoji"
TEXTS = 4096


def read_theme_once() -> bool:
    """Have the theme's settings read once: Streamlit reads them six times a run, 1 ms of it.

    Return whether this Streamlit has the function that does so; where it has none, nothing is done.
    """
    fill: Callable[..., None] | None = getattr(app_session, NAME, None)
    if fill is None or hasattr(fill, "once"):
        return fill is not None
    read: dict[str, Any] = {}

    def filled(message: Any, section: str = "theme") -> None:
        if section not in read:
            own = type(message)()
            fill(own, section)
            read[section] = own
        if read[section].ByteSize():  # a section without settings stays away
            message.MergeFrom(read[section])

    filled.once = True  # type: ignore[attr-defined]
    setattr(app_session, NAME, filled)
    return True


def remember_texts(module: Any = string_util) -> bool:
    """Have a text looked through for a leading emoji once: its pattern is 13,000 signs long.

    Return whether this Streamlit has the function that does so; where it has none, nothing is done.
    """
    look: Callable[[str], tuple[str, str]] | None = getattr(module, EMOJI, None)
    if look is not None and not hasattr(look, "cache_info"):
        setattr(module, EMOJI, lru_cache(maxsize=TEXTS)(look))
    return look is not None
