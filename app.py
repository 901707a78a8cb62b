"""The frame: page config, access and navigation."""

from pathlib import Path

import streamlit as st

from shortplank.frame.pages import PAGES

st.set_page_config(page_title="短板看板", layout="wide")
folder = Path(__file__).parent / "pages"
pages = [
    st.Page(folder / f"{key}.py", title=label, url_path=key, default=key == "overview")
    for key, label in PAGES.items()
]
st.navigation(pages, position="hidden").run()
