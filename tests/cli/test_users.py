"""Accounts from the command line: passwords are typed or piped in, and stand nowhere after it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command

from shortplank.audit.state import state_folder
from shortplank.cli.commands import app
from shortplank.gate.accounts import NAME, Account, Accounts
from shortplank.gate.sessions import Sessions
from tests.cli.conftest import Command, Said
from tests.ingest.county import make_county

PASSWORD, OTHER = "three quiet rivers", "七座桥 and 三条河"
TOWN, COUNTY = "990101002", "990101"
pytestmark = pytest.mark.usefixtures("cheap_hashes")
Piped = Callable[..., Said]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_county(tmp_path / "county")


@pytest.fixture
def piped(command: Command, monkeypatch: pytest.MonkeyPatch, root: Path) -> Piped:
    """A function from a password in a pipe and arguments to what the command said."""

    def run(text: str | bytes, *arguments: object) -> Said:
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return command("user", *arguments, "-w", root)

    return run


def test_an_account_is_made_shown_changed_and_taken_away(piped: Piped, root: Path) -> None:
    made = piped(PASSWORD, "add", "zhang", "--role", "filer", "--scope", TOWN)
    assert (made.code, made.out) == (0, "")
    assert made.err == "账号 zhang 已建立（填报员，范围 990101002），首次登录须改密码。\n"
    accounts = Accounts(root)
    assert accounts.verify("zhang", PASSWORD) == Account("zhang", "filer", TOWN, must_change=True)

    assert accounts.change_own("zhang", PASSWORD, "their own words")
    listed = piped("", "list")
    assert (listed.code, listed.err) == (0, "1 个账号。\n")
    assert listed.out.splitlines() == [
        "账号   角色          范围       状态",
        "zhang  filer 填报员  990101002  正常",
    ]
    reset = piped(f"{OTHER}\n", "passwd", "zhang", "--stdin")
    assert reset.err == "账号 zhang 的密码已重设，下次登录须改密码。\n"
    assert accounts.verify("zhang", OTHER) == Account("zhang", "filer", TOWN, must_change=True)
    assert "须改密码" in piped("", "list").out

    assert piped("", "role", "zhang", "viewer").err == "账号 zhang 现在是浏览者。\n"
    assert piped("", "role", "zhang", "analyst", "--scope", COUNTY).err == (
        "账号 zhang 现在是分析员，范围 990101。\n"
    )
    assert json.loads(piped("", "list", "--json").out) == [
        {"name": "zhang", "role": "analyst", "scope": COUNTY, "must_change": True}
    ]
    assert piped("", "remove", "zhang").err == "账号 zhang 已删去。\n"
    assert accounts.all() == () and json.loads(piped("", "list", "--json").out) == []


def test_sessions_end_with_what_let_them_in(piped: Piped, root: Path) -> None:
    sessions = Sessions(state_folder(root), root)
    piped(PASSWORD, "add", "zhang", "--role", "viewer")
    for arguments in (["passwd", "zhang"], ["role", "zhang", "analyst"], ["remove", "zhang"]):
        own, other = (sessions.open(name, "local") for name in ("zhang", "li"))
        by_oidc = sessions.open("zhang", "oidc")
        assert piped(OTHER, *arguments).code == 0
        assert sessions.by_token(own) is None
        assert sessions.by_token(by_oidc) and sessions.by_token(other)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "li", "--role", "leader"], 2, "参数 --role 的取值不对"),
        (["add", "li"], 2, "缺少参数 --role"),
        (["add", "--role", "viewer"], 2, "缺少参数 NAME"),
        (["add", "li", PASSWORD, "--role", "viewer"], 2, "参数的个数或写法不对"),
        (["add", "li", "--role", "viewer", "--password", PASSWORD], 2, "不认识的选项 --password"),
        (["add", "li", "--role", "viewer", f"--password={PASSWORD}"], 2, "不认识的选项"),
        (["add", "Li", "--role", "viewer"], 1, "账号名须为 1 至 32 个"),
        (["add", "zhang", "--role", "viewer"], 1, "账号 zhang 已经有了"),
        (["add", "li", "--role", "filer"], 1, "角色 filer 须有范围"),
        (["add", "li", "--role", "filer", "--scope", COUNTY], 1, "不是登记册里的乡镇"),
        (["add", "li", "--role", "viewer", "--scope", TOWN], 1, "不是登记册里的县"),
        (["role", "li", "viewer"], 1, "没有账号 li。请用 shortplank user list 查看"),
        (["role", "zhang", "leader"], 2, "取值不对"),
        (["passwd", "li"], 1, "没有账号 li"),
        (["remove", "li"], 1, "没有账号 li"),
        (["rename", "zhang"], 2, "没有命令 rename"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    piped: Piped, root: Path, arguments: list[str], code: int, said: str
) -> None:
    assert piped(PASSWORD, "add", "zhang", "--role", "viewer").code == 0
    before = (root / NAME).read_bytes()
    found = piped(PASSWORD, *arguments)
    assert (found.code, found.out) == (code, "") and said in found.err
    assert found.err.count("\n") == 1 and PASSWORD not in found.err
    assert (root / NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 2, "标准输入须是一行密码"),
        ("\n", 2, "标准输入须是一行密码"),
        (f"{PASSWORD}\n{PASSWORD}\n", 2, "标准输入须是一行密码"),
        (OTHER.encode("gb18030"), 2, "标准输入不是 UTF-8 编码"),
        ("short", 1, "密码须有 10 至 128 个字符"),
        ("Password123", 1, "这个密码太常见"),
    ],
)
def test_a_pipe_holds_one_password(
    piped: Piped, root: Path, text: str | bytes, code: int, said: str
) -> None:
    found = piped(text, "add", "zhang", "--role", "viewer")
    assert found.code == code and said in found.err and "short" not in found.err
    assert not (root / NAME).exists()


@pytest.mark.parametrize(
    "text", [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\n", f"\ufeff{PASSWORD}\n"]
)
def test_a_line_in_a_pipe_ends_as_systems_end_it(piped: Piped, root: Path, text: str) -> None:
    assert piped(text, "add", "zhang", "--role", "viewer").code == 0
    assert Accounts(root).verify("zhang", PASSWORD)


def test_a_list_tells_no_hash_and_no_argument_takes_a_password(piped: Piped, root: Path) -> None:
    piped(PASSWORD, "add", "zhang", "--role", "viewer")
    kept = (root / NAME).read_text("utf-8").partition("argon2id$")[2][-20:-3]
    for form in ([], ["--json"]):
        said = piped("", "list", *form)
        assert kept not in said.out + said.err and "argon2" not in said.out + said.err
    group = get_command(app).commands["user"]  # type: ignore[attr-defined]
    taken = {param.name for each in group.commands.values() for param in each.params}
    assert taken == {"name", "role", "scope", "workspace", "stdin", "as_json"}


def test_a_list_reads_accounts_where_the_workspace_is_broken(piped: Piped, root: Path) -> None:
    piped(PASSWORD, "add", "zhang", "--role", "viewer")
    (root / "workspace.toml").write_text("broken", "utf-8")
    assert "zhang" in piped("", "list").out
    assert piped("", "remove", "zhang").code == 0
    (root / NAME).write_text("[accounts.zhang]\n", "utf-8")
    said = piped("", "list")
    assert (said.code, said.out) == (1, "") and said.err.startswith(f"{NAME}：键 accounts.zhang.")


def test_no_workspace_and_an_open_file_are_said(piped: Piped, command: Command, root: Path) -> None:
    said = command("user", "list", "-w", root / "absent")
    assert said.code == 1 and "absent：工作区文件夹不存在" in said.err
    piped(PASSWORD, "add", "zhang", "--role", "viewer")
    (root / NAME).chmod(0o644)
    for arguments in (["list"], ["passwd", "zhang"], ["remove", "zhang"]):
        said = piped(OTHER, *arguments)
        assert said.code == 1 and "请运行 chmod 600 accounts.toml" in said.err


def test_a_fault_of_ours_writes_no_password_into_the_log(
    piped: Piped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(self: Accounts, _actor: object, _name: str, password: str, *_: object) -> None:
        raise RuntimeError(password)

    monkeypatch.setattr(Accounts, "add", break_down)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = piped(PASSWORD, "add", "zhang", "--role", "viewer")
    assert said.code == 1 and "程序内部出错" in said.err
    log = (tmp_path / f"shortplank-{os.getuid()}.log").read_text("utf-8")
    assert "RuntimeError" in log and PASSWORD not in log + said.err


# --- on a terminal --------------------------------------------------------------------------------
def typed(root: Path, lines: list[str], *arguments: str) -> tuple[int, str]:
    """Return the exit code and the screen of a command on a terminal; lines come when asked."""
    pty = pytest.importorskip("pty")
    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "shortplank.cli", "user", *arguments, "-w", str(root)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        screen = b""
        for line in lines:
            while not screen.decode(errors="ignore").endswith("："):
                screen += os.read(mine, 1024)
            os.write(mine, line.encode() + b"\n")
            screen += b"\n"
        try:
            while more := os.read(mine, 1024):
                screen += more
        except OSError:  # Linux' end of a terminal
            pass
    os.close(mine)
    return process.returncode, screen.decode()


def test_on_a_terminal_a_password_is_typed_twice_and_not_shown(root: Path) -> None:
    code, screen = typed(root, [OTHER, OTHER], "add", "zhang", "--role", "viewer")
    assert code == 0 and "账号 zhang 已建立（浏览者），首次登录须改密码。" in screen
    assert "密码：" in screen and "再输入一次：" in screen and OTHER not in screen
    assert Accounts(root).verify("zhang", OTHER)
    code, screen = typed(root, [PASSWORD, OTHER], "passwd", "zhang")
    assert code == 1 and "两次输入的密码不同。请重新运行这条命令。" in screen
    assert Accounts(root).verify("zhang", OTHER)
    assert "\x04" not in screen and "Traceback" not in screen


def test_who_stops_typing_changes_nothing(root: Path) -> None:
    code, screen = typed(root, ["\x04"], "add", "zhang", "--role", "viewer")
    assert code == 1 and "已中断，数据没有改动。" in screen and not (root / NAME).exists()
