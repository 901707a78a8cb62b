"""DHIS2's analytics answers (``/api/analytics.json``): a table of headers and rows, as counts.

Its ids are read by the same code maps as data value sets. A column beside data, period, org unit
and value divides the value: its ids stand for the category option combo. An answer may leave out a
dimension by which it was filtered: then ``metaData`` must name one of it and no more. Names in
``metaData`` are never read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shortplank.catalogue import Workspace
from shortplank.ingest.csv_text import UTF16_BOMS, text_of
from shortplank.ingest.dhis2 import (
    DATA_ELEMENTS,
    Codes,
    Value,
    combo_of,
    grids_of,
    load_codes,
    once,
    plain,
)
from shortplank.ingest.grid import Grid, Unreadable, Upload

_MARKS = ('"headers"', '"rows"')
DATA, PERIOD, UNIT, COMBO, ATTRIBUTE, VALUE = "dx", "pe", "ou", "co", "ao", "value"
# What stands beside a value and says how it was worked out.
_WORKED_OUT = ("numerator", "denominator", "factor", "multiplier", "divisor")
# What an answer about persons has, who never come in.
_OF_PERSONS = frozenset(("psi", "tei", "pi", "eventdate", "enrollmentdate", "storedby"))
_WHAT = {DATA: "数据元", PERIOD: "期间", UNIT: "单位"}


def is_analytics(data: bytes) -> bool:
    """Return whether the bytes are an analytics answer in JSON, in any encoding of it."""
    wide = data.startswith(UTF16_BOMS)
    start = data[:1_600].decode("utf-16" if wide else "utf-8-sig", "ignore").lstrip()
    codes = ("utf-16-le", "utf-16-be") if wide else ("utf-8",)
    return start[:1] == "{" and any(
        all(mark.encode(code) in data for mark in _MARKS) for code in codes
    )


def read_analytics(upload: Upload, ws: Workspace) -> list[Grid]:
    """Return one grid a dataset of the catalogue: area_code, month and a column a measure."""
    values, codes = _values(text_of(upload.data)), load_codes(ws.path)
    _check_totals(values, codes)
    return grids_of(values, codes, upload, ws)


def _values(text: str) -> list[Value]:
    try:
        whole = json.loads(text, object_pairs_hook=once)
        names = [plain(header["name"]) for header in whole["headers"]]
        fixed = _fixed(names, whole.get("metaData"))
        return [_value(names, fixed, row) for row in whole["rows"]]
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise Unreadable("json", "不是有效的分析结果（analytics），请重新导出后再报。") from error


def _fixed(names: Sequence[str], meta: Any) -> dict[str, str]:
    """Return the one item of each dimension that has no column; `Unreadable` where it has several.

    What has no data column is another kind of answer: a table as it is laid out, or of persons.
    """
    if _OF_PERSONS.intersection(name.lower() for name in names):
        raise Unreadable("personal", "这是一条条的个案记录，不是汇总数，不能收。请改报汇总数。")
    if len(set(names)) < len(names):
        raise Unreadable("json", "分析结果的 headers 有重名的列，请重新导出后再报。")
    if VALUE not in names:
        raise Unreadable("json", "分析结果里没有 value 列，请用 tableLayout=false 重新导出后再报。")
    dimensions = meta.get("dimensions", {}) if isinstance(meta, dict) else {}
    found = {}
    for name, what in _WHAT.items():
        if name in names:
            continue
        items = [plain(item) for item in dimensions.get(name, ())]
        if len(items) != 1:
            message = (
                f"分析结果没有 {name} 列，metaData 里写了 {len(items)} 个{what}，"
                f"分不清是哪个的数，请把 {name} 作为 dimension 重新导出。"
            )
            raise Unreadable("json", message)
        found[name] = items[0]
    return found


def _value(names: Sequence[str], fixed: Mapping[str, str], row: Sequence[object]) -> Value:
    """Return a row's value; an operand's combos (``element.combo.attribute``) are its own."""
    if not isinstance(row, list) or len(row) != len(names):
        raise ValueError("a row is not as wide as the headers")
    own = {name: plain(cell) for name, cell in zip(names, row, strict=True)}
    own |= fixed
    element, *operand = own[DATA].split(".")
    known = {DATA, PERIOD, UNIT, COMBO, ATTRIBUTE, VALUE, *_WORKED_OUT}
    divided = [own[name] for name in names if name not in known]
    combos = [combo_of(each) for each in (*operand[:1], own.get(COMBO), *divided)]
    attributes = [combo_of(each) for each in (*operand[1:], own.get(ATTRIBUTE))]
    return Value(
        element=element,
        period=own[PERIOD],
        org_unit=own[UNIT],
        combo=";".join(each for each in combos if each not in ("", "*")),
        attribute=";".join(each for each in attributes if each not in ("", "*")),
        value=own[VALUE],
        deleted=False,
    )


def _check_totals(values: Sequence[Value], codes: Codes) -> None:
    """Refuse a total that stands beside its parts where the parts are added: it would count twice.

    Analytics gives both where both were asked for; a value set never has a total.
    """
    totals = {(v.element, v.period, v.org_unit) for v in values if not (v.combo or v.attribute)}
    twice = [
        value
        for value in values
        if (value.combo or value.attribute)
        and (value.element, value.period, value.org_unit) in totals
        and codes.is_summed(value.element, value.combo)
        and codes.measure(value.element, "") == codes.measure(value.element, value.combo)
    ]
    if twice:
        message = (
            f"{twice[0].place}既有合计又有分类，相加会重复（{DATA_ELEMENTS} 写了 sum），"
            "请只导出其中一种。"
        )
        raise Unreadable("value_twice", message)
