"""Make a bundle that installs without any network: `make bundle PY=3.11 ARCH=x86_64`.

It holds the wheels of requirements/run.txt for that Python and machine, shortplank's own wheel,
``deploy/`` with install.sh, the papers on deployment, and a checksum of each file. From one commit
the bytes are the same each time.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARCHES = ("x86_64", "aarch64")
# The oldest systems that wheels of today are made for; Debian 12 has glibc 2.36, Kylin V10 2.28.
GLIBC = range(5, 29)
# Unpacked, with pip's own files beside, the wheels take so many times their size.
UNPACKED = 5
SUMS = "SHA256SUMS"
FONTS = """\
None is in the bundle, and the server needs none: it draws no picture. Browsers and office programs
use the Chinese fonts of the people who look; Windows, WPS, Kylin and UOS come with them. A Linux
desktop without one shows boxes:

    Debian, Ubuntu      apt install fonts-noto-cjk
"""


def platforms(arch: str) -> list[str]:
    """Return the tags of wheels that run there.

    >>> platforms("aarch64")[-1]
    'manylinux2014_aarch64'
    """
    newer = [f"manylinux_2_{minor}_{arch}" for minor in reversed(GLIBC)]
    older = ["manylinux2010_x86_64", "manylinux1_x86_64"] if arch == "x86_64" else []
    return [*newer, *older, f"manylinux2014_{arch}"]


def needs_glibc(names: Iterable[str]) -> str:
    """Return the glibc that all wheels of these file names run with.

    >>> needs_glibc(["a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    ...              "b-1-py3-none-any.whl", "c-1-cp311-abi3-manylinux_2_28_x86_64.whl"])
    '2.28'
    """
    least = []
    for name in names:
        tags = [int(minor) for minor in re.findall(r"manylinux_2_(\d+)_", name)]
        tags += [17] if "manylinux2014" in name else []
        if tags:
            least.append(min(tags))
    return f"2.{max(least, default=17)}"


def download(python: str, arch: str, folder: Path) -> None:
    """Fetch the pinned wheels for a Python and a machine, each compared with its hash."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--implementation", "cp"]
    command += ["--python-version", python, "--dest", str(folder)]
    for each in platforms(arch):
        command += ["--platform", each]
    subprocess.run([*command, "-r", "requirements/run.txt"], cwd=ROOT, check=True)


def build(folder: Path) -> Path:
    """Build shortplank's wheel into a folder, the same bytes from the same commit."""
    moment = {"SOURCE_DATE_EPOCH": str(committed())}
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run(
        [*command, str(folder)], cwd=ROOT, check=True, capture_output=True, env=os.environ | moment
    )
    (made,) = folder.glob("shortplank-*.whl")
    return made


def committed() -> int:
    """Return when the commit was made, in seconds of the epoch; a fixed time outside of git."""
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return int(told.stdout) if told.returncode == 0 else 1_577_836_800


def stage(folder: Path, python: str, arch: str, version: str, pinned: str) -> None:
    """Lay what goes with the wheels in ``folder/wheels`` beside them, checksums last."""
    wheels = sorted((folder / "wheels").iterdir())
    size = sum(wheel.stat().st_size for wheel in wheels)
    write(folder / "requirements.txt", pinned)
    about = {
        "VERSION": version,
        # Two commits may share a version; what is installed is told apart by all of it.
        "BUILD": f"{version}-{digest(pinned.encode())[:8]}",
        "PY": python,
        "ARCH": arch,
        "GLIBC": needs_glibc(wheel.name for wheel in wheels),
        "NEEDS": str(UNPACKED * size // 1024),
    }
    write(folder / "bundle.env", "".join(f"{name}={value}\n" for name, value in about.items()))
    write(folder / "FONTS.txt", FONTS)
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    shutil.move(folder / "deploy/install.sh", folder / "install.sh")
    for paper in sorted((ROOT / "docs").glob("deployment*.md")):
        (folder / "docs").mkdir(exist_ok=True)
        shutil.copy(paper, folder / "docs" / paper.name)
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """Write the checksum of every file into SHA256SUMS."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [
        f"{digest(path.read_bytes())}  {path.relative_to(folder).as_posix()}\n"
        for path in files
        if path.name != SUMS
    ]
    write(folder / SUMS, "".join(sums))


def pinned_with(version: str, own: Path) -> str:
    """Return the pinned requirements with shortplank's own wheel among them."""
    pinned = (ROOT / "requirements/run.txt").read_text("utf-8")
    return f"{pinned}shortplank=={version} --hash=sha256:{digest(own.read_bytes())}\n"


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pack(folder: Path, target: Path, moment: int) -> None:
    """Pack a folder: names in their order, one time, nobody's name, modes that all may read."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            entry = tarfile.TarInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}")
            data = path.read_bytes()
            entry.size, entry.mtime = len(data), moment
            entry.mode = 0o755 if path.suffix == ".sh" else 0o644
            tar.addfile(entry, io.BytesIO(data))


def bundle(python: str, arch: str, target: Path) -> Path:
    """Make the bundle for a Python and a machine and return it."""
    with tempfile.TemporaryDirectory(prefix="shortplank-bundle-") as made:
        wheels = Path(made) / "wheels"
        download(python, arch, wheels)
        own = build(wheels)
        version = own.name.split("-")[1]
        name = f"shortplank-{version}-py{python.replace('.', '')}-{arch}"
        folder = Path(made) / name
        folder.mkdir()
        shutil.move(wheels, folder / "wheels")
        pinned = pinned_with(version, folder / "wheels" / own.name)
        stage(folder, python, arch, version, pinned)
        target.mkdir(parents=True, exist_ok=True)
        pack(folder, target / f"{name}.tar", committed())
        return target / f"{name}.tar"


def main() -> None:
    """Make the bundle that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--py", default="3.11", help="Python of the server, as 3.11")
    parser.add_argument("--arch", default="x86_64", choices=ARCHES)
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    asked = parser.parse_args()
    made = bundle(asked.py, asked.arch, asked.to)
    size = made.stat().st_size / 1e6
    print(f"{made} ({size:.0f} MB, sha256 {digest(made.read_bytes())})")


if __name__ == "__main__":
    main()
