"""The barrel of villages with its water, and what a draw of them would show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.charts import Axis, Label, Series, add_chart, end_ups, nice
from shortplank.papers.deck.frame import (
    Deck,
    Said,
    Sheet,
    key_line,
    picture_slide,
    speak,
    text_slide,
)
from shortplank.papers.deck.room import CM
from shortplank.papers.deck.shapes import INK, MUTED, Run
from shortplank.papers.deck.tables import Cell, Grid, put_table
from shortplank.papers.deck.towns import titled
from shortplank.papers.deck.trends import definition
from shortplank.reading.planks import Planks
from shortplank.topics.inspection.answer.draw import Bars
from shortplank.topics.inspection.answer.rehearsal import Rehearsal
from shortplank.topics.short_plank.answer.short_plank import NAMED, Listing, ShortPlank, listings
from shortplank.topics.short_plank.answer.village_bands import Bands
from shortplank.wording.chance import likely_text
from shortplank.wording.judged import SHRUNKEN
from shortplank.wording.numbers import points_unit, rounded, short_value
from shortplank.wording.planks import BY_SHORTEST, listed_mark
from shortplank.wording.sides import COUNTY, PASSED, SHORT, is_weak, line_label
from shortplank.wording.verdicts import VERDICT_MARKS

SHEET = "短板村"
# From this width on a picture and a list of four columns stand beside each other.
BROAD = 26 * CM
# Fewer staves than this are so broad that the lines' names stand on the last one.
BROAD_STAVES = 20
STRENGTH = {"none": 0.3, "few": 0.55, "many": 0.95, "hidden": 0.15, "band": 0.6}


def plank_slide(deck: Deck, answer: ShortPlank) -> None:
    """Draw the page's own picture: the barrel, the contributions, or births in bands."""
    key = deck.made.view.ws.scheme.short_plank_default or ""
    noted = deck.made.noted("short_plank", key)
    said = Said(titled(answer.item, answer.title), answer.sentence, noted)
    found = answer.planks
    if found is not None and answer.kind != "bands" and not _drawn(answer, found):
        text_slide(deck, said, [part for part in (answer.sentence, noted) if part])
        return
    drawn = picture_slide(deck, said)
    if answer.kind == "bands" and answer.bands is not None:
        _bands(drawn, answer.bands, answer.title)
    elif found is not None:
        broad = drawn.room.width > BROAD
        left, right = drawn.room.columns(*((3, 2) if broad else (1, 1)))
        barrel = answer.kind == "barrel"
        head = Sheet(drawn.slide, left)
        if barrel:
            head = key_line(head, _barrel_key(found))
            _barrel(head, found, answer.title)
        else:
            head = key_line(head, [Run(f"贡献（{points_unit(found.item)}）", 14, colour=MUTED)])
            _contributions(head, found, answer.title)
        lists = [_listing(answer, found, at) for at in ((0, 1) if barrel else (1, 0))]
        if lists[0].rows:
            left_out = len(found.villages.codes) - len(lists[0].rows)
            beside = _narrow(lists[0], (0, 1, 3, 4) if barrel else (0, 1, 2, 3))
            put_table(deck, drawn, beside, said.title, SHEET, box=right, left=left_out)
        for kept in lists:
            if kept.rows:
                deck.keep(kept.heads[0], _headed(kept), SHEET)
    size = [] if found is None else [f"n：{len(found.villages.codes)} 个村"]
    more = [*definition(answer.item), *size, *answer.notes, *answer.how]
    speak(deck, drawn.slide, said, check=answer.item.check, more=more)


def _drawn(answer: ShortPlank, found: Planks) -> list[int]:
    """Return the villages of the picture in their order, none where all are alike."""
    return found.weakest if answer.kind == "barrel" else found.largest


def _narrow(grid: Grid, columns: Sequence[int]) -> Grid:
    """Return some columns of a list: what a picture has room for beside it."""
    rows = tuple(tuple(row[at] for at in columns) for row in grid.rows)
    heads, aligns = (tuple(each[at] for at in columns) for each in (grid.heads, grid.aligns))
    return Grid(heads, rows, aligns, grid.sizes)


def _headed(grid: Grid) -> Grid:
    return Grid(("村", *grid.heads[1:]), grid.rows, grid.aligns, (16, 15, 14))


def _listing(answer: ShortPlank, found: Planks, at: int) -> Grid:
    """Return one of the page's two lists; all that are announced stand in the first."""
    last = max((k for k, i in enumerate(found.weakest) if found.announced[i]), default=0)
    every = listings(answer, max(last + 1, NAMED))[at]
    rows = [row for k, row in enumerate(every.rows) if k < NAMED or row.marked]
    kept = Listing(every.heading, every.about, every.columns, rows)
    return _listed_grid(kept)


def _listed_grid(listing: Listing) -> Grid:
    mark = VERDICT_MARKS["worse"]
    rows = []
    for row in listing.rows:
        colour = LIGHT.worse if row.marked else LIGHT.ink
        name = f"{mark} {row.town}{row.name}" if row.marked else f"{row.town}{row.name}"
        cells = (name, *row.cells)
        rows.append(tuple(Cell(text, "", colour, row.marked) for text in cells))
    heads = (listing.heading, *listing.columns)
    aligns = ("l", *["r"] * len(listing.columns))
    return Grid(heads, tuple(rows), aligns, (16, 15, 14))


# --- the barrel -----------------------------------------------------------------------------------
def _barrel_key(found: Planks) -> list[Run]:
    key = [Run(f"每块板一个村，由短到长，高低为{SHRUNKEN}（{found.item.unit}）", 14, colour=MUTED)]
    if found.told:
        text = f"　■ {listed_mark(found.item)}"
        key.append(Run(text, 14, True, LIGHT.worse))
    return key


def _barrel(drawn: Sheet, found: Planks, title: str) -> None:
    item, order = found.item, list(found.weakest)
    values = [rounded(float(found.rate[i]), item.decimals) for i in order]
    water = values[0] or 0.0
    county = round(found.county, item.decimals)
    line = found.line.value if found.line is not None else None
    low, high, step = nice([*values, county, line], most=100.0 if item.unit == "%" else None)
    low = max(0.0, low - step)
    inner = (0.08, 0.03, 0.72, 0.86)
    axis = Axis(low, high, step, names=0, inner=inner, gap=6)
    colours = {at: LIGHT.worse for at, i in enumerate(order) if found.announced[i]}
    count, tall = len(order), drawn.room.height
    told = [(f"水位 {short_value(item, water)}", water, LIGHT.better, "solid")]
    told.append((f"{COUNTY} {short_value(item, county)}", county, INK, "solid"))
    if line is not None and found.line is not None:
        told.append((found.line.label, line, LIGHT.worse, "dash"))
    ups = end_ups([value for _, value, _, _ in told], axis, tall)
    series = [
        Series("水", [water] * count, LIGHT.water, kind="band"),
        Series(SHRUNKEN, values, LIGHT.stave, kind="column", points=colours),
    ]
    series += [
        Series(
            text, [value] * count, colour, width=2, dash=dash,
            labels={count - 1: Label(text, "r", colour, True, up, filled=count < BROAD_STAVES)},
        )
        for (text, value, colour, dash), up in zip(told, ups, strict=True)
    ]  # fmt: skip
    names = [found.place(i) for i in order]
    about = (
        f"水桶图：{count} 个村的{item.label}由短到长，水位 {short_value(item, water)}，"
        f"{BY_SHORTEST}。{title}"
    )
    add_chart(drawn.slide, drawn.room, names, series, axis, title="水桶", about=about)


def _contributions(drawn: Sheet, found: Planks, title: str) -> None:
    order = list(found.largest)
    values = [rounded(float(found.contribution[i]), 2) for i in order]
    low, high, step = nice([*values, 0.0])
    axis = Axis(low, high, step, names=0, gap=6)
    colours = {at: LIGHT.worse for at, i in enumerate(order) if found.announced[i]}
    series = Series("贡献", values, LIGHT.stave, kind="column", points=colours)
    names = [found.place(i) for i in order]
    about = f"柱形图：{len(order)} 个村对{COUNTY}差额的贡献，由大到小。{title}"
    add_chart(drawn.slide, drawn.room, names, [series], axis, title="贡献", about=about)


def _bands(drawn: Sheet, bands: Bands, title: str) -> None:
    """Draw the villages by their number of cases, or by the bands that the role may see."""
    values: list[float | None] = [float(count) for count in bands.counts]
    expected = [None if math.isnan(v) else round(float(v), 2) for v in bands.expected]
    low, high, step = nice([0.0, *values, *expected])
    colours = {
        at: faded(LIGHT.similar, LIGHT.paper, STRENGTH[code]) for at, code in enumerate(bands.codes)
    }
    bars = Series("村数", values, LIGHT.similar, kind="column", points=colours, shown="0")
    series, key = [bars], [Run("■ 村数", 14, True, INK)]
    if any(v is not None for v in expected):
        marks = Series("同一发生率下约有", expected, INK, width=0, mark="dash", size=14)
        series.append(marks)
        key.append(Run("　━ 同一发生率下约有", 14, colour=MUTED))
    drawn = key_line(drawn, key)
    about = f"柱形图：各档的村数。{title}"
    axis = Axis(low, high, step)
    add_chart(drawn.slide, drawn.room, bands.labels, series, axis, title="分档", about=about)


# --- the draw -------------------------------------------------------------------------------------
def inspection_slide(deck: Deck, answer: Rehearsal) -> None:
    """Draw what a draw would show, on each side of the line."""
    key = deck.made.view.ws.scheme.short_plank_default or ""
    said = Said(answer.title, answer.sentence, deck.made.noted("inspection", key))
    drawn = picture_slide(deck, said)
    if answer.drawn is not None:
        bars = answer.drawn.rates
        if bars is not None:
            drawn = key_line(drawn, _sides(answer))
            _rates(drawn, answer, bars)
        else:
            _weak(drawn, answer)
    lines = sorted(answer.notes, key=lambda note: note == answer.formula)  # the formula last
    size = [] if answer.drawn_from is None else [f"n：{len(answer.drawn_from.codes)} 个村"]
    more = [*definition(answer.item), *size, *lines, answer.formula]
    speak(deck, drawn.slide, said, more=more)


def _sides(answer: Rehearsal) -> list[Run]:
    """Return on each side of the line what share of the draws falls there, in words."""
    assert answer.drawn is not None
    miss = answer.drawn.miss.chance
    short = f"{VERDICT_MARKS['worse']} {SHORT} {likely_text(miss)}"
    passed = f"{VERDICT_MARKS['better']} {PASSED} {likely_text(1 - miss)}"
    return [
        Run(short, 18, True, LIGHT.worse),
        Run(f"　{passed}", 18, True, LIGHT.better),
        Run(
            f"　横轴：抽到的村合计（{answer.item.unit}），纵轴：抽法所占的份额（%）",
            14,
            colour=MUTED,
        ),
    ]


def _rates(drawn: Sheet, answer: Rehearsal, bars: Bars) -> None:
    item, line = answer.item, answer.plan.line or 0.0
    edges = item.factor * bars.edges
    middle = (edges[:-1] + edges[1:]) / 2
    missed = [is_weak(item, each, line) for each in middle]
    shares = [round(100 * float(v), 3) for v in bars.shares]
    names = [f"{m:.1f}" for m in middle]
    at = int(np.argmin(abs(middle - answer.county)))
    turn = int(np.argmin(abs(middle - line)))
    top = max(shares) or 1.0
    low, high, step = nice([0.0, top * 1.15])
    truth, goal = f"{COUNTY}真值 {short_value(item, answer.county)}", line_label(item, line)
    parted = [
        (SHORT, [v if m else None for v, m in zip(shares, missed, strict=True)], LIGHT.worse),
        (PASSED, [None if m else v for v, m in zip(shares, missed, strict=True)], LIGHT.better),
    ]
    series = [Series(name, values, colour, kind="column") for name, values, colour in parted]
    sides = ("l", "r") if at < turn else ("r", "l")
    if abs(at - turn) > len(names) / 3:  # far apart they stand between, or they leave the picture
        sides = sides[1], sides[0]
    marks = [(truth, at, INK, sides[0]), (goal, turn, LIGHT.worse, sides[1])]
    for text, place, colour, side in marks:
        values: list[float | None] = [None] * len(names)
        values[place] = round(top * 1.06, 3)
        series.append(
            Series(
                text, values, colour, width=0, mark="circle", size=5,
                spans=([None if v is None else 0.0 for v in values], values),
                bar=(colour, 2.25), capped=False,
                labels={place: Label(text, side, colour, True)},
            )
        )  # fmt: skip
    axis = Axis(low, high, step, skip=max(1, len(names) // 12), gap=4)
    about = f"柱形图：抽到的村合计的分布。{answer.title}；{answer.sentence}"
    add_chart(drawn.slide, drawn.room, names, series, axis, title="分布", about=about)


def _weak(drawn: Sheet, answer: Rehearsal) -> None:
    assert answer.drawn is not None
    chances = answer.drawn.weak_chances
    last = int(np.flatnonzero(chances > 0.0005).max(initial=0))
    values: Sequence[float | None] = [round(100 * float(v), 1) for v in chances[: last + 1]]
    low, high, step = nice([0.0, *values])
    names = [f"{j} 个" for j in range(len(values))]
    series = Series("抽法（%）", values, LIGHT.similar, kind="column", shown='0.0"%"')
    about = f"柱形图：抽到的这样的村数。{answer.title}"
    axis = Axis(low, high, step)
    add_chart(drawn.slide, drawn.room, names, [series], axis, title="分布", about=about)
