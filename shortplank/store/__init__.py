"""Editions, marts and the one way to ask.

Each name is fetched when it is first used: what only locks or writes a file needs no database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortplank.store.asking import Engine, ask, engine
    from shortplank.store.edition import DataFile, Edition
    from shortplank.store.editions import Store
    from shortplank.store.marts import add_months, due_date
    from shortplank.store.queries import all_queries
    from shortplank.store.served import workspace_path

__all__ = [
    "DataFile",
    "Edition",
    "Engine",
    "Store",
    "add_months",
    "all_queries",
    "ask",
    "due_date",
    "engine",
    "workspace_path",
]
_ROOMS = {
    "asking": ("Engine", "ask", "engine"),
    "edition": ("DataFile", "Edition"),
    "editions": ("Store",),
    "marts": ("add_months", "due_date"),
    "queries": ("all_queries",),
    "served": ("workspace_path",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return one of the store's names, its module imported by then."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    found = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = found
    return found
