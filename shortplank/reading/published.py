"""An edition in the reader's words: how old it is, and what every screen and sheet says of it."""

from __future__ import annotations

from datetime import date, datetime

from shortplank.store import Edition
from shortplank.wording.periods import day_text, month_key, month_text


def moment_text(at: datetime) -> str:
    """Return a moment in this machine's time, to the minute."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def latest_month(edition: Edition) -> str:
    """Return the last month that an edition has a report of, as 2010-05; "" for none."""
    last = _last(edition)
    return month_key(last) if last else ""


def dated(edition: Edition) -> dict[str, str]:
    """Return how old an edition is: the last month of its data, and the day it was published.

    They are two things: what an office publishes today may end years ago.
    """
    last = _last(edition)
    return {
        "数据截至": month_text(last) if last else "–",
        "发布日期": day_text(edition.published_at.date()),
    }


def stamp_parts(edition: Edition) -> list[str]:
    """Return what every screen, slide and sheet says of an edition.

    For example 数据截至2010年5月, 第26版, 2010年6月8日发布.
    """
    age = dated(edition)
    return [f"数据截至{age['数据截至']}", f"第{edition.number}版", f"{age['发布日期']}发布"]


def _last(edition: Edition) -> date | None:
    return max((month for _, month in edition.by_key), default=None)
