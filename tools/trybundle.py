"""Install a bundle where there is no network, up to the first page: `make trybundle`.

Runs in a network namespace of its own (`unshare -rn`), with loopback and no route out.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.browser import launch
from tools.bundle import ARCHES, ROOT

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
PORT = 8599


def only_loopback() -> None:
    """Bring loopback up, and make sure that there is nothing else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(handle, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
    names = [name for _, name in socket.if_nameindex()]
    if len(Path("/proc/net/route").read_text("ascii").splitlines()) > 1:
        raise SystemExit(f"there are routes out of here: {names}; run it by make trybundle")


def started(home: Path, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Serve the demo from an installed bundle; return the process and the address to get in by."""
    log = folder / "server.log"
    shortplank = home / "current/bin/shortplank"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    environment["SHORTPLANK_STATE"] = str(folder / "state")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(shortplank), "serve", "-w", str(folder / "demo"), "--port", str(PORT)],
            cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    for _ in range(600):
        text = log.read_text("utf-8", "replace")
        if found := re.search(r"^http://\S+[?]token=\S+$", text, re.MULTILINE):
            return process, found[0]
        if process.poll() is not None:
            raise SystemExit(text)
        time.sleep(0.1)
    raise SystemExit("the server did not start within a minute")


def first_page(address: str) -> str:
    """Return the finding of the start page, as a browser shows it that comes in by the token.

    Who comes without it stands at the sign-in page.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            page = browser.new_page(locale="zh-CN")
            page.goto(address.partition("?")[0])
            if "/gate/" not in page.url:
                raise SystemExit("nobody was asked to sign in")
            page.goto(address)
            return page.locator("h1.finding").inner_text(timeout=120_000)
        finally:
            browser.close()


def main() -> None:
    """Install, build the demo, serve it, open it; print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--py", default="3.11")
    parser.add_argument("--arch", default="x86_64", choices=ARCHES)
    asked = parser.parse_args()
    (made,) = (ROOT / "dist").glob(f"shortplank-*-py{asked.py.replace('.', '')}-{asked.arch}.tar")
    only_loopback()
    with tempfile.TemporaryDirectory(prefix="shortplank-try-") as scratch:
        folder, begun = Path(scratch), time.monotonic()

        def done(what: str) -> None:
            print(f"{time.monotonic() - begun:6.1f} s  {what}", flush=True)

        with tarfile.open(made) as tar:
            tar.extractall(folder, filter="data")
        (unpacked,) = folder.glob("shortplank-*")
        done("unpacked")
        python = {"PYTHON": shutil.which(f"python{asked.py}") or ""} if asked.py else {}
        subprocess.run(
            ["sh", str(unpacked / "install.sh"), str(folder / "opt")],
            check=True, env=os.environ | {k: v for k, v in python.items() if v},
        )  # fmt: skip
        done("installed")
        shortplank = str(folder / "opt/current/bin/shortplank")
        subprocess.run([shortplank, "demo", "demo"], cwd=folder, check=True)
        done("demo county built")
        process, address = started(folder / "opt", folder)
        try:
            done("server answers")
            done(f"first page: {first_page(address)}")
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
