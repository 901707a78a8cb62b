"""The documents name what is there: pages, commands, folders, and only targets that exist."""

from __future__ import annotations

import re

import pytest

from shortplank.frame.pages import PAGES, page_table
from tools.browser import REPOSITORY

READMES = ("README.md", "README.zh-CN.md")


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_readme_lists_the_pages_of_the_registry(readme: str) -> None:
    table = page_table(chinese=readme.endswith("zh-CN.md"))
    assert table in text(readme), "make sentences"
    assert all(label in table for label in PAGES.values())


def test_every_page_file_is_a_page() -> None:
    assert {path.stem for path in (REPOSITORY / "pages").glob("*.py")} == set(PAGES)


def test_readme_names_every_command() -> None:
    from typer.main import get_command

    from shortplank.cli import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if not re.search(rf"\b{name}\b", text("README.md"))]
    assert not missing


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_make_targets_in_the_documents_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", text(name)))
    assert named <= targets | {"run"}


def test_ci_runs_what_the_readme_says() -> None:
    script = text(".ci/run")
    assert "make check" in script
    assert "make test COVERAGE=1" in script  # against the floor


def test_architecture_names_every_folder() -> None:
    folders = [
        path.name
        for path in (REPOSITORY / "shortplank").iterdir()
        if path.is_dir() and (path / "__init__.py").exists()
    ]
    missing = [name for name in folders if f"{name}/" not in text("docs/ARCHITECTURE.md")]
    assert not missing


@pytest.mark.parametrize(
    "name",
    [*READMES, "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (REPOSITORY / "docs").glob("*.md"))],
)
def test_links_lead_somewhere(name: str) -> None:
    folder = (REPOSITORY / name).parent
    links = [
        link.split("#")[0]
        for link in re.findall(r"\]\(([^)]+)\)", text(name))
        if not link.startswith("http")
    ]
    broken = [link for link in links if link and not (folder / link).exists()]
    assert not broken
