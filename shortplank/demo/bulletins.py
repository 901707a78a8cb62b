"""The province's and the city's monthly bulletins: values and ranks as they were published.

The county's own line is what its reports said when the bulletin came out. The 28 peers are drawn
around it; then the nearest of them are moved until the county stands where the speech says it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortplank.demo import speech
from shortplank.demo.calendar import due_on, edition_of
from shortplank.demo.filings import FORMS
from shortplank.demo.frames import as_of, known
from shortplank.demo.months import (
    MONTHS,
    QUARTER_MONTHS,
    by_year,
    index_of,
    season,
    year_to_date,
)
from shortplank.demo.register import HOME, Register, read_rows
from shortplank.demo.streams import stream

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]
Frames = Mapping[str, pd.DataFrame]
Part = tuple[int, int]

NATURAL_SEX_RATIO = (103.0, 107.0)
DECIMALS = 2


# --- the county's own line ------------------------------------------------------------------------
def home_parts(frames: Frames, register: Register, month: date) -> dict[str, Part]:
    """Return the county's numerators and denominators as known when a bulletin came out."""
    day = edition_of(month)
    months = [MONTHS[t] for t in year_to_date(month)]
    then = {name: _of_months(as_of(frame, day), months) for name, frame in frames.items()}
    village, township = then["village_month"], then["township_month"]
    births = village.filter(regex=r"^births_p\d_[mf]$")
    males, females = births.filter(like="_m").sum().sum(), births.filter(like="_f").sum().sum()
    parts = {
        "policy_compliance": (village.filter(like="_in").sum().sum(), males + females),
        "sex_ratio_at_birth": (males, females),
        "sex_ratio_p2": (births["births_p2_m"].sum(), births["births_p2_f"].sum()),
        "procedure_completion": (
            township["procedures_done"].sum(),
            township["procedures_due"].sum(),
        ),
        "statistical_accuracy": _accuracy(then["inspection"]),
        "report_timeliness": _timeliness(then["submission"], register, months),
        **_stocks(village[village["stat_month"] == month], register),
    }
    return {name: (int(top), int(bottom)) for name, (top, bottom) in parts.items()}


def _of_months(frame: pd.DataFrame, months: list[date]) -> pd.DataFrame:
    return frame[frame["stat_month"].isin(months)]


def _stocks(rows: pd.DataFrame, register: Register) -> dict[str, Part]:
    urban = rows[[register.kinds[code] == "社区" for code in rows["area_code"]]]
    return {
        "migrant_filing": (rows["migrants_filed"].sum(), rows["migrants_due"].sum()),
        "benefit_delivery": (rows["benefits_paid"].sum(), rows["benefits_due"].sum()),
        "urban_migrant_filing": (urban["migrants_filed"].sum(), urban["migrants_due"].sum()),
    }


def _accuracy(rows: pd.DataFrame) -> Part:
    """Return births found right and births verified in the province's samples of the year."""
    chosen = rows[(rows["level"] == "province") & (rows["kind"] == "sample")]
    errors = chosen[["omitted", "duplicate", "false", "misclassified"]].sum().sum()
    verified = chosen["verified"].sum()
    return verified - errors, verified


def _timeliness(rows: pd.DataFrame, register: Register, months: list[date]) -> Part:
    first = rows[rows["revision"] == 1]
    limits = [due_on(month) for month in first["stat_month"]]
    timely = sum(day <= due for day, due in zip(first["received_at"], limits, strict=True))
    forms = sum(len(FORMS) - (month.month not in QUARTER_MONTHS) for month in months)
    return timely, forms * len(register.townships)


# --- the peers ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Peers:
    """How the peers' values of an indicator are drawn."""

    path: dict[int, float]
    """Their mean by statistical year."""
    spread: float
    """Scatter between peers."""
    drift: float
    """Scatter of a peer's monthly steps away from its own distance."""


INDICATORS = {
    "policy_compliance": Peers({2007: 92.0, 2008: 92.4, 2009: 92.7, 2010: 92.9}, 1.9, 0.10),
    "sex_ratio_at_birth": Peers({2007: 114.2, 2009: 112.6, 2010: 111.8}, 4.0, 0.20),
    "sex_ratio_p2": Peers({2007: 132.0, 2009: 128.0, 2010: 126.0}, 8.0, 0.30),
    "migrant_filing": Peers({2007: 82.4, 2008: 84.9, 2009: 86.9, 2010: 87.3}, 2.5, 0.22),
    "benefit_delivery": Peers({2007: 95.8}, 1.4, 0.12),
    "report_timeliness": Peers({2007: 96.0}, 1.8, 0.10),
    "statistical_accuracy": Peers({2007: 96.4}, 0.8, 0.05),
    "procedure_completion": Peers({2007: 88.3, 2008: 90.4, 2009: 92.4, 2010: 92.9}, 1.5, 0.25),
    "overall": Peers({2007: 88.2, 2008: 88.7, 2009: 89.2, 2010: 89.4}, 2.1, 0.30),
}
OWN_SCORE = {2007: 88.6, 2008: 87.9, 2009: 84.3, 2010: 88.2}  # the county's `overall`
SCORE_SCATTER = 0.25
PUBLISHED_ONLY = ("overall", "procedure_completion")
HIGHEST_SHARE = 99.8  # of a rate in per cent
PEOPLE = (330_000, 880_000)
BIRTHS_PER_1000, SECOND_SHARE = 10.6, 0.33
MIGRANTS_SHARE, BENEFITS_SHARE = (0.05, 0.11), (0.010, 0.015)
REPORTS_A_MONTH = (28, 52)
VERIFIED_A_SAMPLE = (120, 240)


def peer_frame(seed: int, home: dict[date, dict[str, Part]]) -> pd.DataFrame:
    """Return the province's bulletin: 29 counties by month and indicator, with published ranks.

    ``home`` is the county's own line by month, as `home_parts` returns it.
    """
    codes = sorted({row["area_code"] for row in read_rows("areas/peers.csv")} - {HOME})
    sizes = _sizes(seed, len(codes))
    rows: list[dict[str, Any]] = []
    for name, peers in INDICATORS.items():
        rng = stream(seed, f"peers {name}")
        share = _shares(rng, peers, len(codes))
        score = by_year(OWN_SCORE) + rng.normal(0.0, SCORE_SCATTER, size=len(MONTHS))
        for t, month in enumerate(MONTHS):
            own = home[month].get(name, (0, 0))
            value = _value(own) if own[1] else round(float(score[t]), DECIMALS)
            if name in PUBLISHED_ONLY:
                line = Line(None, None, np.round(share[:, t], DECIMALS))
            elif own[1] and (whole := _bottoms(name, sizes, t)).all():
                line = _draw(rng, name, share[:, t], whole)
            else:
                continue  # nothing has been counted yet this year
            if month == speech.STANDING_MONTH and name in speech.STANDING:
                _stand(speech.STANDING[name], value, line)
            printed: tuple[Any, ...] = (None, None) if name in PUBLISHED_ONLY else own
            rows += _ranked(name, month, [(HOME, *printed, value), *line.rows(codes)])
    return known(rows)


@dataclass
class Line:
    """The peers' numerators and denominators where they are printed, and their values."""

    tops: Counts | None
    bottoms: Counts | None
    values: Numbers

    def rows(self, codes: list[str]) -> list[tuple[Any, ...]]:
        """Return code, numerator, denominator and value of each peer."""
        if self.tops is None or self.bottoms is None:
            return [(code, None, None, v) for code, v in zip(codes, self.values, strict=True)]
        parts = zip(codes, self.tops.tolist(), self.bottoms.tolist(), self.values, strict=True)
        return list(parts)

    def move(self, peer: int, sign: int) -> None:
        """Move one peer's value by one case, or by the last printed digit."""
        if self.tops is None or self.bottoms is None:
            step = sign * 10.0**-DECIMALS
            self.values[peer] = round(self.values[peer] + step, DECIMALS)
        else:
            self.tops[peer] += sign
            self.values[peer] = _value((self.tops[peer], self.bottoms[peer]))


def _shares(rng: np.random.Generator, peers: Peers, count: int) -> Numbers:
    """Return peer × month: a path plus each peer's distance, which drifts from the standing on."""
    distance = rng.normal(0.0, peers.spread, size=count)
    steps = np.cumsum(rng.normal(0.0, peers.drift, size=(count, len(MONTHS))), axis=1)
    steps -= steps[:, [index_of(speech.STANDING_MONTH)]]
    return np.asarray(by_year(peers.path) + distance[:, None] + steps)


def _sizes(seed: int, count: int) -> dict[str, Counts]:
    """Return peer × month denominators of one month each."""
    rng = stream(seed, "peer sizes")
    people = rng.uniform(*PEOPLE, size=count)
    monthly = people[:, None] * BIRTHS_PER_1000 / 12_000.0 * season(0.06, 11)
    births = rng.poisson(monthly)
    whole = np.ones((count, len(MONTHS)))
    sampled = np.array([month.month in (1, 7) for month in MONTHS])
    return {
        "births": births,
        "births_p2": rng.binomial(births, SECOND_SHARE),
        "migrants": np.rint(
            (people * rng.uniform(*MIGRANTS_SHARE, size=count))[:, None]
            * (1.0 + 0.0028 * np.arange(-len(MONTHS), 0))
        ).astype(np.int64),
        "benefits": np.rint(
            (people * rng.uniform(*BENEFITS_SHARE, size=count))[:, None]
            * (1.0 + 0.0035 * np.arange(-len(MONTHS), 0))
        ).astype(np.int64),
        "reports": (rng.integers(*REPORTS_A_MONTH, size=count)[:, None] * whole).astype(np.int64),
        "verified": rng.integers(*VERIFIED_A_SAMPLE, size=whole.shape) * sampled,
    }


_BOTTOM = {
    "policy_compliance": "births",
    "sex_ratio_at_birth": "births",
    "sex_ratio_p2": "births_p2",
    "migrant_filing": "migrants",
    "benefit_delivery": "benefits",
    "report_timeliness": "reports",
    "statistical_accuracy": "verified",
}
_STOCKS = ("migrants", "benefits")


def _bottoms(name: str, sizes: dict[str, Counts], t: int) -> Counts:
    """Return the peers' denominators, cumulative over the statistical year unless stocks."""
    counts = sizes[_BOTTOM[name]]
    if _BOTTOM[name] in _STOCKS:
        return counts[:, t]
    return np.asarray(counts[:, year_to_date(MONTHS[t])].sum(axis=1))


def _is_sex_ratio(name: str) -> bool:
    return name.startswith("sex_ratio")


def _draw(rng: np.random.Generator, name: str, share: Numbers, whole: Counts) -> Line:
    """Return the peers' line; for a sex ratio numerators are males, denominators females."""
    if _is_sex_ratio(name):
        tops = rng.binomial(whole, share / (100.0 + share))
        bottoms = whole - tops
    else:
        tops = rng.binomial(whole, np.clip(share, 0.0, HIGHEST_SHARE) / 100.0)
        bottoms = whole
    values = np.array([_value(part) for part in zip(tops, bottoms, strict=True)])
    return Line(tops, bottoms, values)


def _value(part: tuple[Any, Any]) -> float:
    return round(100.0 * int(part[0]) / int(part[1]), DECIMALS)


def _stand(rank: int, value: float, line: Line) -> None:
    """Move the nearest peers until exactly ``rank`` − 1 of them stand above ``value``."""
    for place, peer in enumerate(np.argsort(-line.values, kind="stable").tolist()):
        above = place < rank - 1
        while (line.values[peer] > value) != above or line.values[peer] == value:
            line.move(peer, 1 if above else -1)


def _ranked(name: str, month: date, listed: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return the bulletin's lines of one indicator, ties sharing a rank."""
    keys = [_distance(value) if _is_sex_ratio(name) else -value for *_, value in listed]
    return [
        {
            "area_code": code,
            "stat_month": month,
            "indicator": name,
            "numerator": top,
            "denominator": bottom,
            "value": float(value),
            "published_rank": 1 + sum(other < key for other in keys),
            "known_from": edition_of(month),
        }
        for key, (code, top, bottom, value) in zip(keys, listed, strict=True)
    ]


def _distance(ratio: float) -> float:
    """Return how far a sex ratio lies outside the natural range."""
    low, high = NATURAL_SEX_RATIO
    return round(max(low - ratio, ratio - high, 0.0), DECIMALS)


# --- the city -------------------------------------------------------------------------------------
CITY_COUNTIES = 6
CITY_INDICATORS = (
    "policy_compliance",
    "migrant_filing",
    "urban_migrant_filing",
    "benefit_delivery",
    "report_timeliness",
)


def city_frame(seed: int, home: dict[date, dict[str, Part]]) -> pd.DataFrame:
    """Return the county's line of the city's bulletin, the urban area's migrants among it."""
    rng = stream(seed, "city")
    places = {name: rng.normal(0.45, 0.15) for name in CITY_INDICATORS}
    rows = []
    for month in MONTHS:
        for name in CITY_INDICATORS:
            place = float(np.clip(places[name] + rng.normal(0.0, 0.12), 0.0, 0.999))
            top, bottom = home[month][name]
            if not bottom:
                continue  # the only reports that it rests on had not come in
            rows.append(
                {
                    "area_code": HOME,
                    "stat_month": month,
                    "indicator": name,
                    "numerator": top,
                    "denominator": bottom,
                    "value": _value((top, bottom)),
                    "published_rank": 1 + int(place * CITY_COUNTIES),
                    "known_from": edition_of(month),
                }
            )
    return known(rows)
