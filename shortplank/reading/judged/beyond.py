"""How many townships stand beyond a line, beside how many would if all were alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shortplank import stats
from shortplank.catalogue.models import Indicator, Threshold
from shortplank.reading.measured import Measured
from shortplank.wording.judged import line_text
from shortplank.wording.naming import home_units
from shortplank.wording.numbers import unit_suffix, value_text
from shortplank.wording.sides import county_side, side_word


@dataclass(frozen=True)
class Beyond:
    """How many townships stand beyond a line, and the count in words."""

    label: str
    value: float
    side: str
    count: int
    names: list[str]
    sentence: str
    whole: bool = False
    """Whether the line is the county's own value."""


def beyond_lines(
    item: Indicator,
    drawn: Sequence[Threshold],
    towns: Measured,
    county: Measured,
    *,
    scatter: float = 1.0,
    usual: float = stats.NATURAL_SEX_RATIO,
) -> list[Beyond]:
    """Return how many townships stand beyond each line that is in force, and the county's.

    ``scatter`` is how many cases come together, ``usual`` the natural ratio of births.
    """
    if not item.denominator:
        return []
    value = float(county.value[0]) if county.codes else float("nan")
    known = towns.pick(np.flatnonzero(~np.isnan(towns.value)))
    if not known.codes:  # that nobody is there is only said of those that have a figure
        return []
    found = [_beyond_line(item, known, value, line, scatter, usual) for line in drawn]
    if item.county_line and not np.isnan(value):
        side: Literal["above", "below"] = "above" if item.polarity == "down" else "below"
        whole = Threshold(value=value, side=side, label=value_text(item, value), source="")
        found.append(_beyond_line(item, known, value, whole, scatter, usual, whole=True))
    return found


def _beyond_line(
    item: Indicator,
    towns: Measured,
    county: float,
    line: Threshold,
    scatter: float,
    usual: float,
    *,
    whole: bool = False,
) -> Beyond:
    above = line.side == "above"
    over = towns.value > line.value if above else towns.value < line.value
    label = line.label if whole else f"{line.value:g}{unit_suffix(item)}"
    held = _held(item, towns, county, line, scatter, usual)
    sentence = line_text(
        item,
        int(over.sum()),
        label,
        float("nan") if held is None else held.expected,
        0 if held is None else held.lower,
        0 if held is None else held.upper,
        home_units(),
        county=float("nan") if whole else county,
        about=scatter > 1.0,
        side=county_side(above=above) if whole else side_word(above=above),
        usual=usual,
    )
    names = [name for name, beyond in zip(towns.names, over, strict=True) if beyond]
    return Beyond(label, line.value, line.side, int(over.sum()), names, sentence, whole)


def _held(
    item: Indicator,
    towns: Measured,
    county: float,
    line: Threshold,
    scatter: float,
    usual: float,
) -> stats.LineCount | None:
    """Return how many would stand beyond a line if all were alike; None where nothing says that.

    All as the county, or of sex ratios as nature; a value that is no share of cases has neither.
    """
    if item.interval not in ("wilson", "srb"):
        return None
    births = item.interval == "srb"
    edge = float(stats.share_of_ratio(line.value)) if births else line.value / item.factor
    share = float(stats.share_of_ratio(usual)) if births else county / item.factor
    if not (0.0 <= edge <= 1.0 and 0.0 <= share <= 1.0):
        return None
    return stats.line_count(towns.x, towns.base, scatter, edge, line.side, share)
