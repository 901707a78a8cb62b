"""Where a browser asks for what comes along with a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shortplank.errors import ShortplankError
from shortplank.frame.made.calm import Calm

if TYPE_CHECKING:
    from shortplank.frame.made.ahead import Looks

log = logging.getLogger("shortplank")
PLACE = "/ahead/"
# The gate's header of whose request it is, see `server.trustedUserHeaders`.
KEY_HEADER = "x-shortplank-key"
# What a browser says that asks for something before it is chosen.
WAITS = "ahead_waits"


# So many requests are worked out at once. An edition that is being built may keep them waiting for
# long, and the server has but forty threads for everything that it answers.
_turns = anyio.CapacityLimiter(6)
T = TypeVar("T")


async def in_turn(work: Callable[[], T]) -> T:
    """Return what a request asks for, worked out in a thread when it is its turn."""
    return await anyio.to_thread.run_sync(work, limiter=_turns)


def session_of(request: Request) -> str:
    """Return the key of the session that a request comes with, "" where no gate stands before."""
    return request.headers.get(KEY_HEADER, "").partition("/")[0]


def routes_of(pages: Mapping[str, Callable[[], Looks]], base: str = "") -> list[Route]:
    """Return the routes below ``/ahead/`` of pages, each with what loads its looks."""

    calm = Calm()

    async def answered(request: Request) -> Response:
        says = dict(request.query_params)
        if says.pop(WAITS, "") and not calm.look():
            return Response(status_code=204)
        page = request.url.path.rpartition("/")[2]
        key = session_of(request)

        def told() -> Any:
            from shortplank.frame.made.ahead import answer  # after the server answers

            try:
                return answer(page, pages[page](), key, says)
            except ShortplankError:  # the run says it
                return None
            except Exception:
                log.exception("nothing came along with %s", page)
                return None

        made = await in_turn(told)
        return Response(status_code=204) if made is None else JSONResponse(made)

    return [Route(f"{base}{PLACE}{page}", answered) for page in pages]
