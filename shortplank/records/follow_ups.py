"""Follow-ups: what a meeting asked of whom, and what the figures say of it since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator, Window
from shortplank.errors import ShortplankError
from shortplank.reading.gaps import has_figure
from shortplank.reading.judged.announced import change_word
from shortplank.reading.measured import PREFIX, Measured, change_between, from_table
from shortplank.reading.series import Change
from shortplank.reading.view import View
from shortplank.store.indicators import is_stock
from shortplank.store.posts import lines_of, write_line, write_lines
from shortplank.wording.judged import UNMOVED, moved_since_text
from shortplank.wording.numbers import value_text
from shortplank.wording.periods import month_key
from shortplank.wording.verdicts import STATE_WORDS

JOURNAL = "follow_ups"


@dataclass(frozen=True)
class FollowUp:
    """One item of a meeting; the figures are filled in from the edition that is looked at."""

    id: str
    month: date
    item: str
    area_code: str
    area: str
    indicator: str
    label: str
    window: Window
    owner: str
    deadline: date
    outcome: str
    then: str
    now: str
    change: str
    compared: bool = False
    """Whether there are figures of both times."""

    @property
    def closed(self) -> bool:
        """Return whether an outcome is written."""
        return bool(self.outcome)

    @property
    def query(self) -> dict[str, str]:
        """Return the link's parameters to the evidence, as the meeting saw it."""
        return {
            "month": month_key(self.month),
            "indicator": self.indicator,
            "window": self.window,
        }


def may_follow(item: Indicator) -> bool:
    """Return whether an indicator may stand behind an item: services and quality, never births."""
    return item.helpable and bool(item.denominator)


@dataclass(frozen=True)
class Given:
    """What a meeting asks: what, of which area, by which indicator, of whom, until when."""

    item: str
    area: str
    indicator: str
    owner: str
    deadline: date


def add_follow_up(
    view: View,
    *,
    item: str,
    area: str,
    indicator: str,
    owner: str,
    deadline: date,
    at: datetime | None = None,
) -> str:
    """Add an item to the month's meeting and return its id; `ShortplankError` says what lacks."""
    return add_follow_ups(view, [Given(item, area, indicator, owner, deadline)], at=at)[0]


def add_follow_ups(view: View, asked: Sequence[Given], *, at: datetime | None = None) -> list[str]:
    """Add items to the month's meeting, all or none, and return their ids.

    Raises `ShortplankError` for the first that cannot be one.
    """
    who = view.actor.signs("follow_up")
    for each in asked:
        check_given(view, each)
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    lines = []
    for each in asked:
        line = {
            "month": month_key(view.month),
            "edition": view.edition,
            "item": each.item.strip(),
            "area": each.area,
            "indicator": each.indicator,
            "window": view.ws.indicators[each.indicator].default_window,
            "owner": each.owner.strip(),
            "deadline": each.deadline.isoformat(),
            "who": who,
            "at": moment.isoformat(),
        }
        key = hashlib.sha256(repr(sorted(line.items())).encode()).hexdigest()[:12]
        lines.append({"id": key, **line})
    write_lines(view.ws, JOURNAL, lines)
    return [str(line["id"]) for line in lines]


def check_given(view: View, asked: Given) -> None:
    """Return where an item may be added; `ShortplankError` says what lacks."""
    for text, place in ((asked.item, "事项"), (asked.owner, "责任单位")):
        if not text.strip():
            raise ShortplankError(f"没有写明{place}", place=place, mend="请填写后再登记")
    indicators = view.ws.indicators
    if asked.indicator not in indicators or not may_follow(indicators[asked.indicator]):
        raise ShortplankError(
            "跟进事项只能依据服务和质量指标", place="指标", mend="请改选服务或质量指标"
        )
    if asked.area not in view.ws.area_by_code:
        raise ShortplankError("登记册里没有这个单位", place=asked.area, mend="请改选登记册里的单位")
    view.actor.must("look", asked.area, view.ws)


def write_outcome(view: View, key: str, outcome: str, *, at: datetime | None = None) -> None:
    """Write what came of an item; an empty outcome opens it again."""
    who = view.actor.signs("follow_up")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {"id": key, "outcome": outcome.strip(), "who": who, "at": moment.isoformat()}
    write_line(view.ws, JOURNAL, line)


def follow_ups(view: View) -> list[FollowUp]:
    """Return the items of this month's meeting and of those before, the newest first."""
    items: dict[str, dict[str, Any]] = {}
    for line in lines_of(view.ws, JOURNAL):
        key = str(line.get("id", ""))
        if "item" in line:
            items[key] = {**line, "outcome": ""}
        elif key in items:
            items[key]["outcome"] = str(line.get("outcome", ""))
    found = [_filled(view, key, line) for key, line in items.items()]
    kept = [each for each in found if each is not None and each.month <= view.month]
    return sorted(kept, key=lambda each: (each.month, each.deadline), reverse=True)


def last_items(view: View) -> list[FollowUp]:
    """Return what is open from the meetings before, and what they closed since the last one."""
    earlier = [each for each in follow_ups(view) if each.month < view.month]
    last = max((each.month for each in earlier), default=None)
    return [each for each in earlier if not each.closed or each.month == last]


def _filled(view: View, key: str, line: dict[str, Any]) -> FollowUp | None:
    """Return an item with its figures then and now; None for a line that says nothing known."""
    try:
        month = date.fromisoformat(f"{line['month']}-01")
        deadline = date.fromisoformat(line["deadline"])
        item = view.ws.indicators[line["indicator"]]
        area = view.ws.area_by_code[line["area"]]
        window: Window = line["window"]
        assert window in PREFIX
    except (KeyError, TypeError, ValueError, AssertionError):
        return None
    then = _measured(view.with_(month=month), item, line["indicator"], area.area_code, window)
    now = _measured(view, item, line["indicator"], area.area_code, window)
    change = _change(item, then, now) if month < view.month else None
    parent = view.ws.area_by_code.get(area.parent_code)
    place = f"{parent.name}{area.name}" if area.level == "village" and parent else area.name
    return FollowUp(
        id=key,
        month=month,
        item=str(line["item"]),
        area_code=area.area_code,
        area=place,
        indicator=line["indicator"],
        label=item.label,
        window=window,
        owner=str(line["owner"]),
        deadline=deadline,
        outcome=str(line["outcome"]),
        then=_text(item, then),
        now=_text(item, now) if month < view.month else "",
        change=_change_text(view, line["indicator"], area.area_code, window, change)
        if change
        else "",
        compared=change is not None and change.known,
    )


def _measured(
    view: View, item: Indicator, indicator: str, area: str, window: Window
) -> Measured | None:
    if view.ws.area_by_code[area].level == "village":
        table = view.ask("villages_by_month", month=view.month)
    else:
        table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    rows = table.filter(
        pc.and_(pc.equal(table["indicator"], indicator), pc.equal(table["area_code"], area))
    )
    full = has_figure(view, window)
    return from_table(item, rows, window, full=full) if rows.num_rows else None


def _text(item: Indicator, measured: Measured | None) -> str:
    if measured is None:
        return STATE_WORDS["missing"]
    if measured.state[0] in STATE_WORDS:
        return STATE_WORDS[measured.state[0]]
    return value_text(item, float(measured.value[0]))


def _change(item: Indicator, then: Measured | None, now: Measured | None) -> Change:
    """Return the difference from the meeting to now, NaN where either has no figure."""
    if then is None or now is None or np.isnan([then.value[0], now.value[0]]).any():
        return Change(item, *(float("nan"),) * 3)
    return Change(item, *change_between(item, now.x[0], now.n[0], then.x[0], then.n[0]))


def _change_text(view: View, indicator: str, area: str, window: Window, change: Change) -> str:
    """Return the difference with its interval: +1.2 个百分点（+0.3 至 +2.1）.

    The interval is no verdict. Where the ledger has the county's change against the year before,
    that is said beside it: no other change is judged, and none over another time.
    """
    word = change_word(view, indicator, window) if area == view.county.area_code else ""
    if not change.known or word in ("", UNMOVED):
        return change.text
    return f"{change.text}；{moved_since_text(word, stock=is_stock(view.ws, change.item))}"


def follow_ups_table(items: list[FollowUp]) -> pa.Table:
    """Return the items as a table with Chinese headings."""
    return pa.table(
        {
            "会议": [month_key(each.month) for each in items],
            "事项": [each.item for each in items],
            "单位": [each.area for each in items],
            "指标": [each.label for each in items],
            "责任单位": [each.owner for each in items],
            "期限": [each.deadline.isoformat() for each in items],
            "当时": [each.then for each in items],
            "现在": [each.now or "–" for each in items],
            "变化": [each.change or "–" for each in items],
            "结果": [each.outcome or "未办结" for each in items],
        }
    )
