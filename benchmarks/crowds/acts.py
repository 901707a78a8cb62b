"""What a visitor does next: anything at all, or what everybody looks at in a meeting."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.visitor import Link, VisitError, Visitor

TOGETHER = 0.8
"""How much of a meeting's looking follows the order that everybody follows."""


Behaviour = Callable[[Visitor, random.Random], Awaitable[tuple[str, float]]]
"""Acts once, and returns what it did and the seconds that the answer took."""


async def stray(visitor: Visitor, chance: random.Random) -> tuple[str, float]:
    """Change one of the filters on the screen or the page, whichever; each month is as likely."""
    screen = visitor.screen
    choices = [key for key, each in screen.choices.items() if len(each.options) > 1]
    others = screen.others()
    if not choices and not others:
        raise VisitError("a page with nothing to choose")
    at = chance.randrange(len(choices) + bool(others))
    if at == len(choices):
        return "page", await visitor.follow(chance.choice(others))
    choice = screen.choices[choices[at]]
    option = chance.choice([each for each in choice.options if each != choice.chosen])
    return choice.name, await visitor.choose(choices[at], option)


async def again(visitor: Visitor, _chance: random.Random) -> tuple[str, float]:
    """Run the page again: all that can be done with an empty one."""
    return "again", await visitor.open()


class InMeeting:
    """Follow a running order from its first stop; now and then stray, and come back to it.

    ``order`` are pages and what their links hold; without a month a link leads to the newest.
    """

    def __init__(self, order: Sequence[tuple[str, str]]) -> None:
        self._order = order
        self._at = 0

    async def __call__(self, visitor: Visitor, chance: random.Random) -> tuple[str, float]:
        """Go to the next stop, or anywhere."""
        if chance.random() >= TOGETHER:
            return await stray(visitor, chance)
        page, query = self._order[self._at % len(self._order)]
        self._at += 1
        return "stop", await visitor.follow(Link(visitor.screen.pages[page], query))
