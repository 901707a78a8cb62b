"""The set-up itself: what is installed is what is declared, pinned and hashed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

REPOSITORY = Path(__file__).resolve().parent.parent
REQUIREMENTS = REPOSITORY / "requirements"
# The build backend is pinned with the rest, so that installing shortplank itself fetches nothing.
BUILD_ONLY = {"hatchling"}


def declared() -> dict[str, Requirement]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return {r.name: r for r in map(Requirement, project["dependencies"])}


def wanted(name: str) -> set[str]:
    lines = (REQUIREMENTS / name).read_text("utf-8").splitlines()
    return {Requirement(line).name for line in lines if line and line[0] not in "#-"}


def pinned(name: str) -> dict[str, list[Version]]:
    pins: dict[str, list[Version]] = {}
    text = (REQUIREMENTS / name).read_text("utf-8")
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        pins.setdefault(package, []).append(Version(version))
    return pins


def test_every_run_time_dependency_is_declared_by_the_package() -> None:
    assert wanted("run.in") - BUILD_ONLY == set(declared())


def test_the_pins_satisfy_what_the_package_declares() -> None:
    pins = pinned("run.txt")
    for name, requirement in declared().items():
        assert all(requirement.specifier.contains(v) for v in pins[name]), name


def test_the_test_set_contains_the_run_time_set() -> None:
    run, test = pinned("run.txt"), pinned("test.txt")
    assert {name: test.get(name) for name in run} == run


@pytest.mark.parametrize("name", ["run.txt", "test.txt", "peers.txt"])
def test_every_pin_has_hashes_and_no_download_address(name: str) -> None:
    text = (REQUIREMENTS / name).read_text("utf-8")
    assert "://" not in text and "index-url" not in text
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert blocks and all("--hash=sha256:" in block for block in blocks)


def test_streamlit_knows_every_option_that_is_set() -> None:
    from streamlit import config

    known = set(config.get_config_options())
    settings = tomllib.loads((REPOSITORY / ".streamlit/config.toml").read_text("utf-8"))
    assert {path for path in option_paths(settings) if path not in known} == set()


def option_paths(table: dict[str, object], prefix: str = "") -> set[str]:
    paths: set[str] = set()
    for key, value in table.items():
        if isinstance(value, dict):
            paths |= option_paths(value, f"{prefix}{key}.")
        else:
            paths.add(prefix + key)
    return paths


def test_make_help_lists_every_public_target() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    described = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert described == {t for t in phony[1].split() if not t.startswith("_")}
