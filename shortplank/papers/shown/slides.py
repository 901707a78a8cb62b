"""Slides in HTML: boxes where they stand, tables with their fills, charts from their values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from pptx import Presentation
from pptx.util import Pt

from shortplank.frame.html import joined
from shortplank.papers.shown.charts import chart_svg

_SLIDE = (
    '<div class="slide" style="position:relative;aspect-ratio:{wide}/{high};background:#FFFFFF;'
    'color:#1B1F24;border:1px solid #C9CDD3;overflow:hidden;container-type:inline-size">'
    "{body}</div>"
)
_BOX = (
    '<div style="position:absolute;left:{left:.3f}%;top:{top:.3f}%;width:{width:.3f}%;'
    'height:{height:.3f}%;{more}">{body}</div>'
)
_TITLE, _BODY = 28.0, 18.0
_NAMESPACE = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def slide_pages(data: bytes) -> list[Markup]:
    """Return each slide of a deck as a box that keeps its shape at any width."""
    show = Presentation(io.BytesIO(data))
    return [_slide(show, slide) for slide in show.slides]


def _slide(show: Any, slide: Any) -> Markup:
    behind = (
        shape
        for part in (slide.slide_layout.slide_master, slide.slide_layout)
        for shape in part.shapes
        if not shape.is_placeholder
    )
    body = joined(_shape(show, shape) for shape in (*behind, *slide.shapes))
    return Markup(_SLIDE).format(wide=show.slide_width, high=show.slide_height, body=body)


def _shape(show: Any, shape: Any) -> Markup:
    if shape.width is None or shape.left is None:
        return Markup("")
    more = fill_style(shape._element)
    if getattr(shape, "has_table", False) and shape.has_table:
        body = _table(show, shape.table)
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        body = chart_svg(shape.chart)
    elif shape.has_text_frame:
        body = joined(_lines(show, shape))
    else:
        body = Markup("")
    return Markup(_BOX).format(
        left=100 * shape.left / show.slide_width,
        top=100 * shape.top / show.slide_height,
        width=100 * shape.width / show.slide_width,
        height=100 * shape.height / show.slide_height,
        more=Markup(more),
        body=body,
    )


def fill_style(element: Any) -> str:
    """Return the style of a shape's or a cell's own fill, "" where it has none of one colour."""
    for name in ("spPr", "tcPr"):
        for part in element.iter():
            if part.tag.rpartition("}")[2] == name:
                solid = part.find(f"{_NAMESPACE}solidFill/{_NAMESPACE}srgbClr")
                return f"background:#{solid.get('val')};" if solid is not None else ""
    return ""


def _lines(show: Any, shape: Any) -> Iterator[Markup]:
    first = _TITLE if shape.is_placeholder and shape.placeholder_format.idx == 0 else _BODY
    usual = _inherited_size(shape) or first
    for line in shape.text_frame.paragraphs:
        yield _paragraph(show, line, usual)


def _paragraph(show: Any, line: Any, usual: float) -> Markup:
    runs = []
    for run in line.runs:
        size = run.font.size.pt if run.font.size else usual
        style = f"font-size:{100 * Pt(size) / show.slide_width:.3f}cqw;"
        style += "font-weight:700;" if run.font.bold else ""
        style += _colour(run)
        runs.append(Markup('<span style="{}">{}</span>').format(Markup(style), run.text))
    return Markup('<div style="line-height:1.3">{}</div>').format(joined(runs) or Markup("&nbsp;"))


def _colour(run: Any) -> str:
    found = run._r.find(f"{_NAMESPACE}rPr/{_NAMESPACE}solidFill/{_NAMESPACE}srgbClr")
    return f"color:#{found.get('val')};" if found is not None else ""


def _inherited_size(shape: Any) -> float | None:
    """Return the size that a placeholder has from its layout, in points."""
    if not shape.is_placeholder:
        return None
    number = shape.placeholder_format.idx
    layout = shape.part.slide_layout
    for part in (layout, layout.slide_master):
        for other in part.placeholders:
            if other.placeholder_format.idx == number:
                for level in other._element.iter(f"{_NAMESPACE}lvl1pPr"):
                    run = level.find(f"{_NAMESPACE}defRPr")
                    if run is not None and run.get("sz"):
                        return int(run.get("sz")) / 100
    return None


def _table(show: Any, table: Any) -> Markup:
    rows = []
    whole = sum(column.width for column in table.columns)
    widths = [
        Markup('<col style="width:{:.2f}%">').format(100 * c.width / whole) for c in table.columns
    ]
    for row in table.rows:
        cells = [
            Markup('<td style="padding:0 .6cqw;vertical-align:middle;{}"{}>{}</td>').format(
                Markup(fill_style(cell._tc)),
                Markup(f' colspan="{cell.span_width}"') if cell.is_merge_origin else "",
                joined(_paragraph(show, line, 14.0) for line in cell.text_frame.paragraphs),
            )
            for cell in row.cells
            if not cell.is_spanned
        ]
        high = 100 * row.height / show.slide_width
        rows.append(Markup('<tr style="height:{:.3f}cqw">{}</tr>').format(high, joined(cells)))
    return Markup(
        '<table style="width:100%;border-collapse:collapse;table-layout:fixed">{}{}</table>'
    ).format(joined(widths), joined(rows))
