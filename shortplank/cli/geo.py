"""``shortplank geo``: boundaries of areas, looked at and put into a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shortplank.cli.options import Workspace, open_store
from shortplank.cli.output import say
from shortplank.cli.usage import SETTINGS, Command, WrongUse

if TYPE_CHECKING:
    from shortplank.catalogue import Workspace as Read
    from shortplank.store.boundaries.adding import Covered
    from shortplank.store.boundaries.geojson import Boundaries

app = typer.Typer(help="核对并登记乡镇和村的边界（GeoJSON），看板据此画地图。", **SETTINGS)
File = Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON 文件，WGS84 经纬度。")]


@app.command(cls=Command)
def check(file: File, workspace: Workspace = None) -> None:
    """核对边界文件，不写任何文件；不能用时退出码为 1。"""
    from shortplank.store.boundaries.geojson import parse_boundaries

    ws = open_store(workspace).workspace
    _tell(ws, parse_boundaries(_bytes(file), ws.area_by_code))
    say("边界文件可以使用，没有写入；登记请用 geo add。")


@app.command(cls=Command)
def add(file: File, workspace: Workspace = None) -> None:
    """核对后放进工作区的 geo/areas.geojson，替换原有的；有问题则什么也不变。"""
    from shortplank.store.boundaries.adding import add_boundaries

    store = open_store(workspace)
    _tell(store.workspace, add_boundaries(store, _bytes(file)))
    say("边界已登记，乡镇排名、性别比和短板村有了地图。")


def _bytes(file: Path) -> bytes:
    """Return a file's bytes, of one that is too large as many as say so."""
    from shortplank.store.boundaries.geojson import MOST_BYTES
    from shortplank.store.names import shown_name

    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        fault = "没有这个文件" if isinstance(error, FileNotFoundError) else "文件无法读取"
        raise WrongUse(fault, place=shown_name(file.name), mend="请检查路径和权限") from error


def _tell(ws: Read, found: Boundaries) -> None:
    """Write what the boundaries cover of the home county, and what they lack."""
    from shortplank.store.boundaries.adding import covered

    for each in covered(ws, found):
        for line in _lines(each):
            say(line)
    if found.illustrative:
        say("文件标明边界为示意，地图上会注明。")


def _lines(each: Covered) -> list[str]:
    from shortplank.wording.pictures.maps import gaping, without_boundary

    unit = {"township": "乡镇", "village": "村"}[each.level]
    lines = [f"{each.number} 个{unit}有边界。"]
    if each.lacking and each.number:
        lines.append(f"{without_boundary(each.lacking, unit)}。")
    if not each.fits:
        lines.append(gaping(unit))
    return lines
