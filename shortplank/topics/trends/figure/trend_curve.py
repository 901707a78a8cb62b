"""The months in a row, with limits or intervals, target steps and events."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from shortplank.drawing.labels import EndLabel, end_labels, number
from shortplank.drawing.picks import pickable
from shortplank.drawing.theme import Style, faded, layout
from shortplank.reading.measured import Floats
from shortplank.reading.series import Series
from shortplank.topics.trends.answer.control import Control
from shortplank.topics.trends.answer.trend import Trend
from shortplank.topics.trends.figure.trend_parts import (
    BOTTOM,
    TOP,
    band_trace,
    beside_label,
    broken,
    chart_height,
    cut_note,
    line_trace,
    margins,
    month_picks,
    month_points,
    other_lines,
    range_label,
    range_shape,
    series_line,
    value_axis,
    value_span,
)
from shortplank.wording.numbers import number_text, short_value
from shortplank.wording.periods import month_text
from shortplank.wording.sides import line_word

MOST_TICKS = 9


def curve_figure(answer: Trend, style: Style) -> dict[str, Any]:
    """Return the line over all months, with limits or intervals, target steps and open months."""
    t, series = style.tokens, answer.series
    height = chart_height(style)
    lines = _control_lines(answer)
    span = value_span(answer, lines)
    xs = [day.isoformat() for day in series.months]
    data = [*_bands(answer, style, xs), *_line_beside(answer, style)]
    data += _target_steps(answer, style, xs)
    data.append(line_trace(series_line(series, answer.window), t.ink, 2.5))
    data += month_points(answer, style, xs, list(range(len(xs))))
    labels = _curve_labels(answer, style)
    figure = {
        "data": data,
        "layout": layout(
            style,
            height=height,
            margin=margins(labels, style),
            xaxis={
                "type": "date",
                "showgrid": False,
                "range": _date_span(series.months),
                **_month_ticks(series.months, answer.year_opens),
            },
            yaxis=value_axis(answer, span),
            shapes=range_shape(answer, style) + _event_lines(answer, style),
            annotations=[
                *end_labels(labels, span, height - TOP - BOTTOM, style),
                *_silent_marks(series, style, xs),
                *_event_names(answer, style),
                *([] if lines else cut_note(answer, span, range(len(xs)), style)),
            ],
            hovermode="closest",
        ),
    }
    return pickable(figure, month_picks(answer, dict(enumerate(xs))), "month")


def _date_span(months: list[date]) -> list[str]:
    def moved(day: date, step: int) -> date:
        index = day.year * 12 + day.month - 1 + step
        return date(index // 12, index % 12 + 1, 1)

    return [moved(months[0], -1).isoformat(), moved(months[-1], 1).isoformat()]


def _month_ticks(months: list[date], first: int) -> dict[str, Any]:
    """Return ticks on the openings of statistical years, and between them where there is room."""
    for step in (1, 2, 3, 6, 12, 24):
        shown = [m for m in months if (m.month - first) % min(step, 12) == 0]
        shown = shown[:: step // 12] if step > 12 else shown
        if len(shown) <= MOST_TICKS:
            break
    return {
        "tickvals": [m.isoformat() for m in shown],
        "ticktext": [month_text(m) for m in shown],
    }


def _control_lines(answer: Trend) -> list[Floats]:
    control = answer.control
    return [control.lower, control.upper] if isinstance(control, Control) else []


def _line_beside(answer: Trend, style: Style) -> list[dict[str, Any]]:
    if answer.beside is None:
        return []
    return [line_trace(series_line(answer.beside, answer.window), other_lines(style), 1.5)]


def _bands(answer: Trend, style: Style, xs: list[Any]) -> list[dict[str, Any]]:
    """Return the limits of single months with their mean, or else the intervals."""
    t, control, m = style.tokens, answer.control, answer.series.measured
    if isinstance(control, Control):
        fill = faded(t.similar, t.paper, 0.13)
        return [
            band_trace(xs, control.lower, control.upper, fill, control.segments),
            line_trace(
                broken(xs, [number(v) for v in control.centre], control.begins), t.muted, 1, "dash"
            ),
        ]
    if np.isnan(m.lower).all():
        return []
    return [
        band_trace(
            xs,
            m.lower,
            m.upper,
            faded(t.similar, t.paper, 0.2),
            answer.series.years if answer.window == "ytd" else None,
        )
    ]


def _target_steps(answer: Trend, style: Style, xs: list[str]) -> list[dict[str, Any]]:
    """Return the target of every statistical year as a step; the card's own where no other is."""
    series = answer.series
    own = answer.target.value if answer.target is not None and not answer.targets else None
    ys: list[float | None] = []
    for year in series.years:
        target = answer.targets.get(year)
        ys.append(target.value if target else own)
    if all(y is None for y in ys):
        return []
    steps = broken(xs, ys, lambda i: ys[i - 1] != ys[i])
    return [line_trace(steps, style.tokens.muted, 2, "dot")]


def _curve_labels(answer: Trend, style: Style) -> list[EndLabel]:
    """Return what stands at the right edge: the line's last value, county, target, limits."""
    t, m, item, control = style.tokens, answer.series.measured, answer.item, answer.control
    now, labels = answer.now, []
    if now is not None and np.isfinite(m.value[now]):
        name = "" if answer.beside is None else f"{answer.area} "
        labels.append(
            EndLabel(float(m.value[now]), f"<b>{name}{short_value(item, m.value[now])}</b>", t.ink)
        )
    labels += beside_label(answer, style)
    if answer.target is not None:
        labels.append(
            EndLabel(
                answer.target.value,
                f"{line_word(answer.item)} {answer.target.value:g}",
                t.muted,
            )
        )
    if isinstance(control, Control) and now is not None:
        for word, line in (
            ("上限", control.upper),
            ("平均", control.centre),
            ("下限", control.lower),
        ):
            value = float(line[now])
            if np.isfinite(value):
                text = f"{word} {number_text(value, min(item.decimals, 1))}"
                labels.append(EndLabel(value, text, t.muted))
    return labels + range_label(answer, style)


def _silent_marks(series: Series, style: Style, xs: list[str]) -> list[dict[str, Any]]:
    """Return the word 未报 at the foot of every month without a report."""
    rows = [i for i, state in enumerate(series.measured.state) if state == "missing"]
    return [
        {
            "x": xs[i],
            "y": 0,
            "yref": "paper",
            "yanchor": "bottom",
            "text": "未报",
            "showarrow": False,
            "font": {"size": style.axis, "color": style.tokens.muted},
        }
        for i in (rows if len(rows) <= 6 else rows[-1:])
    ]


def _event_lines(answer: Trend, style: Style) -> list[dict[str, Any]]:
    return [
        {
            "type": "line",
            "x0": event.month.isoformat(),
            "x1": event.month.isoformat(),
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": {"color": style.tokens.muted, "width": 1, "dash": "dot"},
        }
        for event in answer.events
    ]


def _event_names(answer: Trend, style: Style) -> list[dict[str, Any]]:
    return [
        {
            "x": event.month.isoformat(),
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": mark,
            "showarrow": False,
            "font": {"size": style.axis, "color": style.tokens.muted},
        }
        for mark, event in zip(answer.event_marks, answer.events, strict=True)
    ]
