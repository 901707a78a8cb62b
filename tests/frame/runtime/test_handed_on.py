"""What a run sends reaches the loop whole, in order, and seldom."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from shortplank.frame.runtime.handed_on import HANDS, SECONDS, TAKES, hand_on_together

SENT, ENDED = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS


class Session:
    """A session as far as its events go: what the loop is given, and how often it is woken."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.taken, self.woken = loop, list[Any](), 0

    def _call_soon_on_event_loop(self, callback: Callable[[], None]) -> None:
        self.woken += 1
        self.loop.call_soon_threadsafe(callback)

    def _handle_scriptrunner_event_on_event_loop(
        self, _sender: object, _event: ScriptRunnerEvent, forward_msg: object = None
    ) -> None:
        self.taken.append(forward_msg)
        if forward_msg == "fault":
            raise ValueError(forward_msg)

    def _on_scriptrunner_event(self, *_more: object, **_said: object) -> None:
        raise AssertionError("not replaced")


def handed(events: Callable[[Callable[..., None]], None]) -> Session:
    """Return a session after another thread has sent it events; each has a forward message."""
    assert hand_on_together(Session)

    async def run() -> Session:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _about: None)
        session = Session(loop)
        sent = threading.Thread(target=events, args=(getattr(session, HANDS),))
        sent.start()
        while sent.is_alive():
            await asyncio.sleep(0.001)
        await asyncio.sleep(2 * SECONDS)  # what nothing ends is handed on by then
        return session

    with ThreadPoolExecutor(1) as own:  # a browser's tests have a loop in this thread
        return own.submit(asyncio.run, run()).result()


def test_a_run_is_handed_on_whole_and_in_order_with_two_calls() -> None:
    def events(hand: Callable[..., None]) -> None:
        for number in range(30):
            hand(None, SENT, forward_msg=number)
        hand(None, ENDED, forward_msg="end")

    session = handed(events)
    assert session.taken == [*range(30), "end"]
    assert session.woken <= 3


def test_what_is_sent_during_a_long_run_does_not_wait_for_its_end() -> None:
    session = handed(lambda hand: hand(None, SENT, forward_msg="wait"))
    assert session.taken == ["wait"]


def test_two_threads_lose_nothing() -> None:
    def events(hand: Callable[..., None]) -> None:
        def some(name: str) -> None:
            for number in range(300):
                hand(None, SENT, forward_msg=(name, number))

        threads = [threading.Thread(target=some, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    taken = handed(events).taken
    for name in "ab":
        assert [number for own, number in taken if own == name] == list(range(300))


def test_a_fault_with_one_piece_keeps_none_of_the_others_back() -> None:
    def events(hand: Callable[..., None]) -> None:
        for each in ("first", "fault", "last"):
            hand(None, SENT, forward_msg=each)
        hand(None, ENDED, forward_msg="end")

    assert handed(events).taken == ["first", "fault", "last", "end"]


def test_what_the_loop_is_asked_after_the_events_comes_after_them() -> None:
    """Streamlit tells of a message that it could not read so: behind the end of the run before."""

    def events(hand: Callable[..., None]) -> None:
        session = hand.__self__  # type: ignore[attr-defined]
        hand(None, SENT, forward_msg="before")
        hand(None, ENDED, forward_msg="end")
        session._call_soon_on_event_loop(lambda: session.taken.append("after"))

    assert handed(events).taken == ["before", "end", "after"]


def test_this_streamlit_hands_on_as_is_meant() -> None:
    """Where a later one does not, the pages go on as Streamlit has them, and this test says so."""
    assert hasattr(AppSession, HANDS) and hasattr(AppSession, TAKES)
    assert not hand_on_together(type("Other", (), {}))
