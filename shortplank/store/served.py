"""Where what is served stands: the queries, the pages and the app, and the demo county."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from shortplank.errors import WorkspaceError

_PACKAGE = Path(str(files("shortplank")))
_INSTALLED = _PACKAGE / "served"
IS_INSTALLED = (_INSTALLED / "app.py").is_file()

# Holds queries/, pages/, app.py, asgi.py and .streamlit/: the top of the repository, or, where the
# package was installed from a wheel, a folder inside it.
SERVED = _INSTALLED if IS_INSTALLED else _PACKAGE.parent
# The workspace that is opened where none is named. A wheel brings no data: an installed package
# makes the demo county, and looks for it, in the folder where one works.
DEMO = (Path() if IS_INSTALLED else SERVED) / "data" / "demo"


def workspace_path() -> Path:
    """Return the workspace that ``SHORTPLANK_WORKSPACE`` names, the demo by default.

    `WorkspaceError` where none is named and the demo county has not been made.
    """
    if named := os.environ.get("SHORTPLANK_WORKSPACE"):
        return Path(named)
    if not DEMO.is_dir():
        raise WorkspaceError(
            f"没有指明工作区，也没有演示县 {DEMO}",
            mend="请用 -w 或 SHORTPLANK_WORKSPACE 指明，或先运行 shortplank demo 生成演示县",
        )
    return DEMO
