"""Where a browser asks for what comes along: what it is answered, and when it is told to wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from shortplank.errors import ShortplankError
from shortplank.frame.made import ahead
from shortplank.frame.made.calm import Calm
from shortplank.frame.made.routes import KEY_HEADER, PLACE, routes_of


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


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes_of({"trends": lambda: None}, "/board"))) as found:  # type: ignore[arg-type,return-value]
        yield found


def test_it_answers_for_the_session_that_the_gate_names(
    client: TestClient, asked: list[tuple[Any, ...]]
) -> None:
    answer = client.get(f"/board{PLACE}trends?month=2010-05", headers={KEY_HEADER: "abc/rights"})
    assert (answer.status_code, answer.json()) == (200, ["trends"])
    assert asked == [("trends", "abc", {"month": "2010-05"})]


@pytest.mark.parametrize("month", ["none", "refused"])
def test_what_the_run_has_to_say_is_left_to_it(
    client: TestClient, asked: list[tuple[Any, ...]], month: str
) -> None:
    answer = client.get(f"/board{PLACE}trends?month={month}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_no_other_page_is_answered(client: TestClient, asked: list[tuple[Any, ...]]) -> None:
    assert client.get(f"/board{PLACE}audit").status_code == 404
    assert client.get(f"{PLACE}trends").status_code == 404
    assert not asked


def test_what_may_wait_waits_while_the_process_works(
    client: TestClient, asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calm, "look", lambda self: False)
    assert client.get(f"/board{PLACE}trends?month=2010-05&ahead_waits=1").status_code == 503
    assert not asked
    assert client.get(f"/board{PLACE}trends?month=2010-05").status_code == 200
    monkeypatch.setattr(Calm, "look", lambda self: True)
    assert client.get(f"/board{PLACE}trends?month=2010-05&ahead_waits=1").status_code == 200
    assert asked[-1] == ("trends", "", {"month": "2010-05"})
