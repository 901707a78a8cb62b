"""The catalogue: what loads, and what is refused with which sentence."""
