"""The headers of an answer: by whether TLS is known, and by what the answer brings along."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from shortplank.frame import headers
from shortplank.frame.headers import ASSETS, PageHeaders, inline_scripts
from tests.running import run_async

POLICY = b"content-security-policy"
TLS = b"strict-transport-security"


def told(path: str, public: str = "", *own: tuple[bytes, bytes]) -> dict[bytes, list[bytes]]:
    """Return the headers of an answer that comes with some of its own, by their names."""
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(own)})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: Any) -> None:
        sent.append(message)

    run_async(PageHeaders(app, public)({"type": "http", "path": path}, None, send))
    assert sent[1] == {"type": "http.response.body", "body": b"x"}
    found: dict[bytes, list[bytes]] = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def test_only_a_known_tls_is_insisted_on() -> None:
    assert TLS not in told("/overview")
    assert TLS not in told("/overview", "http://127.0.0.1:8501")
    assert told("/overview", "https://board.county.example/board")[TLS] == [b"max-age=31536000"]


def test_what_an_answer_says_itself_stays_and_stands_once() -> None:
    own = b"default-src 'none'; form-action https://sign-in.county.example"
    found = told("/gate/", "", (b"Content-Security-Policy", own), (b"X-Frame-Options", b"DENY"))
    assert found[POLICY] == [own]
    assert found[b"x-frame-options"] == [b"DENY"]
    assert found[b"x-content-type-options"] == [b"nosniff"]


def test_each_script_that_stands_in_a_page_is_named_by_its_hash() -> None:
    scripts = inline_scripts()
    assert (ASSETS / "projection.js").read_text("utf-8") in scripts
    assert len(scripts) > len(list(ASSETS.glob("*.js")))  # and Streamlit's own
    (policy,) = told("/")[POLICY]
    for script in scripts:
        made = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{made}'" in policy.decode()
    allowed = next(part for part in policy.split(b"; ") if part.startswith(b"script-src"))
    assert not [word for word in allowed.split() if b"unsafe" in word or b":" in word]


@pytest.mark.parametrize("base", ["", "/board"])
def test_only_a_page_asks_for_the_charting_code(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "base_path", lambda: base)
    assert told(f"{base}/")[b"link"][0].endswith(b"rel=prefetch")
    assert told(f"{base}/trends")[b"link"][0].startswith(b"<./static/plotly-")
    for other in ("/gate/", "/healthz", "/static/js/x.js"):
        assert b"link" not in told(f"{base}{other}")
