"""The frame: page config, access and navigation."""

from pathlib import Path

import streamlit as st

from shortplank.ui.frame import PAGES

st.set_page_config(page_title="短板看板", page_icon="🪵", layout="wide")
pages = [
    st.Page(
        Path(__file__).parent / "pages" / f"{key}.py",
        title=label,
        icon=icon,
        url_path=key,
        default=key == "overview",
    )
    for key, (label, icon) in PAGES.items()
]
st.navigation(pages, position="hidden").run()
