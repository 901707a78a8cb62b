"""`make quick`: what has changed, whose tests those are, and what is left when the time is over."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import quick

pytest_plugins = "pytester"
FILES = {
    "shortplank/store/marts.py": '"""Marts.\n\n>>> 1 + 1\n2\n"""\n',
    "shortplank/store/asking.py": "from shortplank.store import marts\n",
    "shortplank/topics/ranks/page.py": 'ask("towns_by_month")\n',
    "pages/ranks.py": "from shortplank.topics.ranks.page import show\n",
    "queries/ranks/towns_by_month.sql": "select 1\n",
    "tests/conftest.py": "",
    "tests/helper.py": "from shortplank.store.marts import build\n",
    "tests/test_far.py": "from tests import helper\n",
    "tests/store/test_asking.py": "",
    "tests/store/test_marts.py": "",
    "tests/store/test_marts_of_villages.py": "",
    "tests/topics/ranks/test_league.py": "",
    "tests/pages/test_all.py": 'opened("ranks")\n',
    "README.md": "",
}
Git = Callable[..., None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def git(root: Path) -> Git:
    """The files as the one commit of a branch main."""

    def run(*words: str) -> None:
        who = ("-c", "user.name=test", "-c", "user.email=test@example.invalid")
        subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)

    run("init", "--initial-branch", "main")
    run("add", ".")
    run("commit", "--message", "one")
    return run


def nearest(root: Path, *changed: str) -> list[str]:
    return quick.Sources.of(root).tests_of(changed)


def test_what_is_committed_changed_new_and_gone_since_main_has_changed(
    root: Path, git: Git
) -> None:
    assert quick.changed_files(root, quick.base_of(root)) == []
    git("switch", "--create", "work")
    (root / "pages/ranks.py").write_text("", encoding="utf-8")
    git("commit", "--all", "--message", "two")
    (root / "shortplank/store/marts.py").unlink()
    (root / "README.md").write_text("more", encoding="utf-8")
    git("add", "README.md")
    (root / "tests/test_new.py").write_text("", encoding="utf-8")
    assert quick.changed_files(root, quick.base_of(root)) == [
        "README.md",
        "pages/ranks.py",
        "shortplank/store/marts.py",
        "tests/test_new.py",
    ]


def test_without_a_main_the_last_commit_is_what_is_compared_with(root: Path, git: Git) -> None:
    git("branch", "--move", "trunk")
    (root / "README.md").write_text("more", encoding="utf-8")
    assert quick.base_of(root) == ""
    assert quick.changed_files(root) == ["README.md"]


def test_a_modules_own_tests_come_first_then_its_folder_then_who_imports_it(root: Path) -> None:
    assert nearest(root, "shortplank/store/marts.py") == [
        "tests/store/test_marts.py",
        "tests/store/test_marts_of_villages.py",
        "shortplank/store/marts.py",  # its examples
        "tests/store/test_asking.py",
        "tests/test_far.py",  # through a helper
    ]


def test_a_changed_test_is_run_before_all_others(root: Path) -> None:
    changed = ("tests/test_far.py", "shortplank/store/asking.py")
    assert nearest(root, *changed)[:2] == ["tests/test_far.py", "tests/store/test_asking.py"]


def test_a_page_is_tested_where_it_is_named(root: Path) -> None:
    assert nearest(root, "pages/ranks.py") == ["tests/pages/test_all.py"]


def test_a_query_is_tested_in_the_folder_of_who_asks_it(root: Path) -> None:
    assert nearest(root, "queries/ranks/towns_by_month.sql") == [
        "tests/topics/ranks/test_league.py"
    ]


def test_a_module_of_any_depth_is_tested_in_the_folder_that_mirrors_its_own(root: Path) -> None:
    for name in ("page.py", "answer/league.py", "words.toml"):
        found = nearest(root, f"shortplank/topics/ranks/{name}")
        assert "tests/topics/ranks/test_league.py" in found


def test_what_all_tests_share_is_tested_by_all(root: Path) -> None:
    every = [name for name in FILES if Path(name).name.startswith("test_")]
    assert sorted(nearest(root, "tests/conftest.py")) == sorted(every)
    assert nearest(root, "README.md") == []


def test_nothing_changed_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quick, "changed_files", lambda *_: [])
    assert quick.main([]) == 0
    assert "there is nothing to test" in capsys.readouterr().out


def test_the_files_are_run_as_they_are_named(pytester: pytest.Pytester) -> None:
    made = {name: "def test_it(): pass" for name in ("test_a", "test_b", "test_c")}
    pytester.makepyfile(**made)
    names = ["test_c.py", "test_a.py", "test_b.py"]
    without = ("-p", "no:cacheprovider", "-p", "no:slipcover")  # which counts for the run around
    found = pytester.inline_run("-p", "tools.quick", *without, *names)
    passed, _, _ = found.listoutcomes()
    assert [report.nodeid.partition("::")[0] for report in passed] == names


def test_what_has_not_begun_in_time_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(quick.UNTIL, "inf")
    quick.pytest_runtest_setup()
    monkeypatch.setenv(quick.UNTIL, "0")
    with pytest.raises(pytest.skip.Exception, match="make test runs it"):
        quick.pytest_runtest_setup()
