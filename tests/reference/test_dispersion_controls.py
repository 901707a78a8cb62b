"""Over-dispersion of real births: Taiwan has none, India has a great deal.

tw_births: Open Government Data Licence Taiwan 1.0, Dept. of Household Registration, MOI.
india_2011: Census of India 2011, © Registrar General & Census Commissioner.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache

import numpy as np
import pytest

from shortplank.stats import (
    funnel_limits,
    overdispersion,
    ratio_of_share,
)
from shortplank.stats.judge.comparisons import against_range, against_rest, dispersion_test
from shortplank.stats.judge.ledger import ledger
from tests.shared import shared_or_skip

# Boys and girls aged 0-6, 2011: five districts of Haryana, three of Punjab, four of elsewhere.
INDIA = {
    "Mahendragarh": (62638, 48543),
    "Jhajjar": (67380, 52671),
    "Rewari": (63743, 50150),
    "Sonipat": (104693, 83569),
    "Ambala": (70541, 57148),
    "Tarn Taran": (75382, 61841),
    "Gurdaspur": (139261, 114318),
    "Amritsar": (154351, 127444),
    "Ramgarh": (69661, 64565),
    "Raigarh": (155437, 145378),
    "Gondiya": (71764, 68601),
    "Udalguri": (57410, 55864),
}
# Boys and girls born 2015-2020 in the twelve towns of Yilan County.
YILAN = [
    (321, 307), (885, 865), (1137, 1084), (286, 287), (628, 567), (460, 428),
    (275, 242), (2012, 1891), (859, 813), (1534, 1409), (822, 799), (730, 654),
]  # fmt: skip


def test_excerpts_for_a_fresh_clone() -> None:
    boys, girls = np.array(list(INDIA.values())).T
    assert overdispersion(boys, boys + girls).phi > 100
    p = np.asarray(against_range(boys, boys + girls, 1000 / (1000 + 918.5)))
    assert (p[:8] < 1e-6).all() and (p[8:] > 0.05).all()
    boys, girls = np.array(YILAN).T
    assert overdispersion(boys, boys + girls).phi < 1
    assert dispersion_test(boys, boys + girls, 1.0) > 0.05


@cache
def taiwan(first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Return boys and births of every town over the years, blanks in names removed."""
    folder = shared_or_skip("real/tw_births")
    boys: Counter[str] = Counter()
    births: Counter[str] = Counter()
    for path in sorted(folder.glob("20*/*/data.csv")):
        if not first <= int(path.parts[-3]) <= last:
            continue
        with path.open(encoding="utf-8-sig", newline="") as lines:
            head, *body = csv.reader(lines)
        at = {name: place for place, name in enumerate(head)}
        town = at.get("site_id", at.get("區域別", 0))
        male = at.get("birth_total_m", at.get("出生數-男", 0))
        for row in body:
            if row and row[0].strip().isdigit():
                name = row[town].replace(" ", "").replace("\u3000", "")
                boys[name] += int(row[male])
                births[name] += int(row[male]) + int(row[male + 1])
    names = sorted(births)
    return np.array([boys[n] for n in names]), np.array([births[n] for n in names])


def india() -> tuple[list[str], np.ndarray, np.ndarray, list[str]]:
    path = shared_or_skip("real/india_2011/pca-full.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [
            row
            for row in csv.DictReader(lines)
            if row["Level"] == "DISTRICT" and row["TRU"] == "Total"
        ]
    boys = np.array([int(row["M_06"]) for row in rows])
    whole = np.array([int(row["P_06"]) for row in rows])
    return [row["Name"] for row in rows], boys, whole, [row["State"] for row in rows]


def test_taiwan_towns_scatter_as_chance_scatters_them() -> None:
    boys, births = taiwan(2015, 2020)
    assert births.sum() == 213_598 + 208_440 + 193_844 + 181_601 + 177_767 + 165_249
    assert round(float(ratio_of_share(boys.sum() / births.sum())), 2) == pytest.approx(
        107.7, abs=0.1
    )
    found = overdispersion(boys, births)
    assert 0.85 < found.phi < 1.1
    # FunnelPlotR's winsorising pulls φ to about 0.7, so that no τ² is left.
    assert found.tau2 == 0.0
    assert found.phi_winsorised < found.phi
    assert not dispersion_test(boys, births, 1.0) < 0.01


def test_taiwan_names_no_town_abnormal() -> None:
    boys, births = taiwan(2018, 2020)  # the 36-month window
    p0 = boys.sum() / births.sum()
    lower, upper = funnel_limits(p0, births, 0.998)
    share = boys / births
    outside = int(((share < lower) | (share > upper)).sum())
    assert outside <= 3  # 368 towns at 0.2 % expect 0.7; P(more than 3) is below 1 %
    for worse in ("above", "below"):
        p = against_rest(boys, births, worse=worse)
        assert not any(ledger([("township", each) for each in p]))


def test_india_is_far_beyond_chance() -> None:
    _, boys, children, _ = india()
    assert boys.size == 640
    found = overdispersion(boys, children)
    assert found.phi == pytest.approx(116, abs=0.5)
    assert found.phi_winsorised == pytest.approx(75, abs=0.5)
    assert found.tau2 > 0.0
    p0 = boys.sum() / children.sum()
    z = 2 * np.sqrt(children) * (np.arcsin(np.sqrt(boys / children)) - np.arcsin(np.sqrt(p0)))
    assert int((np.abs(z) > 3.090232).sum()) == 498


def test_india_names_haryana_and_punjab() -> None:
    names, boys, children, states = india()
    girls = 1000 * (children - boys) / boys
    for state, ratio in (("06", 834.2), ("03", 846.5)):
        mine = np.array(states) == state
        pooled = 1000 * (children - boys)[mine].sum() / boys[mine].sum()
        assert pooled == pytest.approx(ratio, abs=0.1)
    fewest_girls = np.argsort(girls)[:20]
    assert sum(states[i] in ("03", "06") for i in fewest_girls) >= 12
    p = against_rest(boys, children, worse="above")
    told = ledger([("township", each) for each in p])
    named = {name for name, each in zip(names, told, strict=True) if each}
    assert {"Jhajjar", "Sonipat", "Tarn Taran"} <= named
