"""Two clocks on one scale: the townships with their intervals, and the strip of peers above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from shortplank.drawing.marks import dots, known, note, stems, verdict_marker
from shortplank.drawing.picks import hover, numbered, pickable, says
from shortplank.drawing.picks import rows as pick_rows
from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.rankings.answer.ranking import Ranking, verdict_word
from shortplank.wording.naming import home_own, home_whole
from shortplank.wording.numbers import (
    counts_text,
    interval_text,
    move_mark,
    short_value,
    value_text,
)
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

ROW = 30


def ranking_figure(answer: Ranking, style: Style, *, height: int | None = None) -> dict[str, Any]:
    """Return the dot plot of townships with the peers' strip, ranks in a column of their own."""
    t, towns, item = style.tokens, answer.towns, answer.item
    rows = len(towns.codes)
    places = list(range(rows, 0, -1))
    data = [*_interval_bars(answer, style, places), _dots(answer, style, places)]
    has_peers = answer.peers is not None
    if answer.peers is not None:
        data += _peer_strip(answer, style, rows)
    span = _span(answer)
    shapes, notes = _lines(answer, style, rows)
    columns = _columns(answer, style)
    notes += _column_notes(answer, columns, style, places)
    names = numbered(towns.names, present=style.present)
    notes += [
        note(
            0,
            place,
            name,
            style,
            x_ref="paper",
            anchor="right",
            shift=-8,
            colour=t.ink,
            size=style.label,
        )
        for place, name in zip(places, names, strict=True)
    ]
    top = rows + (2.6 if has_peers else 1.5)
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=height or int((ROW + 6 * style.present) * (top + 0.6) + 60),
            margin={
                "l": 12
                + (style.label + 2)
                * (max((len(n) for n in towns.names), default=4) + 2 * style.present),
                "r": 12 + sum(column.width for column in columns),
                "t": style.axis + 14,
                "b": 2 * style.axis + 20,
            },
            xaxis={
                "range": span,
                "ticksuffix": item.unit if item.unit in "%‰" else "",
                "nticks": 9,
                "side": "bottom",
            },
            yaxis={"range": [0.3, top], "showticklabels": False, "showgrid": False},
            shapes=shapes,
            annotations=notes,
            hovermode="closest",
        ),
    }
    told = [says(told_of(answer, i)) for i in range(rows)]
    return pickable(figure, pick_rows(towns.codes, towns.names, told, places))


def _span(answer: Ranking) -> list[float]:
    towns = answer.towns
    parts = [towns.lower, towns.upper, towns.value]
    if answer.peers is not None:
        parts.append(answer.peers.values)
    parts.append(np.array([line.value for line in answer.beyond]))
    values = np.concatenate(parts)
    values = values[~np.isnan(values)]
    if not values.size:
        return [0.0, 100.0]
    low, high = float(values.min()), float(values.max())
    pad = max((high - low) * 0.04, 0.5)
    return [max(low - pad, 0.0) if low >= 0 else low - pad, high + pad]


def _interval_bars(answer: Ranking, style: Style, places: list[int]) -> list[dict[str, Any]]:
    t, towns = style.tokens, answer.towns
    bars = []
    for code in dict.fromkeys(answer.verdicts):
        spans = [
            (towns.lower[i], towns.upper[i], place)
            for i, place in enumerate(places)
            if answer.verdicts[i] == code and not np.isnan(towns.lower[i])
        ]
        strong = code not in ("similar", "too_few", "none")
        bars.append(stems(spans, faded(t.verdict(code), t.paper, 0.45 if strong else 0.3), 7))
    return bars


def _dots(answer: Ranking, style: Style, places: list[int]) -> dict[str, Any]:
    return dots(
        known(answer.towns.value),
        places,
        verdict_marker(answer.verdicts, style.tokens),
        [hover_text(answer, i) for i in range(len(places))],
    )


def hover_text(answer: Ranking, i: int) -> str:
    """Return what the pointer says of a township: value, counts, interval, verdict, source."""
    return hover(answer.towns.names[i], [*told_of(answer, i), *answer.origin])


def told_of(answer: Ranking, i: int) -> list[str]:
    """Return a township's figures in words, the value first."""
    towns, item = answer.towns, answer.item
    parts = [value_text(item, towns.value[i])]
    if item.denominator:
        parts.append(counts_text(item, towns.x[i], towns.n[i]))
    if not np.isnan(towns.lower[i]):
        low, high = towns.lower[i], towns.upper[i]
        parts.append(f"95% 区间 {interval_text(item, low, high)}")
    code = answer.verdicts[i]
    parts.append(f"{VERDICT_MARKS[code]} {verdict_word(item, code, towns.state[i])}")
    return parts


def _peer_strip(answer: Ranking, style: Style, rows: int) -> list[dict[str, Any]]:
    t, peers = style.tokens, answer.peers
    assert peers is not None
    known = [i for i in range(len(peers.codes)) if not np.isnan(peers.values[i])]
    others = [i for i in known if i != peers.home]
    home = [i for i in known if i == peers.home]
    strips = []
    for group, colour, size, name in (
        (others, t.similar, 18, ""),
        (home, t.ink, 26, f"{home_own()} "),
    ):
        strips.append(
            dots(
                [float(peers.values[i]) for i in group],
                [rows + 1.6] * len(group),
                {
                    "symbol": "line-ns-open",
                    "size": size,
                    "color": colour,
                    "line": {"width": 4 if name else 2, "color": colour},
                },
                [
                    f"<b>{name}{peers.names[i]}</b> "
                    f"{value_text(answer.item, peers.values[i])}<br>"
                    f"第 {_rank(peers.ranks[i])} 位（{peers.size} 个县）"
                    for i in group
                ],
            )
        )
    return strips


def _rank(rank: float) -> str:
    return "–" if np.isnan(rank) else str(int(rank))


def _lines(answer: Ranking, style: Style, rows: int) -> tuple[list[Any], list[Any]]:
    t = style.tokens
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    if answer.item.target_range:
        low, high = answer.item.target_range
        shapes.append(
            {
                "type": "rect",
                "x0": low,
                "x1": high,
                "y0": 0.4,
                "y1": rows + 0.6,
                "fillcolor": t.grid,
                "opacity": 0.6,
                "line": {"width": 0},
                "layer": "below",
            }
        )
    if answer.county.codes and not np.isnan(answer.county.value[0]):
        value = float(answer.county.value[0])
        shapes.append(_vertical(value, rows + 0.7, t.ink, "solid"))
        text = f"{home_whole()} {value_text(answer.item, value)}"
        below = -(style.axis + 18)
        notes.append(note(value, 0.3, text, style, anchor="center", colour=t.ink, y_shift=below))
    county = float(answer.county.value[0]) if answer.county.codes else np.nan
    for line in answer.beyond:
        if not line.whole:
            shapes.append(_vertical(line.value, rows + 0.7, t.worse, "dot"))
            side, shift = ("left", 4) if line.value > county else ("right", -4)
            notes.append(
                note(
                    line.value,
                    rows + 0.85,
                    f"线 {line.value:g}",
                    style,
                    anchor=side,
                    shift=shift,
                    colour=t.worse,
                )
            )
    if answer.peers is not None:
        text = f"{answer.peers.size} 个同类县（粗线为{home_own()}）"
        notes.append(
            note(
                0,
                rows + 1.6,
                text,
                style,
                x_ref="paper",
                anchor="left",
                shift=4,
                colour=t.muted,
                y_shift=22,
            )
        )
    return shapes, notes


def _vertical(value: float, top: float, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": value,
        "x1": value,
        "y0": 0.4,
        "y1": top,
        "line": {"color": colour, "width": 2, "dash": dash},
        "layer": "below",
    }


@dataclass(frozen=True)
class Column:
    """A column of words to the right of the picture: heading, a text a township, pixels."""

    heading: str
    texts: list[str]
    width: float


def _columns(answer: Ranking, style: Style) -> list[Column]:
    """Return value, rank with its interval, move and place among the peers, as far as there are."""
    towns, em = answer.towns, style.label
    rows = range(len(towns.codes))
    values = [short_value(answer.item, v) if not np.isnan(v) else "" for v in towns.value]
    columns = [Column("数值", values, 4.2 * em)]
    if not answer.ranked:
        return columns
    columns.append(Column("位次（区间）", [rank_text(answer, i) for i in rows], 7.8 * em))
    moves = [move_mark(answer.move_month[i]) for i in rows]
    columns.append(Column("比上月", moves, 3.6 * em))
    if answer.peers is not None and any(answer.peer_rank):
        places = [f"第 {rank}" if rank is not None else "" for rank in answer.peer_rank]
        columns.append(Column(f"相当于<br>{answer.peers.size} 县第几", places, 5.2 * em))
    return columns


def _column_notes(
    answer: Ranking, columns: list[Column], style: Style, places: list[int]
) -> list[dict[str, Any]]:
    """Return the columns as words at the rows, right-aligned, those announced in colour."""
    t, notes, edge = style.tokens, [], 8.0
    top = max(places, default=0) + 0.55
    for column in columns:
        edge += column.width
        column_note = partial(
            note, 1, style=style, x_ref="paper", anchor="right", shift=round(edge)
        )
        notes.append(column_note(top, column.heading, colour=t.muted) | {"yanchor": "bottom"})
        for i, (row, text) in enumerate(zip(places, column.texts, strict=True)):
            strong = answer.verdicts[i] not in ("similar", "too_few", "none")
            plain = t.ink if column is columns[0] else t.muted
            colour = t.verdict(answer.verdicts[i]) if strong else plain
            notes.append(column_note(row, text, colour=colour, size=style.label))
    return notes


def rank_text(answer: Ranking, i: int) -> str:
    """Return a township's rank with its interval."""
    if np.isnan(answer.ranks[i]):
        return STATE_WORDS.get(answer.towns.state[i], "未排")
    text = f"第 {int(answer.ranks[i])}"
    if not np.isnan(answer.rank_low[i]):
        text += f"（{int(answer.rank_low[i])}–{int(answer.rank_high[i])}）"
    return text
