"""Villages by out-of-policy births, in bands, beside what one common rate would give.

Births are context: nothing here ranks a township, warns, or says what a village should reach.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import Floats, Measured
from shortplank.reading.planks import village_measured, village_rows
from shortplank.reading.view import View
from shortplank.wording.chance import chance_words
from shortplank.wording.numbers import value_text
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
    chance: str
    shown: list[str]

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
    cases = village_measured(item, table, view.window, full=has_figure(view))
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


def band_label(code: str, least: int) -> str:
    """Return a band's name.

    >>> band_label("few", 3), band_label("few", 2), band_label("many", 3)
    ('1–2 例', '1 例', '≥3 例')
    """
    few = "1 例" if least == 2 else f"1–{least - 1} 例"
    return {"none": "0 例", "few": few, "many": f"≥{least} 例"}[code]


# --- exact, for the analyst -----------------------------------------------------------------------
def _exact_bands(view: View, item: Indicator, cases: Measured) -> Bands:
    known = ~np.isnan(cases.x)
    counts = cases.x[known].astype(int)
    least, most = least_of(view, count_indicator(view)), int(counts.max())
    bars = np.bincount(counts, minlength=least + 1)
    births = _births(view, cases)
    expected, chance = _one_rate(cases, births, bars.size, least)
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
        case=item.label.removesuffix("数"),
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
        chance=chance,
        shown=[],
    )


def _births(view: View, cases: Measured) -> Floats:
    """Return each village's births, the size that its cases are drawn from; NaN if unknown."""
    key = rate_indicator(view)
    if key is None:
        return np.full(len(cases.codes), np.nan)
    rates = village_measured(view.ws.indicators[key], village_rows(view, key), view.window)
    size = dict(zip(rates.codes, rates.n, strict=True))
    return np.array([size.get(code, np.nan) for code in cases.codes])


def _one_rate(cases: Measured, births: Floats, bars: int, least: int) -> tuple[Floats, str]:
    """Return how many villages one common rate would put at each count, and what the tail says.

    The last count stands for itself and all above it.
    """
    known = ~np.isnan(cases.x) & ~np.isnan(births) & (births >= cases.x)
    if not known.any() or births[known].sum() <= 0:
        return np.full(bars, np.nan), ""
    x, n = cases.x[known], births[known]
    common = float(x.sum() / n.sum())
    tails = np.array(
        [
            np.sum(stats.binomial_at_least(np.full(n.size, float(k)), n, np.full(n.size, common)))
            for k in range(bars + 1)
        ]
    )
    tails[-1] = 0.0
    observed = int(np.count_nonzero(x >= least))
    chance = stats.at_least_count(common, n, least, observed)
    if observed <= chance.expected:
        return tails[:-1] - tails[1:], "未多于偶然"
    return tails[:-1] - tails[1:], chance_words(chance.at_least)


def _lowest(view: View) -> str:
    """Return the lowest village rate with its counts: 69.23%（18/26）."""
    key = rate_indicator(view)
    if key is None:
        return ""
    item = view.ws.indicators[key]
    rates = village_measured(item, village_rows(view, key), view.window)
    if np.isnan(rates.value).all():
        return ""
    i = int(np.nanargmin(rates.value))
    text = value_text(item, float(rates.value[i]))
    return f"村级{item.label}最低 {text}（{int(rates.x[i])}/{int(rates.n[i])}）"


# --- banded, for the viewer -----------------------------------------------------------------------
def _shown_bands(view: View, key: str | None) -> Bands | None:
    """Return the bands from the viewer's texts: by cases for the count, by rate otherwise."""
    if view.months_of_year != 12:
        return None
    counting = view.indicator == key
    item = view.item
    table = village_rows(view, view.indicator)
    least = least_of(view, key)
    shown = [
        _shown_text(text, count)
        for text, count in zip(
            table["shown"].to_pylist(), table["ytd_numerator"].to_pylist(), strict=True
        )
    ]
    found = Counter(_case_band(text, least) if counting else text.split("（")[0] for text in shown)
    if counting:
        order = [code for code in ("none", "few", "many", "hidden") if found[code]]
        labels = [_HIDDEN if c == "hidden" else band_label(c, least) for c in order]
    else:
        order = sorted(found, key=_band_start)
        labels = list(order)
    return Bands(
        item=item,
        case=item.label.removesuffix("数"),
        exact=False,
        labels=labels,
        counts=[found[name] for name in order],
        codes=list(order) if counting else ["band"] * len(order),
        expected=np.full(len(order), np.nan),
        bands=[
            Band(code, label, found[code], float("nan"))
            for code, label in zip(order, labels, strict=True)
        ],
        villages=len(shown),
        least=least,
        most=None,
        lowest="",
        chance="",
        shown=shown,
    )


_HIDDEN = STATE_WORDS["suppressed"]


def _shown_text(text: str | None, count: int | None) -> str:
    if text is not None:
        return text.replace("-", "−")
    return STATE_WORDS["missing"] if count is None else f"{count}"


def _case_band(text: str, least: int) -> str:
    if text.isdigit():
        return band_code(int(text), least)
    return "few" if text.startswith("<") else "many" if text.startswith("≥") else "hidden"


def _band_start(text: str) -> float:
    """Return where a band of rates begins, words last.

    >>> sorted(["样本太少", "90–100%", "−10–0%", "0–10%"], key=_band_start)
    ['−10–0%', '0–10%', '90–100%', '样本太少']
    """
    try:
        return float(text.split("–")[0].replace("−", "-"))
    except ValueError:
        return float("inf")
