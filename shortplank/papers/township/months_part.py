"""The two line pictures of a page, each below its finding."""

from __future__ import annotations

from collections.abc import Sequence

from docx.parts.document import DocumentPart

from shortplank.papers.township.blocks import (
    MUTED,
    SMALL,
    Cell,
    Line,
    Row,
    Type,
    cut,
    gap_xml,
    line,
    line_xml,
    picture_xml,
    table_xml,
)
from shortplank.papers.township.lines import axis_of, chart_xml, colour_of, places_of
from shortplank.papers.township.parts import (
    TICK,
    WIDTH,
    Block,
    Limits,
    Numbers,
)
from shortplank.papers.township.told import Curve
from shortplank.wording.numbers import number_text
from shortplank.wording.periods import month_key

# The room of a chart's scale, and of its months.
_SCALE, _MONTHS = 26.0, 11.0


def months_part(
    part: DocumentPart, curves: Sequence[Curve], numbers: Numbers, limits: Limits
) -> Block:
    """Return the line pictures side by side; they take most of what is left."""
    each = WIDTH / len(curves)
    widths = [_SCALE, each - _SCALE - 14, 6.0]
    heads = [_curve_head(curve, each) for curve in curves]
    top = max(sum(line.height(each - 10) for line in head) for head in heads)

    def write(more: float) -> str:
        tall = limits.chart + more
        cells = []
        for curve, head in zip(curves, heads, strict=True):
            gap = top - sum(line.height(each - 10) for line in head)
            drawn = chart_xml(part, curve, numbers.next_chart(), widths[1], tall - 3)
            inner = table_xml(widths, _framed(curve, picture_xml(drawn), tall))
            xml = "".join(map(line_xml, head)) + (gap_xml(gap) if gap > 1 else "") + inner
            below = table_xml((_SCALE, each - _SCALE - 8), [_months(curve, each)])
            cells.append(Cell(xml=xml + gap_xml(1) + below + gap_xml(1), rule="", pad=4))
        return table_xml([each] * len(curves), [(cells, top + tall + _MONTHS + 4)])

    return Block(top + limits.chart + _MONTHS + 4, write, 0.4, 90, grows=True)


def _curve_head(curve: Curve, width: float) -> list[Line]:
    """Return a chart's finding, its sentence, and whose line is whose."""
    key = [
        (f"{'┄' if drawn.role == 'target' else '━'} {drawn.name}　", Type(7.5, True, colour))
        for drawn in curve.lines
        if drawn.named
        for colour in (colour_of(curve, drawn),)
    ]
    title = cut(curve.title, 9, width - 10, 3)
    key.append((curve.scale, Type(7.5, colour=MUTED)))
    return [
        line(title, Type(9, bold=True)),
        line(cut(curve.sentence, 7.5, width - 10, 3), SMALL, before=1),
        Line(tuple(key), before=2),
    ]


def _framed(curve: Curve, picture: str, tall: float) -> list[Row]:
    """Return a chart with the ends of its scale at its left."""
    low, high, step = axis_of(curve)
    ends = [number_text(value, places_of(step)) for value in (high, low)]
    return [
        (
            [
                Cell((line(end, TICK, align="right"),), rule="", stands=stands, pad=2),
                Cell(xml=picture if at == 0 else "", rule="", pad=0, merge=merge),
                Cell(rule=""),
            ],
            tall / 2,
        )
        for at, (end, stands, merge) in enumerate(
            zip(ends, ("top", "bottom"), ("restart", "continue"), strict=True)
        )
    ]


def _months(curve: Curve, width: float) -> Row:
    first, last = (month_key(month) for month in (curve.months[0], curve.months[-1]))
    runs = ((first, TICK), ("\t", TICK), (last, TICK))
    return [Cell(rule=""), Cell((Line(runs, tab=width - _SCALE - 14),), rule="", pad=0)], _MONTHS
