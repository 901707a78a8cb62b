"""What is missing: the one place that decides it, for every page that speaks of it.

A report is missing where it was due and did not come; the marts count both for every area and
month. A month before the history is not missing: a window that reaches there is not full yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank.catalogue.models import Window
from shortplank.reading.measured import Floats, column
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.store.indicators import measured_dataset
from shortplank.wording.periods import WINDOW_LABELS, month_text, months_text

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Gap:
    """One township's reports of one month and dataset that did not all come."""

    area_code: str
    name: str
    month: date
    dataset: str
    label: str
    owed: int
    came: int
    units: str
    """What is counted: villages, or the township's own form (nothing)."""

    @property
    def whole(self) -> bool:
        """Return whether nothing came."""
        return self.came == 0

    @property
    def text(self) -> str:
        """Return what is missing of the form: 村月报, 村月报缺 3 个村."""
        return (
            self.label if self.whole else f"{self.label}缺 {self.owed - self.came} 个{self.units}"
        )


# --- reports that were due ------------------------------------------------------------------------
def silent(expected: Floats, reported: Floats) -> Flags:
    """Return where reports were due and none came."""
    return np.asarray((expected > 0) & (np.nan_to_num(reported) == 0), dtype=bool)


def partly(expected: Floats, reported: Floats) -> Flags:
    """Return where some of the reports that were due came, and some did not."""
    came = np.nan_to_num(reported)
    return np.asarray((expected > 0) & (came > 0) & (came < expected), dtype=bool)


def counted_datasets(view: View) -> dict[str, str]:
    """Return every dataset whose reports are due from townships, with an indicator that counts it.

    The card is one of a month and of all times: its row has what was due and what came.
    """
    found: dict[str, str] = {}
    for key, item in view.ws.indicators.items():
        always = item.valid_from is None and item.valid_to is None
        if item.kind != "published" and "township" in item.levels and always:
            dataset = measured_dataset(view.ws, item)
            if dataset and view.ws.datasets[dataset].cadence != "event":
                found.setdefault(dataset, key)
    return found


def due_datasets(view: View) -> list[str]:
    """Return the datasets whose reports are due from some township for the view's month."""
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    due = set(table.filter(pc.greater(table["expected"], 0))["indicator"].to_pylist())
    return [dataset for dataset, key in counted_datasets(view).items() if key in due]


def all_filed(kinds: int) -> str:
    """Return that nothing is missing, of so many kinds of reports; "" where none was counted."""
    return f"应报的 {kinds} 种报表都已报齐" if kinds else ""


def gaps_of_month(view: View) -> list[Gap]:
    """Return what the townships owe of the view's month and have not filed, by township."""
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    found = []
    for dataset, key in counted_datasets(view).items():
        rows = table.filter(pc.equal(table["indicator"], key))
        found += _gaps(view, dataset, rows, [view.month] * rows.num_rows)
    return sorted(found, key=lambda gap: gap.area_code)


def gaps_until(view: View) -> list[Gap]:
    """Return what the townships owe of every month to the view's, by dataset, month and place."""
    found = []
    for dataset, rows in _counted(view):
        own = _gaps(view, dataset, rows, rows["stat_month"].to_pylist())
        found += sorted(own, key=lambda gap: (gap.month, gap.area_code))
    return found


def _gaps(view: View, dataset: str, rows: pa.Table, months: Sequence[date]) -> list[Gap]:
    expected, reported = column(rows, "expected"), column(rows, "reported")
    lacking = silent(expected, reported) | partly(expected, reported)
    lacking &= np.array(pc.equal(rows["level"], "township").to_pylist(), dtype=bool)
    item = view.ws.datasets[dataset]
    return [
        Gap(
            area_code=rows["area_code"][i].as_py(),
            name=rows["name"][i].as_py(),
            month=months[i],
            dataset=dataset,
            label=item.label,
            owed=int(expected[i]),
            came=int(np.nan_to_num(reported[i])),
            units="村" if item.level == "village" else "",
        )
        for i in map(int, np.flatnonzero(lacking))
    ]


def silent_everywhere(view: View) -> set[tuple[str, date]]:
    """Return the (dataset, month) of which reports were due and no township filed any."""
    owed: dict[tuple[str, date], bool] = {}
    for dataset, rows in _counted(view):
        towns = rows.filter(pc.equal(rows["level"], "township"))
        expected, reported = column(towns, "expected"), column(towns, "reported")
        for due, gone, month in zip(
            expected > 0, silent(expected, reported), towns["stat_month"].to_pylist(), strict=True
        ):
            if due:
                owed[dataset, month] = owed.get((dataset, month), True) and bool(gone)
    return {key for key, gone in owed.items() if gone}


def _counted(view: View) -> Iterator[tuple[str, pa.Table]]:
    """Yield every counted dataset with its months to the view's, by place."""
    for dataset, key in counted_datasets(view).items():
        yield dataset, view.area_months(key)


def by_town(found: Iterable[Gap]) -> list[str]:
    """Return who has not filed what, a line a township: 松崖镇：乡镇月报、村月报."""
    towns: dict[str, list[str]] = {}
    for gap in found:
        towns.setdefault(gap.name, []).append(gap.text)
    return [f"{name}：{'、'.join(forms)}" for name, forms in towns.items()]


# --- windows that the history does not fill -------------------------------------------------------
def history_start(view: View) -> date | None:
    """Return the first month of the edition's history, None without one."""
    months = view.ask("months_by_edition", county=view.county.area_code)["stat_month"]
    found: date | None = pc.min(months).as_py()
    return found


def months_before(view: View, window: Window, month: date) -> int:
    """Return how many months of a month's window lie before the history."""
    opened = history_start(view)
    first = view.with_(month=month, window=window).window_start
    if opened is None or first >= opened:
        return 0
    end = min(opened, add_months(month, 1))
    return (end.year - first.year) * 12 + end.month - first.month


def first_full(view: View, window: Window | None = None) -> date | None:
    """Return the first month whose window the history holds whole, None without a history.

    The windows of all later months are full too.
    """
    opened, chosen = history_start(view), window or view.window
    if opened is None or chosen == "month":
        return opened
    if chosen == "r12":
        return add_months(opened, 11)
    start = view.ws.year_start(opened)
    return opened if start == opened else add_months(start, 12)


def is_full(view: View, window: Window | None = None, month: date | None = None) -> bool:
    """Return whether the history holds every month of a window, the view's own by default."""
    first = first_full(view, window)
    return first is None or (month or view.month) >= first


def has_figure(view: View, window: Window | None = None, month: date | None = None) -> bool:
    """Return whether a window can have a figure: a rolling one has none before it is full.

    A year to date has one from its first month on, and says what it lacks (`window_notes`).
    """
    return (window or view.window) != "r12" or is_full(view, window, month)


def same_period_full(view: View, window: Window | None = None) -> bool:
    """Return whether the window and that of a year before are both full: else none is compared."""
    chosen = window or view.window
    then = add_months(view.month, -12)
    return is_full(view, chosen) and is_full(view, chosen, then)


def window_notes(view: View, window: Window | None = None) -> list[str]:
    """Return what the history does not hold of the view's window, or of the year before's."""
    chosen = window or view.window
    opened = history_start(view)
    lacking = months_before(view, chosen, view.month)
    if opened is None or chosen == "month":
        return []
    label, since = WINDOW_LABELS[chosen], f"数据自{month_text(opened)}起"
    first = view.with_(window=chosen).window_start
    if lacking and chosen == "r12":
        return [f"{label}还缺 {lacking} 个月（{since}），满 12 个月才有数"]
    if lacking:
        gone = months_text(first, add_months(opened, -1))
        return [f"{label}缺 {gone}（{since}）"]
    then = add_months(view.month, -12)
    if then < opened or not months_before(view, chosen, then):
        return []
    gone = months_text(add_months(first, -12), add_months(opened, -1))
    return [f"上年同期缺 {gone}（{since}），不作同比"]
