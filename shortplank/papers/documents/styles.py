"""The styles of official documents as WordprocessingML: type, grid, fonts and what replaces them.

Lengths are in twentieths of a point, type in half points, as the format has them.
"""

from __future__ import annotations

from docx.oxml.ns import nsdecls

TITLE_FONT, BODY_FONT = "方正小标宋简体", "仿宋_GB2312"
HEAD_FONT, SUBHEAD_FONT, NUMBER_FONT = "黑体", "楷体_GB2312", "宋体"
# What an office program takes where it has not the font: names that Windows and WPS have.
FALLBACKS = {
    TITLE_FONT: ("宋体", "roman"),
    BODY_FONT: ("仿宋", "modern"),
    HEAD_FONT: ("SimHei", "modern"),
    SUBHEAD_FONT: ("楷体", "modern"),
    NUMBER_FONT: ("SimSun", "roman"),
}
# 22 lines of 225 mm and 28 letters of 156 mm: type of 16 points stands a little closer than set. A
# grid of letters would hold figures and titles to it as well, in some programs.
LINES, LETTERS = 22, 28
LINE = 579
LETTER = 315.8
CLOSER = -5
INDENT = 632
_EXACT = f'w:line="{LINE}" w:lineRule="exact"'


def _fonts(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def _style(
    key: str,
    name: str,
    *,
    font: str = "",
    size: int = 0,
    paragraph: str = "",
    run: str = "",
    based: str = "Normal",
) -> str:
    sizes = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
    parent = f'<w:basedOn w:val="{based}"/>' if based else ""
    default = "" if based else ' w:default="1"'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/>{parent}'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr>"
        f"<w:rPr>{_fonts(font) if font else ''}{run}{sizes}</w:rPr></w:style>"
    )


# Within the text's width also where a line ends in a comma.
_INSIDE = '<w:overflowPunct w:val="0"/>'
_INDENTED = f'<w:ind w:firstLineChars="200" w:firstLine="{INDENT}"/>'
_NEXT = "<w:keepNext/><w:widowControl/>"
STYLES = "".join(
    (
        _style(
            "Normal", "Normal", font=BODY_FONT, size=32, based="",
            paragraph='<w:widowControl/>' + _INSIDE +
            f'<w:spacing w:before="0" w:after="0" {_EXACT}/>'
            '<w:jc w:val="both"/>',
            run=f'<w:spacing w:val="{CLOSER}"/>',
        ),
        _style("Body", "正文段落", paragraph=_INDENTED),
        _style(
            "Title", "Title", font=TITLE_FONT, size=44, run='<w:spacing w:val="0"/>',
            paragraph=f'{_NEXT}<w:snapToGrid w:val="0"/>'
            '<w:spacing w:line="680" w:lineRule="exact"/><w:jc w:val="center"/>',
        ),
        _style(
            "Heading1", "heading 1", font=HEAD_FONT,
            paragraph=f'{_NEXT}{_INDENTED}<w:outlineLvl w:val="0"/>',
        ),
        _style(
            "Heading2", "heading 2", font=SUBHEAD_FONT,
            paragraph=f'{_NEXT}{_INDENTED}<w:outlineLvl w:val="1"/>',
        ),
        _style(
            "Attached", "附件序号", font=HEAD_FONT,
            paragraph=f'{_NEXT}<w:outlineLvl w:val="0"/>',
        ),
        _style(
            "Cell", "表格", size=24, run='<w:spacing w:val="0"/>',
            paragraph='<w:widowControl/><w:snapToGrid w:val="0"/>'
            '<w:spacing w:line="340" w:lineRule="exact"/><w:jc w:val="left"/>',
        ),
        _style("CellHead", "表头", font=HEAD_FONT, based="Cell",
               paragraph='<w:keepNext/><w:jc w:val="center"/>'),
        _style(
            "Note", "表注", size=24, run='<w:spacing w:val="0"/>',
            paragraph='<w:keepLines/><w:snapToGrid w:val="0"/>'
            '<w:spacing w:before="80" w:line="400" w:lineRule="exact"/>',
        ),
        _style(
            "Footer", "footer", font=NUMBER_FONT, size=28, run='<w:spacing w:val="0"/>',
            paragraph='<w:snapToGrid w:val="0"/>'
            '<w:spacing w:line="400" w:lineRule="exact"/><w:jc w:val="right"/>',
        ),
        _style(
            "Header", "header", font=HEAD_FONT, size=28, run='<w:spacing w:val="0"/>',
            paragraph='<w:snapToGrid w:val="0"/><w:jc w:val="right"/>',
        ),
    )
)  # fmt: skip
_PLACES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>' for side in _PLACES)
STYLE_SHEET = (
    f"<w:styles {nsdecls('w')}><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(BODY_FONT)}"
    '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    f"</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>{STYLES}"
    '<w:style w:type="character" w:default="1" w:styleId="Letters">'
    '<w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="Plain"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style>"
    '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/>'
    f'<w:basedOn w:val="Plain"/><w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders>'
    '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "</w:style></w:styles>"
)
FONT_TABLE = (
    f"<w:fonts {nsdecls('w')}>"
    + "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="auto"/></w:font>'
        for name, (other, family) in FALLBACKS.items()
    )
    + "</w:fonts>"
)
