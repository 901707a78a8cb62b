"""The month's ledger and its lists, the meeting's items, what is to be decided, and the cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from shortplank.drawing.table_book import FONT, LINE_HEIGHT, SIZE, Placed
from shortplank.drawing.theme import LIGHT
from shortplank.frame.pages import PAGES
from shortplank.papers.decisions import HEADS
from shortplank.papers.listed import (
    announced_table,
    changes_table,
    concern_lines,
    off_list_table,
)
from shortplank.papers.pack import NOTES
from shortplank.papers.workbook.writer import (
    Book,
    finding_code,
    number_form,
    numbers,
    texts,
    verdict_fill,
)
from shortplank.reading.judged.announced import UNITS, finding_text, judged_label
from shortplank.reading.judged.ledger import PLACES, Finding, findings_for, ledger_of
from shortplank.records.follow_ups import follow_ups_table, may_follow
from shortplank.records.pinned import notes_table
from shortplank.topics.dictionary.answer.cards import Card, cards
from shortplank.topics.quality.answer.signals import signals_table
from shortplank.topics.short_plank.answer.warning_list import warning_table
from shortplank.wording.judged import (
    FELL,
    FOOTER,
    LIST,
    LISTED_BEFORE,
    NO_YEAR_FIGURES,
    NOBODY_OFF_LIST,
    OF_SPREAD,
    OFF_LIST,
    OFF_LIST_MEANS,
    ROSE,
    TOWNS_CHANGES,
    YEAR_FIGURES,
    how_tests,
)
from shortplank.wording.sides import COUNTY, OVER, UNDER

LEDGER, TESTS, DECISIONS = "本月台账", "比较清单", "会议议定"
EMPTY_ROWS = 12
# Of the decisions' columns, in letters.
_WIDE = (42, 16, 24, 24, 14)
_CARD = {
    "定义": ("定义", "公式"),
    "来源": ("来源", "表和栏"),
    "读法": ("层级", "时段", "方向", "区间", "最少样本", "有效期"),
    "注意": ("注意",),
}
# Why it is looked at and who last looked through the card are the dictionary's.
_LEFT_OUT = frozenset({"为什么看", "版本", "复核"})
_WAYS = {"above": OVER, "below": UNDER, "up": ROSE, "down": FELL}


# --- the ledger -----------------------------------------------------------------------------------
def write_ledger(book: Book) -> None:
    """Write who is listed, everything that is announced, and how many comparisons stand behind."""
    made = book.made
    found, tests = findings_for(made.view), ledger_of(made.view).tests
    said = concern_lines(made)[-1]
    codes = [finding_code(each) for each in found]
    book.sheet(
        LIST,
        announced_table(made.view),
        "本月宣布的单位和变化，一行一条",
        title=made.overview.title,
        said=[said],
        fills={"结论": [verdict_fill(code) for code in codes]},
    )
    book.sheet(
        LEDGER,
        ledger_table(book),
        "台账：每一条宣布的比较，带单位、时段、数和先核对什么",
        title=made.overview.title,
        said=[how_tests(tests) if tests else "", FOOTER if found else said],
        forms={
            head: [number_form(each.item) for each in found] for head in ("本单位", COUNTY, "变化")
        },
        fills={"结论": [verdict_fill(code) for code in codes]},
    )
    book.sheet(
        TESTS,
        tests_table(book),
        "各指标、各级比较了多少项，宣布了多少条",
        said=[how_tests(tests) if tests else said],
    )


def ledger_table(book: Book) -> pa.Table:
    """Return every comparison that the month announces, as the role may have it."""
    view, ledger = book.made.view, ledger_of(book.made.view)
    found = findings_for(view)
    units = [each.kind in ("named", "listed") and each.level != "county" for each in found]
    return pa.table(
        {
            "级别": texts([UNITS[each.level] for each in found]),
            "单位": texts([each.area for each in found]),
            "指标": texts([each.item.label for each in found]),
            "时段": texts([judged_label(ledger, each.indicator) for each in found]),
            "方向": texts([_WAYS.get(each.direction or "", OF_SPREAD) for each in found]),
            "结论": texts([finding_text(view, each) for each in found]),
            "本单位": numbers([_rounded(each, each.value) for each in found]),
            COUNTY: numbers([_rounded(each, each.county) for each in found]),
            "变化": numbers([_rounded(each, each.change) for each in found]),
            "n": pa.array([None if e.n is None else round(e.n) for e in found], pa.int64()),
            LISTED_BEFORE: texts(["是" if each.again else "" for each in found]),
            "先核对": texts(
                [each.item.check if u else "" for each, u in zip(found, units, strict=True)]
            ),
        }
    )


def _rounded(found: Finding, value: float | None) -> float | None:
    return None if value is None else round(value, found.item.decimals)


def tests_table(book: Book) -> pa.Table:
    """Return how many comparisons each indicator has at each level, and how many are announced."""
    ledger = ledger_of(book.made.view)
    rows = [
        (each.item.label, judged_label(ledger, key), UNITS[place], len(tests), told)
        for key, each in ledger.subjects.items()
        for place in PLACES
        if (tests := ledger.tests_of(key, place))
        for told in [len(ledger.of(key, place))]
    ]
    whole = (COUNTY, "", "", ledger.tests, len(ledger.findings))
    columns = list(zip(*[*rows, whole], strict=True))
    heads = ("指标", "时段", "级别", "比较项数", "宣布条数")
    return pa.table(
        {
            head: texts(list(values)) if at < 3 else pa.array(list(values), pa.int64())
            for at, (head, values) in enumerate(zip(heads, columns, strict=True))
        }
    )


# --- lists ----------------------------------------------------------------------------------------
def write_lists(book: Book) -> None:
    """Write what is worth a check, who is warned, who left the list, and the year's changes."""
    made = book.made
    book.sheet(
        "值得核对",
        signals_table(made.signals),
        "数据里值得核对的地方",
        title=made.signals.title,
        said=[made.signals.sentence, made.noted("data_quality")],
    )
    book.sheet(
        "预警名单",
        warning_table(made.warnings),
        "滞后村预警名单：依据、先核对什么、由谁帮",
        title=made.warnings.title,
        said=[made.warnings.sentence, "；".join(made.warnings.notes)],
    )
    book.sheet(
        OFF_LIST,
        off_list_table(made),
        f"{OFF_LIST}的乡镇",
        said=[f"{OFF_LIST_MEANS}。"],
        empty=f"{NOBODY_OFF_LIST}。",
    )
    book.sheet(
        YEAR_FIGURES,
        changes_table(made),
        "各乡镇同比变化大的数",
        said=[f"{TOWNS_CHANGES}。"],
        empty=f"{NO_YEAR_FIGURES}。",
    )


def write_items(book: Book) -> None:
    """Write the last meeting's items and this one's, what was restated, and the notes."""
    made = book.made
    book.sheet(
        "上次事项",
        follow_ups_table(made.last),
        "上次会议的事项：当时和现在的数",
        empty="没有以前会议留下的事项。",
    )
    book.sheet(
        "跟进事项",
        follow_ups_table(made.items),
        "本次会议登记的事项",
        empty="本次会议还没有登记事项。",
    )
    restated = pa.table({made.since: made.restated or ["没有订正以前月份的数"]})
    book.sheet("订正", restated, "上次会议以来的订正")
    if made.notes:
        table = notes_table(made.view, made.notes, PAGES)
        book.sheet(NOTES, table, "各页上钉的标注")


# --- decisions ------------------------------------------------------------------------------------
def write_decisions(book: Book) -> None:
    """Write an empty table for what the meeting decides, with lists to choose from."""
    made = book.made
    empty = pa.table(
        {head: texts([" " * wide] * EMPTY_ROWS) for head, wide in zip(HEADS, _WIDE, strict=True)}
    )
    placed = book.sheet(
        DECISIONS,
        empty,
        "会上填写：议定事项、责任单位、期限",
        said=[
            "单位和依据指标从下拉单里选；期限填日期。填好后交回，系统读入并自动补上以后各月的数。"
        ],
    )
    _open_cells(book, placed)
    towns = [area.name for area in made.view.ws.areas_below.get(made.view.county.area_code, ())]
    labels = [item.label for item in made.view.ws.indicators.values() if may_follow(item)]
    choices = pa.table(
        {
            HEADS[1]: texts(_padded([made.view.county.name, *towns], labels)),
            HEADS[2]: texts(_padded(labels, [made.view.county.name, *towns])),
        }
    )
    _choices(book, placed, choices, {HEADS[1]: len(towns) + 1, HEADS[2]: len(labels)})
    at = placed.heads.index(HEADS[4])
    placed.sheet.data_validation(
        placed.top + 1,
        at,
        placed.top + placed.rows,
        at,
        {
            "validate": "date",
            "criteria": ">=",
            "value": made.view.month,
            "ignore_blank": True,
            "error_title": HEADS[4],
            "error_message": "请填日期，如 2010-07-05",
        },
    )


def _padded(values: list[str], other: list[str]) -> list[str | None]:
    return [*values, *[None] * max(len(other) - len(values), 0)]


def _open_cells(book: Book, placed: Placed) -> None:
    """Leave the cells empty, framed and high enough to write in; the last column holds dates."""
    frame = {"font_name": FONT, "font_size": SIZE, "border": 1, "border_color": LIGHT.too_few}
    frame |= {"text_wrap": True, "valign": "vcenter"}
    text = book.book.add_format(frame)
    day = book.book.add_format({**frame, "num_format": "yyyy-mm-dd", "align": "left"})
    last = len(placed.heads) - 1
    for at in range(len(placed.heads)):
        for row in range(placed.top + 1, placed.top + 1 + placed.rows):
            placed.sheet.write_blank(row, at, None, day if at == last else text)
            placed.sheet.set_row(row, LINE_HEIGHT * 1.8)


def _choices(book: Book, placed: Placed, choices: pa.Table, sizes: dict[str, int]) -> None:
    """Write what can be chosen off the printed page, and offer it in the cells."""
    muted = book.book.add_format({"font_name": FONT, "font_size": 9, "font_color": LIGHT.muted})
    first = len(placed.heads) + 4
    for k, (head, size) in enumerate(sizes.items()):
        placed.sheet.write_string(placed.top, first + k, f"可选{head}", muted)
        placed.sheet.set_column(first + k, first + k, 18)
        for row, value in enumerate(choices[head].to_pylist(), start=placed.top + 1):
            if value is not None:
                placed.sheet.write_string(row, first + k, value, muted)
        if not size:
            continue
        at = placed.heads.index(head)
        from xlsxwriter.utility import xl_range_abs  # part of the writer that is loaded by then

        cells = xl_range_abs(placed.top + 1, first + k, placed.top + size, first + k)
        placed.sheet.data_validation(
            placed.top + 1,
            at,
            placed.top + placed.rows,
            at,
            {"validate": "list", "source": f"={cells}", "ignore_blank": True},
        )


# --- cards ----------------------------------------------------------------------------------------
def write_definitions(book: Book, today: date) -> None:
    """Write every indicator's card: what it counts, from which column, and how it is read."""
    ws = book.made.view.ws
    known = sorted(cards(ws, today), key=lambda card: card.indicator not in ws.scheme.headline)
    columns = {"指标": [card.label for card in known], "类别": [card.family for card in known]}
    for head, terms in _CARD.items():
        columns[head] = [_told(card, terms) for card in known]
    columns["目标和线"] = [_told(card, _rest(card)) for card in known]
    table = pa.table({head: texts(list(values)) for head, values in columns.items()})
    book.sheet("口径", table, "各项指标的定义、公式、来源和读法；主要指标在前")


def _told(card: Card, terms: Sequence[str]) -> str:
    """Return some lines of a card in one cell; of several each under its name."""
    found = [(term, text) for term in terms if (text := card.text_of(term))]
    return "\n".join(text if len(terms) == 1 else f"{term}：{text}" for term, text in found)


def _rest(card: Card) -> list[str]:
    """Return the lines that stand in no other column: the target, the lines, what to check."""
    told = {term for terms in _CARD.values() for term in terms} | _LEFT_OUT
    return [term for term, _ in card.lines if term not in told]
