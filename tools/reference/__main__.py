"""Write `docs/reference/`: `python -m tools.reference`, or `make reference`."""

from __future__ import annotations

from tools.browser import REPOSITORY
from tools.reference.pages import pages

TARGET = REPOSITORY / "docs" / "reference"


def main() -> None:
    """Write the reference, and drop pages that are no longer of it."""
    TARGET.mkdir(parents=True, exist_ok=True)
    written = pages()
    for path in TARGET.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
