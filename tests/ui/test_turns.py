"""Turns: few at once, given back whatever happens, and nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from shortplank.ui import turns


@pytest.fixture(autouse=True)
def _one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_free", threading.BoundedSemaphore(1))


def test_the_second_waits_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 60.0)
    order: list[str] = []
    waiting = threading.Thread(target=lambda: _note(order))
    with turns.turn():
        waiting.start()
        waiting.join(timeout=0.2)
        assert waiting.is_alive()
        order.append("first")
    waiting.join(timeout=60)
    assert order == ["first", "second"]


def _note(order: list[str]) -> None:
    with turns.turn():
        order.append("second")


def test_a_turn_is_given_back_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.0)
    for _ in range(3):
        with pytest.raises(KeyError), turns.turn():
            raise KeyError("a fault in a page")
    assert turns._free.acquire(blocking=False)


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with turns.turn(), turns.turn():
        pass  # the second went on without a turn
    assert turns._free.acquire(blocking=False)
