"""The headline figures at a glance: value, verdict and a small line each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.deck.charts import Axis, Series, add_chart, nice
from shortplank.papers.deck.frame import Deck, Said, Sheet, picture_slide, speak
from shortplank.papers.deck.room import CM, GAP, PT, Box, fitted, height_of, letters
from shortplank.papers.deck.shapes import Run, add_text
from shortplank.papers.deck.tables import Grid, grid_of, texts_of
from shortplank.papers.pack import Pack, change_text, tiles_table
from shortplank.topics.overview.answer import Tile
from shortplank.wording.numbers import place_text, value_text
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.sides import line_word
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

# From this width on three tiles stand side by side.
BROAD = 26 * CM
ONE_LINE = int(1.2 * CM)
LABEL_SIZES, VALUE, WORD_SIZES, FACT = (20, 18, 16, 14), 32, (20, 18, 16, 14), 14
SIDE = int(0.3 * CM)
PAPER = faded(LIGHT.water, LIGHT.paper, 0.28)


def tiles_slides(deck: Deck, about: str) -> None:
    """Write the tiles, and their whole table into the appendix."""
    tiles, made = deck.made.overview.tiles, deck.made
    grid = tiles_grid(made)
    at = 0
    while at < len(tiles):
        title = made.overview.title if at == 0 else f"{made.overview.title}（续）"
        said = Said(title, about if at == 0 else "", made.noted("overview") if at == 0 else "")
        drawn = picture_slide(deck, said)
        at += _put(drawn, tiles[at:])
        speak(deck, drawn.slide, said, more=[_bases(tiles)], table=texts_of(grid))
    if tiles:
        deck.keep("主要指标全表", grid, "总览")


def tiles_grid(made: Pack) -> Grid:
    """Return the headline figures as a slide has them: with their units, their place in one."""
    table = tiles_table(made)
    tiles = made.overview.tiles
    values = [_with_unit(tile) for tile in tiles]
    places = [
        "–" if tile.rank is None else place_text(tile.rank, tile.ranked_among) for tile in tiles
    ]
    columns = dict(zip(table.column_names, table.columns, strict=True))
    columns |= {"数值": pa.array(values, pa.string()), "位次": pa.array(places, pa.string())}
    grid = grid_of(pa.table(columns).drop_columns(["单位", "县数"]))
    own = {"数值": "r", "95% 区间": "ctr", "目标或线": "ctr"}
    aligns = [own.get(head, at) for head, at in zip(grid.heads, grid.aligns, strict=True)]
    return replace(grid, aligns=tuple(aligns))


def _with_unit(tile: Tile) -> str:
    """Return a figure with its unit; a unit of more than a sign stands below it."""
    if math.isnan(tile.value):
        return "–"
    text = value_text(tile.item, tile.value)
    return text if tile.item.unit in text else f"{text}\n{tile.item.unit}"


def _bases(tiles: Sequence[Tile]) -> str:
    """Return the definitions, and of how many each figure is."""
    told = [
        f"{tile.item.label}：{tile.item.definition}"
        f"来源：{tile.item.source}" + ("" if math.isnan(tile.base) else f"，n={round(tile.base):,}")
        for tile in tiles
    ]
    return "定义：" + "；".join(told)


def _put(drawn: Sheet, tiles: Sequence[Tile]) -> int:
    """Put as many tiles on a slide as have the room that their texts need; return their number."""
    room = drawn.room
    most = 3 if room.width > BROAD else 2
    for wide, down in ((most, 2), (most, 1), (1, 1)):
        wide = 2 if (len(tiles), down) == (4, 2) else min(wide, len(tiles))
        some = tiles[: wide * down]
        down = math.ceil(len(some) / wide)
        tall = (room.height - GAP * (down - 1)) // down
        width = (room.width - GAP * (wide - 1)) // wide
        if all(_need(tile, width) <= tall for tile in some):
            break
    for row in range(down):
        line = Box(room.left, room.top + row * (tall + GAP), room.width, tall)
        boxes = line.columns(*[1.0] * wide, gap=GAP)
        for tile, box in zip(some[row * wide : (row + 1) * wide], boxes, strict=False):
            _tile(drawn, tile, box)
    return len(some)


def _need(tile: Tile, width: int) -> int:
    """Return the height that a tile's texts need."""
    high, low = _heights(tile, width - 2 * SIDE)
    return high + height_of(["1"], VALUE, width) + low


def _heights(tile: Tile, inner: int) -> tuple[int, int]:
    """Return the heights of what stands above a tile's value and below it."""
    _, high = fitted([_label(tile)], LABEL_SIZES, inner, ONE_LINE)
    _, low = fitted([_word(tile)], WORD_SIZES, inner, ONE_LINE)
    facts = _facts(tile)
    return high, low + (height_of(facts, FACT, inner) if facts else 0)


def _label(tile: Tile) -> str:
    return f"{tile.item.label}（{WINDOW_LABELS[tile.window]}）"


def _word(tile: Tile) -> str:
    return f"{VERDICT_MARKS[tile.code]} {tile.word}{tile.judged and f'（{tile.judged}）'}"


def _tile(drawn: Sheet, tile: Tile, box: Box) -> None:
    """Write one tile: its name, its value beside its months, what is said of it, and its facts."""
    slide, inner = drawn.slide, box.width - 2 * SIDE
    colour = LIGHT.verdict(tile.code)
    label, word, facts = _label(tile), _word(tile), _facts(tile)
    size, _ = fitted([label], LABEL_SIZES, inner, ONE_LINE)
    told, _ = fitted([word], WORD_SIZES, inner, ONE_LINE)
    high, low = _heights(tile, inner)
    lines = [[Run(word, told, True, colour if tile.code != "none" else LIGHT.muted)]]
    lines += [[Run(fact, FACT, colour=LIGHT.muted)] for fact in facts]
    value = value_text(tile.item, tile.value)
    value = STATE_WORDS.get(tile.state, value) if math.isnan(tile.value) else value
    top, bottom = box.top + high, box.bottom - low
    head = Box(box.left, box.top, box.width, high)
    add_text(
        slide, tile.item.label, [[Run(label, size, True, LIGHT.ink)]], head, fill=PAPER, sides=SIDE
    )
    need = int(letters(value) * VALUE * PT * 1.05) + 2 * SIDE
    left = Box(box.left, top, min(max(need, box.width // 2), box.width * 2 // 3), bottom - top)
    line = [Run(value, VALUE, True, LIGHT.ink)]
    add_text(slide, f"{tile.item.label}数值", [line], left, anchor="ctr", fill=PAPER, sides=SIDE)
    right = Box(left.right, top, box.width - left.width, bottom - top)
    _spark(drawn, tile, right, colour)
    foot = Box(box.left, bottom, box.width, low)
    add_text(slide, f"{tile.item.label}结论", lines, foot, fill=PAPER, sides=SIDE)


def _facts(tile: Tile) -> list[str]:
    found = []
    if tile.target is not None:
        goal = value_text(tile.item, tile.target.value, 0 if tile.target.value % 1 == 0 else None)
        found.append(f"{line_word(tile.item)} {goal}")
    if tile.rank is not None and tile.ranked_among > 1:
        found.append(place_text(tile.rank, tile.ranked_among))
    change = change_text(tile)
    return [part for part in ("　".join(found), f"同比 {change}" if change != "–" else "") if part]


def _spark(drawn: Sheet, tile: Tile, box: Box, colour: str) -> None:
    """Draw the last months as a small line, this month's point in the verdict's colour."""
    places = tile.item.decimals
    values = [None if math.isnan(v) else round(v, places) for v in tile.spark]
    if not any(v is not None for v in values):
        add_text(drawn.slide, "走势", [], box, fill=PAPER)
        return
    low, high, _ = nice(values)
    last = max(at for at, v in enumerate(values) if v is not None)
    count = len(values)
    names = [f"前 {count - 1 - at} 月" if at < count - 1 else "本月" for at in range(count)]
    series = Series(
        tile.item.label, values, LIGHT.similar, mark="circle", size=3, width=1.75,
    )  # fmt: skip
    point = [v if at == last else None for at, v in enumerate(values)]
    now = Series("本月", point, colour, width=0, mark="circle", size=8)
    axis = Axis(low, high, hidden=True, names=0, inner=(0.04, 0.1, 0.92, 0.8))
    known = [v for v in values if v is not None]
    about = (
        f"{tile.item.label}近 {count} 个月的小折线，在 {min(known):g} 至 {max(known):g} 之间，"
        f"本月 {value_text(tile.item, tile.value)}"
    )
    frame = add_chart(drawn.slide, box, names, [series, now], axis, title="走势图", about=about)
    _tint(frame)


def _tint(frame: object) -> None:
    """Give a small chart its tile's paper."""
    space = frame.chart._chartSpace  # type: ignore[attr-defined]
    look = space.find("{*}spPr")
    fill = look.find("{*}noFill")
    solid = fill.makeelement(fill.tag.replace("noFill", "solidFill"), {})
    tone = fill.makeelement(fill.tag.replace("noFill", "srgbClr"), {"val": PAPER[1:]})
    solid.append(tone)
    look.replace(fill, solid)
