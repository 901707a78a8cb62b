"""The sockets on which the server listens: what is answered is sent at once."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OPEN_FILES = Path("/dev/fd")
INTERNET = (socket.AF_INET, socket.AF_INET6)


def send_at_once() -> int:
    """Set TCP_NODELAY on each listening socket of this process; return on how many.

    asyncio sets it on the connections of a socket that names TCP as its protocol. Streamlit binds
    one that names none, so an answer in two parts waited 40 ms for the other side's delayed
    acknowledgement. A connection inherits the option from the socket that accepts it. Where a
    system lists no open files, nothing is set.
    """
    numbers = [int(name) for name in _listed() if name.isdecimal()]
    done = 0
    for number in numbers:
        with suppress(OSError), _opened(number) as one:
            if _listens(one):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                done += 1
    return done


def _listed() -> list[str]:
    return os.listdir(OPEN_FILES) if OPEN_FILES.is_dir() else []


@contextmanager
def _opened(number: int) -> Iterator[socket.socket]:
    """Give a second handle of an open socket; `OSError` where the file is none."""
    if not stat.S_ISSOCK(os.fstat(number).st_mode):
        raise OSError(number)
    with socket.socket(fileno=os.dup(number)) as one:
        yield one


def _listens(one: socket.socket) -> bool:
    stream = one.family in INTERNET and one.type == socket.SOCK_STREAM
    return stream and bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
