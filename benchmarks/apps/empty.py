"""An empty Streamlit page: what a cold start costs before anything is ours."""

import streamlit as st

st.html('<div class="stamp">ready</div>')
