"""What every answer of a page says, in one shape: one place writes it, one test reads it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer in words; a page's answer is one, and adds what its picture is drawn from.

    ``about`` is what is looked at and what the picture's marks mean, for the line below the title.
    """

    title: str = ""
    about: tuple[str, ...] = ()
    sentence: str = ""
    notes: list[str] = field(default_factory=list)
    named: tuple[str, ...] = ()
    """The areas that stand apart beyond chance, by name."""
    tested: int = 0
    """Of how many areas that was tested."""
    how: tuple[str, ...] = ()
    """What was done and how sure it is: method, n, tests, rate; one idea a line."""

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show but words."""
        return False

    @property
    def has_picture(self) -> bool:
        """Return whether there is anything to draw."""
        return not self.is_empty
