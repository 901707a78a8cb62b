"""Sex ratios as a heatmap that fades with evidence, and as a forest of intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.answers import words
from shortplank.answers.sex_ratio import Column, SexRatio, cell_words
from shortplank.figures.theme import Style, contrast, faded, layout, text_on

# Fixed bounds, so that two months compare.
LOWEST, HIGHEST = 60.0, 160.0
# Beyond this many cells no text is drawn in them: it would neither fit nor be read.
MOST_TEXTS = 600
FAINTEST = 0.2
INSET = 0.012


def sex_ratio_figure(answer: SexRatio, style: Style) -> dict[str, Any]:
    """Return the chosen picture of the sex ratios."""
    if answer.look == "forest":
        return forest_figure(answer, style)
    return heat_figure(answer, style)


# --- heatmap --------------------------------------------------------------------------------------
def heat_figure(answer: SexRatio, style: Style) -> dict[str, Any]:
    """Return township × birth order or period: ratio large, births small, colour by evidence."""
    t, columns = style.tokens, answer.columns
    rows, wide = len(columns[0].measured.codes), len(columns)
    row_height = (30 if rows <= 20 else 25) + 8 * style.present
    texts = rows * wide <= MOST_TEXTS
    top = 34 if answer.look == "orders" else 34 + style.label + 6
    names = columns[0].measured.names
    heat = {
        "type": "heatmap",
        "x": list(range(wide)),
        "y": list(range(rows)),
        "z": [[_z(c, row) for c in columns] for row in range(rows)],
        "zmin": -1,
        "zmax": 1,
        "colorscale": [[0, t.ratio_low], [0.5, t.ratio_mid], [1, t.ratio_high]],
        "xgap": 4,
        "ygap": 4,
        "customdata": [[hover_text(answer, c, row) for c in columns] for row in range(rows)],
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorbar": _colour_key(columns[0], style),
    }
    if texts:
        heat["text"] = [[_cell_text(c, row, style) for c in columns] for row in range(rows)]
        heat["texttemplate"] = "%{text}"
        heat["textfont"] = {"size": style.label + 3}
    return {
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
                "tickfont": {"size": style.label, "color": t.ink},
            },
            shapes=_frames(columns, style),
            annotations=_hidden_words(columns, style) if texts else [],
        ),
    }


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


def _z(c: Column, row: int) -> float | None:
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
    z = _z(c, row)
    if z is None:
        return ""
    paper = cell_colour(z, style)
    ink = text_on(paper, style.tokens)
    muted = style.tokens.muted
    small = muted if contrast(muted, paper) >= 4.5 else ink
    mark = words.VERDICT_MARKS[c.verdicts[row]] if c.verdicts[row] in ("higher", "lower") else ""
    ratio = f"{words.number_text(c.measured.value[row])}{mark}"
    large = small if c.grey(row) else ink
    ratio = ratio if c.grey(row) else f"<b>{ratio}</b>"
    return (
        f'<span style="color:{large}">{ratio}</span>'
        f'<span style="font-size:{style.label}px;color:{small}"> '
        f"{words.number_text(c.measured.base[row])}</span>"
    )


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
    """Return what stands in cells without a ratio: too few births, not reported, not expected."""
    t = style.tokens
    return [
        {
            "x": x,
            "y": row,
            "text": words.STATE_WORDS[c.measured.state[row]],
            "showarrow": False,
            "font": {"size": style.axis, "color": t.muted},
        }
        for x, row, c in _hidden(columns, "too_few", "missing", "suppressed")
    ]


def _colour_key(c: Column, style: Style) -> dict[str, Any]:
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


def hover_text(answer: SexRatio, c: Column, row: int) -> str:
    """Return a cell's figures: ratio, interval, boys and girls, and the verdict in words."""
    m = c.measured
    head = f"<b>{m.names[row]}</b> {c.item.label}"
    if np.isnan(m.value[row]):
        births = "" if np.isnan(m.base[row]) else f"<br>出生 {words.number_text(m.base[row])}"
        return f"{head}<br>{words.STATE_WORDS[m.state[row]]}{births}"
    period = c.label if answer.look == "periods" else answer.period
    return "<br>".join(
        [
            f"{head} {words.value_text(c.item, m.value[row])}",
            f"95% 区间 {words.interval_text(c.item, m.lower[row], m.upper[row])}",
            f"男 {words.number_text(m.x[row])}，女 {words.number_text(m.n[row])}，"
            f"共 {words.number_text(m.base[row])}",
            cell_words(c, row),
            period,
        ]
    )


# --- forest ---------------------------------------------------------------------------------------
def forest_figure(answer: SexRatio, style: Style) -> dict[str, Any]:
    """Return the intervals of the county and its townships on a ratio scale, widest last."""
    t, c = style.tokens, answer.columns[0]
    m = c.measured
    order = [
        0,
        *sorted(c.towns, key=lambda row: (np.isnan(m.value[row]), -np.nan_to_num(m.value[row]))),
    ]
    places = {row: -place - (place > 0) * 0.4 for place, row in enumerate(order)}
    span = _ratio_span(c)
    return {
        "data": [*_bars(c, places, style), _dots(answer, c, places, style)],
        "layout": layout(
            style,
            height=int((28 + 8 * style.present) * (len(order) + 0.9) + 60),
            margin={
                "l": 16 + (style.label + 2) * max(map(len, m.names)),
                "r": 230 + 60 * style.present,
                "t": 24,
                "b": 36,
            },
            xaxis={
                "type": "log",
                "range": [float(np.log10(v)) for v in span],
                "tickvals": [
                    v
                    for v in (40, 60, 80, 100, 120, 140, 160, 200, 250, 300, 400)
                    if span[0] <= v <= span[1]
                ],
                "minor": {"showgrid": False},
            },
            yaxis={
                "range": [min(places.values()) - 0.7, 0.7],
                "showgrid": False,
                "tickvals": [places[row] for row in order],
                "ticktext": [
                    f"<b>{m.names[row]}</b>" if row == 0 else m.names[row] for row in order
                ],
                "tickfont": {"size": style.label, "color": t.ink},
            },
            shapes=_forest_lines(c, style),
            annotations=[*_forest_labels(c, style), *_right_column(c, places, style)],
            hovermode="closest",
        ),
    }


def _ratio_span(c: Column) -> tuple[float, float]:
    """Return the axis: at least 60 to 160, wider where an interval is, up to 40 to 400."""
    ends = np.concatenate([c.measured.lower, c.measured.upper])
    ends = ends[np.isfinite(ends)]
    low = min([LOWEST, *(float(v) for v in ends)])
    high = max([HIGHEST, *(float(v) for v in ends)])
    return max(low * 0.97, 40.0), min(high * 1.03, 400.0)


def _verdict_colour(code: str, style: Style) -> str:
    t = style.tokens
    return {"higher": t.ratio_high, "lower": t.ratio_low}.get(code, t.similar)


def _bars(c: Column, places: dict[int, float], style: Style) -> list[dict[str, Any]]:
    m, bars = c.measured, []
    for code in dict.fromkeys(c.verdicts):
        x: list[float | None] = []
        y: list[float | None] = []
        for row, place in places.items():
            if c.verdicts[row] == code and np.isfinite(m.lower[row]):
                x += [float(m.lower[row]), float(min(m.upper[row], 1e6)), None]
                y += [place, place, None]
        colour = _verdict_colour(code, style)
        strength = 0.45 if code in ("higher", "lower") else 0.3
        bars.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": y,
                "hoverinfo": "skip",
                "line": {"color": faded(colour, style.tokens.paper, strength), "width": 8},
            }
        )
    return bars


def _dots(answer: SexRatio, c: Column, places: dict[int, float], style: Style) -> dict[str, Any]:
    m = c.measured
    shown = [row for row in places if np.isfinite(m.value[row])]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(m.value[row]) for row in shown],
        "y": [places[row] for row in shown],
        "marker": {
            "size": [13 if row == 0 else 11 for row in shown],
            "opacity": 1,
            "color": [_verdict_colour(c.verdicts[row], style) for row in shown],
        },
        "customdata": [hover_text(answer, c, row) for row in shown],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _forest_lines(c: Column, style: Style) -> list[dict[str, Any]]:
    t = style.tokens
    low, high = c.item.target_range or (103.0, 107.0)
    shapes: list[dict[str, Any]] = [
        {
            "type": "rect",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": low,
            "x1": high,
            "fillcolor": t.grid,
            "opacity": 0.9,
            "line": {"width": 0},
            "layer": "below",
        }
    ]
    shapes += [
        {
            "type": "line",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": line.value,
            "x1": line.value,
            "line": {"color": t.ink, "width": 1.5, "dash": "dot"},
            "layer": "below",
        }
        for line in c.item.thresholds
    ]
    return shapes


def _forest_labels(c: Column, style: Style) -> list[dict[str, Any]]:
    t = style.tokens
    low, high = c.item.target_range or (103.0, 107.0)
    labels = [((low * high) ** 0.5, f"自然范围 {low:g}–{high:g}", "right")]
    labels += [(line.value, f"线 {line.value:g}", "left") for line in c.item.thresholds]
    return [
        {
            "x": float(np.log10(x)),
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": text,
            "xanchor": anchor,
            "showarrow": False,
            "font": {"size": style.axis, "color": t.muted},
        }
        for x, text, anchor in labels
    ]


def _right_column(c: Column, places: dict[int, float], style: Style) -> list[dict[str, Any]]:
    """Return value, interval, births and the verdict's mark in a column of their own."""
    t, m, notes = style.tokens, c.measured, []
    for row, place in places.items():
        if np.isnan(m.value[row]):
            births = "" if np.isnan(m.base[row]) else f"　{words.number_text(m.base[row])} 人"
            text, colour = f"{words.STATE_WORDS[m.state[row]]}{births}", t.muted
        else:
            beyond = c.verdicts[row] in ("higher", "lower")
            mark = f" {words.VERDICT_MARKS[c.verdicts[row]]}{words.VERDICT_WORDS[c.verdicts[row]]}"
            text = (
                f"<b>{words.number_text(m.value[row])}</b>"
                f"（{words.number_text(m.lower[row])}–{words.number_text(m.upper[row])}）"
                f"{words.number_text(m.base[row])} 人{mark if beyond else ''}"
            )
            colour = t.muted if c.grey(row) and not beyond else t.ink
        notes.append(
            {
                "x": 1,
                "xref": "paper",
                "y": place,
                "text": text,
                "showarrow": False,
                "xanchor": "left",
                "xshift": 10,
                "font": {"size": style.label, "color": colour},
            }
        )
    return notes
