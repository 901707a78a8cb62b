"""``shortplank settings``: what was changed of indicators, registers and settings; back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import Who, Workspace, open_store
from shortplank.cli.output import say
from shortplank.cli.usage import SETTINGS, Command
from shortplank.errors import WorkspaceError

if TYPE_CHECKING:
    from shortplank.records.settings_changes import Changed
    from shortplank.store import Store

app = typer.Typer(help="查看指标、名册和设置的改动，恢复到某一次之后。", **SETTINGS)


@app.command(cls=Command)
def history(
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="第几次改动；给出时显示逐行差异。")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """列出全部改动：谁、何时、为什么、哪些文件；没有写完的一次先写完。"""
    from shortplank.catalogue.pending import is_pending
    from shortplank.records.settings_changes import change_of, changes, difference_of

    store = _store(workspace)
    if is_pending(store.root):
        with store.writing():
            say("上一次改动没有写完，现在已写完。")
    if number is not None:
        found = change_of(store.root, number)
        typer.echo(_line(found))
        typer.echo(difference_of(store.root, found, most=10_000))
        return
    for each in changes(store.root):
        typer.echo(_line(each))


def _line(each: Changed) -> str:
    at = each.at.astimezone().strftime("%Y-%m-%d %H:%M")
    edition = f"　第 {each.edition} 版" if each.edition else ""
    return f"第 {each.number} 次　{at}　{each.who}　{each.why}{edition}　{'、'.join(each.files)}"


@app.command(cls=Command)
def restore(
    number: Annotated[int, typer.Argument(metavar="N", help="恢复到第几次改动之后；0 为最初。")],
    workspace: Workspace = None,
    why: Annotated[str, typer.Option("--why", help="为什么恢复，记入改动记录。")] = "",
    who: Who = None,
) -> None:
    """把设置恢复到某一次改动之后；这也记为一次改动，中间的都保留。"""
    from shortplank.records.settings_changes import restore as put_back

    made = put_back(_store(workspace, who), number, why)
    say(f"已恢复到第 {number} 次改动之后，记为第 {made.number} 次。")
    if made.edition:
        say(f"口径或名册改了，记为第 {made.edition} 版。")


def _store(workspace: Path | None, who: str | None = None) -> Store:
    """Return the store; one whose settings cannot be opened too, for going back may mend them."""
    try:
        return open_store(workspace, who)
    except WorkspaceError:
        from shortplank.store import Store, workspace_path

        path = workspace or workspace_path()
        if who or not path.is_dir():
            raise
        return Store(path)
