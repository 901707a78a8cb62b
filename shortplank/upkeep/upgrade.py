"""``shortplank upgrade``: a workspace of an older form becomes one of this product's.

Steps work on a copy of what people and the product write beside editions. What comes of it is
written down in the workspace's hidden folder first and committed by one rename; only then are the
files put in place, the settings with their new version before all others. A process that ends
before the commit leaves the old workspace; one that ends after it leaves one that nobody opens,
neither this product nor an older one, until the same command has carried it to its end.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit

from shortplank.access import MACHINE
from shortplank.audit.lines import note
from shortplank.catalogue.loader import (
    SCHEMA_VERSION,
    UPGRADING,
    load_workspace,
    refuse_other_schema,
    schema_version,
)
from shortplank.errors import StoreError, WorkspaceError
from shortplank.store import settling
from shortplank.store.files import sync_folders, write_failure, write_private
from shortplank.store.locks import locked
from shortplank.upkeep.backup import backup
from shortplank.upkeep.contents import BackupError, changeable
from shortplank.wording import backup as words

# From which version each step leads to the next one. It is given the folder of a copy: settings,
# registers, catalogue, journal and drafts, and changes the files as it needs; the number in
# workspace.toml is written for it. Editions are no step's to change: they are immutable.
Step = Callable[[Path], None]
STEPS: dict[int, Step] = {}
SETTINGS = "workspace.toml"
_FOLDER, _COMMIT = UPGRADING.split("/")


@dataclass(frozen=True)
class Upgraded:
    """From which version to which, and where the workspace before is kept."""

    before: int
    now: int
    backup: Path | None = None


def upgrade(
    workspace: Path | str, *, backup_to: Path | None = None, without_backup: bool = False
) -> Upgraded:
    """Bring a workspace to this product's form and return what was done.

    A backup is made first, beside the workspace unless ``backup_to`` says where.
    `ShortplankError` where it cannot be done, and then the workspace is as it was.
    """
    root = Path(workspace).resolve()
    if not (root / SETTINGS).is_file():
        raise WorkspaceError("这里不是工作区", place=str(root), mend=words.CHECK_WORKSPACE)
    busy = StoreError("另一次发布或升级还没有结束", place="snapshots/.lock", mend=words.STOP_FIRST)
    try:
        (root / "snapshots").mkdir(exist_ok=True)
        with locked(root / "snapshots" / ".lock", busy):
            settling.carry_out(root)
            done = _finished(root) or _upgraded(root, backup_to, without_backup)
    except OSError as error:
        raise write_failure(error, str(root)) from error
    if done.before != done.now:
        note(root, MACHINE.account, "write", act="upgrade")
    return done


def _upgraded(root: Path, backup_to: Path | None, without_backup: bool) -> Upgraded:
    before = schema_version(root)
    if before is None:
        raise WorkspaceError(
            "键 schema_version：缺少这个键，或不是整数", place=SETTINGS, mend=words.FROM_A_BACKUP
        )
    if before >= SCHEMA_VERSION:
        refuse_other_schema(root)
        return Upgraded(SCHEMA_VERSION, SCHEMA_VERSION)
    steps = _steps(before)
    kept = None if without_backup else (backup_to or _beside(root, before))
    if kept is not None:
        backup(root, kept)
    try:
        change = _staged(root, steps)
    except BaseException:
        shutil.rmtree(root / _FOLDER, ignore_errors=True)
        raise
    _commit(root, change, before)
    _carry_out(root)
    return Upgraded(before, SCHEMA_VERSION, kept)


def _steps(before: int) -> list[Step]:
    versions = range(before, SCHEMA_VERSION)
    if missing := [version for version in versions if version not in STEPS]:
        raise WorkspaceError(
            f"这个程序不能从第 {missing[0]} 版升级",
            place=SETTINGS,
            mend="请先用较早的程序升级，再用这个程序",
        )
    return [STEPS[version] for version in versions]


def _beside(root: Path, before: int) -> Path:
    name = f"{root.name}-schema{before}-{datetime.now():%Y%m%d-%H%M%S}.tar"
    return root.parent / name


# --- before the commit ----------------------------------------------------------------------------
def _staged(root: Path, steps: list[Step]) -> dict[str, Any]:
    """Return what changes, whose new content stands whole and synced in the hidden folder."""
    new = root / _FOLDER / "new"
    shutil.rmtree(root / _FOLDER, ignore_errors=True)  # of one that ended before its commit
    (root / _FOLDER).mkdir(mode=0o700)
    stamps = changeable(root)
    for name in stamps:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, new / name)
    for step in steps:
        step(new)
    _write_version(new / SETTINGS)
    load_workspace(new)
    made = {path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()}
    changed = sorted(name for name in made if _differs(root / name, new / name))
    for name in changed:
        _sync(new / name)
    sync_folders([*(path for path in new.rglob("*") if path.is_dir()), new, new.parent, root])
    if changeable(root) != stamps:
        raise BackupError("升级时有人在写工作区，没有升级", place=str(root), mend=words.STOP_FIRST)
    return {"files": changed, "removed": sorted(set(stamps) - made)}


def _write_version(path: Path) -> None:
    document = tomlkit.parse(path.read_text("utf-8-sig"))
    document["schema_version"] = SCHEMA_VERSION
    path.write_text(tomlkit.dumps(document), "utf-8", newline="")


def _differs(old: Path, new: Path) -> bool:
    return not old.exists() or old.read_bytes() != new.read_bytes()


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _commit(root: Path, change: dict[str, Any], before: int) -> None:
    """Write down what is to be done; from here on it is carried out, by whoever runs next."""
    line = {"before": before, "now": SCHEMA_VERSION, **change}
    write_private(root / UPGRADING, json.dumps(line, ensure_ascii=False).encode())


# --- after it -------------------------------------------------------------------------------------
def _finished(root: Path) -> Upgraded | None:
    """Carry out an upgrade that was committed and not ended, and return it; None for none."""
    if not (root / UPGRADING).exists():
        shutil.rmtree(root / _FOLDER, ignore_errors=True)
        return None
    line = _carry_out(root)
    return Upgraded(line["before"], line["now"])


def _carry_out(root: Path) -> dict[str, Any]:
    """Put every new file in its place; done twice it is done once."""
    line: dict[str, Any] = json.loads((root / UPGRADING).read_bytes())
    new = root / _FOLDER / "new"
    for name in sorted(line["files"], key=lambda name: name != SETTINGS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        write_private(root / name, (new / name).read_bytes())
        (root / name).chmod((new / name).stat().st_mode & 0o777)
    for name in line["removed"]:
        (root / name).unlink(missing_ok=True)
    sync_folders({(root / name).parent for name in line["removed"]})
    (root / UPGRADING).unlink()
    sync_folders([root / _FOLDER])
    shutil.rmtree(root / _FOLDER, ignore_errors=True)
    return line
