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


def test_who_has_had_a_turn_for_long_holds_up_nobody() -> None:
    """A run that waits for another process holds up nobody for good, and gives back its own."""
    turns = Turns(at_once=1, patience=0.01)
    with turns.taken(), turns.taken(), turns.taken():
        pass
    with turns.taken():  # none was given back that had not been taken
        pass


def test_who_came_first_begins_first_and_a_long_queue_is_no_reason_to_run_all_at_once() -> None:
    turns, order, inside, most = Turns(at_once=1, patience=60), list[int](), [0], [0]
    threads = list[threading.Thread]()

    def run(number: int) -> None:
        with turns.taken():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            order.append(number)
            inside[0] -= 1

    with turns.taken():
        for number in range(30):
            threads.append(threading.Thread(target=run, args=(number,)))
            threads[-1].start()
            while len(turns.waiting) <= number:  # it stands in the queue
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(30)) and most == [1] and not turns.waiting


def test_who_leaves_the_queue_leaves_no_place_in_it() -> None:
    """A fault while somebody waits (the server stops) gives the place to the next."""
    turns = Turns(at_once=1, patience=60)

    def gone(_seconds: float) -> bool:
        raise KeyboardInterrupt

    with turns.taken(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Event, "wait", lambda _self, seconds: gone(seconds))
        with pytest.raises(KeyboardInterrupt), turns.taken():
            pass
    assert not turns.waiting
    with turns.taken():
        pass
