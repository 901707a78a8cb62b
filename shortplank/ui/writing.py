"""What every form does that writes something down."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from shortplank.errors import ShortplankError


def write_down(work: Callable[[], object]) -> None:
    """Write one step down; a fault is a sentence beside the form, success shows at once."""
    try:
        work()
    except ShortplankError as error:
        st.error(error.sentence)
    else:
        st.rerun()
