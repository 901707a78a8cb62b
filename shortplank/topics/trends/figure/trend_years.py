"""The statistical years over each other, by month of the year: the same period at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np

from shortplank.drawing.labels import EndLabel, end_labels, number
from shortplank.drawing.picks import pickable
from shortplank.drawing.theme import Style, faded, layout
from shortplank.topics.trends.answer.trend import Trend, YearLine
from shortplank.topics.trends.figure.trend_parts import (
    BOTTOM,
    TOP,
    band_trace,
    beside_label,
    chart_height,
    cut_note,
    hover_text,
    line_trace,
    margins,
    month_picks,
    month_points,
    other_lines,
    range_label,
    range_shape,
    value_axis,
    value_span,
)
from shortplank.wording.numbers import short_value
from shortplank.wording.sides import line_word


def years_figure(answer: Trend, style: Style) -> dict[str, Any]:
    """Return the statistical years by month of the year: this one in ink, earlier ones grey."""
    t, m = style.tokens, answer.series.measured
    height, span = chart_height(style), value_span(answer, [])
    earlier = [year for year in answer.years if not year.current]
    current = [year for year in answer.years if year.current]
    data = [band for year in current for band in _year_band(answer, style, year)]
    data += [line_trace(_year_points(answer, year), other_lines(style), 1.5) for year in earlier]
    data += [_year_hover(answer, style, year) for year in earlier]
    data += [trace for year in current for trace in _current_year(answer, style, year)]
    data += _line_beside(answer, style)
    if answer.target is not None:
        data.append(line_trace(([1, 12], [answer.target.value] * 2), t.muted, 2, "dot"))
    labels = _year_labels(answer, style)
    months = [(answer.year_opens + n - 1) % 12 + 1 for n in range(12)]
    notes = end_labels(labels, span, height - TOP - BOTTOM, style)
    if np.isnan(m.value).all():
        return {"data": [], "layout": layout(style, height=height)}
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=height,
            margin=margins(labels, style),
            xaxis={
                "range": [0.7, 12.15],
                "showgrid": False,
                "tickvals": list(range(1, 13)),
                "ticktext": [f"{month}月" for month in months],
            },
            yaxis=value_axis(answer, span),
            shapes=range_shape(answer, style),
            annotations=[
                *notes,
                *_now_note(answer, style),
                *cut_note(answer, span, [i for y in current for i in y.rows], style),
            ],
            hovermode="closest",
        ),
    }
    places = {i: place for y in answer.years for i, place in zip(y.rows, y.places, strict=True)}
    return pickable(figure, month_picks(answer, places, dots=True), "month")


def _line_beside(answer: Trend, style: Style) -> list[dict[str, Any]]:
    """Return this year's line of the county, or of the median of its peers."""
    beside = answer.beside
    current = next((year.year for year in answer.years if year.current), None)
    if beside is None or current is None:
        return []
    rows = [i for i, year in enumerate(beside.years) if year == current]
    places = [(beside.months[i].month - answer.year_opens) % 12 + 1 for i in rows]
    values = [number(beside.measured.value[i]) for i in rows]
    return [line_trace((places, values), style.tokens.muted, 1.5, "dashdot")]


def _year_points(answer: Trend, year: YearLine) -> tuple[list[Any], list[Any]]:
    values = answer.series.measured.value
    return list(year.places), [number(values[i]) for i in year.rows]


def _year_hover(answer: Trend, style: Style, year: YearLine) -> dict[str, Any]:
    """Return an earlier year's points: small, open where not fully reported."""
    t, series = style.tokens, answer.series
    rows = [
        (i, p)
        for i, p in zip(year.rows, year.places, strict=True)
        if np.isfinite(series.measured.value[i])
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [p for _, p in rows],
        "y": [float(series.measured.value[i]) for i, _ in rows],
        "marker": {
            "size": [4 if series.whole[i] else 8 for i, _ in rows],
            "color": [other_lines(style) if series.whole[i] else t.paper for i, _ in rows],
            "line": {"width": 1.5, "color": t.similar},
            "opacity": 1,
        },
        "customdata": [hover_text(answer, series, i) for i, _ in rows],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _year_band(answer: Trend, style: Style, year: YearLine) -> list[dict[str, Any]]:
    t, m = style.tokens, answer.series.measured
    if np.isnan(m.lower[year.rows]).all():
        return []
    fill = faded(t.similar, t.paper, 0.2)
    return [band_trace(list(year.places), m.lower[year.rows], m.upper[year.rows], fill)]


def _current_year(answer: Trend, style: Style, year: YearLine) -> list[dict[str, Any]]:
    places: list[Any] = [None] * len(answer.series.months)
    for i, place in zip(year.rows, year.places, strict=True):
        places[i] = place
    line = line_trace(_year_points(answer, year), style.tokens.ink, 3)
    return [line, *month_points(answer, style, places, year.rows)]


def _year_labels(answer: Trend, style: Style) -> list[EndLabel]:
    t, values = style.tokens, answer.series.measured.value
    labels = []
    for year in answer.years:
        known = [i for i in year.rows if np.isfinite(values[i])]
        full = bool(known) and year.places[year.rows.index(known[-1])] >= 11
        if full:
            value = float(values[known[-1]])
            text = f"{year.year}　{short_value(answer.item, value)}"
            labels.append(
                EndLabel(
                    value,
                    f"<b>{text}</b>" if year.current else text,
                    t.ink if year.current else t.muted,
                )
            )
    if answer.target is not None:
        labels.append(
            EndLabel(
                answer.target.value,
                f"{line_word(answer.item)} {answer.target.value:g}",
                t.muted,
            )
        )
    return labels + beside_label(answer, style) + range_label(answer, style)


def _now_note(answer: Trend, style: Style) -> list[dict[str, Any]]:
    """Return this year's label at its last point, with the difference to a year before."""
    t, series, now = style.tokens, answer.series, answer.now
    current = next((year for year in answer.years if year.current), None)
    if now is None or current is None or now not in current.rows:
        return []
    place, value = current.places[current.rows.index(now)], series.measured.value[now]
    if not np.isfinite(value):
        return []
    lines = (
        [] if place >= 11 else [f"<b>{series.years[now]}　{short_value(answer.item, value)}</b>"]
    )
    if answer.change.known:
        lines.append(f"同比 {answer.change.text}")
    if not lines:
        return []
    right = place <= 8
    above = not answer.change.difference < 0  # away from the line of the year before
    return [
        {
            "x": place,
            "y": float(value),
            "text": "<br>".join(lines),
            "showarrow": False,
            "align": "left" if right else "right",
            "xanchor": "left" if right else "right",
            "xshift": 14 if right else -14,
            "yanchor": "bottom" if above else "top",
            "yshift": 10 if above else -10,
            "bgcolor": t.paper,
            "opacity": 0.94,
            "font": {"size": style.label, "color": t.ink},
        }
    ]
