"""The commands, in the order of a month's work; heavy modules are imported when one runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.access import MACHINE, Reads
from shortplank.audit.seen import note_export, seen_of
from shortplank.cli import (
    areas,
    drafting,
    editions,
    geo,
    settings,
    starting,
    tokens,
    tray,
    upkeep,
    users,
)
from shortplank.cli.building import build
from shortplank.cli.doctor import doctor
from shortplank.cli.handbook import handbook
from shortplank.cli.options import (
    Accept,
    Against,
    County,
    Dataset,
    DryRun,
    Exchange,
    Files,
    Format,
    Json,
    Month,
    MonthOk,
    Note,
    Output,
    Received,
    Who,
    Workspace,
    accepted_of,
    day_of,
    month_of,
    months_of,
    open_store,
    uploads_of,
)
from shortplank.cli.output import (
    one_json_array,
    progress,
    say,
    tell,
    tell_preview,
    write_aligned,
    write_table,
)
from shortplank.cli.query import query
from shortplank.cli.usage import ACCOUNT, SETTINGS, Command, WrongUse

if TYPE_CHECKING:
    from shortplank.ingest import Batch
    from shortplank.store import Store

app = typer.Typer(help=f"短板看板：月报数据的核对、发布、查询和看板。{ACCOUNT}", **SETTINGS)


app.command("demo", cls=Command)(starting.demo)
app.command("init", cls=Command)(starting.init)


# --- reports --------------------------------------------------------------------------------------
@app.command(cls=Command)
def check(
    files: Files,
    workspace: Workspace = None,
    month: Month = None,
    dataset: Dataset = None,
    accept: Accept = None,
    month_ok: MonthOk = None,
    json: Json = False,
) -> None:
    """核对文件，逐格说明问题；有不能发布的问题时退出码为 1。"""
    with one_json_array(json) as found:
        batch = _checked(open_store(workspace), files, month, dataset, accept, month_ok)
        found(batch.findings)
        tell(batch, lines=not json)
    if batch.stops:
        raise typer.Exit(1)


@app.command("import", cls=Command)
def import_reports(
    files: Files,
    workspace: Workspace = None,
    month: Month = None,
    received: Received = None,
    dataset: Dataset = None,
    accept: Accept = None,
    month_ok: MonthOk = None,
    note: Note = "",
    who: Who = None,
    dry_run: DryRun = False,
    against: Against = None,
    json: Json = False,
) -> None:
    """核对后发布为一个新版本；全部成功，或全部不变。重报以前的月份须写 --note。"""
    from shortplank.ingest import preview, publish_batch

    with one_json_array(json) as found:
        day, store = day_of(received), open_store(workspace, who)
        batch = _checked(store, files, month, dataset, accept, month_ok)
        found(batch.findings)
        tell(batch, lines=not json)
        if batch.stops:
            say("没有发布，原有版本不变。请按提示改正后重试。")
            raise typer.Exit(1)
        if dry_run:
            tell_preview(preview(store, batch), store.workspace)
            return
        if against is not None:  # what was seen, not what the check found just now
            batch = replace(batch, edition=store.edition(against).number)
        edition = publish_batch(store, batch, why=note, received=day)
        _remember(store, batch, accept)
    say(f"已发布第 {edition.number} 版。")


def _checked(
    store: Store,
    files: Sequence[Path],
    month: str | None,
    dataset: str | None,
    accept: list[str] | None,
    month_ok: list[str] | None,
) -> Batch:
    from shortplank.ingest import check_batch

    asked, taken = month_of(month), accepted_of(accept)
    accepted = {
        (f, header): means for f in store.workspace.forms for header, means in taken.items()
    }
    with progress("读取和核对") as advance:
        return check_batch(
            store,
            uploads_of(files),
            month=asked,
            dataset=dataset,
            progress=lambda done: advance(done, len(files)),
            accept=accepted,
            months_ok=months_of(month_ok),
        )


def _remember(store: Store, batch: Batch, accept: list[str] | None) -> None:
    """Keep the headers that were accepted on the command line, for the forms that were filed."""
    from shortplank.ingest import accept_header
    from shortplank.ingest.accepted import accepted_headers

    kept = accepted_headers(store.root)
    for header, means in accepted_of(accept).items():
        for form in sorted({report.layout.form for report in batch.reports}):
            if kept.get((form, header)) != means:
                accept_header(store, form, header, means)


app.add_typer(tray.app, name="tray")
app.add_typer(editions.app, name="editions")
app.add_typer(geo.app, name="geo")
app.add_typer(settings.app, name="settings")
app.add_typer(drafting.app, name="form")
app.command("templates", cls=Command)(drafting.templates)
app.add_typer(users.app, name="user")
app.add_typer(tokens.app, name="token")
app.add_typer(areas.app, name="areas")
app.command("doctor", cls=Command)(doctor)


# --- marts, questions, the app --------------------------------------------------------------------
app.command("build", cls=Command)(build)


@app.command(cls=Command)
def ask(
    name: Annotated[str, typer.Argument(metavar="NAME", help="queries/ 中的查询名。")],
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
) -> None:
    """问一个查询，输出答案。"""
    from shortplank.store import Engine

    engine = Engine(open_store(workspace).workspace)
    engine = engine.at(county) if county else engine
    answer = engine.ask(name, edition, role, **_parameters(name, param or []))
    number = engine.newest() if edition is None else edition
    asked = name.rsplit("/", 1)[-1]
    taken = seen_of(engine.ws.path, MACHINE.account, act="ask", query=asked, edition=number)
    note_export(taken, form.value, answer.num_rows, exact=role == MACHINE.reads)
    write_table(answer, form)


app.command("query", cls=Command)(query)


def _parameters(query: str, pairs: Sequence[str]) -> dict[str, object]:
    """Return ``name=value`` pairs with the types that the query's text gives its parameters."""
    from shortplank.store import all_queries

    known = all_queries().get(query.rsplit("/", 1)[-1])
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WrongUse(f"参数 {pair} 没有取值", mend="请写成 -p 名称=值")
        if known and name not in known.params:
            own = "、".join(known.params) or "没有参数"
            raise WrongUse(f"没有参数 {name}", place=known.name, mend=f"这个查询的参数是：{own}")
        found[name] = _typed(name, value, known.sql if known else "")
    return found


def _typed(name: str, value: str, sql: str) -> object:
    """Return a number where the query casts or compares the parameter as one, else the text."""
    is_month = name == "month" or name.endswith("_month")
    numeric = rf"\${name}::(double|bigint|integer)|[<>]=?\s*\${name}\b(?!::date)|limit\s+\${name}\b"
    if is_month or not re.search(numeric, sql, re.IGNORECASE):
        return value
    try:
        return int(value) if re.fullmatch(r"[+-]?\d+", value) else float(value)
    except ValueError as error:
        raise WrongUse(f"参数 {name}={value} 不是数", mend="请写数字") from error


@app.command(cls=Command)
def findings(
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="所看月份。")],
    workspace: Workspace = None,
    role: Annotated[Reads, typer.Option("--role", help="以谁的身份看。")] = MACHINE.reads,
    json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON 对象。")] = False,
    county: County = None,
) -> None:
    """说出本月列入核对的、变动的和事实；平静的月份什么也不列。"""
    from shortplank.cli.findings import found_in, lines_of, object_of

    asked = month_of(month)
    assert asked is not None
    made = found_in(open_store(workspace).root, asked, role, county)
    for line in [object_of(made)] if json else lines_of(made):
        typer.echo(line)


@app.command(cls=Command)
def brief(
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="会议月份。")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="写到哪个文件夹。")] = Path("."),
    workspace: Workspace = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar="2010Q2", help="季度汇报（统计年度的季度）。")
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="精确数，标明内部使用并记入 journal。")
    ] = False,
    townships: Annotated[
        bool, typer.Option("--townships", help="另存每个乡镇单独的一页纸（一个 zip）。")
    ] = False,
    who: Who = None,
    county: County = None,
) -> None:
    """生成会议材料：幻灯片、表格、通报、乡镇一页纸、会议纪要和可放映的网页。"""
    from shortplank.cli.briefing import write_brief

    asked = month_of(month) if month else None
    if (asked is None) == (quarter is None):
        raise WrongUse("须写 --month 或 --quarter 其中之一", mend="如 --month 2010-05")
    store = open_store(workspace, who)
    paths, lacks = write_brief(
        store, asked, quarter, out, exact=exact, townships=townships, county=county
    )
    for path in paths:
        say(f"已写好：{path}")
    for sentence in lacks:
        say(f"还缺：{sentence}")


@app.command(cls=Command)
def decisions(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="填好的 pptx、docx 或 xlsx。")],
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="会议月份。")],
    workspace: Workspace = None,
    accept: Annotated[bool, typer.Option("--accept", help="登记；不写则只看会登记什么。")] = False,
    who: Who = None,
    county: County = None,
) -> None:
    """读回填好的议定事项，先看后登记；有一行不对就都不登记，退出码为 1。"""
    from shortplank.cli.briefing import read_back

    asked = month_of(month)
    assert asked is not None
    found = read_back(open_store(workspace, who), asked, file, accept=accept, county=county)
    rows = found.table
    write_aligned(rows.column_names, [tuple(row.values()) for row in rows.to_pylist()])
    if accept:
        say(f"已登记 {len(found.of('new'))} 项。")
        return
    say(f"{found.sentence}登记请加 --accept。" if found.of("new") else found.sentence)
    if found.of("fault"):
        raise typer.Exit(1)


@app.command(cls=Command)
def export(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="数据集，如 village_month。")],
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="所报月份。")],
    workspace: Workspace = None,
    edition: Annotated[
        int | None, typer.Option("--edition", metavar="N", help="默认最新。")
    ] = None,
    form: Annotated[Exchange, typer.Option("--format", help="输出格式。")] = Exchange.json,
) -> None:
    """按 DHIS2 dataValueSets 输出一个月的精确数，供交换。"""
    from shortplank.ingest.dhis2 import as_csv, as_json, export_values

    store, asked = open_store(workspace), month_of(month)
    assert asked is not None
    if dataset not in store.workspace.datasets or _is_listed(store, dataset):
        raise WrongUse(
            f"数据集 {dataset} 不能这样交换", mend="可用 village_month、township_month 等月报季报"
        )
    held = store.edition(edition)
    values = export_values(store.workspace, held, dataset, asked)
    taken = seen_of(
        store.root,
        store.actor.account,
        act="export",
        dataset=dataset,
        month=month,
        edition=held.number,
    )
    note_export(taken, form.value, len(values), exact=True)
    typer.echo((as_json if form is Exchange.json else as_csv)(values).decode(), nl=False)


def _is_listed(store: Store, dataset: str) -> bool:
    """Return whether a dataset has keys beside area and month, which data values cannot say."""
    item = store.workspace.datasets[dataset]
    return bool(item.keys) or item.shape != "wide"


@app.command(cls=Command)
def serve(
    workspace: Workspace = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", help="端口；几个进程时是第一个。")
    ] = 8501,
    base: Annotated[
        str, typer.Option("--base", metavar="PATH", help="网址中主机名后面的路径，如 board。")
    ] = "",
    workers: Annotated[
        int,
        typer.Option("--workers", metavar="N", min=1, max=64, help="几个进程；须有前置代理。"),
    ] = 1,
) -> None:
    """打开看板；几个进程由一个父进程看管，死掉的重新启动。"""
    from shortplank.cli.serving import serve_workspace

    serve_workspace(open_store(workspace).root.resolve(), port, base, workers)


app.add_typer(upkeep.app)
app.command("handbook", cls=Command)(handbook)
