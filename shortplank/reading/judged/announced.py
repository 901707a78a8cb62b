"""What the ledger announces, in sentences: one place for every page, paper and command."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shortplank.catalogue.models import Window
from shortplank.reading.judged.ledger import Finding, Ledger, Standing, findings_for, ledger_of
from shortplank.reading.judged.matters import YEAR, Subject
from shortplank.reading.measured import Measured
from shortplank.reading.view import View
from shortplank.stats.judge.month import Place
from shortplank.store.indicators import is_stock
from shortplank.wording import judged as words
from shortplank.wording.naming import home_itself, home_units
from shortplank.wording.numbers import number_text, short_value
from shortplank.wording.periods import WINDOW_LABELS

# Verdict codes of units that the ledger announces.
ANNOUNCED = ("worse", "higher", "lower")
# So many names of units with their figures are read in one sentence.
MOST_LISTED = 5
UNITS: dict[Place, str] = {"county": "县", "township": words.TOWNS, "village": words.VILLAGES}


def unit_of(place: Place) -> str:
    """Return what the units of a place are called in this run: 乡镇, of a province 县."""
    known = {"county": home_itself(), "township": home_units()}
    return known.get(place, UNITS[place])


def finding_text(view: View, finding: Finding, judged: str = "") -> str:
    """Return one announcement as a sentence without its full stop.

    ``judged`` says in which window a unit was judged, where that is to be told: 按近12月判.
    """
    item = finding.item
    if finding.kind == "spread":
        standing = ledger_of(view).standing(finding.indicator, finding.level)
        return words.differ_text(item, unit_of(finding.level), standing.tenths if standing else 0)
    if finding.kind == "changed":
        stock = is_stock(view.ws, item)
        return words.moved_text(item, finding.change or 0.0, finding.months, stock=stock)
    if finding.level == "county":
        window = _judged_beside(view, finding.indicator)
        return words.county_text(item, finding.value or 0.0, above=finding.above, window=window)
    if finding.kind == "listed":
        return words.also_listed_text(item, finding.area, finding.value) + _before(finding, judged)
    base = "" if finding.n is None else f"n={number_text(finding.n)}"
    told = words.finding_text(
        item, finding.area, finding.value, finding.county, above=finding.above, base=base
    )
    return told + _before(finding, judged)


def listed_text(view: View, found: list[Finding]) -> str:
    """Return the units listed in one indicator and level as one sentence, with their figures.

    Of many the first `MOST_LISTED`, and how many they are in all.
    """
    first = found[0]
    units = [(each.area, _figure(each) + _before(each)) for each in found[:MOST_LISTED]]
    return words.listed_text(
        first.item,
        units,
        first.county,
        above=first.above,
        window=_judged_beside(view, first.indicator),
        whole=f"等 {len(found)} 个{unit_of(first.level)}" if len(found) > MOST_LISTED else "",
    )


def _judged_beside(view: View, indicator: str) -> str:
    """Return the judged window where the indicator's own figures are of another one: 近36月."""
    own = view.ws.indicators[indicator].default_window
    if not other_window_note(view, indicator, own):
        return ""
    return judged_label(ledger_of(view), indicator)


def _figure(found: Finding) -> str:
    return "" if found.value is None else short_value(found.item, found.value)


def _before(found: Finding, judged: str = "") -> str:
    """Return the mark of one that stood on the list in the month before, too."""
    marks = [mark for mark in (judged, words.LISTED_BEFORE if found.again else "") if mark]
    return f"（{'，'.join(marks)}）" if marks else ""


def change_text(view: View, indicator: str) -> str:
    """Return whether the county moved for sure, against a year before or of late.

    What is announced comes alone; else how the year's change stands, or why there is none.
    "" where no change of the indicator is judged.
    """
    book = ledger_of(view)
    subject = book.subjects.get(indicator)
    if subject is None or subject.item.target_range is not None:
        return ""
    stock, item = is_stock(view.ws, subject.item), subject.item
    against = words.SAME_MONTH if stock else words.SAME_YEAR
    told = [
        words.change_text(item, found.change or 0.0, "confirmed", against=against)
        if found.months == YEAR
        else words.step_text(item, found.change or 0.0, found.months)
        for found in book.of(indicator, "county", "changed")
    ]
    if told:
        return "；".join(told)
    made = book.month.changes.get(indicator)
    if made is None or np.isnan(made.p):
        return words.not_tested_text(_untested_change(subject, against))
    points, worth = made.difference * item.factor, item.worth / 2.0
    size: words.Change = "under_worth" if abs(points) < worth else "undecided"
    return words.change_text(item, points, size, against=against, worth=worth)


def _untested_change(subject: Subject, against: str) -> str:
    """Return why the county's change against a year before was not judged."""
    if np.isnan(subject.matter.county.x_then).any():
        return words.no_year_before(against)
    return words.STARTS_ANEW if subject.matter.anew else words.few_units()


def area_text(view: View, indicator: str, area: str) -> str:
    """Return what the ledger announces of one area in one indicator, "" for nothing."""
    found = [f for f in findings_for(view) if (f.indicator, f.area_code) == (indicator, area)]
    units = [f for f in found if f.kind in ("named", "listed")]
    if not units:
        return ""
    item, value = units[0].item, units[0].value
    above = units[0].above if item.target_range is not None else None
    listed = "" if units[0].level == "county" else f"，{words.LISTED}"
    figure = "" if value is None else f" {short_value(item, value)}"
    # Beside a figure of another window the judged one is said, or the two would contradict.
    judged = _judged_prefix(view, indicator)
    own = f"{judged}{figure}，" if judged else ""
    return f"{own}{words.apart_text(item, above=above)}{listed}"


def _judged_prefix(view: View, indicator: str) -> str:
    """Return the judged window where the view's is another one, else nothing."""
    return judged_label(ledger_of(view), indicator) if other_window_note(view, indicator) else ""


def _judged_by(view: View, indicator: str) -> str:
    """Return the same before a sentence about units: 按近12月判，."""
    label = _judged_prefix(view, indicator)
    return f"{words.judged_by(label)}，" if label else ""


def change_word(view: View, indicator: str, window: Window) -> str:
    """Return what the ledger says of the county's change: 确有上升, 升降不明显; "" if nothing.

    Of another window than the judged one nothing is said: its change is another one.
    """
    book = ledger_of(view)
    if not book.judges(indicator) or indicator not in book.month.changes:
        return ""
    if other_window_note(view, indicator, window):
        return ""
    found = [each for each in book.of(indicator, "county", "changed") if each.months >= 12]
    return words.moved_word(found[0].change or 0.0) if found else words.UNMOVED


def standing_title(view: View, indicator: str, place: Place, names: list[str] | None = None) -> str:
    """Return what the ledger says of an indicator's units, as a title.

    Who is named; else that their differences are real; else that nobody is told apart. Where
    nothing was compared, that. ``names`` are the names to write, where the page knows longer ones.
    """
    book = ledger_of(view)
    standing = book.standing(indicator, place)
    if standing is None or not standing.compared:
        return untested_text(view, indicator)
    told = standing.announced_names if names is None else names
    unit, when = unit_of(place), _judged_by(view, indicator)
    if told:
        above = bool(standing.above.any()) if standing.item.target_range is not None else None
        return when + words.named_text(standing.item, told, unit, above=above)
    if standing.spread:
        return when + words.spread_text(unit, standing.tenths)
    return when + nothing_title(standing)


def nothing_title(standing: Standing) -> str:
    """Return that nobody is told apart, and between which places any of them may stand."""
    unit = unit_of(standing.place)
    if standing.item.target_range is not None:
        return words.nothing_text(standing.compared, unit)
    low, high = standing.order.rank_low[standing.tested], standing.order.rank_high[standing.tested]
    return words.nothing_text(standing.compared, unit, float(low.min()), float(high.max()))


def untested_text(view: View, indicator: str) -> str:
    """Return why the ledger has nothing on an indicator: not judged, too few, no full window."""
    if not view.ws.indicators[indicator].judged:
        return words.NOT_JUDGED
    if ledger_of(view).judges(indicator):
        return words.TOO_FEW
    return words.not_tested_text(words.NO_WINDOW)


def judged_label(book: Ledger, indicator: str) -> str:
    """Return the judged window in words: 近12月, 近36月, 月末, 至今."""
    subject = book.subjects[indicator]
    if subject.months == 1:
        return words.MONTH_END
    return f"近{subject.months}月" if subject.window == "r12" else WINDOW_LABELS["ytd"]


def judged_window(book: Ledger, indicator: str) -> str:
    """Return the judged window's id: month_end, r12, r24, r36, or ytd where a year is all."""
    subject = book.subjects[indicator]
    if subject.months == 1:
        return "month_end"
    return f"r{subject.months}" if subject.window == "r12" else subject.window


def other_window_note(view: View, indicator: str, window: Window | None = None) -> list[str]:
    """Return that a page looks at another window than the one that decides; nothing if not."""
    book = ledger_of(view)
    chosen = window or view.window
    if not book.judges(indicator):
        return []
    subject = book.subjects[indicator]
    same = subject.months == 1 or (chosen == subject.window and subject.months == 12)
    return (
        [] if same else [words.looks_at_text(WINDOW_LABELS[chosen], judged_label(book, indicator))]
    )


def how_judged(view: View, indicator: str, place: Place) -> tuple[str, ...]:
    """Return how an indicator's units were judged, for the fold under a picture."""
    book = ledger_of(view)
    standing = book.standing(indicator, place)
    if standing is None or not standing.compared:
        return (untested_text(view, indicator),)
    label = judged_label(book, indicator)
    own = words.how_units(standing.item, unit_of(place), standing.compared, standing.scatter, label)
    return (*own, words.how_tests(book.tests), words.FOOTER)


def how_changed(view: View, indicator: str) -> tuple[str, ...]:
    """Return how the county's change is judged, for the fold; nothing where none is."""
    book = ledger_of(view)
    tests = book.tests_of(indicator, "county")
    if not tests:
        return ()
    made = book.month.changes.get(indicator)
    return (
        *words.how_change(judged_label(book, indicator), [test.question for test in tests]),
        *([] if made is None or np.isnan(made.p) else [words.how_p(made.p)]),
        words.how_tests(book.tests),
        words.FOOTER,
    )


def unit_codes(view: View, indicator: str, place: Place, codes: Sequence[str]) -> list[str]:
    """Return the verdict code of each unit: the ledger's, similar, too_few or none.

    similar is a unit that was compared and is not announced, none one that was not to be.
    """
    standing = ledger_of(view).standing(indicator, place)
    if standing is None:
        return ["none"] * len(codes)
    told = announced_codes(view, indicator, place)
    rest = {
        code: "none" if np.isnan(n) else "similar" if tested else "too_few"
        for code, n, tested in zip(standing.codes, standing.units.n, standing.tested, strict=True)
    }
    return [told.get(code) or rest.get(code, "none") for code in codes]


def unit_words(view: View, indicator: str, place: Place, codes: Sequence[str]) -> list[str]:
    """Return the same for a column: 明显差于全县，列入核对 / 看不出差别 / 数太少，不比."""
    item = view.ws.indicators[indicator]
    rest = {"similar": words.ALIKE, "too_few": words.TOO_FEW, "none": words.NOT_JUDGED_HERE}
    sides = {"worse": None, "higher": True, "lower": False}
    return [
        rest.get(code) or f"{words.apart_text(item, above=sides[code])}，{words.LISTED}"
        for code in unit_codes(view, indicator, place, codes)
    ]


def announced_codes(view: View, indicator: str, place: Place) -> dict[str, str]:
    """Return the verdict code of each unit that the ledger announces, for colours and marks."""
    standing = ledger_of(view).standing(indicator, place)
    if standing is None:
        return {}
    ratio = standing.item.interval == "srb"
    return {
        code: ("higher" if above else "lower") if ratio else "worse"
        for code, told, above in zip(
            standing.codes, standing.announced, standing.above, strict=True
        )
        if told
    }


def ledger_codes(
    view: View, units: Measured, indicator: str = "", place: Place = "township"
) -> list[str]:
    """Return the same of measured units; where an indicator is not judged, who has too few.

    ``indicator`` is the view's, unless told.
    """
    key = indicator or view.indicator
    if ledger_of(view).standing(key, place) is None:
        return ["too_few" if state == "too_few" else "none" for state in units.state]
    return unit_codes(view, key, place, units.codes)
