"""The running order of a meeting: which pictures are shown one after another."""

from __future__ import annotations

from dataclasses import dataclass

from shortplank.answers.view import View


@dataclass(frozen=True)
class Stop:
    """One picture: a page's key, what its link holds besides month and edition, and its name."""

    page: str
    query: tuple[tuple[str, str], ...]
    label: str


def running_order(view: View) -> list[Stop]:
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
        if "township" in item.levels and item.kind not in ("count", "count_over", "streak"):
            stops.append(Stop("rankings", query, f"{item.label}·各乡镇"))
    if plank := view.ws.scheme.short_plank_default:
        label = f"短板村·{view.ws.indicators[plank].label}"
        stops.append(Stop("short_plank", (("indicator", plank), ("look", "barrel")), label))
        label = f"抽查预演·{view.ws.indicators[plank].label}"
        stops.append(Stop("inspection", (("indicator", plank),), label))
    return stops
