"""The sentences of the ranking: its title, what is looked at, and what lacks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import partly, window_notes
from shortplank.reading.judged.announced import other_window_note, standing_title
from shortplank.reading.judged.ledger import Standing
from shortplank.reading.measured import Floats, Measured, column, withheld_text
from shortplank.reading.peers import Peers, peers, year_place_text
from shortplank.reading.view import View
from shortplank.wording.judged import NOT_JUDGED
from shortplank.wording.naming import home_units, home_whole, in_common_text, joined
from shortplank.wording.numbers import value_text
from shortplank.wording.periods import month_text, period_text
from shortplank.wording.sides import extremes_text
from shortplank.wording.verdicts import STATE_WORDS


def about_of(view: View) -> tuple[str, ...]:
    """Return what is looked at, and what the bars of the picture mean."""
    item = view.item
    period = period_text(view.window, view.month, view.window_start, view.statistical_year)
    return item.label, period, item.unit, "横条为 95% 区间" if item.interval != "none" else ""


def title_of(
    view: View, towns: Measured, county: Measured, said: Standing | None, *, ordered: bool
) -> str:
    """Return what the ledger says of the townships; where it compared none, a plain fact.

    ``ordered`` is False for counts of cases, which put no township before another.
    """
    item = view.item
    told = said is not None and (bool(said.announced.any()) or said.spread)
    if not told and set(towns.state) == {"suppressed"}:
        known = bool(county.codes) and not np.isnan(county.value[0])
        whole = f"{home_whole()} {_county_text(item, county)}，" if known else ""
        return f"{item.label}：{whole}{home_units()}数不公布"
    if not told and np.isnan(towns.value).all():
        short = "，" + STATE_WORDS["not_full"] if "not_full" in towns.state else ""
        return f"{item.label}：本期没有可以比较的{home_units()}{short}"
    if not ordered:
        return f"{item.label}：{home_whole()} {_county_text(item, county)}，{NOT_JUDGED}"
    if said is None or not said.compared:
        return _extremes(item, towns, county)
    return standing_title(view, view.indicator, "township")


def _extremes(item: Indicator, towns: Measured, county: Measured) -> str:
    """Return who has the most and who the fewest, which nobody has judged."""
    known = ~np.isnan(towns.value)
    told = [value_text(item, value) for value in towns.value]
    ends = [told[int(f(towns.value))] for f in (np.nanargmax, np.nanargmin)]
    holders = [[n for n, t in zip(towns.names, told, strict=True) if t == end] for end in ends]
    if ends[0] == ends[1]:
        names = [n for n, k in zip(towns.names, known, strict=True) if k]
        return in_common_text(item.label, names, ends[0])
    high, low = (f"{joined(who)}（{end}）" for who, end in zip(holders, ends, strict=True))
    return f"{item.label}：{home_whole()} {_county_text(item, county)}，{extremes_text(high, low)}"


def _county_text(item: Indicator, county: Measured) -> str:
    return value_text(item, float(county.value[0])) if county.codes else "未报"


def notes_of(
    view: View, now: pa.Table, towns: Measured, silent: Floats, standing: Peers | None
) -> list[str]:
    """Return what lacks behind the figures, and what else they rest on."""
    notes = [*other_window_note(view, view.indicator), *window_notes(view)]
    late = [f"{towns.names[i]}缺 {int(silent[i])} 个月" for i in np.nonzero(silent > 0)[0]]
    if late:
        notes.append("窗口内有月份未报：" + joined(late))
    few = [n for n, s in zip(towns.names, towns.state, strict=True) if s == "too_few"]
    if few:
        notes.append(f"样本太少不作评价：{joined(few)}")
    gone = [n for n, s in zip(towns.names, towns.state, strict=True) if s == "missing"]
    none_due = [n for n, s in zip(towns.names, towns.state, strict=True) if s == "not_expected"]
    if "suppressed" in towns.state:
        notes.append(withheld_text(view.ws, view.indicator))
    if gone:
        notes.append(f"本期未报：{joined(gone)}")
    if none_due:
        notes.append(f"本期没有应报的数：{joined(none_due)}")
    notes += _thin(now)
    cumulative = view.window == "ytd" or "ytd" not in view.item.windows
    if len(view.ws.peers) > 1 and not cumulative and view.item.polarity != "none":
        notes.append(year_place_text(peers(view.with_(window="ytd"))))
    if standing and standing.month != view.month:
        notes.append(f"同类县为{month_text(standing.month)}通报数")
    if view.item.historical:
        notes.append("历史口径")
    return notes


def _thin(now: pa.Table) -> list[str]:
    """Return the townships of which some reports of the month came and some did not."""
    expected, reported = column(now, "expected"), column(now, "reported")
    lacking = partly(expected, reported)
    lacking &= np.array(pc.equal(now["level"], "township").to_pylist(), dtype=bool)
    told = [
        f"{now['name'][i].as_py()}已报 {int(reported[i])}/{int(expected[i])}"
        for i in map(int, np.flatnonzero(lacking))
    ]
    return [f"本月未报齐：{joined(told)}"] if told else []


def register_of(towns: Measured, said: list[list[str]]) -> list[str]:
    """Return what the register says of the townships, those of one status together."""
    groups: dict[str, list[str]] = {}
    for name, statuses in zip(towns.names, said, strict=True):
        for each in statuses:
            groups.setdefault(each, []).append(name)
    if not groups:
        return []
    told = (f"{status}：{'、'.join(names)}" for status, names in groups.items())
    return [f"登记册　{'；'.join(told)}"]
