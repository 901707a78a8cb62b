"""What a browser reports while a test goes about: broken rules of a page, and what it asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

REPORT = """document.addEventListener("securitypolicyviolation", (event) => window.tellReport(
  [event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample].join(" ")));"""

PROBE = re.compile(r"script-src wasm-eval \S+/static/js/protobuf\.[\w-]+\.js ?")


@dataclass
class Watch:
    """The reports and answers of all pages of a browser context."""

    reports: list[str] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

    def paths(self) -> set[str]:
        """Return the paths on the server that were asked for."""
        addresses = (urlsplit(url) for _, url in self.answers)
        return {at.path for at in addresses if at.scheme in ("http", "https", "ws", "wss")}

    def missing(self) -> list[str]:
        """Return what was asked for and is not there, or is refused."""
        return [f"{status} {url}" for status, url in self.answers if status >= 400]

    def hear(self, report: str) -> None:
        """Note a broken rule, unless it is the one that is known."""
        if not is_known(report):
            self.reports.append(report)

    def _said(self, message: ConsoleMessage) -> None:
        text = message.text
        if message.type == "error" and "Content Security Policy" in text:
            self.hear(f"console: {text} {message.location['url']}")

    def _answered(self, response: Response) -> None:
        self.answers.append((response.status, response.url))

    def _opened(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.hear(f"fault: {error}"))


def watch(context: BrowserContext) -> Watch:
    """Return what is heard of a context's pages from here on."""
    heard = Watch()
    context.expose_function("tellReport", heard.hear)
    context.add_init_script(REPORT)
    context.on("console", heard._said)
    context.on("response", heard._answered)
    context.on("page", heard._opened)
    return heard


def is_known(report: str) -> bool:
    """Return whether protobuf.js asked if WebAssembly may be compiled: without effect."""
    return PROBE.fullmatch(report) is not None
