"""Counties of other shapes than the demo's: one township, forty, names that files choke on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.reading.view import View
from shortplank.store import Engine, Store
from tests.store import workspaces as w

FIRST, MONTHS = date(2007, 10, 1), 15
LAST = date(2008, 12, 1)
ODD = '东&西<南>"北"/中'
LONG = "流动人口建档率（已建/应建）[全员]：含外出一年以上和跨省流入半年以上的人员"
FILED = ("migrants_due", "migrants_filed", "benefits_due", "benefits_paid", "males", "females")


def county(path: Path, towns: int, villages: int, *, odd: bool = False) -> Engine:
    """Return a county of so many townships and villages each; ``odd`` names and labels are hard."""
    areas = [w.AREA_HEADER, f"{w.COUNTY},99,county,小溪县,县,2000-01-01,"]
    codes = []
    for t in range(towns):
        town = f"{w.COUNTY}{101 + t}"
        name = f"{ODD}{t + 1}镇" if odd else f"第{t + 1}镇"
        quoted = '"' + name.replace('"', '""') + '"'
        areas.append(f"{town},{w.COUNTY},township,{quoted},镇,2000-01-01,")
        for v in range(villages):
            codes.append(f"{town}{201 + v}")
            areas.append(f"{codes[-1]},{town},village,{t + 1}-{v + 1}村,村,2000-01-01,")
    w.make(path, areas="\n".join(areas) + "\n")
    if odd:
        _rename(path)
    store = Store(path)
    rows = [
        w.village(code, month, **_counts(at, number))
        for number, month in enumerate(w.months(FIRST, MONTHS))
        for at, code in enumerate(codes)
    ]
    w.publish(store, village_month=rows)
    return Engine(load_workspace(path))


def _counts(at: int, number: int) -> dict[str, int]:
    due = 60 + 7 * (at % 5)
    filed = due - 8 - (at * 3 + number) % 11 - (25 if at == 0 else 0)
    return {
        "migrants_due": due,
        "migrants_filed": filed,
        "benefits_due": 20,
        "benefits_paid": 17 + (at + number) % 4,
    }


def _rename(path: Path) -> None:
    """Give one indicator a label of more than forty letters, with signs that sheets refuse."""
    for card in (path / "catalogue" / "indicators").glob("*.toml"):
        text = card.read_text("utf-8")
        new = f"label = {json.dumps(LONG, ensure_ascii=False)}"
        card.write_text(text.replace('label = "流动人口建档率"', new), "utf-8")


def looked(engine: Engine, role: Role = "viewer", month: date = LAST) -> View:
    """Return the newest edition's view of a month."""
    home = engine.ws.home.area_code
    return View(engine, engine.newest(), Actor(role), month, "ytd", "migrant_filing", home)
