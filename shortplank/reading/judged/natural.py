"""Sex ratios and what is natural: the range, the usual ratio, and how much births can say."""

from __future__ import annotations

import numpy as np

from shortplank import stats
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats

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


def usual_ratio(ws: Workspace) -> float:
    """Return the ratio that counts above a line are expected from where nobody interferes."""
    return stats.NATURAL_SEX_RATIO if ws.settings.natural is None else ws.settings.natural.usual


def above_line(ws: Workspace, males: Floats, births: Floats, line: float) -> stats.LineCount:
    """Return how many areas lie above a line, and how many would if all were natural."""
    line_share, natural = (float(stats.share_of_ratio(v)) for v in (line, usual_ratio(ws)))
    return stats.line_count(males, births, 1.0, line_share, "above", natural)


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
