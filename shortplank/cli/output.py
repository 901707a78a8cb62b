"""What the commands write: answers to stdout, words and progress to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import typer

from shortplank.cli.options import Format
from shortplank.cli.usage import WrongUse
from shortplank.errors import ShortplankError

if TYPE_CHECKING:
    import pyarrow as pa

    from shortplank.catalogue import Workspace
    from shortplank.ingest import Batch, Finding, Preview


def say(text: str) -> None:
    """Write a line for people to stderr."""
    typer.echo(text, err=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far long work has come: a bar on a terminal, else one line when it begins."""
    if not sys.stderr.isatty():
        say(f"{label}……")
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# --- findings -------------------------------------------------------------------------------------
@contextmanager
def one_json_array(wanted: bool) -> Iterator[Callable[[Sequence[Finding]], None]]:
    """Write exactly one array of findings to stdout if it is wanted, whatever happens meanwhile."""
    findings: list[dict[str, str | None]] = []
    try:
        yield lambda found: findings.extend(finding.as_dict() for finding in found)
    except ShortplankError as error:
        code = type(error).__name__.removesuffix("Error").lower()
        place: dict[str, str | None] = {"file": error.place or None, "sheet": None, "cell": None}
        findings.append({**place, "severity": "error", "code": code, "message": error.sentence})
        raise
    finally:
        if wanted:
            typer.echo(json.dumps(findings, ensure_ascii=False, indent=1))


def tell(batch: Batch, *, lines: bool) -> None:
    """Write what was found: a line each on stdout if wanted, and the sum on stderr."""
    from shortplank.ingest import SEVERITY_LABELS

    counts = dict.fromkeys(SEVERITY_LABELS, 0)
    for finding in batch.findings:
        counts[finding.severity] += 1
        if lines:
            place = "!".join(part for part in (finding.sheet, finding.cell) if part)
            where = " ".join(part for part in (finding.file, place) if part)
            typer.echo(f"{where} [{SEVERITY_LABELS[finding.severity]}] {finding.message}")
    summary = "，".join(f"{SEVERITY_LABELS[key]} {n} 处" for key, n in counts.items() if n)
    say(f"{len(batch.reports)} 份报表，{batch.rows} 行；{summary or '没有发现问题'}。")


def tell_preview(change: Preview, ws: Workspace) -> None:
    """Write what a batch would change: a line each on stdout, the sum on stderr."""
    # The answers are slow to load.
    from shortplank.topics.intake.answer.editions import changes_table

    for row in changes_table(ws, change.changes).to_pylist():
        where = " ".join(row[name] for name in ("月份", "乡镇", "单位", "数") if row[name])
        typer.echo(f"{where} {_count(row['原数'])} → {_count(row['新数'])}")
    for line in change.headlines:
        old, new = ("/".join(_count(part) for part in pair) for pair in (line.old, line.new))
        typer.echo(f"{line.month:%Y-%m} 全县 {line.label}（分子/分母） {old} → {new}")
    restated = f"，重报 {'、'.join(change.restates)}" if change.restates else ""
    say(
        f"与第 {change.edition} 版相比，{change.areas} 个单位有 {change.changes.num_rows} 处变动"
        f"{restated}；没有发布。按这份预览导入时请加 --against {change.edition}。"
    )


def _count(value: float | None) -> str:
    return "未报" if value is None else f"{value:.15g}"


# --- tables ---------------------------------------------------------------------------------------
def write_table(table: pa.Table, form: Format) -> None:
    """Write a table to stdout; outside Parquet, months are written 2010-05."""
    if form is Format.parquet:
        _write_parquet(table)
        return
    rows = [{k: _value(k, v) for k, v in row.items()} for row in table.to_pylist()]
    if form is Format.json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif form is Format.csv:
        import csv

        writer = csv.DictWriter(sys.stdout, table.column_names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        write_aligned(table.column_names, [tuple(row.values()) for row in rows])


def _value(column: str, value: object) -> object:
    if isinstance(value, date):
        return f"{value:%Y-%m}" if column.endswith("month") else value.isoformat()
    return value


def _write_parquet(table: pa.Table) -> None:
    import pyarrow.parquet as pq

    if sys.stdout.isatty():
        raise WrongUse("parquet 是二进制格式，不能显示在屏幕上", mend="请用 > 文件名 存盘")
    pq.write_table(table, sys.stdout.buffer)


def write_aligned(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write rows to stdout under their columns' names, each column as wide as it needs."""
    from rich.cells import cell_len

    lines = [list(names)] + [["" if v is None else str(v) for v in row] for row in rows]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(names))]
    for line in lines:
        padded = (t + " " * (w - cell_len(t)) for t, w in zip(line, widths, strict=True))
        typer.echo("  ".join(padded).rstrip())
