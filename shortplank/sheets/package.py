"""The parts of an .xlsx file: each unpacked under a limit, found by name as the format has it."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from shortplank.sheets.content import UNPACKED_BYTES, Broken, Foreign, TooLarge

PARTS = 2_000
_LOCAL_HEADER = 30
_ROOT = ""


@dataclass(frozen=True)
class Relation:
    """What one part says of another: the last word of its type, and the part or address meant."""

    kind: str
    target: str
    external: bool


class Package:
    """A file's parts. Their names are one whatever their case, as the format's standard has it."""

    def __init__(self, data: bytes) -> None:
        self._parts: dict[str, bytes] = {}
        for name, content in _unpacked(data):
            key = _key(name)
            if key in self._parts:
                raise Broken  # which of the two a program reads is anyone's guess
            self._parts[key] = content
        if "xl/workbook.bin" in self._parts or "mimetype" in self._parts:
            raise Foreign

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def part(self, name: str) -> bytes:
        """Return a part's bytes; `Broken` where it is missing."""
        try:
            return self._parts[_key(name)]
        except KeyError as error:
            raise Broken from error

    def names(self, prefix: str) -> list[str]:
        """Return the parts whose name begins so."""
        return sorted(name for name in self._parts if name.startswith(_key(prefix)))

    def tree(self, name: str) -> ElementTree.Element:
        """Return a part's XML."""
        return tree_of(self.part(name))

    def relations(self, part: str) -> dict[str, Relation]:
        """Return a part's relations by their ids; those of the package itself for no part."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self:
            return {}
        found = {}
        for node in named(self.tree(path), "Relationship"):
            target = node.get("Target", "")
            external = node.get("TargetMode", "").casefold() == "external"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = node.get("Type", "").rpartition("/")[2]
            found[node.get("Id", "")] = Relation(kind, target, external)
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts of one kind that a part names and the file holds."""
        return [
            relation.target
            for relation in self.relations(part).values()
            if relation.kind == kind and not relation.external and relation.target in self
        ]

    def workbook(self) -> str:
        """Return the part that lists the sheets."""
        named_so = self.related(_ROOT, "officeDocument") or ["xl/workbook.xml"]
        if named_so[0] not in self:
            raise Broken
        return named_so[0]


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of a zip file; `Broken` or `TooLarge`, before anything is unpacked if told.

    A part that unpacks to another length than the file says is broken: no reader after this one
    can be led past the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise Broken from error
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise TooLarge
    for part in parts:
        if not part.is_dir():
            yield part.filename, _part(data, part)


def _part(data: bytes, part: zipfile.ZipInfo) -> bytes:
    start = part.header_offset
    head = data[start : start + _LOCAL_HEADER]
    if part.flag_bits & 1 or len(head) < _LOCAL_HEADER or not head.startswith(b"PK\x03\x04"):
        raise Broken
    start += _LOCAL_HEADER + int.from_bytes(head[26:28], "little")
    start += int.from_bytes(head[28:30], "little")
    packed = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        content, ended = packed, True
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        content, ended = _inflated(packed, part.file_size)
    else:
        raise Broken
    if not ended or len(content) != part.file_size or zlib.crc32(content) != part.CRC:
        raise Broken
    return content


def _inflated(packed: bytes, size: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(-15)
    try:
        return stream.decompress(packed, size + 1), stream.eof
    except zlib.error as error:
        raise Broken from error


# --- XML ------------------------------------------------------------------------------------------
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)|<\x00!\x00(D|E)|\x00<\x00!\x00(D|E)")
XML_FAULTS = (ElementTree.ParseError, ValueError, LookupError, RecursionError)


def refuse_entities(xml: bytes) -> bytes:
    """Return the XML itself; `Broken` where it declares entities, as no workbook does."""
    if _DECLARED.search(xml):
        raise Broken
    return xml


def tree_of(xml: bytes) -> ElementTree.Element:
    """Return the tree of an XML text."""
    try:
        return ElementTree.fromstring(refuse_entities(xml))
    except XML_FAULTS as error:
        raise Broken from error


def local(tag: object) -> str:
    """Return an element's name without its namespace (comments have none).

    >>> local("{urn:x}row")
    'row'
    """
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def named(tree: ElementTree.Element, *names: str) -> Iterator[ElementTree.Element]:
    """Yield the elements of some names, wherever they stand."""
    return (node for node in tree.iter() if local(node.tag) in names)


def attribute(node: ElementTree.Element, name: str) -> str:
    """Return an attribute, whatever its namespace; blank where it is missing."""
    return next((v for k, v in node.attrib.items() if local(k) == name), "")
