"""Where a browser asks for what comes along: what it is answered, and when it is told to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
from starlette.applications import Starlette

from shortplank.errors import ShortplankError
from shortplank.frame.made import ahead
from shortplank.frame.made.calm import Calm
from shortplank.frame.made.routes import KEY_HEADER, PLACE, routes_of
from tests.running import run_async

if TYPE_CHECKING:
    from shortplank.frame.made.ahead import Looks


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What reaches the answer."""
    calls = list[tuple[Any, ...]]()

    def noted(page: str, looks: Any, key: str, says: dict[str, str]) -> Any:
        calls.append((page, key, dict(says)))
        if says.get("month") == "none":
            return None
        if says.get("month") == "refused":
            raise ShortplankError("登录已经结束")
        return [page]

    monkeypatch.setattr(ahead, "answer", noted)
    return calls


class Client:
    """Asks the routes, below a base path."""

    app = Starlette(routes=routes_of({"trends": lambda: cast("Looks", None)}, "/board"))

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Return the answer to a request."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as one:
                return await one.get(path, headers=headers)

        return run_async(asked())


@pytest.fixture
def client() -> Client:
    return Client()


def test_it_answers_for_the_session_that_the_gate_names(
    client: Client, asked: list[tuple[Any, ...]]
) -> None:
    answer = client.get(f"/board{PLACE}trends?month=2010-05", headers={KEY_HEADER: "abc/rights"})
    assert (answer.status_code, answer.json()) == (200, ["trends"])
    assert asked == [("trends", "abc", {"month": "2010-05"})]


@pytest.mark.parametrize("month", ["none", "refused"])
def test_what_the_run_has_to_say_is_left_to_it(
    client: Client, asked: list[tuple[Any, ...]], month: str
) -> None:
    answer = client.get(f"/board{PLACE}trends?month={month}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_no_other_page_is_answered(client: Client, asked: list[tuple[Any, ...]]) -> None:
    assert client.get(f"/board{PLACE}audit").status_code == 404
    assert client.get(f"{PLACE}trends").status_code == 404
    assert not asked


def test_what_may_wait_waits_while_the_process_works(
    client: Client, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calm, "look", lambda self: False)
    assert client.get(f"/board{PLACE}trends?month=2010-05&ahead_waits=1").status_code == 204
    assert not asked
    assert client.get(f"/board{PLACE}trends?month=2010-05").status_code == 200
    monkeypatch.setattr(Calm, "look", lambda self: True)
    assert client.get(f"/board{PLACE}trends?month=2010-05&ahead_waits=1").status_code == 200
    assert asked[-1] == ("trends", "", {"month": "2010-05"})
