"""Where other programs ask: below ``/api/``; what answers them is imported when the first asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shortplank.gate.programs import PLACE

if TYPE_CHECKING:  # which needs DuckDB, and the server answers before that
    from shortplank.doors.answering import Doors


def routes_of(base: str = "") -> list[Route]:
    """Return the routes of the API below a base path."""
    kept: list[Doors] = []

    async def answered(request: Request) -> Response:
        if not kept:
            made = await run_in_threadpool(_doors, base)
            kept[:] = kept or [made]  # who asked at the same time has made it already
        return await kept[0](request)

    return [Route(f"{base}{PLACE}{rest}", answered) for rest in ("", "/{rest:path}")]


def _doors(base: str) -> Doors:
    from shortplank.doors.answering import Doors

    return Doors(base)
