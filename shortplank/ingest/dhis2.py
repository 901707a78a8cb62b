"""DHIS2's dataValueSets, JSON and CSV, both ways, with code maps for org units and data elements.

The maps are two optional files of the workspace, ``dhis2/org_units.csv`` (org_unit, area_code) and
``dhis2/data_elements.csv`` (data_element, category_option_combo, measure; a blank combo stands for
any). Without a line a code stands for itself. Who stored a value, and comments, are never read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.ingest.grid import Grid, Unreadable, Upload
from shortplank.store import Edition
from shortplank.store.schema import dataset_measures

ORG_UNITS, DATA_ELEMENTS = "dhis2/org_units.csv", "dhis2/data_elements.csv"
CSV_COLUMNS = (
    "dataelement",
    "period",
    "orgunit",
    "categoryoptioncombo",
    "attributeoptioncombo",
    "value",
)
_QUARTER_END = {"1": "03", "2": "06", "3": "09", "4": "12"}
_DEFAULT_COMBO = "default"
SHOWN = 3


@dataclass(frozen=True)
class Codes:
    """The code maps of a workspace; lookups fall back on the code itself."""

    areas: Mapping[str, str]
    measures: Mapping[tuple[str, str], str]

    def area(self, org_unit: str) -> str:
        """Return the area's code."""
        return self.areas.get(org_unit, org_unit)

    def measure(self, element: str, combo: str) -> str:
        """Return the measure that an element and its category option combo stand for."""
        exact = self.measures.get((element, combo))
        return exact or self.measures.get((element, ""), element)


def load_codes(root: Path) -> Codes:
    """Return the code maps; `ShortplankError` where a file of them is not as it should be."""
    areas = {
        row["org_unit"]: row["area_code"]
        for row in _rows(root, ORG_UNITS, ("org_unit", "area_code"))
    }
    columns = ("data_element", "category_option_combo", "measure")
    elements = _rows(root, DATA_ELEMENTS, columns)
    return Codes(
        areas, {(r["data_element"], r["category_option_combo"]): r["measure"] for r in elements}
    )


def _rows(root: Path, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    path = root / name
    if not path.exists():
        return []
    try:
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True)
        if tuple(reader.fieldnames or ()) != columns:
            raise ShortplankError(f"列须为 {','.join(columns)}", place=name, mend="请改正表头")
        return [{key: (row[key] or "").strip() for key in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ShortplankError("无法读取对照表", place=name, mend="请另存为 UTF-8 的 CSV") from error


# --- in -------------------------------------------------------------------------------------------
def is_value_set(data: bytes) -> bool:
    """Return whether the bytes are a dataValueSet, in JSON or CSV."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:400]
    if start[:1] == b"{":
        return b'"dataValues"' in data
    line = start.splitlines()[0].lower().replace(b'"', b"") if start else b""
    return line.startswith(b"dataelement,period,orgunit,") and b"value" in line


def read_value_set(upload: Upload, ws: Workspace) -> list[Grid]:
    """Return one grid a dataset of the catalogue: area_code, month and a column a measure."""
    data = upload.data.removeprefix(b"\xef\xbb\xbf")
    values = _json_values(data) if data.lstrip()[:1] == b"{" else _csv_values(data)
    codes, unknown = load_codes(ws.path), set()
    found: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    for value in values:
        measure = codes.measure(value["dataElement"], value["categoryOptionCombo"])
        if measure not in ws.measures:
            unknown.add(measure)
            continue
        place = (codes.area(value["orgUnit"]), _month(value["period"]))
        line = found.setdefault(ws.measures[measure].dataset, {}).setdefault(place, {})
        if line.setdefault(measure, value["value"]) != value["value"]:
            message = f"{measure} 在 {place[0]} {place[1]} 有两个不同的值，请核对数据元对照表。"
            raise Unreadable("value_twice", message)
    if unknown:
        some = "、".join(sorted(unknown)[:SHOWN])
        message = f"有 {len(unknown)} 个数据元没有对照（{some}），请在 {DATA_ELEMENTS} 登记。"
        raise Unreadable("unknown_element", message)
    if not found:
        raise Unreadable("no_rows", "没有任何数据值，请核对后再报。")
    return [_grid(upload, dataset, ws, lines) for dataset, lines in sorted(found.items())]


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


def _json_values(data: bytes) -> list[dict[str, str]]:
    try:
        whole = json.loads(data)
        values = whole["dataValues"]
        return [_value({**_shared(whole), **value}) for value in values]
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise Unreadable("json", "不是有效的 dataValueSet（JSON），请重新导出后再报。") from error


def _shared(whole: Mapping[str, Any]) -> dict[str, Any]:
    return {key: whole[key] for key in ("period", "orgUnit") if key in whole}


def _value(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts that count; who stored a value and comments are left behind."""
    combo = str(raw.get("categoryOptionCombo") or "")
    return {
        "dataElement": str(raw["dataElement"]).strip(),
        "period": str(raw["period"]).strip(),
        "orgUnit": str(raw["orgUnit"]).strip(),
        "categoryOptionCombo": "" if combo == _DEFAULT_COMBO else combo,
        "value": str(raw["value"]).strip(),
    }


def _csv_values(data: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
        names = {
            "dataelement": "dataElement",
            "orgunit": "orgUnit",
            "categoryoptioncombo": "categoryOptionCombo",
        }
        return [
            _value({names.get(k.lower(), k.lower()): v for k, v in row.items() if k})
            for row in reader
        ]
    except (UnicodeDecodeError, csv.Error, KeyError) as error:
        raise Unreadable("csv", "不是有效的 dataValueSet（CSV），请重新导出后再报。") from error


def _month(period: str) -> str:
    """Return a period as a month: 201006, 2010-06 or 2010Q2 (its last month)."""
    if quarter := re.fullmatch(r"(\d{4})Q([1-4])", period):
        return f"{quarter[1]}-{_QUARTER_END[quarter[2]]}"
    if month := re.fullmatch(r"(\d{4})-?(\d{2})", period):
        return f"{month[1]}-{month[2]}"
    raise Unreadable(
        "bad_month", "有的数据值的 period 不是月份或季度（如 201006、2010Q2），请核对。"
    )


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
