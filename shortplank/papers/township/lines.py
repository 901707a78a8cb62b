"""Twenty-four months as a native line chart: its part, and the workbook that holds its figures."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date
from html import escape

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.parts.document import DocumentPart

from shortplank.drawing.table_book import new_book
from shortplank.drawing.theme import LIGHT
from shortplank.names import printable
from shortplank.papers.township.told import Curve, Drawn

_EMU = 12_700
_SHEET = "数据"
_DATES = "yyyy\\-mm"
_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
# Colour, width in points and dashes of a line by its role.
_LOOKS = {
    "own": (LIGHT.ink, 2.25, ""),
    "county": (LIGHT.similar, 1.25, ""),
    "target": (LIGHT.ink, 1.0, "sysDash"),
}
_MOST_TICKS = 4
# The plot takes the whole chart: its words stand beside it as the document's own, since office
# programs scale the type within a chart each in their way.
_LAYOUT = (
    '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
    '<c:yMode val="edge"/><c:x val="0.005"/><c:y val="0.02"/><c:w val="0.985"/>'
    '<c:h val="0.96"/></c:manualLayout></c:layout>'
)


def chart_xml(part: DocumentPart, curve: Curve, number: int, width: float, height: float) -> str:
    """Return an in-line chart, its parts added to the document's; ``number`` is its own."""
    package = part.package
    assert package is not None
    book = Part(
        PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"),
        CONTENT_TYPE.SML_SHEET,
        _book(curve),
        package,
    )
    made = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, b"", package)
    held = made.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    made._blob = _space(curve, held).encode()
    key = part.relate_to(made, RELATIONSHIP_TYPE.CHART)
    size = f'cx="{round(width * _EMU)}" cy="{round(height * _EMU)}"'
    return (
        '<w:drawing xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{10_000 + number}" name="走势 {number}" '
        f'descr="{escape(printable(curve.about))}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart {_SPACES} r:id="{key}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def _book(curve: Curve) -> bytes:
    """Return the workbook behind a chart: months down, a column a line."""
    sink = io.BytesIO()
    book = new_book(sink)
    sheet = book.add_worksheet(_SHEET)
    sheet.write_string(0, 0, "月份")
    days = book.add_format({"num_format": _DATES})
    for at, month in enumerate(curve.months, start=1):
        sheet.write_number(at, 0, _serial(month), days)
    for column, drawn in enumerate(curve.lines, start=1):
        sheet.write_string(0, column, printable(drawn.name))
        for at, value in enumerate(drawn.values, start=1):
            if not math.isnan(value):
                sheet.write_number(at, column, value)
    book.close()
    return sink.getvalue()


def ticks(values: Sequence[float]) -> tuple[float, float, float]:
    """Return where an axis begins and ends, and its step: round numbers around the values.

    >>> ticks([81.2, 85.0]), ticks([5.0]), ticks([])
    ((81.0, 85.0, 1.0), (4.5, 5.5, 0.5), (0.0, 1.0, 1.0))
    """
    if not values:
        return 0.0, 1.0, 1.0
    low, high = min(values), max(values)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    step = next(
        each * 10.0**power
        for power in range(-4, 9)
        for each in (1.0, 2.0, 5.0)
        if math.ceil(high / (each * 10.0**power) - 1e-9)
        - math.floor(low / (each * 10.0**power) + 1e-9)
        <= _MOST_TICKS
    )
    bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return round(bottom, 6), round(top, 6), step


def axis_of(curve: Curve) -> tuple[float, float, float]:
    """Return where the axis of a chart begins and ends, and its step."""
    known = [value for drawn in curve.lines for value in drawn.values if not math.isnan(value)]
    return ticks(known)


def places_of(step: float) -> int:
    """Return how many decimals an axis of a step needs.

    >>> places_of(2.0), places_of(0.5), places_of(0.02)
    (0, 1, 2)
    """
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _space(curve: Curve, held: str) -> str:
    low, high, step = axis_of(curve)
    places = places_of(step)
    series = "".join(_series(curve, at) for at in range(len(curve.lines)))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {_SPACES}>'
        '<c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/>'
        f'<c:plotArea>{_LAYOUT}<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
        f'{series}<c:marker val="1"/><c:axId val="101"/><c:axId val="102"/></c:lineChart>'
        '<c:dateAx><c:axId val="101"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="b"/>'
        f'<c:numFmt formatCode="{_DATES}" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        f"<c:spPr>{_stroke(LIGHT.too_few, 0.75)}</c:spPr>"
        '<c:crossAx val="102"/><c:crosses val="min"/><c:auto val="0"/><c:lblOffset val="60"/>'
        f'<c:baseTimeUnit val="months"/><c:majorUnit val="{curve.skip}"/>'
        '<c:majorTimeUnit val="months"/></c:dateAx><c:valAx><c:axId val="102"/>'
        '<c:scaling><c:orientation val="minMax"/>'
        f'<c:max val="{high:g}"/><c:min val="{low:g}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="l"/><c:majorGridlines><c:spPr>{_stroke(LIGHT.grid, 0.5)}</c:spPr>'
        f'</c:majorGridlines><c:numFmt formatCode="{"0." + "0" * places if places else "0"}" '
        'sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="none"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
        '<c:crossAx val="101"/><c:crosses val="autoZero"/>'
        f'<c:crossBetween val="midCat"/><c:majorUnit val="{step:g}"/></c:valAx>'
        "<c:spPr><a:noFill/></c:spPr></c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'<c:externalData r:id="{held}"><c:autoUpdate val="0"/>'
        "</c:externalData></c:chartSpace>"
    )


def _series(curve: Curve, at: int) -> str:
    drawn = curve.lines[at]
    column, last = chr(ord("B") + at), len(curve.months) + 1
    _, thick, dashes = _LOOKS[drawn.role]
    colour = colour_of(curve, drawn)
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:strRef>'
        f"<c:f>{_SHEET}!${column}$1</c:f>{_texts([drawn.name])}</c:strRef></c:tx>"
        f'<c:spPr>{_stroke(colour, thick, dashes)}</c:spPr><c:marker><c:symbol val="none"/>'
        f"</c:marker>{_mark(drawn, colour)}<c:cat><c:numRef>"
        f"<c:f>{_SHEET}!$A$2:$A${last}</c:f><c:numCache><c:formatCode>{_DATES}</c:formatCode>"
        f"{_days(curve.months)}</c:numCache></c:numRef></c:cat><c:val><c:numRef>"
        f"<c:f>{_SHEET}!${column}$2:${column}${last}</c:f>"
        f"<c:numCache><c:formatCode>General</c:formatCode>{_points(drawn)}</c:numCache>"
        '</c:numRef></c:val><c:smooth val="0"/></c:ser>'
    )


def colour_of(curve: Curve, drawn: Drawn) -> str:
    """Return a line's colour; the township's own is the chart's."""
    return curve.colour if drawn.role == "own" else _LOOKS[drawn.role][0]


def _points(drawn: Drawn) -> str:
    return f'<c:ptCount val="{len(drawn.values)}"/>' + "".join(
        f'<c:pt idx="{at}"><c:v>{value!r}</c:v></c:pt>'
        for at, value in enumerate(drawn.values)
        if not math.isnan(value)
    )


def _mark(drawn: Drawn, colour: str) -> str:
    """Return the mark at the township's newest month."""
    known = [at for at, value in enumerate(drawn.values) if not math.isnan(value)]
    if drawn.role != "own" or not drawn.newest or not known:
        return ""
    last = known[-1]
    ground = f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
    return (
        f'<c:dPt><c:idx val="{last}"/><c:marker><c:symbol val="circle"/><c:size val="6"/>'
        f'<c:spPr>{ground}<a:ln><a:noFill/></a:ln></c:spPr></c:marker><c:bubble3D val="0"/>'
        f"<c:spPr>{_stroke(colour, _LOOKS['own'][1])}</c:spPr></c:dPt>"
    )


def _days(months: Sequence[date]) -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{_serial(month)}</c:v></c:pt>' for at, month in enumerate(months)
    )
    return f'<c:ptCount val="{len(months)}"/>{points}'


def _serial(day: date) -> int:
    """Return a day as sheets count it.

    >>> _serial(date(2010, 5, 1))
    40299
    """
    return day.toordinal() - date(1899, 12, 30).toordinal()


def _texts(texts: Sequence[str]) -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(printable(text))}</c:v></c:pt>'
        for at, text in enumerate(texts)
    )
    return f'<c:strCache><c:ptCount val="{len(texts)}"/>{points}</c:strCache>'


def _stroke(colour: str, thick: float, dashes: str = "") -> str:
    dash = f'<a:prstDash val="{dashes}"/>' if dashes else ""
    return (
        f'<a:ln w="{round(thick * _EMU)}" cap="rnd"><a:solidFill><a:srgbClr val="{colour[1:]}"/>'
        f"</a:solidFill>{dash}<a:round/></a:ln>"
    )
