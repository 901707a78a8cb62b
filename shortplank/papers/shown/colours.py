"""A deck's own colours: those of its theme by the names that its shapes call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def colours_of(master: Any) -> dict[str, str]:
    """Return a master's colours as #RRGGBB by their names: bg1, tx2, accent3."""
    theme = parse_xml(master.part.part_related_by(RT.THEME).blob)
    scheme = next(theme.iter(f"{A}clrScheme"), None)
    own = {} if scheme is None else {_name(each): _value(each) for each in scheme}
    mapped = master._element.find(f"{_P}clrMap")
    names = {} if mapped is None else mapped.attrib
    return {**own, **{name: own[is_] for name, is_ in names.items() if is_ in own}}


def filled(element: Any, colours: Mapping[str, str]) -> str:
    """Return the one colour that a part's own fill has, "" where it has none of one colour.

    ``element`` is what holds the fill: a shape's or cell's properties, a line, a run's look.
    """
    solid = None if element is None else element.find(f"{A}solidFill")
    return "" if solid is None else colour_in(solid, colours)


def colour_in(solid: Any, colours: Mapping[str, str]) -> str:
    """Return the colour of a fill, "" for one that the theme does not have."""
    for each in solid:
        if _name(each) == "srgbClr":
            return f"#{each.get('val')}"
        if _name(each) == "schemeClr":
            return colours.get(each.get("val"), "")
    return ""


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Any) -> str:
    first = element[0]
    return f"#{first.get('lastClr') or first.get('val')}"
