"""docs/deployment.md in both languages: the same steps, which work, and sentences that are said."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.main import get_command

from shortplank.cli import app
from tests.upkeep.test_workers import LONG, listens, two_ports
from tools.browser import LOOPBACK, REPOSITORY

PAPERS = ("docs/deployment.md", "docs/deployment.zh-CN.md")
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PUBLIC = "https://board.county.example"
FIRST, OWN = "杉野的春天从三月开始", "另一句已经足够长的话"


def text(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def blocks(name: str) -> list[tuple[str, str]]:
    """Return what each fenced block is for, and what it holds."""
    return BLOCK.findall(text(name))


# --- what both say --------------------------------------------------------------------------------
def test_both_languages_have_the_same_steps() -> None:
    english, chinese = (re.sub(BLOCK, "", text(name)) for name in PAPERS)
    assert blocks(PAPERS[0]) == blocks(PAPERS[1])
    heads = [re.findall(r"^(#+ [\d.]*)", each, re.MULTILINE) for each in (english, chinese)]
    assert heads[0] == heads[1] and len(heads[0]) == 13
    rows = [re.findall(r"^\| *(.+?) *\|", each, re.MULTILINE) for each in (english, chinese)]
    assert len(rows[0]) == len(rows[1])
    assert sentences(PAPERS[0]) == sentences(PAPERS[1])
    spans = [sorted(re.findall(r"`([^`]+)`", each)) for each in (english, chinese)]
    assert {*spans[0]} ^ {*spans[1]} <= {
        "shortplank restore FILE /srv/shortplank/county",
        "shortplank restore 备份文件 /srv/shortplank/county",
        "shortplank user add NAME --role admin",
        "shortplank user add 账号 --role admin",
        "shortplank user passwd NAME",
        "shortplank user passwd 账号",
    }


def sentences(name: str) -> list[str]:
    """Return what stands on the screen, by the table of the last section."""
    table = text(name).rpartition("\n## ")[2]
    first = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)[1:]
    # Two lines are said by nginx and by the browser.
    assert len(first) > 20 and first[-2].startswith("nginx:")
    return first[:-2]


def said_by_the_product() -> str:
    """Return every text in the product's code, a line each."""
    found = []
    for path in (REPOSITORY / "shortplank").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_every_sentence_of_the_table_is_said_by_the_product() -> None:
    said = said_by_the_product()
    parts = [part for each in sentences(PAPERS[0]) for part in re.split("…|9", each)]
    assert not [part for part in parts if part.strip("，") not in said]


def test_every_command_of_the_papers_is_one() -> None:
    """A name, and where it has commands of its own, theirs."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    code = "\n".join(
        [*(body for _, body in blocks(PAPERS[0])), *re.findall("`([^`]+)`", text(PAPERS[0]))]
    )
    called = set(re.findall(r"^shortplank (\w+)(?: (\w+))?", code, re.MULTILINE))
    assert {"init", "user", "serve", "backup", "upgrade", "doctor"} <= {name for name, _ in called}
    missing = [name for name, _ in called if name not in commands]
    assert not missing
    for name, under in called:
        assert not hasattr(commands[name], "commands") or under in commands[name].commands


@pytest.mark.parametrize("name", PAPERS)
def test_files_of_deploy_that_are_named_exist(name: str) -> None:
    named = set(re.findall(r"(?<!tests/)deploy/[\w.-]*\w", text(name)))
    assert len(named) >= 7
    assert not [each for each in named if not (REPOSITORY / each).is_file()]


# --- what both do ---------------------------------------------------------------------------------
class Machine:
    """A folder in which the commands of the papers run as they stand, but for their places."""

    def __init__(self, folder: Path, ports: list[int]) -> None:
        self.folder, self.ports = folder, ports
        program = folder / "opt/shortplank/current/bin"
        program.mkdir(parents=True)
        (program / "shortplank").write_text(
            f'#!/bin/sh\nexec {sys.executable} -m shortplank.cli "$@"\n', "utf-8"
        )
        (program / "shortplank").chmod(0o755)
        bundle = folder / "bundle"
        shutil.copytree(REPOSITORY / "deploy", bundle / "deploy")
        for file in ("shortplank.env", "shortplank.sh"):
            path = bundle / "deploy" / file
            path.write_text(self.moved(path.read_text("utf-8")), "utf-8")

    def moved(self, script: str) -> str:
        """Return a script with its places below the folder, its ports, and nobody's account."""
        script = re.sub(r"(?<![\w.])/(srv|etc|opt|usr|var)/", rf"{self.folder}/\1/", script)
        script = script.replace(" -o shortplank -g shortplank", "")
        script = re.sub("setpriv .* -- ", "", script)
        script = script.replace("8501", str(self.ports[0])).replace("8502", str(self.ports[1]))
        return script.replace("'/bin/sh", "/bin/sh")

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHORTPLANK", "COV_"))}
        return kept | {"PATH": f"{self.folder}/usr/local/bin:{os.environ['PATH']}"}

    def run(self, script: str) -> str:
        """Run a block in the bundle's folder and return what it says; a failure fails."""
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", self.moved(script)],
            cwd=self.folder / "bundle",
            env=self.environment(),
            input=f"{FIRST}\n",
            capture_output=True,
            text=True,
            timeout=LONG,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    @contextmanager
    def staying(self, script: str) -> Iterator[None]:
        """Run a block that goes on until Ctrl-C."""
        log = self.folder / "said.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["/bin/sh", "-euc", f"exec {self.moved(script)}"],
                cwd=self.folder / "bundle",
                env=self.environment(),
                stdout=output,
                stderr=output,
            )
        try:
            late = time.monotonic() + LONG
            while log.read_text("utf-8").count("已就绪") < 2:
                assert process.poll() is None and time.monotonic() < late, log.read_text("utf-8")
                time.sleep(0.05)
            yield
            process.send_signal(signal.SIGINT)
            assert process.wait(LONG) == 0
        finally:
            process.kill()
            process.wait()


def sign_in(machine: Machine) -> int:
    """Sign in by the papers' account as a browser does, and return how the first page answers.

    The address is the public one, as the proxy passes it on; the cookie is sent by hand, for what
    is asked without TLS sends no secure one.
    """
    host = {"Host": PUBLIC.removeprefix("https://")}
    with httpx.Client(base_url=f"http://{LOOPBACK}:{machine.ports[0]}", headers=host) as client:

        def post(path: str, cookie: str = "", **form: str) -> str:
            answer = client.post(path, data=form, headers={"Origin": PUBLIC, "Cookie": cookie})
            assert answer.status_code == 303, answer.text
            return answer.headers.get("set-cookie", "").partition(";")[0]

        cookie = post("/board/gate/in", name="zhang", password=FIRST)
        assert client.get("/board/", headers={"Cookie": cookie}).status_code != 200
        post("/board/gate/password", cookie, old=FIRST, new=OWN, again=OWN)
        cookie = post("/board/gate/in", name="zhang", password=OWN)
        other = f"http://{LOOPBACK}:{machine.ports[1]}/board/"
        assert client.get(other, headers={"Cookie": cookie}).status_code == 200
        return client.get("/board/", headers={"Cookie": cookie}).status_code


@pytest.mark.skipif(os.name != "posix" or shutil.which("curl") is None, reason="no shell or curl")
def test_the_commands_lead_to_a_signed_in_page(tmp_path: Path) -> None:
    machine = Machine(tmp_path, two_ports())
    steps = [(kind, body) for kind, body in blocks(PAPERS[0]) if kind.startswith("sh test")]
    (at,) = [k for k, (kind, _) in enumerate(steps) if kind == "sh test stays"]
    said = "".join(machine.run(body) for _, body in steps[:at])
    assert "zhang" in said and "admin 管理员" in said
    with machine.staying(steps[at][1]):
        answers = "".join(machine.run(body) for _, body in steps[at + 1 :])
        assert re.fullmatch(r"okok(401|303)\n", answers)
        assert sign_in(machine) == 200
    assert not any(listens(port) for port in machine.ports)
