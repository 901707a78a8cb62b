"""``shortplank form``: a form made from a file, each guess shown beside its cells."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import Files, Who, Workspace, open_store
from shortplank.cli.output import say
from shortplank.cli.usage import SETTINGS, Command, WrongUse
from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    from shortplank.ingest import Batch, Upload
    from shortplank.ingest.drafting.draft import Choices, Draft
    from shortplank.ingest.drafting.variants import Drafted
    from shortplank.ingest.drafting.writing import Written
    from shortplank.store import Store

app = typer.Typer(help="表单：从一份文件认出表单，写进目录。", **SETTINGS)
# The findings that only say that the register is not there yet.
AREA_CODES = frozenset({"unknown_area", "unknown_township", "wrong_level", "not_valid"})


@app.callback()
def form() -> None:
    """表单：从一份文件认出表单，写进目录。"""


class Place(StrEnum):
    """Where a month can stand outside the columns."""

    above = "title"
    sheet = "sheet"
    file = "file"
    across = "across"


class Lowest(StrEnum):
    """Of which level the lines are."""

    township = "township"
    village = "village"


@app.command(cls=Command)
def draft(
    files: Files,
    workspace: Workspace = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="照所认的写进目录；不写则只看，什么也不写。")
    ] = False,
    name: Annotated[
        str, typer.Option("--name", metavar="FORM", help="表单的名字：小写字母、数字和下划线。")
    ] = "",
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="表单的中文名。")] = "",
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="E", help="文件的编码，如 cp949、big5。")
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option("--delimiter", metavar="D", help="comma、semicolon、tab 或 bar。"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="S", help="工作簿里的哪一张表。")
    ] = None,
    head: Annotated[
        str | None, typer.Option("--head", metavar="A-B", help="表头是第几行至第几行，如 3-4。")
    ] = None,
    month: Annotated[
        Place | None, typer.Option("--month-in", help="月份在哪里，不在列里时。")
    ] = None,
    level: Annotated[Lowest | None, typer.Option("--level", help="各行是哪一级单位。")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="C=KIND",
            help="一列是什么：如 D=name；month、year、code、name、above、split、measure、ignore。",
        ),
    ] = None,
    open_: Annotated[
        list[str] | None,
        typer.Option(
            "--open", metavar="M=WHY", help="村级的一个数不算敏感，并写明理由；不写则一律敏感。"
        ),
    ] = None,
    who: Who = None,
) -> None:
    """从文件认出表单：逐项说明所认和依据；--accept 写进目录，再核对同样的文件。"""
    choices = _choices(encoding, delimiter, sheet, head, month, level, column, label)
    store = open_store(workspace, who)
    uploads = _uploads(files)
    if known := _read_already(store, uploads):
        say(f"这份文件已能按表单“{known}”读取，不必再认；可以直接 import。")
        return
    made = _drafted(uploads, choices)
    written = _written(store, made, name, open_)
    for line in told(made, written):
        typer.echo(line)
    _say_rivals(made.first, accept=accept)
    if not accept:
        say("以上是所认的，什么也没有写；照此写进目录请加 --accept，要改请用上面的选项。")
        return
    from shortplank.records.settings_changes import change

    change(store, written.texts, f"认表：{written.form.label}")
    say(f"已写入：{'、'.join(written.texts)}。")
    _check(open_store(workspace, who), uploads)


def templates(
    target: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="写到哪里；默认工作区的 templates。")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """写出每张表单的空白工作簿，供填报；认过的表单也有。"""
    from shortplank.ingest.templates import write_templates

    ws = open_store(workspace).workspace
    folder = target or ws.path / "templates"
    try:
        paths = write_templates(ws, folder)
    except OSError as error:
        raise ShortplankError("无法写入", place=str(folder), mend="请检查路径和权限") from error
    for path in paths:
        say(f"已写好：{path}")


# --- what is said ---------------------------------------------------------------------------------
def told(made: Drafted, written: Written) -> list[str]:
    """Return the lines of a draft: each guess, what several files add, and what is written."""
    lines = [guess.line for guess in made.first.guesses]
    if made.files > 1:
        lines.append(f"{made.files} 个文件合成一张表单。")
    lines += [f"注意：{note}。" for note in made.notes]
    sensitive = made.first.areas.level == "village"
    close = "村级按敏感处理，分析员写明理由后可以放开" if sensitive else ""
    names = "、".join(m.label for m in written.measures[:8])
    more = f"等 {len(written.measures)} 个数" if len(written.measures) > 8 else ""
    lines.append(f"表单“{written.form.label}”（{written.key}）：{names}{more}。{close}")
    return lines


def _say_rivals(first: Draft, *, accept: bool) -> None:
    """Name on stderr the choice between encodings that all explain the bytes."""
    from shortplank.ingest.recorded.texts import CALLED

    if not first.rivals:
        return
    own = first.explained[0]
    others = "；".join(f"{CALLED[e.encoding]} 读作“{e.sample[:30]}”" for e in first.rivals)
    taken = "取" if accept else "像是"
    say(
        f"几种编码都读得通：{taken} {CALLED[own.encoding]}，读作“{own.sample[:30]}”；{others}。"
        "不对时请用 --encoding 指明。"
    )


def _check(store: Store, uploads: Sequence[Upload]) -> None:
    """Check the same files against the form that was written, and say the result."""
    from shortplank.ingest import check_batch

    batch = check_batch(store, uploads)
    own = [f for f in batch.findings if f.severity != "warning" and f.code not in AREA_CODES]
    for finding in own[:20]:
        where = " ".join(part for part in (finding.file, finding.cell) if part)
        typer.echo(f"{where} {finding.message}")
    if own:
        say(f"核对同样的文件：有 {len(own)} 处问题，见上。")
        raise typer.Exit(1)
    rows = f"核对同样的文件：表头、月份和各数都能读，{batch.rows} 行"
    say(rows + _areas_said(batch))


def _areas_said(batch: Batch) -> str:
    unknown = [f for f in batch.findings if f.code in AREA_CODES]
    if not unknown:
        return "，没有问题。"
    return "；有单位还不在登记册中，请用 shortplank areas from 登记后再 import。"


# --- what is read ---------------------------------------------------------------------------------
def _uploads(files: Sequence[Path]) -> list[Upload]:
    from shortplank.ingest import Upload
    from shortplank.store.names import shown_name

    found = []
    for file in files:
        try:
            found.append(Upload(file.name, file.read_bytes()))
        except OSError as error:
            fault = "没有这个文件" if isinstance(error, FileNotFoundError) else "文件无法读取"
            raise WrongUse(fault, place=shown_name(file.name), mend="请检查路径和权限") from error
    return found


def _drafted(uploads: Sequence[Upload], choices: Choices) -> Drafted:
    from shortplank.ingest.drafting.variants import draft_files
    from shortplank.ingest.grid import Unreadable

    try:
        return draft_files(uploads, choices)
    except Unreadable as fault:
        raise ShortplankError(fault.message.rstrip("。")) from fault


def _read_already(store: Store, uploads: Sequence[Upload]) -> str | None:
    from shortplank.ingest.drafting.known import form_that_reads

    if not store.workspace.forms:
        return None
    found = {form_that_reads(store.workspace, upload) for upload in uploads}
    return found.pop() if len(found) == 1 else None


def _written(store: Store, made: Drafted, name: str, open_: list[str] | None) -> Written:
    from shortplank.ingest.drafting.writing import Wanted, write_draft

    reasons = dict(_pairs("--open", open_, "度量=理由"))
    known = {m.id for m in made.measured}
    if unknown := set(reasons) - known:
        raise WrongUse(f"--open 没有 {min(unknown)} 这个数", mend=f"有：{'、'.join(sorted(known))}")
    return write_draft(
        store.workspace,
        made.form,
        made.measured,
        made.first.areas.level,
        quarters=made.first.roles.times.quarters,
        wanted=Wanted(name, reasons),
    )


def _choices(
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    head: str | None,
    month: Place | None,
    level: Lowest | None,
    column: list[str] | None,
    label: str,
) -> Choices:
    from shortplank.catalogue.forms import ENCODINGS
    from shortplank.ingest.drafting.draft import Choices
    from shortplank.ingest.drafting.roles import KINDS
    from shortplank.ingest.recorded.texts import DELIMITERS

    if encoding is not None and encoding not in ENCODINGS:
        raise WrongUse(f"--encoding {encoding} 不认识", mend=f"可用：{'、'.join(ENCODINGS)}")
    if delimiter is not None and delimiter not in DELIMITERS:
        raise WrongUse(f"--delimiter {delimiter} 不认识", mend=f"可用：{'、'.join(DELIMITERS)}")
    roles: dict[int, str] = {}
    for letters, kind in _pairs("--column", column, "列=是什么"):
        if kind not in KINDS or not letters.isascii() or not letters.isalpha():
            raise WrongUse(f"--column {letters}={kind} 不认识", mend=f"可用：{'、'.join(KINDS)}")
        roles[_column(letters)] = kind
    return Choices(
        encoding,
        DELIMITERS[delimiter] if delimiter else None,
        sheet,
        _rows(head),
        roles,
        month.value if month else None,
        level.value if level else None,
        label,
    )


def _pairs(option: str, texts: list[str] | None, shape: str) -> list[tuple[str, str]]:
    found = []
    for text in texts or []:
        left, equals, right = text.partition("=")
        if not (equals and left.strip() and right.strip()):
            raise WrongUse(f"{option} {text} 不完整", mend=f"请写成 {shape}")
        found.append((left.strip(), right.strip()))
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _rows(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, last = text.partition("-")
    if not first.isdigit() or not (last or first).isdigit():
        raise WrongUse(f"--head {text} 不是行号", mend="请写成 3 或 3-4")
    rows = int(first), int(last or first)
    if not 1 <= rows[0] <= rows[1] <= rows[0] + 5:
        raise WrongUse(f"--head {text} 不是表头的行", mend="请写成 3-4，最多六行")
    return rows
