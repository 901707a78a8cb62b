"""``shortplank handbook``: the whole handbook as one file to carry away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shortplank.cli.output import say
from shortplank.errors import ShortplankError


def handbook(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="写到哪个文件。")] = Path(
        "短板看板使用手册.html"
    ),
) -> None:
    """把使用手册写成一个不用联网的网页。"""
    from shortplank.topics.handbook.answer import one_file

    try:
        out.write_bytes(one_file())
    except OSError as error:
        raise ShortplankError("无法写入", place=str(out), mend="请检查路径和权限") from error
    say(f"已写好：{out}")
