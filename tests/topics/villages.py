"""Small counties whose villages a test makes up, published as production publishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from shortplank.access import Actor, Role
from shortplank.catalogue import copy_standard, load_workspace
from shortplank.catalogue.models import Window
from shortplank.reading.view import View
from shortplank.store import Engine, Store

SETTINGS = 'schema_version = 1\nname = "试点县"\nhome = "990101"\n'
SEPTEMBER = date(2009, 9, 1)
COUNTS = ("migrants_due", "migrants_filed", "benefits_due", "benefits_paid")
BIRTHS = tuple(f"births_p{k}_{part}" for k in (1, 2, 3) for part in ("m", "f", "in"))
Village = Mapping[str, int]


def codes(sizes: Iterable[int]) -> list[str]:
    """Return the codes of townships' villages: sizes (2, 1) give two in the first, one after."""
    return [
        f"9901011{town:02d}{k:03d}" for town, size in enumerate(sizes) for k in range(1, size + 1)
    ]


def make_county(root: Path, sizes: tuple[int, ...], *, former: tuple[str, ...] = ()) -> Path:
    """Write a county; ``former`` villages were merged into the first one in July 2009."""
    root.mkdir(parents=True)
    lines = ["area_code,parent_code,level,name,kind,valid_from,valid_to",
             "990101,99,county,试点县,县,2006-10-01,"]  # fmt: skip
    for town in range(len(sizes)):
        lines.append(f"9901011{town:02d},990101,township,乡{town}镇,镇,2006-10-01,")
    first, *others = codes(sizes)
    opened = "2009-07-01" if former else "2006-10-01"
    lines.append(f"{first},{first[:9]},village,首村,村,{opened},")
    lines += [f"{code},{code[:9]},village,村{code[-5:]},村,2006-10-01," for code in others]
    lines += [
        f"{code},{first[:9]},village,旧村{code[-3:]},村,2006-10-01,2009-06-30" for code in former
    ]
    (root / "workspace.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "areas.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "successors.csv").write_text(
        "\n".join(["old_code,new_code,from", *(f"{old},{first},2009-07-01" for old in former)])
        + "\n",
        encoding="utf-8",
    )
    copy_standard(root)
    return root


def filed(due: int, done: int) -> dict[str, int]:
    """Return a village's counts of migrants."""
    return {"migrants_due": due, "migrants_filed": done}


def born(births: int, out: int) -> dict[str, int]:
    """Return a village's births, ``out`` of them out of policy."""
    return {"births_p1_m": births, "births_p1_in": births - out}


def publish(root: Path, months: Mapping[date, Mapping[str, Village]]) -> Engine:
    """Publish months of villages, counts that are not given being zero; return the engine."""
    tables = {}
    for month, villages in months.items():
        rows = [
            {
                "area_code": code,
                "stat_month": month,
                **dict.fromkeys((*COUNTS, *BIRTHS, "births_out_migrant", "births_late"), 0),
                "pop_end": 1000,
                "deaths": 0,
                **counts,
            }
            for code, counts in villages.items()
        ]
        table = pa.Table.from_pylist(rows)
        at = table.schema.get_field_index("stat_month")
        tables[("village_month", month)] = table.set_column(
            at, "stat_month", table["stat_month"].cast(pa.date32())
        )
    Store(root).publish(tables, why="测试")
    return Engine(load_workspace(root))


def county(
    root: Path, villages: Iterable[Village], *, month: date = SEPTEMBER, towns: int = 2
) -> Engine:
    """Return the engine of a county of one month whose villages fill ``towns`` townships."""
    counts = list(villages)
    size = -(-len(counts) // towns)
    sizes = tuple(min(size, len(counts) - k * size) for k in range(towns) if len(counts) > k * size)
    make_county(root, sizes)
    return publish(root, {month: dict(zip(codes(sizes), counts, strict=True))})


def view_of(
    engine: Engine,
    indicator: str,
    *,
    month: date = SEPTEMBER,
    window: Window = "ytd",
    role: Role = "analyst",
    area: str = "990101",
) -> View:
    """Return a view of the newest edition."""
    return View(engine, engine.newest(), Actor(role), month, window, indicator, area)
