"""The pages as Streamlit's navigation takes them: made once a process, each run has copies."""

from __future__ import annotations

from copy import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from shortplank.frame.pages import PAGES

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


def pages_in(folder: Path) -> list[StreamlitPage]:
    """Return the pages of a folder, for one run: Streamlit writes into them which one may run."""
    return [copy(page) for page in _made(folder)]


@cache
def _made(folder: Path) -> tuple[StreamlitPage, ...]:
    """Return the pages of a folder; making one looks its file up, 0.1 ms each."""
    pages = (
        st.Page(folder / f"{key}.py", title=label, url_path=key) for key, label in PAGES.items()
    )
    # The default page is served at the root alone, so it is one more: every page keeps its path.
    home = st.Page(folder / "overview.py", title=PAGES["overview"], url_path="home", default=True)
    return (*pages, home)
