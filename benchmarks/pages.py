"""Script time of each page's rerun."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from unittest import mock

from streamlit.testing.v1 import AppTest

from benchmarks.timing import Row, median_ms
from shortplank.frame import signed_in
from shortplank.gate.house import HERE, house_of
from shortplank.gate.sessions import key_of
from shortplank.store import workspace_path
from tools.browser import REPOSITORY

RERUNS = 15


def script_rows() -> list[Row]:
    """Return each page's median script time of a rerun, as who started the server sees it."""
    found = []
    with tempfile.TemporaryDirectory() as state, ExitStack() as instead:
        instead.enter_context(mock.patch.dict("os.environ", {"SHORTPLANK_STATE": state}))
        key = key_of(house_of(workspace_path()).sessions.open(HERE, "start"))
        instead.enter_context(mock.patch.object(signed_in, "gate_key", lambda: key))
        for path in sorted((REPOSITORY / "pages").glob("*.py")):
            test = AppTest.from_file(str(path), default_timeout=120)
            if test.run().error:
                raise RuntimeError(f"{path.stem}: {test.error[0].value}")
            found.append(Row(f"script of {path.stem}", median_ms(test.run, RERUNS), None, 60))
    return found
