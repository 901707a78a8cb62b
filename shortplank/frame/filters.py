"""Filters that live in the link: read and checked first, then offered."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator, Window
from shortplank.errors import NothingYet, ShortplankError
from shortplank.frame import history
from shortplank.frame.pages import REGISTRY, Looks
from shortplank.frame.signed_in import COUNTY
from shortplank.reading.registers import merged_into
from shortplank.reading.view import View
from shortplank.store import Engine
from shortplank.wording.periods import WINDOW_LABELS, month_key, month_text


@dataclass(frozen=True)
class Box:
    """A filter as it is offered: what it is called, of what one chooses, and what is chosen."""

    name: str
    label: str
    options: Sequence[str]
    chosen: str
    wording: Callable[[str], str]
    default: str | None = None
    """What the link need not say; None where it says whatever is shown."""
    fault: str = ""
    """What the link says that cannot be had."""

    def note(self) -> None:
        """Note what is shown, for the link."""
        history.show(self.name, _worth(self.chosen, self.default))


@dataclass(frozen=True)
class Chosen:
    """What a page looks at, and the filters that say so."""

    view: View
    boxes: Sequence[Box]
    faults: Sequence[str]


def read(looks: Looks, shared: Engine, edition: int, actor: Actor) -> Chosen:
    """Return what the link chooses, and the boxes that offer the rest; writes nothing."""
    ws, counties = shared.ws, county_box(shared.ws, actor)
    faults = _unknown("window", "时段", WINDOW_LABELS)
    if looks.indicators is None or not looks.offered:
        faults += _unknown("indicator", "指标", ws.indicators)
    faults += _unknown("area", "单位或村", ws.area_by_code)
    month = _month(shared, edition, actor)
    indicator, boxes = _indicator(looks, ws)
    window, spans = _window(looks.windows, ws.indicators[indicator])
    day = date.fromisoformat(f"{month.chosen}-01")
    areas = [_area(ws, day)] if looks.areas == "towns" else []
    area = areas[0].chosen if areas else ws.settings.home
    view = View(shared, edition, actor, day, window, indicator, area)
    offered = [*counties, month, *boxes, *spans, *areas]
    for box in offered:
        box.note()
    return Chosen(view, offered, faults)


def looked_at(page: str, shared: Engine, actor: Actor) -> Chosen:
    """Return what the link of a page of data chooses, without a run of it."""
    return read(REGISTRY[page].looks, shared, choose_edition(shared).number, actor)


def county_box(ws: Workspace, actor: Actor) -> list[Box]:
    """Return the box of the counties that who looks may go to; none where there is but one."""
    seat = actor.seat(ws)
    counties = [a for a in ws.whole.areas_below.get(seat, ()) if a.level == "county"]
    if len(counties) < 2:
        return []
    offered = (seat, *(area.area_code for area in counties))
    names = {code: ws.whole.area_by_code[code].name for code in offered}
    return [Box(COUNTY, "县", list(names), ws.settings.home, names.__getitem__, seat)]


def write_boxes(page: str, boxes: Sequence[Box]) -> None:
    """Offer some filters by themselves."""
    for box in boxes:
        _write_box(page, box)


def write(page: str, chosen: Chosen) -> None:
    """Offer the filters, and say what the link asked for in vain."""
    for fault in chosen.faults:
        st.warning(fault)
    write_boxes(page, chosen.boxes)


def _unknown(name: str, label: str, known: Container[str]) -> list[str]:
    """Return what the link names that does not exist, where no filter would say it."""
    raw = history.said(name)
    if raw is None or raw in known:
        return []
    history.show(name, None)
    return [f"链接里的{label} {styles_text(raw)} 不存在，已改为默认。"]


def _indicator(looks: Looks, ws: Workspace) -> tuple[str, list[Box]]:
    """Return the indicator that is looked at, and its box where there is one."""
    offered = [key for key, item in ws.indicators.items() if _offers(looks, item)]
    first = _default(ws, looks.default(ws.scheme), offered)
    if looks.indicators is None or not looks.offered or not (offered or looks.required):
        return first, []
    if not offered:
        raise ShortplankError(
            "指标目录里没有这一页能用的指标", place="catalogue/indicators", mend="请先登记指标"
        )
    box = _box("indicator", "指标", offered, first, lambda key: ws.indicators[key].label)
    return box.chosen, [box]


def _offers(looks: Looks, item: Indicator) -> bool:
    return looks.indicators is not None and looks.offered and looks.indicators(item)


def _default(ws: Workspace, page: str | None, offered: Sequence[str]) -> str:
    known = offered or tuple(ws.indicators)
    if not known:
        raise NothingYet("指标目录里还没有指标", place="catalogue/indicators")
    return next((key for key in (page, ws.first_indicator) if key and key in known), known[0])


@dataclass(frozen=True)
class ChosenEdition:
    """The edition that is looked at, and what is to be said of it: a fault, or that it is old."""

    number: int
    fault: str = ""
    told: str = ""

    def write(self) -> None:
        """Write what is to be said, where there is anything."""
        if self.fault:
            st.warning(self.fault)
        if self.told:
            st.info(self.told)


def choose_edition(shared: Engine) -> ChosenEdition:
    """Return the edition that the link names, the newest by default; an unknown one falls back."""
    numbers = shared.store.numbers()
    if not numbers:
        if any(shared.store.snapshots.glob("data/*/*/*.parquet")):
            raise ShortplankError(
                "有数据文件而没有版本清单",
                place="snapshots/manifests",
                mend="发布过的请从备份恢复清单，没有发布过的请在“数据上报”页导入报表",
            )
        raise NothingYet("工作区里还没有数据", place=shared.ws.settings.name)
    newest = numbers[-1]
    raw = history.said("edition")
    if raw is None or raw == str(newest):
        return ChosenEdition(newest)
    if raw not in {str(n) for n in numbers}:
        history.show("edition", None)
        fault = f"链接里的版次 {styles_text(raw)} 不存在，已改为最新的第 {newest} 版。"
        return ChosenEdition(newest, fault=fault)
    return ChosenEdition(int(raw), told=f"正在看旧版：第 {raw} 版，最新是第 {newest} 版。")


def _month(shared: Engine, edition: int, actor: Actor) -> Box:
    home, reads = shared.ws.settings.home, actor.reads

    def keys() -> tuple[str, ...]:
        table = shared.ask("months_by_edition", edition, reads, county=home)
        return tuple(month_key(month) for month in table["stat_month"].to_pylist())

    months = shared.keep(("months", edition, reads), keys)
    if not months:
        raise NothingYet("没有本县的月报", place=f"第 {edition} 版", edition=edition)
    return _box("month", "月份", months, months[-1], _month_label)


def _month_label(key: str) -> str:
    return month_text(date.fromisoformat(f"{key}-01"))


def _window(windows: Sequence[Window], item: Indicator) -> tuple[Window, list[Box]]:
    offered: list[Window] = [w for w in windows if w in item.windows]
    if not offered:  # the page has windows of its own
        return item.default_window, []
    default = item.default_window if item.default_window in offered else offered[0]
    if len(offered) == 1:
        return offered[0], []
    box = _box("window", "时段", offered, default, _window_label, quiet=True)
    return box.chosen, [box]  # type: ignore[return-value]


def _window_label(window: str) -> str:
    return WINDOW_LABELS[window]  # type: ignore[index]


def _area(ws: Workspace, month: date) -> Box:
    """Return the box of the county and its townships; a village means its township."""
    home = ws.home
    offered = [home, *ws.valid_below(home.area_code, month)]
    names = {area.area_code: area.name for area in offered}
    raw = history.said("area")
    meant = ws.area_by_code.get(raw or "")
    if meant is not None and meant.area_code not in names and meant.parent_code in names:
        raw = meant.parent_code
    value, fault = _settled("单位", raw, list(names), home.area_code, names.__getitem__)
    if raw is not None and raw in ws.area_by_code:
        fault = ""  # another month's, or another county's: the page shows its own
    return Box("area", "单位", list(names), value, names.__getitem__, home.area_code, fault)


def choose_village(page: str, view: View, choices: Mapping[str, str], default: str) -> str:
    """Return the village that the link or the box names; a merged one leads to its successor.

    A township means the first of its villages.
    """
    raw, known = history.said("area"), view.ws.area_by_code
    if raw is not None and raw not in choices and (heir := merged_into(view, raw)) in choices:
        st.info(f"{known[raw].name}已并入{known[heir].name}，下面是并入后的村。")
        raw = heir
    elif raw is not None and raw in known and raw not in choices:
        raw = next((code for code in choices if known[code].parent_code == raw), None)
    first = default if default in choices else next(iter(choices))
    value, fault = _settled("村", raw, list(choices), first, choices.__getitem__)
    quiet = value if raw is None else ""
    box = Box("area", "村", list(choices), value, choices.__getitem__, quiet, fault)
    return _write_box(page, box)


def choose_one(page: str, name: str, label: str, options: Mapping[str, str], default: str) -> str:
    """Return what the link or the box names of a page's own list."""
    return _write_box(page, _box(name, label, list(options), default, options.__getitem__))


def choose_town(page: str, towns: Mapping[str, str], default: str, ws: Workspace) -> str:
    """Return the township that the link or the box names; a village means its township."""
    raw = history.said("area")
    if raw is not None and raw not in towns and raw in ws.area_by_code:
        parent = ws.area_by_code[raw].parent_code
        raw = parent if parent in towns else None
    value, fault = _settled("乡镇", raw, list(towns), default, towns.__getitem__)
    quiet = value if raw is None else ""
    box = Box("area", "乡镇", list(towns), value, towns.__getitem__, quiet, fault)
    return _write_box(page, box)


def choose_some(
    page: str,
    name: str,
    label: str,
    options: Mapping[str, str],
    most: int,
    default: Sequence[str] = (),
) -> list[str]:
    """Return what the link or the box names of a list, at the most so many."""
    said = history.said(name)
    asked = list(default) if said is None else said.split(",")
    raw = [key for key in dict.fromkeys(asked) if key in options][:most]
    key = f"{page}-{name}"
    if st.session_state.get(key) != raw:
        st.session_state[key] = raw
    history.show(name, None if said is None else ",".join(raw))
    st.multiselect(
        label,
        list(options),
        key=key,
        format_func=options.__getitem__,
        max_selections=most,
        placeholder="可选多个",
        on_change=lambda: history.act(**{name: ",".join(st.session_state[key])}),
    )
    return raw


def _box(
    name: str,
    label: str,
    options: Sequence[str],
    default: str,
    wording: Callable[[str], str],
    *,
    quiet: bool = False,
) -> Box:
    value, fault = _settled(label, history.said(name), options, default, wording)
    return Box(name, label, options, value, wording, fault="" if quiet else fault)


def _settled(
    label: str,
    raw: str | None,
    options: Sequence[str],
    default: str,
    wording: Callable[[str], str],
) -> tuple[str, str]:
    """Return what the link chooses, and what it asked for in vain."""
    if raw is None or raw in options:
        return raw or default, ""
    return default, f"链接里的{label} {styles_text(raw)} 在这一页不可用，已改为{wording(default)}。"


def _write_box(page: str, box: Box) -> str:
    """Offer a choice; return what is chosen."""
    if box.fault:
        st.warning(box.fault)
    key = f"{page}-{box.name}"
    if st.session_state.get(key) != box.chosen:
        st.session_state[key] = box.chosen
    box.note()
    st.selectbox(
        box.label,
        box.options,
        key=key,
        format_func=box.wording,
        on_change=lambda: history.act(**{box.name: _worth(st.session_state[key], box.default)}),
        filter_mode="contains",
    )
    return box.chosen


def _worth(value: str, default: str | None) -> str | None:
    """Return what the link says of a choice: nothing where it is what comes without a word."""
    return None if value == default else value


def switch(page: str, name: str, label: str, options: Mapping[str, str], default: str) -> str:
    """Offer a few looks side by side, and return the chosen one.

    Only a choice that differs from the default stands in the link, so that a default that follows
    another filter goes on following it.
    """
    key = f"{page}-{name}-switch"
    value, fault = _settled(label, history.said(name), list(options), default, options.__getitem__)
    if fault:
        st.warning(fault)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    history.show(name, _worth(value, default))
    st.segmented_control(
        label,
        list(options),
        key=key,
        format_func=lambda each: options[each],
        required=True,
        label_visibility="collapsed",
        on_change=lambda: history.act(**{name: _worth(st.session_state[key], default)}),
    )
    return value


def amount(
    page: str, name: str, label: str, low: float, high: float, default: float, step: float
) -> float:
    """Offer a number that lives in the link, and return it; one outside falls back, and says so."""
    raw, key = history.said(name), f"{page}-{name}-amount"
    value = default
    if raw is not None:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            st.warning(
                f"链接里的{label} {styles_text(raw)} 不可用，已改为 {default:g}"
                f"（须在 {low:g} 到 {high:g} 之间）。"
            )
            value = default
    whole = float(step).is_integer()
    kind = int if whole else float
    if st.session_state.get(key) != kind(value):
        st.session_state[key] = kind(value)
    history.show(name, None if value == default else f"{value:g}")
    st.number_input(
        label,
        kind(low),
        kind(high),
        step=kind(step),
        key=key,
        format="%d" if whole else "%.1f",
        on_change=lambda: history.act(**{name: f"{st.session_state[key]:g}"}),
    )
    return float(kind(value))


def styles_text(text: str) -> str:
    """Return text from a link, shortened and with Markdown made harmless."""
    clean = "".join(c for c in text[:40] if c.isalnum() or c in "-_.")
    return f"「{clean}」"
