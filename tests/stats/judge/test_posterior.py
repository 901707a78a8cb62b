"""How sure and in what order: against quadrature, by properties, and in simulated counties."""

from __future__ import annotations

from functools import cache, partial
from math import exp, lgamma, log, log1p
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shortplank.stats import competition_ranks
from shortplank.stats.judge.posterior import SPREADS, Posterior, posterior

CASES = [
    ([18.0, 29.0, 25.0], [30.0, 32.0, 30.0], 1.0),
    ([0.0, 3.0, 1.0, 9.0], [12.0, 40.0, 19.0, 60.0], 1.0),
    ([181.4, 163.0, 90.2], [200.0, 200.5, 130.0], 2.4),
]


def counties(most: int = 400) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Return lists of (x, n) with x ≤ n."""
    unit = st.integers(1, most).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    return st.lists(unit, min_size=1, max_size=12)


def weighed(t: float, county: float, unit: tuple[float, float], prior: Any) -> float:
    """Return the density of a share with a unit's counts, by the prior's α, β and 1/B(α, β).

    Divided by the likelihood at P, which keeps the integrals near 1. The prior's density is written
    out: SciPy's own spends nearly all of its time on checking what it is given.
    """
    (cases, size), (a, b, log_scale) = unit, prior
    density = exp((a - 1.0) * log(t) + (b - 1.0) * log1p(-t) + log_scale)
    return density * (t / county) ** cases * ((1.0 - t) / (1.0 - county)) ** (size - cases)


def by_quadrature(x: np.ndarray, n: np.ndarray) -> tuple[float, list[Any]]:
    """Return P(all alike), and per spread its weight, τ and every unit's density, by integrals."""
    return _by_quadrature(tuple(zip(x.tolist(), n.tolist(), strict=True)))


@cache
def _by_quadrature(counts: tuple[tuple[float, float], ...]) -> tuple[float, list[Any]]:
    from scipy.integrate import quad
    from scipy.stats import beta

    x, n = np.array(counts).T
    county = float(x.sum() / n.sum())
    parts, masses = [], []
    for spread in SPREADS:
        precision = 1.0 / spread**2 - 1.0
        prior = beta(county * precision, (1.0 - county) * precision)
        assert prior.std() == pytest.approx(spread * np.sqrt(county * (1.0 - county)))
        a, b = map(float, prior.args)
        known = (a, b, lgamma(a + b) - lgamma(a) - lgamma(b))
        assert weighed(county, county, (0.0, 0.0), known) == pytest.approx(prior.pdf(county))
        units, mass = [], 0.5 / SPREADS.size
        for cases, size in counts:
            joint = partial(weighed, county=county, unit=(cases, size), prior=known)
            at = (cases + prior.args[0]) / (size + precision)
            points = sorted({county, at, *np.clip([at - 0.05, at + 0.05], 1e-6, 1 - 1e-6)})
            whole = quad(joint, 0.0, 1.0, points=points, limit=200)[0]
            mass *= whole
            units.append((joint, whole, points))
        parts.append(units)
        masses.append(mass)
    total = 0.5 + sum(masses)
    tau = SPREADS * np.sqrt(county * (1.0 - county))
    return 0.5 / total, list(zip(np.array(masses) / total, tau, parts, strict=True))


@pytest.mark.parametrize(("x", "n", "phi"), CASES)
@pytest.mark.parametrize("worse", ["below", "above"])
def test_chances_and_means_are_those_of_the_integrals(
    x: list[float], n: list[float], phi: float, worse: str
) -> None:
    from scipy.integrate import quad
    from scipy.stats import beta

    cases, sizes = np.array(x) / phi, np.array(n) / phi
    county = float(cases.sum() / sizes.sum())
    line = county * 0.9
    found = posterior(x, n, phi, line, worse)
    alike, parts = by_quadrature(cases, sizes)
    common = beta(cases.sum() + 0.5, (sizes - cases).sum() + 0.5)
    for unit in range(len(x)):
        under_county, under_line, mean = 0.0, alike * common.cdf(line), alike * county
        for weight, _, units in (part for part in parts if part[0] > 1e-7):
            joint, whole, points = units[unit]
            for edge in (county, line):
                inner = [point for point in points if point < edge]
                share = weight * quad(joint, 0.0, edge, points=inner, limit=200)[0] / whole
                under_county += share if edge == county else 0.0
                under_line += share if edge == line else 0.0
            moment = quad(lambda t, f=joint: t * f(t), 0.0, 1.0, points=points, limit=200)[0]
            mean += weight * moment / whole
        over = 1.0 - alike - under_county
        worse_chance = under_county if worse == "below" else over
        assert found.worse[unit] == pytest.approx(worse_chance, abs=2e-5)
        wrong = under_line if worse == "below" else 1.0 - under_line
        assert found.below[unit] == pytest.approx(wrong, abs=2e-5)
        assert found.mean[unit] == pytest.approx(mean, abs=2e-5)
    between = np.array([tau**2 for _, tau, _ in parts])
    within = (county * (1.0 - county) - between) * np.mean(1.0 / sizes)
    expected = sum(w * b / (b + v) for (w, _, _), b, v in zip(parts, between, within, strict=True))
    assert found.reliability == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(("x", "n", "phi"), CASES)
def test_limits_cut_off_a_fortieth_on_either_side(
    x: list[float], n: list[float], phi: float
) -> None:
    from scipy.stats import beta

    cases, sizes = np.array(x) / phi, np.array(n) / phi
    county = cases.sum() / sizes.sum()
    alike, parts = by_quadrature(cases, sizes)
    found = posterior(x, n, phi, None, "below")
    precision = 1.0 / SPREADS**2 - 1.0
    for unit, (c, s) in enumerate(zip(cases, sizes, strict=True)):
        for limit, chance in ((found.lower[unit], 0.025), (found.upper[unit], 0.975)):
            upto = alike * beta.cdf(limit, cases.sum() + 0.5, (sizes - cases).sum() + 0.5)
            each = beta.cdf(limit, c + county * precision, s - c + (1.0 - county) * precision)
            upto += sum(weight * e for (weight, _, _), e in zip(parts, each, strict=True))
            assert upto == pytest.approx(chance, abs=2e-4)


@pytest.mark.parametrize(("x", "n", "phi"), CASES)
def test_expected_ranks_are_those_of_the_pairs(x: list[float], n: list[float], phi: float) -> None:
    """The logit-normal comparison of two betas is within 0.02 of the integral over both."""
    from scipy.stats import beta

    cases, sizes = np.array(x) / phi, np.array(n) / phi
    county = cases.sum() / sizes.sum()
    alike, parts = by_quadrature(cases, sizes)
    ranks = np.full(cases.size, alike * (cases.size + 1) / 2.0)
    middles = (np.arange(400.0)[:, None] + 0.5) / 400.0
    for (weight, _, _), spread in zip(parts, SPREADS, strict=True):
        precision = 1.0 / spread**2 - 1.0
        a, b = cases + county * precision, sizes - cases + (1.0 - county) * precision
        for unit, (own_a, own_b) in enumerate(zip(a, b, strict=True)):
            better = beta.sf(beta.ppf(middles, own_a, own_b), a, b).mean(axis=0)
            ranks[unit] += weight * (1.0 + better.sum() - better[unit])
    assert posterior(x, n, phi, None, "below").expected_rank == pytest.approx(ranks, abs=0.02)


@given(counties(), st.sampled_from(["below", "above"]), st.sampled_from([1.0, 2.4]))
def test_what_holds_in_every_county(units: list[tuple[int, int]], worse: str, phi: float) -> None:
    x, n = np.array(units, dtype=float).T
    found = posterior(x, n, phi, 0.5, worse)
    for chance in (found.worse, found.below):
        assert ((chance >= 0.0) & (chance <= 1.0)).all()
    assert ((found.lower <= found.mean) & (found.mean <= found.upper)).all()
    assert found.expected_rank.sum() == pytest.approx(x.size * (x.size + 1) / 2.0, abs=1e-8)
    shown = competition_ranks(x / n, "up" if worse == "below" else "down")
    assert ((found.rank_low <= shown) & (shown <= found.rank_high)).all()
    assert (found.rank_low >= 1.0).all() and (found.rank_high <= x.size).all()
    assert 0.0 <= found.reliability < 1.0


@given(counties(), st.randoms(use_true_random=False))
def test_the_order_of_the_units_changes_no_digit(units: list[tuple[int, int]], random: Any) -> None:
    order = list(range(len(units)))
    random.shuffle(order)
    x, n = np.array(units, dtype=float).T
    first = posterior(x, n, 1.0, 0.4, "below")
    again = posterior(x[order], n[order], 1.0, 0.4, "below")
    for one, other in zip(first[:8], again[:8], strict=True):
        np.testing.assert_array_equal(one[order], other)
    assert first.reliability == again.reliability


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12), st.sampled_from(["below", "above"]))
def test_at_the_same_n_a_worse_unit_is_never_less_surely_worse(x: list[int], worse: str) -> None:
    found = posterior(x, [60] * len(x), 1.0, 0.5, worse)
    order = np.argsort(x if worse == "above" else -np.array(x), kind="stable")
    for chance in (found.worse, found.below, found.expected_rank):
        assert (np.diff(chance[order]) >= -1e-12).all()


@given(counties(60))
def test_cases_and_non_cases_are_mirrors(units: list[tuple[int, int]]) -> None:
    x, n = np.array(units, dtype=float).T
    one, other = posterior(x, n, 1.0, 0.3, "below"), posterior(n - x, n, 1.0, 0.7, "above")
    assert one.worse == pytest.approx(other.worse, abs=1e-9)
    assert one.below == pytest.approx(other.below, abs=1e-9)
    assert one.lower == pytest.approx(1.0 - other.upper, abs=1e-6)
    assert one.expected_rank == pytest.approx(other.expected_rank, abs=1e-9)


def test_dispersion_makes_counts_tell_less() -> None:
    x, n = np.array([60.0, 90.0, 92.0, 91.0]), np.full(4, 100.0)
    found = posterior(x, n, 2.5, 0.85, "below")
    again = posterior(x / 2.5, n / 2.5, 1.0, 0.85, "below")
    for one, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one, other)
    wider = posterior(x, n, 10.0, 0.85, "below")
    assert wider.worse[0] < found.worse[0]


def test_unknown_units_count_for_nobody() -> None:
    some = posterior([60, None, 90, 0], [100, 100, 110, 0], 1.0, 0.8, "below")
    known = posterior([60, 90], [100, 110], 1.0, 0.8, "below")
    for one, other in zip(some[:8], known[:8], strict=True):
        np.testing.assert_array_equal(one, [other[0], np.nan, other[1], np.nan])
    assert some.reliability == known.reliability
    for nobody in (
        posterior([None], [10], 1.0, 0.8, "below"),
        posterior([5], [10], float("nan"), 0.8, "below"),
        posterior([], [], 1.0, 0.8, "below"),
    ):
        assert all(np.isnan(values).all() for values in nobody)


def test_without_a_line_nobody_is_on_its_wrong_side() -> None:
    for line in (None, float("nan")):
        found = posterior([6, 9], [10, 10], 1.0, line, "below")
        assert np.isnan(found.below).all() and not np.isnan(found.worse).any()


@pytest.mark.parametrize("cases", [0.0, 50.0])
def test_a_county_without_a_case_is_all_alike(cases: float) -> None:
    found = posterior([cases] * 3, [50.0] * 3, 1.0, 0.5, "below")
    assert found.worse.tolist() == [0.0] * 3 and found.reliability == 0.0
    assert found.mean.tolist() == [cases / 50.0] * 3
    assert found.expected_rank.tolist() == [2.0] * 3
    assert found.rank_low.tolist() == [1.0] * 3 and found.rank_high.tolist() == [3.0] * 3
    assert found.below == pytest.approx([1.0 if cases == 0.0 else 0.0] * 3, abs=1e-6)


def test_one_unit_alone() -> None:
    found = posterior([30], [40], 1.0, 0.9, "below")
    assert (found.rank_low[0], found.rank_high[0]) == (1.0, 1.0)
    assert found.expected_rank[0] == pytest.approx(1.0)
    assert found.worse[0] < 0.5 and found.below[0] > 0.9


def test_a_key_decides_the_shown_rank() -> None:
    x, n = [500, 560, 900], [1000, 1000, 1000]
    # The first two share the first place inside a range; the third is beyond it.
    found = posterior(x, n, 1.0, None, "above", key=[0.0, 0.0, -1.0])
    assert found.rank_low.tolist() == [1.0, 1.0, 3.0]
    assert found.rank_high.tolist() == [1.0, 2.0, 3.0]
    turned = posterior(x, n, 1.0, None, "above", key=[3.0, None, 9.0])
    assert turned.rank_high[0] == 2.0 and turned.rank_low[2] == 1.0


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e8])
def test_counts_of_any_size_give_no_warning(scale: float) -> None:
    n = np.array([1.0, 3.0, 200.0, 5e4]) * scale
    for share in ([0.0, 0.0, 0.001, 0.002], [1.0, 1.0, 0.999, 0.5], [0.0, 1.0, 0.5, 0.5]):
        found = posterior(n * share, n, 1.0, 0.25, "below")
        assert all(np.isfinite(values).all() for values in found)
        assert found.expected_rank.sum() == pytest.approx(10.0)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="exceeds"):
        posterior([11], [10], 1.0, None, "below")
    with pytest.raises(ValueError, match="dispersion"):
        posterior([1], [10], 0.0, None, "below")
    with pytest.raises(ValueError, match="line"):
        posterior([1], [10], 1.0, 85.0, "below")
    with pytest.raises(ValueError, match="side"):
        posterior([1], [10], 1.0, None, "up")


def test_a_strong_spread_is_told_from_chance_and_none_is_not() -> None:
    """Shares as far apart as those of India's states in 2011, with fewer children."""
    ratios = np.array([119.9, 118.1, 116.0, 114.8, 112.6, 110.0, 108.9, 106.1, 104.5, 103.3])
    n = np.full(ratios.size, 600_000.0)
    strong = posterior(n * ratios / (100.0 + ratios), n, 1.0, None, "above")
    assert strong.reliability > 0.95
    assert strong.rank_low[0] == 10.0 and strong.worse[0] > 0.999
    same = posterior(np.rint(n * 0.52), n, 1.0, None, "above")
    assert same.reliability < 0.02 and same.rank_low[0] == 1.0 and same.rank_high[0] == 10.0


def simulated(
    rng: np.random.Generator, units: int, size: int, tau: float
) -> tuple[Posterior, np.ndarray, float]:
    """Return the posterior of one county with shares around 0.9, these shares, and its own."""
    precision = 0.09 / tau**2 - 1.0
    truth = rng.beta(0.9 * precision, 0.1 * precision, units)
    n = rng.integers(size // 2, 3 * size // 2, units)
    found = posterior(rng.binomial(n, truth), n, 1.0, 0.85, "below")
    return found, truth, float((n * truth).sum() / n.sum())


@pytest.mark.parametrize(
    ("units", "size", "worlds", "tau"),
    [(16, 359, 250, 0.03), (16, 770, 250, 0.015), (185, 31, 30, 0.05)],
)
def test_what_is_stated_at_95_per_cent_is_true_as_often(
    units: int, size: int, worlds: int, tau: float
) -> None:
    rng = np.random.default_rng(20100601)
    stated = true = 0
    covered = []
    for _ in range(worlds):
        found, truth, county = simulated(rng, units, size, tau)
        sure = found.worse >= 0.95
        stated, true = stated + int(sure.sum()), true + int((truth[sure] < county).sum())
        rank = competition_ranks(truth)
        covered.append(((found.rank_low <= rank) & (rank <= found.rank_high)).mean())
    assert stated >= 90
    assert true / stated >= 0.95
    assert np.mean(covered) >= 0.93


def test_in_counties_of_one_share_nobody_is_surely_worse() -> None:
    rng = np.random.default_rng(7)
    sure, covered = 0, []
    for _ in range(200):
        n = rng.integers(180, 540, 16)
        found = posterior(rng.binomial(n, 0.9), n, 1.0, None, "below")
        sure += int((found.worse >= 0.95).any())
        rank = rng.permutation(16) + 1.0
        covered.append(((found.rank_low <= rank) & (rank <= found.rank_high)).mean())
    assert sure <= 4
    assert np.mean(covered) >= 0.95


@given(st.integers(1, 30), st.integers(0, 30))
def test_twins_get_the_same_answer(n: int, x: int) -> None:
    assume(x <= n)
    found = posterior([x, 15, x, 3], [n, 30, n, 20], 1.0, 0.5, "above")
    for values in found[:8]:
        assert values[0] == values[2]
