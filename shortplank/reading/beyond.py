"""How many townships stand beyond a line, beside the number that chance alone would put there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shortplank import stats
from shortplank.catalogue.models import Indicator, Threshold
from shortplank.reading.measured import Measured
from shortplank.wording.chance import also_by_chance_text, chance_words
from shortplank.wording.numbers import count_text, unit_suffix, value_text
from shortplank.wording.sides import side_word


@dataclass(frozen=True)
class Beyond:
    """How many townships stand beyond a line, and how many chance alone would put there."""

    label: str
    value: float
    side: str
    count: int
    names: list[str]
    expected: float | None
    at_least: float | None
    whole: bool = False
    """Whether the line is the county's own value."""
    county_too: str = ""
    """The county's value where it lies beyond the line itself, by more than chance."""

    @property
    def sentence(self) -> str:
        """Return the count with its chance count, as the reports would say it."""
        where = side_word(above=self.side == "above")
        text = f"{self.count} 个乡镇{where}{'' if self.whole else ' '}{self.label}"
        if self.county_too:
            same = ""
            if self.expected is not None:
                same = f"，都同全县时约 {count_text(self.expected)} 个"
            return f"{text}，全县也{where}这条线（{self.county_too}）{same}"
        if self.expected is None or self.at_least is None:
            return text
        verdict = chance_words(self.at_least)
        return f"{text}，{also_by_chance_text(self.expected)}（{verdict}）"


def beyond_lines(
    item: Indicator, drawn: Sequence[Threshold], towns: Measured, county: Measured
) -> list[Beyond]:
    """Return how many townships stand beyond each line that is in force, and the county's."""
    if not item.denominator:
        return []
    found = [_beyond_line(item, towns, county, line) for line in drawn]
    if item.county_line and county.codes and not np.isnan(county.value[0]):
        value = float(county.value[0])
        label = f"全县（{value_text(item, value)}）"
        side: Literal["above", "below"] = "above" if item.polarity == "down" else "below"
        line = Threshold(value=value, side=side, label=label, source="")
        found.append(_beyond_line(item, towns, county, line, whole=True))
    return found


def _beyond_line(
    item: Indicator, towns: Measured, county: Measured, line: Threshold, *, whole: bool = False
) -> Beyond:
    known = ~np.isnan(towns.value)
    over = known & (towns.value > line.value if line.side == "above" else towns.value < line.value)
    expected, at_least, county_too = None, None, ""
    if known.any() and item.interval == "srb":
        chance = stats.sex_ratio_threshold_count(towns.base[known], line.value, int(over.sum()))
        expected, at_least = chance.expected, chance.at_least
    elif known.any() and item.interval == "wilson" and county.codes and county.value[0] > 0:
        chance = stats.threshold_count(
            county.value[0] / item.factor,
            towns.n[known],
            line.value / item.factor,
            int(over.sum()),
            line.side,
        )
        expected, at_least = chance.expected, chance.at_least
        # As many as chance gives around such a county: the line is missed by all of it.
        beyond = (
            county.lower[0] > line.value if line.side == "above" else (county.upper[0] < line.value)
        )
        county_too = value_text(item, float(county.value[0])) if beyond else ""
    return Beyond(
        label=line.label if whole else f"{line.value:g}{unit_suffix(item)}",
        value=line.value,
        side=line.side,
        count=int(over.sum()),
        names=[name for name, o in zip(towns.names, over, strict=True) if o],
        expected=expected,
        at_least=at_least,
        whole=whole,
        county_too=county_too,
    )
