"""The server around the app: it answers a monitor, guards its headers and warms itself up."""

from __future__ import annotations

import urllib.request

from playwright.sync_api import Page

from tools.browser import cookies_for, serving
from tools.look import settled


def test_server_answers_and_guards_its_headers(page: Page) -> None:
    with serving(script="asgi.py") as server:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{server.url}/healthz", timeout=10) as response:
            assert response.read() == b"ok"
        known = "; ".join("=".join(pair) for pair in cookies_for(server.url).items())
        asked = urllib.request.Request(server.url, headers={"Cookie": known})
        with opener.open(asked, timeout=10) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "plotly-cartesian" in response.headers["Link"]
        page.goto(server.url)
        settled(page)
        assert page.locator(".tile").count() >= 4
        assert page.locator(".tile img").count() >= 4
        assert "Traceback" not in server.output()
