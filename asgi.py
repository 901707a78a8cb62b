"""The server: `streamlit run asgi.py` serves app.py, warmed up, with safe headers and /healthz."""

from pathlib import Path

import streamlit as st

from shortplank.frame.server import MIDDLEWARE, ROUTES, lifespan

app = st.App(
    Path(__file__).parent / "app.py", lifespan=lifespan, middleware=MIDDLEWARE, routes=ROUTES
)
