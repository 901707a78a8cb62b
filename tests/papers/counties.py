"""Counties that papers have to bear: one township, forty, names that no office would write."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.reading.view import View, first_view
from shortplank.store import Engine, Store
from tests.examples.test_tw_births import EXCERPT, command
from tests.store import workspaces as w

FIRST, MONTHS = date(2008, 10, 1), 15
LAST = date(2009, 12, 1)
LONG = "流动人口建档率（已建/应建）[全员]：含外出一年以上和跨省流入半年以上的人员"
HOSTILE = '甲&乙<丙>"丁"/戊'


def county(
    path: Path, towns: int, *, villages: int = 3, hostile: bool = False, months: int = MONTHS
) -> Engine:
    """Return the engine of a county with so many townships and villages in each.

    The first village files far fewer migrants than all others, so the month lists it.
    """
    lines = [w.AREA_HEADER, f"{w.COUNTY},99,county,小溪县,县,2000-01-01,"]
    codes = []
    for town in range(1, towns + 1):
        code = f"{w.COUNTY}{100 + town}"
        name = f"{HOSTILE if hostile else '东'}{town}镇"
        lines.append(
            f'{code},{w.COUNTY},township,"{name.replace(chr(34), chr(34) * 2)}",镇,2000-01-01,'
        )
        for number in range(201, 201 + villages):
            codes.append(f"{code}{number}")
            lines.append(f"{code}{number},{code},village,第{number}村,村,2000-01-01,")
    store = Store(w.make(path, areas="\n".join(lines) + "\n"))
    rows = [
        w.village(
            code,
            month,
            migrants_due=400,
            migrants_filed=200 if code == codes[0] else 380,
            benefits_due=20,
            benefits_paid=19,
        )
        for month in w.months(FIRST, months)
        for code in codes
    ]
    w.publish(store, village_month=rows)
    if hostile:
        for card in (path / "catalogue/indicators").glob("*.toml"):
            text = card.read_text("utf-8")
            card.write_text(
                text.replace('label = "流动人口建档率"', f"label = {json.dumps(LONG)}"), "utf-8"
            )
    return Engine(load_workspace(path))


def seen(engine: Engine, month: date = LAST, role: Role = "viewer") -> View:
    """Return a view of the county's month."""
    actor = Actor(role, "tongji01")
    return View(engine, engine.newest(), actor, month, "ytd", "migrant_filing", w.COUNTY)


_BUILT: list[Path] = []


def taiwan(path: Path) -> View:
    """Return a view of the last month of the example from public data.

    It is built where it is first asked for; nobody writes into it.
    """
    if not _BUILT:
        with command() as example:
            assert example.build(EXCERPT, path, "嘉義市") == 0
        _BUILT.append(path)
    shared = Engine(load_workspace(_BUILT[0]))
    view = first_view(shared, Actor("viewer", "tongji01"))
    assert view is not None
    return view
