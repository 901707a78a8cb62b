"""Threads share few pools of memory where the C library can do that."""

from __future__ import annotations

import ctypes
import platform
from typing import Any

import pytest

from shortplank.frame.runtime.pools import few_pools


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_the_c_library_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, library = list[tuple[int, int]](), ctypes.CDLL(None)

    class Noted:
        @staticmethod
        def mallopt(what: int, number: int) -> int:
            asked.append((what, number))
            return int(library.mallopt(what, number))

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Noted)
    assert few_pools(8)
    assert asked == [(-8, 8)], "M_ARENA_MAX of malloc.h"


@pytest.mark.parametrize("fault", [OSError("no library"), TypeError("no name")])
def test_another_system_goes_on_as_it_is(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_name: Any) -> Any:
        raise fault

    monkeypatch.setattr(ctypes, "CDLL", none)
    assert not few_pools()
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert not few_pools()
