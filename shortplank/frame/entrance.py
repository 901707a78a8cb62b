"""How the server lets people in: the gate before Streamlit, by the settings that it runs with."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import streamlit
from starlette.middleware import Middleware

from shortplank.errors import ShortplankError
from shortplank.frame.headers import PageHeaders
from shortplank.frame.messages import asked_of, files_of
from shortplank.frame.server import bound_to
from shortplank.gate.bound import Bound
from shortplank.gate.door import Gate
from shortplank.gate.hosts import Address
from shortplank.gate.house import House, house_of
from shortplank.gate.kept_secrets import check_secrets
from shortplank.gate.start import StartToken
from shortplank.store import workspace_path

# What stands before the start token's address.
ONLY_HERE = "只有这台电脑能打开；从下面的地址进入，身份是本机管理员，地址用到服务停止为止："
Lifespan = Callable[[Any], AbstractAsyncContextManager[dict[str, bool]]]


@dataclass(frozen=True)
class Entrance:
    """The gate that this process stands behind, and the start token where that is the way in."""

    house: House
    address: Address
    start: StartToken | None

    @property
    def middleware(self) -> list[Middleware]:
        """Return what stands before every request: the headers of every answer, then the gate."""
        return [
            Middleware(PageHeaders, public=self.address.public),
            Middleware(
                Gate,
                house=self.house,
                address=self.address,
                bound=Bound(files_of, asked_of),
                start=self.start,
            ),
        ]

    def announcing(self, lifespan: Lifespan) -> Lifespan:
        """Return the server's lifespan; with it begins a line by which its starter gets in."""

        @asynccontextmanager
        async def begun(app: object) -> AsyncIterator[dict[str, bool]]:
            async with lifespan(app) as state:
                if self.start is not None:
                    port = int(streamlit.get_option("server.port"))
                    print(ONLY_HERE, flush=True)
                    print(self.start.address(bound_to(), port, self.address.base), flush=True)
                yield state

        return begun


def entrance() -> Entrance:
    """Return the gate of the workspace that is served; the process ends where it may not open.

    One sentence on the standard error says why; nothing has been served then.
    """
    try:
        house = house_of(workspace_path())
        base = streamlit.get_option("server.baseUrlPath") or ""
        address = house.address(bound_to(), base)
        check_secrets(house.access)
        return Entrance(house, address, None if house.access.ways else StartToken())
    except ShortplankError as error:
        print(error.sentence, file=sys.stderr, flush=True)
        raise SystemExit(1) from None
