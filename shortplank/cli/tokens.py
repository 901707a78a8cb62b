"""``shortplank token``: what lets other programs ask as an account; each is shown once."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.access import MACHINE
from shortplank.cli.options import Workspace
from shortplank.cli.output import say, write_aligned
from shortplank.cli.usage import SETTINGS, Command
from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    from shortplank.gate.house import House

app = typer.Typer(help="管理令牌：让别的程序用一个账号的权限取数。", **SETTINGS)
DAYS = 90


@app.command(cls=Command)
def add(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="本机账号，如 zhang。")],
    name: Annotated[
        str, typer.Option("--name", metavar="TEXT", help="给哪个程序用，如 县里的大屏。")
    ],
    days: Annotated[int, typer.Option("--days", metavar="N", help="用多少天。")] = DAYS,
    workspace: Workspace = None,
) -> None:
    """新建令牌；令牌只在标准输出显示这一次。"""
    house = _house(workspace)
    if house.access.local is None:
        raise ShortplankError(
            "没有开放本机账号，令牌只给本机账号",
            place="access.toml",
            mend="请写一行 [local]，为程序建一个账号",
        )
    made, text = house.bearers.add(MACHINE, account, name, days)
    typer.echo(text)
    say(f"令牌 {made.id} 已建立（账号 {account}，到 {_day(made.expires)}），只显示这一次。")


@app.command("list", cls=Command)
def list_tokens(
    workspace: Workspace = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON 数组。")] = False,
) -> None:
    """列出全部令牌：账号、用途、期限、上次使用、状态。"""
    bearers = _house(workspace).bearers
    every = [(each, bearers.lives(each)) for each in bearers.all()]
    if as_json:
        lines = [
            {
                "id": each.id,
                "account": each.account,
                "name": each.name,
                "created": _moment(each.created),
                "expires": _moment(each.expires),
                "seen": _moment(each.seen) if each.seen else None,
                "valid": lives,
            }
            for each, lives in every
        ]
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    write_aligned(
        ("编号", "账号", "名称", "到期", "上次使用", "状态"),
        [
            (
                each.id,
                each.account,
                each.name,
                _day(each.expires),
                _day(each.seen) if each.seen else "未用过",
                "有效" if lives else "失效",
            )
            for each, lives in every
        ],
    )
    say(f"{len(every)} 个令牌。")


@app.command(cls=Command)
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="令牌编号，见 token list。")],
    workspace: Workspace = None,
) -> None:
    """撤销令牌，立即失效。"""
    gone = _house(workspace).bearers.revoke(MACHINE, token)
    say(f"令牌 {gone.id} 已撤销（账号 {gone.account}，{gone.name}）。")


def _house(workspace: Path | None) -> House:
    from shortplank.gate.house import House
    from shortplank.store import workspace_path

    path = workspace or workspace_path()
    if not path.is_dir():
        mend = "请检查 SHORTPLANK_WORKSPACE 或 -w 参数"
        raise ShortplankError("工作区文件夹不存在", place=str(path), mend=mend)
    return House(path)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d")


def _moment(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="seconds")
