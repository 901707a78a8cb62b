"""How tests spoil a workspace, and what its refusal must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.errors import WorkspaceError

BIRTHS = "catalogue/indicators/births.toml"
MEASURES = "catalogue/measures.toml"
SCHEME = "catalogue/scheme.toml"
FORM = "catalogue/forms/village_month.toml"


def refusal(folder: Path) -> WorkspaceError:
    """Return why a workspace is refused; the sentence is whole, and Chinese."""
    with pytest.raises(WorkspaceError) as caught:
        load_workspace(folder)
    error = caught.value
    assert error.place and error.message and error.mend
    assert error.sentence == f"{error.place}：{error.message}。{error.mend}。"
    assert len(re.findall(r"[\u4e00-\u9fff]", error.sentence)) >= 8
    assert "\n" not in error.sentence and str(folder) not in error.sentence
    return error


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words in a file of the workspace, once."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def write(folder: Path, name: str, text: str | bytes) -> None:
    """Write a file of the workspace."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
