"""A real nginx on loopback, by the example of deploy/, before two processes of the app."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.browser import LOOPBACK, REPOSITORY, serving

EXAMPLE = REPOSITORY / "deploy/nginx.conf"
BASE = "board"
SECRET = "0" * 64
MAIN = """{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format shortplank_tests '$request_uri\t$status\t$upstream_addr';
    access_log {folder}/access.log shortplank_tests;
    include {folder}/shortplank.conf;
}}
"""


def nginx_path() -> str | None:
    """Return the nginx of this machine; administrators' programs are on no one else's PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with ExitStack() as open_ones:
        probes = [open_ones.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@dataclass
class Proxied:
    """The app behind nginx: where people find it, and its processes."""

    url: str
    plain: str
    """The same without TLS."""
    folder: Path
    ports: list[int]
    workspace: Path
    processes: dict[int, ExitStack] = field(default_factory=dict)

    def start(self, port: int) -> None:
        """Start the process of a port, and wait until it answers."""
        self.processes[port] = ExitStack()
        self.processes[port].enter_context(
            serving(
                self.workspace,
                "asgi.py",
                environment={
                    "STREAMLIT_SERVER_COOKIE_SECRET": SECRET,
                    "SHORTPLANK_STATE": str(self.folder / "state"),
                },
                port=port,
                base=BASE,
            )
        )

    def end(self, port: int) -> None:
        """End the process of a port."""
        self.processes.pop(port).close()

    def answered_by(self, path: str) -> list[int]:
        """Return the ports that answered requests of a path, the last one last.

        The proxy writes its line after the answer: wait for the line of a request just made.
        """
        deadline = time.monotonic() + 20
        while not (ports := self._answered(path)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return ports

    def _answered(self, path: str) -> list[int]:
        lines = (self.folder / "access.log").read_text("utf-8").splitlines()
        asked = [line.split("\t") for line in lines]
        return [
            int(upstream.rpartition(":")[2])
            for at, _status, upstream in asked
            if at.startswith(path) and upstream != "-"
        ]


@contextmanager
def proxied(folder: Path, workspace: Path, ways: str) -> Iterator[Proxied]:
    """Serve a workspace by two processes behind nginx; all are ended on leaving.

    ``ways`` are the ways in, as access.toml has them.
    """
    first, second, tls, plain = free_ports(4)
    made = Proxied(
        f"https://{LOOPBACK}:{tls}/{BASE}",
        f"http://{LOOPBACK}:{plain}/{BASE}",
        folder,
        [first, second],
        workspace,
    )
    access = f'public = "{made.url}"\n{ways}'
    (workspace / "access.toml").write_text(access, "utf-8")
    _write_configuration(folder, made.ports, tls, plain)
    with ExitStack() as running:
        for port in made.ports:
            made.start(port)
        running.callback(lambda: [made.end(port) for port in list(made.processes)])
        running.enter_context(_nginx(folder, tls))
        yield made


def _write_configuration(folder: Path, ports: list[int], tls: int, plain: int) -> None:
    """Write the example with the ports and the certificate of a test in it, and nothing else."""
    text = EXAMPLE.read_text("utf-8")
    certificate, key = _certificate(folder)
    for old, new in {
        "127.0.0.1:8501": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8502": f"127.0.0.1:{ports[1]}",
        "listen 80;": f"listen {LOOPBACK}:{plain};",
        "listen 443 ssl": f"listen {LOOPBACK}:{tls} ssl",
        "server_name board.county.example;": f"server_name {LOOPBACK};",
        "https://$host$request_uri": f"https://$host:{tls}$request_uri",
        "/etc/nginx/tls/board.crt": str(certificate),
        "/etc/nginx/tls/board.key": str(key),
        "/var/log/shortplank/access.log shortplank;": f"{folder}/access.log shortplank_tests;",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "shortplank.conf").write_text(text, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), "utf-8")


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of our own for loopback; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files = (folder / "board.crt", folder / "board.key")
    files[0].write_bytes(made.public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return files


@contextmanager
def _nginx(folder: Path, port: int) -> Iterator[None]:
    """Run nginx on a folder's configuration until leaving."""
    program = nginx_path()
    assert program is not None
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    said = folder / "said.log"
    with said.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, process, said)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended: {said.read_text()}")
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("nginx does not listen")
