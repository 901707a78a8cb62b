"""The county's place in every indicator: a row of places from the first to the last."""

from __future__ import annotations

from typing import Any

from shortplank.drawing import picks
from shortplank.drawing.marks import dots
from shortplank.drawing.picks import hover, pickable, says
from shortplank.drawing.theme import Style, layout
from shortplank.topics.rankings.answer.league import League, Place
from shortplank.wording.numbers import value_text
from shortplank.wording.periods import month_text

ROW = 30


def league_figure(made: League, style: Style) -> dict[str, Any]:
    """Return one row an indicator, the worst at the top; filled is published, open is counted."""
    t, places = style.tokens, made.places
    rows = list(range(len(places), 0, -1))
    most = max(place.size for place in places)
    last = [place.is_last for place in places]
    hovers = [hover(p.item.label, _told(p)) for p in places]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x for place in places for x in range(1, place.size + 1)],
            "y": [y for place, y in zip(places, rows, strict=True) for _ in range(place.size)],
            "hoverinfo": "skip",
            "marker": {"symbol": "line-ns-open", "size": 9, "color": t.grid},
        },
        dots([p.counted_rank for p in places], rows, _marker("circle-open", t.muted), hovers),
        dots(
            [p.rank for p in places],
            rows,
            _marker("circle", [t.worse if mark else t.ink for mark in last]),
            hovers,
        ),
    ]
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=int((ROW + 6 * style.present) * (len(places) + 1) + 40),
            margin={
                "l": 16 + (style.label + 1) * max(len(p.item.label) for p in places),
                "r": 11 * style.label,
                "t": 8,
                "b": 16 + style.axis,
            },
            xaxis={
                "range": [0.2, most + 0.8],
                "tickvals": [1, *range(5, most - 1, 5), most],
                "tickprefix": "第 ",
                "showgrid": False,
            },
            yaxis={"range": [0.4, len(places) + 0.6], "showticklabels": False, "showgrid": False},
            annotations=[
                note
                for place, row in zip(places, rows, strict=True)
                for note in _words(place, row, style)
            ],
            hovermode="closest",
        ),
    }
    keys, names = [p.indicator for p in places], [p.item.label for p in places]
    told = [says(_told(place)) for place in places]
    return pickable(figure, picks.rows(keys, names, told, rows), "indicator")


def _marker(symbol: str, colour: str | list[str]) -> dict[str, Any]:
    return {"symbol": symbol, "size": 15, "color": colour, "line": {"width": 2}}


def _told(place: Place) -> list[str]:
    """Return an indicator's places in words, the value first."""
    lines = [value_text(place.item, place.value)]
    if place.published_rank is not None:
        lines.append(f"通报第 {place.published_rank} 位（{place.size} 县）")
    if place.counted_rank is not None:
        lines.append(f"按分子分母重算第 {place.counted_rank} 位")
    if place.shadow:
        group, rank, size = place.shadow
        lines.append(f"若在{group}组：{size} 县第 {rank} 位")
    lines.append(f"{month_text(place.month)}，年度累计")
    return lines


def _words(place: Place, row: int, style: Style) -> list[dict[str, Any]]:
    t = style.tokens
    note = {"showarrow": False, "y": row, "xref": "paper"}
    mark = f" {place.mark}" if place.mark else ""
    colour = t.worse if place.is_last else t.ink
    return [
        {
            **note,
            "x": 0,
            "xanchor": "right",
            "xshift": -8,
            "text": place.item.label,
            "font": {"size": style.label, "color": t.ink},
        },
        {
            **note,
            "x": 1,
            "xanchor": "left",
            "xshift": 10,
            "text": f"{place.size} 县第 {place.rank}{mark}",
            "font": {"size": style.label, "color": colour},
        },
    ]
