"""The texts that stand beside a workbook's cells: comments, drawings, lists, names, properties.

No table is made of them. They are read because a file travels with all that it holds, and what it
holds may be personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from shortplank.sheets.cells import place_of
from shortplank.sheets.content import NOTES, Broken, Place, TooLarge
from shortplank.sheets.package import Package, attribute, local, named

Note = tuple[Place | None, str]
# Relations of a sheet whose parts hold text that a person wrote.
_PARTS = ("comments", "threadedComment", "drawing", "vmlDrawing")
# How a header or footer is printed, between what it says: &C, &"宋体,常规", &12, &P.
_PRINTED_AS = re.compile(r'&(?:"[^"]*"|[0-9]{1,3}|K[0-9A-Fa-f]{6}|K[0-9+-]{5}|[A-Za-z&])')
_ATTRIBUTES = ("descr", "title", "alt")


def sheet_notes(package: Package, part: str, rest: ElementTree.Element) -> list[Note]:
    """Return the texts beside one sheet's cells, each with its cell if it has one."""
    found = [*_of_sheet(rest)]
    for relation in package.relations(part).values():
        if relation.external:
            found.append((None, relation.target))
        elif relation.kind in _PARTS and relation.target in package:
            found += _of_part(package, relation.target)
    return _bounded(found)


def book_texts(package: Package, book: str) -> list[str]:
    """Return the texts of the whole workbook: properties, defined names, people, outside links."""
    found = []
    tree = package.tree(book)
    for node in named(tree, "definedName"):
        found += [attribute(node, "name"), attribute(node, "comment"), node.text or ""]
    for name in [*package.names("docprops/"), *package.names("xl/persons/")]:
        found += _all_texts(package, name)
    for name in package.names("xl/externallinks/"):
        if name.endswith(".rels"):
            found += [attribute(n, "Target") for n in named(package.tree(name), "Relationship")]
    return [text for _, text in _bounded([(None, text) for text in found])]


def _bounded(notes: list[Note]) -> list[Note]:
    kept = [(place, text.strip()[:32_767]) for place, text in notes if text and text.strip()]
    if len(kept) > NOTES:
        raise TooLarge
    return kept


def _of_sheet(rest: ElementTree.Element) -> Iterator[Note]:
    for node in rest.iter():
        kind = local(node.tag)
        if kind in ("oddHeader", "oddFooter", "evenHeader", "evenFooter",
                    "firstHeader", "firstFooter"):  # fmt: skip
            yield None, _PRINTED_AS.sub(" ", node.text or "")
        elif kind == "dataValidation":
            at = place_of(attribute(node, "sqref").split(" ")[0].partition(":")[0])
            for name in ("prompt", "promptTitle", "error", "errorTitle"):
                yield at, attribute(node, name)
            yield at, " ".join("".join(child.itertext()) for child in node)
        elif kind == "hyperlink":
            at = place_of(attribute(node, "ref").partition(":")[0])
            for name in ("tooltip", "display", "location"):
                yield at, attribute(node, name)


def _of_part(package: Package, part: str) -> Iterator[Note]:
    """Yield the texts of a part with comments (with their cells) or a drawing."""
    try:
        tree = package.tree(part)
    except Broken:
        return  # a drawing that is no XML shows nothing in a spreadsheet program either
    comments = [*named(tree, "comment", "threadedComment")]
    for node in comments:
        yield place_of(attribute(node, "ref")), "".join(node.itertext())
    for node in named(tree, "author"):
        yield None, node.text or ""
    if comments:
        return
    yield None, " ".join(tree.itertext())
    for node in tree.iter():
        for name in _ATTRIBUTES:
            yield None, attribute(node, name)
    for relation in package.relations(part).values():
        if relation.external:
            yield None, relation.target


def _all_texts(package: Package, part: str) -> list[str]:
    """Return every text and every attribute of a part; none where it is no XML (a picture)."""
    try:
        tree = package.tree(part)
    except Broken:
        return []
    found: list[str] = []
    for node in tree.iter():
        found += [node.text or "", *node.attrib.values()]
    return found
