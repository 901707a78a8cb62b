"""Whether single months stay within their own past: the chart that fits, its signals in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from shortplank import stats
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, Measured
from shortplank.stats import Chart
from shortplank.wording.chance import signal_chance_text
from shortplank.wording.limits import TOO_SHORT, signal_text
from shortplank.wording.numbers import fewer_than
from shortplank.wording.periods import months_text

# No rule about runs can fire on fewer months than a run is long.
LEAST_MONTHS = 7
LEAST_MEAN_COUNT = 5.0


@dataclass(frozen=True)
class Episode:
    """Months one after the other in which rules fired in one direction."""

    first: date
    last: date
    months: int
    beyond: int
    rule: int
    direction: int

    @property
    def text(self) -> str:
        """Return what happened, without the months: 连续 9 个月高于平均."""
        return signal_text(self.rule, self.direction, self.months, self.beyond)

    @property
    def period(self) -> str:
        """Return the months: 2007年1月–7月."""
        return months_text(self.first, self.last)


@dataclass(frozen=True)
class Control:
    """Limits of single months on the indicator's scale, month by month, and what fired."""

    centre: Floats
    lower: Floats
    upper: Floats
    rules: list[int]
    directions: list[int]
    episodes: list[Episode]
    now: Episode | None
    season_note: str
    trial: bool
    runs_judged: bool
    months: int
    false_alarm: float
    """The chance that a steady series of these months shows any signal."""
    segments: list[int]
    """Of each month, how many decisions began limits anew until then."""

    def begins(self, place: int) -> bool:
        """Return whether a month's limits are others than those of the month before."""
        return place > 0 and self.segments[place] != self.segments[place - 1]

    @property
    def earlier(self) -> list[Episode]:
        """Return the episodes that ended before the month that is looked at."""
        return [episode for episode in self.episodes if episode is not self.now]

    @property
    def notes(self) -> list[str]:
        """Return what must be known about the limits."""
        notes = [self.season_note] if self.season_note else []
        if self.trial:
            notes.append(f"{fewer_than(13, ' 个月')}，界限为试算")
        if not self.runs_judged:
            notes.append("接近满值或零，只看是否出界，不看连续几个月同在一侧")
        notes.append(signal_chance_text(self.months, self.false_alarm))
        return notes


@dataclass(frozen=True)
class Uncharted:
    """Why no limits are drawn."""

    reason: str


def control_of(
    ws: Workspace,
    indicator: str,
    months: Sequence[date],
    measured: Measured,
    whole: Sequence[bool],
    season_from: Floats | None = None,
    rebase: Sequence[int] = (),
) -> Control | Uncharted:
    """Return the control chart of an area's single months, or why there is none.

    ``whole`` says which months are fully reported: a count of a month that is not is left out.
    ``season_from`` is the larger area's monthly values, whose seasons a township borrows;
    ``rebase`` says at which months someone decided that new limits begin.
    """
    item = ws.indicators[indicator]
    known = ~np.isnan(measured.value)
    if item.kind in ("streak", "count_over"):
        return Uncharted("这个指标不是逐月独立的数，不画控制界限")
    if known.sum() < LEAST_MONTHS:
        return Uncharted(f"可用的月份{fewer_than(LEAST_MONTHS, ' 个')}，还不能判断波动")
    if _is_stock(ws, item) and stats.is_serially_dependent(measured.value):
        return Uncharted("期末存量逐月相连，不宜用控制界限，请看同比")
    if (
        item.kind == "count"
        and np.nanmin(measured.value) >= 0
        and (float(np.nanmean(measured.value)) < LEAST_MEAN_COUNT)
    ):
        return Uncharted(f"平均每月{fewer_than(LEAST_MEAN_COUNT)}，不画控制界限")
    chart, scale = _chart(ws, indicator, measured, np.asarray(whole), season_from, rebase)
    if chart is None:
        return Uncharted(f"{TOO_SHORT}，还看不出有没有季节，不画控制界限")
    if not bool(np.any(chart.upper > chart.lower)):
        return Uncharted("各月相同，没有波动可判断")
    segments = [sum(0 < cut <= i for cut in rebase) for i in range(len(months))]
    return _control(item, months, measured, chart, scale, segments)


@dataclass(frozen=True)
class _Scale:
    """How a chart's lines return to the indicator's scale: times ``factor``, plus ``shift``."""

    factor: Floats
    shift: Floats
    note: str = ""
    own_season: bool = False
    """Whether the season that was taken out came from the series itself."""


def _is_stock(ws: Workspace, item: Indicator) -> bool:
    leaves = ws.leaves((*item.numerator, *item.denominator)) & set(ws.measures)
    return bool(leaves) and all(ws.measures[leaf].kind == "stock" for leaf in leaves)


def _chart(
    ws: Workspace,
    indicator: str,
    measured: Measured,
    whole: np.ndarray,
    season_from: Floats | None,
    rebase: Sequence[int],
) -> tuple[Chart | None, _Scale]:
    """Return the chart that fits a series, and how its lines return to the series' scale."""
    item, size = ws.indicators[indicator], len(measured.codes)
    plain = _Scale(np.ones(size), np.zeros(size))
    known = ~np.isnan(measured.value)
    x, n = (np.where(known, counts, np.nan) for counts in (measured.x, measured.n))
    if item.interval == "srb":
        return stats.p_chart(x, x + n, rebase), plain
    if item.interval == "wilson":
        return stats.p_chart(x, n, rebase), _Scale(np.full(size, item.factor), np.zeros(size))
    values = np.where(whole, measured.value, np.nan) if item.kind == "count" else measured.value
    season = values if season_from is None else season_from
    # Two reports of the same months differ by no season, and the last count of a stock by none.
    steady = item.interval == "paired" or _is_stock(ws, item)
    if steady or stats.shows_season(season) is False:
        return stats.xmr_chart(values, rebase), plain
    return _seasonal_chart(values, season, rebase, own=season_from is None)


def _seasonal_chart(
    values: Floats, season_from: Floats, rebase: Sequence[int], *, own: bool
) -> tuple[Chart | None, _Scale]:
    """Return the chart of a series without its seasons, or of the change since a year before.

    A series that crosses zero has no seasonal factors; its difference to the same month of the
    year before has no season either.
    """
    season = stats.seasonal_factors(season_from)
    if not np.isnan(season).any():
        factor = np.resize(season, values.shape)
        chart = stats.xmr_chart(stats.deseasonalise(values, factors=season), rebase)
        return chart, _Scale(factor, np.zeros(values.size), "界限已随季节调整", own)
    change = stats.same_period_change(values)
    scale = _Scale(np.ones(values.size), values - change, "界限按与上年同月之差计算")
    if np.count_nonzero(~np.isnan(change)) < LEAST_MONTHS:
        return None, scale
    return stats.xmr_chart(change, rebase), scale


def _control(
    item: Indicator,
    months: Sequence[date],
    measured: Measured,
    chart: Chart,
    scale: _Scale,
    segments: list[int],
) -> Control:
    shares = item.interval in ("srb", "wilson")
    total = measured.x + measured.n if item.interval == "srb" else measured.n
    runs = not shares or stats.run_rules_hold(measured.x, total)
    rules = np.where((chart.signals == 1) | runs, chart.signals, 0)
    directions = np.where(rules > 0, chart.direction, 0)
    episodes = _episodes(months, measured, rules.tolist(), directions.tolist())
    last = _last_known(measured)
    known = int(np.count_nonzero(~np.isnan(measured.value)))
    if shares:
        won = np.nansum(measured.x) / np.nansum(total)
        rates = stats.p_false_alarm_rates(tuple(total.tolist()), round(float(won), 4))
    elif scale.own_season:
        rates = stats.seasonal_false_alarm_rates(known)
    else:
        rates = stats.xmr_false_alarm_rates(known)
    now = next((e for e in episodes if last is not None and e.last == months[last]), None)
    return Control(
        centre=_scaled(item, chart.centre, scale),
        lower=_scaled(item, chart.lower, scale),
        upper=_scaled(item, chart.upper, scale),
        rules=rules.tolist(),
        directions=directions.tolist(),
        episodes=episodes,
        now=now,
        season_note=scale.note,
        trial=bool(chart.trial.any()),
        runs_judged=runs,
        months=known,
        false_alarm=rates[0 if runs else 1],
        segments=segments,
    )


def _scaled(item: Indicator, line: Floats, scale: _Scale) -> Floats:
    """Return a chart's line on the indicator's own scale."""
    if item.interval == "srb":
        return np.asarray(stats.ratio_of_share(line))
    return line * scale.factor + scale.shift


def _last_known(measured: Measured) -> int | None:
    known = np.nonzero(~np.isnan(measured.value))[0]
    return int(known[-1]) if known.size else None


def _episodes(
    months: Sequence[date], measured: Measured, rules: list[int], directions: list[int]
) -> list[Episode]:
    """Return the signals joined into episodes: same direction, trends apart from levels.

    A month not reported ends an episode; "two of three" may leave one month out between its two.
    """
    groups: list[list[int]] = []
    for i, rule in enumerate(rules):
        if not rule:
            continue
        before = groups[-1][-1] if groups else None
        if before is not None and _joins(rules, directions, measured, before, i):
            groups[-1].append(i)
        else:
            groups.append([i])
    return [_episode(months, rules, directions, group) for group in groups]


def _joins(
    rules: list[int], directions: list[int], measured: Measured, before: int, i: int
) -> bool:
    alike = directions[before] == directions[i] and (rules[before] == 2) == (rules[i] == 2)
    reach = 2 if rules[before] == rules[i] == 3 else 1
    between = measured.value[before : i + 1]
    return alike and i - before <= reach and not bool(np.isnan(between).any())


def _episode(
    months: Sequence[date], rules: list[int], directions: list[int], group: list[int]
) -> Episode:
    return Episode(
        first=months[group[0]],
        last=months[group[-1]],
        months=len(group),
        beyond=sum(rules[i] == 1 for i in group),
        rule=max(rules[i] for i in group) if len(group) > 1 else rules[group[0]],
        direction=directions[group[0]],
    )
