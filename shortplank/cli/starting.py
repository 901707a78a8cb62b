"""The commands that begin: the demo county, and a new workspace."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shortplank.cli.output import say
from shortplank.cli.usage import WrongUse


class Like(StrEnum):
    """What a new workspace is made like."""

    demo = "demo"


def demo(
    target: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="默认 data/demo。")] = None,
) -> None:
    """生成演示县工作区（同一种子，逐字节相同）。"""
    from shortplank.cli.new_workspace import write_demo
    from shortplank.store.served import DEMO

    place = target or DEMO
    write_demo(place)
    say(f"演示工作区已生成：{place}")


def init(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="要新建的工作区。")],
    code: Annotated[str, typer.Option("--code", help="本县代码。")] = "990101",
    name: Annotated[str, typer.Option("--name", help="本县名称。")] = "本县",
    blank: Annotated[
        bool, typer.Option("--blank", help="空目录，不带标准报表和指标；统计年度从 1 月起。")
    ] = False,
    like: Annotated[
        Like | None, typer.Option("--like", help="照演示县，带标准报表和指标（默认）。")
    ] = None,
    year_start: Annotated[
        int | None,
        typer.Option("--year-start", metavar="M", min=1, max=12, help="统计年度从几月起。"),
    ] = None,
) -> None:
    """新建空工作区：带标准目录和表单，或是空目录。"""
    from shortplank.cli.new_workspace import write_workspace

    if blank and like is not None:
        raise WrongUse(
            "--blank 和 --like 只能写一个", mend="空目录用 --blank，照演示县用 --like demo"
        )
    write_workspace(target, code, name, blank=blank, first_month=year_start)
    said = f"工作区已建立：{target}。"
    if blank:
        said += "下一步用 shortplank form draft 认一张表，再用 shortplank areas from 登记单位。"
        say(said)
        return
    say(f"{said}请用 shortplank areas from 登记乡镇和村，或补在 areas.csv；空白报表在 templates。")
