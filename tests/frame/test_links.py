"""Links between pages hold under any base path: none begins at the root of the server."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shortplank.frame.links import address
from shortplank.frame.pages import PAGES
from tests.pages.apps import opened
from tools.browser import REPOSITORY

SOURCE = REPOSITORY / "shortplank"
# A place in HTML or CSS that names a file or page of ours from the root.
FROM_THE_ROOT = re.compile(r"""(?:href|src|action)=["']?/(?!/)|url\(["']?/(?!/)""")
PAGE_FROM_THE_ROOT = re.compile(rf"/(?:{'|'.join(PAGES)})(?:\?|$)")
WRITES_LINKS = {"anchor", "Markup", "page_link"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Return what may write a link: every module of the product and each page."""
    for path in [*SOURCE.rglob("*.py"), *(REPOSITORY / "pages").glob("*.py")]:
        yield str(path.relative_to(REPOSITORY)), ast.parse(path.read_text("utf-8"))


def docstrings(tree: ast.Module) -> set[int]:
    """Return the strings that stand for themselves and are written nowhere."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_no_text_names_a_page_from_the_root() -> None:
    found = []
    for name, tree in modules():
        apart = docstrings(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            text = node.value
            if id(node) not in apart and (
                FROM_THE_ROOT.search(text) or PAGE_FROM_THE_ROOT.match(text)
            ):
                found.append(f"{name}:{node.lineno} {text[:60]}")
    assert not found


def test_no_page_is_put_behind_a_slash() -> None:
    """An f"/{page}…" in a module that writes links."""
    found = []
    for name, tree in modules():
        known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if not known & WRITES_LINKS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and ast.unparse(node)[2:3] == "/":
                found.append(f"{name}:{node.lineno} {ast.unparse(node)}")
    assert not found


@pytest.mark.parametrize("ending", ["html", "css", "js", "svg"])
def test_no_asset_names_a_file_from_the_root(ending: str) -> None:
    for path in SOURCE.rglob(f"*.{ending}"):
        assert not FROM_THE_ROOT.search(path.read_text("utf-8")), path


class Hrefs(HTMLParser):
    """The addresses of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an address."""
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_writes_leads_beside_it(page: str) -> None:
    parser = Hrefs()
    query = {} if page in ("imports", "dictionary") else {"month": "2010-05"}
    for each in opened(page, **query).get("html"):
        parser.feed(str(each.value))
    links = [href for href in parser.found if not href.startswith(("data:", "#"))]
    beside = {f"./{name}" for name in PAGES}
    places = {href.partition("?")[0] for href in links}
    assert len(places & beside) >= len(PAGES) - 2  # run by itself, it writes the way to the others
    assert not {place for place in places - beside if not place.startswith(("./gate/", "./take/"))}


def test_an_address_is_read_back() -> None:
    assert address("rankings", {"area": "990101102", "stop": "甲&乙"}) == (
        "./rankings?area=990101102&stop=%E7%94%B2%26%E4%B9%99"
    )
    assert Path(address("rankings", {})).name == "rankings"
