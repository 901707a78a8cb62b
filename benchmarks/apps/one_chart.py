"""A bare page with one plotly chart: what charting itself adds to a cold start."""

import streamlit as st

st.plotly_chart({"data": [{"type": "scatter", "x": [1, 2, 3], "y": [2, 1, 3]}]})
