"""Sex ratios as a heatmap that fades with evidence: township × birth order, or × period."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing import picks
from shortplank.drawing.picks import pickable, says
from shortplank.drawing.theme import Style, contrast, faded, layout, text_on
from shortplank.topics.sex_ratio.answer.ratio_words import Column, absent_words, cell_words
from shortplank.topics.sex_ratio.answer.sex_ratio import SexRatio
from shortplank.wording.numbers import interval_text, number_text, value_text
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

# Fixed bounds, so that two months compare.
LOWEST, HIGHEST = 60.0, 160.0
# Beyond this many cells no text is drawn in them: it would neither fit nor be read.
MOST_TEXTS = 600
FAINTEST = 0.2
INSET = 0.012


def heat_figure(answer: SexRatio, style: Style) -> dict[str, Any]:
    """Return township × birth order or period: ratio large, births small, colour by evidence."""
    t, columns = style.tokens, answer.columns
    rows, wide = len(columns[0].measured.codes), len(columns)
    row_height = (30 if rows <= 20 else 25) + 8 * style.present
    texts = rows * wide <= MOST_TEXTS
    top = (34 if answer.look == "orders" else 34 + style.label + 6) - 3 * style.present
    names = columns[0].measured.names
    heat = {
        "type": "heatmap",
        "x": list(range(wide)),
        "y": list(range(rows)),
        "z": [[tint_of(c, row) for c in columns] for row in range(rows)],
        "zmin": -1,
        "zmax": 1,
        "colorscale": [[0, t.ratio_low], [0.5, t.ratio_mid], [1, t.ratio_high]],
        "xgap": 4,
        "ygap": 4,
        "customdata": [[hover_text(answer, c, row) for c in columns] for row in range(rows)],
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorbar": colour_key(columns[0], style),
    }
    if texts:
        heat["text"] = [[_cell_text(c, row, style) for c in columns] for row in range(rows)]
        heat["texttemplate"] = "%{text}"
        heat["textfont"] = {"size": _size(style) + 3 * (not style.present)}
    figure = {
        "data": [heat, *_hidden_cells(columns, style)],
        "layout": layout(
            style,
            height=int(row_height * rows + top + 74),
            margin={"l": 16 + (style.label + 2) * max(map(len, names)), "r": 8, "t": top, "b": 74},
            xaxis={
                "side": "top",
                "range": [-0.5, wide - 0.5],
                "showgrid": False,
                "tickvals": list(range(wide)),
                "ticktext": [_two_lines(c.label) for c in columns],
                "tickangle": 0,
                "tickfont": {"size": style.label, "color": t.ink},
                "showline": False,
                "ticks": "",
            },
            yaxis={
                "range": [rows - 0.5, -0.5],
                "showgrid": False,
                "showline": False,
                "ticks": "",
                "tickvals": list(range(rows)),
                "ticktext": [f"<b>{names[0]}</b>", *names[1:]],
                "tickfont": {"size": _size(style), "color": t.ink},
            },
            shapes=_frames(columns, style),
            annotations=_hidden_words(columns, style) if texts else [],
        ),
    }
    towns, m = columns[0].towns, columns[0].measured
    keys, told = [m.codes[row] for row in towns], [_row_told(answer, row) for row in towns]
    return pickable(figure, picks.rows(keys, [names[row] for row in towns], told, towns))


def _row_told(answer: SexRatio, row: int) -> str:
    """Return a row's ratios in words, a column after the other."""
    return says([f"{c.label} {short_told(c, row)}" for c in answer.columns])


def _two_lines(label: str) -> str:
    """Return a period's label on two lines, so that eight of them stand side by side."""
    return label.replace("年", "年<br>", 1)


def scale(ratio: float, low: float, high: float) -> float:
    """Return where a ratio lies on the diverging scale: 0 inside the range, ±1 at the bounds.

    >>> scale(105, 103, 107), scale(160, 103, 107), scale(60, 103, 107), scale(300, 103, 107)
    (0.0, 1.0, -1.0, 1.0)
    """
    if ratio > high:
        return min((ratio - high) / (HIGHEST - high), 1.0)
    return -min((low - ratio) / (low - LOWEST), 1.0) if ratio < low else 0.0


def tint_of(c: Column, row: int) -> float | None:
    """Return a cell's place on the scale, faded by how little its births can say; None without."""
    ratio = c.measured.value[row]
    if not np.isfinite(ratio):
        return None
    low, high = c.item.target_range or (103.0, 107.0)
    strength = FAINTEST + (1 - FAINTEST) * float(c.strength[row])
    return scale(float(ratio), low, high) * strength


def cell_colour(z: float, style: Style) -> str:
    """Return the colour that Plotly gives to a place on the scale."""
    t = style.tokens
    return faded(t.ratio_high if z > 0 else t.ratio_low, t.ratio_mid, abs(z))


def _cell_text(c: Column, row: int, style: Style) -> str:
    z = tint_of(c, row)
    if z is None:
        return ""
    paper = cell_colour(z, style)
    ink = text_on(paper, style.tokens)
    muted = style.tokens.muted
    small = muted if contrast(muted, paper) >= 4.5 else ink
    mark = VERDICT_MARKS[c.verdicts[row]] if c.verdicts[row] in ("higher", "lower") else ""
    ratio = f"{number_text(c.measured.value[row])}{mark}"
    large = small if c.grey(row) else ink
    ratio = ratio if c.grey(row) else f"<b>{ratio}</b>"
    return (
        f'<span style="color:{large}">{ratio}</span>'
        f'<span style="font-size:{_size(style)}px;color:{small}"> '
        f"{number_text(c.measured.base[row])}</span>"
    )


def _size(style: Style) -> int:
    """Return the size of type in a row: seventeen rows share what one projected screen leaves."""
    return style.axis if style.present else style.label


def _frames(columns: list[Column], style: Style) -> list[dict[str, Any]]:
    """Return frames around the cells beyond chance, and the line below the county."""
    t = style.tokens
    frames = [
        {
            "type": "rect",
            "x0": x - 0.5 + INSET / 2,
            "x1": x + 0.5 - INSET / 2,
            "y0": row - 0.45,
            "y1": row + 0.45,
            "line": {"color": t.ink, "width": 1.5},
        }
        for x, c in enumerate(columns)
        for row in range(len(c.measured.codes))
        if c.verdicts[row] in ("higher", "lower")
    ]
    frames.append(
        {
            "type": "line",
            "x0": -0.5,
            "x1": len(columns) - 0.5,
            "y0": 0.5,
            "y1": 0.5,
            "line": {"color": t.muted, "width": 1},
        }
    )
    return frames


def _hidden(columns: list[Column], *states: str) -> list[tuple[int, int, Column]]:
    return [
        (x, row, c)
        for x, c in enumerate(columns)
        for row, state in enumerate(c.measured.state)
        if state in states
    ]


def _hidden_cells(columns: list[Column], style: Style) -> list[dict[str, Any]]:
    """Return the cells with too few births, hatched."""
    x: list[float | None] = []
    y: list[float | None] = []
    for column, row, _ in _hidden(columns, "too_few"):
        left, right, top, bottom = column - 0.49, column + 0.49, row - 0.43, row + 0.43
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    t = style.tokens
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": y,
            "fill": "toself",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "fillcolor": faded(t.too_few, t.paper, 0.3),
            "fillpattern": {
                "shape": "/",
                "size": 7,
                "solidity": 0.12,
                "fgcolor": t.too_few,
                "bgcolor": faded(t.too_few, t.paper, 0.12),
            },
        }
    ]


def _hidden_words(columns: list[Column], style: Style) -> list[dict[str, Any]]:
    """Return what stands in cells without a ratio: too few births or none, no report, none due."""
    t = style.tokens
    return [
        {
            "x": x,
            "y": row,
            "text": absent_words(c.measured, row),
            "showarrow": False,
            "font": {"size": style.axis, "color": t.muted},
        }
        for x, row, c in _hidden(columns, *STATE_WORDS)
    ]


def colour_key(c: Column, style: Style) -> dict[str, Any]:
    """Return the bar that says which ratio a colour is, below the picture."""
    t = style.tokens
    low, high = c.item.target_range or (103.0, 107.0)
    middle = f"{low:g}–{high:g}"
    return {
        "orientation": "h",
        "thickness": 10,
        "len": 0.5,
        "x": 0.5,
        "xanchor": "center",
        "y": 0,
        "yanchor": "top",
        "ypad": 14,
        "outlinewidth": 0,
        "tickvals": [-1, 0, 1],
        "ticktext": [f"{LOWEST:g} 以下", middle, f"{HIGHEST:g} 以上"],
        "tickfont": {"size": style.axis, "color": t.muted},
    }


def short_told(c: Column, row: int) -> str:
    """Return a cell's ratio and births in words: 131（出生 48）."""
    m = c.measured
    if np.isnan(m.value[row]):
        return absent_words(m, row)
    return f"{value_text(c.item, m.value[row])}（出生 {number_text(m.base[row])}）"


def hover_text(answer: SexRatio, c: Column, row: int) -> str:
    """Return a cell's figures: ratio, interval, boys and girls, and the verdict in words."""
    m = c.measured
    head = f"<b>{m.names[row]}</b> {c.item.label}"
    if np.isnan(m.value[row]):
        births = "" if not m.base[row] > 0 else f"<br>出生 {number_text(m.base[row])}"
        return f"{head}<br>{absent_words(m, row)}{births}"
    period = c.label if answer.look == "periods" else answer.period
    return "<br>".join(
        [
            f"{head} {value_text(c.item, m.value[row])}",
            f"95% 区间 {interval_text(c.item, m.lower[row], m.upper[row])}",
            f"男 {number_text(m.x[row])}，女 {number_text(m.n[row])}，"
            f"共 {number_text(m.base[row])}",
            cell_words(c, row),
            period,
        ]
    )
