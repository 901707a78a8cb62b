"""What is held for everybody: made once, bounded by bytes, and frozen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from shortplank.store.held import Held, frozen_bytes


@dataclass(frozen=True)
class Answer:
    """An answer with an array, as the pages' are."""

    values: np.ndarray
    names: list[str]


def answer(size: int = 100) -> Answer:
    return Answer(np.arange(float(size)), ["甲", "乙"])


def test_it_is_made_once_and_is_the_same_for_all() -> None:
    held, made = Held(10**6), list[int]()
    first = held.get("a", lambda: made.append(1) or answer())
    assert held.get("a", answer) is first and made == [1]
    assert held.get("b", answer) is not first and len(held) == 2


def test_nothing_is_an_answer_too() -> None:
    held, made = Held(10**6), list[int]()
    assert held.get("a", lambda: made.append(1)) is None
    assert held.get("a", lambda: made.append(2)) is None and made == [1]


def test_who_asks_while_it_is_being_made_waits_for_it() -> None:
    held, made, all_ask = Held(10**6), list[int](), threading.Barrier(8)

    def ask(_: int) -> object:
        all_ask.wait(timeout=30)
        return held.get("a", lambda: made.append(1) or answer())

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert made == [1] and all(each is found[0] for each in found)


def test_a_fault_is_everybodys_own_and_nothing_is_held() -> None:
    held = Held(10**6)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            held.get("a", lambda: 1 // 0)
    assert len(held) == 0
    assert held.get("a", lambda: 3) == 3


def test_what_was_used_longest_ago_gives_way_to_bytes() -> None:
    one = frozen_bytes(answer())
    held = Held(3 * one + 3 * 500)
    for key in "abc":
        held.get(key, answer)
    held.get("a", answer)
    held.get("d", answer)
    assert held.bytes <= held.most
    assert set(held._entries) == {"a", "c", "d"}


def test_a_value_larger_than_all_is_given_and_alone() -> None:
    held = Held(1000)
    held.get("a", answer)
    large = held.get("b", lambda: answer(10_000))
    assert held.get("b", answer) is large and len(held) == 1


def test_what_is_made_of_an_answer_goes_when_it_goes() -> None:
    held, made = Held(10**6), list[int]()
    own = held.get("a", answer)
    first = held.beside(own, "picture", lambda: made.append(1) or "x" * 1000)
    assert held.beside(own, "picture", lambda: "other") is first and made == [1]
    before = held.bytes
    assert held.beside(own, "table", lambda: "y" * 1000) and held.bytes >= before + 1000
    held.clear()
    assert held.bytes == 0
    assert held.beside(own, "picture", lambda: "anew") == "anew"
    assert held.beside(own, "picture", lambda: "once more") == "once more"


def test_of_an_answer_that_is_not_held_it_is_just_made() -> None:
    held = Held(10**6)
    assert held.beside(answer(), "picture", lambda: 1) == 1 and held.bytes == 0


def test_arrays_of_what_is_held_cannot_be_written_to() -> None:
    own = Held(10**6).get("a", answer)
    with pytest.raises(ValueError, match="read-only"):
        own.values[0] = 1.0


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (np.zeros(1000), 8000, 9000),
        (pa.table({"a": list(range(1000))}), 8000, 10_000),
        ("甲" * 1000, 2000, 5000),
        ([np.zeros(100) for _ in range(1000)], 800_000, 1_200_000),
        ({"a": np.zeros(1000), "b": (np.zeros(1000),)}, 16_000, 18_000),
        (None, 0, 100),
    ],
)
def test_bytes_are_about_right(value: object, least: int, most: int) -> None:
    assert least <= frozen_bytes(value) <= most


def test_bytes_never_drift() -> None:
    held = Held(50_000)
    for number in range(300):
        own = held.get(number % 37, lambda size=number % 11: answer(100 * (size + 1)))
        held.beside(own, number % 3, lambda: "z" * 500)
    with held._lock:
        assert held.bytes == sum(entry.size for entry in held._entries.values()) <= held.most
