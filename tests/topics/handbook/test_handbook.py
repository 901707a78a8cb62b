"""The handbook says what there is: pages, commands, buttons and pictures, and leads to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shortplank.frame.pages import PAGES
from shortplank.topics.handbook.answer import (
    CHAPTERS,
    FOLDER,
    Picture,
    chapter,
    chapters,
    linked_chapter,
    linked_page,
    one_file,
)
from tools.browser import REPOSITORY
from tools.handbook import SHOTS

FILES = ("README", *CHAPTERS)


def told(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text("utf-8")


def sources() -> str:
    paths = [*(REPOSITORY / "shortplank").rglob("*.py"), *(REPOSITORY / "pages").glob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in paths)


@pytest.mark.parametrize("name", FILES)
def test_links_lead_to_pages_chapters_and_files_that_there_are(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", told(name))
    assert links or name == "townships"
    for link in links:
        assert (FOLDER / link).resolve().exists(), link
        assert not linked_page(link) or linked_page(link) in PAGES


@pytest.mark.parametrize("key", CHAPTERS)
def test_a_page_is_called_by_its_name(key: str) -> None:
    for label, link in re.findall(r"\[([^\]]+)\]\(([^)]+)\)", told(key)):
        if page := linked_page(link):
            assert label == PAGES[page]


@pytest.mark.parametrize("key", CHAPTERS)
def test_what_is_named_as_on_the_screen_stands_there(key: str) -> None:
    known = sources()
    for label in re.findall(r"「([^」]+)」", told(key)):
        assert label in known, label


def test_every_picture_is_taken_and_shown() -> None:
    shown = {
        piece.path.stem
        for each in chapters(lambda link: "")
        for piece in each.pieces
        if isinstance(piece, Picture)
    }
    assert shown == set(SHOTS)
    assert {path.stem for path in (FOLDER / "images").iterdir()} == set(SHOTS)


def test_every_chapter_has_a_title_and_says_what_for() -> None:
    for each in chapters(lambda link: ""):
        assert each.title and each.about and each.pieces
        assert f"[{each.title}]({each.key}.md)" in told("README")


def test_the_whole_needs_no_network_and_no_script() -> None:
    page = one_file().decode()
    assert not re.search(r'(?:src|href)="(?!#|data:image/png;base64,)', page)
    assert "<script" not in page
    for each in chapters(lambda link: ""):
        assert f'<h1 id="{each.key}">{each.title}</h1>' in page
    assert page.count("<img ") == len(SHOTS)


def test_html_in_a_chapter_is_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shortplank.topics.handbook.answer.FOLDER", tmp_path)
    hostile = "# 甲\n\n乙\n\n<script>alert(1)</script>\n\n[丙](javascript:alert(1))\n"
    (tmp_path / "leaders.md").write_text(hostile, "utf-8")
    (piece,) = chapter("leaders", lambda link: "").pieces
    assert "<script" not in str(piece) and "javascript" not in str(piece).split("(")[0]
    assert "href" not in str(piece)


def test_a_link_of_a_chapter_is_one_kind() -> None:
    assert linked_page("../../pages/audit.py") == "audit" and not linked_chapter("../backup.md")
    assert linked_chapter("regions.md") == "regions" and not linked_page("regions.md")
