"""The one gate in front of everything: who may come in, until when, and what they did."""
