"""The real provider of tests/gate/provider in a process of its own, and browsers that sign in."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
import uvicorn

from shortplank.gate.door import Gate

FOLDER = Path(__file__).parent / "provider"
SECRET = "only for the tests' own client"
# Subjects of the provider's people, by what they are called there.
PEOPLE = {"fenxi": "s-1001", "liulan": "s-1002", "luren": "s-1003"}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Real:
    """A running provider: its address, and the address of ours that it knows."""

    issuer: str
    ours: str

    def access(self) -> str:
        """Return an access.toml that lets its people in."""
        return f"""
[oidc]
label = "县统一认证"
issuer = "{self.issuer}"
client_id = "shortplank"
scopes = ["openid", "profile", "groups"]
[[oidc.grants]]
group = "tongji"
role = "analyst"
[[oidc.grants]]
group = "lingdao"
role = "viewer"
"""


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    """A provider that knows our address; skipped, visibly, where Node.js is missing."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        pytest.skip("no Node.js with the tests' provider here: bash tools/system.sh")
    port, ours = free_port(), f"http://127.0.0.1:{free_port()}"
    client = {
        "client_id": "shortplank",
        "client_secret": SECRET,
        "redirect_uris": [f"{ours}/gate/oidc/back"],
        "post_logout_redirect_uris": [f"{ours}/gate/"],
        "backchannel_logout_uri": f"{ours}/gate/oidc/back-channel",
    }
    asked = json.dumps({"port": port, "client": client})
    with subprocess.Popen(
        [node, "provider.mjs", asked],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield Real(f"http://127.0.0.1:{port}", ours)
        process.terminate()


@contextmanager
def served(gate: Gate, address: str) -> Iterator[None]:
    """Serve a gate at an address of this machine, for browsers and for the provider."""
    port = httpx.URL(address).port
    assert port is not None
    options = uvicorn.Config(
        gate, port=port, ws="none", lifespan="off", log_level="warning", access_log=False
    )
    server = uvicorn.Server(options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield
    server.should_exit = True
    thread.join(10)


@dataclass
class Browser:
    """A browser of its own: cookies, and where it was sent."""

    real: Real
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(
            trust_env=False, timeout=10, headers={"accept": "text/html"}
        )
    )

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, path: str) -> httpx.Response:
        """Return the answer of our server, no redirect followed."""
        return self.client.get(f"{self.real.ours}{path}")

    def follow(self, response: httpx.Response, until: str = "") -> httpx.Response:
        """Follow redirects to their end, or to the address that begins with ``until``."""
        for _ in range(20):
            there = response.headers.get("location")
            if there is None:
                return response
            url = response.url.join(there)
            if until and str(url).startswith(until):
                return response
            response = self.client.get(url)
        raise AssertionError("sent in circles")

    def to_login(self, query: str = "") -> httpx.Response:
        """Return the provider's page that asks who it is."""
        page = self.follow(self.open(f"/gate/oidc/start{query}"))
        assert str(page.url).startswith(f"{self.real.issuer}/interaction/"), page.text
        return page

    def answer(self, page: httpx.Response, name: str) -> httpx.Response:
        """Say at the provider who it is; return its redirect back to us, not yet followed."""
        said = self.client.post(page.url, data={"sub": PEOPLE.get(name, name)})
        return self.follow(said, until=f"{self.real.ours}/gate/oidc/back")

    def sign_in(self, name: str, query: str = "") -> httpx.Response:
        """Return our answer to somebody who signed in at the provider."""
        return self.client.get(self.answer(self.to_login(query), name).headers["location"])

    def submit(self, page: httpx.Response, **more: str) -> httpx.Response:
        """Send the form of a page with what stands in it."""
        form = _Form()
        form.feed(page.text)
        return self.client.post(page.url.join(form.action), data={**form.fields, **more})

    def is_in(self) -> bool:
        """Return whether it is signed in with us."""
        return self.open("/overview").status_code == 200


class _Form(HTMLParser):
    """The only form of a page: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = said.get("action", "")
        elif tag == "input" and "name" in said:
            self.fields[said["name"]] = said.get("value", "")
