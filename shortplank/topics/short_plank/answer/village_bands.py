"""Villages by out-of-policy births, in bands, beside what one common rate would give.

Births are context: nothing here ranks a township, warns, or says what a village should reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import Floats, Measured, from_table
from shortplank.reading.planks import village_rows
from shortplank.reading.view import View
from shortplank.stats.judge.lines import reach_count
from shortplank.store.disclosure import BAND_WIDTH
from shortplank.wording.naming import case_word
from shortplank.wording.numbers import minus_text, value_text
from shortplank.wording.planks import band_label, rate_band_label
from shortplank.wording.sides import lowest_text
from shortplank.wording.verdicts import STATE_WORDS


@dataclass(frozen=True)
class Band:
    """One band of villages: how many there are, and how many one common rate would give."""

    code: str
    label: str
    count: int
    expected: float


@dataclass(frozen=True)
class Bands:
    """Villages by their number of cases; ``labels`` and ``counts`` are the bars of the picture.

    ``codes`` names each bar's band. For viewers the bars are the bands themselves.
    """

    item: Indicator
    case: str
    exact: bool
    labels: list[str]
    counts: list[int]
    codes: list[str]
    expected: Floats
    bands: list[Band]
    villages: int
    least: int
    most: int | None
    lowest: str
    shown: list[str]
    span: tuple[int, int] = (0, 0)
    """Between which numbers of villages the upper band lies nine times in ten, were all alike."""

    @property
    def many(self) -> Band:
        """Return the band of ``least`` cases or more."""
        return next(band for band in self.bands if band.code == "many")

    @property
    def share(self) -> float:
        """Return the share of villages in that band, in per cent."""
        return 100.0 * self.many.count / self.villages if self.villages else float("nan")


def village_bands(view: View) -> Bands | None:
    """Return the bands of the statistical year to the view's month, None where nothing is known.

    A viewer's bands exist for closed statistical years only and are made of the banded texts.
    """
    key = count_indicator(view)
    if view.banded(view.indicator):
        return _shown_bands(view, key)
    if key is None:
        return None
    item = view.ws.indicators[key]
    table = village_rows(view, key)
    cases = from_table(item, table, view.window, full=has_figure(view))
    if np.isnan(cases.x).all():
        return None
    return _exact_bands(view, item, cases)


def count_indicator(view: View) -> str | None:
    """Return the village-level count of births that the bands are made of."""
    return _partner(view, "count")


def rate_indicator(view: View) -> str | None:
    """Return the village-level rate that belongs to the count."""
    return _partner(view, "ratio")


def _partner(view: View, kind: str) -> str | None:
    if view.item.kind == kind:
        return view.indicator
    for key, item in view.ws.indicators.items():
        if item.kind == kind and item.family == "births" and "village" in item.levels:
            return key
    return None


def least_of(view: View, key: str | None) -> int:
    """Return how many cases open the upper band: the catalogue's, else the disclosure limit."""
    numerator = view.ws.indicators[key].numerator if key else ()
    for item in view.ws.indicators.values():
        if item.kind == "count_over" and item.numerator == numerator and item.over is not None:
            return int(item.over)
    return view.ws.settings.disclosure.small_count


def band_code(cases: float, least: int) -> str:
    """Return the band of a number of cases.

    >>> band_code(0, 3), band_code(2, 3), band_code(3, 3)
    ('none', 'few', 'many')
    """
    return "none" if cases == 0 else "few" if cases < least else "many"


# --- exact, for the analyst -----------------------------------------------------------------------
def _exact_bands(view: View, item: Indicator, cases: Measured) -> Bands:
    known = ~np.isnan(cases.x)
    counts = cases.x[known].astype(int)
    least, most = least_of(view, count_indicator(view)), int(counts.max())
    bars = np.bincount(counts, minlength=least + 1)
    births = _births(view, cases)
    expected, span = _one_rate(cases, births, bars.size, least)
    codes = [band_code(k, least) for k in range(bars.size)]
    bands = [
        Band(
            code,
            band_label(code, least),
            int(sum(n for n, c in zip(bars, codes, strict=True) if c == code)),
            float(sum(e for e, c in zip(expected, codes, strict=True) if c == code)),
        )
        for code in ("none", "few", "many")
    ]
    return Bands(
        item=item,
        case=case_word(item),
        exact=True,
        labels=[str(k) for k in range(bars.size)],
        counts=[int(n) for n in bars],
        codes=codes,
        expected=expected,
        bands=bands,
        villages=int(known.sum()),
        least=least,
        most=most,
        lowest=_lowest(view),
        shown=[],
        span=span,
    )


def _births(view: View, cases: Measured) -> Floats:
    """Return each village's births, the size that its cases are drawn from; NaN if unknown."""
    key = rate_indicator(view)
    if key is None:
        return np.full(len(cases.codes), np.nan)
    rates = from_table(view.ws.indicators[key], village_rows(view, key), view.window)
    size = dict(zip(rates.codes, rates.n, strict=True))
    return np.array([size.get(code, np.nan) for code in cases.codes])


def _one_rate(
    cases: Measured, births: Floats, bars: int, least: int
) -> tuple[Floats, tuple[int, int]]:
    """Return how many villages one common rate would put at each count, and the upper band's range.

    The last count stands for itself and all above it.
    """
    known = ~np.isnan(cases.x) & ~np.isnan(births) & (births >= cases.x)
    if not known.any() or births[known].sum() <= 0:
        return np.full(bars, np.nan), (0, 0)
    x, n = cases.x[known], births[known]
    common = float(x.sum() / n.sum())
    tails = np.array(
        [
            np.sum(stats.binomial_at_least(np.full(n.size, float(k)), n, np.full(n.size, common)))
            for k in range(bars + 1)
        ]
    )
    tails[-1] = 0.0
    many = reach_count(x, n, least, common)
    return tails[:-1] - tails[1:], (many.lower, many.upper)


def _lowest(view: View) -> str:
    """Return the lowest village rate with its counts: 69.23%（18/26）."""
    key = rate_indicator(view)
    if key is None:
        return ""
    item = view.ws.indicators[key]
    rates = from_table(item, village_rows(view, key), view.window)
    if np.isnan(rates.value).all():
        return ""
    i = int(np.nanargmin(rates.value))
    text = value_text(item, float(rates.value[i]))
    return f"{lowest_text(f'村级{item.label}', text)}（{int(rates.x[i])}/{int(rates.n[i])}）"


# --- banded, for the viewer -----------------------------------------------------------------------
def _shown_bands(view: View, key: str | None) -> Bands | None:
    """Return the bands that the viewer's rows are in: by cases for the count, by rate otherwise."""
    if view.months_of_year != 12:
        return None
    counting = view.indicator == key
    item = view.item
    rows = village_rows(view, view.indicator).to_pylist()
    least = least_of(view, key)
    if counting:
        found = Counter((_case_band(row, least), 0) for row in rows)
        order = [(code, 0) for code in ("none", "few", "many", "hidden") if found[code, 0]]
        labels = [_HIDDEN if code == "hidden" else band_label(code, least) for code, _ in order]
    else:
        found = Counter(_rate_band(row) for row in rows)
        order = sorted(found, key=lambda band: (band[0] != "band", band[1]))
        labels = [_rate_label(item, *band) for band in order]
    return Bands(
        item=item,
        case=case_word(item),
        exact=False,
        labels=labels,
        counts=[found[band] for band in order],
        codes=[code if counting else "band" for code, _ in order],
        expected=np.full(len(order), np.nan),
        bands=[
            Band(band[0], label, found[band], float("nan"))
            for band, label in zip(order, labels, strict=True)
        ],
        villages=len(rows),
        least=least,
        most=None,
        lowest="",
        shown=[_shown_text(row) for row in rows],
    )


_HIDDEN = STATE_WORDS["suppressed"]


def _shown_text(row: Mapping[str, Any]) -> str:
    if row["shown"] is not None:
        return minus_text(row["shown"])
    count = row["ytd_numerator"]
    return STATE_WORDS["missing"] if count is None else f"{count}"


def _case_band(row: Mapping[str, Any], least: int) -> str:
    """Return the band of a village's cases: of an exact count by the count, else the store's."""
    if row["band"] is None and row["ytd_numerator"] is not None:
        return band_code(row["ytd_numerator"], least)
    return row["band"] or "hidden"


def _rate_band(row: Mapping[str, Any]) -> tuple[str, int]:
    """Return the band of a village's rate and where it begins; of a state without one 0."""
    if row["band"] == "rate":
        return "band", row["band_low"]
    return row["band"] or "missing", 0


def _rate_label(item: Indicator, code: str, low: int) -> str:
    if code == "band":
        return rate_band_label(item, low, BAND_WIDTH)
    return _HIDDEN if code == "hidden" else STATE_WORDS[code]
