"""What the pages offer to take away, as tests take it: by key, made when it is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from shortplank.frame.table.takeaways import COPY, Make, Takeaways
from tests.pages.apps import text

Offered = dict[str, Callable[[], bytes]]


def offers(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Return what every file of the runs from now on would give, by its page, key and format."""
    made: Offered = {}
    button, offer = st.download_button, Takeaways.offer

    def pressed(label: str, data: Any, **options: Any) -> bool:
        made[str(options["key"])] = data if callable(data) else lambda: data
        return bool(button(label, data, **options))

    def linked(self: Takeaways, address: str, name: str, make: Make) -> str:
        stem, _, ending = address.rpartition(".")
        if ending != COPY:
            made[f"{stem}-{ending}-file"] = lambda: make()[0]
        return offer(self, address, name, make)

    monkeypatch.setattr(st, "download_button", pressed)
    monkeypatch.setattr(Takeaways, "offer", linked)
    return made


def labels(test: AppTest) -> list[str]:
    """Return what stands on each of a page's files."""
    links = re.findall(r'<a class="take"[^>]*>(.*?)</a>', text(test))
    return [*links, *(button.proto.label for button in test.get("download_button"))]
