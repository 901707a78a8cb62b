"""The running order of a meeting: which pictures are shown one after another.

A stop is a page and what stands in its link. The order that was chosen for a month stands in the
journal; without one the scheme's headline indicators make it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shortplank.answers import words
from shortplank.answers.view import View
from shortplank.store import journal

KIND = "running_order"
MOST_STOPS = 40


@dataclass(frozen=True)
class Stop:
    """One picture: a page's key, what its link holds besides month and edition, and its name."""

    page: str
    query: tuple[tuple[str, str], ...]
    label: str


def order_of(view: View) -> list[Stop]:
    """Return the order chosen for the view's month, or the default one."""
    return chosen_order(view) or default_order(view)


def chosen_order(view: View) -> list[Stop]:
    """Return the order that was chosen for the month, empty where none was; the last one counts."""
    month = words.month_key(view.month)
    lines = [line for line in journal.read(view.ws.path, KIND) if line.get("month") == month]
    return list(_stops(lines[-1].get("stops"))) if lines else []


def choose_order(view: View, stops: Iterable[Stop], *, who: str, at: str) -> None:
    """Keep an order for the view's month in the journal, with who chose it and when."""
    kept = [{"page": stop.page, "query": dict(stop.query), "label": stop.label} for stop in stops][
        :MOST_STOPS
    ]
    line = {"month": words.month_key(view.month), "stops": kept, "who": who, "at": at}
    journal.append(view.ws.path, KIND, line)


def _stops(found: Any) -> Iterable[Stop]:
    """Return the stops of a journal line; what is not one is passed over."""
    for line in found if isinstance(found, list) else []:
        query = line.get("query") if isinstance(line, Mapping) else None
        if isinstance(query, Mapping) and isinstance(line.get("page"), str):
            pairs = tuple((str(k), str(v)) for k, v in query.items())
            yield Stop(line["page"], pairs, str(line.get("label", line["page"])))


def default_order(view: View) -> list[Stop]:
    """Return the overview, the scheme's headline indicators, sex ratios and the short plank."""
    stops = [Stop("overview", (), "调度总览")]
    for key in view.ws.scheme.headline:
        item = view.ws.indicators[key]
        if item.interval == "srb":
            stops.append(Stop("sex_ratio", (("look", "periods"), ("indicator", key)), item.label))
            continue
        query = (("indicator", key), ("window", item.default_window))
        if item.kind != "published":
            stops.append(Stop("trends", query, f"{item.label}·走势"))
        if "township" in item.levels and item.kind not in ("count", "count_over", "streak"):
            stops.append(Stop("rankings", query, f"{item.label}·各乡镇"))
    if plank := view.ws.scheme.short_plank_default:
        label = f"短板村·{view.ws.indicators[plank].label}"
        stops.append(Stop("short_plank", (("indicator", plank), ("look", "barrel")), label))
    return stops
