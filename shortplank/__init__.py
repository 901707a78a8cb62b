"""Shortplank: a county's monthly population-work review as a dashboard."""

__version__ = "0.1.0"
