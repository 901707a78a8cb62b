"""What of a picture can be selected: where it lies, and what is said of it.

A figure names its own places in ``layout.meta``; the page's chart (`frame/chart`) finds which one a
pointer, a tap or a key means, marks it, and says it. A place is a part of the plot in the units of
its axes; one without a span on an axis goes over the whole picture there, labels and all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

# What a key is, and so what a selection changes in the link.
Kind = Literal["area", "month", "indicator"]
Span = tuple[float | str, float | str]
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Pick:
    """A place of a picture: its key, its name, its figure in words, and where it lies."""

    key: str
    name: str
    says: str = ""
    x: Span | None = None
    y: Span | None = None
    xaxis: str = "x"
    yaxis: str = "y"
    rings: Sequence[Ring] = ()
    """The outline of a shape on a map; ``x`` and ``y`` are then its bounds."""


def pickable(figure: dict[str, Any], picks: Iterable[Pick], kind: Kind = "area") -> dict[str, Any]:
    """Return a figure that names its places, in the order in which keys and numbers go.

    >>> drawn = pickable({"data": [], "layout": {}}, rows(["01"], ["甲乡"], ["91.7%"], [1]))
    >>> drawn["layout"]["meta"]["picks"][0]["y"]
    (0.5, 1.5)
    """
    meta = {"kind": kind, "picks": [_told(pick) for pick in picks]}
    return {**figure, "layout": {**figure["layout"], "meta": meta}}


def hover(name: str, told: Sequence[str]) -> str:
    """Return what stands under the pointer: a name with its figure, and the rest line by line.

    >>> hover("甲乡", ["91.7%", "11/12"])
    '<b>甲乡</b> 91.7%<br>11/12'
    """
    first, *others = told
    return "<br>".join([f"<b>{name}</b> {first}", *others])


def says(told: Sequence[str]) -> str:
    """Return the same in a row, as it is said of what is selected."""
    return " · ".join(each for each in told if each)


def numbered(names: Sequence[str], *, present: bool) -> list[str]:
    """Return names as a hall reads them: with the number that one types to select them.

    >>> numbered(["甲乡"], present=True), numbered(["甲乡"], present=False)
    (['1 甲乡'], ['甲乡'])
    """
    return [f"{n} {name}" if present else name for n, name in enumerate(names, start=1)]


def rows(
    keys: Sequence[str], names: Sequence[str], says: Sequence[str], places: Sequence[float]
) -> list[Pick]:
    """Return a row a key, from the label at its left to the words at its right."""
    told = zip(keys, names, says, places, strict=True)
    return [Pick(key, name, say, y=(at - 0.5, at + 0.5)) for key, name, say, at in told]


def columns(
    keys: Sequence[str], names: Sequence[str], says: Sequence[str], places: Sequence[float]
) -> list[Pick]:
    """Return a column a key, over the whole height of the picture."""
    told = zip(keys, names, says, places, strict=True)
    return [Pick(key, name, say, x=(at - 0.5, at + 0.5)) for key, name, say, at in told]


def points(
    keys: Sequence[str],
    names: Sequence[str],
    says: Sequence[str],
    xs: Sequence[float | str],
    ys: Sequence[float],
) -> list[Pick]:
    """Return a dot a key; what is nearest to the pointer is meant."""
    told = zip(keys, names, says, xs, ys, strict=True)
    return [
        Pick(key, name, say, x=(x, x), y=(y, y))
        for key, name, say, x, y in told
        if not math.isnan(y)
    ]


def _told(pick: Pick) -> dict[str, Any]:
    """Return a place as it is sent: without what it does not have."""
    return {name: value for name, value in vars(pick).items() if value not in (None, "", ())}
