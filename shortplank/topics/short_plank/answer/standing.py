"""What the month's ledger says of villages, in words: one of them, all of them, or why nothing."""

from __future__ import annotations

from shortplank.catalogue.models import Indicator
from shortplank.reading.judged.announced import standing_title, untested_text
from shortplank.reading.judged.ledger import Standing, ledger_of
from shortplank.reading.planks import Planks
from shortplank.reading.view import View
from shortplank.wording import planks as words
from shortplank.wording.judged import (
    ALIKE,
    NOT_JUDGED_HERE,
    TOO_FEW,
    VILLAGES,
    apart_text,
    line_text,
)
from shortplank.wording.verdicts import STATE_WORDS


def place_in(standing: Standing | None, code: str) -> int | None:
    """Return a village's place in the ledger's standing, None where it has none."""
    return standing.codes.index(code) if standing is not None and code in standing.codes else None


def verdict_of(standing: Standing | None, at: int | None, state: str) -> tuple[str, str]:
    """Return the code and the words of what the ledger says of a village, by its own state.

    ``at`` is its place in the standing. It is listed; compared and not told apart; too few to
    compare; or only counted.
    """
    if standing is not None and at is not None and standing.announced[at]:
        ranged = standing.item.target_range is not None
        return "worse", apart_text(
            standing.item, above=bool(standing.above[at]) if ranged else None
        )
    if state == "too_few":
        return "too_few", TOO_FEW
    if state not in ("ok", "zero"):
        return "none", STATE_WORDS.get(state, "–")
    if standing is None or at is None:
        return "none", NOT_JUDGED_HERE
    return ("similar", ALIKE) if standing.tested[at] else ("too_few", TOO_FEW)


def under_text(found: Planks) -> str:
    """Return how many villages are on the wrong side of the line, beside how many would be if all
    had the county's own value; "" without a line."""
    count = found.under
    if count is None or found.line is None:
        return ""
    return line_text(
        found.item,
        count.seen,
        found.line.text,
        count.expected,
        count.lower,
        count.upper,
        VILLAGES,
        county=found.county,
        about=found.scatter > 1.0,
    )


def title_of(view: View, found: Planks) -> str:
    """Return what the ledger says of the villages, as a title: who is listed, or why nobody is."""
    if found.standing is None or not found.standing.compared:
        return untold_text(view, found)
    return standing_title(view, view.indicator, "village")


def are_judged(item: Indicator) -> bool:
    """Return whether an indicator's villages are judged: services and quality, births never."""
    return item.judged and item.helpable and item.interval == "wilson"


def untold_text(view: View, found: Planks) -> str:
    """Return why no village was compared: only counted, no whole period, or too few."""
    if not are_judged(view.item):
        return words.COUNTED_ONLY
    if ledger_of(view).judges(view.indicator):
        return words.too_few_text(found.reported)
    return untested_text(view, view.indicator)
