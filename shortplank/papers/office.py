"""Papers as pages, by the office program of this machine, where there is one."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from shortplank.errors import ShortplankError

# So long an office program may take for all papers of a month.
LONGEST = 120.0
_PROGRAMS = ("soffice", "libreoffice")
_PAINTER = "pdftoppm"
_one_at_a_time = threading.Lock()


def program() -> str | None:
    """Return the path of LibreOffice on this machine, None where there is none."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def pdfs(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return each paper as a PDF, by the names of the papers.

    The program runs in a folder of its own with a profile of its own, and ends with the time
    that it may take. Raises `ShortplankError` where there is no program or it made no pages.

    >>> pdfs({})
    {}
    """
    if not files:
        return {}
    found = program()
    if found is None:
        raise ShortplankError("这台机器上没有 LibreOffice", mend="可直接下载材料，用 WPS 打开")
    with tempfile.TemporaryDirectory(prefix="shortplank-pages-") as folder:
        root = Path(folder)
        # Names are ours: those of papers may be anything.
        sources = {root / f"{at}{Path(name).suffix}": name for at, name in enumerate(files)}
        for path, name in sources.items():
            path.write_bytes(files[name])
        _convert(found, root, list(sources))
        made = {
            name: path.with_suffix(".pdf").read_bytes()
            for path, name in sources.items()
            if path.with_suffix(".pdf").is_file()
        }
    if missing := [name for name in files if name not in made]:
        raise ShortplankError(
            f"LibreOffice 没有排出 {'、'.join(missing)}", mend="可直接下载材料，用 WPS 打开"
        )
    return made


def draws() -> bool:
    """Return whether papers can be laid out and drawn page by page on this machine."""
    return program() is not None and shutil.which(_PAINTER) is not None


def pictures(name: str, data: bytes, *, most: int, wide: int) -> list[bytes]:
    """Return the first pages of a paper as PNG, each ``wide`` pixels wide.

    Raises `ShortplankError` where this machine cannot draw them.
    """
    paper = pdfs({name: data})[name]
    painter = shutil.which(_PAINTER)
    if painter is None:
        raise ShortplankError("这台机器上没有 pdftoppm", mend="可直接下载材料，用 WPS 打开")
    with tempfile.TemporaryDirectory(prefix="shortplank-pages-") as folder:
        (Path(folder) / "paper.pdf").write_bytes(paper)
        size = ["-scale-to-x", str(wide), "-scale-to-y", "-1"]
        _run([painter, "-png", "-l", str(most), *size, "paper.pdf", "page"], Path(folder))
        return [path.read_bytes() for path in sorted(Path(folder).glob("page-*.png"))]


def _convert(found: str, root: Path, sources: list[Path]) -> None:
    """Have the program write the PDFs: one call after another, a machine has few processors."""
    command = [
        found,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={(root / 'profile').as_uri()}",
        "--convert-to",
        "pdf",
        "--outdir",
        str(root),
        *map(str, sources),
    ]
    if not _one_at_a_time.acquire(timeout=LONGEST):
        raise ShortplankError("排版的人多，还没有轮到", mend="请稍后再看，或直接下载材料")
    try:
        _run(command, root)
    finally:
        _one_at_a_time.release()


def _run(command: list[str], folder: Path) -> None:
    """Run a program in a folder that is its home; what it started ends with it or with its time."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        start_new_session=True,
    )
    try:
        child.wait(LONGEST)
    except subprocess.TimeoutExpired as error:
        raise ShortplankError(
            f"{LONGEST:.0f} 秒没有排完", mend="可直接下载材料，用 WPS 打开"
        ) from error
    finally:
        child.kill()
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()
