"""Read a workspace's settings, registers and catalogue, and say in one sentence what is wrong."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shortplank.catalogue import models as m
from shortplank.errors import WorkspaceError

T = TypeVar("T", bound=BaseModel)

# Counts that the product takes from the register and from `submission`, not from a report's cells.
REGISTER_MEASURES = ("villages", "reports_expected", "reports_received", "reports_timely")
STANDARD = Path(__file__).parent / "standard"
REQUIRED = ("workspace.toml", "areas.csv", "catalogue/measures.toml")
_REGISTERS: dict[str, tuple[str, type[BaseModel]]] = {
    "successors": ("successors.csv", m.Successor),
    "aliases": ("aliases.csv", m.Alias),
    "peers": ("peers.csv", m.Peer),
    "class_history": ("class_history.csv", m.ClassYear),
    "status": ("registers/status.csv", m.Status),
    "support": ("registers/support.csv", m.Support),
    "targets": ("registers/targets.csv", m.Target),
}


@dataclass(frozen=True)
class Workspace:
    """Everything a workspace says about itself; counts live in its editions, not here."""

    path: Path
    settings: m.Settings
    areas: tuple[m.Area, ...]
    successors: tuple[m.Successor, ...]
    aliases: tuple[m.Alias, ...]
    peers: tuple[m.Peer, ...]
    class_history: tuple[m.ClassYear, ...]
    status: tuple[m.Status, ...]
    support: tuple[m.Support, ...]
    targets: tuple[m.Target, ...]
    datasets: dict[str, m.Dataset]
    measures: dict[str, m.Measure]
    derived: dict[str, m.Derived]
    indicators: dict[str, m.Indicator]
    forms: dict[str, m.Form]
    rules: tuple[m.Rule, ...]
    scheme: m.Scheme
    events: tuple[m.Event, ...]
    fingerprint: str

    @cached_property
    def area_by_code(self) -> dict[str, m.Area]:
        """Return the register by code (the last line of a code wins)."""
        return {area.area_code: area for area in self.areas}

    @property
    def home(self) -> m.Area:
        """Return the county that the workspace belongs to."""
        return self.area_by_code[self.settings.home]

    def statistical_year(self, month: date) -> int:
        """Return the statistical year of a month, named by the year it ends in."""
        first = self.settings.statistical_year_first_month
        return month.year + (1 if first > 1 and month.month >= first else 0)

    def year_start(self, month: date) -> date:
        """Return the first month of the statistical year that holds ``month``."""
        first = self.settings.statistical_year_first_month
        return date(month.year if month.month >= first else month.year - 1, first, 1)

    def sensitive(self, indicator_id: str) -> bool:
        """Return whether an indicator rests on counts of births, which are banded for viewers."""
        item = self.indicators[indicator_id]
        leaves = self.leaves((*item.numerator, *item.denominator))
        return any(self.measures[leaf].sensitive == "births" for leaf in leaves)

    def leaves(self, names: Iterable[str]) -> set[str]:
        """Return the leaf measures that the named measures or totals rest on."""
        found: set[str] = set()
        for name in names:
            if name in self.derived:
                found |= self.leaves((*self.derived[name].plus, *self.derived[name].minus))
            elif name in self.measures:
                found.add(name)
        return found


def load_workspace(path: Path | str) -> Workspace:
    """Return the workspace at ``path``; `WorkspaceError` names the file and key at fault."""
    root = Path(path)
    if not root.is_dir():
        raise WorkspaceError(
            "工作区文件夹不存在", place=str(root), mend="请检查 SHORTPLANK_WORKSPACE 或 -w 参数"
        )
    for name in REQUIRED:
        if not (root / name).is_file():
            raise WorkspaceError(
                "缺少这个文件", place=name, mend="请从备份恢复，或用 shortplank init 新建工作区"
            )
    measures = _toml(root, "catalogue/measures.toml", m.Measures)
    registers = {key: _csv(root, name, model) for key, (name, model) in _REGISTERS.items()}
    workspace = Workspace(
        path=root,
        settings=_toml(root, "workspace.toml", m.Settings),
        areas=_csv(root, "areas.csv", m.Area),
        datasets=measures.datasets,
        measures=measures.measures,
        derived=measures.derived,
        indicators=_tables(root, "catalogue/indicators", m.Indicator),
        forms={
            file.stem: _toml(root, f"catalogue/forms/{file.name}", m.Form)
            for file in sorted((root / "catalogue/forms").glob("*.toml"))
        },
        rules=tuple(_list(root, "catalogue/rules.toml", "rule", m.Rule)),
        scheme=_toml(root, "catalogue/scheme.toml", m.Scheme),
        events=tuple(_list(root, "catalogue/events.toml", "event", m.Event)),
        fingerprint=_fingerprint(root),
        **registers,  # type: ignore[arg-type]
    )
    _check_references(workspace)
    return workspace


def load_access(path: Path | str) -> m.Access:
    """Return ``access.toml``, or the defaults where the workspace has none."""
    root = Path(path)
    return _toml(root, "access.toml", m.Access) if (root / "access.toml").exists() else m.Access()


def copy_standard(target: Path | str) -> None:
    """Write the standard catalogue into ``target/catalogue``; files that are there stay."""
    for source in sorted(STANDARD.rglob("*.toml")):
        to = Path(target) / "catalogue" / source.relative_to(STANDARD)
        to.parent.mkdir(parents=True, exist_ok=True)
        if not to.exists():
            shutil.copyfile(source, to)


def _read(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except FileNotFoundError as error:
        raise WorkspaceError("缺少这个文件", place=name, mend="请从备份恢复") from error
    except OSError as error:
        raise WorkspaceError("无法读取这个文件", place=name, mend="请检查文件权限") from error


def _text(root: Path, name: str) -> str:
    try:
        return _read(root, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkspaceError("文件不是 UTF-8 编码", place=name, mend="请另存为 UTF-8") from error


def _parse_toml(root: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(root, name))
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(
            f"不是有效的 TOML（{error}）", place=name, mend="请改正这一处后重试"
        ) from error


def _validate(model: type[T], data: Any, place: str) -> T:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise WorkspaceError(_explain(error), place=place, mend="请改正后重试") from error


_WORDS = {
    "extra_forbidden": "不认识的键",
    "missing": "缺少必填的键",
    "literal_error": "取值不在允许的范围内",
    "value_error": "取值不合要求",
}


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "整个文件"
    word = _WORDS.get(first["type"], "取值的类型或格式不对")
    detail = first["msg"].removeprefix("Value error, ") if first["type"] == "value_error" else ""
    more = f"，另有 {error.error_count() - 1} 处" if error.error_count() > 1 else ""
    return f"键 {key}：{word}{'，' + detail if detail else ''}{more}"


def _toml(root: Path, name: str, model: type[T]) -> T:
    return _validate(model, _parse_toml(root, name), name)


def _list(root: Path, name: str, key: str, model: type[T]) -> list[T]:
    if not (root / name).exists():
        return []
    data = _parse_toml(root, name)
    if unknown := set(data) - {key}:
        raise WorkspaceError(f"键 {min(unknown)}：不认识的键", place=name, mend="请改正后重试")
    return [_validate(model, item, f"{name} 第 {i} 项") for i, item in enumerate(data.get(key, []), 1)]


def _tables(root: Path, folder: str, model: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for file in sorted((root / folder).glob("*.toml")):
        name = f"{folder}/{file.name}"
        for key, data in _parse_toml(root, name).items():
            if key in found:
                raise WorkspaceError(f"键 {key}：重复定义", place=name, mend="请只留一处")
            found[key] = _validate(model, data, f"{name} [{key}]")
    return found


def _csv(root: Path, name: str, model: type[T]) -> tuple[T, ...]:
    if not (root / name).exists():
        return ()
    reader = csv.DictReader(_text(root, name).splitlines())
    header = reader.fieldnames or []
    fields = {info.alias or key: info for key, info in model.model_fields.items()}
    if unknown := [column for column in header if column not in fields]:
        raise WorkspaceError(f"不认识的列 {unknown[0]}", place=name, mend="请删去或改正列名")
    missing = [key for key, info in fields.items() if info.is_required() and key not in header]
    if missing:
        raise WorkspaceError(f"缺少列 {missing[0]}", place=name, mend="请补上这一列")
    rows = []
    for number, row in enumerate(reader, start=2):
        if None in row or None in row.values():
            raise WorkspaceError(
                f"第 {number} 行的列数与表头不一致", place=name, mend="请改正这一行"
            )
        data = {key: value for key, value in row.items() if value != ""}
        rows.append(_validate(model, data, f"{name} 第 {number} 行"))
    return tuple(rows)


def _fingerprint(root: Path) -> str:
    """Return a hash of all that marts depend on besides the edition's files."""
    digest = hashlib.sha256()
    names = ["workspace.toml", "areas.csv", "successors.csv", "catalogue/measures.toml"]
    names += sorted(f"catalogue/indicators/{f.name}" for f in root.glob("catalogue/indicators/*"))
    names += sorted(f"catalogue/forms/{f.name}" for f in root.glob("catalogue/forms/*"))
    for name in names:
        if (root / name).exists():
            digest.update(name.encode() + b"\0" + _read(root, name) + b"\0")
    return digest.hexdigest()[:16]


def _check_references(ws: Workspace) -> None:
    """Refuse names that point nowhere."""
    areas, known = ws.area_by_code, {*ws.measures, *ws.derived, *REGISTER_MEASURES}
    if ws.settings.home not in areas or areas[ws.settings.home].level != "county":
        raise WorkspaceError(
            f"键 home：登记册中没有县 {ws.settings.home}",
            place="workspace.toml",
            mend="请改为 areas.csv 中一个 level=county 的代码",
        )
    for area in ws.areas:
        if area.level != "county" and area.parent_code not in areas:
            raise WorkspaceError(
                f"{area.area_code} {area.name} 的上级 {area.parent_code} 不在登记册中",
                place="areas.csv",
                mend="请补上上级单位或改正代码",
            )
    for key, measure in ws.measures.items():
        if measure.dataset not in ws.datasets:
            raise WorkspaceError(
                f"键 measures.{key}.dataset：没有数据集 {measure.dataset}",
                place="catalogue/measures.toml",
                mend="请改正后重试",
            )
    _check_parts(ws, known)
    for indicator_name in (*ws.scheme.headline, ws.scheme.default_indicator):
        if indicator_name not in ws.indicators:
            raise WorkspaceError(
                f"没有指标 {indicator_name}", place="catalogue/scheme.toml", mend="请改正后重试"
            )
    _check_register_areas(ws, areas)


def _check_parts(ws: Workspace, known: set[str]) -> None:
    for key, total in ws.derived.items():
        for part in (*total.plus, *total.minus):
            if part not in known:
                raise WorkspaceError(
                    f"键 derived.{key}：没有度量 {part}",
                    place="catalogue/measures.toml",
                    mend="请改正后重试",
                )
    for key, item in ws.indicators.items():
        for part in (*item.numerator, *item.denominator):
            if part not in known:
                raise WorkspaceError(
                    f"指标 {key}：没有度量 {part}",
                    place="catalogue/indicators",
                    mend="请改正后重试",
                )
    for key, form in ws.forms.items():
        for column in form.columns:
            if column not in ws.measures or ws.measures[column].dataset != form.dataset:
                raise WorkspaceError(
                    f"键 columns.{column}：数据集 {form.dataset} 没有这个度量",
                    place=f"catalogue/forms/{key}.toml",
                    mend="请改正后重试",
                )


def _check_register_areas(ws: Workspace, areas: dict[str, m.Area]) -> None:
    peers = {peer.area_code for peer in ws.peers}
    for key in ("status", "support", "targets", "aliases"):
        for number, row in enumerate(getattr(ws, key), start=2):
            if row.area_code not in areas and row.area_code not in peers:
                raise WorkspaceError(
                    f"第 {number} 行：登记册中没有单位 {row.area_code}",
                    place=_REGISTERS[key][0],
                    mend="请在 areas.csv 登记，或改正代码",
                )
