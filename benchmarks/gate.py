"""What the gate itself takes of a request, a sign-in and a line of the audit."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.timing import Row, median_ms
from shortplank.access import MACHINE
from shortplank.audit.lines import note
from shortplank.frame.entrance import PLACES, asked_of, files_of
from shortplank.gate.bound import Bound
from shortplank.gate.door import Gate
from shortplank.gate.house import HERE, House
from shortplank.gate.start import StartToken

_TIMES = 2000


def rows() -> list[Row]:
    """Return the gate's own rows; nothing but the gate runs."""
    with tempfile.TemporaryDirectory() as folder:
        county = Path(folder) / "county"
        county.mkdir()
        with mock.patch.dict("os.environ", {"SHORTPLANK_STATE": str(Path(folder) / "state")}):
            house = House(county)
            request = asyncio.run(_requests(house))
            (county / "access.toml").write_text("[local]\n", encoding="utf-8")
            house.accounts.add(MACHINE, "bench", "a password of its own", "viewer")
            password = median_ms(lambda: house.accounts.verify("bench", "not the password"), 15)
            line = median_ms(lambda: note(county, HERE, "look", page="overview"), _TIMES)
    return [
        Row("the gate's own time, a request of a signed-in browser", request, None, 0.5),
        Row("a line of the audit", line, None, 0.05),
        Row("a password looked at (Argon2id)", password, None, 150),
    ]


async def _requests(house: House) -> float:
    """Return the median time of a request through the gate to an app that answers at once."""
    bound, address = Bound(files_of, asked_of), house.address("127.0.0.1", "")
    gate = Gate(_answer, house, address, bound, StartToken(), places=PLACES)
    cookie = f"{gate.cookie}={house.sessions.open(HERE, 'start')}"
    headers = {"host": "127.0.0.1:8501", "cookie": cookie, "accept": "*/*", "user-agent": "bench"}
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/_stcore/health",
        "query_string": b"",
        "client": ("127.0.0.1", 50000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    statuses, taken = set[int](), []

    async def send(message: Any) -> None:
        statuses.add(message.get("status", 200))

    for _ in range(_TIMES):
        start = time.perf_counter()
        await gate(scope, None, send)
        taken.append(1000 * (time.perf_counter() - start))
    if statuses != {200}:
        raise RuntimeError(f"the gate let nobody in: {statuses}")
    return statistics.median(taken)


async def _answer(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
