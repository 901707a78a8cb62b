"""The tour of the demo: five stops, each a page with one sentence on what to look at.

Where it stands is in the link (``tour=2``): going on is a link like any other, and Back goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from shortplank.catalogue.models import Indicator
from shortplank.frame import history
from shortplank.frame.html import NOTHING, anchor, joined, paragraph, write_html
from shortplank.frame.links import address, link
from shortplank.reading.offered import by_township, with_months
from shortplank.reading.view import View
from shortplank.store.indicators import is_stock
from shortplank.wording.judged import ALIKE, SHRUNKEN

if TYPE_CHECKING:  # which writes this at its end
    from shortplank.frame.open_page import Page

NAME = "tour"
TITLE, DOOR = "看懂这个看板", "五步看懂"
BACK, NEXT, END = "上一步", "下一步", "结束"


@dataclass(frozen=True)
class Stop:
    """A stop: its page, what its link names besides month and edition, and what to look at."""

    page: str
    query: tuple[tuple[str, str], ...]
    said: str

    def address(self, view: View, number: int) -> str:
        """Return the link to the stop, the month and edition that are looked at kept."""
        return link(self.page, view, **{**dict(self.query), **view.actor.query, NAME: str(number)})


def stops(view: View) -> tuple[Stop, ...]:
    """Return the stops, on headline indicators: one that is ranked, one that has limits."""
    headline, items = view.ws.scheme.headline, view.ws.indicators
    ranked = [key for key in headline if items[key].helpable and by_township(items[key])]
    drawn = [key for key in headline if _has_limits(view, items[key])]
    return (
        Stop(
            "overview",
            (),
            "每块是一项主要指标：大数是值，彩色的字是结论，点名称看各乡镇；"
            "“需要过问”列出该去问的单位，点一下就到依据。",
        ),
        Stop(
            "rankings",
            _named(ranked),
            f"一个点是一个乡镇，横线是它的区间。有颜色的才单独列出，灰色的{ALIKE}，先后不必当真。",
        ),
        Stop(
            "trends",
            (*_named(drawn), ("look", "curve"), ("window", "month")),
            "一个点是一个月，灰带之内是平常的起伏；△▽ 的月份触发了规则，是哪一条写在图下。",
        ),
        Stop(
            "short_plank",
            (),
            f"一块板是一个村，板长是它的{SHRUNKEN}。按率和按贡献是两张不同的名单；"
            "先去哪几个村写在图下。",
        ),
        Stop(
            "briefing",
            (),
            "会前在这里定版，跟进事项的数自动补上；幻灯片、表格和通报一次生成，数和各页相同。",
        ),
    )


def _named(keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return (("indicator", keys[0]),) if keys else ()


def _has_limits(view: View, item: Indicator) -> bool:
    return with_months(item) and "month" in item.windows and not is_stock(view.ws, item)


def write_door(page: Page) -> None:
    """Offer the tour, on the demo, beside the title."""
    if not page.view.ws.settings.demo or page.style.present or _number(page):
        return
    first = stops(page.view)[0].address(page.view, 1)
    with page.head:
        write_html(paragraph(anchor(first, DOOR), "card-link"))


def tour_of(page: Page) -> Markup:
    """Return the stop that the link names as a card at the foot; nothing outside of the tour."""
    number = _number(page)
    return card_html(page, number) if number and not page.style.present else NOTHING


def card_html(page: Page, number: int) -> Markup:
    """Return the card of a stop: where it stands, what to look at, and the ways on."""
    every = stops(page.view)
    ways = [(every[number - 2].address(page.view, number - 1), BACK)] if number > 1 else []
    if number < len(every):
        ways.append((every[number].address(page.view, number + 1), NEXT))
    ways.append((_end(page, last=number == len(every)), END))
    body = (
        Markup('<p class="head"><b>{}</b> {}/{}</p>').format(TITLE, number, len(every))
        + paragraph(every[number - 1].said)
        + Markup('<p class="onward">{}</p>').format(joined(anchor(*way) for way in ways))
    )
    return Markup(
        '<nav class="tour" aria-label="{}" data-stop="{}" style="background:{}">{}</nav>'
    ).format(TITLE, number, page.style.tokens.paper, body)


def _end(page: Page, *, last: bool) -> str:
    """Return the way out: this page as it stands; from the last stop the overview."""
    if last:
        return link("overview", page.view, **page.view.actor.query)
    left = {name: value for name, value in history.shown().items() if name != NAME}
    return address(page.key, left)


def _number(page: Page) -> int:
    """Return which stop the link asks for, 0 where it is no stop of this page."""
    raw = history.said(NAME) or ""
    if not page.view.ws.settings.demo or not (raw.isascii() and raw.isdecimal()):
        return 0
    every, number = stops(page.view), int(raw[:2])
    return number if 0 < number <= len(every) and every[number - 1].page == page.key else 0
