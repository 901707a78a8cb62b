"""``shortplank build``: the newest edition's marts, and the answers that are kept with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import Workspace, open_store
from shortplank.cli.output import progress, say
from shortplank.cli.usage import WrongUse

if TYPE_CHECKING:
    from shortplank.catalogue import Workspace as Settings
    from shortplank.store import Edition

ENGINES = ("duckdb", "spark")


def build(
    workspace: Workspace = None,
    engine: Annotated[
        str, typer.Option("--engine", help="duckdb 用本机；spark 由集群分担，文件相同。")
    ] = "duckdb",
    master: Annotated[
        str | None,
        typer.Option("--master", metavar="URL", help="集群地址，如 spark://主机:7077。"),
    ] = None,
) -> None:
    """生成最新版本的分析表：各县、乡镇和各村。"""
    if engine not in ENGINES:
        raise WrongUse(f"没有引擎 {engine}", mend=f"引擎是 {' 或 '.join(ENGINES)}")
    if master and engine != "spark":
        raise WrongUse("--master 只和 --engine spark 一起用", mend="请加上 --engine spark")
    store = open_store(workspace)
    edition, ws = store.edition(), store.workspace
    if engine == "spark":
        _build_there(ws, edition, master)
    months = _build_here(ws, edition)
    _judge(ws)
    say(f"第 {edition.number} 版的分析表已生成，共 {months} 个月。")


def _build_there(ws: Settings, edition: Edition, master: str | None) -> None:
    """Have a cluster build the marts; where it fails say so, for this machine goes on."""
    from shortplank.store.spark import EngineError, spread

    try:
        with progress("分析表（Spark）") as advance:
            spread(ws, edition, master, advance)
    except EngineError as fault:
        say(f"{fault.sentence}改由本机继续。")


def _build_here(ws: Settings, edition: Edition) -> int:
    """Build the townships' marts and all villages' on this machine; return how many months."""
    from shortplank.store.marts import MartBuilder
    from shortplank.store.units import village_groups

    with progress("乡镇分析表") as advance:
        months = len(MartBuilder(ws, edition, progress=advance).build())
    groups = village_groups(ws)
    with progress("村级分析表") as advance:
        for at, counties in enumerate(groups):

            def told(done: int, total: int, passed: int = at) -> None:
                advance(passed * total + done, len(groups) * total)

            MartBuilder(ws, edition, counties=counties, progress=told).build()
    return months


def _judge(ws: Settings) -> None:
    """Keep what every month announces, and what pages say of it, for whoever looks first."""
    from shortplank.access import READS, Actor
    from shortplank.reading.judged.ledger import judge_months, look_ahead
    from shortplank.store import Engine
    from shortplank.topics.overview.answer import overview
    from shortplank.topics.points.answer import points
    from shortplank.topics.quality.answer.signals import signals
    from shortplank.topics.trends.answer.year_end import headline_ends, headline_outlooks

    engine = Engine(ws)
    with progress("各月核对名单") as advance:
        judge_months(engine, advance)
    if engine.ws.is_province:  # the others are a county's
        with progress("各月年底预计") as advance:
            look_ahead(engine, headline_outlooks, advance)
        return
    # Points rest on earlier editions, whose marts are made with them.
    answers = {
        "各月年底预计": headline_ends,
        "各月总览": overview,
        "各月积分": points,
        "各月信号": signals,
    }
    for label, answer in answers.items():
        with progress(label) as advance:
            for role in READS:
                look_ahead(engine, answer, advance, Actor(role))
