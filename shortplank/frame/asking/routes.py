"""Where a browser asks for the places that a typed text leads to."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shortplank.frame.made.routes import in_turn, session_of
from shortplank.frame.pages import PAGES
from shortplank.gate.forms import is_long

# What is typed is the request's body: addresses are written down by whatever stands before us.
PLACES = {f"/ask/{page}": page for page in PAGES} | {"/ask/": next(iter(PAGES))}


async def answered(request: Request) -> Response:
    """Answer a text that is typed beside a page; the link of the page is the request's."""
    if await is_long(request):
        return PlainTextResponse("", 413)
    text = (await request.body()).decode("utf-8", errors="replace")
    page = request.url.path.rpartition("/")[2] or PLACES["/ask/"]

    def told() -> dict[str, object]:
        from shortplank.frame.asking.box import answer  # after the server answers

        return answer(page, session_of(request), dict(request.query_params), text)

    return JSONResponse(await in_turn(told))


def routes_of(base: str = "") -> Sequence[Route]:
    """Return the route of each page below a base path."""
    return [Route(f"{base}{place}", answered, methods=["POST"]) for place in PLACES]
