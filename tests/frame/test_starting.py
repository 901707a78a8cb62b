"""What the server has imported by the time it answers: the gate and no database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.browser import REPOSITORY

ASKS = """
import runpy, sys
runpy.run_path("asgi.py", run_name="asgi")
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""
LATER = ("duckdb", "numpy", "pandas", "pyarrow", "scipy", "shortplank.store.asking")


def test_what_only_pages_need_is_imported_after_the_first_answer(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKS, *LATER],
        cwd=REPOSITORY,
        env={"PATH": "", "SHORTPLANK_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr[-500:]
