"""``shortplank user``: who may sign in here by a password; no password is ever an argument."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.access import MACHINE, RIGHTS, Role
from shortplank.cli.options import Workspace
from shortplank.cli.output import say, write_aligned
from shortplank.cli.usage import SETTINGS, Command, WrongUse
from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    from shortplank.gate.accounts import Account, Accounts

app = typer.Typer(help="管理本机账号：谁可以用密码登录，是什么角色。", **SETTINGS)

_ROLES = "、".join(f"{role} {rights.name}" for role, rights in RIGHTS.items())
Name = Annotated[str, typer.Argument(metavar="NAME", help="账号名，如 zhang 或 li.si。")]
Scope = Annotated[
    str, typer.Option("--scope", metavar="CODE", help="范围：填报员写乡镇代码，其余可写县代码。")
]
Stdin = Annotated[
    bool, typer.Option("--stdin", help="从标准输入读密码（一行）；不在终端上运行时总是这样。")
]


@app.command(cls=Command)
def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role", metavar="R", help=f"角色：{_ROLES}。")],
    scope: Scope = "",
    workspace: Workspace = None,
    stdin: Stdin = False,
) -> None:
    """新建账号；密码不写在命令里，首次登录须改。"""
    accounts = _accounts(workspace)
    made = accounts.add(MACHINE, name, _password(stdin), role, scope)
    say(f"账号 {name} 已建立（{_standing(made)}），首次登录须改密码。")


@app.command(cls=Command)
def passwd(name: Name, workspace: Workspace = None, stdin: Stdin = False) -> None:
    """重设密码；该账号的登录全部结束，下次登录须改密码。"""
    accounts = _accounts(workspace)
    accounts.known(name)  # before anybody types
    accounts.set_password(MACHINE, name, _password(stdin))
    say(f"账号 {name} 的密码已重设，下次登录须改密码。")


@app.command("role", cls=Command)
def change_role(
    name: Name,
    role: Annotated[Role, typer.Argument(metavar="R", help=f"角色：{_ROLES}。")],
    scope: Scope = "",
    workspace: Workspace = None,
) -> None:
    """改角色和范围；不写 --scope 就没有范围。"""
    accounts = _accounts(workspace)
    accounts.set_role(MACHINE, name, role, scope)
    say(f"账号 {name} 现在是{_standing(accounts.known(name))}。")


@app.command("list", cls=Command)
def list_accounts(
    workspace: Workspace = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON 数组。")] = False,
) -> None:
    """列出全部账号：角色、范围、状态。"""
    every = _accounts(workspace).all()
    if as_json:
        lines = [
            {"name": a.name, "role": a.role, "scope": a.scope, "must_change": a.must_change}
            for a in every
        ]
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    write_aligned(
        ("账号", "角色", "范围", "状态"),
        [(a.name, f"{a.role} {RIGHTS[a.role].name}", a.scope, _state(a)) for a in every],
    )
    say(f"{len(every)} 个账号。")


@app.command(cls=Command)
def remove(name: Name, workspace: Workspace = None) -> None:
    """删去账号；该账号的登录全部结束。"""
    _accounts(workspace).remove(MACHINE, name)
    say(f"账号 {name} 已删去。")


def _accounts(workspace: Path | None) -> Accounts:
    """Return the accounts of a workspace, also of one whose settings are broken."""
    from shortplank.gate.accounts import Accounts
    from shortplank.store import workspace_path

    path = workspace or workspace_path()
    if not path.is_dir():
        mend = "请检查 SHORTPLANK_WORKSPACE 或 -w 参数"
        raise ShortplankError("工作区文件夹不存在", place=str(path), mend=mend)
    return Accounts(path, lambda name: _end_sessions(path, name))


def _end_sessions(path: Path, name: str) -> None:
    from shortplank.audit.state import state_folder
    from shortplank.gate.sessions import Sessions

    Sessions(state_folder(path), path).end_account(name, "local")


def _standing(account: Account) -> str:
    name = RIGHTS[account.role].name
    return f"{name}，范围 {account.scope}" if account.scope else name


def _state(account: Account) -> str:
    return "须改密码" if account.must_change else "正常"


def _password(stdin: bool) -> str:
    """Return the password that is typed twice without being shown, or piped in as one line."""
    if stdin or not sys.stdin.isatty():
        return _piped()
    try:
        first, second = (getpass.getpass(label) for label in ("密码：", "再输入一次："))
    except EOFError as error:
        raise typer.Abort from error
    if first != second:
        raise ShortplankError("两次输入的密码不同", mend="请重新运行这条命令")
    return first


def _piped() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:  # without its cause, which holds what was typed
        raise WrongUse("标准输入不是 UTF-8 编码", mend="请改用 UTF-8") from None
    line = text.removesuffix("\n").removesuffix("\r")
    if "\n" in line or not line:
        raise WrongUse("标准输入须是一行密码", mend="请用管道送入一行，或在终端上运行")
    return line
