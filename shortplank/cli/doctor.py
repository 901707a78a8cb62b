"""``shortplank doctor``: what is right and wrong about an installation, in one table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import Workspace
from shortplank.cli.output import say, write_aligned
from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    from shortplank.upkeep.doctor import Found


def doctor(
    workspace: Workspace = None,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="人们输入的网址；从外面检查前置代理。"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON 数组。")] = False,
    new_metrics_token: Annotated[
        bool, typer.Option("--new-metrics-token", help="只生成监控用的令牌，不检查。")
    ] = False,
) -> None:
    """检查安装：哪里对、哪里不对、怎么改；有错时退出码为 1。"""
    if new_metrics_token:
        _write_token()
        return
    from shortplank.upkeep.doctor import examine
    from shortplank.wording.upkeep import COLUMNS, STATES, SUMMARY

    path = _place(workspace)
    lines = examine(path, url, ("inbox", lambda: _inbox(path)))
    if as_json:
        typer.echo(json.dumps([each.as_dict() for each in lines], ensure_ascii=False, indent=1))
    else:
        rows = [(each.name, STATES[each.state], each.said, each.mend) for each in lines]
        write_aligned(COLUMNS, rows)
    counts = Counter(each.state for each in lines)
    say(SUMMARY.format(total=len(lines), **{state: counts[state] for state in STATES}))  # type: ignore[index]
    if counts["wrong"]:
        raise typer.Exit(1)


def _place(workspace: Path | None) -> Path:
    """Return the workspace that is named or meant, whether or not it is there."""
    from shortplank.store import workspace_path
    from shortplank.store.served import DEMO

    try:
        return workspace or workspace_path()
    except ShortplankError:
        return DEMO


def _inbox(path: Path) -> Iterator[Found]:
    """Yield how many files of townships nobody has decided on."""
    from shortplank.catalogue import load_workspace
    from shortplank.records.tray import items
    from shortplank.store import Store
    from shortplank.upkeep.doctor import found

    ws = load_workspace(path)
    waiting = sum(item.state == "handed_in" for item in items(ws, Store(path, ws)))
    if waiting:
        yield found("inbox", "warn", "inbox_waiting", number=waiting)
    else:
        yield found("inbox", "ok", "inbox_ok")


def _write_token() -> None:
    """Write a new token of a monitor, and what access.toml holds of it."""
    from shortplank.gate.machines import new_token
    from shortplank.wording.upkeep import TOKEN

    token, told = new_token()
    typer.echo(token)
    say(f'{TOKEN}\n\n[metrics]\ntoken_sha256 = "{told}"')
