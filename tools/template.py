"""Writes the decks' house template: its master, its five layouts, the palette and the type.

    python -m tools.template

The file is kept as an asset and held by a test; whoever changes the palette writes it anew.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shortplank.drawing.theme import LIGHT, faded

ASSET = Path(__file__).parents[1] / "shortplank/papers/assets/template.pptx"
FONT = "微软雅黑"
CM = 360_000
WIDTH, HEIGHT = 12_192_000, 6_858_000  # 16:9
LEFT, RIGHT = int(1.4 * CM), WIDTH - int(1.4 * CM)
INNER = RIGHT - LEFT
# The cover's night blue: the water's colour mixed into the ink.
DEEP = faded(LIGHT.better, LIGHT.ink, 0.5)
SOFT = faded(LIGHT.water, LIGHT.paper, 0.3)
# The staves of the cover's barrel, as shares of its height; one is short.
STAVES = (
    0.86, 0.93, 0.79, 0.97, 0.88, 0.74, 0.9, 0.95, 0.83, 0.99, 0.7, 0.87, 0.92, 0.42, 0.84, 0.96,
    0.77, 0.91, 0.98, 0.81, 0.89, 0.94, 0.75, 0.9,
)  # fmt: skip
_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_RECT = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument."
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@dataclass(frozen=True)
class Slot:
    """A placeholder: what it is for, its place in cm, its type's size, and how it reads."""

    name: str
    kind: str
    index: int
    box: tuple[float, float, float, float]
    size: int
    prompt: str
    colour: str = "tx1"
    bold: bool = False
    anchor: str = "t"
    align: str = "l"


_ACROSS = INNER / CM
TITLE = Slot(
    "标题", "title", 0, (1.4, 0.04, _ACROSS, 3.34), 28, "结论写在标题里", bold=True, anchor="ctr"
)
SOURCE = Slot("来源", "ftr", 11, (1.4, 18.15, 27.5, 0.75), 12, "来源和版次", "tx2", anchor="ctr")
NUMBER = Slot(
    "页码", "sldNum", 12, (29.9, 18.15, 2.57, 0.75), 12, "", "tx2", anchor="ctr", align="r"
)
SENTENCE = Slot("一句话", "body", 13, (1.4, 15.35, _ACROSS, 2.55), 20, "一句话", anchor="ctr")
PICTURE = Slot("图", "obj", 14, (1.4, 3.75, _ACROSS, 11.4), 20, "图")
TABLE = Slot("表", "obj", 14, (1.4, 3.75, _ACROSS, 11.4), 16, "表")
TEXT = Slot("正文", "body", 13, (1.4, 3.75, _ACROSS, 14.1), 24, "正文")
WHOLE = Slot("表", "obj", 14, (1.4, 3.75, _ACROSS, 14.1), 14, "表")
COVER = (
    Slot("标题", "ctrTitle", 0, (2.4, 2.4, 27.0, 3.3), 44, "标题", "bg1", True, "b"),
    Slot("副标题", "subTitle", 1, (2.4, 5.9, 27.0, 4.2), 24, "副标题", "bg1"),
    Slot("来源", "ftr", 11, (2.4, 10.4, 27.0, 0.9), 14, "来源和版次", "bg1", anchor="ctr"),
)
LAYOUTS: dict[str, tuple[Slot, ...]] = {
    "封面": COVER,
    "一图": (TITLE, PICTURE, SENTENCE, SOURCE, NUMBER),
    "一表": (TITLE, TABLE, SENTENCE, SOURCE, NUMBER),
    "文字": (TITLE, TEXT, SOURCE, NUMBER),
    "附表": (TITLE, WHOLE, SOURCE, NUMBER),
}


# --- shapes ---------------------------------------------------------------------------------------
def _place(box: Sequence[float]) -> str:
    left, top, width, height = (round(v * CM) for v in box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _fill(colour: str) -> str:
    if colour.startswith("#"):
        return f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
    return f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'


def _slot(number: int, slot: Slot) -> str:
    field = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
    run = '<a:rPr lang="zh-CN"/><a:t>'
    text = f"{field}{run}‹#›</a:t></a:fld>" if slot.kind == "sldNum" else ""
    text = text or f"<a:r>{run}{slot.prompt}</a:t></a:r>"
    kind = "" if slot.kind == "obj" else f' type="{slot.kind}"'
    index = f' idx="{slot.index}"' if slot.index else ""
    sized = ' sz="quarter"' if slot.kind in ("ftr", "sldNum") else ""
    level = (
        f'<a:lvl1pPr marL="0" indent="0" algn="{slot.align}"><a:spcBef>'
        f'<a:spcPts val="0"/></a:spcBef>'
        f'<a:buNone/><a:defRPr sz="{slot.size * 100}" b="{int(slot.bold)}">{_fill(slot.colour)}'
        "</a:defRPr></a:lvl1pPr>"
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{slot.name}"/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{kind}{sized}{index}/>'
        f"</p:nvPr></p:nvSpPr><p:spPr>{_place(slot.box)}{_RECT}</p:spPr>"
        f'<p:txBody><a:bodyPr lIns="0" tIns="45720" rIns="0" bIns="45720" anchor="{slot.anchor}">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle>{level}</a:lstStyle><a:p>{text}</a:p>"
        "</p:txBody></p:sp>"
    )


def _rect(number: int, name: str, box: Sequence[float], colour: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr>{_place(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f"{_fill(colour)}<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _tree(shapes: str, background: str = "") -> str:
    group = (
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    )
    back = f"<p:bg><p:bgPr>{_fill(background)}<a:effectLst/></p:bgPr></p:bg>" if background else ""
    return f"{back}<p:spTree>{group}{shapes}</p:spTree>"


def _barrel() -> str:
    """Return the cover's picture: staves with the water at the shortest one's height."""
    wide, tall, floor = WIDTH / CM, 7.0, HEIGHT / CM
    step = wide / len(STAVES)
    short = STAVES.index(min(STAVES))
    water = floor - tall * STAVES[short]
    shapes = []
    for at, share in enumerate(STAVES):
        colour = "accent2" if at == short else "accent6"
        top = floor - tall * share
        # What stands in the water is drawn in the water's colour, so that nothing is seen through.
        box = (at * step, top, step - 0.08, water - top)
        if at != short:
            shapes.append(_rect(20 + at, f"板 {at + 1}", box, colour))
    shapes.append(_rect(60, "水", (0, water, wide, floor - water), "#" + LIGHT.water[1:]))
    box = (short * step, water, step - 0.08, floor - water)
    shapes.append(_rect(61, "短板", box, "accent2"))
    shapes.append(_rect(62, "水位", (0, water - 0.06, wide, 0.12), "accent1"))
    return "".join(shapes)


# --- parts ----------------------------------------------------------------------------------------
def _layout(name: str, slots: Sequence[Slot]) -> str:
    cover = name == "封面"
    drawn = _barrel() + _rect(70, "线", (2.4, 1.9, 3.2, 0.14), "accent1") if cover else ""
    shapes = drawn + "".join(_slot(at, slot) for at, slot in enumerate(slots, start=2))
    hidden = ' showMasterSp="0"' if cover else ""
    kind = ' type="title"' if cover else ""
    return (
        f'{_HEAD}<p:sldLayout {_NAMESPACES}{kind} preserve="1" userDrawn="1"{hidden}>'
        f'<p:cSld name="{name}">{_tree(shapes, DEEP if cover else "")}</p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _master() -> str:
    drawn = (
        _rect(20, "题栏", (0, 0, WIDTH / CM, 3.4), "bg2")
        + _rect(21, "题栏线", (0, 3.4, WIDTH / CM, 0.07), "accent1")
        + _rect(22, "题栏标", (0, 0, 0.45, 3.4), "accent1")
        + _rect(23, "底线", (1.4, 18.05, _ACROSS, 0.03), "#" + LIGHT.grid[1:])
    )
    body = Slot("正文", "body", 1, TEXT.box, 24, "正文")
    slots = "".join(
        _slot(at, slot) for at, slot in enumerate((TITLE, body, SOURCE, NUMBER), start=2)
    )
    listed = "".join(
        f'<p:sldLayoutId id="{2147483649 + at}" r:id="rId{at + 1}"/>' for at in range(len(LAYOUTS))
    )
    colours = {
        "bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2",
        **{f"accent{n}": f"accent{n}" for n in range(1, 7)}, "hlink": "hlink",
        "folHlink": "folHlink",
    }  # fmt: skip
    mapped = " ".join(f'{key}="{value}"' for key, value in colours.items())
    return (
        f"{_HEAD}<p:sldMaster {_NAMESPACES}><p:cSld>{_tree(drawn + slots, 'bg1')}</p:cSld>"
        f"<p:clrMap {mapped}/><p:sldLayoutIdLst>{listed}</p:sldLayoutIdLst><p:txStyles>"
        f"<p:titleStyle>{_levels(28, 'mj', 1)}</p:titleStyle><p:bodyStyle>{_levels(24, 'mn', 9)}"
        f"</p:bodyStyle><p:otherStyle>{_levels(18, 'mn', 9)}</p:otherStyle></p:txStyles>"
        "</p:sldMaster>"
    )


def _levels(size: int, font: str, count: int) -> str:
    return "".join(
        f'<a:lvl{n}pPr marL="{(n - 1) * 360000}" indent="0" algn="l" eaLnBrk="1" hangingPunct="1">'
        f'<a:buNone/><a:defRPr sz="{max(size - 2 * (n - 1), 14) * 100}" kern="1200">'
        f"{_fill('tx1')}"
        f'<a:latin typeface="+{font}-lt"/><a:ea typeface="+{font}-ea"/>'
        f'<a:cs typeface="+{font}-cs"/>'
        f"</a:defRPr></a:lvl{n}pPr>"
        for n in range(1, count + 1)
    )


def _theme() -> str:
    colours = {
        "dk1": LIGHT.ink, "lt1": LIGHT.paper, "dk2": LIGHT.muted, "lt2": SOFT,
        "accent1": LIGHT.better, "accent2": LIGHT.worse, "accent3": LIGHT.similar,
        "accent4": LIGHT.higher, "accent5": LIGHT.lower, "accent6": LIGHT.stave,
        "hlink": LIGHT.better, "folHlink": LIGHT.higher,
    }  # fmt: skip
    scheme = "".join(
        f'<a:{key}><a:srgbClr val="{value[1:]}"/></a:{key}>' for key, value in colours.items()
    )
    font = (
        f'<a:latin typeface="{FONT}"/><a:ea typeface="{FONT}"/><a:cs typeface=""/>'
        f'<a:font script="Hans" typeface="{FONT}"/>'
    )
    plain = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{plain}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'name="短板看板"><a:themeElements><a:clrScheme name="短板看板">{scheme}</a:clrScheme>'
        f'<a:fontScheme name="短板看板"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}'
        f'</a:minorFont></a:fontScheme><a:fmtScheme name="短板看板"><a:fillStyleLst>{plain * 3}'
        f"</a:fillStyleLst><a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}"
        f"</a:effectStyleLst><a:bgFillStyleLst>{plain * 3}</a:bgFillStyleLst></a:fmtScheme>"
        "</a:themeElements></a:theme>"
    )


def _presentation() -> str:
    return (
        f'{_HEAD}<p:presentation {_NAMESPACES} saveSubsetFonts="1"><p:sldMasterIdLst>'
        '<p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
        f'<p:sldSz cx="{WIDTH}" cy="{HEIGHT}"/><p:notesSz cx="6858000" cy="9144000"/>'
        f"<p:defaultTextStyle>{_levels(18, 'mn', 9)}</p:defaultTextStyle></p:presentation>"
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{_HEAD}<Relationships xmlns="{space}">{rows}</Relationships>'


def _content_types(kinds: Mapping[str, str]) -> str:
    rows = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    return (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )


def parts() -> dict[str, str]:
    """Return the template's parts by their names in the package."""
    kinds = {
        "ppt/presentation.xml": f"{_TYPES}presentationml.presentation.main+xml",
        "ppt/slideMasters/slideMaster1.xml": f"{_TYPES}presentationml.slideMaster+xml",
        "ppt/theme/theme1.xml": f"{_TYPES}theme+xml",
    }
    texts = {
        "ppt/presentation.xml": _presentation(),
        "ppt/slideMasters/slideMaster1.xml": _master(),
        "ppt/theme/theme1.xml": _theme(),
    }
    layouts = []
    for at, (name, slots) in enumerate(LAYOUTS.items(), start=1):
        part = f"ppt/slideLayouts/slideLayout{at}.xml"
        kinds[part] = f"{_TYPES}presentationml.slideLayout+xml"
        texts[part] = _layout(name, slots)
        texts[f"ppt/slideLayouts/_rels/slideLayout{at}.xml.rels"] = _relations(
            [(f"{_RELATIONS}slideMaster", "../slideMasters/slideMaster1.xml")]
        )
        layouts.append((f"{_RELATIONS}slideLayout", f"../slideLayouts/slideLayout{at}.xml"))
    texts["ppt/slideMasters/_rels/slideMaster1.xml.rels"] = _relations(
        [*layouts, (f"{_RELATIONS}theme", "../theme/theme1.xml")]
    )
    texts["ppt/_rels/presentation.xml.rels"] = _relations(
        [
            (f"{_RELATIONS}slideMaster", "slideMasters/slideMaster1.xml"),
            (f"{_RELATIONS}theme", "theme/theme1.xml"),
        ]
    )
    texts["_rels/.rels"] = _relations([(f"{_RELATIONS}officeDocument", "ppt/presentation.xml")])
    return {"[Content_Types].xml": _content_types(kinds), **texts}


def template_pptx() -> bytes:
    """Return the template: the same bytes each time."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts().items():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            package.writestr(part, text.encode(), zipfile.ZIP_DEFLATED)
    return sink.getvalue()


if __name__ == "__main__":
    ASSET.write_bytes(template_pptx())
