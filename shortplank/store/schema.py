"""What a dataset's table must look like, and which levels it may hold."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import LEVELS
from shortplank.errors import StoreError

_TYPES = {"VARCHAR": pa.string(), "DATE": pa.date32(), "BIGINT": pa.int64()}
_BULLETIN = {
    "indicator": pa.string(),
    "numerator": pa.int64(),
    "denominator": pa.int64(),
    "value": pa.float64(),
    "published_rank": pa.int64(),
}


def dataset_measures(workspace: Workspace, dataset: str) -> list[str]:
    """Return the stored columns of a dataset's leaf counts, in the catalogue's order."""
    columns: list[str] = []
    for key, measure in workspace.measures.items():
        column = measure.column or key
        if measure.dataset == dataset and not measure.matched and column not in columns:
            columns.append(column)
    return columns


def dataset_schema(workspace: Workspace, dataset: str) -> pa.Schema:
    """Return the Arrow schema of a dataset's files."""
    item = workspace.datasets.get(dataset)
    if item is None:
        raise StoreError(f"没有数据集 {dataset}", place="catalogue/measures.toml", mend="请先登记")
    fields = [("area_code", pa.string()), ("stat_month", pa.date32())]
    fields += [(name, _TYPES[kind]) for name, kind in item.keys.items()]
    if item.shape == "bulletin":
        fields += list(_BULLETIN.items())
    elif item.shape == "wide":
        fields += [(name, pa.int64()) for name in dataset_measures(workspace, dataset)]
    return pa.schema(fields)


def conform(workspace: Workspace, dataset: str, month: date, table: pa.Table) -> pa.Table:
    """Return the table in the dataset's schema, sorted; refuse what the catalogue forbids."""
    schema = dataset_schema(workspace, dataset)
    place = f"{dataset} {month:%Y-%m}"
    if unknown := set(table.column_names) - set(schema.names):
        raise StoreError(f"不认识的列 {min(unknown)}", place=place, mend="请检查表单")
    columns = [
        table[name] if name in table.column_names else pa.nulls(table.num_rows, type=kind)
        for name, kind in zip(schema.names, schema.types, strict=True)
    ]
    try:
        table = pa.table(columns, names=schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise StoreError("列的类型不对", place=place, mend="计数须为整数") from error
    _check_months(table, month, place)
    _check_areas(workspace, dataset, table, place)
    keys = ["area_code", *workspace.datasets[dataset].keys]
    keys += ["indicator"] if workspace.datasets[dataset].shape == "bulletin" else []
    _check_unique(table, keys, place)
    return table.sort_by([(key, "ascending") for key in keys]).combine_chunks()


def _check_months(table: pa.Table, month: date, place: str) -> None:
    if table.num_rows and pc.unique(table["stat_month"]).to_pylist() != [month]:
        raise StoreError("stat_month 与所属月份不一致", place=place, mend="请检查月份")


def _check_areas(workspace: Workspace, dataset: str, table: pa.Table, place: str) -> None:
    areas = workspace.area_by_code
    peers = {peer.area_code for peer in workspace.peers}
    item = workspace.datasets[dataset]
    lowest = LEVELS.index(item.level)
    for code in pc.unique(table["area_code"]).to_pylist():
        if code in areas:
            level = LEVELS.index(areas[code].level)
            if level > lowest:
                raise StoreError(
                    f"{item.label}只到{_LEVEL_NAMES[item.level]}，不接受 {code}",
                    place=place,
                    mend="请删去更低一级的数据",
                )
            if level < lowest and item.shape == "wide" and item.cadence != "event":
                raise StoreError(
                    f"{item.label}按{_LEVEL_NAMES[item.level]}填报，不接受合计行 {code}",
                    place=place,
                    mend="请删去上级的合计，以免重复计算",
                )
        elif not (item.shape == "bulletin" and code in peers):
            raise StoreError(f"登记册中没有单位 {code}", place=place, mend="请先在 areas.csv 登记")
    if "subject" in table.column_names:
        _check_procedures(workspace, table, place)


_LEVEL_NAMES = {"county": "县", "township": "乡镇", "village": "村"}


def _check_procedures(workspace: Workspace, table: pa.Table, place: str) -> None:
    codes = pc.unique(table.filter(pc.equal(table["subject"], "procedures"))["area_code"])
    for code in codes.to_pylist():
        if workspace.area_by_code[code].level == "village":
            raise StoreError(f"手术类抽查只到乡镇，不接受 {code}", place=place, mend="请按乡镇汇总")


def _check_unique(table: pa.Table, keys: list[str], place: str) -> None:
    counted = table.select(keys).group_by(keys).aggregate([([], "count_all")])
    again = counted.filter(pc.greater(counted["count_all"], 1))
    if again.num_rows:
        raise StoreError(
            f"{again['area_code'][0].as_py()} 有重复的行", place=place, mend="每个单位每月只留一行"
        )
