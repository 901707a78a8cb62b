"""The running order of a meeting: which pictures are shown one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from shortplank.reading.view import View
from shortplank.store.posts import lines_of, write_line

JOURNAL = "running_orders"


@dataclass(frozen=True)
class Stop:
    """One picture: a page's key, what its link holds besides month and edition, and its name."""

    page: str
    query: tuple[tuple[str, str], ...]
    label: str

    @property
    def key(self) -> str:
        """Return what names this stop in a chosen order."""
        return f"{self.page}?{urlencode(self.query)}"


def running_order(view: View) -> list[Stop]:
    """Return the stops that were chosen last, in their order; all of them where none were."""
    offered = {stop.key: stop for stop in all_stops(view)}
    lines = lines_of(view.ws, JOURNAL)
    keys = lines[-1].get("stops", []) if lines else []
    chosen = [offered[key] for key in keys if key in offered]
    return chosen or list(offered.values())


def choose_order(view: View, keys: Sequence[str], *, at: datetime | None = None) -> None:
    """Remember the stops of the next projections, in their order; without any, all are shown."""
    who = view.actor.signs("order")
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {"stops": list(keys), "who": who, "at": moment.isoformat()}
    write_line(view.ws, JOURNAL, line)


def all_stops(view: View) -> list[Stop]:
    """Return the overview, the scheme's headline indicators, the short plank and its draw."""
    stops = [Stop("overview", (), "调度总览")]
    for key in view.ws.scheme.headline:
        item = view.ws.indicators[key]
        if item.interval == "srb":
            stops.append(Stop("sex_ratio", (("look", "periods"), ("indicator", key)), item.label))
            continue
        query = (("indicator", key), ("window", item.default_window))
        if item.kind != "published":
            stops.append(Stop("trends", query, f"{item.label}·走势"))
        # What is projected is a viewer's: no townships where those have the county only.
        told = "township" in item.levels and view.ws.viewer_level(key) != "county"
        if told and item.kind not in ("count", "count_over", "streak"):
            stops.append(Stop("rankings", query, f"{item.label}·各乡镇"))
    if plank := view.ws.scheme.short_plank_default:
        label = f"短板村·{view.ws.indicators[plank].label}"
        stops.append(Stop("short_plank", (("indicator", plank), ("look", "barrel")), label))
        label = f"抽查预演·{view.ws.indicators[plank].label}"
        stops.append(Stop("inspection", (("indicator", plank),), label))
    return stops
