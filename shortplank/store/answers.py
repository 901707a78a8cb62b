"""Whole answers as files beside the marts: what a visitor should not wait for in any process.

An answer is made of the package's own dataclasses, plain values and arrays. Cards of indicators in
it are those of the workspace that reads it; any other name in a file is refused, and the answer is
made again.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel

import shortplank
from shortplank.catalogue import Workspace
from shortplank.store.edition import Edition
from shortplank.store.kept import kept, source_hash
from shortplank.store.queries import all_queries

T = TypeVar("T")
_OWN = shortplank.__name__ + "."
_OTHERS = frozenset(
    {
        ("datetime", "date"),
        ("markupsafe", "Markup"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
    }
)


def kept_answer(
    ws: Workspace, edition: Edition, name: str, said: tuple[object, ...], make: Callable[[], T]
) -> T:
    """Return an answer from its file, made and written where there is none (see `kept`).

    It rests on the home, the edition with all before it, what was ``said``, and the package's
    source; so ``said`` is what an installation has few of: anybody's look may write a file.
    """
    made = list[T]()

    def written() -> bytes:
        made.append(make())
        return to_bytes(ws, made[0])

    parts = (name, _source(), ws.settings.home, edition.published_at.isoformat(), repr(said))
    data = kept(ws, edition, "answers", parts, written, "pickle")
    if not made:
        with suppress(pickle.UnpicklingError, AttributeError, EOFError, KeyError, TypeError):
            return cast(T, from_bytes(ws, data))
    return made[0] if made else make()


def to_bytes(ws: Workspace, value: object) -> bytes:
    """Return a value as bytes; an indicator's card is written as its key."""
    out = io.BytesIO()
    _Writer(out, ws).dump(value)
    return out.getvalue()


def from_bytes(ws: Workspace, data: bytes) -> Any:
    """Return the value of bytes; `UnpicklingError` where they name what no answer is made of.

    >>> from_bytes(None, pickle.dumps(print))
    Traceback (most recent call last):
        ...
    _pickle.UnpicklingError: builtins.print
    """
    return _Reader(io.BytesIO(data), ws).load()


@cache
def _source() -> str:
    """Return a hash of all that answers are made by: the package's source and its questions."""
    questions = sorted((key, query.sql) for key, query in all_queries().items())
    return source_hash(Path(shortplank.__file__).parent) + repr(questions)


class _Writer(pickle.Pickler):
    def __init__(self, out: io.BytesIO, ws: Workspace) -> None:
        super().__init__(out, protocol=5)
        self._keys = {id(item): key for key, item in ws.indicators.items()}

    def persistent_id(self, value: object) -> str | None:
        return self._keys.get(id(value))


class _Reader(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, ws: Workspace) -> None:
        super().__init__(data)
        self._ws = ws

    def persistent_load(self, key: str) -> object:
        return self._ws.indicators[key]

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(_OWN) or (module, name) in _OTHERS:
            found = super().find_class(module, name)
            if not module.startswith(_OWN) or _is_plain(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _is_plain(found: object) -> bool:
    """Return whether something is a class that only holds values."""
    return isinstance(found, type) and (is_dataclass(found) or issubclass(found, tuple | BaseModel))
