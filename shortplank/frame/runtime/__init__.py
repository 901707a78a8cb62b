"""Streamlit as it runs here: what it works out once, and how what a run sends goes out."""
