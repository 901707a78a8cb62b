"""Connections of the server send at once, by the option that they inherit."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest
from streamlit.web.server.starlette import starlette_server

from shortplank.frame import server
from shortplank.frame.runtime.listening import OPEN_FILES, send_at_once
from tests.running import run_async

pytestmark = pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this system lists no open files")


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    """A listening socket as Streamlit makes it, which names no protocol."""
    with starlette_server._bind_socket("127.0.0.1", 0, 8) as one:
        one.setblocking(True)
        yield one


def sends_at_once(bound: socket.socket) -> bool:
    """Return whether a connection that is accepted now has the option."""
    with socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
        return bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_a_connection_inherits_it(bound: socket.socket) -> None:
    assert bound.proto == 0
    assert not sends_at_once(bound)
    open_before = len(os.listdir(OPEN_FILES))
    assert send_at_once() >= 1
    assert len(os.listdir(OPEN_FILES)) == open_before
    assert sends_at_once(bound)


def test_what_does_not_listen_is_left(bound: socket.socket) -> None:
    with socket.create_connection(bound.getsockname()) as one:
        send_at_once()
        assert not one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_server_sets_it_before_it_accepts(
    bound: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "warm_up", lambda *_: None)

    async def started() -> bool:
        async with server.warmed(lambda _view: None, [])(None):
            return sends_at_once(bound)

    assert run_async(started())
