"""What every form does that writes something down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.store.posts import owners


def write_signer(place: Any, actor: Actor, doing: str = "登记") -> bool:
    """Write which account signs what a form writes down; return whether there is one."""
    place.caption(f"由 {actor.account} {doing}" if actor.account else f"登录后才能{doing}")
    return bool(actor.account)


def choose_owner(place: Any, ws: Workspace, label: str, *, key: str | None = None) -> str:
    """Offer the posts and units that may be asked to do something; "" while none is chosen."""
    chosen = place.selectbox(label, owners(ws), index=None, placeholder="请从名册中选", key=key)
    return chosen or ""


def write_down(work: Callable[[], object]) -> None:
    """Write one step down; a fault is a sentence beside the form, success shows at once."""
    try:
        work()
    except ShortplankError as error:
        st.error(error.sentence)
    else:
        st.rerun()
