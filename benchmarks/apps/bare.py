"""A bare page: select boxes and one plotly chart out of a file of finished figures."""

import json
import os
from pathlib import Path

import streamlit as st


@st.cache_resource
def figures() -> dict[str, dict[str, dict]]:
    """Return the figures, by the indicator and the month that choose them."""
    return json.loads(Path(os.environ["SHORTPLANK_BENCH_FIGURES"]).read_text(encoding="utf-8"))


st.set_page_config(layout="wide")
indicator = st.sidebar.selectbox("指标", list(figures()))
month = st.sidebar.selectbox("月份", list(figures()[indicator]))
st.plotly_chart(figures()[indicator][month], theme=None, config={"displaylogo": False})
st.html('<div class="stamp">ready</div>')
