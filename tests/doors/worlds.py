"""The API behind the gate, as a program reaches it; nothing of Streamlit runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from shortplank.access import MACHINE, Role
from shortplank.doors.routes import routes_of
from shortplank.frame.entrance import PLACES, asked_of, files_of
from shortplank.gate.bound import Bound
from shortplank.gate.door import Gate
from shortplank.gate.house import House, house_of
from shortplank.gate.start import StartToken
from tests.running import run_async

HOME, TOWN, VILLAGE = "990101", "990101101", "990101101204"
OTHER = "990102"
PASSWORD = "three quiet rivers"
HOST = "127.0.0.1:8501"


@dataclass
class Doors:
    """A workspace's doors, the tokens of its accounts, and how to ask."""

    gate: Gate
    folder: Path
    base: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.gate.house

    def account(self, name: str, role: Role, scope: str = "") -> None:
        self.house.accounts.add(MACHINE, name, PASSWORD, role, scope, must_change=False)
        self.tokens[name] = self.house.bearers.add(MACHINE, name, "test")[1]

    def ask(
        self,
        path: str,
        who: str = "",
        method: str = "GET",
        *,
        headers: Any = None,
        params: Any = None,
        peer: tuple[str, int] = ("127.0.0.1", 50000),
    ) -> httpx.Response:
        """Return the answer to an account's program; nobody's where none is named."""
        named = {"authorization": f"Bearer {self.tokens[who]}"} if who else {}
        more = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
        transport = httpx.ASGITransport(app=self.gate, client=peer)

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=transport, base_url=f"http://{HOST}", trust_env=False
            ) as client:
                return await client.request(
                    method, f"{self.base}{path}", params=params, headers=[*named.items(), *more]
                )

        return run_async(asked())

    def rows(self, name: str, who: str, **params: object) -> list[dict[str, Any]]:
        """Return the rows that an account's program gets of a question."""
        found = self.ask(f"/api/ask/{name}", who, params=params)
        assert found.status_code == 200, found.text
        rows: list[dict[str, Any]] = found.json()["rows"]
        return rows


def doors_of(folder: Path, access: str, *, base: str = "", bound: str = "127.0.0.1") -> Doors:
    """Return the doors of a workspace with an access.toml of its own."""
    (folder / "access.toml").write_text(access, "utf-8")
    house = house_of(folder)
    below = f"/{base}" if base else ""
    app = Starlette(routes=routes_of(below))
    start = None if house.access.ways else StartToken()
    address = house.address(bound, base)
    gate = Gate(app, house, address, Bound(files_of, asked_of), start, places=PLACES)
    return Doors(gate, folder, below)
