"""Processes that change accounts: many at once, and one that is killed on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from shortplank.access import MACHINE
from shortplank.gate import passwords
from shortplank.gate.accounts import Accounts

# The calls that change the disk while a file is written.
STEPS = ("mkstemp", "fchmod", "fsync", "replace")
OLD, NEW = "old words of mine", "new words of mine"


def context() -> ForkServerContext:
    """Return processes that start in milliseconds, with the accounts imported."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.gate.writers"])
    return found


def cheap() -> None:
    """Hash as cheaply as Argon2 can, as the fixture of that name does."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def add_many(root: Path, first: int, many: int) -> None:
    """Add some accounts, one write each."""
    cheap()
    for number in range(first, first + many):
        Accounts(root).add(MACHINE, f"a{number}", OLD, "viewer")


def killed_at(root: Path, step: int) -> None:
    """Change a password, and die by SIGKILL at one step: even before the call, odd after it."""
    cheap()
    calls = iter(range(0, 1000, 2))

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*values: Any, **named: Any) -> Any:
            now = next(calls)
            if now == step:
                os.kill(os.getpid(), signal.SIGKILL)
            result = call(*values, **named)
            if now + 1 == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return wrapped

    for name in STEPS:
        owner = tempfile if name == "mkstemp" else os
        setattr(owner, name, dying(getattr(owner, name)))
    Accounts(root).set_password(MACHINE, "zhang", NEW)
