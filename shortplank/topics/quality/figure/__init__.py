"""How the topic is drawn: an answer in, a plotly figure out."""
