"""The same figures are the same file: when a paper was written leaves no trace in its bytes."""

from __future__ import annotations

import io
import re
import zipfile

from shortplank.drawing.table_book import CREATED

_MOMENT = f"{CREATED:%Y-%m-%dT%H:%M:%SZ}".encode()
_DATED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_ENDINGS = (".xlsx", ".docx", ".pptx")
# The first moment that a folder of files can hold.
_FIRST = (1980, 1, 1, 0, 0, 0)


def stable(data: bytes) -> bytes:
    """Return an office paper without the moments at which it and what is set into it were made.

    Raises `zipfile.BadZipFile` for what is no office paper.
    """
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _FIRST)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0  # whichever system it was written on
            target.writestr(member, _of_no_time(name, source.read(name)))
    return sink.getvalue()


def _of_no_time(name: str, data: bytes) -> bytes:
    if name.endswith(_ENDINGS):
        return stable(data)
    if name == "docProps/core.xml":
        return _DATED.sub(rb"\g<1>" + _MOMENT + rb"\g<2>", data)
    return data
