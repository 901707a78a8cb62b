"""Texts of a slide as its XML: runs in the template's fonts, lines of a set height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls

from shortplank.names import printable
from shortplank.papers.deck.room import ENDS, PT, SIDES, SPACING, Box

# The template's own colours: text, text that stands back.
INK, MUTED = "tx1", "tx2"


@dataclass(frozen=True)
class Run:
    """A text in one look; ``colour`` is #RRGGBB or one of the template's, "" for its own."""

    text: str
    size: float
    bold: bool = False
    colour: str = ""


Line = Sequence[Run]


def fill_xml(colour: str) -> str:
    """Return a solid fill: #RRGGBB, or a colour of the template."""
    if colour.startswith("#"):
        return f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
    return f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>' if colour else ""


def line_xml(line: Line, align: str = "l", spacing: float = SPACING) -> str:
    """Return a paragraph; its height is that of its largest run whatever the font."""
    tall = max((run.size for run in line), default=12)
    runs = "".join(_run_xml(run) for run in line)
    return (
        f'<a:p><a:pPr marL="0" indent="0" algn="{align}" hangingPunct="0"><a:lnSpc><a:spcPts '
        f'val="{round(tall * spacing * 100)}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
        f'<a:spcAft><a:spcPts val="0"/></a:spcAft><a:buNone/></a:pPr>{runs}'
        f'<a:endParaRPr lang="zh-CN" sz="{round(tall * 100)}"/></a:p>'
    )


def _run_xml(run: Run) -> str:
    parts = printable(run.text).split("\n")
    look = (
        f'<a:rPr lang="zh-CN" altLang="en-US" sz="{round(run.size * 100)}" b="{int(run.bold)}" '
        f'dirty="0">{fill_xml(run.colour)}</a:rPr>'
    )
    broken = f"<a:br>{look}</a:br>"
    return broken.join(f"<a:r>{look}<a:t>{escape(part)}</a:t></a:r>" for part in parts)


def body_xml(
    lines: Sequence[Line],
    *,
    anchor: str,
    align: str = "l",
    sides: int = SIDES,
    spacing: float = SPACING,
) -> str:
    """Return a shape's text: it wraps, and stands at its own size."""
    wrapped = "".join(line_xml(line, align, spacing) for line in lines) or "<a:p/>"
    return (
        f'<p:txBody {nsdecls("p", "a")}><a:bodyPr wrap="square" lIns="{sides}" tIns="{ENDS}" '
        f'rIns="{sides}" bIns="{ENDS}" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{wrapped}</p:txBody>"
    )


def place_xml(box: Box) -> str:
    """Return where a shape stands."""
    return (
        f'<a:xfrm><a:off x="{box.left}" y="{box.top}"/>'
        f'<a:ext cx="{box.width}" cy="{box.height}"/></a:xfrm>'
    )


def add_text(
    slide: Any,
    name: str,
    lines: Sequence[Line],
    box: Box,
    *,
    anchor: str = "t",
    align: str = "l",
    fill: str = "",
    sides: int = SIDES,
    slot: str = "",
    spacing: float = SPACING,
) -> None:
    """Write lines into a shape of their own; ``slot`` is the XML of the placeholder that it is."""
    kind = "" if slot else ' txBox="1"'
    locks = f"<p:cNvSpPr{kind}>" + ('<a:spLocks noGrp="1"/>' if slot else "") + "</p:cNvSpPr>"
    filled = fill_xml(fill) or ("" if slot else "<a:noFill/>")
    shape = (
        f"<p:sp {nsdecls('p', 'a')}><p:nvSpPr>"
        f"<p:cNvPr id={quoteattr(str(next_id(slide)))} name={quoteattr(printable(name))}/>{locks}"
        f"<p:nvPr>{slot}</p:nvPr></p:nvSpPr><p:spPr>{place_xml(box)}"
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{filled}</p:spPr>'
        f"{body_xml(lines, anchor=anchor, align=align, sides=sides, spacing=spacing)}</p:sp>"
    )
    slide.shapes._spTree.append(parse_xml(shape))


def next_id(slide: Any) -> int:
    """Return an id that no shape of the slide has."""
    found = (element.get("id") for element in slide.shapes._spTree.iter("{*}cNvPr"))
    return 1 + max((int(each) for each in found if each), default=1)


def describe(frame: Any, name: str, text: str) -> None:
    """Give a chart or table its name and what it shows, for who cannot see it."""
    about = frame._element.nvGraphicFramePr.cNvPr
    about.set("name", printable(name))
    about.set("descr", printable(text))


def points(size: float) -> int:
    """Return points as EMU."""
    return int(size * PT)
