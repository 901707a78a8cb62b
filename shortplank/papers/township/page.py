"""One township's page as Word's XML: parts with told heights, stretched till the page is full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from docx.parts.document import DocumentPart

from shortplank.drawing.theme import LIGHT, faded
from shortplank.papers.township.blocks import (
    BODY,
    GRID,
    HEAD,
    MUTED,
    SMALL,
    STRONG,
    TINY,
    TITLE,
    Cell,
    Line,
    Row,
    Type,
    cell,
    cut,
    even,
    gap_xml,
    line,
    line_xml,
    picture_xml,
    row_height,
    table_xml,
    wrapped,
)
from shortplank.papers.township.lines import axis_of, chart_xml, colour_of, places_of
from shortplank.papers.township.strip import strip_xml
from shortplank.papers.township.told import NO_ITEMS, NOTHING_TO_CHECK, Curve, Reports, Sheet, Texts
from shortplank.papers.township.told import Row as Indicator
from shortplank.topics.quality.answer.completeness import STATE_LABELS
from shortplank.wording.numbers import number_text
from shortplank.wording.periods import month_key
from shortplank.wording.verdicts import VERDICT_MARKS

# A4 less its margins, in points.
WIDTH, HEIGHT = 516.0, 771.0
SIDE, TOP = (595.3 - WIDTH) / 2, (841.9 - HEIGHT) / 2
_GAP = 6.0
_GROUND = faded(LIGHT.better, LIGHT.paper, 0.1)
_SPINE = (94.0, 56.0, 46.0, 28.0, 126.0, 42.0, 66.0, 58.0)
_VISITS = (52.0, 86.0, 148.0, 146.0, 84.0)
_UNDER = (80.0, 56.0, 66.0, 230.0, 84.0)
_ITEMS = (42.0, 152.0, 104.0, 82.0, 62.0, 74.0)
_SPINE_HEAD = 22.0
# The room of a chart's scale, and of its months.
_SCALE, _MONTHS = 26.0, 11.0
_UNIT = Type(6.5, colour=MUTED)
_CELL = 15.0
_FORM = WIDTH / 2 - 8 - 12 * _CELL
_TICK = Type(7, colour=MUTED)
_STATE = Type(7.5, bold=True)
# What a month's cell says besides its colour.
STATE_MARKS = {"on_time": "✓", "revised": "订", "late": "迟", "missing": "未", "undated": "报"}
STATE_GROUNDS = {
    "on_time": faded(LIGHT.better, LIGHT.paper, 0.22),
    "revised": faded(LIGHT.better, LIGHT.paper, 0.5),
    "late": faded(LIGHT.worse, LIGHT.paper, 0.4),
    "missing": faded(LIGHT.worse, LIGHT.paper, 0.8),
    "undated": faded(LIGHT.muted, LIGHT.paper, 0.3),
}


@dataclass
class Block:
    """A part of the page: its least height, and how it takes more."""

    least: float
    write: Callable[[float], str]
    """Returns the part's XML, so much higher than its least height."""
    share: float = 0.0
    """How large a part of the room that is left it takes."""
    most: float = 0.0
    """How much it takes before the others are full, too."""


@dataclass(frozen=True)
class Limits:
    """How much of its lists a page shows."""

    rows: int
    villages: int
    items: int
    checks: int
    chart: float


# From the fullest on: the first that fits is taken.
_LIMITS = (
    Limits(12, 12, 6, 4, 118.0),
    Limits(12, 8, 4, 3, 104.0),
    Limits(12, 5, 3, 3, 92.0),
    Limits(12, 3, 3, 2, 84.0),
    Limits(11, 3, 3, 2, 84.0),
    Limits(10, 3, 3, 2, 80.0),
    *(Limits(rows, 2, 2, 2, 74.0) for rows in range(10, 6, -1)),
    *(Limits(rows, 1, 1, 1, 64.0) for rows in range(7, 2, -1)),
    Limits(2, 1, 1, 1, 48.0),
    Limits(1, 0, 0, 0, 36.0),
)


@dataclass
class Numbers:
    """The numbers that drawings of one document have: no two alike."""

    strips: int = 0
    charts: int = 0

    def next_strip(self) -> int:
        """Return a strip's number."""
        self.strips += 1
        return self.strips

    def next_chart(self) -> int:
        """Return a chart's number."""
        self.charts += 1
        return self.charts


def page_xml(part: DocumentPart, sheet: Sheet, numbers: Numbers, *, first: bool) -> list[str]:
    """Return a township's page, part by part; all but the first begin a new page."""
    blocks = [Block(0.0, lambda _: "")]
    room = -1.0
    for limits in _LIMITS:
        blocks = _blocks(part, sheet, numbers, limits)
        room = HEIGHT - sum(block.least + _GAP for block in blocks)
        if room >= 0:
            break
    given = spread(blocks, room)
    found = [gap_xml(1, new_page=not first)]
    for block, more in zip(blocks, given, strict=True):
        found += [block.write(more), gap_xml(_GAP)]
    return found[:-1]


def spread(blocks: Sequence[Block], room: float) -> list[float]:
    """Return how much higher each part becomes, so that they fill the page together."""
    given = [0.0] * len(blocks)
    for unbound in (False, True):
        while room > 0.5:
            able = [i for i, b in enumerate(blocks) if b.share and (unbound or given[i] < b.most)]
            whole = sum(blocks[i].share for i in able)
            if not able:
                break
            spent = 0.0
            for i in able:
                part = room * blocks[i].share / whole
                part = part if unbound else min(part, blocks[i].most - given[i])
                given[i] += part
                spent += part
            room -= spent
            if unbound:
                break
    return given


def _blocks(part: DocumentPart, sheet: Sheet, numbers: Numbers, limits: Limits) -> list[Block]:
    blocks = [_head(sheet), _finding(sheet)]
    if sheet.rows:
        blocks.append(_spine(sheet, numbers, limits))
    if sheet.curves:
        blocks.append(_curves(part, sheet.curves, numbers, limits))
    blocks.append(_villages(sheet, limits))
    blocks.append(_reports(sheet, limits))
    if sheet.items:
        blocks.append(_items(sheet, limits))
    if sheet.ahead:
        blocks.append(_paragraphs("下月前看什么", sheet.ahead, Type(8)))
    blocks.append(_foot(sheet))
    return blocks


# --- head -----------------------------------------------------------------------------------------
def _head(sheet: Sheet) -> Block:
    left, right = 352.0, WIDTH - 352.0
    size = 22.0
    while size > 13 and wrapped(sheet.name, size, left - 16) > 1:
        size -= 1
    name = Line(((sheet.name, Type(size, bold=True)), (f"　{sheet.when}", Type(13, bold=True))))
    if wrapped(name.text, size, left - 16) > 1:
        name = Line(((cut(sheet.name, size, left - 16, 1), Type(size, bold=True)),))
        under = line(f"{sheet.county}　{sheet.when}　乡镇一页纸", Type(9, colour=MUTED))
    else:
        under = line(f"{sheet.county}　乡镇一页纸", Type(9, colour=MUTED))
    stamp = [line(text, TINY, align="right") for text in sheet.stamp]
    cells = [
        Cell((name, under), fill=_GROUND, rule="", pad=8),
        Cell(tuple(stamp), fill=_GROUND, rule="", pad=8),
    ]
    high = row_height(cells, (left, right), 50)
    return Block(high, lambda more: table_xml((left, right), [(cells, high + more)]), 0.02, 6)


def _finding(sheet: Sheet) -> Block:
    listed = sheet.verdict in ("worse", "higher", "lower")
    colour = LIGHT.verdict(sheet.verdict)
    title = line(sheet.finding, Type(13, bold=True, colour=colour if listed else LIGHT.ink))
    texts = [line(text, Type(9), before=1.5) for text in sheet.lines]
    made = Cell((title, *texts), bar=colour, rule="", pad=8)
    high = row_height([made], (WIDTH,), 24)
    return Block(high, lambda more: table_xml((WIDTH,), [([made], high + more)]), 0.02, 8)


def _title(text: str, about: str = "") -> Line:
    runs = ((text, TITLE), (f"　{about}", SMALL)) if about else ((text, TITLE),)
    return Line(runs)


# --- spine ----------------------------------------------------------------------------------------
def _spine(sheet: Sheet, numbers: Numbers, limits: Limits) -> Block:
    rows = sheet.rows[: limits.rows]
    heads = [
        cell(line(text, HEAD, align=align), *([line(under, _UNIT, align=align)] if under else []))
        for text, under, align in (
            ("指标", "", "left"),
            ("本乡镇", "95% 区间", "right"),
            ("全县", "", "right"),
            ("目标", "", "right"),
            ("◂ 较差　　　全县　　　较好 ▸", "", "center"),
            ("位次", "区间", "center"),
            ("同比", "95% 区间", "right"),
            ("结论", "", "left"),
        )
    ]
    cells = [_spine_cells(row) for row in rows]
    least = [row_height(each, _SPINE, 20.5, slack=1) for each in cells]
    notes = [line(text, TINY) for text in sheet.row_notes]
    if left := len(sheet.rows) - len(rows):
        notes.append(line(f"另有 {left} 项见乡镇对比页。", TINY))
    title = _title("与全县和各乡镇比")
    foot = sum(each.height(WIDTH) for each in notes)
    high = _SPINE_HEAD + sum(least) + foot + title.height(WIDTH) + 2

    def write(more: float) -> str:
        made: list[Row] = [(heads, _SPINE_HEAD)]
        for row, own, tall in zip(rows, cells, even(least, sum(least) + more), strict=True):
            drawn = strip_xml(row, numbers.next_strip(), _SPINE[4] - 4, tall - 3.5, row.about)
            made.append(([*own[:4], Cell(xml=picture_xml(drawn), pad=0), *own[5:]], tall))
        table = table_xml(_SPINE, made, about=f"{sheet.name}各指标与全县和各乡镇比")
        return line_xml(title) + table + gap_xml(2) + "".join(map(line_xml, notes))

    return Block(high, write, 0.34, 7.5 * len(rows))


def _spine_cells(row: Indicator) -> list[Cell]:
    """Return a row's cells; the strip's is empty until the row's height is known."""
    colour = LIGHT.verdict(row.code) if row.code in ("worse", "higher", "lower") else LIGHT.muted
    mark = VERDICT_MARKS[row.code]
    size, label = 8.5, row.label
    while size > 6.5 and wrapped(label, size, _SPINE[0] - 6) > 2:
        size -= 0.5
    return [
        cell(line(cut(label, size, _SPINE[0] - 6, 4), Type(size, bold=True))),
        _pair(row.told, row.span, "right", bold=True),
        cell(line(row.county_told, BODY, align="right")),
        cell(line(row.target_told, BODY, align="right")),
        Cell(),
        _pair(row.place, row.places, "center"),
        _pair(row.change, row.changes, "right"),
        cell(line(f"{mark} {row.word}", Type(7.5, bold=colour != LIGHT.muted, colour=colour))),
    ]


def _pair(text: str, under: str, align: str, *, bold: bool = False) -> Cell:
    """Return a figure with its interval below it."""
    first = line(text, Type(8.5 if bold else 8, bold=bold), align=align)
    return cell(first, *([] if under == "–" else [line(under, _UNIT, align=align)]))


# --- months ---------------------------------------------------------------------------------------
def _curves(part: DocumentPart, curves: Sequence[Curve], numbers: Numbers, limits: Limits) -> Block:
    each = WIDTH / len(curves)
    widths = [_SCALE, each - _SCALE - 14, 6.0]
    heads = [_curve_head(curve, each) for curve in curves]
    top = max(sum(line.height(each - 10) for line in head) for head in heads)

    def write(more: float) -> str:
        tall = limits.chart + more
        cells = []
        for curve, head in zip(curves, heads, strict=True):
            gap = top - sum(line.height(each - 10) for line in head)
            drawn = chart_xml(part, curve, numbers.next_chart(), widths[1], tall - 3)
            inner = table_xml(widths, _framed(curve, picture_xml(drawn), tall))
            xml = "".join(map(line_xml, head)) + (gap_xml(gap) if gap > 1 else "") + inner
            below = table_xml((_SCALE, each - _SCALE - 8), [_months(curve, each)])
            cells.append(Cell(xml=xml + gap_xml(1) + below + gap_xml(1), rule="", pad=4))
        return table_xml([each] * len(curves), [(cells, top + tall + _MONTHS + 4)])

    return Block(top + limits.chart + _MONTHS + 4, write, 0.4, 90)


def _curve_head(curve: Curve, width: float) -> list[Line]:
    """Return a chart's finding, its sentence, and whose line is whose."""
    key = [
        (f"{'┄' if drawn.role == 'target' else '━'} {drawn.name}　", Type(7.5, True, colour))
        for drawn in curve.lines
        if drawn.named
        for colour in (colour_of(curve, drawn),)
    ]
    title = cut(curve.title, 9, width - 10, 3)
    key.append((curve.scale, Type(7.5, colour=MUTED)))
    return [
        line(title, Type(9, bold=True)),
        line(cut(curve.sentence, 7.5, width - 10, 3), SMALL, before=1),
        Line(tuple(key), before=2),
    ]


def _framed(curve: Curve, picture: str, tall: float) -> list[Row]:
    """Return a chart with the ends of its scale at its left."""
    low, high, step = axis_of(curve)
    ends = [number_text(value, places_of(step)) for value in (high, low)]
    return [
        (
            [
                Cell((line(end, _TICK, align="right"),), rule="", stands=stands, pad=2),
                Cell(xml=picture if at == 0 else "", rule="", pad=0, merge=merge),
                Cell(rule=""),
            ],
            tall / 2,
        )
        for at, (end, stands, merge) in enumerate(
            zip(ends, ("top", "bottom"), ("restart", "continue"), strict=True)
        )
    ]


def _months(curve: Curve, width: float) -> Row:
    first, last = (month_key(month) for month in (curve.months[0], curve.months[-1]))
    runs = ((first, _TICK), ("\t", _TICK), (last, _TICK))
    return [Cell(rule=""), Cell((Line(runs, tab=width - _SCALE - 14),), rule="", pad=0)], _MONTHS


# --- villages, items ------------------------------------------------------------------------------
@dataclass(frozen=True)
class _List:
    """A list as a table below its heading."""

    title: Line
    about: Line | None
    widths: Sequence[float]
    columns: Texts
    rows: Sequence[Texts]
    left: str = ""
    bold: frozenset[int] = field(default_factory=lambda: frozenset({0}))

    def block(self, share: float, most: float) -> Block:
        """Return it as a part of the page."""
        heads = [cell(line(text, HEAD)) for text in self.columns]
        body = [
            [cell(line(text, STRONG if at in self.bold else BODY)) for at, text in enumerate(row)]
            for row in self.rows
        ]
        least = [row_height(each, self.widths, 15) for each in body]
        about = [self.about] if self.about else []
        left = [line(self.left, SMALL)] if self.left else []
        texts = [self.title, *about, *left]
        high = sum(each.height(WIDTH) for each in texts) + sum(least)
        high += 13.0 if body else 0.0

        def write(more: float) -> str:
            found = "".join(map(line_xml, [self.title, *about]))
            if not body:
                return found + gap_xml(more) if more > 1 else found
            made: list[Row] = [(heads, 13.0)]
            made += zip(body, even(least, sum(least) + more), strict=True)
            return found + table_xml(self.widths, made) + "".join(map(line_xml, left))

        return Block(high, write, share if body else 0.0, most * len(body))


def _villages(sheet: Sheet, limits: Limits) -> Block:
    made = sheet.villages
    rows = made.rows[: limits.villages]
    left = len(made.rows) - len(rows)
    about = line(made.about, SMALL) if made.about else None
    widths = _VISITS if made.listed else _UNDER
    rest = f"余 {left} 个见预警名单。" if made.listed else f"余 {left} 个见短板页。"
    return _List(
        _title(made.heading), about, widths, made.columns, rows, rest if left else ""
    ).block(0.12, 8)


def _items(sheet: Sheet, limits: Limits) -> Block:
    rows = sheet.items[: limits.items]
    left = len(sheet.items) - len(rows)
    columns = ("会议", "事项", "单位和指标", "当时 → 现在", "变化", "期限和结果")
    made = _List(
        _title("上次和本次的事项"),
        None,
        _ITEMS,
        columns,
        rows,
        f"余 {left} 项见调度表。" if left else "",
        frozenset({1}),
    )
    return made.block(0.08, 6)


def _paragraphs(title: str, texts: Texts, kind: Type) -> Block:
    made = [_title(title), *(line(text, kind, before=1) for text in texts)]
    high = sum(each.height(WIDTH) for each in made)

    def write(more: float) -> str:
        extra = more / len(made)
        wider = [made[0], *(replace(each, before=each.before + extra) for each in made[1:])]
        return "".join(map(line_xml, wider))

    return Block(high, write, 0.03, 3.0 * len(texts))


# --- reports and signals --------------------------------------------------------------------------
def _reports(sheet: Sheet, limits: Limits) -> Block:
    reports = sheet.reports
    half = WIDTH / 2
    left, table, low = _report_parts(reports, half)
    checks = sheet.checks[: limits.checks]
    texts = [line(text, BODY, before=1) for text in checks or (NOTHING_TO_CHECK,)]
    if more := len(sheet.checks) - len(checks):
        texts.append(line(f"余 {more} 处见数据质量页。", SMALL))
    if not sheet.items:
        texts += [replace(_title("上次和本次的事项"), before=4), line(NO_ITEMS)]
    right = Cell((_title("值得核对"), *texts), rule="", stands="top", pad=5)
    high = max(low, right.height(half) + 3)

    def write(room: float) -> str:
        cells = [Cell(left, xml=table, rule="", stands="top", pad=0), right]
        return table_xml((half, half), [(cells, high + room)])

    return Block(high, write, 0.02, 6)


def _report_parts(reports: Reports, half: float) -> tuple[tuple[Line, ...], str, float]:
    """Return the heading, the strip of months with what it counts, and their height."""
    title = _title(reports.heading)
    told = line(reports.sentence, SMALL, before=1)
    if not reports.forms:
        return (title, told), "", title.height(half - 10) + told.height(half - 10) + 4
    widths = (_FORM, *[_CELL] * len(reports.months))
    rows: list[Row] = [
        (
            [
                Cell(rule=""),
                *(cell(line(m, _TICK, align="center"), rule="", pad=0) for m in reports.months),
            ],
            10.0,
        )
    ]
    for name, states in reports.forms:
        size = 8.0 if wrapped(name, 8, _FORM - 6) == 1 else 6.5
        own = cell(line(cut(name, size, _FORM - 6, 2), Type(size)), rule="")
        marks = [
            Cell(
                (line(STATE_MARKS.get(state, ""), _STATE, align="center"),),
                fill=STATE_GROUNDS.get(state, ""),
                rule=LIGHT.paper,
                pad=0,
            )
            for state in states
        ]
        rows.append(([own, *marks], max(13.5, own.height(_FORM) + 2)))
    tall = sum(high for _, high in rows)
    about = f"{reports.heading}：{reports.sentence}"
    shown = list(dict.fromkeys(state for _, states in reports.forms for state in states))
    legend = "　".join(
        f"{mark} {STATE_LABELS[state]}" for state, mark in STATE_MARKS.items() if state in shown
    )
    key = line(legend, TINY, before=2)
    xml = table_xml(widths, rows, about=about) + line_xml(key) + line_xml(told)
    high = title.height(half) + tall + key.height(half - 10) + told.height(half - 10) + 4
    return (title,), xml, high


# --- foot -----------------------------------------------------------------------------------------
def _foot(sheet: Sheet) -> Block:
    texts = [line(text, TINY) for text in sheet.notes if text]
    made = Cell(tuple(texts), rule="", pad=0)
    high = row_height([made], (WIDTH,))
    rule = [Cell(rule=GRID)]
    rows: list[Row] = [(rule, 2.0), ([made], high)]
    return Block(high + 2, lambda _: table_xml((WIDTH,), rows))
