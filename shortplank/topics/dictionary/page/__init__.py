"""What Streamlit shows of the dictionary: cards, their editing, what was changed."""
