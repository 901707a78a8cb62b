"""Slides in HTML: boxes where they stand, tables with their fills, charts from their values."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pptx import Presentation
from pptx.util import Emu, Pt

from shortplank.frame.html import joined
from shortplank.papers.shown.charts import chart_svg
from shortplank.papers.shown.colours import A, colour_in, colours_of, filled

_SLIDE = (
    '<div class="slide" style="position:relative;aspect-ratio:{wide}/{high};background:{paper};'
    'color:{ink};border:1px solid #C9CDD3;overflow:hidden;container-type:inline-size">'
    "{body}</div>"
)
_BOX = (
    '<div style="position:absolute;left:{left:.3f}%;top:{top:.3f}%;width:{width:.3f}%;'
    'height:{height:.3f}%;{more}">{body}</div>'
)
_TITLE, _BODY = 28.0, 18.0
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_ALIGNED = {"ctr": "center", "r": "right", "just": "justify"}


@dataclass(frozen=True)
class _Show:
    """What a slide's shapes are measured and coloured by."""

    wide: int
    high: int
    colours: Mapping[str, str]


def slide_pages(data: bytes) -> list[Markup]:
    """Return each slide of a deck as a box that keeps its shape at any width."""
    show = Presentation(io.BytesIO(data))
    known = {id(m._element): colours_of(m) for m in show.slide_masters}
    return [
        _slide(
            _Show(
                int(show.slide_width or 0),
                int(show.slide_height or 0),
                known[id(slide.slide_layout.slide_master._element)],
            ),
            slide,
        )
        for slide in show.slides
    ]


def _slide(show: _Show, slide: Any) -> Markup:
    layout = slide.slide_layout
    plain = layout._element.get("showMasterSp") == "0"
    behind = (
        shape
        for part in ((layout,) if plain else (layout.slide_master, layout))
        for shape in part.shapes
        if not shape.is_placeholder
    )
    body = joined(_shape(show, shape) for shape in (*behind, *slide.shapes))
    return Markup(_SLIDE).format(
        wide=show.wide,
        high=show.high,
        paper=_paper(show, slide),
        ink=show.colours.get("tx1") or "#1B1F24",
        body=body,
    )


def _paper(show: _Show, slide: Any) -> str:
    """Return the colour behind a slide: its own, its layout's or its master's."""
    layout = slide.slide_layout
    for part in (slide, layout, layout.slide_master):
        for found in part._element.findall(f"{_P}cSld/{_P}bg/{_P}bgPr/{A}solidFill"):
            if colour := colour_in(found, show.colours):
                return colour
    return show.colours.get("bg1") or "#FFFFFF"


def _shape(show: _Show, shape: Any) -> Markup:
    if shape.width is None or shape.left is None:
        return Markup("")
    more = _fill(show, shape._element, "spPr")
    if getattr(shape, "has_table", False) and shape.has_table:
        body = _table(show, shape.table)
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        body = chart_svg(shape.chart, show.colours, Emu(shape.width).pt, Emu(shape.height).pt)
    elif shape.has_text_frame:
        body = joined(_lines(show, shape))
        anchor = next(shape._element.iter(f"{A}bodyPr"), None)
        if anchor is not None and anchor.get("anchor") == "ctr":
            more += "display:flex;flex-direction:column;justify-content:center;"
    else:
        body = Markup("")
    return Markup(_BOX).format(
        left=100 * shape.left / show.wide,
        top=100 * shape.top / show.high,
        width=100 * shape.width / show.wide,
        height=100 * shape.height / show.high,
        more=Markup(more),
        body=body,
    )


def _fill(show: _Show, element: Any, name: str) -> str:
    """Return the style of a shape's or a cell's own fill, "" where it has none of one colour."""
    found = next((each for each in element.iter() if _named(each) == name), None)
    colour = filled(found, show.colours)
    return f"background:{colour};" if colour else ""


def _named(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _lines(show: _Show, shape: Any) -> Iterator[Markup]:
    first = _TITLE if shape.is_placeholder and shape.placeholder_format.idx == 0 else _BODY
    size, colour = _inherited(show, shape)
    for line in shape.text_frame.paragraphs:
        yield _paragraph(show, line, size or first, colour)


def _paragraph(show: _Show, line: Any, usual: float, colour: str = "") -> Markup:
    runs = []
    for run in line.runs:
        size = run.font.size.pt if run.font.size else usual
        own = filled(run._r.find(f"{A}rPr"), show.colours) or colour
        style = f"font-size:{100 * Pt(size) / show.wide:.3f}cqw;"
        style += "font-weight:700;" if run.font.bold else ""
        style += f"color:{own};" if own else ""
        runs.append(Markup('<span style="{}">{}</span>').format(Markup(style), run.text))
    look = line._p.find(f"{A}pPr")
    align = _ALIGNED.get("" if look is None else look.get("algn") or "", "left")
    return Markup('<div style="line-height:1.3;text-align:{}">{}</div>').format(
        align, joined(runs) or Markup("&nbsp;")
    )


def _inherited(show: _Show, shape: Any) -> tuple[float | None, str]:
    """Return the size, in points, and the colour that a placeholder has from its layout."""
    size, colour = None, ""
    if not shape.is_placeholder:
        return size, colour
    number = shape.placeholder_format.idx
    layout = shape.part.slide_layout
    looks = [
        level.find(f"{A}defRPr")
        for part in (layout, layout.slide_master)
        for other in part.placeholders
        if other.placeholder_format.idx == number
        for level in other._element.iter(f"{A}lvl1pPr")
    ]
    for look in looks:
        if look is not None:
            size = size or (int(look.get("sz")) / 100 if look.get("sz") else None)
            colour = colour or filled(look, show.colours)
    return size, colour


def _table(show: _Show, table: Any) -> Markup:
    rows = []
    whole = sum(column.width for column in table.columns)
    widths = [
        Markup('<col style="width:{:.2f}%">').format(100 * c.width / whole) for c in table.columns
    ]
    for row in table.rows:
        cells = [
            Markup('<td style="padding:0 .6cqw;vertical-align:middle;{}"{}>{}</td>').format(
                Markup(_fill(show, cell._tc, "tcPr")),
                Markup(f' colspan="{cell.span_width}"') if cell.is_merge_origin else "",
                joined(_paragraph(show, line, 14.0) for line in cell.text_frame.paragraphs),
            )
            for cell in row.cells
            if not cell.is_spanned
        ]
        high = 100 * row.height / show.wide
        rows.append(Markup('<tr style="height:{:.3f}cqw">{}</tr>').format(high, joined(cells)))
    return Markup(
        '<table style="width:100%;border-collapse:collapse;table-layout:fixed">{}{}</table>'
    ).format(joined(widths), joined(rows))
