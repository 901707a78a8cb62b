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


def build(
    workspace: Workspace = None,
    engine: Annotated[str, typer.Option("--engine", help="计算引擎。")] = "duckdb",
) -> None:
    """生成最新版本的分析表：各县、乡镇和各村。"""
    if engine != "duckdb":
        raise WrongUse(f"没有引擎 {engine}", mend="这一版的引擎是 duckdb")
    store = open_store(workspace)
    edition, ws = store.edition(), store.workspace
    months = _build_here(ws, edition)
    _judge(ws)
    say(f"第 {edition.number} 版的分析表已生成，共 {months} 个月。")


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
    """Keep what every month announces, and where its year will end."""
    from shortplank.reading.judged.ledger import judge_months, look_ahead
    from shortplank.store import Engine
    from shortplank.topics.points.answer import points
    from shortplank.topics.trends.answer.year_end import headline_outlooks

    engine = Engine(ws)
    with progress("各月核对名单") as advance:
        judge_months(engine, advance)
    with progress("各月年底预计") as advance:
        look_ahead(engine, headline_outlooks, advance)
    with progress("各月积分") as advance:  # they rest on earlier editions, whose marts it makes
        look_ahead(engine, points, advance)
