"""Where the home is read: of the workspace as it was opened, never of the settings' own.

`Workspace.at` makes every county of a province a home. So ``ws.home`` and ``ws.settings.home`` are
the county that is looked at wherever a page, an answer, a paper or a command reads them, and what
is the settings' own home (`Workspace.whole`) may be read in a few places only. Nothing that is kept
across sessions may leave the county out.
"""

from __future__ import annotations

import ast

from tests.test_house import PACKAGE, python_files
from tools.browser import REPOSITORY

# Who reads the workspace as it was read, beside the catalogue that makes homes of it.
WHOLE = {
    # who may look where: scopes are areas of the whole register, no scope is the settings' home
    "shortplank/access.py",
    "shortplank/reading/view.py",
    "shortplank/frame/filters.py",
    # what is made and held once for all counties
    "shortplank/store/asking.py",
    "shortplank/store/opening.py",
    "shortplank/store/viewing.py",
    "shortplank/upkeep/ready.py",
    # a line of the journal says its county where that is another than the settings' home
    "shortplank/store/posts.py",
    # what is dropped is checked against the whole register, and a register is one for all counties
    "shortplank/topics/intake/page/intake.py",
    "shortplank/ingest/gazetteer/single.py",
    # a workspace that was just begun has one county
    "shortplank/frame/beside/new_workspace.py",
    # a bulletin is everybody's
    "shortplank/ingest/publish.py",
}


def trees() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(REPOSITORY).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in python_files(PACKAGE)
    ]


def test_the_settings_own_home_is_read_where_all_counties_are_meant() -> None:
    reading = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "whole"
        if not name.startswith("shortplank/catalogue/") and _is_workspace(node.value)
    }
    assert reading == WHOLE


def _is_workspace(node: ast.expr) -> bool:
    """Return whether an expression is called as workspaces are: ws, self.ws, store.workspace."""
    return ast.unparse(node).rpartition(".")[2] in ("ws", "_ws", "workspace")


def test_nothing_is_kept_by_a_module_that_leaves_the_county_out() -> None:
    """`Engine.keep` has the county; a module's own dictionary or cache has what it is called with.

    So no dictionary is filled, and what is cached is called with the figures themselves.
    """
    found = set()
    for name, tree in trees():
        if not name.startswith(("shortplank/reading", "shortplank/topics", "shortplank/papers")):
            continue
        found |= {f"{name}: {each}" for each in [*_filled(tree), *_cached(tree)]}
    assert not found


def _filled(tree: ast.Module) -> list[str]:
    """Return the empty dictionaries of a module that are no constants."""
    return [
        ast.unparse(node.target)
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.Dict)
        and not node.value.keys
        and "Mapping" not in ast.unparse(node.annotation)
    ]


def _cached(tree: ast.Module) -> list[str]:
    """Return the cached functions that are called with something that has a home."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(
            ast.unparse(each).startswith(("cache", "lru_cache")) for each in node.decorator_list
        )
        and any(
            each.annotation is not None
            and {"View", "Engine", "Workspace"} & set(ast.unparse(each.annotation).split())
            for each in node.args.args
        )
    ]
