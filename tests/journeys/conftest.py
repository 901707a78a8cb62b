"""What several journeys share: one browser for all that a file looks at, and what it reports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.journeys.watching import Watch, watch


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser for all that is looked at, so that scripts are fetched once."""
    made = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield made
    made.close()


@pytest.fixture(scope="module")
def heard(context: BrowserContext) -> Watch:
    """What the browser reports."""
    return watch(context)
