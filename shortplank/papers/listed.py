"""What papers say of the month's ledger: who is listed, who no longer is; changes are figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pyarrow as pa

from shortplank.papers.pack import Pack
from shortplank.reading.judged.announced import (
    UNITS,
    finding_text,
    judged_label,
    other_window_note,
)
from shortplank.reading.judged.ledger import Finding, Ledger, findings_for, ledger_of, masked
from shortplank.reading.series import Change
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.topics.rankings.answer.ranking import Ranking
from shortplank.wording.judged import (
    FOOTER,
    NO_WINDOW,
    check_text,
    judged_by,
    none_here_text,
    not_tested_text,
    nothing_listed_text,
)
from shortplank.wording.numbers import short_value, signed_text, value_text
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.verdicts import STATE_WORDS

# So many of an indicator's largest changes: one of few cases would fill a common list alone.
MOST_CHANGES = 3


# --- the month ------------------------------------------------------------------------------------
def concern_lines(made: Pack) -> list[str]:
    """Return what the overview says is to be looked into, a line each with what to check first.

    Where anything is announced how often that is wrong is said at the end; else that nobody is
    listed, and of how many comparisons.
    """
    if (nothing := _nothing_compared(made.view)) is not None:
        return [nothing]
    if not made.overview.concerns:
        return [f"{nothing_listed_text(ledger_of(made.view).tests)}。"]
    lines = [
        f"{each.text}。{check_text(each.check) if each.check else ''}"
        for each in made.overview.concerns
    ]
    return [*lines, FOOTER]


def _nothing_compared(view: View) -> str | None:
    """Return that nothing was compared this month, None where something was."""
    return None if ledger_of(view).tests else f"{not_tested_text(NO_WINDOW)}。"


def announced_table(view: View) -> pa.Table:
    """Return everything that the month announces, a row each, as the role may have it."""
    found = findings_for(view)
    return pa.table(
        {
            "级别": [UNITS[each.level] for each in found],
            "单位": pa.array([each.area for each in found], pa.string()),
            "指标": pa.array([each.item.label for each in found], pa.string()),
            "结论": [finding_text(view, each) for each in found],
            "先核对": [each.item.check if _is_unit(each) else "" for each in found],
        }
    )


def _is_unit(found: Finding) -> bool:
    """Return whether a finding is of one township or village."""
    return found.kind in ("named", "listed") and found.level != "county"


# --- townships ------------------------------------------------------------------------------------
def town_notes(made: Pack) -> list[str]:
    """Return in which window the ledger decides, where the townships' figures are of another."""
    found = [
        note
        for chapter in made.chapters
        if chapter.ranking is not None
        for note in other_window_note(made.view, chapter.indicator, chapter.item.default_window)
    ]
    return list(dict.fromkeys(found))


def town_lines(view: View, code: str) -> list[str]:
    """Return what the month lists a township itself for, a line each with what to check first."""
    book = ledger_of(view)
    return [
        f"{finding_text(view, each, judged_by(judged_label(book, each.indicator)))}。"
        f"{check_text(each.item.check) if each.item.check else ''}"
        for each in findings_for(view)
        if each.area_code == code and _is_unit(each)
    ]


def town_footer(view: View, code: str) -> str:
    """Return what stands below a township's page: how often a listing is wrong, or that none is."""
    if (nothing := _nothing_compared(view)) is not None:
        return nothing
    book, below = ledger_of(view), {a.area_code for a in view.ws.areas_below.get(code, ())}
    if any(_is_unit(each) and each.area_code in {code, *below} for each in book.findings):
        return FOOTER
    return f"{none_here_text(book.tests)}。"


# --- against other months -------------------------------------------------------------------------
def off_list(view: View) -> list[Finding]:
    """Return the townships that last month's ledger lists and this one does not.

    Only where this month compared them again: one without a figure did not leave the list by it.
    """
    now, earlier = ledger_of(view), view.with_(month=add_months(view.month, -1))
    still = {(each.indicator, each.area_code) for each in _towns(now)}
    return [
        masked(earlier, each)
        for each in _towns(ledger_of(earlier))
        if (each.indicator, each.area_code) not in still and _compared(now, each)
    ]


def _towns(book: Ledger) -> list[Finding]:
    return [each for each in book.of(level="township") if _is_unit(each)]


def _compared(book: Ledger, found: Finding) -> bool:
    standing = book.standing(found.indicator, "township")
    return standing is not None and standing.is_compared(found.area_code)


def off_list_table(made: Pack) -> pa.Table:
    """Return who left the list, with the judged figures of both months."""
    view, book = made.view, ledger_of(made.view)
    gone = off_list(view)
    return pa.table(
        {
            "乡镇": pa.array([each.area for each in gone], pa.string()),
            "指标": pa.array([each.item.label for each in gone], pa.string()),
            "时段": pa.array([judged_label(book, each.indicator) for each in gone], pa.string()),
            "上月": pa.array([_figure(each, each.value) for each in gone], pa.string()),
            "本月": pa.array([_figure(each, _now(view, each)) for each in gone], pa.string()),
        }
    )


def _now(view: View, found: Finding) -> float | None:
    """Return a unit's judged figure of this month, None where the role may not have it."""
    standing = ledger_of(view).standing(found.indicator, "township")
    value = None if standing is None else standing.value(found.area_code)
    return masked(view, replace(found, value=value)).value


def _figure(found: Finding, value: float | None) -> str:
    return STATE_WORDS["suppressed"] if value is None else short_value(found.item, value)


def changes_table(made: Pack) -> pa.Table:
    """Return the townships' largest changes in a year with their intervals: figures, no verdict.

    Of services and quality only; births are nobody's to better.
    """
    rows = [
        (
            ranked.towns.names[i],
            chapter.item.label,
            WINDOW_LABELS[chapter.item.default_window],
            value_text(chapter.item, float(ranked.towns.value[i])),
            change.size,
            _span(change),
        )
        for chapter in made.chapters
        if (ranked := chapter.ranking) is not None and chapter.item.helpable
        for i, change in _largest(ranked)
    ]
    names = ("乡镇", "指标", "时段", "现在", "同比", "95% 区间")
    return pa.table(
        {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
    )


def _largest(answer: Ranking) -> list[tuple[int, Change]]:
    """Return the places of the townships that changed most, with their changes."""
    changes = [Change(answer.item, *map(float, each)) for each in answer.change.T]
    known = [(i, each) for i, each in enumerate(changes) if each.known]
    return sorted(known, key=lambda each: -abs(each[1].difference))[:MOST_CHANGES]


def _span(change: Change) -> str:
    if math.isnan(change.lower):
        return "–"
    return f"{signed_text(change.lower)} 至 {signed_text(change.upper)}"
