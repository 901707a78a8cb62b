"""Answers that are the same for everybody are worked out once, and held by what they rest on."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from dataclasses import fields
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from shortplank.reading.view import View

P = ParamSpec("P")
R = TypeVar("R")


def once(
    *journals: str,
) -> Callable[[Callable[Concatenate[View, P], R]], Callable[Concatenate[View, P], R]]:
    """Have an answer worked out once for all who see the same of the same view.

    It rests on the edition and the settings (an engine has its own), on what the view says, on
    which tables who looks reads and which county's, and on the kinds of ``journals`` that it reads:
    a line more in one of them, and it is worked out anew. Its arguments are hashable, or lists of
    such.

    >>> @once()
    ... def first_of_year(view: View) -> str:
    ...     return view.year_start.isoformat()
    """

    def decorated(
        answer: Callable[Concatenate[View, P], R],
    ) -> Callable[Concatenate[View, P], R]:
        name = f"{answer.__module__}.{answer.__qualname__}"

        @wraps(answer)
        def held(view: View, *args: P.args, **kwargs: P.kwargs) -> R:
            rests_on = tuple(_state(view, kind) for kind in journals)
            said = tuple(tuple(each) if isinstance(each, list) else each for each in args)
            key = (name, looked_at(view), said, tuple(sorted(kwargs.items())), rests_on)
            return view.engine.keep(key, lambda: answer(view, *args, **kwargs))

        return cast(Callable[Concatenate[View, P], R], held)

    return decorated


def looked_at(view: View) -> Hashable:
    """Return all that tells one look from another, whoever's it is.

    The newest edition's number is in it: links name an edition only where a newer one is there.
    """
    scope = view.ws.county_of(view.actor.scope) if view.actor.scope else ""
    return view.engine.newest(), view.actor.reads, scope, *(getattr(view, name) for name in _SAYS)


_SAYS = tuple(each.name for each in fields(View) if each.name not in ("engine", "actor"))


def _state(view: View, kind: str) -> tuple[int, int]:
    """Return what changes with each line of a journal."""
    try:
        found = os.stat(view.ws.path / "journal" / f"{kind}.jsonl")
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
