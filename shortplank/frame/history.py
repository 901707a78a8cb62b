"""What the link says, and the one way to change it.

Every write of the link is an entry of the browser's history. So nothing is written while a page is
read: a page notes what it shows, and what somebody does writes all of that at once, with the one
thing that it changes. Back and Forward then lead from one action to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import streamlit as st

SHOWN = "shown"


@dataclass
class Link:
    """A link that is read: what it says, and what the page of it shows."""

    says: Mapping[str, str]
    shown: dict[str, str | None] = field(default_factory=dict)


_link: ContextVar[Link | None] = ContextVar("link", default=None)


@contextmanager
def reading(says: Mapping[str, str]) -> Iterator[None]:
    """Read a link as a page of it would, without a run: what comes along before it is asked for."""
    token = _link.set(Link(says))
    try:
        yield
    finally:
        _link.reset(token)


def begin() -> None:
    """Begin a page: nothing of it is shown yet, and the link is read once for all of the run.

    Only what somebody does changes the link, before a run.
    """
    shown: dict[str, str | None] = {}
    st.session_state[SHOWN] = shown
    _link.set(Link(st.query_params.to_dict(), shown))


@contextmanager
def ended() -> Iterator[None]:
    """Let go of what a run has read when it ends: its thread may go on with the next one."""
    try:
        yield
    finally:
        _link.set(None)


def said(name: str) -> str | None:
    """Return what the link says of a parameter, None where it says nothing."""
    link = _link.get()
    return st.query_params.get(name) if link is None else link.says.get(name)


def show(name: str, value: str | None) -> None:
    """Note what the page shows; None where the link need not, or must not, say it."""
    link = _link.get()
    shown = st.session_state.setdefault(SHOWN, {}) if link is None else link.shown
    shown[name] = value


def whole() -> dict[str, str]:
    """Return all that the link says."""
    link = _link.get()
    return st.query_params.to_dict() if link is None else dict(link.says)


def shown() -> dict[str, str]:
    """Return all that a link needs to say, to show the page again as it stands."""
    link = _link.get()
    noted = st.session_state.get(SHOWN, {}) if link is None else link.shown
    told = {**whole(), **noted}
    return {name: value for name, value in told.items() if value is not None}


def county() -> dict[str, str]:
    """Return what a link says of the county that is looked at, nothing where it need not."""
    told = shown().get("county")
    return {} if told is None else {"county": told}


def act(**change: str | None) -> None:
    """Write an action into the link, in one entry: what is shown, and what it changes."""
    told = {**shown(), **change}
    st.query_params.from_dict({name: value for name, value in told.items() if value is not None})
