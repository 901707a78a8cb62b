"""What a monitor gets without signing in: whether the server lives, and its numbers by a token."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.access import MACHINE
from shortplank.gate.machines import new_token
from tests.gate.worlds import World, started, world

PUBLIC = "https://board.county.example/board"


def with_token(county: Path) -> tuple[World, str]:
    """Return a gate with a public address below a path, and the token of its monitor."""
    token, told = new_token()
    access = f'public = "{PUBLIC}"\n[local]\n[metrics]\ntoken_sha256 = "{told}"\n'
    return world(county, access, base="board"), token


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/board/healthz", "/board/readyz"])
def test_alive_and_ready_are_told_to_anybody(county: Path, path: str) -> None:
    there, _ = with_token(county)
    assert there.ask(path).text == "served"
    assert [scope["path"] for scope in there.behind.reached] == [path]


@pytest.mark.parametrize("path", ["/metrics", "/board/metrics"])
def test_the_token_lets_a_monitor_in_by_any_name_of_the_server(county: Path, path: str) -> None:
    there, token = with_token(county)
    assert there.ask(path, headers={"authorization": f"Bearer {token}"}).text == "served"
    assert len(there.behind.reached) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer 0"},
        {"authorization": "Basic {}"},
        {"authorization": "{}"},
        {"x-token": "Bearer {}"},
    ],
)
def test_nobody_else_gets_numbers(county: Path, headers: dict[str, str]) -> None:
    there, token = with_token(county)
    sent = {name: value.format(token) for name, value in headers.items()}
    for path in ("/metrics", "/board/metrics"):
        assert there.ask(path, headers=sent).status_code in (401, 403)
        named = {"host": "board.county.example", **sent}
        assert there.ask(path, headers=named).status_code in (401, 403, 404)
    assert not there.behind.reached


def test_the_token_opens_nothing_else(county: Path) -> None:
    there, token = with_token(county)
    sent = {"authorization": f"Bearer {token}", "host": "board.county.example"}
    for path in ("/board/", "/board/overview", "/board/_stcore/metrics", "/board/metrics/x"):
        assert 400 <= there.ask(path, headers=sent).status_code < 500
    assert not there.behind.reached


def test_a_token_that_is_taken_out_counts_no_more(county: Path) -> None:
    there, token = with_token(county)
    (county / "access.toml").write_text(f'public = "{PUBLIC}"\n[local]\n', "utf-8")
    assert there.ask("/metrics", headers={"authorization": f"Bearer {token}"}).status_code == 403
    assert not there.behind.reached


def test_a_broken_access_file_gives_no_numbers(county: Path) -> None:
    there, token = with_token(county)
    (county / "access.toml").write_text("[metrics\n", "utf-8")
    sent = {"authorization": f"Bearer {token}", "host": "board.county.example"}
    assert there.ask("/board/metrics", headers=sent).status_code == 503
    assert not there.behind.reached


def test_administrators_see_numbers_and_analysts_do_not(here: World) -> None:
    assert here.ask("/metrics", token=started(here)).text == "served"


@pytest.mark.usefixtures("cheap_hashes")
def test_who_is_no_administrator_is_told_so(county: Path) -> None:
    there = world(county, "[local]\n")
    for role, status in (("viewer", 403), ("analyst", 403), ("admin", 200)):
        there.house.accounts.add(MACHINE, role, "three quiet rivers", role, must_change=False)
        token = there.house.sessions.open(role, "local")
        assert there.ask("/metrics", token=token).status_code == status
