"""Sex ratios against the natural range: exact tests, corrected for how many are made at once."""

from __future__ import annotations

import numpy as np

from shortplank import stats
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, Measured

# Benjamini-Hochberg: of the areas named, at most this share is named by chance.
FALSE_DISCOVERY = 0.05
# Where no threshold is set: the ratio that is usually called seriously high.
CALLED_HIGH = 120.0


def sex_ratios(ws: Workspace) -> dict[str, Indicator]:
    """Return the catalogue's sex ratios: the total first, then the birth orders."""
    found = {k: item for k, item in ws.indicators.items() if item.interval == "srb"}
    total = max(found, key=lambda key: len(ws.leaves(found[key].numerator)), default=None)
    return found if total is None else {total: found[total], **found}


def total_sex_ratio(ws: Workspace) -> str | None:
    """Return the sex ratio of all births, None where the catalogue has none."""
    return next(iter(sex_ratios(ws)), None)


def natural_p_values(item: Indicator, measured: Measured) -> Floats:
    """Return exact binomial p-values against the nearer end of the natural range, 1 inside it.

    NaN where the ratio is not shown: what may not be said is not tested either.
    """
    assert item.target_range is not None
    low, high = (float(stats.share_of_ratio(end)) for end in item.target_range)
    births = measured.base
    with np.errstate(divide="ignore", invalid="ignore"):
        share = measured.x / births
    shown = ~np.isnan(measured.value)
    edge = np.where(share > high, high, low)
    p = np.asarray(stats.binomial_p_values(np.where(shown, measured.x, np.nan), births, edge))
    return np.where(shown & (share >= low) & (share <= high), 1.0, p)


def natural_verdicts(item: Indicator, measured: Measured, *, together: bool = True) -> list[str]:
    """Return a code for each area: higher, lower, similar, or too_few where it is not shown.

    ``together``: the areas of one column (one indicator, one window) are one family of tests, so
    that a number gets the same verdict in every picture.
    """
    assert item.target_range is not None
    p = natural_p_values(item, measured)
    q = stats.benjamini_hochberg(p) if together else p
    middle = sum(item.target_range) / 2
    return [
        "too_few"
        if np.isnan(each)
        else "similar"
        if each > FALSE_DISCOVERY
        else "higher"
        if value > middle
        else "lower"
        for each, value in zip(q, measured.value, strict=True)
    ]


def telling_births(item: Indicator) -> float:
    """Return the births with which a ratio at the card's first threshold leaves the range behind.

    >>> from shortplank.catalogue.models import Threshold
    >>> line = Threshold(value=120, side="above", label="120", source="")
    >>> card = Indicator.model_construct(thresholds=(line,), target_range=(103, 107))
    >>> telling_births(card)
    1178.0
    """
    assert item.target_range is not None
    ratio = item.thresholds[0].value if item.thresholds else CALLED_HIGH
    return float(stats.births_needed(ratio, item.target_range[1]))


def evidence(births: Floats, telling: float) -> Floats:
    """Return how strongly a ratio may be coloured, 0 to 1: by the root of its births.

    The width of an interval shrinks with the root of the births; full colour needs ``telling``.

    >>> evidence(np.array([0.0, 300.0, 1200.0, 5000.0]), 1200.0).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    known = np.where(np.isnan(births), 0.0, births)
    return np.sqrt(np.minimum(known / telling, 1.0))
