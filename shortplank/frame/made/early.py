"""What no visitor should wait for is worked out while the server is calm, the newest month first.

After a start and after a publish; what is made is held for everybody (`store.held`), within its
bytes, so a month that nobody looks at gives way to what somebody does.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from shortplank.access import Actor
from shortplank.errors import ShortplankError
from shortplank.frame.made.calm import Calm

if TYPE_CHECKING:
    from shortplank.reading.view import View
    from shortplank.store import Engine

log = logging.getLogger("shortplank")
FIRST, AGAIN = 20.0, 10.0
"""Seconds after the start, and between two looks at whether something was published."""
REST = 0.05
"""Seconds between two answers, in which others run."""
VARIABLE = "SHORTPLANK_EARLY"
"""Set to 0, nothing is worked out before it is asked for: a machine that has other work."""
VILLAGES = ("indicator", "village_indicator")
ROLES = (Actor("analyst"), Actor("viewer"))


def keep_early(answers: Callable[[], Sequence[Callable[[View], object]]]) -> None:
    """Work out the answers of each month of the newest edition, and of each that follows it."""
    if os.environ.get(VARIABLE) == "0":
        return
    calm, done = Calm(), None
    time.sleep(FIRST)
    from shortplank.store import engine  # the server answers before it is imported

    while True:
        try:
            shared = engine()
            if (now := (id(shared), shared.newest())) != done:
                work_out(shared, answers(), calm)
                done = now
        except ShortplankError as error:  # the page says it to whoever opens it
            log.warning("nothing was worked out early: %s", error)
        except Exception:
            log.exception("nothing was worked out early")
        time.sleep(AGAIN)


def work_out(
    shared: Engine, answers: Sequence[Callable[[View], object]], calm: Calm | None = None
) -> int:
    """Return how many answers were worked out; it stops where another edition is there."""
    number, made = shared.newest(), 0
    _open_tables(shared, number)
    for view in views(shared):
        for answer in answers:
            while calm is not None and not calm.look():
                time.sleep(calm.span)
            if shared.newest() != number:
                return made
            answer(view)
            made += 1
            time.sleep(REST if calm is not None else 0)
    return made


def _open_tables(shared: Engine, number: int) -> None:
    """Read what pages of villages look at, for either kind of reader: 0.5 s of the first one's.

    A province's counties are read when somebody looks at them.
    """
    home = shared.ws.settings.home
    for actor in ROLES if number and not shared.ws.is_province else ():
        shared.open(number, actor.reads).fill(VILLAGES, home)


def views(shared: Engine) -> Iterator[View]:
    """Yield the looks at each month of the newest edition, the newest first, for either role."""
    from shortplank.reading.view import first_view

    for actor in ROLES:
        first = first_view(shared, actor)
        if first is None:
            continue
        held = first.ask("months_by_edition", county=first.county.area_code)
        for month in sorted(set(held["stat_month"].to_pylist()), reverse=True):
            yield first.with_(month=month).of_month
