"""What every form does that writes something down."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from shortplank.access import Actor
from shortplank.audit.seen import note_refusal
from shortplank.catalogue import Workspace
from shortplank.errors import NotAllowed, ShortplankError
from shortplank.frame.html import paragraph
from shortplank.store.posts import owners


def write_signer(place: Any, actor: Actor, doing: str = "登记") -> bool:
    """Write which account signs what a form writes down; return whether there is one."""
    said = f"由 {actor.account} {doing}" if actor.account else f"登录后才能{doing}"
    place.html(paragraph(said, "notes"))
    return bool(actor.account)


def as_written(text: str) -> str:
    """Return a text for a place that reads Markdown, which an account's name may look like.

    >>> as_written("第2版（li_si，2010-01-03）")
    '第2版（li\\\\_si，2010-01-03）'
    """
    return re.sub(r"([\\`*_\[\]<>$~#|])", r"\\\1", text)


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
        if isinstance(error, NotAllowed):
            note_refusal(st.session_state)
    else:
        st.rerun()
