"""Doors for other programs: questions and a month's findings as data, read only."""
