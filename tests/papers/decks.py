"""Decks for the tests: of the demo county, and of counties made to be hard to write about."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pptx import Presentation

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.papers.deck import deck_pptx
from shortplank.papers.pack import Pack, pack, quarter_of
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from tests.papers.test_papers import DEMO, MAY
from tests.topics.months import engine_of, look
from tests.topics.villages import filed, make_county, publish

HARD = '甲<乙>&"丙"/村'
LABEL = "流动人口建档率（已建/应建）[全员]：含外出一年以上和跨省流入半年以上的人员"[:40]
SEPTEMBER = date(2009, 9, 1)
FILED = {"migrants_due": 30, "migrants_filed": 20, "benefits_due": 10, "benefits_paid": 8}


def demo(role: Role = "viewer", month: date = MAY) -> Pack:
    """Return the demo county's pack."""
    shared = engine(DEMO)
    own = View(shared, shared.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")
    return pack(own)


def quarter(text: str, role: Role = "viewer") -> Pack:
    """Return the demo county's pack of a quarter."""
    shared = engine(DEMO)
    asked = quarter_of(shared, text)
    month = asked.months[-1]
    own = View(shared, shared.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")
    return pack(own, asked)


def towns(root: Path, count: int, *, names: str = "", role: Role = "viewer") -> Pack:
    """Return the pack of a county of so many townships of four villages, one of them bad.

    ``names`` is written before each township's and village's name.
    """
    make_county(root, (4,) * count)
    if names:
        path = root / "areas.csv"
        lines = path.read_text("utf-8").splitlines()
        named = [line.split(",") for line in lines]
        for row in named[2:]:
            row[3] = '"' + names.replace('"', '""') + row[3] + '"'
        path.write_text("\n".join(",".join(row) for row in named) + "\n", "utf-8")
    villages = {
        f"9901011{town:02d}{k:03d}": filed(100 + 7 * town + k, 90 - 40 * (town == 0 and k == 1))
        for town in range(count)
        for k in range(1, 5)
    }
    made = publish(root, {SEPTEMBER: villages})
    return pack(
        View(made, made.newest(), Actor(role), SEPTEMBER, "ytd", "migrant_filing", "990101")
    )


def labelled(root: Path, label: str = LABEL) -> Pack:
    """Return the pack of a small county whose headline figures have labels of forty letters."""
    engine_of(root, 3, lambda code, n: FILED)
    folder = root / "catalogue/indicators"
    for path in folder.glob("*.toml"):
        text = path.read_text("utf-8")
        for at, old in enumerate(("流动人口建档率", "奖励优惠兑现率", "报表及时率")):
            new = json.dumps(label[: 40 - 1] + "一二三"[at])
            text = text.replace(f'label = "{old}"', f"label = {new}")
        path.write_text(text, "utf-8")
    return pack(look(Engine(load_workspace(root)), "migrant_filing", date(2007, 12, 1)))


def empty(root: Path) -> Pack:
    """Return the pack of a month in which nobody had anything to report."""
    shared = engine_of(root, 1, lambda code, n: {})
    return pack(look(shared, "migrant_filing", date(2007, 10, 1), role="viewer"))


def shown(made: Pack) -> Any:
    """Return a pack's deck, opened."""
    return Presentation(io.BytesIO(deck_pptx(made)))


def texts(slide: Any) -> Iterator[str]:
    """Yield the texts of a slide: its shapes', its tables' cells'."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def notes_of(slide: Any) -> str:
    """Return a slide's notes."""
    return str(slide.notes_slide.notes_text_frame.text)
