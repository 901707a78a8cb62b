"""The approved sentences: what the product says in every state, from a made-up county."""

from __future__ import annotations

from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "sentences.txt"
