"""What the pictures of a trend share: scale, lines, bands, points and what a hover says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from shortplank.catalogue.models import Indicator, Window
from shortplank.drawing.labels import EndLabel, number, width
from shortplank.drawing.picks import Pick, hover, says
from shortplank.drawing.theme import SYMBOLS, Style, faded
from shortplank.reading.measured import Floats
from shortplank.reading.series import Series, reports_text
from shortplank.topics.trends.answer.control import Control
from shortplank.topics.trends.answer.trend import Trend
from shortplank.wording.limits import BAND_CUT, rule_text
from shortplank.wording.naming import home_whole
from shortplank.wording.numbers import counts_text, interval_text, short_value, value_text
from shortplank.wording.periods import month_key, when_text

TOP, BOTTOM, LEFT = 26, 40, 62


def chart_height(style: Style) -> int:
    return 640 if style.present else 400


def value_axis(answer: Trend, span: list[float]) -> dict[str, Any]:
    suffix = answer.item.unit if answer.item.unit in ("%", "‰") else ""
    return {"range": span, "ticksuffix": suffix, "nticks": 7}


def value_span(answer: Trend, extra: list[Floats]) -> list[float]:
    """Return the axis: all values, lines and targets; wide intervals may be cut (`cut_note`)."""
    m = answer.series.measured
    parts = [m.value, *extra, np.array([target.value for target in answer.targets.values()])]
    if answer.target is not None:
        parts.append(np.array([answer.target.value]))
    if answer.beside is not None:
        parts.append(answer.beside.measured.value)
    if answer.item.target_range:
        parts.append(np.array(answer.item.target_range))
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    if not values.size:
        return [0.0, 1.0]
    low, high = float(values.min()), float(values.max())
    room = max(high - low, 0.01 * abs(high), 0.1)
    ends = np.concatenate([m.lower, m.upper])
    ends = ends[np.isfinite(ends)]
    if ends.size and not extra:
        low = max(min(low, float(ends.min())), low - 0.5 * room)
        high = min(max(high, float(ends.max())), high + 0.5 * room)
    room = max(high - low, room)
    bottom = low - 0.06 * room
    if low >= 0 and low < 0.3 * high:
        bottom = 0.0
    return [max(bottom, 0.0) if low >= 0 else bottom, high + 0.08 * room]


def cut_note(
    answer: Trend, span: Sequence[float], rows: Sequence[int], style: Style
) -> list[dict[str, Any]]:
    """Return that the band of some rows runs beyond the picture; nothing where it is all there."""
    m = answer.series.measured
    ends = np.concatenate([m.lower[rows], m.upper[rows]])
    ends = ends[np.isfinite(ends)]
    if not ends.size or (ends.min() >= span[0] and ends.max() <= span[1]):
        return []
    return [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": BAND_CUT,
            "showarrow": False,
            "font": {"size": style.axis, "color": style.tokens.muted},
        }
    ]


def other_lines(style: Style) -> str:
    """Return the grey of the lines that stand behind the one that is looked at."""
    return faded(style.tokens.similar, style.tokens.paper, 0.65)


def broken(
    xs: Sequence[Any], ys: Sequence[Any], begins: Callable[[int], bool]
) -> tuple[list[Any], list[Any]]:
    """Return a line's points with a gap before each that begins anew; no gap before the first.

    >>> broken([1, 2, 3], [5, 6, 1], lambda i: i == 2)
    ([1, 2, None, 3], [5, 6, None, 1])
    """
    points: tuple[list[Any], list[Any]] = ([], [])
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if i and begins(i):
            points[0].append(None)
            points[1].append(None)
        points[0].append(x)
        points[1].append(y)
    return points


def series_line(series: Series, window: Window) -> tuple[list[Any], list[Any]]:
    """Return a series by month: gaps for missing months, and where its sums begin anew."""
    days = [month.isoformat() for month in series.months]
    values = [number(v) for v in series.measured.value]
    return broken(days, values, lambda i: series.restarts(i, window))


def line_trace(
    points: tuple[list[Any], list[Any]], colour: str, width: float, dash: str = "solid"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": points[0],
        "y": points[1],
        "connectgaps": False,
        "hoverinfo": "skip",
        "line": {"color": colour, "width": width, "dash": dash},
    }


def band_trace(
    xs: list[Any], lower: Floats, upper: Floats, fill: str, parts: list[int] | None = None
) -> dict[str, Any]:
    """Return a filled band; it stops where a limit is unknown or another part begins."""
    runs: list[list[int]] = []
    for i in range(len(xs)):
        if not (np.isfinite(lower[i]) and np.isfinite(upper[i])):
            continue
        fresh = not runs or runs[-1][-1] != i - 1 or (parts and parts[i] != parts[i - 1])
        runs.append([i]) if fresh else runs[-1].append(i)
    x: list[Any] = []
    y: list[Any] = []
    for run in runs:
        x += [*(xs[i] for i in run), *(xs[i] for i in reversed(run)), None]
        y += [*(float(upper[i]) for i in run), *(float(lower[i]) for i in reversed(run)), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def month_points(
    answer: Trend, style: Style, xs: list[Any], rows: list[int]
) -> list[dict[str, Any]]:
    """Return the months as points: open where not fully reported, marked where a rule fired."""
    t, series = style.tokens, answer.series
    rows = [i for i in rows if np.isfinite(series.measured.value[i])]
    curve = answer.picture == "curve"
    codes = {i: code for i in rows if curve and (code := answer.signal_code(i))}
    colours = [t.verdict(codes[i]) if i in codes else t.ink for i in rows]
    last = rows[-1] if rows else None
    filled = {i for i in rows if series.whole[i] and codes.get(i) not in ("higher", "lower")}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [xs[i] for i in rows],
            "y": [float(series.measured.value[i]) for i in rows],
            "marker": {
                "size": [
                    13 if i in codes else 11 if i == last else 6 if series.whole[i] else 9
                    for i in rows
                ],
                "symbol": [
                    SYMBOLS[codes[i]] if i in codes and series.whole[i] else "circle" for i in rows
                ],
                "color": [
                    c if i in filled else t.paper for i, c in zip(rows, colours, strict=True)
                ],
                "line": {"width": [1 if i in filled else 2 for i in rows], "color": colours},
                "opacity": 1,
            },
            "cliponaxis": False,
            "customdata": [hover_text(answer, series, i) for i in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    ]


class Origin(Protocol):
    """What is known of where a picture's figures come from."""

    @property
    def item(self) -> Indicator: ...
    @property
    def window(self) -> Window: ...
    @property
    def edition(self) -> int: ...


def figure_text(answer: Origin, series: Series, i: int) -> str:
    """Return a month's figure with its interval, its counts and the reports behind it."""
    when = when_text(answer.window, series.months[i], series.years[i])
    return hover(f"{series.name} {when}", figure_told(answer, series, i))


def figure_told(answer: Origin, series: Series, i: int) -> list[str]:
    """Return the same line by line, the value first."""
    item, m = answer.item, series.measured
    parts = [value_text(item, m.value[i])]
    if not np.isnan(m.lower[i]):
        parts.append(f"95% 区间 {interval_text(item, m.lower[i], m.upper[i])}")
    if item.denominator:
        parts.append(counts_text(item, m.x[i], m.n[i]))
    parts.append(
        f"上报/应报 {reports_text(series, i)}" + ("" if series.whole[i] else "（本月未报齐）")
    )
    return parts


def month_picks(
    answer: Trend, places: Mapping[int, float | str], *, dots: bool = False
) -> list[Pick]:
    """Return the months of a line that have a value, each at its place on the axis.

    Where several years lie over each other a month is its dot, else all that is above and below it.
    """
    series, found = answer.series, list[Pick]()
    for i, at in places.items():
        if np.isfinite(series.measured.value[i]):
            when = when_text(answer.window, series.months[i], series.years[i])
            told = says(figure_told(answer, series, i))
            key = month_key(series.months[i])
            value = float(series.measured.value[i])
            up = (value, value) if dots else None
            found.append(Pick(key, f"{series.name} {when}", told, x=(at, at), y=up))
    return found


def origin_text(answer: Origin) -> str:
    """Return edition and source form, the last line of every hover."""
    return f"第{answer.edition}版 · {answer.item.source}"


def hover_text(answer: Trend, series: Series, i: int) -> str:
    """Return a month's figure with all that it rests on."""
    parts, control = [figure_text(answer, series, i)], answer.control
    if isinstance(control, Control) and series is answer.series:
        parts.append(f"界限 {interval_text(answer.item, control.lower[i], control.upper[i])}")
        if control.rules[i]:
            parts.append(rule_text(control.rules[i], control.directions[i]))
    return "<br>".join([*parts, origin_text(answer)])


def margins(labels: list[EndLabel], style: Style) -> dict[str, int]:
    """Return the margins; the right one is as wide as the longest label needs."""
    wide = max((width(each.text) for each in labels), default=0.0)
    right = int(wide * style.label) + 24
    return {"l": LEFT + 16 * style.present, "r": right, "t": TOP, "b": BOTTOM}


def beside_label(answer: Trend, style: Style) -> list[EndLabel]:
    """Return the label of the line beside: the county, or the median of its peers."""
    beside = answer.beside
    if beside is None or not beside.months or not np.isfinite(beside.measured.value[-1]):
        return []
    value = float(beside.measured.value[-1])
    name = home_whole() if beside.code else beside.name
    text = f"{name} {short_value(answer.item, value)}"
    return [EndLabel(value, text, style.tokens.muted)]


def range_label(answer: Trend, style: Style) -> list[EndLabel]:
    if not answer.item.target_range:
        return []
    low, high = answer.item.target_range
    word = "自然范围" if answer.item.interval == "srb" else "合理范围"
    return [EndLabel((low + high) / 2, f"{word} {low:g}–{high:g}", style.tokens.muted)]


def range_shape(answer: Trend, style: Style) -> list[dict[str, Any]]:
    if not answer.item.target_range:
        return []
    low, high = answer.item.target_range
    return [
        {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": low,
            "y1": high,
            "fillcolor": style.tokens.muted,
            "opacity": 0.2,
            "line": {"width": 0},
            "layer": "above",
        }
    ]
