"""What the wheel's builder does besides: it puts what is served inside the package.

App, pages and queries stand at the top of the repository. In a wheel they travel in
``shortplank/served/``, where `shortplank.store.served` finds them, so that site-packages gets no
folder ``pages`` from us. Beside them goes pyproject.toml: Streamlit reads there which components of
its own the package has.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SERVED = (
    "app.py", "asgi.py", "pages", "queries", ".streamlit/config.toml", "requirements/run.txt",
    "docs/handbook",
)  # fmt: skip


class Served(BuildHookInterface):
    """Adds the served files to a wheel; an editable install has them where they stand."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each file or folder and its place in the wheel."""
        if version == "standard":
            build_data["force_include"] |= {name: f"shortplank/served/{name}" for name in SERVED}
            build_data["force_include"]["pyproject.toml"] = "shortplank/pyproject.toml"
