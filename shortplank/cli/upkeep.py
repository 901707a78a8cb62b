"""``shortplank backup``, ``restore`` and ``upgrade``: what keeps a workspace alive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shortplank.cli.options import Workspace
from shortplank.cli.output import say
from shortplank.cli.usage import SETTINGS, Command, WrongUse

app = typer.Typer(**SETTINGS)


@app.command(cls=Command)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="要写的备份文件。")],
    workspace: Workspace = None,
    force: Annotated[bool, typer.Option("--force", help="替换已有的备份文件。")] = False,
) -> None:
    """把不能再生成的内容写成一个备份文件；服务和发布照常进行。"""
    from shortplank.store import workspace_path
    from shortplank.upkeep.backup import backup as back_up

    made = back_up(workspace or workspace_path(), file, force=force)
    if made.lacking:
        say(f"有 {made.lacking} 个收到的文件早已缺失，备份里也没有；请乡镇重新报送。")
    say(f"已备份 {made.editions} 个版本，{made.bytes / 1e6:.1f} MB：{made.file}")


@app.command(cls=Command)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件。")],
    target: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="新的或空的文件夹。")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="只核验备份，不写任何文件。")] = False,
) -> None:
    """核验备份并恢复到一个新的或空的文件夹；全部恢复，或什么也不写。"""
    from shortplank.upkeep import restore as restoring

    if check == (target is not None):
        raise WrongUse("须写 DIR 或 --check 其中之一", mend="如 shortplank restore 备份 新文件夹")
    head = restoring.check(file) if target is None else restoring.restore(file, target)
    held = f"{len(head.editions)} 个版本，{len(head.files)} 个文件"
    made = f"{head.at.astimezone():%Y-%m-%d %H:%M} 的备份"
    say(f"{made}完好：{held}。" if target is None else f"已恢复{made}：{held}；在 {target}。")


@app.command(cls=Command)
def upgrade(
    workspace: Workspace = None,
    to: Annotated[
        Path | None,
        typer.Option("--backup", metavar="FILE", help="先备份到哪里；默认在工作区旁边。"),
    ] = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="不先备份。")] = False,
) -> None:
    """把旧版的工作区升到这个程序的版本；请先停下服务。"""
    from shortplank.store import workspace_path
    from shortplank.upkeep.upgrade import upgrade as upgrade_it

    if to and no_backup:
        raise WrongUse("--backup 和 --no-backup 只能写一个", mend="请去掉一个")
    done = upgrade_it(workspace or workspace_path(), backup_to=to, without_backup=no_backup)
    if done.backup:
        say(f"升级前的备份：{done.backup}")
    if done.before == done.now:
        say(f"工作区已经是第 {done.now} 版，没有改动。")
    else:
        say(f"工作区已由第 {done.before} 版升为第 {done.now} 版。")
