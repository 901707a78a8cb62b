"""Projection (投屏): one screen without chrome, driven by keys or a clicker.

``?present=1`` on any page. The same page code draws; what differs is here: a style sheet that lets
the picture fill the screen, links to every stop of the running order that stand out of sight, and
the keys that follow them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from shortplank.frame import history
from shortplank.frame.html import anchor, in_hall, joined, paragraph
from shortplank.frame.links import address
from shortplank.reading.view import View
from shortplank.records.running_order import Stop, running_order

ASSETS = Path(__file__).parent / "assets"
TIMER_SECONDS = (3, 600)
CARRIED = ("county", "month", "edition", "timer", "role")


def is_on() -> bool:
    """Return whether the link asks for projection."""
    return in_hall()


def write_styles() -> None:
    """Write the style sheet of projection after the page's own."""
    st.html(ASSETS / "projection.css")


def door(page: str) -> Markup:
    """Return the link to projection of what is looked at now."""
    return paragraph(anchor(address(page, {**history.shown(), "present": "1"}), "放映 ▶"), "door")


def write_turns(page: str, view: View | None) -> str:
    """Write the stops of the running order out of sight, and the keys that go to them.

    A script in the page clicks these links, so that a turn is a rerun and not a new page. A page
    without a view has no stops, only the way out. Returns where this stop stands, as 3/12;
    nothing for a page outside the order.
    """
    stops = running_order(view) if view else []
    place = _place(page, stops)
    carried = {k: v for k, v in history.whole().items() if k in CARRIED}
    seconds = _timer(carried.get("timer"))
    ways = [
        anchor(address(stop.page, _turned(carried, stop, number)), f"{number} {stop.label}")
        for number, stop in enumerate(stops, start=1)
    ]
    leave = {k: v for k, v in history.whole().items() if k not in ("present", "stop", "timer")}
    ways.append(anchor(address(page, leave), "退出放映"))
    turns = Markup('<nav id="turns" aria-label="放映顺序">{}</nav>').format(joined(ways))
    st.html(
        f'{turns}<div id="turn" data-place="{place}" data-timer="{seconds}"></div>'
        f"<script>{_script()}</script>",
        unsafe_allow_javascript=True,
    )
    return f"{place}/{len(stops)}" if place else ""


def _turned(carried: Mapping[str, str], stop: Stop, number: int) -> dict[str, str]:
    return {**carried, **dict(stop.query), "present": "1", "stop": str(number)}


@cache
def _script() -> str:
    return (ASSETS / "projection.js").read_text(encoding="utf-8")


def _place(page: str, stops: Sequence[Stop]) -> int:
    """Return the number of the stop that is shown, 0 where the page is in none."""
    raw = history.said("stop") or ""
    if raw.isdecimal() and 0 < int(raw) <= len(stops) and stops[int(raw) - 1].page == page:
        return int(raw)
    return next((n for n, stop in enumerate(stops, start=1) if stop.page == page), 0)


def _timer(raw: str | None) -> int:
    """Return the seconds between turns, 0 for none; what is no such number is none.

    >>> _timer("20"), _timer("1"), _timer("x"), _timer(None)
    (20, 3, 0, 0)
    """
    if raw is None or not raw.isdecimal():
        return 0
    return min(max(int(raw), TIMER_SECONDS[0]), TIMER_SECONDS[1])
