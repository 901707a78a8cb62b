"""``shortplank tray``: what townships handed in, taken in, sent back and published by scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import DryRun, Month, Newest, Note, Who, Workspace, month_of, open_store
from shortplank.cli.output import progress, say, tell, tell_preview, write_aligned
from shortplank.cli.usage import SETTINGS, Command, WrongUse

if TYPE_CHECKING:
    from shortplank.records.tray import Item
    from shortplank.store import Store

app = typer.Typer(help="收件：乡镇报送的文件，收下、退回和发布。", **SETTINGS)

Ids = Annotated[list[str], typer.Argument(metavar="ID", help="编号，见 tray list。")]
SomeIds = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]", help="编号，见 tray list；或用 --all。")
]


@app.command("list", cls=Command)
def list_items(
    workspace: Workspace = None,
    month: Month = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON 数组。")] = False,
) -> None:
    """列出乡镇报送的文件：谁、何时、哪张表、现在怎样。"""
    from shortplank.records.tray import items

    store, asked = open_store(workspace), month_of(month)
    found = [
        item
        for item in items(store.workspace, store)
        if asked is None or f"{asked:%Y-%m}" in item.months
    ]
    if as_json:
        typer.echo(json.dumps([_object(item) for item in found], ensure_ascii=False, indent=1))
        return
    names = ("编号", "状态", "乡镇", "报表", "月份", "报送时间", "账号", "文件", "说明")
    write_aligned(names, [_line(store, item) for item in found])
    say(f"{len(found)} 份，其中 {sum(i.state == 'handed_in' for i in found)} 份待收。")


@app.command(cls=Command)
def accept(ids: Ids, workspace: Workspace = None, who: Who = None) -> None:
    """收下待收的文件；以后随 tray publish 一并发布。"""
    from shortplank.records import tray

    store = open_store(workspace, who)
    for key in ids:
        say(f"已收下 {_named(store, tray.accept(store, key))}。")


@app.command("send-back", cls=Command)
def send_back(
    key: Annotated[str, typer.Argument(metavar="ID", help="编号，见 tray list。")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="退回的理由，乡镇看得到。")
    ],
    workspace: Workspace = None,
    who: Who = None,
) -> None:
    """退回一份文件，写明理由；收下而还没有发布的也可以退回。"""
    from shortplank.records import tray

    store = open_store(workspace, who)
    stands = {item.id: item.state for item in tray.items(store.workspace, store)}
    item = tray.send_back(store, key, reason, seen=stands.get(key, "handed_in"))
    say(f"已退回 {_named(store, item)}。")


@app.command(cls=Command)
def publish(
    ids: SomeIds = None,
    workspace: Workspace = None,
    every: Annotated[bool, typer.Option("--all", help="所有收下而还没有发布的。")] = False,
    note: Note = "",
    who: Who = None,
    dry_run: DryRun = False,
    against: Newest = None,
) -> None:
    """把收下的文件发布为一个新版本；全部成功，或全部不变。"""
    from shortplank.ingest import preview
    from shortplank.records.tray import batch_of, publish_accepted

    store = open_store(workspace, who)
    chosen = _chosen(store, ids or [], every)
    with progress("读取和核对"):
        batch = batch_of(store, chosen)
    tell(batch, lines=True)
    if batch.stops:
        say("没有发布，原有版本不变。请退回有错误的文件后重试。")
        raise typer.Exit(1)
    seen = preview(store, batch)
    if dry_run:
        tell_preview(seen, store.workspace)
        return
    if against is not None:  # what was seen, not what is newest now
        seen = replace(seen, edition=store.edition(against).number)
    edition = publish_accepted(store, chosen, why=note, seen=seen)
    say(f"已发布第 {edition.number} 版，{len(chosen)} 份文件。")


def _chosen(store: Store, ids: Sequence[str], every: bool) -> list[str]:
    """Return the ids that are named, or those of everything that is accepted."""
    from shortplank.records.tray import items

    if bool(ids) == every:
        raise WrongUse("须写编号或 --all 其中之一", mend="请用 tray list 查看编号")
    if not every:
        return list(dict.fromkeys(ids))
    found = [item.id for item in items(store.workspace, store) if item.state == "accepted"]
    if not found:
        raise WrongUse("没有收下而还没有发布的文件", mend="请先用 tray accept 收下")
    return found


def _named(store: Store, item: Item) -> str:
    area = store.workspace.area_by_code.get(item.area)
    return f"{item.id}（{area.name if area else item.area}，{item.name}）"


def _line(store: Store, item: Item) -> tuple[str, ...]:
    from datetime import datetime

    from shortplank.wording.tray import TRAY_STATES

    ws = store.workspace
    area = ws.area_by_code.get(item.area)
    forms = "、".join(ws.forms[form].label if form in ws.forms else form for form in item.forms)
    at = datetime.fromisoformat(item.at).astimezone().strftime("%Y-%m-%d %H:%M")
    stands = TRAY_STATES[item.state] + (f"（第 {item.edition} 版）" if item.edition else "")
    told = [f"更正：{item.reason}" if item.correction else "", item.said]
    told_text = "；".join(filter(None, told))
    name = area.name if area else item.area
    months = "、".join(item.months)
    return item.id, stands, name, forms, months, at, item.who, item.name, told_text


def _object(item: Item) -> dict[str, object]:
    """Return an item as the JSON contract has it."""
    return {
        "id": item.id,
        "state": item.state,
        "area": item.area,
        "forms": item.forms,
        "months": item.months,
        "name": item.name,
        "file_sha256": item.file_sha256,
        "way": item.way,
        "correction": item.correction,
        "reason": item.reason,
        "who": item.who,
        "at": item.at,
        "received": item.received.isoformat(),
        "decided_by": item.decided_by,
        "decided_at": item.decided_at,
        "said": item.said,
        "edition": item.edition,
    }
