"""install.sh, on bundles of two small wheels: whole, damaged, not for here, killed, undone."""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.bundle import digest, needs_glibc, pack, stage, write_sums

PY = f"{sys.version_info.major}.{sys.version_info.minor}"
pytestmark = pytest.mark.skipif(
    platform.system() != "Linux" or shutil.which("sha256sum") is None,
    reason="a bundle is installed on Linux",
)
_ALONE = ["unshare", "-rn"]
MAIN = "import leaf\n\ndef main():\n    print(leaf.SAID, {version!r})\n"


def can_be_alone() -> bool:
    """Return whether a process may have a network of its own, with no way out."""
    tried = subprocess.run([*_ALONE, "true"], capture_output=True, check=False)
    return tried.returncode == 0


def wheel(folder: Path, name: str, version: str, modules: dict[str, str], script: str = "") -> Path:
    """Write a wheel by hand: nothing is fetched and nothing built."""
    about = f"{name}-{version}.dist-info"
    files = dict(modules)
    files[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files[f"{about}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if script:
        files[f"{about}/entry_points.txt"] = f"[console_scripts]\n{name} = {script}\n"
    record = [
        f"{each},sha256={_urlsafe(text.encode())},{len(text.encode())}"
        for each, text in files.items()
    ]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for each, text in files.items():
            packed.writestr(zipfile.ZipInfo(each, (2020, 1, 1, 0, 0, 0)), text)
    return path


def _urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A function that makes an unpacked bundle of a version."""

    def made(version: str = "1.0", python: str = PY, arch: str = platform.machine()) -> Path:
        folder = tmp_path / f"bundle-{version}-{python}-{arch}"
        (folder / "wheels").mkdir(parents=True)
        leaf = wheel(folder / "wheels", "leaf", "2.0", {"leaf.py": "SAID = 'whole'\n"})
        own = wheel(
            folder / "wheels", "shortplank", version,
            {"shortplank_here.py": MAIN.format(version=version)}, "shortplank_here:main",
        )  # fmt: skip
        pinned = "".join(
            f"{name}=={number} --hash=sha256:{digest(path.read_bytes())}\n"
            for name, number, path in (("leaf", "2.0", leaf), ("shortplank", version, own))
        )
        stage(folder, python, arch, version, pinned)
        return folder

    return made


def command(bundle: Path, *arguments: object) -> list[str]:
    alone = _ALONE if can_be_alone() else []
    return [*alone, "sh", str(bundle / "install.sh"), *map(str, arguments)]


def around(bundle: Path) -> dict[str, str]:
    """Return an environment that would send pip and Python elsewhere, if they listened to it."""
    elsewhere = str(bundle.parent / "elsewhere")
    return {
        "PATH": os.environ["PATH"],
        "PYTHON": sys.executable,
        "TMPDIR": str(bundle.parent),
        "PIP_TARGET": elsewhere,
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PYTHONPATH": elsewhere,
    }


def install(bundle: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run install.sh without any network, where the machine lets us."""
    return subprocess.run(
        command(bundle, *arguments),
        capture_output=True, text=True, check=False, env=around(bundle), cwd="/",
    )  # fmt: skip


def said(target: Path) -> str:
    """Return what the installed command says."""
    run = [str(target / "current/bin/shortplank")]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence by which an install is refused."""
    assert done.returncode == 1 and done.stdout == "", done.stdout
    assert done.stderr.count("\n") == 1 and done.stderr.endswith("。\n"), done.stderr
    return done.stderr.strip()


def altered(bundle: Path, name: str, value: str) -> None:
    """Change what a bundle says of itself, with its checksums."""
    path = bundle / "bundle.env"
    lines = [line.split("=") for line in path.read_text("utf-8").splitlines()]
    path.write_text("".join(f"{k}={value if k == name else v}\n" for k, v in lines), "utf-8")
    write_sums(bundle)


def test_it_installs_goes_up_a_version_and_back(make: Make, tmp_path: Path) -> None:
    target, first, second = tmp_path / "opt", make("1.0"), make("1.1")
    before = {path.name for path in tmp_path.iterdir()}
    assert "elsewhere" not in before
    assert install(first, target).returncode == 0
    assert said(target) == "whole 1.0"
    assert {path.name for path in tmp_path.iterdir()} == before | {"opt"}
    again = install(first, target)
    assert again.returncode == 0 and not (target / "previous").exists()
    assert install(second, target).returncode == 0
    assert said(target) == "whole 1.1"
    back = install(second, "--rollback", target)
    assert back.returncode == 0 and said(target) == "whole 1.0"
    assert install(second, "--rollback", target).returncode == 0 and said(target) == "whole 1.1"
    assert not list(target.rglob("*.new")) and not list(target.glob("versions/.*"))


def test_what_is_not_for_this_machine_is_refused_in_a_sentence(make: Make, tmp_path: Path) -> None:
    target, other = tmp_path / "opt", "aarch64" if platform.machine() == "x86_64" else "x86_64"
    assert f"这个安装包用于 {other}" in refusal(install(make(arch=other), target))
    assert "这里没有 Python 3.99" in refusal(install(make(python="3.99"), target))
    bundle = make("2.0")
    altered(bundle, "GLIBC", "2.999")
    assert "glibc 低于 2.999" in refusal(install(bundle, target))
    altered(bundle, "GLIBC", "2.17")
    assert not target.exists()
    altered(bundle, "NEEDS", str(10**12))
    assert "需要 976562500 MB" in refusal(install(bundle, target))
    assert not target.exists()
    (tmp_path / "file").write_text("", "utf-8")
    assert "不能写入" in refusal(install(bundle, tmp_path / "file/opt"))
    assert "没有选项 --now" in refusal(install(bundle, "--now"))
    assert "没有可以退回的版本" in refusal(install(bundle, "--rollback", target))


def test_a_bundle_that_is_not_whole_is_refused(make: Make, tmp_path: Path) -> None:
    bundle, target = make(), tmp_path / "opt"
    script = (bundle / "install.sh").read_bytes()
    leaf = next((bundle / "wheels").glob("leaf-*"))
    data = leaf.read_bytes()
    leaf.write_bytes(data[:-1] + b"x")
    assert "与清单不符" in refusal(install(bundle, target))
    leaf.unlink()
    assert "与清单不符" in refusal(install(bundle, target))
    leaf.write_bytes(data)
    (bundle / "SHA256SUMS").unlink()
    assert "不是完整的安装包" in refusal(install(bundle, target))
    assert not target.exists() and (bundle / "install.sh").read_bytes() == script


def test_an_install_that_does_not_come_through_is_taken_back(make: Make, tmp_path: Path) -> None:
    target, good, bad = tmp_path / "opt", make("1.0"), make("1.1")
    assert install(good, target).returncode == 0
    pinned = bad / "requirements.txt"
    pinned.write_text(pinned.read_text("utf-8").replace("sha256:", "sha256:0", 1)[:-2], "utf-8")
    write_sums(bad)
    done = install(bad, target)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("安装没有完成，已全部撤回。")
    assert "HASH" in (tmp_path / "shortplank-install.log").read_text("utf-8").upper()
    assert said(target) == "whole 1.0"
    assert [path.name for path in (target / "versions").iterdir()] == [
        os.readlink(target / "current").removeprefix("versions/")
    ]


def test_one_that_was_killed_leaves_the_old_version_and_is_cleaned_up(
    make: Make, tmp_path: Path
) -> None:
    target, first, second = tmp_path / "opt", make("1.0"), make("1.1")
    assert install(first, target).returncode == 0
    running = subprocess.Popen(
        command(second, target), env=around(second), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while running.poll() is None and not list(target.glob("versions/.unfinished-*")):
        time.sleep(0.01)
    assert "由另一个窗口安装" in refusal(install(first, target))
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert said(target) == "whole 1.0" and list(target.glob("versions/.unfinished-*"))
    assert install(second, target).returncode == 0
    assert said(target) == "whole 1.1" and not list(target.glob("versions/.unfinished-*"))


def test_a_bundle_is_the_same_bytes_each_time(make: Make, tmp_path: Path) -> None:
    bundle = make()
    for name in ("a.tar", "b.tar"):
        pack(bundle, tmp_path / name, 1_290_000_000)
        os.utime(bundle / "bundle.env")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


def test_the_glibc_that_is_asked_for_is_what_the_wheels_need() -> None:
    assert needs_glibc(["x-py3-none-any.whl"]) == "2.17"
    newer = "x-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"
    assert needs_glibc([newer, "y-1-cp311-cp311-manylinux2014_x86_64.whl"]) == "2.27"
