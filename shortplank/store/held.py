"""What was worked out once is held for everybody, bounded by bytes.

What is held is shared by all sessions, so it is frozen: its arrays cannot be written to.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa

T = TypeVar("T")
_NOTHING: Any = object()
# What an entry costs besides what it holds: its key and its place in the order.
ENTRY_BYTES = 500
# Of a list at least twice as long, about as many are looked at.
LIKE = 24


@dataclass
class _Entry:
    """A value, what was made of it, and how many bytes both are."""

    value: Any
    size: int
    beside: dict[Hashable, Any] = field(default_factory=dict)


class Held:
    """Values by key, those used longest ago given up when they are too many bytes together.

    Whoever asks for a value that is being made waits for it: on the day of the meeting fifty ask
    for the same at once.
    """

    def __init__(self, most: int, size: Callable[[Any], int] | None = None) -> None:
        """Hold ``most`` bytes; ``size`` returns a value's bytes, `frozen_bytes` without it."""
        self.most, self._size = most, size or frozen_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._keys: dict[int, Hashable] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        """Return how many bytes are held."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is held under a key, made by the first who asks."""
        if (found := self._find(key)) is not _NOTHING:
            return cast(T, found)
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                if (found := self._find(key)) is not _NOTHING:
                    return cast(T, found)
                made = make()
                self._add(key, made)
                return made
        finally:
            with self._lock:
                if self._making.get(key) is making:
                    del self._making[key]

    def beside(self, value: object, name: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of a held value, which goes when it goes; of any other, just made.

        A picture, a table: what is the same for everybody who looks at the same answer.
        """
        with self._lock:
            entry = self._entry_of(value)
            if entry is not None and name in entry.beside:
                return cast(T, entry.beside[name])
        made = make()
        size = self._size(made) if entry is not None else 0
        with self._lock:
            entry = self._entry_of(value)
            if entry is not None and name not in entry.beside:
                entry.beside[name] = made
                entry.size += size
                self._bytes += size
                self._bound()
        return made

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._entries.clear()
            self._keys.clear()
            self._bytes = 0

    def _find(self, key: Hashable) -> Any:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return _NOTHING
            self._entries.move_to_end(key)
            return entry.value

    def _entry_of(self, value: object) -> _Entry | None:
        key = self._keys.get(id(value))
        entry = self._entries.get(key) if key is not None else None
        return entry if entry is not None and entry.value is value else None

    def _add(self, key: Hashable, value: Any) -> None:
        size = self._size(value) + ENTRY_BYTES
        with self._lock:
            self._drop(key)
            self._entries[key] = _Entry(value, size)
            self._keys[id(value)] = key
            self._bytes += size
            self._bound()

    def _bound(self) -> None:
        while self._bytes > self.most and len(self._entries) > 1:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size
            if self._keys.get(id(entry.value)) == key:
                del self._keys[id(entry.value)]


def frozen_bytes(value: Any) -> int:
    """Return about how many bytes a value holds, having made its arrays read-only.

    What is none of an answer's parts (a workspace, an indicator's card) is shared, and counts for
    nothing.

    >>> frozen_bytes(np.zeros(1000)) >= 8000
    True
    """
    return _bytes(value, set())


def _bytes(value: Any, seen: set[int]) -> int:
    kind = type(value)
    if kind in _PLAIN:
        return 8
    if kind is str or kind is bytes:
        return sys.getsizeof(value)
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
        return int(value.nbytes) + 100
    if isinstance(value, pa.Table | pa.Array | pa.ChunkedArray):
        return int(value.nbytes) + 500
    return 60 + _sum(_parts(value, kind), seen)


def _sum(parts: Sequence[Any], seen: set[int]) -> int:
    """Return the bytes of parts; of a long list as many times what some of them have."""
    some = parts[:: len(parts) // LIKE or 1]
    return sum([_bytes(each, seen) for each in some]) * len(parts) // max(len(some), 1)


def _parts(value: Any, kind: type) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, set | frozenset):
        return list(value)
    names = _fields(kind)
    return [getattr(value, name) for name in names]


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, none of any other."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()


_PLAIN = frozenset((type(None), bool, int, float, date))
