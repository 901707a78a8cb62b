"""The formats of an answer, and which of them a request asks for."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from shortplank.doors.rows import without_nan
from shortplank.gate.programs import Refused
from shortplank.upkeep.watching import runs

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
# So many rows are written at once, and for so many seconds the next wait for pages that run.
AT_ONCE, BREATH = 250, 0.05
# What a spreadsheet would run as a formula begins so.
_FORMULA = r"^([=+\-@\t\r])"


@dataclass(frozen=True)
class Format:
    """A format: its media type, and what writes a table with what it is about."""

    name: str
    media: str
    write: Callable[[pa.Table, Mapping[str, Any]], bytes]


def _json(table: pa.Table, about: Mapping[str, Any]) -> bytes:
    """Return one object; numbers are numbers, days are texts, what is not known is null."""
    plain = _with_dates_as_text(without_nan(table))
    columns = [{"name": f.name, "type": _type(f.type)} for f in table.schema]
    head = _dumped({**about, "columns": columns})
    return b'%b,"rows":[%b]}' % (head[:-1], b",".join(_parts(plain)))


def _parts(table: pa.Table) -> Iterator[bytes]:
    """Yield rows as JSON, a few at a time: a page that runs meanwhile gets in between."""
    for batch in table.to_batches(max_chunksize=AT_ONCE):
        if batch.num_rows:
            runs.give_way(BREATH)
            yield _dumped(batch.to_pylist())[1:-1]


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _type(kind: pa.DataType) -> str:
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    numeric = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return "number" if numeric else "string"


def _with_dates_as_text(table: pa.Table) -> pa.Table:
    for at, field in enumerate(table.schema):
        if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
            days = table[field.name].cast(pa.date32()).cast(pa.string())
            table = table.set_column(at, field.name, days)
        elif pa.types.is_decimal(field.type):
            table = table.set_column(at, field.name, table[field.name].cast(pa.float64()))
    return table


def _csv(table: pa.Table, _about: Mapping[str, Any]) -> bytes:
    """Return UTF-8 without a mark; null is an empty field, text that would run is quoted."""
    plain = _with_dates_as_text(without_nan(table))
    for at, field in enumerate(plain.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(plain[field.name], _FORMULA, r"'\1")
            plain = plain.set_column(at, field.name, safe)
    sink = io.BytesIO()
    csv.write_csv(plain, sink, csv.WriteOptions(quoting_style="needed"))
    return sink.getvalue()


def _parquet(table: pa.Table, about: Mapping[str, Any]) -> bytes:
    """Return a file whose schema says what it is about under the key ``shortplank``."""
    sink = io.BytesIO()
    said = {b"shortplank": json.dumps(about, ensure_ascii=False).encode()}
    parquet.write_table(without_nan(table).replace_schema_metadata(said), sink)
    return sink.getvalue()


FORMATS = {
    each.name: each
    for each in (
        Format("json", JSON, _json),
        Format("csv", CSV, _csv),
        Format("parquet", PARQUET, _parquet),
    )
}
# What the same is called elsewhere.
_ALSO = {"application/x-parquet": PARQUET, "application/parquet": PARQUET}


def chosen(name: str | None, accept: str, offered: tuple[str, ...] = tuple(FORMATS)) -> Format:
    """Return the format that is named, else the one that the Accept header likes best.

    `Refused` (400 or 406) where there is no such format.

    >>> chosen(None, "text/csv;q=0.5, application/json;q=0.4").name, chosen("parquet", "").name
    ('csv', 'parquet')
    """
    if name is not None:
        if name not in offered:
            mend = f"请写 {'、'.join(offered)}"
            raise Refused(400, "没有这种格式", place="format", mend=mend)
        return FORMATS[name]
    liked = _liked(accept or "*/*")
    best = max(offered, key=lambda each: _worth(liked, FORMATS[each].media))
    if _worth(liked, FORMATS[best].media) <= 0:
        known = "、".join(FORMATS[each].media for each in offered)
        raise Refused(406, "没有请求头 Accept 要的格式", place="Accept", mend=f"可以要 {known}")
    return FORMATS[best]


def _liked(accept: str) -> dict[str, float]:
    """Return how much each media type of an Accept header is liked; one that is odd is left out."""
    found: dict[str, float] = {}
    for part in accept.lower().split(","):
        media, *more = (each.strip() for each in part.split(";"))
        worth = 1.0
        for each in more:
            if each.startswith("q="):
                try:
                    worth = float(each[2:])
                except ValueError:
                    worth = 0.0
        found[_ALSO.get(media, media)] = worth if 0 <= worth <= 1 else 0.0
    return found


def _worth(liked: Mapping[str, float], media: str) -> float:
    """Return how much a type is liked: by its own name, by its kind's, or with all others."""
    for name in (media, f"{media.partition('/')[0]}/*", "*/*"):
        if name in liked:
            return liked[name]
    return 0.0
