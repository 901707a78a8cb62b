"""One statement of one's own, by the same bounded process as the page 自助查询."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from shortplank.access import MACHINE, Actor, Reads
from shortplank.audit.seen import note_export, seen_of
from shortplank.cli.options import County, Format, Output, Workspace, open_store
from shortplank.cli.output import say, write_table
from shortplank.cli.usage import WrongUse


def query(
    file: Annotated[
        Path | None,
        typer.Option("-f", "--file", metavar="FILE", help="写着一条 SELECT 的文件。"),
    ] = None,
    text: Annotated[str | None, typer.Option("-e", metavar="SQL", help="一条 SELECT。")] = None,
    param: Annotated[
        list[str] | None, typer.Option("-p", "--param", metavar="name=value", help="查询参数。")
    ] = None,
    workspace: Workspace = None,
    edition: Annotated[
        int | None, typer.Option("--edition", metavar="N", help="默认最新。")
    ] = None,
    role: Annotated[Reads, typer.Option("--role", help="以谁的身份看。")] = MACHINE.reads,
    form: Output = Format.table,
    county: County = None,
    explain: Annotated[bool, typer.Option("--explain", help="只看执行计划。")] = False,
) -> None:
    """用自己的一条 SELECT 查询，只读、有界限。"""
    from shortplank.store import Engine
    from shortplank.store.bench.held import query as ask
    from shortplank.store.bench.statements import parse_statement

    said = _said(file, text)
    engine = Engine(open_store(workspace).workspace)
    engine = engine.at(county) if county else engine
    number = engine.newest() if edition is None else edition
    actor = MACHINE if role == MACHINE.reads else Actor(role)
    values = _values(parse_statement("", said).params, param or [])
    answer = ask(engine, number, actor, said, values, explain=explain)
    taken = seen_of(engine.ws.path, MACHINE.account, act="query", query="own", edition=number)
    note_export(taken, form.value, answer.table.num_rows, exact=actor.may("see_exact"))
    write_table(answer.table, form)
    if answer.cut:
        say(f"结果更多，只取了前 {answer.table.num_rows} 行。")


def _said(file: Path | None, text: str | None) -> str:
    """Return the statement that is given in one of two ways."""
    if (file is None) == (text is None):
        raise WrongUse("要有 -f 或 -e 中的一个", mend="请写成 -f 文件，或 -e 语句")
    if text is not None or file is None:
        return text or ""
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"读不了 {file}", mend="请检查文件名，内容须是 UTF-8 文本") from error


def _values(params: Sequence[object], pairs: Sequence[str]) -> dict[str, object]:
    """Return ``name=value`` pairs with the types of the header, or by their names without one."""
    from shortplank.store.bench.statements import Param, param_of, values_of

    known = {each.name: each for each in params if isinstance(each, Param)}
    said: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WrongUse(f"参数 {pair} 没有取值", mend="请写成 -p 名称=值")
        said[name] = value
    return values_of([known.get(name) or param_of(name) for name in {**known, **said}], said)
