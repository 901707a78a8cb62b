"""Which edition a viewer's village births of a closed year come from, and that it is so."""

from __future__ import annotations

from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.store.indicators import measured_dataset


def closing_edition(view: View) -> int | None:
    """Return the edition that closed the view's year for its indicator, None before it closed."""
    dataset = measured_dataset(view.ws, view.item)
    return view.engine.closings(view.edition).get((dataset, view.month))


def closing_notes(view: View) -> list[str]:
    """Return that a year was reported anew after its villages' figures were closed; else nothing.

    Which township was is not said: without a change of its total that is known to nobody.
    """
    number = closing_edition(view)
    if number is None or number == view.edition:
        return []
    dataset = measured_dataset(view.ws, view.item)
    months = [add_months(view.year_start, step) for step in range(view.months_of_year)]
    then, now = (view.engine.edition(each).by_key for each in (number, view.edition))
    if all(then.get((dataset, month)) == now.get((dataset, month)) for month in months):
        return []
    return [f"村级数为第{number}版（年度报齐时）所载，其后的重报只计入乡镇和全县"]
