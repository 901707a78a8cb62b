"""The parameters that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.access import MACHINE
from shortplank.cli.usage import WrongUse

if TYPE_CHECKING:
    from shortplank.ingest import Upload
    from shortplank.store import Store


class Format(StrEnum):
    """How a table is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class Exchange(StrEnum):
    """How data values are exchanged."""

    json = "json"
    csv = "csv"


Workspace = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", metavar="DIR", help="工作区；默认 SHORTPLANK_WORKSPACE。"),
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE", help="要读的文件。")]
Json = Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON 数组。")]
Month = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="所报月份。")]
MonthOk = Annotated[
    list[str] | None,
    typer.Option(
        "--month-ok", metavar="YYYY-MM", help="确认一个与同批不同、或还没有到的月份；可写几次。"
    ),
]
Received = Annotated[
    str | None,
    typer.Option("--received", metavar="DATE", help="收到日期；默认表上的报出日期，再次为今天。"),
]
Dataset = Annotated[
    str | None, typer.Option("--dataset", metavar="D", help="只用这个数据集的表单。")
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="写进版本清单的说明。")]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", metavar="写法=登记写法", help="认可一个没有登记的表头；导入时记入工作区。"
    ),
]
County = Annotated[
    str | None,
    typer.Option("--county", metavar="CODE", help="看哪个县（areas.csv 的代码）；默认本工作区的。"),
]
Who = Annotated[
    str | None,
    typer.Option(
        "--who",
        metavar="POST",
        envvar="SHORTPLANK_POST",
        show_envvar=False,
        help="办理的单位或岗位，须在名册中；默认 SHORTPLANK_POST，再次为分析员。",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只说明会改动什么，不发布。")]
Against = Annotated[
    int | None,
    typer.Option(
        "--against",
        metavar="N",
        min=0,
        help="预览时所比的版本；其后别人改过同样的数，就不发布。",
    ),
]
Newest = Annotated[
    int | None,
    typer.Option(
        "--against",
        metavar="N",
        min=0,
        help="看过的最新版本；其后别人又发布过，就不恢复。",
    ),
]
Number = Annotated[int | None, typer.Argument(metavar="[N]", help="版本号。")]
Output = Annotated[Format, typer.Option("--format", help="输出格式。")]


def month_of(text: str | None) -> date | None:
    """Return the month that ``--month`` names, None where it was not given."""
    return None if text is None else _month("--month", text)


def months_of(texts: list[str] | None) -> frozenset[date]:
    """Return the months that ``--month-ok`` confirms."""
    return frozenset(_month("--month-ok", text) for text in texts or [])


def _month(option: str, text: str) -> date:
    from shortplank.ingest.periods import period_of

    month = period_of(text).month if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) else None
    if month is None:
        raise WrongUse(f"{option} {text} 不是月份", mend="请写成 2010-05")
    return month


def day_of(text: str | None) -> date | None:
    """Return the day that ``--received`` names, None where it was not given."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(f"--received {text} 不是日期", mend="请写成 2010-07-04") from error


def accepted_of(pairs: list[str] | None) -> dict[str, str]:
    """Return the headers that ``--accept`` names, each with the known one it stands for."""
    found: dict[str, str] = {}
    for pair in pairs or []:
        header, equals, means = pair.partition("=")
        if not (equals and header.strip() and means.strip()):
            raise WrongUse(f"--accept {pair} 不完整", mend="请写成 写法=登记写法")
        found[header.strip()] = means.strip()
    return found


def open_store(workspace: Path | None, post: str | None = None) -> Store:
    """Return the store of a workspace, whose settings and registers are read first.

    A command acts in it as the machine's account, signed with the post of ``--who`` where one is
    named: the name that the machine has for who runs it is never written, it may be a person's.
    """
    from shortplank.catalogue import load_workspace
    from shortplank.store import Store, workspace_path

    path = workspace or workspace_path()
    ws, actor = load_workspace(path), MACHINE
    if post and post.strip():
        from shortplank.store.posts import known_post

        actor = replace(MACHINE, account=known_post(ws, post))
    return Store(path, ws, actor)


def uploads_of(files: Sequence[Path]) -> Iterator[Upload]:
    """Yield the files that a command was given, read one by one."""
    from shortplank.ingest import Upload
    from shortplank.store.names import shown_name

    for number, file in enumerate(files, start=1):
        try:
            yield Upload(file.name, file.read_bytes())
        except OSError as error:
            fault = "没有这个文件" if isinstance(error, FileNotFoundError) else "文件无法读取"
            place = f"第 {number} 个文件 {shown_name(file.name)}"
            raise WrongUse(fault, place=place, mend="请检查路径和权限") from error
