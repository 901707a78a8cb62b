"""``shortplank editions``: what was known when, and how to go back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.audit.seen import note_export, seen_of
from shortplank.cli.options import (
    Format,
    Newest,
    Note,
    Number,
    Output,
    Who,
    Workspace,
    open_store,
)
from shortplank.cli.output import say, write_table
from shortplank.cli.usage import SETTINGS, Command
from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    from shortplank.store import Edition

app = typer.Typer(help="查看、比较、恢复和核验已发布的版本。", **SETTINGS)


@app.command("list", cls=Command)
def list_editions(workspace: Workspace = None) -> None:
    """列出全部版本。"""
    for edition in open_store(workspace).history():
        typer.echo(_line(edition))


@app.command(cls=Command)
def show(number: Number = None, workspace: Workspace = None) -> None:
    """显示一个版本（默认最新）：由谁、何时、为何发布，有哪些月份。"""
    edition = open_store(workspace).edition(number)
    if not edition.number:
        raise ShortplankError("还没有发布过版本", place="snapshots", mend="请先用 import 导入")
    typer.echo(_line(edition))
    for dataset in sorted({name for name, _ in edition.by_key}):
        months = edition.months(dataset)
        rows = sum(file.rows for (name, _), file in edition.by_key.items() if name == dataset)
        span = f"{months[0]:%Y-%m} 至 {months[-1]:%Y-%m}"
        typer.echo(f"  {dataset}：{len(months)} 个月（{span}），{rows} 行")


def _line(edition: Edition) -> str:
    at = edition.published_at.astimezone().strftime("%Y-%m-%d %H:%M")
    restated = f"，重报 {'、'.join(edition.restates)}" if edition.restates else ""
    return f"第 {edition.number} 版　{at}　{edition.who}　{edition.why}{restated}"


@app.command(cls=Command)
def diff(
    old: Annotated[int, typer.Argument(metavar="OLD", help="旧版本号。")],
    new: Annotated[int, typer.Argument(metavar="NEW", help="新版本号。")],
    workspace: Workspace = None,
    form: Output = Format.table,
) -> None:
    """比较两个版本，列出每个变动的数。"""
    from shortplank.store.differences import whole_or_not  # what it rests on is slow to load

    store = open_store(workspace)
    changes = store.diff(old, new)
    taken = seen_of(store.root, store.actor.account, act="diff", edition=new)
    note_export(taken, form.value, changes.num_rows, exact=True)
    for column in ("old", "new"):
        at = changes.column_names.index(column)
        changes = changes.set_column(at, column, whole_or_not(changes[column]))
    write_table(changes, form)


@app.command(cls=Command)
def restore(
    number: Annotated[int, typer.Argument(metavar="N", help="要恢复的版本号。")],
    workspace: Workspace = None,
    note: Note = "",
    who: Who = None,
    against: Newest = None,
) -> None:
    """把旧版本恢复为一个新版本；中间的版本都保留。"""
    edition = open_store(workspace, who).restore(number, why=note, expected=against)
    say(f"已把第 {number} 版恢复为第 {edition.number} 版。")


@app.command(cls=Command)
def verify(number: Number = None, workspace: Workspace = None) -> None:
    """重新计算数据文件的哈希，与发布时比对；默认核验全部版本。"""
    faults = open_store(workspace).verify(number)
    for fault in faults:
        say(fault)
    if faults:
        raise typer.Exit(1)
    say("全部文件与发布时一致。")


@app.command(cls=Command)
def vacuum(
    workspace: Workspace = None,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="K", min=1, help="只留最新 K 版；默认全留。")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", metavar="D", min=0, help="只删 D 天以前的文件。")
    ] = 7,
) -> None:
    """删去没有版本引用的旧数据文件。"""
    from datetime import timedelta

    deleted = open_store(workspace).vacuum(keep=keep, grace=timedelta(days=days))
    for path in deleted:
        typer.echo(path)
    say(f"删去 {len(deleted)} 个文件。")
