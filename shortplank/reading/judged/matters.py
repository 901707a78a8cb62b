"""What the judge is given: each judged indicator's counts, in its one window, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shortplank import stats
from shortplank.access import JUDGE
from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.gaps import first_full, history_start
from shortplank.reading.judged.natural import usual_ratio
from shortplank.reading.measured import PREFIX, Floats, column, texts
from shortplank.reading.view import View
from shortplank.stats.judge.comparisons import Side
from shortplank.stats.judge.month import Kind, Matter, Units
from shortplank.store import add_months
from shortplank.store.indicators import is_stock

QUESTIONS = ("judged_townships_by_month", "judged_villages_by_month")
MONTHS = 36
YEAR = 12
# Of births over a shorter history chance names more than it finds: half of what a ratio of one
# year named in Taiwan was never named again.
LEAST_RATIO_MONTHS = 24


@dataclass(frozen=True)
class Subject:
    """A judged indicator: its counts, and whose they are.

    ``window`` is the one that is judged, ``months`` how many months it holds (1 is a month's end).
    """

    key: str
    item: Indicator
    matter: Matter
    window: Window
    months: int
    towns: list[tuple[str, str]]
    villages: list[tuple[str, str]]


def exact(view: View) -> View:
    """Return the view of the figures as they are: what is announced is the same for every role."""
    return view.with_(actor=JUDGE)


def judged(view: View) -> list[str]:
    """Return the ids of the indicators that the ledger judges."""
    return [key for key, item in view.ws.indicators.items() if item.judged]


def subjects(view: View) -> list[Subject]:
    """Return every judged indicator that has figures to be judged in the view's month."""
    view, keys = exact(view), judged(view)
    if not keys:
        return []
    table = view.ask(
        QUESTIONS[0],
        county=view.county.area_code,
        month=view.month,
        indicators=",".join(keys),
    )
    below = _village_keys(view, keys)
    villages = (
        view.ask(QUESTIONS[1], month=view.month, indicators=",".join(below)) if below else None
    )
    held = _by_indicator(villages) if villages is not None else {}
    found = (_subject(view, key, rows, held.get(key)) for key, rows in _by_indicator(table).items())
    return [subject for subject in found if subject is not None]


def _village_keys(view: View, keys: list[str]) -> list[str]:
    """Return the indicators whose villages are judged or tell how the county scatters."""
    ws = view.ws
    return [
        key
        for key in keys
        if "village" in ws.indicators[key].levels and ws.indicators[key].interval == "wilson"
    ]


def _by_indicator(table: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of each indicator; a query has them in order."""
    ids = table["indicator"].to_numpy(zero_copy_only=False)
    if not len(ids):
        return {}
    cuts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
    return {str(ids[a]): table.slice(a, b - a) for a, b in pairwise(cuts)}


@dataclass(frozen=True)
class _Grid:
    """One indicator's rows at one level as months × areas, the last month now."""

    codes: list[str]
    names: list[str]
    at: tuple[NDArray[np.int_], NDArray[np.int_]]
    rows: pa.Table
    months: int

    @classmethod
    def of(cls, view: View, rows: pa.Table, months: int) -> _Grid:
        """Return the grid of the areas that stand in the view's month."""
        when = rows["stat_month"].to_numpy().astype("datetime64[M]").astype(int)
        last = (view.month.year - 1970) * 12 + view.month.month - 1
        step = when - last + months - 1
        places = rows["area_code"].combine_chunks().dictionary_encode()
        codes, area = places.dictionary.to_pylist(), places.indices.to_numpy()
        now = set(area[step == months - 1].tolist())
        index = np.full(len(codes), -1)
        kept = [i for i in range(len(codes)) if i in now]
        index[kept] = np.arange(len(kept))
        inside = (index[area] >= 0) & (step >= 0)
        rows = rows.filter(pa.array(inside))
        held = dict(zip(texts(rows, "area_code"), _places(rows), strict=True))
        chosen = [codes[i] for i in kept]
        return cls(
            chosen, [held[c] for c in chosen], (step[inside], index[area][inside]), rows, months
        )

    def counts(self, prefix: str) -> tuple[Floats, Floats]:
        """Return numerators and denominators (months, areas) of a window."""
        found = []
        for name in ("numerator", "denominator"):
            values = np.full((self.months, len(self.codes)), np.nan)
            values[self.at] = column(self.rows, f"{prefix}{name}")
            found.append(values)
        return found[0], found[1]


def _places(rows: pa.Table) -> list[str]:
    names = texts(rows, "name")
    if "township" not in rows.column_names:
        return names
    return [f"{town}{name}" for town, name in zip(texts(rows, "township"), names, strict=True)]


def _subject(view: View, key: str, rows: pa.Table, villages: pa.Table | None) -> Subject | None:
    item = view.ws.indicators[key]
    chosen = _window(view, key)
    if chosen is None:
        return None
    window, months = chosen
    county, towns = (
        _Grid.of(view, rows.filter(pc.equal(rows["level"], level)), MONTHS)
        for level in ("county", "township")
    )
    if not county.codes or not towns.codes:
        return None
    below = None if villages is None else _Grid.of(view, villages, 2 * YEAR + 1)
    own = _units(view, item, county, window, months)
    held = None if below is None else _units(view, item, below, window, months, YEAR)
    matter = Matter(
        key,
        _kind(view, key),
        _worse(item),
        county=own,
        towns=_units(view, item, towns, window, months, YEAR),
        villages=held,
        villages_judged=item.helpable,
        worth=_worth(item),
        cluster=item.cluster,
        births=item.family == "births",
        anew=_anew(view, own),
        ends=_ends(item),
        least=item.min_denominator,
        natural=_natural(view, item),
    )
    return Subject(
        key, item, matter, window, months,
        list(zip(towns.codes, towns.names, strict=True)),
        [] if below is None else list(zip(below.codes, below.names, strict=True)),
    )  # fmt: skip


# --- windows --------------------------------------------------------------------------------------
def _window(view: View, key: str) -> tuple[Window, int] | None:
    """Return the judged window and its months, None where the history does not fill it.

    A workspace of one figure a year, as a census is, is judged over the whole of it.
    """
    item, opened = view.ws.indicators[key], history_start(view)
    if opened is None:
        return None
    chosen = item.judged_window or _usual_window(view, key)
    if chosen == "month_end":
        return "ytd", 1
    span = _months_between(opened, view.month) + 1
    if span < (LEAST_RATIO_MONTHS if chosen == "r36" else YEAR):
        return ("ytd", span) if _is_yearly(view) else None
    most = 3 if chosen == "r36" else 1
    return "r12", YEAR * min(most, span // YEAR)


def _usual_window(view: View, key: str) -> str:
    item = view.ws.indicators[key]
    if is_stock(view.ws, item):
        return "month_end"
    return "r36" if item.interval == "srb" else "r12"


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _is_yearly(view: View) -> bool:
    """Return whether the edition has a single month: a census, or one year's figures."""
    months = view.ask("months_by_edition", county=view.county.area_code)["stat_month"]
    return len(pc.unique(months)) == 1


def _units(
    view: View, item: Indicator, grid: _Grid, window: Window, months: int, back: int = 2 * YEAR
) -> Units:
    """Return the counts of a grid's areas; of a flow the last ``back`` single months."""
    over = grid.counts(PREFIX[window])
    singles = grid.counts("") if "month" in item.windows else _single(view, grid.counts("ytd_"))
    parts = max(1, months // YEAR) if window == "r12" else 1
    now = [_summed(values, parts) for values in over]
    had = _had_year(view, window)
    then = [values[-1 - YEAR] if had else np.full(len(grid.codes), np.nan) for values in over]
    (x, n), (x_then, n_then) = now, then
    x_months, n_months = singles
    if item.interval == "srb":
        n, n_then, n_months = n + x, n_then + x_then, n_months + x_months
    if not is_stock(view.ws, item):
        x_months, n_months = x_months[-back:], n_months[-back:]
    return Units(x, n, x_then, n_then, x_months, n_months)


def _single(view: View, totals: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return single months of what is only told as a year to date: what each month added."""
    first = view.ws.settings.statistical_year_first_month
    place = (view.month.month - first - np.arange(len(totals[0]))[::-1]) % YEAR
    found = []
    for values in totals:
        before = np.vstack([np.full(values.shape[1], np.nan), values[:-1]])
        found.append(np.where(place[:, None] == 0, values, values - before))
    return found[0], found[1]


def _summed(values: Floats, parts: int) -> Floats:
    """Return windows of twelve months added up; of an area that is younger, what there is."""
    rows = values[-1::-YEAR][:parts]
    total = np.nansum(rows, axis=0)
    return np.where(np.isnan(rows[0]), np.nan, total)


def _had_year(view: View, window: Window) -> bool:
    """Return whether the history fills the window of a year before, too."""
    first = first_full(view, window)
    return first is not None and add_months(view.month, -YEAR) >= first


# --- what a card says -----------------------------------------------------------------------------
def _kind(view: View, key: str) -> Kind:
    item = view.ws.indicators[key]
    if item.interval == "srb":
        return "sex_ratio"
    if item.interval == "paired":
        return "gap"
    return "stock" if is_stock(view.ws, item) else "flow"


def _worse(item: Indicator) -> Side:
    return "below" if item.polarity == "up" else "above"


def _worth(item: Indicator) -> float:
    """Return the card's worth as a share; of a sex ratio, from the range's upper end on."""
    if item.interval == "srb" and item.target_range is not None:
        high = item.target_range[1]
        return float(stats.share_of_ratio(high + item.worth) - stats.share_of_ratio(high))
    return item.worth / item.factor


def _ends(item: Indicator) -> tuple[float, float] | None:
    if item.target_range is None:
        return None
    if item.interval == "srb":
        low, high = (float(stats.share_of_ratio(end)) for end in item.target_range)
        return low, high
    return item.target_range[0] / item.factor, item.target_range[1] / item.factor


def _natural(view: View, item: Indicator) -> float | None:
    """Return where a sex ratio stands of itself, as a male share."""
    return float(stats.share_of_ratio(usual_ratio(view.ws))) if item.interval == "srb" else None


def _anew(view: View, county: Units) -> bool:
    """Return whether a stock starts anew each statistical year, by the county's own months."""
    if len(county.x_months) < MONTHS:
        return False
    first = view.ws.settings.statistical_year_first_month
    # Whole statistical years end in the month before the year's first.
    since = (view.month.month - first) % YEAR + 1
    x, n = (_years(values[:, 0], since) for values in (county.x_months, county.n_months))
    return bool(stats.starts_anew(x, n))


def _years(values: Floats, since: int) -> Floats:
    """Return statistical years × twelve months, the running one last, its rest unknown."""
    padded = np.concatenate([values, np.full(YEAR - since, np.nan)])
    whole = len(padded) // YEAR
    return padded[len(padded) - YEAR * whole :].reshape(whole, YEAR)
