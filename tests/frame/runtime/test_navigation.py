"""The pages of a run: made once, and no run has another's."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from shortplank.frame.pages import PAGES

PAGES_FOLDER = Path(__file__).resolve().parents[3] / "pages"


def script(folder: str) -> None:
    from pathlib import Path

    import streamlit as st

    from shortplank.frame.runtime.navigation import pages_in

    mine, others = pages_in(Path(folder)), pages_in(Path(folder))
    page = st.navigation(mine, position="hidden")
    st.session_state["page"] = page.url_path
    st.session_state["paths"] = [each.url_path for each in mine]
    st.session_state["run"] = [each._can_be_called for each in (page, *others)]
    st.session_state["same"] = [one is two for one, two in zip(mine, others, strict=True)]


def test_each_run_has_pages_of_its_own() -> None:
    for _ in range(2):
        test = AppTest.from_function(script, args=(str(PAGES_FOLDER),)).run()
        assert not test.exception
        assert test.session_state["paths"] == [*PAGES, ""]
        assert test.session_state["page"] == ""
        assert test.session_state["run"] == [True] + [False] * (len(PAGES) + 1)
        assert not any(test.session_state["same"])
