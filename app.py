"""The frame: page config, access and navigation."""

from pathlib import Path

import streamlit as st

from shortplank.frame import history
from shortplank.frame.made.turns import turns
from shortplank.frame.runtime.navigation import pages_in
from shortplank.upkeep.watching import runs

page = st.navigation(pages_in(Path(__file__).parent / "pages"), position="hidden")
with runs.timed(page.url_path or "overview"), turns.taken(), history.ended():
    page.run()
