"""New workspaces: the demo county, and an empty one with the standard catalogue or a blank one."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from shortplank.catalogue import load_workspace
from shortplank.catalogue.beginning import FIRST_DAY, first_texts
from shortplank.catalogue.models import Post, Status, Support, Target
from shortplank.cli.usage import WrongUse
from shortplank.demo.build import build
from shortplank.errors import ShortplankError
from shortplank.store.posts import USUAL

REGISTERS: dict[str, type[BaseModel]] = {
    "status": Status,
    "support": Support,
    "targets": Target,
    "posts": Post,
}


def write_workspace(
    target: Path, code: str, name: str, *, blank: bool = False, first_month: int | None = None
) -> None:
    """Write an empty workspace; `ShortplankError` where the folder holds anything.

    A ``blank`` one knows no report yet, and its statistical year begins in January; ``first_month``
    is another month of it.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ShortplankError("这里已有内容，没有写入", place=str(target), mend="请换一个空文件夹")
    if not re.fullmatch(r"[0-9A-Za-z]{1,20}", code):
        raise WrongUse(f"--code {code} 不是单位代码", mend="请用不超过 20 位的数字或字母")
    try:
        _write(target, code, first_texts(name, code, blank=blank, first_month=first_month))
    except OSError as error:
        raise ShortplankError("无法写入", place=str(target), mend="请检查路径和权限") from error
    write_forms(target)


def write_forms(target: Path) -> int:
    """Write an empty workbook of every form into ``templates/`` and return their number."""
    from shortplank.ingest.templates import write_templates

    try:
        return len(write_templates(load_workspace(target), target / "templates"))
    except OSError as error:
        raise ShortplankError("无法写入", place="templates", mend="请检查路径和权限") from error


def _write(target: Path, code: str, texts: Mapping[str, str]) -> None:
    (target / "journal").mkdir(parents=True, exist_ok=True)
    for register, model in REGISTERS.items():
        text = ",".join(model.model_fields) + "\n"
        if register == "posts":
            text += "".join(f"{code},{post},{FIRST_DAY},,建库时的岗位\n" for post in USUAL)
        _write_text(target / "registers" / f"{register}.csv", text)
    for name, text in texts.items():
        _write_text(target / name, text)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_demo(target: Path) -> None:
    """Write the demo county, in place of an older one; any other content is left alone."""
    if target.exists() and not _is_empty(target) and not _is_demo(target):
        raise ShortplankError(
            "这里已有别的内容，没有写入", place=str(target), mend="请换一个空文件夹"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".demo-") as made:
        build(Path(made) / "new")
        if target.exists():
            shutil.move(target, Path(made) / "old")
        shutil.move(Path(made) / "new", target)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _is_demo(folder: Path) -> bool:
    try:
        settings = tomllib.loads((folder / "workspace.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(settings.get("demo"))
