"""The house: every topic held by its contract, rooms of a size, one door for HTML."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from tools.browser import REPOSITORY

PACKAGE = REPOSITORY / "shortplank"
ROOMS = ("topics", "reading", "records", "wording", "drawing", "frame", "papers")
# More modules than a person takes in at a glance.
MOST = 15


def python_files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*.py")]


def test_every_topic_is_held_by_the_contract_between_topics() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    layers = [each.get("layers", []) for each in settings["tool"]["importlinter"]["contracts"]]
    named = set(re.findall(r"shortplank\.topics\.(\w+)", str(layers)))
    folders = {path.parent.name for path in (PACKAGE / "topics").glob("*/__init__.py")}
    assert folders == named


def test_no_room_is_too_large_to_find_ones_way() -> None:
    folders = {path.parent for room in ROOMS for path in (PACKAGE / room).rglob("__init__.py")}
    sizes = {str(folder): len(list(folder.glob("*.py"))) - 1 for folder in folders}
    assert not {name: size for name, size in sizes.items() if size > MOST}


def test_html_reaches_a_page_by_one_door() -> None:
    writing = {
        path.relative_to(REPOSITORY).as_posix()
        for path in python_files(PACKAGE, REPOSITORY / "pages")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.html"
    }
    # The style sheet and the script of the projection hold nothing that a person wrote.
    assert writing == {
        "shortplank/frame/html.py",
        "shortplank/frame/projection.py",
    }
