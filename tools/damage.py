"""Workbooks spelled in other ways, and workbooks damaged in their XML, for tests and the fuzz.

`RESPELLINGS` are ways in which programs write the same workbook: whoever reads one of them must
find the same cells or refuse the file. `damaged` changes what the XML says at random.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from xml.etree import ElementTree

Parts = dict[str, bytes]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEETS = "xl/worksheets/"


def parts_of(data: bytes) -> Parts:
    """Return a workbook's parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(parts: Parts) -> bytes:
    """Return parts as a zip file."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return sink.getvalue()


def _sheets(parts: Parts, change: Callable[[ElementTree.Element], None]) -> Parts:
    """Return the parts with every sheet's tree changed."""
    found = dict(parts)
    for name, content in parts.items():
        if name.startswith(_SHEETS) and name.endswith(".xml"):
            tree = ElementTree.fromstring(content)
            change(tree)
            found[name] = ElementTree.tostring(tree, "utf-8", xml_declaration=True)
    return found


def _texts(parts: Parts, pattern: bytes, change: Callable[[re.Match[bytes]], bytes]) -> Parts:
    return {
        name: re.sub(pattern, change, content) if name.startswith(_SHEETS) else content
        for name, content in parts.items()
    }


# --- the same workbook in other words -------------------------------------------------------------
def _column(reference: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", reference):
        number = number * 26 + ord(letter) - 64
    return number - 1


def without_references(parts: Parts) -> Parts:
    """Return a workbook whose cells and rows stand by their order alone, gaps filled."""

    def change(tree: ElementTree.Element) -> None:
        data = tree.find(f"{MAIN}sheetData")
        if data is None:
            return
        rows = {int(row.attrib.pop("r")): row for row in [*data]}
        for row in rows.values():
            cells = {_column(cell.attrib.pop("r")): cell for cell in [*row]}
            blank = ElementTree.Element
            row[:] = [cells.get(i) or blank(f"{MAIN}c") for i in range(max(cells, default=-1) + 1)]
        empty = ElementTree.Element
        data[:] = [rows.get(i) or empty(f"{MAIN}row") for i in range(1, max(rows, default=0) + 1)]

    return _sheets(parts, change)


def lower_case_references(parts: Parts) -> Parts:
    """Return a workbook with references such as c4."""
    return _texts(parts, rb'r="[A-Z]+\d+"', lambda match: match[0].lower())


def part_names_in_other_case(parts: Parts) -> Parts:
    """Return a workbook whose parts are named in another case than its relations say."""
    return {n.replace("xl/worksheets/s", "xl/Worksheets/S"): c for n, c in parts.items()}


def prefixed(parts: Parts) -> Parts:
    """Return a workbook whose elements carry a namespace prefix."""
    ElementTree.register_namespace("x", MAIN[1:-1])
    try:
        return _sheets(parts, lambda tree: None)
    finally:
        ElementTree.register_namespace("", MAIN[1:-1])


def single_quotes(parts: Parts) -> Parts:
    """Return a workbook with attributes in single quotes, and lines between them."""
    return _texts(
        parts, rb' (r|s|t)="(\w*)"', lambda match: b"\n" + match[1] + b" = '" + match[2] + b"'"
    )


def inline_strings(parts: Parts) -> Parts:
    """Return a workbook whose texts stand in the cells themselves."""
    if "xl/sharedStrings.xml" not in parts:
        return parts
    items = [*ElementTree.fromstring(parts["xl/sharedStrings.xml"])]

    def change(tree: ElementTree.Element) -> None:
        for cell in tree.iter(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            if cell.get("t") == "s" and value is not None:
                cell.set("t", "inlineStr")
                text = "".join(items[int(value.text or 0)].itertext())
                cell.remove(value)
                inline = ElementTree.SubElement(cell, f"{MAIN}is")
                ElementTree.SubElement(inline, f"{MAIN}t").text = text

    return _sheets(parts, change)


def absolute_targets(parts: Parts) -> Parts:
    """Return a workbook whose relations name parts from the root on."""
    rels = "xl/_rels/workbook.xml.rels"
    absolute = re.sub(rb'Target="/?(?:xl/)?', b'Target="/xl/', parts[rels])
    return {**parts, rels: absolute}


RESPELLINGS: tuple[Callable[[Parts], Parts], ...] = (
    without_references,
    lower_case_references,
    part_names_in_other_case,
    prefixed,
    single_quotes,
    inline_strings,
    absolute_targets,
)


# --- damage ---------------------------------------------------------------------------------------
VALUES = (
    "", "0", "-1", "1", "2", "s", "e", "str", "b", "d", "n", "inlineStr", "A1", "a1", "C4", "XFD1",
    "A1048576", "XFD1048576", "XFE1048577", "A1:XFD1048576", "B2:A1", "ZZZZ99", "1e9", "1e400",
    "nan", "999999999999999999999", "true", "hidden", "rId1", "rId999", "../x.xml", "_x0000_",
    "_xD800_", "0.5%", "２", "1_000", " 7 ",
)  # fmt: skip


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Return a workbook whose XML says something else in one to five places."""
    parts = parts_of(data)
    for _ in range(chance.randint(1, 5)):
        chance.choice(_DAMAGES)(chance, parts)
    return zipped(parts)


def _some_xml(chance: random.Random, parts: Parts) -> tuple[str, ElementTree.Element] | None:
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    sheets = [name for name in names if name.startswith(_SHEETS)]
    name = chance.choice(sheets if sheets and chance.random() < 0.6 else names)
    try:
        return name, ElementTree.fromstring(parts[name])
    except ElementTree.ParseError:
        return None


def _in_tree(
    change: Callable[[random.Random, list[ElementTree.Element]], None],
) -> Callable[[random.Random, Parts], None]:
    def changed(chance: random.Random, parts: Parts) -> None:
        found = _some_xml(chance, parts)
        if found is None:
            return
        name, tree = found
        change(chance, [*tree.iter()])
        with suppress(RecursionError):  # nested too deep already for this library to write
            parts[name] = ElementTree.tostring(tree, "utf-8", xml_declaration=True)

    return changed


def _with(nodes: list[ElementTree.Element], chance: random.Random) -> ElementTree.Element:
    return chance.choice(nodes)


def _drop_attribute(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    name = chance.choice(("r", "t", "s", "id", "name", "ref", "Target", "Id"))
    every = chance.random() < 0.3
    for node in nodes if every else [_with(nodes, chance)]:
        node.attrib.pop(name, None) if every else node.attrib.clear()


def _change_attribute(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    node = _with([n for n in nodes if n.attrib] or nodes, chance)
    node.set(chance.choice([*node.attrib, "r", "t", "s"]), chance.choice(VALUES))


def _other_case(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    for node in nodes if chance.random() < 0.3 else [_with(nodes, chance)]:
        for name, value in [*node.attrib.items()]:
            if chance.random() < 0.5:
                node.set(name, value.swapcase())
            else:
                node.set(name.swapcase(), node.attrib.pop(name))


def _change_text(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    node = _with([n for n in nodes if n.text] or nodes, chance)
    node.text = chance.choice((*VALUES, "甲" * 40_000, None))


def _drop_or_double(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    parent = _with([n for n in nodes if len(n)] or nodes, chance)
    if not len(parent):
        return
    place = chance.randrange(len(parent))
    if chance.random() < 0.5:
        del parent[place]
    else:
        parent[place:place] = [parent[place]] * chance.choice((1, 1, 2, 500))


def _nest_or_rename(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    node = _with(nodes, chance)
    if chance.random() < 0.5:
        names = ("c", "v", "f", "row", "is", "t", "mergeCell", "sheetData", "C", "Row")
        node.tag = MAIN + chance.choice(names)
        return
    for _ in range(chance.choice((1, 3, 200))):
        node = ElementTree.SubElement(node, node.tag)


def _far_cell(chance: random.Random, nodes: list[ElementTree.Element]) -> None:
    rows = [node for node in nodes if node.tag.endswith("row")]
    if rows:
        row = _with(rows, chance)
        if chance.random() < 0.5:
            row.set("r", chance.choice(VALUES))
        cell = ElementTree.SubElement(row, f"{MAIN}c", {"r": chance.choice(VALUES)})
        ElementTree.SubElement(cell, f"{MAIN}v").text = chance.choice(VALUES)


def _nest_deep(chance: random.Random, parts: Parts) -> None:
    name = chance.choice([n for n in parts if n.endswith(".xml")] or [*parts])
    deep = chance.choice((10, 1_000, 100_000))
    at = parts[name].find(b"<sheetData") + 1 or parts[name].rfind(b"</") + 1
    if at:
        nest = b"<x>" * deep + b"</x>" * deep
        parts[name] = parts[name][: at - 1] + nest + parts[name][at - 1 :]


def _rename_part(chance: random.Random, parts: Parts) -> None:
    name = chance.choice([*parts])
    content = parts.pop(name)
    other = chance.choice((name.upper(), name.swapcase(), name.replace("/", "\\"), "/" + name))
    parts[other] = content
    if chance.random() < 0.3:
        parts[name] = content


def _drop_part(chance: random.Random, parts: Parts) -> None:
    if len(parts) > 1:
        parts.pop(chance.choice([*parts]))


_DAMAGES: tuple[Callable[[random.Random, Parts], None], ...] = (
    *map(
        _in_tree,
        (
            _drop_attribute, _change_attribute, _change_attribute, _other_case, _change_text,
            _drop_or_double, _nest_or_rename, _far_cell,
        ),
    ),
    _nest_deep,
    _rename_part,
    _drop_part,
)  # fmt: skip


def respelled(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a workbook in every other spelling, with the spelling's name."""
    for spelling in RESPELLINGS:
        yield spelling.__name__, zipped(spelling(parts_of(data)))
