"""Where what is served stands: the queries, the pages and the app, and the demo county."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_PACKAGE = Path(str(files("shortplank")))
_INSTALLED = _PACKAGE / "served"
IS_INSTALLED = (_INSTALLED / "app.py").is_file()

# Holds queries/, pages/, app.py, asgi.py and .streamlit/: the top of the repository, or, where the
# package was installed from a wheel, a folder inside it.
SERVED = _INSTALLED if IS_INSTALLED else _PACKAGE.parent
# The workspace that is opened where none is named. A wheel brings no data: an installed package
# makes the demo county, and looks for it, in the folder where one works.
DEMO = (Path() if IS_INSTALLED else SERVED) / "data" / "demo"
