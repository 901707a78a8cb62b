"""Turns: few at once, each given back, and nobody waits for ever."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from shortplank.frame.made.turns import Turns


def test_no_more_than_that_many_go_on_at_once() -> None:
    turns, inside, most = Turns(at_once=2, patience=60), list[int](), list[int]()
    lock = threading.Lock()

    def run(number: int) -> None:
        with turns.taken():
            with lock:
                inside.append(number)
                most.append(len(inside))
            with lock:
                inside.remove(number)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 40 and max(most) <= 2


def test_a_turn_is_given_back_after_a_fault() -> None:
    turns = Turns(at_once=1, patience=60)
    for _ in range(3):
        with suppress(KeyError), turns.taken():
            raise KeyError
    with turns.taken():
        pass


def test_who_has_waited_long_enough_goes_on() -> None:
    """A run that waits for another process holds up nobody for good, and gives back its own."""
    turns = Turns(at_once=1, patience=0.01)
    with turns.taken(), turns.taken(), turns.taken():
        pass
    with turns.taken():  # none was given back that had not been taken
        pass
    with pytest.raises(ValueError, match="released too many"):
        turns._free.release()
