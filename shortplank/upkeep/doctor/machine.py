"""The machine: Python and system, packages against their pins, fonts, and whose account it is."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement

from shortplank.store.served import SERVED
from shortplank.upkeep.doctor.found import Found, found

LEAST = (3, 11)
PINS = Path("requirements/run.txt")
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9_.-]*)(?:\[[^]]*\])?==([^\s;\\]+)\s*(;[^\\\n]*)?", re.M)
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
                 "C:/Windows/Fonts", "/System/Library/Fonts")  # fmt: skip
_CHINESE = re.compile(
    r"cjk|wqy|simsun|simhei|msyh|sourcehan|notosanssc|uming|ukai|fallback|pingfang", re.I
)
_SHOWN = 3


def python() -> Iterator[Found]:
    """Yield which Python and system this is."""
    glibc = " ".join(platform.libc_ver()).strip()
    parts = (platform.system(), platform.machine(), glibc)
    about = {"version": platform.python_version(), "system": " ".join(p for p in parts if p)}
    if sys.version_info[:2] < LEAST:
        least = ".".join(map(str, LEAST))
        yield found("python", "wrong", "python_old", least=least, **about)
    elif platform.system() != "Linux":
        yield found("python", "warn", "python_elsewhere", **about)
    else:
        yield found("python", "ok", "python_ok", **about)


def packages() -> Iterator[Found]:
    """Yield how the installed packages stand to the set that is tested."""
    pins = pinned()
    missing, other = _against(pins) if pins else (_too_old(), [])
    if missing:
        yield found("packages", "wrong", "packages_missing", names=_few(missing))
    elif other:
        yield found("packages", "warn", "packages_other", names=_few(other))
    elif pins:
        yield found("packages", "ok", "packages_ok", number=len(pins))
    else:
        number = len(importlib.metadata.requires("shortplank") or [])
        yield found("packages", "ok", "packages_enough", number=number)


def pinned() -> dict[str, str]:
    """Return the tested version of each package, nothing where the list is not there.

    A line that is meant for some systems alone is passed over.
    """
    try:
        text = (SERVED / PINS).read_text(encoding="utf-8")
    except OSError:
        return {}
    return {name: version for name, version, marker in _PIN.findall(text) if not marker}


def _against(pins: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the packages that are missing, and those of another version."""
    held = {name: installed(name) for name in pins}
    missing = [name for name, version in held.items() if version is None]
    other = [
        f"{name} {version}（{pins[name]}）"
        for name, version in held.items()
        if version is not None and version != pins[name]
    ]
    return missing, other


def _too_old() -> list[str]:
    """Return the packages that are missing or below the least version that is taken."""
    wanted = [Requirement(each) for each in importlib.metadata.requires("shortplank") or []]
    return [
        each.name
        for each in wanted
        if (each.marker is None or each.marker.evaluate())
        and not each.specifier.contains(installed(each.name) or "0", prereleases=True)
    ]


def installed(name: str) -> str | None:
    """Return the version of a package, None where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _few(names: list[str]) -> str:
    more = f"……（{len(names)}）" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more


def fonts() -> Iterator[Found]:
    """Yield which fonts with Chinese characters the machine has."""
    names = chinese_fonts()
    if names:
        yield found("fonts", "ok", "fonts_ok", names=_few(names))
    else:
        yield found("fonts", "warn", "fonts_none")


def chinese_fonts() -> list[str]:
    """Return the fonts that fontconfig says have Chinese, or files that are called like one."""
    if program := shutil.which("fc-list"):
        asked = [program, ":lang=zh", "family"]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=20).stdout
        return sorted({line.split(",")[0].strip() for line in told.splitlines() if line.strip()})
    folders = (Path(folder).expanduser() for folder in _FONT_FOLDERS)
    files = (path for folder in folders if folder.is_dir() for path in folder.rglob("*.[to]t[cf]"))
    return sorted({path.stem for path in files if _CHINESE.search(path.stem)})


def account(workspace: Path) -> Iterator[Found]:
    """Yield whether the account is the service's own: not root, and the workspace's owner."""
    if not hasattr(os, "geteuid"):
        return
    own, owner = os.geteuid(), workspace.stat().st_uid if workspace.exists() else os.geteuid()
    if own != owner:
        yield found("account", "warn", "account_other", owner=owner, own=own)
    elif own == 0:
        yield found("account", "warn", "account_root")
    else:
        yield found("account", "ok", "account_ok")
