"""``shortplank areas``: a register of areas from files, and another spelling or heir of an area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import Files, Who, Workspace, open_store, uploads_of
from shortplank.cli.output import say
from shortplank.cli.usage import SETTINGS, Command, WrongUse

if TYPE_CHECKING:
    from shortplank.catalogue.base import Level
    from shortplank.ingest.gazetteer import Note, Proposed
    from shortplank.store import Store

app = typer.Typer(help="单位登记册：从文件认出单位，登记别名和去向。", **SETTINGS)
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="理由，记入设置的改动。")]
SHOWN = 40
_MARKS = {"said": "按", "guessed": "推断", "open": "待定"}


class Lowest(StrEnum):
    """Which level the lowest areas of a list are."""

    county = "county"
    township = "township"
    village = "village"


_LEVELS: dict[Lowest, Level] = {
    Lowest.county: "county",
    Lowest.township: "township",
    Lowest.village: "village",
}


@app.command("from", cls=Command)
def from_files(
    files: Files,
    workspace: Workspace = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="COL", help="代码列；几级各一列时从上到下写几次。"),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="COL", help="名称列；几级各一列时从上到下写几次。"),
    ] = None,
    parent: Annotated[
        str | None, typer.Option("--parent", metavar="COL", help="上级的代码或名称所在的列。")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="COL", help="类别（镇、乡、街道）所在的列。")
    ] = None,
    lowest: Annotated[
        Lowest | None,
        typer.Option("--lowest", metavar="LEVEL", help="最低一级是 county、township 或 village。"),
    ] = None,
    home: Annotated[
        str, typer.Option("--home", metavar="NAME", help="几个县中的本县：名称或代码。")
    ] = "",
    digits: Annotated[
        str,
        typer.Option("--digits", metavar="N,N", help="下级代码的前几位是各上级的代码，从上到下。"),
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="名单没有日期时，从哪一天起有效。")
    ] = "1900-01-01",
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="E", help="名单的编码，如 cp949、big5。")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="登记；不写则只看会登记什么。")] = False,
    why: Why = "",
    who: Who = None,
) -> None:
    """从名单或各月报表认出单位，提出登记册、去向和别名，逐条说明依据。"""
    from shortplank.ingest.gazetteer import Named, Wish, propose, read_seen

    store = open_store(workspace, who)
    named = Named(tuple(code or ()), tuple(name or ()), parent, kind)
    if named and not (named.codes or named.names):
        raise WrongUse("--parent、--kind 须和 --code 或 --name 同用", mend="请指明单位的列")
    seen = read_seen(store.workspace, uploads_of(files), named, encoding)
    level = None if lowest is None else _LEVELS[lowest]
    wish = Wish(home.strip(), level, _day("--since", since), _digits(digits))
    proposed = propose(store.workspace, seen, wish)
    _tell(proposed)
    if not proposed.texts:
        say("登记册已经是这样，没有改动。")
    elif accept:
        reason = why.strip() or f"从 {seen.files} 个文件登记单位"
        _write(store, proposed.texts, reason)
    else:
        say(f"没有写入；登记请加 --accept（会改 {'、'.join(proposed.texts)}）。")


@app.command(cls=Command)
def alias(
    code: Annotated[str, typer.Argument(metavar="CODE", help="登记册中的单位代码。")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="报表上的另一写法或另一代码。")],
    why: Why,
    workspace: Workspace = None,
    who: Who = None,
) -> None:
    """登记一个单位的另一写法：名称或代码。"""
    from shortplank.ingest.gazetteer.single import with_alias

    store = open_store(workspace, who)
    _write(store, with_alias(store.workspace, code, name), why)


@app.command(cls=Command)
def successor(
    old: Annotated[str, typer.Argument(metavar="OLD", help="不再有的单位代码。")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="接续它的单位代码。")],
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="从哪一天起归新单位。")],
    why: Why,
    workspace: Workspace = None,
    who: Who = None,
) -> None:
    """登记一个单位的去向：合并、撤销或换了代码。"""
    from shortplank.ingest.gazetteer.single import with_successor

    store = open_store(workspace, who)
    _write(store, with_successor(store.workspace, old, new, _day("--from", since)), why)


def _write(store: Store, texts: dict[str, str], why: str) -> None:
    from shortplank.records.settings_changes import change

    if not texts:
        say("登记册已经是这样，没有改动。")
        return
    made = change(store, texts, why)
    say(f"已登记（第 {made.number} 次改动）：{'、'.join(texts)}。")


def _digits(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isdecimal() and int(part) for part in parts):
        raise WrongUse(f"--digits {text} 不是位数", mend="请写成 5,8")
    return tuple(int(part) for part in parts)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(f"{option} {text} 不是日期", mend="请写成 2010-07-01") from error


# --- words ----------------------------------------------------------------------------------------
def _tell(proposed: Proposed) -> None:
    """Write what is proposed to stdout, each kind of note so far as it can be read."""
    from shortplank.catalogue.references import LEVEL_WORDS

    registers = proposed.registers
    counts = [
        f"{len({a.area_code for a in registers.areas if a.level == level})} 个{word}"
        for level, word in LEVEL_WORDS.items()
        if any(a.level == level for a in registers.areas)
    ]
    typer.echo(
        f"登记册：{'、'.join(counts)}；别名 {len(registers.aliases)} 条，"
        f"去向 {len(registers.successors)} 条；本县 {registers.home}。"
    )
    for certainty in ("said", "guessed", "open"):
        _list([note for note in proposed.notes if note.certainty == certainty])


def _list(notes: Sequence[Note]) -> None:
    for note in notes[:SHOWN]:
        rows = f"（{'；'.join(note.evidence)}）" if note.evidence else ""
        typer.echo(f"[{_MARKS[note.certainty]}] {note.sentence}{rows}。")
    if len(notes) > SHOWN:
        typer.echo(f"[{_MARKS[notes[0].certainty]}] 另有 {len(notes) - SHOWN} 条，没有逐一列出。")
