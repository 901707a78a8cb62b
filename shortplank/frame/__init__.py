"""The Streamlit frame that every page opens in."""
