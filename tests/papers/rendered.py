"""Papers as an office program lays them out: what stands where on which page, in which type."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shortplank.papers.office import pdfs, program

# Reason where papers cannot be laid out here.
needs_office = pytest.mark.skipif(
    program() is None or shutil.which("pdftotext") is None,
    reason="LibreOffice or poppler-utils is not installed",
)
_SPACE = re.compile(r"\s+")
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in points from the page's upper left corner."""


@dataclass(frozen=True)
class Word:
    """A run of letters on one line, where it is printed."""

    text: str
    box: Box

    @property
    def height(self) -> float:
        """Return the height of the line's type, in points."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True)
class Page:
    """One page or slide: its size in points and its words."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Return all letters in the order of the lines, without spaces."""
        return squeezed("".join(word.text for word in self.words))

    def inside(self, box: Box, *, slack: float = 1.5) -> str:
        """Return the letters of the words that stand wholly in a box, without spaces."""
        left, top, right, bottom = box
        return squeezed(
            "".join(
                word.text
                for word in self.words
                if word.box[0] >= left - slack
                and word.box[1] >= top - slack
                and word.box[2] <= right + slack
                and word.box[3] <= bottom + slack
            )
        )

    @property
    def lines(self) -> list[float]:
        """Return the height on the page at which each line of words stands, from above."""
        found: list[float] = []
        for bottom in sorted(word.box[3] for word in self.words):
            if not found or bottom - found[-1] > 3:
                found.append(bottom)
        return found


@dataclass(frozen=True)
class Rendered:
    """A paper's pages and the fonts that they name."""

    pages: tuple[Page, ...]
    fonts: frozenset[str]
    pdf: bytes

    @property
    def text(self) -> str:
        """Return all letters of all pages, without spaces."""
        return "".join(page.text for page in self.pages)

    def pictures(self, folder: Path, *, name: str = "page", dpi: int = 60) -> list[Path]:
        """Write the pages as PNG into a folder, to be looked at."""
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / f"{name}.pdf"
        source.write_bytes(self.pdf)
        subprocess.run(
            ["pdftoppm", "-r", str(dpi), "-png", str(source), str(folder / name)], check=True
        )
        return sorted(folder.glob(f"{name}-*.png"))


_KEPT: dict[str, Rendered] = {}


def rendered(files: Mapping[str, bytes]) -> dict[str, Rendered]:
    """Return each paper laid out; what was laid out once in this run is not laid out again."""
    keys = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    left = {name: files[name] for name, key in keys.items() if key not in _KEPT}
    for name, data in pdfs(left).items():
        _KEPT[keys[name]] = _read(data)
    return {name: _KEPT[key] for name, key in keys.items()}


def squeezed(text: str) -> str:
    """Return a text without its spaces: where lines break is the program's matter."""
    return _SPACE.sub("", text)


def _read(data: bytes) -> Rendered:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.pdf"
        source.write_bytes(data)
        layout = _told("pdftotext", "-bbox-layout", str(source), "-")
        fonts = _told("pdffonts", str(source))
    names = {line.split()[0].rpartition("+")[2] for line in fonts.splitlines()[2:] if line.strip()}
    return Rendered(tuple(_pages(layout)), frozenset(names), data)


def _told(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def _pages(layout: str) -> list[Page]:
    # Letters that XML does not have stand in no page of ours.
    root = ElementTree.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", layout))
    found = []
    for number, page in enumerate(_each(root, "page"), start=1):
        words = tuple(Word(word.text or "", _box(word)) for word in _each(page, "word"))
        found.append(Page(number, float(page.attrib["width"]), float(page.attrib["height"]), words))
    return found


def _each(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in element.iter() if each.tag.rpartition("}")[2] == name]


def _box(word: ElementTree.Element) -> Box:
    keys = ("xMin", "yMin", "xMax", "yMax")
    left, top, right, bottom = (float(word.attrib[key]) for key in keys)
    return left, top, right, bottom


@cache
def fonts_here() -> frozenset[str]:
    """Return the font families that this machine has; others are drawn by their fallbacks."""
    return frozenset(_told("fc-list", ":", "family").replace("\n", ",").split(","))
