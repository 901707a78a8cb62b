"""What a run sends is handed to the server's loop a few times a run, not piece by piece.

Streamlit wakes its loop for each of the thirty pieces of a page, and each time the loop looks
through the pieces of every session; a hundred sessions make that a fifth of the server's work.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

SECONDS = 0.03
"""So long a piece waits at the most: what takes longer says so on the screen meanwhile."""
HANDS, TAKES, CALLS = (
    "_on_scriptrunner_event",
    "_handle_scriptrunner_event_on_event_loop",
    "_call_soon_on_event_loop",
)
TELLS = "_message_enqueued_callback"
_WAITING = "_shortplank_waiting"


def hand_on_together(kind: Any = AppSession) -> bool:
    """Have what a run sends wait for its end, or for `SECONDS`; all in the order it came in.

    Return whether this Streamlit hands on as is meant here; where it does not, nothing is done.
    """
    if not all(hasattr(kind, name) for name in (HANDS, TAKES, CALLS)):
        return False
    setattr(kind, HANDS, _handed_on)
    return True


class Waiting:
    """The events of a session's runs that its loop has not been given yet."""

    def __init__(self) -> None:
        self._events: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def add(self, event: Callable[[], None]) -> bool:
        """Let an event wait; return whether it is the first that does."""
        with self._lock:
            self._events.append(event)
            return len(self._events) == 1

    def hand_on(self, session: Any) -> None:
        """Do all that waits, on the loop, before anything that was asked of it later.

        Of the messages among them the server is told once. A fault with one is the loop's to tell,
        as it was where each was asked by itself.
        """
        with self._lock:
            events, self._events = self._events, []
        tell = getattr(session, TELLS, None)
        setattr(session, TELLS, None)
        for event in events:
            try:
                event()
            except Exception as error:
                about = {"message": "an event of a run failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(about)
        setattr(session, TELLS, tell)
        if tell is not None:
            tell()


def _handed_on(
    session: Any, sender: Any, event: ScriptRunnerEvent, *more: Any, **said: Any
) -> None:
    """Take an event of a run on the run's own thread: what begins or ends one goes on at once."""
    waiting: Waiting | None = session.__dict__.get(_WAITING)
    if waiting is None:
        waiting = session.__dict__.setdefault(_WAITING, Waiting())
    hand_on = partial(waiting.hand_on, session)
    is_first = waiting.add(partial(getattr(session, TAKES), sender, event, *more, **said))
    call = getattr(session, CALLS)
    if event != ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
        call(hand_on)
    elif is_first:
        call(lambda: asyncio.get_running_loop().call_later(SECONDS, hand_on))
