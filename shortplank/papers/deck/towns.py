"""The townships with their intervals, on one scale with the peer counties and the lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shortplank.catalogue.models import Indicator
from shortplank.drawing.theme import LIGHT
from shortplank.papers.deck.charts import SMALL, Axis, Label, Series, add_chart, end_ups, nice
from shortplank.papers.deck.frame import (
    Deck,
    Said,
    Sheet,
    key_line,
    picture_slide,
    speak,
)
from shortplank.papers.deck.room import GAP, PT, Box, letters, lines_of
from shortplank.papers.deck.shapes import INK, MUTED, Run, add_text
from shortplank.papers.deck.tables import Cell, Grid, texts_of
from shortplank.papers.deck.trends import definition
from shortplank.papers.pack import Chapter
from shortplank.reading.judged.announced import announced_codes, unit_codes, unit_words
from shortplank.topics.rankings.answer.ranking import Ranking
from shortplank.wording.judged import DOTS_LISTED, LISTED
from shortplank.wording.numbers import interval_text, number_text, rounded, short_value, value_text
from shortplank.wording.sides import COUNTY
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS, ledger_word

# Where marks are so many points apart, their values are written beside them.
ROOMY = 40.0
# Names of a few lines stand below their marks.
WRAPPED = 3
_LISTED = ("worse", "higher", "lower")
# So many townships stand beside each other on one slide.
MOST = 20
_TOP, _FLOOR, _WIDE = 0.05, 0.14, 0.855


def ranking_slides(deck: Deck, chapter: Chapter, answer: Ranking) -> None:
    """Write the townships, those without a value named; more than fit side by side on the next."""
    item, made = chapter.item, deck.made
    order = [i for i, value in enumerate(answer.towns.value) if not math.isnan(value)]
    order += [i for i, value in enumerate(answer.towns.value) if math.isnan(value)]
    codes = unit_codes(made.view, chapter.indicator, "township", answer.towns.codes)
    words = unit_words(made.view, chapter.indicator, "township", answer.towns.codes)
    listed = announced_codes(made.view, chapter.indicator, "township")
    marked = f"{DOTS_LISTED}。" if listed else ""
    grid = towns_grid(answer, codes, words)
    parts = max(1, math.ceil(len(order) / MOST))
    each = math.ceil(len(order) / parts)
    for at in range(0, len(order), max(each, 1)):
        title = titled(item, answer.title)
        noted = made.noted("rankings", chapter.indicator)
        said = Said(title, f"{answer.sentence}{marked}", noted)
        if at:
            said = Said(f"{item.label}各乡镇（续）", marked)
        drawn = key_line(picture_slide(deck, said), _key(answer, codes))
        _put(drawn, answer, item, codes, order[at : at + each])
        base = answer.county.base[:1]
        size = "，".join([f"{len(order)} 个乡镇", *(f"全县 n={number_text(v)}" for v in base)])
        more = [*definition(item), size, *answer.notes]
        speak(deck, drawn.slide, said, check=item.check, more=more, table=texts_of(grid))
    deck.keep(f"{item.label}各乡镇", grid, f"{item.label}乡镇")


def titled(item: Indicator, title: str) -> str:
    """Return a finding with its indicator: nothing else on a slide says of what it is."""
    return title if item.label in title else f"{item.label}：{title}"


def town_label(answer: Ranking, i: int) -> str:
    """Return a township's name, with why it has no value where it has none."""
    name = answer.towns.names[i]
    if not math.isnan(answer.towns.value[i]):
        return name
    return f"{name}（{STATE_WORDS.get(answer.towns.state[i], '–')}）"


def towns_grid(answer: Ranking, codes: Sequence[str], words: Sequence[str]) -> Grid:
    """Return the townships as a table: value, interval, counts, what the ledger says."""
    item, towns = answer.item, answer.towns
    rows = []
    for i, name in enumerate(towns.names):
        state = STATE_WORDS.get(towns.state[i])
        bold = codes[i] in ("worse", "higher", "lower")
        colour = LIGHT.verdict(codes[i]) if bold else LIGHT.ink
        told = (
            name,
            state or value_text(item, float(towns.value[i])),
            interval_text(item, towns.lower[i], towns.upper[i]),
            _count(towns.x[i]),
            _count(towns.n[i]),
            words[i],
        )
        rows.append(tuple(Cell(text, "", colour, bold) for text in told))
    heads = ("乡镇", item.label, "95% 区间", "分子", "分母", "结论")
    return Grid(heads, tuple(rows), ("l", "r", "ctr", "r", "r", "l"), (16, 15, 14))


def _count(value: float) -> str:
    known = rounded(float(value), 0)
    return "–" if known is None else f"{known:,}"


def _key(answer: Ranking, codes: Sequence[str]) -> list[Run]:
    """Return what the marks mean: the verdicts that are there, the intervals."""
    key = [Run(f"● {answer.item.label}，竖线为 95% 区间（{answer.item.unit}）", 14, True, INK)]
    for code in ("similar", "worse", "higher", "lower"):
        if code in codes:
            text = f"　{VERDICT_MARKS[code]} {ledger_word(answer.item, code)}"
            key.append(Run(text, 14, code != "similar", LIGHT.verdict(code)))
    return key


# --- the two pictures -----------------------------------------------------------------------------
def _put(
    drawn: Sheet, answer: Ranking, item: Indicator, codes: Sequence[str], towns: Sequence[int]
) -> None:
    peers, room = answer.peers, drawn.room
    left, right = room, None
    known = [] if peers is None else [v for v in peers.values if not math.isnan(v)]
    if known:
        left, right = room.columns(17, 2, gap=GAP)
    axis = _axis(answer, item, known)
    names = [town_label(answer, i) for i in towns]
    places = item.decimals
    values = [rounded(float(answer.towns.value[i]), places) for i in towns]
    spans = (
        [rounded(float(answer.towns.lower[i]), places) for i in towns],
        [rounded(float(answer.towns.upper[i]), places) for i in towns],
    )
    wide = left.width * _WIDE / max(len(towns), 1) / PT
    form = _form(item) if wide >= ROOMY else ""
    size, upright, floor = _names(names, wide, left.height / PT)
    inner = (0.05, _TOP, _WIDE, 1 - _TOP - floor)
    own = Axis(axis.low, axis.high, axis.unit, names=size, upright=upright, inner=inner)
    levels = _levels(answer, item, len(towns), own, left.height)
    labels = _values(item, values, spans[1], levels, own, left.height) if form else {}
    main = Series(
        item.label, values, LIGHT.similar, width=0, mark="circle", size=11,
        spans=None if item.interval == "none" else spans, labels=labels,
    )  # fmt: skip
    listed = [_listed(main, item, code, [codes[i] for i in towns]) for code in _LISTED]
    series = [main, *levels, *(each for each in listed if each is not None)]
    about = _about(answer, item, names)
    add_chart(drawn.slide, left, names, series, own, title="各乡镇", about=about)
    if right is not None and peers is not None:
        _peers(drawn, answer, item, right, own)


def _form(item: Indicator) -> str:
    """Return how values are written beside their marks."""
    return "0.0" if item.decimals else "0"


def _values(
    item: Indicator,
    values: Sequence[float | None],
    upper: Sequence[float | None],
    levels: Sequence[Series],
    axis: Axis,
    tall: int,
) -> dict[int, Label]:
    """Return each value above its interval; the last one's only where no line ends there."""
    reach, share = (axis.high or 1.0) - (axis.low or 0.0), axis.inner[3] if axis.inner else 0.8
    line = 1.4 * SMALL * PT / (tall * share) * reach
    found = {}
    for at, (value, top) in enumerate(zip(values, upper, strict=True)):
        if value is None:
            continue
        end = value if top is None or item.interval == "none" else top
        place = end + line / 2
        ends = [each.values[0] for each in levels] if at == len(values) - 1 else []
        if any(each is not None and abs(place - each) < line for each in ends):
            found[at] = Label("")
        else:
            up = (end - value) / reach * share
            found[at] = Label("", "t", INK, up=up, size=SMALL, form=_form(item))
    return found


def _listed(main: Series, item: Indicator, code: str, codes: Sequence[str]) -> Series | None:
    """Return the townships of which the ledger says the same, in its colour, over all others."""
    if code not in codes:
        return None
    values = [v if each == code else None for v, each in zip(main.values, codes, strict=True)]
    name, colour = f"{ledger_word(item, code)}，{LISTED}", LIGHT.verdict(code)
    return Series(
        name, values, colour, width=0, mark="circle", size=13, spans=main.spans, bar=(colour, 2.5)
    )


def _names(names: Sequence[str], wide: float, tall: float) -> tuple[int, bool, float]:
    """Return the size of the names below the marks, whether they stand upright, and their room.

    The room is a share of the chart's height.
    """
    longest = max(map(letters, names), default=1.0)
    for size in (14, 13, 12):
        if longest * size <= wide:
            return size, False, _FLOOR
    lines = max((lines_of(name, SMALL, wide) for name in names), default=1)
    if lines <= WRAPPED and wide >= ROOMY:
        return SMALL, False, 0.06 + lines * 1.5 * SMALL / tall
    return SMALL, True, min(0.5, 0.06 + longest * SMALL / tall)


def _axis(answer: Ranking, item: Indicator, peers: Sequence[float]) -> Axis:
    towns = answer.towns
    lines = [line.value for line in answer.beyond if not line.whole]
    county = float(answer.county.value[0]) if answer.county.codes else math.nan
    every = [*towns.lower, *towns.upper, *towns.value, *peers, *lines, county]
    low, high, step = nice([float(v) for v in every], most=100.0 if item.unit == "%" else None)
    return Axis(low, high, step)


def _levels(answer: Ranking, item: Indicator, count: int, axis: Axis, tall: int) -> list[Series]:
    """Return the lines that the title speaks of: the county's own value, and those of the card."""
    found: list[tuple[str, float, str, str]] = []
    if answer.county.codes and not math.isnan(answer.county.value[0]):
        value = round(float(answer.county.value[0]), item.decimals)
        found.append((f"{COUNTY} {short_value(item, value)}", value, INK, "solid"))
    for line in answer.beyond:
        if not line.whole:
            text = f"线 {value_text(item, line.value, 0 if line.value % 1 == 0 else None)}"
            found.append((text, line.value, LIGHT.worse, "dash"))
    ups = end_ups([value for _, value, _, _ in found], axis, tall, SMALL)
    return [
        Series(
            text, [value] * count, colour, width=1.75, dash=dash,
            mark="dash" if count == 1 else "none", size=24,
            labels={count - 1: Label(text, "r", colour, True, up, SMALL)},
        )
        for (text, value, colour, dash), up in zip(found, ups, strict=True)
    ]  # fmt: skip


def _peers(drawn: Sheet, answer: Ranking, item: Indicator, box: Box, axis: Axis) -> None:
    """Draw the peer counties on the same scale, from the lowest to the highest."""
    peers = answer.peers
    assert peers is not None and axis.inner is not None
    order = sorted(
        (i for i, v in enumerate(peers.values) if not math.isnan(v)),
        key=lambda i: (peers.values[i], peers.codes[i]),
    )
    values = [rounded(float(peers.values[i]), item.decimals) for i in order]
    home = next((at for at, i in enumerate(order) if i == peers.home), None)
    labels = {}
    if home is not None:
        side = "l" if home > len(order) // 2 else "r"
        labels[home] = Label("本县", side, INK, True)
    series = Series(
        "同类县", values, "#A9B0B8", width=0, mark="diamond", size=7,
    )  # fmt: skip
    own_mark = [v if at == home else None for at, v in enumerate(values)]
    mine = Series("本县", own_mark, INK, width=0, mark="diamond", size=10, labels=labels)
    _, y, _, h = axis.inner
    own = Axis(axis.low, axis.high, axis.unit, names=0, inner=(0.3, y, 0.68, h))
    rank = f"，本县第 {peers.home_rank} 位" if peers.home_rank is not None else ""
    about = f"点图：{peers.size} 个同类县的{item.label}，由低到高{rank}"
    names = [peers.names[i] for i in order]
    add_chart(drawn.slide, box.to_bottom(_foot(box, y + h)), names, [series, mine],
              _within(own, y + h), title="同类县", about=about)  # fmt: skip
    text = f"{peers.size} 个同类县"
    foot = box.from_top(_foot(box, y + h))
    add_text(drawn.slide, "同类县", [[Run(text, 14, colour=MUTED)]], foot, align="ctr")


def _foot(box: Box, share: float) -> int:
    return box.top + int(box.height * min(share + 0.03, 0.9))


def _within(axis: Axis, share: float) -> Axis:
    """Return the axis of a chart that is cut below, its plot where it was."""
    assert axis.inner is not None
    x, y, w, h = axis.inner
    whole = min(share + 0.03, 0.9)
    return Axis(axis.low, axis.high, axis.unit, names=0, inner=(x, y / whole, w, h / whole))


def _about(answer: Ranking, item: Indicator, names: Sequence[str]) -> str:
    known = [float(v) for v in answer.towns.value if not math.isnan(v)]
    span = (
        f"，在 {value_text(item, min(known))} 至 {value_text(item, max(known))} 之间"
        if known
        else ""
    )
    return f"带 95% 区间的点图：{len(names)} 个乡镇的{item.label}{span}。{answer.title}"
