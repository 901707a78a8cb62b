"""Coroutines in tests, in a thread of their own: the browser's loop runs in the tests'."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine comes to."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()
