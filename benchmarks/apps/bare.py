"""A bare page: a select box and one plotly chart out of a file of finished figures."""

import json
import os
from pathlib import Path

import streamlit as st


@st.cache_resource
def figures() -> dict[str, dict]:
    """Return the figures, by the option that chooses them."""
    return json.loads(Path(os.environ["SHORTPLANK_BENCH_FIGURES"]).read_text(encoding="utf-8"))


st.set_page_config(layout="wide")
chosen = st.sidebar.selectbox("指标", list(figures()))
st.plotly_chart(figures()[chosen], theme=None, config={"displaylogo": False})
st.html('<div class="stamp">ready</div>')
