"""DHIS2's dataValueSets, JSON and CSV, both ways, with code maps for org units and data elements.

The maps are two optional files of the workspace, ``dhis2/org_units.csv`` (org_unit, area_code) and
``dhis2/data_elements.csv`` (data_element, category_option_combo, measure; a blank combo stands for
any). Without a line a code stands for itself. Who stored a value, and comments, are never read.

Several combos of one element (of categories or attributes) are added only where the element's line
says so (an optional fourth column ``combos``, holding ``sum``); else they are refused, equal or
not. A value that was deleted is none, and what is missing is unknown and no zero.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.ingest.csv_text import UTF16_BOMS, records, text_of
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.ingest.numbers import BLANK, OK, parse_count
from shortplank.store import Edition
from shortplank.store.schema import dataset_measures

ORG_UNITS, DATA_ELEMENTS = "dhis2/org_units.csv", "dhis2/data_elements.csv"
UNIT_COLUMNS = ("org_unit", "area_code")
ELEMENT_COLUMNS = ("data_element", "category_option_combo", "measure")
COMBOS = "combos"
CSV_COLUMNS = (
    "dataelement",
    "period",
    "orgunit",
    "categoryoptioncombo",
    "attributeoptioncombo",
    "value",
)
# The combo of what is not divided, by name and by the identifier that every DHIS2 gives it.
_DEFAULT_COMBO = ("default", "HllvX50cXC0")
_SUM = "sum"
_DATA_VALUES = '"dataValues"'
_CSV_HEADER = re.compile(
    r'"?dataelement"?\s*([,;\t|])\s*"?period"?\s*\1\s*"?orgunit"?\s*\1.*\bvalue\b', re.I
)
_DELETED = {"true": True, "1": True, "yes": True} | dict.fromkeys(
    ("", "false", "0", "no", "null", "none"), False
)
_CSV_NAMES = {
    "dataelement": "dataElement",
    "orgunit": "orgUnit",
    "categoryoptioncombo": "categoryOptionCombo",
    "attributeoptioncombo": "attributeOptionCombo",
}
SHOWN = 3


@dataclass(frozen=True)
class Codes:
    """The code maps of a workspace; lookups fall back on the code itself."""

    areas: Mapping[str, str]
    measures: Mapping[tuple[str, str], str]
    summed: frozenset[tuple[str, str]] = frozenset()
    """Lines whose combos are added."""

    def area(self, org_unit: str) -> str:
        """Return the area's code."""
        return self.areas.get(org_unit, org_unit)

    def measure(self, element: str, combo: str) -> str:
        """Return the measure that an element and its category option combo stand for."""
        return self.measures.get(self._line(element, combo), element)

    def is_summed(self, element: str, combo: str) -> bool:
        """Return whether the combos that fall under the element's line are added."""
        return self._line(element, combo) in self.summed

    def _line(self, element: str, combo: str) -> tuple[str, str]:
        return (element, combo if (element, combo) in self.measures else "")


def load_codes(root: Path) -> Codes:
    """Return the code maps; `ShortplankError` where a file of them is not as it should be."""
    areas = {row["org_unit"]: row["area_code"] for row in _rows(root, ORG_UNITS, UNIT_COLUMNS)}
    elements = _rows(root, DATA_ELEMENTS, ELEMENT_COLUMNS, COMBOS)
    for number, row in enumerate(elements, start=2):
        if row[COMBOS] not in ("", _SUM):
            place = f"{DATA_ELEMENTS} 第 {number} 行"
            raise ShortplankError("列 combos 只能是 sum 或空白", place=place, mend="请改正这一行")
    lines = {(r["data_element"], r["category_option_combo"]): r for r in elements}
    return Codes(
        areas,
        {line: row["measure"] for line, row in lines.items()},
        frozenset(line for line, row in lines.items() if row[COMBOS]),
    )


def _rows(root: Path, name: str, columns: tuple[str, ...], more: str = "") -> list[dict[str, str]]:
    """Return the lines of a map; ``more`` is a column that it may leave out."""
    path = root / name
    if not path.exists():
        return []
    try:
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True)
        if tuple(reader.fieldnames or ()) not in (columns, (*columns, more)):
            raise ShortplankError(f"列须为 {','.join(columns)}", place=name, mend="请改正表头")
        wanted = (*columns, *([more] if more else []))
        return [{key: (row.get(key) or "").strip() for key in wanted} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ShortplankError("无法读取对照表", place=name, mend="请另存为 UTF-8 的 CSV") from error


# --- in -------------------------------------------------------------------------------------------
def is_value_set(data: bytes) -> bool:
    """Return whether the bytes are a dataValueSet, in JSON or CSV, in any encoding of a CSV."""
    wide = data.startswith(UTF16_BOMS)
    start = data[:1_600].decode("utf-16" if wide else "utf-8-sig", "ignore").lstrip()
    if start[:1] == "{":
        names = (_DATA_VALUES.encode(code) for code in ("utf-16-le", "utf-16-be"))
        return any(name in data for name in names) if wide else _DATA_VALUES.encode() in data
    return _CSV_HEADER.match(start) is not None


def read_value_set(upload: Upload, ws: Workspace) -> list[Grid]:
    """Return one grid a dataset of the catalogue: area_code, month and a column a measure."""
    text = text_of(upload.data)
    read = _json_values(text) if text.lstrip()[:1] == "{" else _csv_values(text)
    return grids_of(read, load_codes(ws.path), upload, ws)


def grids_of(read: Sequence[Value], codes: Codes, upload: Upload, ws: Workspace) -> list[Grid]:
    """Return one grid a dataset of values; `Unreadable` where they do not fit."""
    values = [value for value in read if not value.deleted]
    if not values:
        raise Unreadable("no_rows", "没有任何数据值，请核对后再报。")
    _check_elements(values, codes, ws)
    _check_values(values)
    _check_combos(values, codes)
    _check_deleted(read, codes, ws)
    found: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    for value in values:
        measure = value.measure(codes)
        dataset = ws.measures[measure].dataset
        place = (codes.area(value.org_unit), value.month(ws.datasets[dataset].cadence))
        line = found.setdefault(dataset, {}).setdefault(place, {})
        line[measure] = str(int(line.get(measure, "0")) + parse_count(value.value)[0])
    return [_grid(upload, dataset, ws, lines) for dataset, lines in sorted(found.items())]


@dataclass(frozen=True)
class Value:
    """One data value, without who stored it and what was remarked."""

    element: str
    period: str
    org_unit: str
    combo: str
    attribute: str
    value: str
    deleted: bool

    def measure(self, codes: Codes) -> str:
        """Return the measure that the value is of."""
        return codes.measure(self.element, self.combo)

    @property
    def place(self) -> str:
        """Return in words where the value stands."""
        return f"数据元 {self.element[:30]}、单位 {self.org_unit[:30]}、期间 {self.period[:12]}"

    def month(self, cadence: str) -> str:
        """Return the month that the period means for a dataset of a cadence; a quarter's last."""
        if cadence == "quarter":
            if quarter := re.fullmatch(r"(\d{4})Q([1-4])", self.period):
                return f"{quarter[1]}-{3 * int(quarter[2]):02d}"
            raise self._wrong_period("按季报，期间须是季度（如 2010Q2）")
        if month := re.fullmatch(r"((?:19|20)\d{2})-?(0[1-9]|1[0-2])", self.period):
            return f"{month[1]}-{month[2]}"
        raise self._wrong_period("按月报，期间须是月份（如 201006）")

    def _wrong_period(self, why: str) -> Unreadable:
        message = f"数据元 {self.element[:30]} {why}，文件里是“{self.period[:12]}”，请核对。"
        return Unreadable("bad_month", message)


def _check_elements(values: Sequence[Value], codes: Codes, ws: Workspace) -> None:
    unknown = sorted({value.measure(codes) for value in values} - set(ws.measures))
    if unknown:
        some = "、".join(name[:30] for name in unknown[:SHOWN])
        message = f"有 {len(unknown)} 个数据元没有对照（{some}），请在 {DATA_ELEMENTS} 登记。"
        raise Unreadable("unknown_element", message)


def _check_values(values: Sequence[Value]) -> None:
    """Refuse values that are of no unit, none, or no whole count, with their places."""
    homeless = [value for value in values if not value.org_unit]
    if homeless:
        message = f"有 {len(homeless)} 个数据值没有写单位（{_places(homeless)}），请补上。"
        raise Unreadable("unknown_area", message)
    blank = [value for value in values if parse_count(value.value)[1] == BLANK]
    if blank:
        message = f"有 {len(blank)} 个数据值是空的（{_places(blank)}），请补上，或删去这些数据值。"
        raise Unreadable("empty_value", message)
    wrong = [value for value in values if parse_count(value.value)[1] != OK]
    if wrong:
        message = f"有 {len(wrong)} 个数据值不是大于或等于 0 的整数（{_places(wrong)}），请改正。"
        raise Unreadable("not_a_number", message)


def _check_combos(values: Sequence[Value], codes: Codes) -> None:
    """Refuse several values of one measure, area and period that no line says to add.

    It is the element that has several combos, wherever they stand: where one area has only one of
    them, the others are missing there and the value is a part.
    """
    combos: dict[str, set[tuple[str, str, str]]] = {}
    seen: set[tuple[str, ...]] = set()
    for value in values:
        key = (value.element, value.combo, value.attribute)
        if (*key, value.org_unit, value.period) in seen:
            raise Unreadable("value_twice", f"{value.place}有两个数据值，请只留对的一个。")
        seen.add((*key, value.org_unit, value.period))
        combos.setdefault(value.measure(codes), set()).add(key)
    for measure, keys in combos.items():
        loose = [key for key in sorted(keys) if not codes.is_summed(key[0], key[1])]
        if len(keys) > 1 and loose:
            message = (
                f"有 {len(keys)} 个分类组合（数据元 {loose[0][0][:30]}）都对照到 {measure}；"
                f"如须相加，请在 {DATA_ELEMENTS} 这一行的 combos 列写 sum，否则请分别对照。"
            )
            raise Unreadable("value_twice", message)


def _check_deleted(read: Sequence[Value], codes: Codes, ws: Workspace) -> None:
    """Refuse a deleted value of an area that reports for the period and has no other in its place.

    What was there is gone, and nobody says that it is zero.
    """
    live = [value for value in read if not value.deleted]
    reports = {(value.org_unit, value.period) for value in live}
    there = {(value.measure(codes), value.org_unit, value.period) for value in live}
    gone = [
        value
        for value in read
        if value.deleted
        and value.measure(codes) in ws.measures
        and (value.org_unit, value.period) in reports
        and (value.measure(codes), value.org_unit, value.period) not in there
    ]
    if gone:
        message = (
            f"有 {len(gone)} 个数据值已删除，又没有新值（{_places(gone)}），请补报（没有就填 0）。"
        )
        raise Unreadable("deleted_value", message)


def _places(values: Sequence[Value]) -> str:
    some = "；".join(value.place for value in values[:SHOWN])
    return some + (f" 等 {len(values)} 处" if len(values) > SHOWN else "")


def _grid(
    upload: Upload, dataset: str, ws: Workspace, lines: Mapping[tuple[str, str], Mapping[str, str]]
) -> Grid:
    own = {measure for line in lines.values() for measure in line}
    measures = [key for key in ws.measures if key in own]
    columns = [
        ["area_code", *(area for area, _ in lines)],
        ["month", *(month for _, month in lines)],
    ]
    columns += [[key, *(line.get(key, "") for line in lines.values())] for key in measures]
    texts = tuple(pa.array(column, pa.string()) for column in columns)
    return Grid(upload.name, dataset, upload.sha256, texts, virtual=True)


def _json_values(text: str) -> list[Value]:
    try:
        whole = json.loads(text, object_pairs_hook=once)
        values, shared = whole["dataValues"], _shared(whole)
        return [_value(_agreed(shared, value)) for value in values]
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise Unreadable("json", "不是有效的 dataValueSet（JSON），请重新导出后再报。") from error


def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that says a key twice says two things, and is refused."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            message = f"有一处的 {key[:30]} 写了两次，不知以哪个为准，请重新导出后再报。"
            raise Unreadable("json", message)
        found[key] = value
    return found


def _agreed(shared: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value with what the whole set says of it; refused where it says another thing."""
    for key, whole in shared.items():
        own = plain(value.get(key))
        if own and own != plain(whole):
            message = (
                f"整份数据写的 {key} 是 {plain(whole)[:30]}，其中一个数据值写的是 {own[:30]}，"
                "请核对后重新导出。"
            )
            raise Unreadable("json", message)
    return {**value, **shared}


def _shared(whole: Mapping[str, Any]) -> dict[str, Any]:
    shared = ("period", "orgUnit", "attributeOptionCombo")
    return {key: whole[key] for key in shared if plain(whole.get(key))}


def _value(raw: Mapping[str, Any]) -> Value:
    """Return the parts that count; who stored a value and comments are left behind."""
    deleted = plain(raw.get("deleted")).lower()
    if deleted not in _DELETED:
        raise ValueError("deleted")
    return Value(
        element=plain(raw["dataElement"]),
        period=plain(raw["period"]),
        org_unit=plain(raw["orgUnit"]),
        combo=combo_of(raw.get("categoryOptionCombo")),
        attribute=combo_of(raw.get("attributeOptionCombo")),
        value=plain(raw.get("value")),
        deleted=_DELETED[deleted],
    )


def plain(raw: object) -> str:
    """Return a part as text, nothing for null; half a character (a lone surrogate) is none."""
    text = "" if raw is None else str(raw).strip()
    text.encode()  # UnicodeEncodeError is a ValueError
    return text


def combo_of(raw: object) -> str:
    """Return a combo, nothing for that of what is not divided."""
    combo = plain(raw)
    return "" if combo in _DEFAULT_COMBO else combo


def _csv_values(text: str) -> list[Value]:
    head = _CSV_HEADER.match(text.lstrip())
    rows = records(text.lstrip(), head[1] if head else ",")
    names = [name.strip().lower() for name in next(rows).cells]
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise Unreadable("csv", f"表头有两列 {twice[:30]}，不知以哪一列为准，请重新导出后再报。")
    header = [_CSV_NAMES.get(name, name) for name in names]
    values = []
    for row in rows:
        if not any(row.cells):
            continue
        try:
            values.append(_value(dict(zip(header, row.cells, strict=True))))
        except (ValueError, KeyError) as error:
            message = f"第 {row.line} 行与表头不符，不是有效的 dataValueSet，请重新导出后再报。"
            raise Unreadable("csv", message) from error
    return values


# --- out ------------------------------------------------------------------------------------------
def export_values(
    ws: Workspace, edition: Edition, dataset: str, month: date
) -> list[dict[str, str]]:
    """Return a month of a dataset as data values, by the workspace's code maps."""
    table = edition.table(dataset, month)
    if table is None:
        place = f"{dataset} {month:%Y-%m}"
        raise ShortplankError(
            f"第 {edition.number} 版没有这个月的数据", place=place, mend="请换一个月份"
        )
    codes = load_codes(ws.path)
    units = {area: unit for unit, area in codes.areas.items()}
    elements = {measure: key for key, measure in codes.measures.items()}
    quarter = ws.datasets[dataset].cadence == "quarter"
    period = f"{month:%Y}Q{(month.month + 2) // 3}" if quarter else f"{month:%Y%m}"
    own = {item.column or key: key for key, item in ws.measures.items() if item.dataset == dataset}
    found = []
    for row in table.to_pylist():
        for column in dataset_measures(ws, dataset):
            if row[column] is None:
                continue
            element, combo = elements.get(own[column], (own[column], ""))
            found.append({
                "dataElement": element, "period": period,
                "orgUnit": units.get(row["area_code"], row["area_code"]),
                **({"categoryOptionCombo": combo} if combo else {}), "value": str(row[column]),
            })  # fmt: skip
    return found


def as_json(values: Iterable[Mapping[str, str]]) -> bytes:
    """Return data values as a dataValueSet in JSON."""
    return json.dumps({"dataValues": list(values)}, ensure_ascii=False, indent=1).encode() + b"\n"


def as_csv(values: Iterable[Mapping[str, str]]) -> bytes:
    """Return data values as a dataValueSet in CSV."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for value in values:
        combo = value.get("categoryOptionCombo", "")
        writer.writerow(
            [value["dataElement"], value["period"], value["orgUnit"], combo, "", value["value"]]
        )
    return sink.getvalue().encode()
