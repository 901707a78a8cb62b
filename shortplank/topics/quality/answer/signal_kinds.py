"""What in months of counts deserves a second look: one function an alarm, arrays in, signals out.

Each says how often it would speak if nothing were going on; a test simulates it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from shortplank import stats
from shortplank.reading.gaps import Gap
from shortplank.reading.measured import Floats
from shortplank.wording.numbers import number_text, signed_text
from shortplank.wording.periods import month_key

CHECK = "值得核对"
MISSING = "未报"
# How often a signal speaks where nothing is wrong, to go on with.
AT_PEACE = "数据正常时误报的可能"
# A township's series is too smooth where it steps far less than the others' do.
SMOOTH_Z = -5.0
LEAST_MONTHS = 12
RUN, LEAST_MEDIAN = 6, 20.0
JUMP_LEVEL = 0.001
DIGIT_LEVEL = 0.001
DISPERSION_LEVEL = 0.0005
# Completeness fell by so many points while the value rose.
FELL = 5.0


@dataclass(frozen=True)
class Signal:
    """One figure to look at again; ``affected`` orders the list, ``mark`` is who checked it."""

    area: str
    month: date
    label: str
    words: str
    evidence: str
    rate: str
    affected: float
    kind: str
    mark: str = ""
    how: str = ""
    """The test behind it, for whoever wants to compute it again."""

    @property
    def missing(self) -> bool:
        """Return whether it is a report that did not come, rather than a figure to check."""
        return self.kind == "missing"

    @property
    def key(self) -> str:
        """Return what names this signal in the journal."""
        return "|".join((self.kind, self.area, month_key(self.month), self.label))


@dataclass(frozen=True)
class Series:
    """One indicator's months by township: townships × months; NaN is not reported."""

    label: str
    x: Floats
    n: Floats
    expected: Floats
    reported: Floats
    stock: bool


def missing_signals(found: Sequence[Gap], everywhere: Collection[tuple[str, date]]) -> list[Signal]:
    """Return months without reports: everywhere, one township's, or some of its villages'.

    ``everywhere`` names the (dataset, month) of which no township reported anything.
    """
    signals = []
    for key in sorted(everywhere):
        own = [gap for gap in found if (gap.dataset, gap.month) == key]
        signals.append(_missing("全县", own[0], "各乡镇都没有报表", len(own)))
    for gap in found:
        lack = gap.owed - gap.came
        if gap.whole and (gap.dataset, gap.month) not in everywhere:
            signals.append(_missing(gap.name, gap, "整个乡镇没有报表", lack))
        elif not gap.whole:
            text = f"缺 {lack} 个{gap.units}，已报 {gap.came} 个"
            signals.append(_missing(gap.name, gap, text, lack))
    return signals


def _missing(area: str, gap: Gap, text: str, affected: float) -> Signal:
    rate = "事实，不是推断"
    return Signal(area, gap.month, gap.label, MISSING, text, rate, float(affected), "missing")


def smooth_signals(towns: Sequence[str], months: Sequence[date], series: Series) -> list[Signal]:
    """Return townships whose series steps far less than the others' do."""
    if len(towns) < 5 or series.x.shape[1] < LEAST_MONTHS:
        return []
    found = stats.peer_smoothness(series.x, series.n)
    return [
        Signal(
            towns[i],
            months[-1],
            series.label,
            CHECK,
            f"逐月变动只有其他乡镇的 {_share(found.steps, i)}，过于平滑",
            f"{AT_PEACE}，全县每项指标不到 2%",
            float(np.nanmedian(series.n[i])),
            "smooth",
            how=f"z={found.z[i]:.1f}",
        )
        for i in map(int, np.flatnonzero(found.z <= SMOOTH_Z))
    ]


def _share(steps: Floats, i: int) -> str:
    others = np.nanmedian(np.delete(steps, i))
    return f"{100 * steps[i] / others:.0f}%" if others > 0 else "–"


def outlier_signals(towns: Sequence[str], months: Sequence[date], series: Series) -> list[Signal]:
    """Return extreme counts of months; ordered later by the people that they concern."""
    found = stats.find_outliers(series.n)
    signals = []
    for i, at in np.argwhere(found.grade == 2).tolist():
        usual = float(np.nanmedian(series.n[i]))
        signals.append(
            Signal(
                towns[i],
                months[at],
                series.label,
                CHECK,
                f"分母 {number_text(series.n[i, at])}，平常约 {number_text(usual)}",
                "列出的里面，平均不到 5% 是碰巧",
                float(found.affected[i, at]),
                "outlier",
            )
        )
    return signals


def repeated_signals(towns: Sequence[str], months: Sequence[date], series: Series) -> list[Signal]:
    """Return large counts that stayed the same for six months or more."""
    signals = []
    for part, counts in (("分子", series.x), ("分母", series.n)):
        runs = stats.unchanged_runs(counts)
        for i in map(int, np.flatnonzero(runs.longest >= RUN)):
            middle = float(np.nanmedian(counts[i]))
            if middle >= LEAST_MEDIAN:
                signals.append(
                    Signal(
                        towns[i],
                        _run_end(months, counts[i]),
                        series.label,
                        CHECK,
                        f"{part}连续 {int(runs.longest[i])} 个月同为一个数",
                        f"{AT_PEACE}，几乎没有",
                        middle,
                        "repeated",
                    )
                )
    return signals


def _run_end(months: Sequence[date], counts: Floats) -> date:
    length, best, end = 1, 1, 0
    for at in range(1, len(counts)):
        length = length + 1 if counts[at] == counts[at - 1] else 1
        if length > best:
            best, end = length, at
    return months[end]


def jump_signals(
    towns: Sequence[str], months: Sequence[date], series: Series, opens: int
) -> list[Signal]:
    """Return statistical years whose closing month holds far more than the others' do."""
    if series.stock:
        return []
    signals = []
    for at, month in enumerate(months):
        if month.month % 12 + 1 != opens or at < 11:
            continue
        year = series.n[:, at - 11 : at + 1].sum(axis=1)
        jump = stats.year_end_jump(series.n[:, at], year)
        adjusted = stats.benjamini_hochberg(jump.p)
        for i in map(int, np.flatnonzero(adjusted <= JUMP_LEVEL)):
            signals.append(
                Signal(
                    towns[i],
                    month,
                    series.label,
                    CHECK,
                    f"年末一个月 {number_text(series.n[i, at])}，"
                    f"按其他乡镇应约 {number_text(jump.expected[i])}",
                    "多重检验控制在 0.1%",
                    abs(float(series.n[i, at] - jump.expected[i])),
                    "jump",
                )
            )
    return signals


def digit_signals(month: date, label: str, counts: Floats) -> list[Signal]:
    """Return whether last digits of village counts heap; silent where counts do not allow it."""
    found = stats.last_digit_test(counts)
    if np.isnan(found.p) or found.p > DIGIT_LEVEL:
        return []
    digit = int(np.argmax(found.digits))
    share = 100 * found.digits[digit] / found.digits.sum()
    return [
        Signal(
            "全县",
            month,
            label,
            CHECK,
            f"各村数的末位 {digit} 占 {share:.0f}%，应约 10%",
            f"{AT_PEACE}，0.1%",
            float(found.digits.sum()),
            "digits",
        )
    ]


def alike_signals(
    month: date, label: str, towns: Sequence[str], groups: Sequence[tuple[Floats, Floats]]
) -> list[Signal]:
    """Return townships whose villages scatter less than chance allows, in one month."""
    signals = []
    for town, (x, n) in zip(towns, groups, strict=True):
        test = stats.dispersion_test(x, n)
        if test.p_low <= DISPERSION_LEVEL:
            signals.append(
                Signal(
                    town,
                    month,
                    label,
                    CHECK,
                    f"{test.freedom + 1} 个村的比率过于接近",
                    f"{AT_PEACE}，每个乡镇 0.05%",
                    float(np.nansum(n)),
                    "alike",
                    how=f"χ²={test.chi2:.1f}，自由度 {test.freedom}",
                )
            )
    return signals


def better_signals(towns: Sequence[str], months: Sequence[date], series: Series) -> list[Signal]:
    """Return improvements since a year before that came with fewer reports."""
    if series.x.shape[1] < 13:
        return []
    now, then = -1, -13
    signals = []
    for i, town in enumerate(towns):
        counts = [series.x[i, now], series.n[i, now], series.x[i, then], series.n[i, then]]
        owed = series.expected[i, [now, then]]
        if np.isnan(counts).any() or not (owed > 0).all():
            continue
        whole = 100 * np.nan_to_num(series.reported[i, [now, then]]) / owed
        risen, low, high = (100 * float(v) for v in stats.newcombe_difference(*counts))
        if whole[1] - whole[0] >= FELL and low > 0:
            signals.append(
                Signal(
                    town,
                    months[-1],
                    series.label,
                    CHECK,
                    f"比上年同月 {signed_text(risen)} 个百分点（{signed_text(low)} 至 "
                    f"{signed_text(high)}），而报表完整率由 {whole[1]:.0f}% 降到 {whole[0]:.0f}%",
                    f"{AT_PEACE}，不到 2.5%",
                    float(counts[1]),
                    "better",
                )
            )
    return signals
