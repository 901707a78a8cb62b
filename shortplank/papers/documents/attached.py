"""What is attached to the notice, a table each, and last how the figures came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from docx.document import Document

from shortplank.papers.documents.official import body, grid_table, head, note
from shortplank.papers.listed import off_list_table, town_notes
from shortplank.papers.pack import Chapter, Pack, quarter_table
from shortplank.papers.quarters import AGAINST, QuarterTold, figures_table, moves_table
from shortplank.reading.judged.announced import ANNOUNCED, unit_codes
from shortplank.reading.measured import Measured
from shortplank.topics.sex_ratio.answer.ratio_words import absent_words
from shortplank.topics.sex_ratio.answer.sex_ratio import SPANS
from shortplank.wording.judged import (
    ALIKE_RANKS,
    FOOTER,
    LISTED,
    OFF_LIST,
    OFF_LIST_MEANS,
    check_text,
    judged_by,
)
from shortplank.wording.numbers import value_text
from shortplank.wording.periods import WINDOW_LABELS, day_text
from shortplank.wording.verdicts import STATE_WORDS

MARK = "※"
WARNED = "滞后村预警名单"
TOWNS = "各乡镇主要指标表"
QUARTER, QUARTERS = "本季度主要指标", "本季度与上季度主要指标"
MONTHS = "各项指标逐月数"
GONE = f"{OFF_LIST}的乡镇"
MOVED = f"{AGAINST}{LISTED}的变化"
METHOD = "数据订正和口径说明"
# More columns than these need the page on its side.
MOST_UPRIGHT = 7


@dataclass(frozen=True)
class Attached:
    """One attachment: its name, who writes it, and whether its table needs the page on its side."""

    name: str
    write: Callable[[Document], None]
    wide: bool = False


def attachments(made: Pack, quarter: QuarterTold | None) -> list[Attached]:
    """Return the attachments that the month has something for, in their order."""
    found = []
    if made.warnings.rows:
        found.append(Attached(WARNED, lambda document: _warned(document, made)))
    heads, rows = towns_table(made)
    if rows:
        wide = len(heads) > MOST_UPRIGHT
        found.append(Attached(TOWNS, lambda document: _towns(document, made, heads, rows), wide))
    if quarter is not None:
        name = QUARTERS if quarter.before else QUARTER
        found.append(Attached(name, lambda document: _quarters(document, quarter)))
        months = quarter_table(made.view, quarter.quarter)
        if months.num_rows:
            found.append(Attached(MONTHS, lambda document: _table(document, months, (4, 2, 2, 2))))
    if quarter is not None and quarter.moves:
        found.append(Attached(MOVED, lambda document: _changed(document, quarter)))
    elif quarter is None and (gone := off_list_table(made)).num_rows:
        found.append(Attached(GONE, lambda document: _gone(document, gone)))
    return [*found, Attached(METHOD, lambda document: _method(document, made))]


def _table(document: Document, table: pa.Table, shares: Sequence[float]) -> None:
    rows = [[str(value) for value in row.values()] for row in table.to_pylist()]
    grid_table(document, table.column_names, rows, shares, centred=range(1, len(shares)))


# --- villages -------------------------------------------------------------------------------------
def _warned(document: Document, made: Pack) -> None:
    heads = ("村", "依据", "帮扶或责任单位", "期限", "登记册")
    rows = [
        (
            f"{row.town}{row.name}",
            f"{row.value}，{row.reason}",
            row.owner,
            day_text(row.deadline),
            row.standing,
        )
        for row in made.warnings.rows
    ]
    grid_table(document, heads, rows, (2.2, 5.8, 2.8, 2.3, 3.6), centred=(3,))
    note(document, f"注：{made.warnings.title}。")
    for label, what in dict.fromkeys((row.label, row.check) for row in made.warnings.rows):
        note(document, f"{label}{check_text(what)}")


# --- townships ------------------------------------------------------------------------------------
def towns_table(made: Pack) -> tuple[list[str], list[list[str]]]:
    """Return the townships' headline figures, a row each in the register's order, the county last.

    A figure that the month's ledger lists carries the mark.
    """
    columns = [
        _ranked(made, chapter)
        for chapter in made.chapters
        if chapter.ranking is not None and chapter.ranking.has_picture
    ]
    if made.sex_ratio is not None and made.sex_ratio.look == "orders":
        columns.insert(min(1, len(columns)), _ratio(made))
    kept = [(name, cells) for name, cells in columns if len(cells) > 1]
    towns = made.view.ws.areas_below.get(made.view.county.area_code, ())
    own = [area for area in towns if any(area.area_code in cells for _, cells in kept)]
    rows = [
        [area.name, *(cells.get(area.area_code, "–") for _, cells in kept)]
        for area in [*own, *([made.view.county] if own else [])]
    ]
    return ["单位", *(name for name, _ in kept)], rows


def _ranked(made: Pack, chapter: Chapter) -> tuple[str, dict[str, str]]:
    """Return a column's heading and its cells by the areas' codes."""
    answer, item = chapter.ranking, chapter.item
    assert answer is not None
    cells = _cells(made, chapter.indicator, answer.towns)
    if answer.county.codes:
        value = value_text(item, float(answer.county.value[0]))
        cells[answer.county.codes[0]] = STATE_WORDS.get(answer.county.state[0]) or value
    return f"{item.label}（{WINDOW_LABELS[item.default_window]}）", cells


def _cells(made: Pack, indicator: str, towns: Measured) -> dict[str, str]:
    item = made.view.ws.indicators[indicator]
    codes = unit_codes(made.view, indicator, "township", towns.codes)
    return {
        code: STATE_WORDS.get(state) or value_text(item, float(value)) + _mark(told)
        for code, state, value, told in zip(
            towns.codes, towns.state, towns.value, codes, strict=True
        )
    }


def _mark(code: str) -> str:
    return MARK if code in ANNOUNCED else ""


def _ratio(made: Pack) -> tuple[str, dict[str, str]]:
    """Return the same of the total sex ratio: its first row is the county's."""
    assert made.sex_ratio is not None
    column = made.sex_ratio.columns[0]
    found = column.measured
    told = unit_codes(made.view, made.sex_ratio.indicator, "township", found.codes)
    cells = {
        code: absent_words(found, row)
        if np.isnan(found.value[row])
        else value_text(column.item, float(found.value[row])) + (_mark(told[row]) if row else "")
        for row, code in enumerate(found.codes)
    }
    return f"{column.item.label}（{SPANS[made.sex_ratio.span]}）", cells


def _towns(document: Document, made: Pack, heads: list[str], rows: list[list[str]]) -> None:
    shares = [1.2, *(1.0 for _ in heads[1:])]
    grid_table(document, heads, rows, shares, centred=range(len(heads)))
    note(document, f"注：{'；'.join(_town_notes(made))}。")


def _town_notes(made: Pack) -> list[str]:
    """Return what the marks mean, by which months is judged, and which figures are not there."""
    told = [f"带{MARK}的为{LISTED}的", ALIKE_RANKS]
    if made.sex_ratio is not None and made.sex_ratio.judged:
        told.append(f"{made.sex_ratio.columns[0].item.label}{judged_by(made.sex_ratio.judged)}")
    hidden = [c.ranking.title for c in made.chapters if c.ranking and not c.ranking.has_picture]
    return [*told, *hidden]


# --- lists ----------------------------------------------------------------------------------------
def quarters_table(told: QuarterTold) -> pa.Table:
    """Return a quarter's figures beside those before, as far as the notice tells them."""
    before = ["上季度", "变化（95% 区间）"] if told.before else []
    return figures_table(told).select(["指标", "口径", "本季度", *before, "台账"])


def moved_table(told: QuarterTold) -> pa.Table:
    """Return what became of each listed unit, without the evidence."""
    return moves_table(told).select(["级别", "单位", "指标", AGAINST])


def _quarters(document: Document, told: QuarterTold) -> None:
    table = quarters_table(told)
    _table(document, table, (3.3, 2.6, 1.9, 1.9, 3.9, 1.9) if told.before else (4, 2, 2, 2))
    note(document, f"注：{told.sentence}")


def _changed(document: Document, told: QuarterTold) -> None:
    _table(document, moved_table(told), (1, 2.5, 3, 2))
    note(document, f"注：{OFF_LIST_MEANS}。")


def _gone(document: Document, table: pa.Table) -> None:
    _table(document, table, (2, 3, 1.5, 1.5, 1.5))
    note(document, f"注：{OFF_LIST_MEANS}。")


# --- method ---------------------------------------------------------------------------------------
def _method(document: Document, made: Pack) -> None:
    """Write what was restated, which edition this is, and how was decided who is listed."""
    head(document, "一、数据订正")
    body(document, f"{made.since}：" if made.restated else f"{made.since}：没有订正以前月份的数。")
    for line in made.restated:
        body(document, f"{line}。")
    head(document, "二、版次和日期")
    body(document, f"{made.stamp}。")
    body(document, f"本文所列为{made.about['口径']}。")
    head(document, "三、判断方法")
    told = dict.fromkeys((*made.overview.how, *made.warnings.how, *town_notes(made)))
    told.pop(FOOTER, None)  # stands in the text, beside who is listed
    for line in (*told, *made.overview.notes, *made.warnings.notes):
        body(document, f"{line.rstrip('。')}。")
