"""Which edition shows a closed statistical year's village births to viewers: one, for good.

A viewer who could open a year in two editions would subtract them: a village that stood exact in
one and in a band in the other is read to the birth. So a year's village figures about births come
from the first edition in which the year was closed, whichever edition is looked at, and no later
report moves them. Townships and the county are restated in public; which village changed is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.errors import StoreError
from shortplank.store.edition import Edition, Key
from shortplank.store.indicators import measured_dataset
from shortplank.store.marts import add_months

# A village may never report a year's last month: the reports of so many months later close it.
GRACE_MONTHS = 2
Closings = Mapping[Key, int]
"""The number of the edition that shows a dataset's year, by dataset and the year's last month."""


def is_year_end(ws: Workspace, month: date) -> bool:
    """Return whether a month is the last of a statistical year."""
    return month.month % 12 + 1 == ws.settings.statistical_year_first_month


def banded_datasets(ws: Workspace) -> dict[str, str]:
    """Return the dataset that each indicator whose villages are banded rests on."""
    return {
        key: measured_dataset(ws, item)
        for key, item in ws.indicators.items()
        if ws.sensitive(key) and ("village" in item.levels or item.kind == "count_over")
    }


def closings(
    ws: Workspace, numbers: Iterable[int], edition: Callable[[int], Edition]
) -> dict[Key, int]:
    """Return the first edition in which each year was closed; ``numbers`` run from the oldest on.

    A year is closed once every village's report of its last month is in, or a report of
    ``GRACE_MONTHS`` later; of villages chosen for counting again, once all were chosen. What comes
    after an edition that cannot be read is not closed: another one might show other figures.
    """
    datasets = sorted(set(banded_datasets(ws).values()))
    found: dict[Key, int] = {}
    whole: dict[str, bool] = {}
    for number in numbers:
        try:
            held = edition(number)
            for dataset in datasets:
                for month in held.months(dataset):
                    key = (dataset, month)
                    if key not in found and is_year_end(ws, month):
                        late = _past_grace(ws, held, key)
                        if late or _is_whole(ws, held, key, whole):
                            found[key] = number
        except StoreError:
            break
    return found


def _past_grace(ws: Workspace, edition: Edition, key: Key) -> bool:
    dataset, month = key
    if ws.datasets[dataset].chosen:
        return False
    return edition.months(dataset)[-1] >= add_months(month, GRACE_MONTHS)


def _is_whole(ws: Workspace, edition: Edition, key: Key, known: dict[str, bool]) -> bool:
    """Return whether every village of the home county is in; a file is looked at once."""
    file = edition.by_key[key].sha256
    if file not in known:
        towns = ws.valid_below(ws.settings.home, key[1])
        codes = {area.area_code for area in towns}
        known[file] = not codes - whole_townships(ws, edition, key)
    return known[file]


def whole_townships(ws: Workspace, edition: Edition, key: Key) -> set[str]:
    """Return the townships of which every village, or the township itself, is in a month's file."""
    table = edition.table(*key)
    held = set() if table is None else set(pc.unique(table["area_code"]).to_pylist())
    areas = (ws.area_by_code.get(code) for code in held)
    towns = {a.parent_code if a.level == "village" else a.area_code for a in areas if a}
    towns |= {area.area_code for area in ws.valid_below(ws.settings.home, key[1])}
    return {
        town
        for town in towns
        if town in held
        or all(village.area_code in held for village in ws.valid_below(town, key[1]))
    }
