"""What a check found: its state, what it says of it, and the mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from shortplank.errors import ShortplankError
from shortplank.wording.upkeep import NAMES, SAID

State = Literal["ok", "warn", "wrong"]


@dataclass(frozen=True)
class Found:
    """One line of the table."""

    name: str
    state: State
    said: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it as an object of JSON."""
        return {"name": self.name, "state": self.state, "said": self.said, "mend": self.mend}


def found(check: str, state: State, key: str, **about: object) -> Found:
    """Return what a check found, in words."""
    said, mend = SAID[key]
    return Found(NAMES[check], state, said.format(**about), mend.format(**about))


def fault(check: str, error: ShortplankError) -> Found:
    """Return a fault that has its own sentence as what a check found."""
    head = f"{error.place}：" if error.place else ""
    return Found(NAMES[check], "wrong", f"{head}{error.message}", error.mend)


def guarded(check: str, work: Callable[[], Iterable[Found]]) -> Iterator[Found]:
    """Yield what a check finds; one that cannot be made is a line of its own, never a traceback."""
    try:
        yield from work()
    except ShortplankError as error:
        yield fault(check, error)
    except OSError as error:
        kind = error.strerror or type(error).__name__
        yield found(check, "wrong", "not_checked", kind=kind)
    except Exception as error:
        yield found(check, "wrong", "not_checked", kind=type(error).__name__)
