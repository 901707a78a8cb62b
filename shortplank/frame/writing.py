"""What every form does that writes something down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.store.posts import owners, posts


def choose_post(place: Any, ws: Workspace, label: str, *, key: str | None = None) -> str:
    """Offer the posts and units that may sign, and return the chosen one, "" while none is."""
    return _choose(place, posts(ws), label, key)


def choose_owner(place: Any, ws: Workspace, label: str, *, key: str | None = None) -> str:
    """Offer the posts and units that may be asked to do something; "" while none is chosen."""
    return _choose(place, owners(ws), label, key)


def _choose(place: Any, offered: tuple[str, ...], label: str, key: str | None) -> str:
    chosen = place.selectbox(label, offered, index=None, placeholder="请从名册中选", key=key)
    return chosen or ""


def write_down(work: Callable[[], object]) -> None:
    """Write one step down; a fault is a sentence beside the form, success shows at once."""
    try:
        work()
    except ShortplankError as error:
        st.error(error.sentence)
    else:
        st.rerun()
