"""A county's month, judged once: all tests of all indicators in one ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shortplank.stats._arrays import FloatArray
from shortplank.stats.judge.comparisons import (
    TOGETHER,
    Change,
    Side,
    against_range,
    against_rest,
    change,
    dispersion_test,
    gap_beyond_range,
    step,
)
from shortplank.stats.judge.groups import listed, two_groups
from shortplank.stats.judge.ledger import RATE, weighted_q
from shortplank.stats.judge.posterior import reliability
from shortplank.stats.judge.scatter import (
    PairedScatter,
    month_dispersion,
    paired_dispersion,
    stock_groups,
)

Kind = Literal["flow", "stock", "sex_ratio", "gap"]
Level = Literal["county", "township", "sex_ratio", "village", "spread"]
Place = Literal["county", "township", "village"]
Question = Literal["worse", "change", "step", "range", "spread"]

WHOLE = -1
"""The place of a test of all units together, or of the county."""
# Most of a stock are last year's persons: below this multiple its changes are never believed.
LEAST_KAPPA = 0.7
LEAST_FREEDOM = 10.0
LEAST_BIRTHS = 50.0


@dataclass(frozen=True)
class Units:
    """Counts of one indicator: now, a year before, and by month up to now.

    ``x`` of ``n`` are (units,), the months (months, units); a county has one unit. A flow's now is
    twelve months, a sex ratio's up to thirty-six (x males, n births), a stock's the month's end.
    """

    x: FloatArray
    n: FloatArray
    x_then: FloatArray
    n_then: FloatArray
    x_months: FloatArray
    n_months: FloatArray


@dataclass(frozen=True)
class Matter:
    """One indicator as the judge sees it.

    ``worth`` is the gap from which a word is worth while, ``ends`` the range of a sex ratio (male
    shares) or a gap, ``natural`` where a sex ratio stands of itself (else the range's upper end),
    all as shares; ``cluster`` the declared number of cases that come together;
    ``least`` the smallest n that is judged. ``births``: villages' own changes say how a flow
    scatters. ``anew``: a stock that starts anew each year has no year before. ``villages_judged``:
    the villages stand in the ledger, and are not only looked at for their scatter.
    """

    key: str
    kind: Kind
    worse: Side
    county: Units
    towns: Units
    villages: Units | None = None
    villages_judged: bool = False
    worth: float = 0.02
    cluster: float = 1.0
    births: bool = False
    anew: bool = False
    ends: tuple[float, float] | None = None
    least: float = 0.0
    natural: float | None = None


class Tested(NamedTuple):
    """One test of the month. ``direction`` is what was found or looked for; q its q-value.

    ``gap`` is a change's size, as a share; ``months`` how many months it is over.
    """

    key: str
    level: Level
    place: Place
    unit: int
    question: Question
    p: float
    direction: str
    months: int = 0
    q: float = float("nan")
    announced: bool = False
    gap: float = float("nan")


@dataclass(frozen=True)
class Month:
    """The ledger of a month: every test with its outcome, and what may be listed besides.

    ``listed`` has, for an indicator and a place, whether each unit is listed beyond those named;
    ``scatter`` φ or c of its units; ``changes`` the county's change against a year before; ``real``
    which share of an announced spread is not chance.
    """

    tests: list[Tested] = field(default_factory=list)
    listed: dict[tuple[str, Place], NDArray[np.bool_]] = field(default_factory=dict)
    scatter: dict[tuple[str, Place], float] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    real: dict[tuple[str, Place], float] = field(default_factory=dict)

    def of(self, key: str, place: Place, question: Question | None = None) -> list[Tested]:
        """Return the tests of an indicator at a place."""
        return [
            test
            for test in self.tests
            if (test.key, test.place) == (key, place) and question in (None, test.question)
        ]


def judge_month(matters: list[Matter], q: float = RATE) -> Month:
    """Return what a month's figures say: all tests in one weighted Benjamini-Hochberg at ``q``."""
    month = Month()
    for matter in matters:
        _test(matter, month)
    made = [test for test in month.tests if not np.isnan(test.p)]
    found = weighted_q([test.level for test in made], [test.p for test in made])
    decided = [
        test._replace(q=float(each), announced=bool(each <= q))
        for test, each in zip(made, found, strict=True)
    ]
    month.tests[:] = _agreeing(decided)
    for matter in matters:
        _list_more(matter, month, q)
        _measure_spread(matter, month)
    return month


def _agreeing(tests: list[Tested]) -> list[Tested]:
    """Return the tests without a county's weaker change that runs against a stronger one."""
    best: dict[str, Tested] = {}
    for test in tests:
        if test.announced and test.question in ("change", "step"):
            held = best.get(test.key)
            best[test.key] = test if held is None or test.q < held.q else held
    return [
        test._replace(announced=False)
        if test.announced
        and test.question in ("change", "step")
        and test.direction != best[test.key].direction
        else test
        for test in tests
    ]


def _test(matter: Matter, month: Month) -> None:
    """Add an indicator's tests."""
    if matter.kind == "sex_ratio":
        _test_range(matter, month, "sex_ratio")
    elif matter.kind == "gap":
        _test_range(matter, month, "township")
    else:
        _test_units(matter, "township", matter.towns, month)
        if matter.villages is not None and matter.villages_judged:
            _test_units(matter, "village", matter.villages, month)
        _test_changes(matter, month)


def _enough(matter: Matter, units: Units) -> tuple[FloatArray, FloatArray]:
    """Return x and n with units of too few cases unknown."""
    few = ~(units.n >= max(matter.least, 1.0))
    return np.where(few, np.nan, units.x), np.where(few, np.nan, units.n)


def _test_units(matter: Matter, place: Literal["township", "village"], units: Units,
                month: Month) -> None:  # fmt: skip
    scatter = scatter_of(matter, units)
    month.scatter[matter.key, place] = scatter
    x, n = _enough(matter, units)
    if np.count_nonzero(~np.isnan(x)) < 2:
        return
    total = (float(np.nansum(units.x)), float(np.nansum(np.where(np.isnan(units.x), 0, units.n))))
    p = against_rest(x, n, scatter, matter.worth, matter.worse, total=total)
    month.tests.extend(
        Tested(matter.key, place, place, int(i), "worse", float(p[i]), matter.worse)
        for i in np.flatnonzero(~np.isnan(p))
    )
    spread = dispersion_test(x, n, scatter)
    month.tests.append(Tested(matter.key, "spread", place, WHOLE, "spread", spread, ""))


def scatter_of(matter: Matter, units: Units) -> float:
    """Return how many cases come together among units: φ of a flow, groups c of a stock."""
    if matter.kind == "flow":
        return month_dispersion(units.x_months, units.n_months, matter.cluster)
    held = matter.villages
    if held is None:
        return max(1.0, matter.cluster)
    groups = max(stock_groups(held.x_months), stock_groups(held.n_months - held.x_months))
    return max(1.0, matter.cluster, groups)


def _test_range(matter: Matter, month: Month, level: Level) -> None:
    """Add the tests of townships and county against the indicator's own range."""
    assert matter.ends is not None
    at: list[tuple[Level, Place, Units]] = [
        (level, "township", matter.towns),
        ("county", "county", matter.county),
    ]
    for own, place, units in at:
        month.scatter[matter.key, place] = 1.0
        for i, p in enumerate(_range_p(matter, units)):
            if not np.isnan(p):
                unit = WHOLE if place == "county" else i
                side = _side(matter, units, i)
                month.tests.append(Tested(matter.key, own, place, unit, "range", float(p), side))


def _range_p(matter: Matter, units: Units) -> FloatArray:
    assert matter.ends is not None
    if matter.kind == "sex_ratio":
        least = max(matter.least, LEAST_BIRTHS)
        return np.atleast_1d(against_range(units.x, units.n, matter.ends[1], least))
    x, n = _enough(matter, units)
    months = matter.towns  # the county's own months are too few to say how they scatter
    return gap_beyond_range(x, n, months.x_months, months.n_months, matter.ends)


def _side(matter: Matter, units: Units, i: int) -> str:
    assert matter.ends is not None
    share = units.x[i] / units.n[i] if units.n[i] > 0 else np.nan
    return "below" if share < sum(matter.ends) / 2 else "above"


def _test_changes(matter: Matter, month: Month) -> None:
    """Add the county's tests: against a year before, and of a flow the step of its last months."""
    county, margin = matter.county, matter.worth / 2.0
    if not matter.anew:
        kappa, freedom = county_scatter(matter)
        if freedom >= LEAST_FREEDOM:
            now, then = (float(county.x[0]), float(county.n[0])), (
                float(county.x_then[0]), float(county.n_then[0]))  # fmt: skip
            made = change(now, then, kappa, freedom, margin)
            month.changes[matter.key] = made
            way = "up" if made.difference > 0 else "down"
            month.tests.append(
                Tested(
                    matter.key,
                    "county",
                    "county",
                    WHOLE,
                    "change",
                    made.p,
                    way,
                    12,
                    gap=made.difference,
                )
            )
    if matter.kind == "flow":
        made_step = step(
            county.x_months[-24:, 0],
            county.n_months[-24:, 0],
            margin=margin,
            declared=matter.cluster,
        )
        way = "up" if made_step.difference > 0 else "down"
        month.tests.append(
            Tested(
                matter.key,
                "county",
                "county",
                WHOLE,
                "step",
                made_step.p,
                way,
                made_step.months,
                gap=made_step.difference,
            )
        )


def county_scatter(matter: Matter) -> tuple[float, float]:
    """Return the multiple κ of chance by which the county's change scatters, and its freedom."""
    chosen = _paired(matter.towns)
    villages = None if matter.villages is None else _paired(matter.villages)
    if villages is not None and (matter.kind == "stock" or matter.births):
        chosen = _together(villages, chosen)
    if matter.kind == "flow":
        chosen = _together(chosen, _paired_months(matter.county))
    return max(LEAST_KAPPA, chosen.kappa), chosen.df


def _together(usual: PairedScatter, wider: PairedScatter) -> PairedScatter:
    """Return the usual scatter, or the wider one where units move as one, or months do."""
    if usual.df < LEAST_FREEDOM:
        return wider
    moved = wider.df >= LEAST_FREEDOM and wider.kappa > TOGETHER * max(LEAST_KAPPA, usual.kappa)
    return wider if moved else usual


def _paired_months(county: Units) -> PairedScatter:
    """Return the scatter of a flow's months, each against the same month a year before."""
    x, n = county.x_months[-24:, 0], county.n_months[-24:, 0]
    if len(x) < 24:
        return PairedScatter(float("nan"), 0.0)
    return paired_dispersion(x[12:], n[12:], x[:12], n[:12])


def _paired(units: Units) -> PairedScatter:
    return paired_dispersion(units.x, units.n, units.x_then, units.n_then)


def _list_more(matter: Matter, month: Month, q: float) -> None:
    """List more units only where one of their own, or their spread, was announced."""
    for place, units in (("township", matter.towns), ("village", matter.villages)):
        if units is None or matter.kind == "gap":
            continue
        tests = [t for t in month.tests if t.key == matter.key and t.announced]
        opened = [t for t in tests if t.place == place]
        if matter.kind == "sex_ratio" and place == "township":
            opened = [t for t in tests if t.question == "range"]
        if not opened:
            continue
        month.listed[matter.key, place] = _more(matter, month, place, units, q)  # type: ignore[index, arg-type]


def _measure_spread(matter: Matter, month: Month) -> None:
    """Say of each announced spread which share of it is not chance."""
    for test in month.tests:
        if test.key == matter.key and test.announced and test.question == "spread":
            units = matter.towns if test.place == "township" else matter.villages
            if units is not None:
                scatter = month.scatter[matter.key, test.place]
                found = reliability(*_enough(matter, units), scatter)
                month.real[matter.key, test.place] = found


def _more(matter: Matter, month: Month, place: Place, units: Units, q: float) -> NDArray[np.bool_]:
    x, n = _enough(matter, units)
    common = _common(matter, units)
    found = two_groups(x, n, month.scatter[matter.key, place], common, worse=matter.worse)
    end = common if matter.ends is None else matter.ends[1]
    gap = end - found.mean if matter.worse == "below" else found.mean - end
    rows = listed(found.false_sign, q, gap, matter.worth)
    for test in month.of(matter.key, place):
        if test.announced and test.unit != WHOLE:
            rows[test.unit] = False
    return rows


def _common(matter: Matter, units: Units) -> float:
    """Return where all units would stand alike: the county's share, or what is natural."""
    if matter.ends is not None:
        return matter.ends[1] if matter.natural is None else matter.natural
    known = ~np.isnan(units.x)
    return float(units.x[known].sum() / units.n[known].sum())
