"""An answer in, a plotly figure out."""
