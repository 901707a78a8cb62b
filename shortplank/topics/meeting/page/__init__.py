"""What Streamlit shows of the topic."""
