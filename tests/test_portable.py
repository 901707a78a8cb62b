"""The package runs where Python has no POSIX modules: every module of it, and the reader."""

from __future__ import annotations

import io
import subprocess
import sys

import openpyxl

from tools.browser import REPOSITORY

# What Windows has not; what other libraries need on the system that runs the test stays.
WITHOUT = """
import os, signal, sys
sys.modules["fcntl"] = sys.modules["resource"] = None
for owner, name in (
    (os, "fchmod"), (os, "pread"), (os, "pwrite"), (os, "getuid"), (os, "geteuid"), (os, "killpg"),
    (os, "sched_getaffinity"), (os, "setsid"), (signal, "SIGXCPU"), (signal, "SIGALRM"),
):
    vars(owner).pop(name, None)
"""
SCRIPT = """
import importlib, pkgutil, sys, warnings
warnings.simplefilter("ignore")
import shortplank

found = [each.name for each in pkgutil.walk_packages(shortplank.__path__, "shortplank.")]
for name in found:
    if not name.endswith("__main__"):
        importlib.import_module(name)

from shortplank.ingest import bounded

bounded._CODE = sys.argv[1] + bounded._CODE
with bounded.BoundedReader() as reader:
    sheets = reader.read(sys.stdin.buffer.read())["sheets"]
print(len(found), sheets[0]["name"])
"""


def test_every_module_is_imported_and_a_workbook_read_without_posix() -> None:
    made, sink = openpyxl.Workbook(), io.BytesIO()
    made.worksheets[0].title = "月报"
    made.worksheets[0]["A1"] = "单位"
    made.save(sink)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + SCRIPT, WITHOUT],
        input=sink.getvalue(),
        capture_output=True,
        cwd=REPOSITORY,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    count, name = done.stdout.decode().split()
    modules = [
        path
        for path in (REPOSITORY / "shortplank").rglob("*.py")
        if path.parent.name != "shortplank" or path.name != "__init__.py"
    ]
    assert (int(count), name) == (len(modules), "月报")
