"""Native charts as their XML: lines, columns, bands, error bars and labels at the line's end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.enum.chart import XL_CHART_TYPE

from shortplank.drawing.labels import spread
from shortplank.drawing.table_book import new_book
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable
from shortplank.papers.deck.room import PT, Box
from shortplank.papers.deck.shapes import INK, MUTED, describe, fill_xml

Values = Sequence[float | None]
# Sizes of type: at marks and axes, and the least where many names stand side by side.
LABEL, SMALL = 14, 12
_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_AXES = '<c:axId val="111"/><c:axId val="222"/>'


@dataclass(frozen=True)
class Label:
    """A text at a mark, on one of its sides (r, l, t, b), moved by a share of the chart."""

    text: str
    side: str = "r"
    colour: str = INK
    bold: bool = False
    up: float = 0.0
    size: int = LABEL
    form: str = ""
    """The number format of a label that is the point's own value and has no text, else ""."""
    filled: bool = False
    """Whether it covers what it stands on."""


@dataclass(frozen=True)
class Series:
    """One series: how it is drawn (line, column, band), and what stands at single points of it."""

    name: str
    values: Values
    colour: str = INK
    kind: str = "line"
    width: float = 2.25
    """The line's width in points, 0 for marks without a line."""
    dash: str = "solid"
    mark: str = "none"
    size: int = 7
    points: Mapping[int, str] = field(default_factory=dict)
    """The colours of single columns."""
    labels: Mapping[int, Label] = field(default_factory=dict)
    shown: str = ""
    """The number format of labels at all points, "" for none."""
    bar: tuple[str, float] = (LIGHT.similar, 1.75)
    """The colour and width of error bars."""
    capped: bool = True
    spans: tuple[Values, Values] | None = None
    """The lower and upper end of each point's interval, drawn as error bars."""
    open: bool = False
    """Whether marks are rings."""


@dataclass(frozen=True)
class Axis:
    """The value axis and the names below: its ends, its numbers' format, the names' size."""

    low: float | None = None
    high: float | None = None
    unit: float | None = None
    form: str = "General"
    hidden: bool = False
    names: int = LABEL
    """The size of the categories' names, 0 where they are not written."""
    upright: bool = False
    skip: int = 1
    inner: tuple[float, float, float, float] | None = None
    """The plot's place within the chart as shares: left, top, width, height."""
    gap: int = 40


def add_chart(
    slide: Any,
    box: Box,
    names: Sequence[str],
    series: Sequence[Series],
    axis: Axis,
    *,
    title: str,
    about: str,
) -> Any:
    """Put a native chart on a slide, with its figures in its own workbook."""
    data = _Data(series, axis)
    data.categories = [printable(name) for name in names]
    for each in series:
        data.add_series(printable(each.name), each.values)
    for each in series:
        for side, ends in zip(("下", "上"), _reaches(each), strict=False):
            data.add_series(printable(f"{each.name}{side}误差"), ends)
    place = (box.left, box.top, box.width, box.height)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data)
    describe(frame, title, about)
    return frame


def nice(
    values: Sequence[float | None], *, most: float | None = None
) -> tuple[float, float, float]:
    """Return a value axis that holds the values: low, high, and the step between its lines.

    >>> nice([78.2, 85.0]), nice([0.1, 0.4])
    ((76.0, 86.0, 2.0), (0.0, 0.5, 0.1))
    """
    known = [v for v in values if v is not None and not math.isnan(v)] or [0.0, 1.0]
    low, high = min(known), max(known)
    reach = (high - low) or max(abs(high), 1.0) * 0.1
    raw = reach / 5
    tens = 10.0 ** math.floor(math.log10(raw))
    step = next(tens * n for n in (1, 2, 5, 10) if tens * n >= raw * 0.999)
    first = math.floor((low - 0.08 * reach) / step) * step
    last = math.ceil((high + 0.08 * reach) / step) * step
    first = max(first, 0.0) if low >= 0 else first
    if most is not None and high <= most:
        last = min(last, most)
    return round(first, 9), round(last, 9), round(step, 9)


def end_ups(values: Sequence[float], axis: Axis, tall: int, size: int = LABEL) -> list[float]:
    """Return by what share of a chart labels at a line's end move so that none is on another."""
    low, high = axis.low or 0.0, axis.high or 1.0
    share = axis.inner[3] if axis.inner else 0.8
    line = 1.35 * size * PT / (tall * share) * (high - low)
    order = sorted(range(len(values)), key=lambda at: values[at])
    moved = spread([values[at] for at in order], line)
    ups = [0.0] * len(values)
    for at, place in zip(order, moved, strict=True):
        ups[at] = (place - values[at]) / (high - low) * share
    return ups


def _reaches(each: Series) -> list[Values]:
    """Return how far each point's interval reaches below and above it."""
    if each.spans is None:
        return []
    lower, upper = each.spans
    down = [
        None if v is None or low is None else round(v - low, 6)
        for v, low in zip(each.values, lower, strict=True)
    ]
    up = [
        None if v is None or high is None else round(high - v, 6)
        for v, high in zip(each.values, upper, strict=True)
    ]
    return [down, up]


# --- XML ------------------------------------------------------------------------------------------
class _Data(CategoryChartData):
    """The chart's figures; its XML is ours, since the library has no error bars and no bands."""

    def __init__(self, series: Sequence[Series], axis: Axis) -> None:
        super().__init__()
        self.drawn, self.axis = series, axis

    def xml_bytes(self, chart_type: Any) -> bytes:
        """Return the chart's part."""
        return _chart_xml(self).encode()

    @property
    def _workbook_writer(self) -> Any:
        """Return what writes the chart's workbook: the same bytes from the same figures."""
        return _Book(self)


class _Book(CategoryWorkbookWriter):
    """A chart's workbook, dated as all of ours are."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
        book = new_book(xlsx_file)
        yield book, book.add_worksheet()
        book.close()


def _chart_xml(data: _Data) -> str:
    axis = data.axis
    plots = "".join(
        _plot_xml(data, kind)
        for kind in ("band", "column", "line")
        if any(each.kind == kind for each in data.drawn)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace {_SPACES}><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>'
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{_layout_xml(axis)}{plots}{_names_xml(axis)}'
        f"{_values_xml(axis)}<c:spPr><a:noFill/></c:spPr></c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln>'
        f"<a:noFill/></a:ln></c:spPr>{_type_xml(LABEL, INK)}</c:chartSpace>"
    )


def _layout_xml(axis: Axis) -> str:
    if axis.inner is None:
        return "<c:layout/>"
    x, y, w, h = (round(v, 4) for v in axis.inner)
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/><c:x val="{x}"/><c:y val="{y}"/><c:w val="{w}"/><c:h val="{h}"/>'
        "</c:manualLayout></c:layout>"
    )


def _plot_xml(data: _Data, kind: str) -> str:
    own = [at for at, each in enumerate(data.drawn) if each.kind == kind]
    series = "".join(_series_xml(data, at) for at in own)
    vary = '<c:varyColors val="0"/>'
    if kind == "band":
        return f'<c:areaChart><c:grouping val="stacked"/>{vary}{series}{_AXES}</c:areaChart>'
    if kind == "column":
        gap = f'<c:gapWidth val="{data.axis.gap}"/><c:overlap val="100"/>'
        return (
            f'<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/>{vary}{series}{gap}'
            f"{_AXES}</c:barChart>"
        )
    return (
        f'<c:lineChart><c:grouping val="standard"/>{vary}{series}<c:marker val="1"/>{_AXES}'
        "</c:lineChart>"
    )


def _series_xml(data: _Data, at: int) -> str:
    each, held = data.drawn[at], data[at]
    name = (
        f'<c:tx><c:strRef><c:f>{held.name_ref}</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(held.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
    )
    names = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(str(c.label))}</c:v></c:pt>'
        for i, c in enumerate(data.categories)
    )
    count = len(data.categories)
    categories = (
        f"<c:cat><c:strRef><c:f>{data.categories_ref}</c:f>"
        f'<c:strCache><c:ptCount val="{count}"/>{names}</c:strCache></c:strRef></c:cat>'
    )
    values = f"<c:val>{_numbers_xml(held)}</c:val>"
    head = f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/>{name}'
    labels, bars = _labels_xml(each), _bars_xml(data, at)
    points = _points_xml(each)
    if each.kind == "band":
        fill = fill_xml(each.colour) or "<a:noFill/>"
        look = f"<c:spPr>{fill}<a:ln><a:noFill/></a:ln></c:spPr>"
        return f"{head}{look}{labels}{categories}{values}</c:ser>"
    if each.kind == "column":
        look = f"<c:spPr>{fill_xml(each.colour)}<a:ln><a:noFill/></a:ln></c:spPr>"
        plain = '<c:invertIfNegative val="0"/>'
        return f"{head}{look}{plain}{points}{labels}{bars}{categories}{values}</c:ser>"
    smooth = '<c:smooth val="0"/>'
    look = f"<c:spPr>{_line_xml(each.colour, each.width, each.dash)}</c:spPr>"
    mark = _mark_xml(each)
    return f"{head}{look}{mark}{points}{labels}{bars}{categories}{values}{smooth}</c:ser>"


def _line_xml(colour: str, width: float, dash: str = "solid") -> str:
    if not width:
        return "<a:ln><a:noFill/></a:ln>"
    return (
        f'<a:ln w="{round(width * PT)}" cap="rnd">{fill_xml(colour)}<a:prstDash val="{dash}"/>'
        "<a:round/></a:ln>"
    )


def _mark_xml(each: Series) -> str:
    if each.mark == "none":
        return '<c:marker><c:symbol val="none"/></c:marker>'
    inner = fill_xml(LIGHT.paper if each.open else each.colour)
    return (
        f'<c:marker><c:symbol val="{each.mark}"/><c:size val="{each.size}"/>'
        f'<c:spPr>{inner}<a:ln w="19050">{fill_xml(each.colour)}</a:ln></c:spPr></c:marker>'
    )


def _points_xml(each: Series) -> str:
    """Return the colours of single columns; of lines they are series of their own.

    Not all programs colour a single mark of a line.
    """
    found = []
    for at, colour in sorted(each.points.items()):
        look = (
            f'<c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>{fill_xml(colour)}</c:spPr>'
        )
        found.append(f'<c:dPt><c:idx val="{at}"/>{look}</c:dPt>')
    return "".join(found)


def _labels_xml(each: Series) -> str:
    shows = "".join(
        f'<c:show{what} val="0"/>' for what in ("CatName", "SerName", "Percent", "BubbleSize")
    )
    single = "".join(
        f'<c:dLbl><c:idx val="{at}"/>{_label_xml(label, shows)}</c:dLbl>'
        for at, label in sorted(each.labels.items())
    )
    if not single and not each.shown:
        return ""
    if each.shown:
        side = {"column": "outEnd"}.get(each.kind, "r")
        every = (
            f'<c:numFmt formatCode="{escape(each.shown, {chr(34): "&quot;"})}" sourceLinked="0"/>'
            f"<c:spPr>{fill_xml('bg1')}</c:spPr>{_type_xml(SMALL, INK)}"
            f'<c:dLblPos val="{side}"/><c:showLegendKey val="0"/><c:showVal val="1"/>{shows}'
        )
    else:
        every = f'<c:showLegendKey val="0"/><c:showVal val="0"/>{shows}'
    return f"<c:dLbls>{single}{every}</c:dLbls>"


def _label_xml(label: Label, shows: str) -> str:
    """Return one point's label; one without a text is none."""
    if label.form:
        form = escape(label.form, {'"': "&quot;"})
        return (
            f'{_moved_xml(label)}<c:numFmt formatCode="{form}" sourceLinked="0"/>'
            f"<c:spPr>{fill_xml('bg1')}</c:spPr>{_type_xml(label.size, label.colour)}"
            f'<c:dLblPos val="{label.side}"/><c:showLegendKey val="0"/><c:showVal val="1"/>{shows}'
        )
    if not label.text:
        return '<c:delete val="1"/>'
    behind = f"<c:spPr>{fill_xml('bg1')}</c:spPr>" if label.filled else ""
    return (
        f'{_moved_xml(label)}<c:tx><c:rich><a:bodyPr wrap="none"/>'
        f'<a:p><a:r><a:rPr lang="zh-CN" sz="{label.size * 100}" b="{int(label.bold)}">'
        f"{fill_xml(label.colour)}{_FONTS}</a:rPr>"
        f"<a:t>{escape(printable(label.text))}</a:t></a:r></a:p></c:rich></c:tx>{behind}"
        f'<c:dLblPos val="{label.side}"/><c:showLegendKey val="0"/><c:showVal val="1"/>{shows}'
    )


def _moved_xml(label: Label) -> str:
    if not label.up:
        return ""
    return (
        f'<c:layout><c:manualLayout><c:x val="0"/><c:y val="{round(-label.up, 4)}"/>'
        "</c:manualLayout></c:layout>"
    )


def _bars_xml(data: _Data, at: int) -> str:
    """Return a series' error bars: they stand in the workbook after the series themselves."""
    each = data.drawn[at]
    if each.spans is None:
        return ""
    before = sum(other.spans is not None for other in data.drawn[:at])
    down, up = (data[len(data.drawn) + 2 * before + side] for side in (0, 1))
    line = _line_xml(*each.bar)
    return (
        '<c:errBars><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="{int(not each.capped)}"/><c:plus>{_numbers_xml(up)}</c:plus>'
        f"<c:minus>{_numbers_xml(down)}</c:minus><c:spPr>{line}</c:spPr></c:errBars>"
    )


def _numbers_xml(held: Any) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{value!r}</c:v></c:pt>'
        for i, value in enumerate(held.values)
        if value is not None
    )
    return (
        f"<c:numRef><c:f>{held.values_ref}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(list(held.values))}"/>{points}</c:numCache></c:numRef>'
    )


_FONTS = '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'


def _type_xml(size: int, colour: str, turned: str = "") -> str:
    return (
        f'<c:txPr><a:bodyPr{turned}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size * 100}" b="0">'
        f"{fill_xml(colour)}{_FONTS}</a:defRPr></a:pPr>"
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _names_xml(axis: Axis) -> str:
    turned = ' rot="-5400000" vert="horz"' if axis.upright else ' rot="0" vert="horz"'
    turned = "" if axis.skip > 1 else turned
    written = "low" if axis.names else "none"
    base = "autoZero" if (axis.low or 0.0) < 0 else "min"
    return (
        '<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{written}"/>'
        f"<c:spPr>{_line_xml('#C9D2DC', 0 if axis.hidden else 1)}</c:spPr>"
        f"{_type_xml(axis.names or SMALL, INK, turned)}"
        f'<c:crossAx val="222"/><c:crosses val="{base}"/><c:auto val="1"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="60"/><c:tickLblSkip val="{axis.skip}"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _values_xml(axis: Axis) -> str:
    top = "" if axis.high is None else f'<c:max val="{axis.high!r}"/>'
    floor = "" if axis.low is None else f'<c:min val="{axis.low!r}"/>'
    step = "" if axis.unit is None else f'<c:majorUnit val="{axis.unit!r}"/>'
    lines = f"<c:majorGridlines><c:spPr>{_line_xml(LIGHT.grid, 0.75)}</c:spPr></c:majorGridlines>"
    form = escape(axis.form, {'"': "&quot;"})
    return (
        f'<c:valAx><c:axId val="222"/><c:scaling><c:orientation val="minMax"/>{top}{floor}'
        f'</c:scaling><c:delete val="{int(axis.hidden)}"/><c:axPos val="l"/>'
        f'{"" if axis.hidden else lines}<c:numFmt formatCode="{form}" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_type_xml(LABEL, MUTED)}"
        f'<c:crossAx val="111"/><c:crosses val="min"/><c:crossBetween val="between"/>'
        f"{step}</c:valAx>"
    )
