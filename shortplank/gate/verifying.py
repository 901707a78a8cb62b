"""Passwords of those who sign in: looked at two at a time, each attempt counted."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shortplank.errors import ShortplankError
from shortplank.gate.accounts import Account, Accounts
from shortplank.gate.attempts import FIRST, Attempts

# How many hashes are computed at once, 64 MiB each, and how many more may wait for one.
AT_ONCE, WAITING = 2, 16


class Busy(ShortplankError):
    """An attempt that is not looked at: 429, and the seconds after which one is."""

    def __init__(self, seconds: float, message: str = "尝试登录的次数过多") -> None:
        self.seconds = max(1, math.ceil(seconds))
        minutes = math.ceil(self.seconds / 60)
        after = f"{self.seconds} 秒" if self.seconds < 60 else f"{minutes} 分钟"
        super().__init__(message, mend=f"请 {after}后再试")


class Verifier:
    """The one way from the sign-in page to `Accounts.verify`, for a process."""

    def __init__(self, accounts: Accounts, attempts: Attempts, waiting: int = WAITING) -> None:
        self.accounts, self.attempts = accounts, attempts
        self._most, self._inside = AT_ONCE + waiting, 0
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")

    async def verify(self, name: str, password: str, address: str = "") -> Account | None:
        """Return the account that is opened, None where none is; `Busy` where nobody looked."""
        return await self._counted(name, address, lambda: self.accounts.verify(name, password))

    async def change(self, name: str, old: str, new: str, address: str = "") -> Account | None:
        """Return the account whose owner changed its password, None where the old one is wrong.

        `Busy` as in `verify`; `ShortplankError` for a new password that is refused.
        """
        self.accounts.check_new(name, old, new)
        return await self._counted(name, address, lambda: self.accounts.change_own(name, old, new))

    async def _counted(
        self, name: str, address: str, look: Callable[[], Account | None]
    ) -> Account | None:
        if wait := self.attempts.wait(name, address):  # no place in the queue for those
            raise Busy(wait)
        if self._inside >= self._most:
            raise Busy(FIRST, "同时登录的人太多")
        self._inside += 1
        try:
            running = asyncio.get_running_loop()
            return await running.run_in_executor(self._threads, self._look, name, address, look)
        finally:
            self._inside -= 1

    def _look(self, name: str, address: str, look: Callable[[], Account | None]) -> Account | None:
        if wait := self.attempts.begin(name, address):
            raise Busy(wait)
        try:
            found = look()
        except BaseException:
            self.attempts.taken_back(name, address)
            raise
        if found is not None:
            self.attempts.succeeded(name, address)
        return found

    def close(self) -> None:
        """Let the threads end once they have looked at what they have."""
        self._threads.shutdown(wait=False, cancel_futures=True)
