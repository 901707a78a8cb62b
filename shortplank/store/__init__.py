"""Editions, marts and the one way to ask."""

from shortplank.store.asking import Engine, all_queries, ask, engine, workspace_path
from shortplank.store.editions import DataFile, Edition, Store
from shortplank.store.marts import add_months, due_date

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
