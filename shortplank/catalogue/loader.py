"""Read a workspace's settings, registers and catalogue, and say in one sentence what is wrong."""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from shortplank.catalogue import models as m
from shortplank.catalogue.pending import is_there
from shortplank.catalogue.references import check_references
from shortplank.catalogue.registers import register_lines
from shortplank.catalogue.validating import files_in, read_file, read_text, validated
from shortplank.catalogue.workspace import Workspace
from shortplank.errors import WorkspaceError

T = TypeVar("T", bound=BaseModel)

STANDARD = Path(__file__).parent / "standard"
BLANK = Path(__file__).parent / "blank"
SCHEMA_VERSION: int = get_args(m.Settings.model_fields["schema_version"].annotation)[0]
# Stands while an upgrade is written down and not yet carried out to its end.
UPGRADING = ".upgrade/commit.json"
REQUIRED = ("workspace.toml", "areas.csv", "catalogue/measures.toml")
_REGISTERS: dict[str, tuple[str, type[BaseModel]]] = {
    "successors": ("successors.csv", m.Successor),
    "aliases": ("aliases.csv", m.Alias),
    "peers": ("peers.csv", m.Peer),
    "class_history": ("class_history.csv", m.ClassYear),
    "status": ("registers/status.csv", m.Status),
    "support": ("registers/support.csv", m.Support),
    "targets": ("registers/targets.csv", m.Target),
    "posts": ("registers/posts.csv", m.Post),
}
# Every single file that a workspace is read from; its folders hold the rest.
SETTINGS_FILES = (
    "workspace.toml",
    "areas.csv",
    *(name for name, _ in _REGISTERS.values()),
    *(f"catalogue/{name}.toml" for name in ("measures", "scheme", "events", "rules")),
)


def load_workspace(path: Path | str) -> Workspace:
    """Return the workspace at ``path``; `WorkspaceError` names the file and key at fault."""
    root = Path(path)
    if not root.is_dir():
        raise WorkspaceError(
            "工作区文件夹不存在", place=str(root), mend="请检查 SHORTPLANK_WORKSPACE 或 -w 参数"
        )
    _require(root, REQUIRED[0])
    refuse_other_schema(root)
    for name in REQUIRED:
        _require(root, name)
    measures = _toml(root, "catalogue/measures.toml", m.Measures)
    settings = _toml(root, "workspace.toml", m.Settings)
    registers = {key: _csv(root, name, model) for key, (name, model) in _REGISTERS.items()}
    workspace = Workspace(
        path=root,
        settings=settings,
        areas=_areas(root),
        datasets=measures.datasets,
        measures=measures.measures,
        derived=measures.derived,
        indicators=_indicators(root, settings),
        forms={
            Path(name).stem: _toml(root, name, m.Form) for name in files_in(root, "catalogue/forms")
        },
        rules=tuple(_list(root, "catalogue/rules.toml", "rule", m.Rule)),
        scheme=_toml(root, "catalogue/scheme.toml", m.Scheme),
        events=tuple(_list(root, "catalogue/events.toml", "event", m.Event)),
        fingerprint=_fingerprint(root),
        **registers,  # type: ignore[arg-type]
    )
    check_references(workspace)
    return workspace


def _require(root: Path, name: str) -> None:
    if not is_there(root, name):
        raise WorkspaceError(
            "缺少这个文件", place=name, mend="请从备份恢复，或用 shortplank init 新建工作区"
        )


def schema_version(root: Path) -> int | None:
    """Return the version of a workspace's form, None where its settings say none."""
    found = _parse_toml(root, "workspace.toml").get("schema_version")
    return found if type(found) is int else None


def refuse_other_schema(root: Path) -> None:
    """Raise `WorkspaceError` for a workspace of an older form, a newer one, or one in between."""
    place, found = "workspace.toml", schema_version(root)
    upgrade = f"请先停下服务，再运行 shortplank upgrade -w {root}"
    if (root / UPGRADING).exists():
        raise WorkspaceError("工作区的升级还没有做完", place=place, mend=upgrade)
    if found is not None and found < SCHEMA_VERSION:
        fault = f"工作区是旧的第 {found} 版（键 schema_version），这个程序用第 {SCHEMA_VERSION} 版"
        raise WorkspaceError(fault, place=place, mend=upgrade)
    if found is not None and found > SCHEMA_VERSION:
        fault = (
            f"工作区是更新的第 {found} 版（键 schema_version），这个程序只认第 {SCHEMA_VERSION} 版"
        )
        raise WorkspaceError(fault, place=place, mend="请换用新版本的程序")


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


def _parse_toml(root: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(root, name))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        where = f"第 {at[1]} 行第 {at[2]} 列" if at else "文件末尾"
        raise WorkspaceError(
            f"{where}不是有效的 TOML", place=name, mend="请改正这一处后重试"
        ) from error


def _toml(root: Path, name: str, model: type[T]) -> T:
    return validated(model, _parse_toml(root, name), name)


def _list(root: Path, name: str, key: str, model: type[T]) -> list[T]:
    if not is_there(root, name):
        return []
    data = _parse_toml(root, name)
    if unknown := set(data) - {key}:
        raise WorkspaceError(f"键 {min(unknown)}：不认识的键", place=name, mend="请改正后重试")
    items = data.get(key, [])
    if not isinstance(items, list):
        raise WorkspaceError(
            f"键 {key}：取值的类型不对", place=name, mend=f"每一项须以 [[{key}]] 开头"
        )
    return [validated(model, item, f"{name} 第 {i} 项") for i, item in enumerate(items, 1)]


def _tables(root: Path, folder: str, model: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name in files_in(root, folder):
        tables = _parse_toml(root, name)
        if not tables:
            raise WorkspaceError("文件是空的", place=name, mend="请从备份恢复，或删去这个文件")
        for key, data in tables.items():
            if key in found:
                raise WorkspaceError(f"键 {key}：重复定义", place=name, mend="请只留一处")
            found[key] = validated(model, data, f"{name} [{key}]")
    return found


def _indicators(root: Path, settings: m.Settings) -> dict[str, m.Indicator]:
    """Return the cards; sex ratios in the workspace's natural range, where it sets one."""
    found = _as_standard(_tables(root, "catalogue/indicators", m.Indicator))
    if settings.natural is None:
        return found
    own = {"target_range": (settings.natural.lowest, settings.natural.highest)}
    return {
        key: item.model_copy(update=own) if item.interval == "srb" else item
        for key, item in found.items()
    }


# What cards of the standard's that were copied before it knew a key are given from it.
_NEWER = (("quality_part",), ("judged", "cluster"))


def _as_standard(indicators: dict[str, m.Indicator]) -> dict[str, m.Indicator]:
    """Return the cards, with the standard's newer keys where no card of the workspace has them."""
    found = dict(indicators)
    for keys in _NEWER:
        if any(keys[0] in item.model_fields_set for item in indicators.values()):
            continue
        for key, data in _standard_cards().items():
            if key in found and keys[0] in data:
                update = {name: data[name] for name in keys if name in data}
                found[key] = found[key].model_copy(update=update)
    return found


@cache
def _standard_cards() -> dict[str, dict[str, Any]]:
    return {
        key: data
        for name in files_in(STANDARD, "indicators")
        for key, data in _parse_toml(STANDARD, name).items()
    }


def _areas(root: Path) -> tuple[m.Area, ...]:
    shared: dict[Any, Any] = {}
    return tuple(m.Area.of(line, shared) for line in register_lines(root, "areas.csv", m.AreaLine))


def _csv(root: Path, name: str, model: type[T]) -> tuple[T, ...]:
    return tuple(register_lines(root, name, model)) if is_there(root, name) else ()


def _fingerprint(root: Path) -> str:
    """Return a hash of the files that kept answers rest on besides the edition's."""
    digest = hashlib.sha256()
    names = ["workspace.toml", "areas.csv", "catalogue/measures.toml", "catalogue/scheme.toml"]
    names += ["successors.csv", "peers.csv", "class_history.csv", "registers/targets.csv"]
    for folder in ("catalogue/indicators", "catalogue/forms"):
        names += files_in(root, folder)
    for name in names:
        if is_there(root, name):
            digest.update(name.encode() + b"\0" + read_file(root, name) + b"\0")
    return digest.hexdigest()[:16]
