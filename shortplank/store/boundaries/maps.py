"""What a map is drawn from: made once for the areas that are drawn, and kept beside the marts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store.kept import kept_file

FOLDER, NAME = "geo", "areas.geojson"
VERSION = 1
Stamp = tuple[int, int, int]
Ring = list[tuple[int, int]]


@dataclass(frozen=True)
class Shape:
    """An area's rings in units of the picture, and where its name stands."""

    rings: list[Ring]
    at: tuple[int, int]


@dataclass(frozen=True)
class MapShapes:
    """The areas that have boundaries, by code; ``outlines`` go around those of one area above."""

    shapes: dict[str, Shape]
    outlines: list[Ring]
    size: tuple[int, int]
    illustrative: bool = False
    source: str = ""


NOTHING = MapShapes({}, [], (1, 1))


def boundaries_file(workspace: Path) -> Path:
    """Return where a workspace keeps its boundaries."""
    return workspace / FOLDER / NAME


def has_boundaries(ws: Workspace) -> bool:
    """Return whether a workspace has boundaries at all."""
    return boundaries_file(ws.path).is_file()


def shapes_of(ws: Workspace, codes: Iterable[str]) -> MapShapes:
    """Return the shapes of some areas, of those that have boundaries.

    `BoundaryError` says in a sentence why the workspace's file cannot be read.
    """
    try:
        found = boundaries_file(ws.path).stat()
    except OSError:
        return NOTHING
    wanted = tuple(sorted(set(codes)))
    above = tuple(ws.area_by_code[code].parent_code for code in wanted)
    stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    return _shapes(ws.path, stamp, wanted, above)


@lru_cache(maxsize=16)
def _shapes(
    workspace: Path, stamp: Stamp, codes: tuple[str, ...], above: tuple[str, ...]
) -> MapShapes:
    text = "|".join([str(VERSION), _digest(workspace, stamp), *codes, *above])
    data = kept_file(workspace, "map", text, lambda: _made(workspace, codes, above))
    held: dict[str, Any] = json.loads(data)
    shapes = {
        code: Shape([[(x, y) for x, y in ring] for ring in each["rings"]], tuple(each["at"]))
        for code, each in held.pop("shapes").items()
    }
    outlines = [[(x, y) for x, y in ring] for ring in held.pop("outlines")]
    return MapShapes(shapes, outlines, tuple(held.pop("size")), **held)


@lru_cache(maxsize=4)
def _digest(workspace: Path, _stamp: Stamp) -> str:
    """Return the hash of the file; it is read again only when the system says that it changed."""
    try:
        with boundaries_file(workspace).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        place = f"{FOLDER}/{NAME}"
        raise StoreError("边界文件无法读取", place=place, mend="请检查权限") from error


def _made(workspace: Path, codes: tuple[str, ...], above: tuple[str, ...]) -> bytes:
    # Shapely is loaded only where nothing is kept yet.
    from shortplank.store.boundaries.geojson import BoundaryError, read_boundaries
    from shortplank.store.boundaries.simplify import drawn

    try:
        read = read_boundaries(boundaries_file(workspace))
    except BoundaryError as error:
        raise BoundaryError(
            error.message,
            place="，".join(part for part in (f"{FOLDER}/{NAME}", error.place) if part),
            mend=error.mend,
        ) from error
    shapes = {code: read.shapes[code] for code in codes if code in read.shapes}
    made: dict[str, Any] = {"shapes": {}, "outlines": [], "size": (1, 1)}
    if shapes:
        made = drawn(shapes, dict(zip(codes, above, strict=True)))
    made |= {"illustrative": read.illustrative, "source": read.source}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
