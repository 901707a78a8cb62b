"""Filters that live in the link: read, checked, offered and written back."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from typing import Literal

import streamlit as st

from shortplank.access import Actor
from shortplank.catalogue.models import Area, Indicator, Scheme, Window
from shortplank.errors import ShortplankError
from shortplank.frame import projection
from shortplank.reading.registers import merged_into
from shortplank.reading.view import View
from shortplank.store import Engine
from shortplank.wording.periods import WINDOW_LABELS, month_key, month_text

REMEMBERED = "filters"
DefaultIndicator = str | Callable[[Scheme], str | None] | None


def choose(
    page: str,
    shared: Engine,
    edition: int,
    actor: Actor,
    indicators: Callable[[Indicator], bool] | None,
    windows: Sequence[Window],
    areas: Literal["none", "towns", "villages"],
    default_indicator: DefaultIndicator,
    required: bool = True,
) -> View:
    """Return the view that the link and the widgets choose; stops on an empty workspace.

    A page for which an indicator is not ``required`` says itself that there is none for it.
    """
    ws = shared.ws
    _drop_unknown("window", "时段", WINDOW_LABELS)
    if indicators is None:
        _drop_unknown("indicator", "指标", ws.indicators)
    if areas == "none":
        _drop_unknown("area", "单位或村", ws.area_by_code)
    months = _months(shared, edition, actor)
    month = _select(page, "month", "月份", months, months[-1], format_func=_month_label)
    offered = [key for key, item in ws.indicators.items() if indicators and indicators(item)]
    wanted = default_indicator(ws.scheme) if callable(default_indicator) else default_indicator
    indicator = _default(ws.scheme.default_indicator, wanted, offered, ws.indicators)
    if indicators and (offered or required):
        if not offered:
            raise ShortplankError(
                "指标目录里没有这一页能用的指标", place="catalogue/indicators", mend="请先登记指标"
            )
        indicator = _select(
            page,
            "indicator",
            "指标",
            offered,
            indicator,
            format_func=lambda key: ws.indicators[key].label,
        )
    window = _window(page, ws.indicators[indicator], windows)
    day = date.fromisoformat(f"{month}-01")
    area = _area(page, shared, day, areas)
    return View(shared, edition, actor, day, window, indicator, area)


def _drop_unknown(name: str, label: str, known: Container[str]) -> None:
    """Say that the link names something that does not exist, where no filter would say it."""
    raw = st.query_params.get(name)
    if raw is not None and raw not in known:
        st.warning(f"链接里的{label} {styles_text(raw)} 不存在，已改为默认。")
        del st.query_params[name]


def _default(
    scheme: str, page: str | None, offered: Sequence[str], known: dict[str, Indicator]
) -> str:
    for candidate in (page, scheme):
        if candidate and candidate in (offered or known):
            return candidate
    return next(iter(offered or known))


def choose_edition(shared: Engine) -> int:
    """Return the edition that the link names, the newest by default; an unknown one falls back."""
    numbers = shared.store.numbers()
    if not numbers:
        if any(shared.store.snapshots.glob("data/*/*/*.parquet")):
            raise ShortplankError(
                "有数据文件而没有版本清单",
                place="snapshots/manifests",
                mend="发布过的请从备份恢复清单，没有发布过的请用 shortplank import 导入报表",
            )
        raise ShortplankError(
            "工作区里还没有数据",
            place=shared.ws.settings.name,
            mend="请先用 shortplank import 导入报表，发布后这里就会显示",
        )
    newest = str(numbers[-1])
    raw = st.query_params.get("edition")
    if raw is None:
        return numbers[-1]
    if raw not in {str(n) for n in numbers}:
        st.warning(f"链接里的版次 {styles_text(raw)} 不存在，已改为最新的第 {newest} 版。")
        del st.query_params["edition"]
        return numbers[-1]
    if raw != newest:
        st.info(f"正在看旧版：第 {raw} 版，最新是第 {newest} 版。")
    return int(raw)


def _months(shared: Engine, edition: int, actor: Actor) -> list[str]:
    home = shared.ws.settings.home
    table = shared.ask("months_by_edition", edition, actor.reads, county=home)
    if not table.num_rows:
        raise ShortplankError(
            "这一版里没有本县的月报", place=f"第 {edition} 版", mend="请先导入月报"
        )
    return [month_key(month) for month in table["stat_month"].to_pylist()]


def _month_label(key: str) -> str:
    return month_text(date.fromisoformat(f"{key}-01"))


def _window(page: str, item: Indicator, windows: Sequence[Window]) -> Window:
    offered: list[Window] = [w for w in windows if w in item.windows]
    if not offered:  # the page has windows of its own
        return item.default_window
    default = item.default_window if item.default_window in offered else offered[0]
    if len(offered) == 1:
        return offered[0]
    chosen = _select(
        page, "window", "时段", offered, default, format_func=_window_label, quiet=True
    )
    return chosen  # type: ignore[return-value]


def _window_label(window: str) -> str:
    return WINDOW_LABELS[window]  # type: ignore[index]


def _area(
    page: str, shared: Engine, month: date, areas: Literal["none", "towns", "villages"]
) -> str:
    home = shared.ws.home
    if areas == "none":
        return home.area_code
    offered = [home] if areas == "towns" else []
    for town in shared.ws.valid_below(home.area_code, month):
        offered += [town] if areas == "towns" else shared.ws.valid_below(town.area_code, month)
    names = {area.area_code: _area_label(shared, area, areas) for area in offered}
    if not names:
        return home.area_code
    label = "单位" if areas == "towns" else "村"
    return _select(
        page,
        "area",
        label,
        list(names),
        next(iter(names)),
        format_func=lambda code: names[code],
        quiet=areas == "villages",
    )


def choose_village(page: str, view: View, choices: Mapping[str, str], default: str) -> str:
    """Return the village that the link or the box names; a merged one leads to its successor."""
    raw = st.query_params.get("area")
    if raw is not None and raw not in choices and (heir := merged_into(view, raw)) in choices:
        former = view.ws.area_by_code[raw].name
        st.info(f"{former}已并入{view.ws.area_by_code[heir].name}，下面是并入后的村。")
        st.query_params["area"] = heir
    first = default if default in choices else next(iter(choices))
    return _select(page, "area", "村", list(choices), first, format_func=choices.__getitem__)


def choose_one(page: str, name: str, label: str, options: Mapping[str, str], default: str) -> str:
    """Return what the link or the box names of a page's own list."""
    return _select(page, name, label, list(options), default, format_func=options.__getitem__)


def choose_some(
    page: str, name: str, label: str, options: Mapping[str, str], most: int
) -> list[str]:
    """Return what the link or the box names of a list, at the most so many."""
    raw = [key for key in st.query_params.get(name, "").split(",") if key in options][:most]
    key = f"{page}-{name}"
    if st.session_state.get(key) != raw:
        st.session_state[key] = raw

    def keep() -> None:
        st.query_params[name] = ",".join(st.session_state[key])

    return st.multiselect(
        label,
        list(options),
        key=key,
        format_func=options.__getitem__,
        max_selections=most,
        placeholder="可选多个",
        on_change=keep,
    )


def _area_label(shared: Engine, area: Area, areas: str) -> str:
    if areas == "towns":
        return area.name
    return f"{shared.ws.area_by_code[area.parent_code].name} {area.name}"


def _select(
    page: str,
    name: str,
    label: str,
    options: Sequence[str],
    default: str,
    *,
    format_func: Callable[[str], str],
    quiet: bool = False,
) -> str:
    """Offer a choice that lives in the link; an unknown value falls back, and says so."""
    memory = _memory()
    raw = st.query_params.get(name)
    wanted = raw if raw is not None else memory.get(name, "")
    value = wanted if wanted in options else default
    if raw is not None and raw not in options and not quiet:
        st.warning(
            f"链接里的{label} {styles_text(raw)} 在这一页不可用，已改为{format_func(value)}。"
        )
    key = f"{page}-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    chosen = st.selectbox(
        label,
        options,
        key=key,
        format_func=format_func,
        on_change=_remember,
        args=(name, key),
        filter_mode="contains",
    )
    chosen = chosen if chosen is not None and chosen in options else value
    if wanted in options or raw is not None or name not in memory:
        memory[name] = chosen
    if st.query_params.get(name) != chosen:
        st.query_params[name] = chosen
    return chosen


def _memory() -> dict[str, str]:
    """Return what was chosen on other pages; in projection only the link counts."""
    if projection.is_on():
        return {}
    memory: dict[str, str] = st.session_state.setdefault(REMEMBERED, {})
    return memory


def _remember(name: str, key: str) -> None:
    chosen = st.session_state[key]
    _memory()[name] = chosen
    st.query_params[name] = chosen


def switch(page: str, name: str, label: str, options: Mapping[str, str], default: str) -> str:
    """Offer a few looks side by side, and return the chosen one.

    Only a choice that differs from the default stands in the link, so that a default that follows
    another filter goes on following it.
    """
    memory = _memory()
    slot, key = f"{page}-{name}", f"{page}-{name}-switch"
    raw = st.query_params.get(name)
    if raw is not None and raw not in options:
        st.warning(f"链接里的{label} {styles_text(raw)} 在这一页不可用，已改为{options[default]}。")
    wanted = raw if raw is not None and raw in options else memory.get(slot, "")
    value = wanted if wanted in options else default
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    chosen = st.segmented_control(
        label,
        list(options),
        key=key,
        format_func=lambda each: options[each],
        required=True,
        label_visibility="collapsed",
        on_change=_switched,
        args=(slot, name, key),
    )
    chosen = chosen if chosen is not None and chosen in options else value
    if chosen != default and raw != chosen:
        st.query_params[name] = chosen
    elif chosen == default and raw is not None:
        del st.query_params[name]
    return chosen


def amount(
    page: str, name: str, label: str, low: float, high: float, default: float, step: float
) -> float:
    """Offer a number that lives in the link, and return it; one outside falls back, and says so."""
    raw, key = st.query_params.get(name), f"{page}-{name}-amount"
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
            del st.query_params[name]
    whole = float(step).is_integer()
    kind = int if whole else float
    if st.session_state.get(key) != kind(value):
        st.session_state[key] = kind(value)
    chosen = st.number_input(
        label,
        kind(low),
        kind(high),
        step=kind(step),
        key=key,
        format="%d" if whole else "%.1f",
        on_change=lambda: st.query_params.update({name: f"{st.session_state[key]:g}"}),
    )
    return float(chosen)


def _switched(slot: str, name: str, key: str) -> None:
    chosen = st.session_state[key]
    _memory()[slot] = chosen
    st.query_params[name] = chosen


def styles_text(text: str) -> str:
    """Return text from a link, shortened and with Markdown made harmless."""
    clean = "".join(c for c in text[:40] if c.isalnum() or c in "-_.")
    return f"「{clean}」"
