"""What is selected on a page, and the bar at its foot that says so and leads on from it.

Two parameters of the link say it: ``area``, the one selected township or village that goes along
from page to page, and ``at``, a month of a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from shortplank.drawing.theme import Style
from shortplank.frame import history
from shortplank.frame.chart.component import Picked
from shortplank.frame.html import NOTHING, anchor, cells, joined, table
from shortplank.frame.links import address
from shortplank.reading.offered import by_township, for_villages, is_sex_ratio, with_months
from shortplank.reading.sources import sources, sources_table
from shortplank.reading.view import View
from shortplank.wording.periods import month_key, month_text

# Which parameter of the link a selection changes.
PARAMETERS = {"area": "area", "month": "at", "indicator": "indicator"}
FROM = "这个数从哪来"
ORIGIN = "origin"
"""Whether the bar shows where the figure comes from."""


@dataclass(frozen=True)
class Selection:
    """A place of the page's pictures, as the figure names it."""

    kind: str
    key: str
    name: str
    says: str


def select(picked: Picked) -> None:
    """Write a selection into the link; what is selected already is let go."""
    name = PARAMETERS.get(picked.kind)
    if name is None:
        return
    again = history.said(name) == picked.key and name != "indicator"
    history.act(**{name: None if again else picked.key})


def keys(view: View) -> list[str]:
    """Return what is to be marked in a picture, the nearest first: a village means its township."""
    found = [code for code in (area(view), parent(view)) if code]
    month = history.said(PARAMETERS["month"])
    return [*found, *([month] if month else []), view.indicator]


def area(view: View) -> str:
    """Return the selected area below the county, "" where there is none that may be looked at."""
    code = history.said("area") or ""
    known = view.ws.area_by_code.get(code)
    if known is None or known.area_code == view.county.area_code or not view.may("look", code):
        return ""
    return code


def parent(view: View) -> str:
    """Return the township of the selected village, "" for a township."""
    code = area(view)
    above = view.ws.area_by_code[code].parent_code if code else ""
    return "" if above in ("", view.county.area_code) else above


def with_groups(meta: dict[str, Any], view: View) -> dict[str, Any]:
    """Return what a figure names, each village with its township: that marks all its villages."""
    if meta["kind"] != "area":
        return meta
    known, above = view.ws.area_by_code, view.county.parent_code
    picks = []
    for pick in meta["picks"]:
        area = known.get(pick["key"])
        group = area.parent_code if area is not None else ""
        part = group not in ("", above, view.county.area_code)
        picks.append({**pick, "group": group} if part else pick)
    return {**meta, "picks": picks}


def found(drawn: Iterable[Mapping[str, Any]], wanted: Iterable[str]) -> Selection | None:
    """Return the selected place of the pictures that were drawn, None where none has it."""
    metas = [meta for meta in drawn if meta["kind"] != "indicator"]
    found = (
        Selection(meta["kind"], key, pick["name"], pick.get("says", ""))
        for key in wanted
        for meta in metas
        for pick in meta["picks"]
        if pick["key"] == key
    )
    return next(found, None)


def bar(page: str, view: View, chosen: Selection | None, style: Style) -> Markup:
    """Return the bar: name and figure of what is selected, and the ways on; nothing without any.

    In a hall it says what is selected in the picture, and leads nowhere.
    """
    code = area(view)
    if chosen is None and (style.present or not code):
        return NOTHING
    if chosen is None:
        chosen = Selection("area", code, view.ws.area_by_code[code].name, "")
    head = Markup('<p class="chosen"><b>{}</b> <span>{}</span></p>').format(
        chosen.name, chosen.says
    )
    if style.present:
        return _section(style, head)
    month = _month(chosen, view)
    by_month = chosen.kind == "month"
    ways = _month_ways(page, view, month) if by_month else _area_ways(page, view, code)
    ways += _own_ways(page, chosen)
    row = Markup('<p class="ways">{}</p>').format(joined(ways))
    origin = _origin(view, code or view.area, month) if history.said(ORIGIN) else NOTHING
    return _section(style, joined([head, row, origin]))


def _section(style: Style, body: Markup) -> Markup:
    t = style.tokens
    section = Markup('<section class="selected" style="{}" aria-label="选中的">{}</section>')
    return section.format(f"background:{t.paper};border-color:{t.grid}", body)


def _month(chosen: Selection, view: View) -> date:
    """Return the month that is meant: a selected one, else the page's."""
    if chosen.kind != "month":
        return view.month
    try:
        return date.fromisoformat(f"{chosen.key}-01")
    except ValueError:
        return view.month


def same(page: str, **change: str | None) -> str:
    """Return the address of a page as it is shown, with something changed."""
    told = {**history.shown(), **change}
    return address(page, {name: value for name, value in told.items() if value is not None})


def copied(href: str) -> Markup:
    """Return what copies a link (`gate/assets/links.js`)."""
    return Markup('<a href="{}" class="copy" target="_self">复制链接</a>').format(href)


def _to(page: str, **change: str) -> str:
    """Return the address of another page for what is selected."""
    told = history.shown()
    names = ("county", "month", "edition", "role", "present")
    kept = {str(name): told[name] for name in names if name in told}
    return address(page, {**kept, **change})


def _area_ways(page: str, view: View, code: str) -> list[Markup]:
    item, ways = view.item, list[Markup]()
    town = parent(view) or code
    about = {"indicator": view.indicator, "window": view.window}
    if view.ws.is_province and code != view.county.area_code:
        ways.append(anchor(_to("overview", county=code), "进入该县"))
    if code != town:
        planks = about if for_villages(item) else {}
        ways.append(anchor(_to("short_plank", **planks, look="village", area=code), "村情"))
    if page != "trends" and with_months(item) and by_township(item):
        ways.append(anchor(_to("trends", **about, area=town), "走势"))
    if page != "rankings" and by_township(item) and not is_sex_ratio(item):
        ways.append(anchor(_to("rankings", **about, area=town), "位次"))
    ways.append(anchor(_to("rankings", look="spine", area=town), "各项指标"))
    if page != "short_plank" and for_villages(item):
        ways.append(anchor(_to("short_plank", **about, area=town), "各村"))
    return ways


def _month_ways(page: str, view: View, month: date) -> list[Markup]:
    if month == view.month:
        return []
    return [anchor(same(page, month=month_key(month), at=None), f"看{month_text(month)}")]


def _own_ways(page: str, chosen: Selection) -> list[Markup]:
    """Return where the figure comes from, this very look as a link, and the way out."""
    shown = history.said(ORIGIN) is not None
    gone = {PARAMETERS[chosen.kind]: None, ORIGIN: None}
    return [
        anchor(
            same(page, **{ORIGIN: None if shown else "1"}), "收起来源" if shown else "这个数从哪来"
        ),
        copied(same(page)),
        anchor(same(page, **gone), "取消选中"),
    ]


def _origin(view: View, code: str, month: date) -> Markup:
    """Return form, file, sheet and cell of each count behind an area's figures of a month."""
    told = sources_table(view, sources(view, code, month))
    name = view.ws.area_by_code[code].name
    title = Markup('<p class="notes">{}</p>').format(
        f"{name} {month_text(month)}的数，{told.num_rows} 项"
        if told.num_rows
        else f"{name} {month_text(month)}没有报表。"
    )
    rows = (Markup("<tr>{}</tr>").format(cells(_texts(row))) for row in told.to_pylist())
    if not told.num_rows:
        return title
    body = table(told.column_names, rows, "list wrap")
    return title + Markup('<div class="sideways" tabindex="0">{}</div>').format(body)


def _texts(row: Mapping[str, Any]) -> list[str]:
    return ["" if value is None else str(value) for value in row.values()]
