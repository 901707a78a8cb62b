"""The tests of what has changed, within a minute: `make quick`.

Changed is what differs from where this branch left main: its commits, the working tree, new files.
Its tests, nearest first:

1. the test files that have changed,
2. those of a changed file's name, in the folder that mirrors its own
   (`shortplank/store/marts.py`: `tests/store/test_marts*.py`), and the file's own examples,
3. the others of that folder,
4. those that import a changed module, or name a changed page, query or other file,
5. those as under 2 of the modules that do, and as under 3 where it was not Python they named.

Browser tests and those marked slow are left to `make test`. What has not begun when the time is
over is skipped and counted.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest

SECONDS = 40.0
"""When no further test begins; collecting and the last tests take the rest of the minute."""
UNTIL = "SHORTPLANK_QUICK_UNTIL"
MAINS = ("origin/main", "origin/master", "main")
FOLDERS = ("shortplank", "pages", "tests", "tools", "benchmarks")
PLAN = (
    *("-m", "not browser and not slow", "-p", "tools.quick", "-q"),
    *("-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests of what has changed and return pytest's exit code, 0 where there are none."""
    parser = argparse.ArgumentParser(prog="make quick", description="the tests of what has changed")
    parser.add_argument("--since", default="", help="a commit to compare with, instead of main's")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options, more = parser.parse_known_args(arguments)
    root = Path(__file__).resolve().parent.parent
    base = options.since or base_of(root)
    changed = changed_files(root, base)
    since = base or "the last commit"
    if not changed:
        print(f"Nothing has changed since {since}, so there is nothing to test.")
        return 0
    tests = Sources.of(root).tests_of(changed)
    print(f"{len(changed)} files have changed since {since}: {_listed(changed)}.")
    if not tests:
        print("No test is near them: make test runs all.")
        return 0
    print(f"{len(tests)} files of tests, nearest first: {_listed(tests)}.", flush=True)
    until = {UNTIL: str(time.time() + options.seconds)}
    command = [sys.executable, "-m", "pytest", *PLAN, *more, *tests]
    code = subprocess.run(command, cwd=root, env=os.environ | until, check=False).returncode
    print("make test runs all the others, the slow ones and the browser's among them.")
    return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else code


# --- for pytest, which is told of this file by -p -------------------------------------------------
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the files in the order in which they were named, the nearest first."""
    places = {name: number for number, name in enumerate(config.args)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_runtest_setup() -> None:
    """Skip what has not begun when the time is over."""
    if time.time() > float(os.environ.get(UNTIL, "inf")):
        pytest.skip("the time of make quick is over: make test runs it")


# --- what has changed -----------------------------------------------------------------------------
def base_of(root: Path) -> str:
    """Return the commit where this branch left main, "" where no main is known."""
    for name in MAINS:
        if found := _git(root, "merge-base", "HEAD", name):
            return found[0][:12]
    return ""


def changed_files(root: Path, base: str = "") -> list[str]:
    """Return the files that differ from a commit (the last one), new and deleted ones too."""
    differing = _git(root, "diff", "--name-only", "--no-renames", "-z", base or "HEAD")
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return sorted({*differing, *new})


def _git(root: Path, *words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return [part for part in done.stdout.replace("\0", "\n").splitlines() if part]


# --- whose tests they are -------------------------------------------------------------------------
@dataclass(frozen=True)
class Source:
    """A Python file: the modules it imports and the strings that stand in it."""

    path: str
    imports: frozenset[str]
    strings: frozenset[str]

    @property
    def is_test(self) -> bool:
        """Whether it is a file of tests."""
        return self.path.startswith("tests/") and PurePosixPath(self.path).name.startswith("test_")

    @property
    def has_examples(self) -> bool:
        """Whether it holds examples that pytest runs."""
        product = self.path.startswith("shortplank/")
        return product and any(">>> " in string for string in self.strings)

    def uses(self, path: str) -> bool:
        """Return whether it imports a file as a module, or names it in a string."""
        pure = PurePosixPath(path)
        if pure.suffix == ".py" and pure.parent.name not in ("", "pages"):
            return module_of(path) in self.imports
        names = {path, pure.name}
        if pure.suffix == ".sql" or pure.parts[0] == "pages":
            names.add(pure.stem)
        return not self.strings.isdisjoint(names)


@dataclass(frozen=True)
class Sources:
    """The Python files of the repository."""

    every: tuple[Source, ...]

    @classmethod
    def of(cls, root: Path) -> Sources:
        """Return the files below a root, read and not run."""
        paths = [path for name in FOLDERS for path in sorted((root / name).rglob("*.py"))]
        return cls(tuple(read(root, path) for path in (*paths, *sorted(root.glob("*.py")))))

    @cached_property
    def tests(self) -> list[str]:
        """The files of tests."""
        return [source.path for source in self.every if source.is_test]

    def tests_of(self, changed: Sequence[str]) -> list[str]:
        """Return the files of the tests of changed files, nearest first, each once."""
        return list(dict.fromkeys(self._nearest(changed)))

    def _nearest(self, changed: Sequence[str]) -> Iterator[str]:
        yield from (path for path in changed if path in self.tests)
        for path in changed:
            yield from self._namesakes(path)
        yield from (s.path for s in self.every if s.path in changed and s.has_examples)
        for path in changed:
            yield from self._neighbours(path)
        users = self._users(changed)
        yield from (path for path in users if path in self.tests)
        for path in users:
            yield from self._namesakes(path)
        for path in self._users([p for p in changed if not p.endswith(".py")]):
            yield from self._neighbours(path)

    def _namesakes(self, path: str) -> list[str]:
        """Return the tests of a file's name in the folder that mirrors its own, if there is one."""
        folder, named = mirrored(path), f"test_{PurePosixPath(path).stem}"
        within = self._below(folder) or self.tests
        return [test for test in within if PurePosixPath(test).stem.startswith(named)]

    def _neighbours(self, path: str) -> list[str]:
        """Return the tests at and below the nearest folder that mirrors one above a file."""
        if path == "tests/conftest.py":
            return self.tests
        pure = PurePosixPath(path)
        helper = pure.parts[0] == "tests" and pure.suffix == ".py" and pure.stem != "conftest"
        if helper or pure.parts[0] == "pages":  # those who use it say so
            return []
        folders = (mirrored(path), *map(str, PurePosixPath(mirrored(path)).parents))
        return next((found for f in folders if f.count("/") and (found := self._below(f))), [])

    def _below(self, folder: str) -> list[str]:
        return [test for test in self.tests if test.startswith(f"{folder}/")]

    def _users(self, changed: Sequence[str]) -> list[str]:
        """Return the files that use a changed one, by way of the tests' own helpers too."""
        reached, found = list(changed), dict[str, None]()
        while reached:
            path = reached.pop(0)
            users = [s for s in self.every if s.path not in found and s.uses(path)]
            found |= dict.fromkeys(user.path for user in users)
            reached += [u.path for u in users if u.path.startswith("tests/") and not u.is_test]
        return list(found)


def read(root: Path, path: Path) -> Source:
    """Return what a file imports and names; one that is no Python at this moment has nothing."""
    relative = path.relative_to(root).as_posix()
    try:
        nodes = list(ast.walk(ast.parse(path.read_bytes())))
    except SyntaxError:
        return Source(relative, frozenset(), frozenset())
    imports = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    strings = frozenset(value for value in constants if isinstance(value, str))
    return Source(relative, frozenset(imports), strings)


def module_of(path: str) -> str:
    """Return a file's name as a module: `shortplank/store/__init__.py` is `shortplank.store`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def mirrored(path: str) -> str:
    """Return the folder of tests that mirrors a file's own: `shortplank/store`, `tests/store`."""
    parts = PurePosixPath(path).parent.parts
    own = parts[1:] if parts[:1] in (("shortplank",), ("tests",)) else parts
    return str(PurePosixPath("tests", *own))


def _listed(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


if __name__ == "__main__":
    sys.exit(main())
