"""The frame: page config, access and navigation."""

from pathlib import Path

import streamlit as st

from shortplank.frame import history
from shortplank.frame.made.turns import turns
from shortplank.frame.pages import PAGES
from shortplank.upkeep.watching import runs

st.set_page_config(page_title="短板看板", layout="wide")
folder = Path(__file__).parent / "pages"
pages = [st.Page(folder / f"{key}.py", title=label, url_path=key) for key, label in PAGES.items()]
# The default page is served at the root alone, so it is one more: every page keeps its own path.
home = st.Page(folder / "overview.py", title=PAGES["overview"], url_path="home", default=True)
page = st.navigation([*pages, home], position="hidden")
with runs.timed(page.url_path or "overview"), turns.taken(), history.ended():
    page.run()
