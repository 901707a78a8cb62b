"""What the link says, and the one way to change it.

Every write of the link is an entry of the browser's history. So nothing is written while a page is
read: a page notes what it shows, and what somebody does writes all of that at once, with the one
thing that it changes. Back and Forward then lead from one action to the next.
"""

from __future__ import annotations

import streamlit as st

SHOWN = "shown"


def begin() -> None:
    """Begin a page: nothing of it is shown yet."""
    st.session_state[SHOWN] = {}


def said(name: str) -> str | None:
    """Return what the link says of a parameter, None where it says nothing."""
    return st.query_params.get(name)


def show(name: str, value: str | None) -> None:
    """Note what the page shows; None where the link need not, or must not, say it."""
    st.session_state.setdefault(SHOWN, {})[name] = value


def shown() -> dict[str, str]:
    """Return all that a link needs to say, to show the page again as it stands."""
    told = {**st.query_params.to_dict(), **st.session_state.get(SHOWN, {})}
    return {name: value for name, value in told.items() if value is not None}


def act(**change: str | None) -> None:
    """Write an action into the link, in one entry: what is shown, and what it changes."""
    told = {**shown(), **change}
    st.query_params.from_dict({name: value for name, value in told.items() if value is not None})
