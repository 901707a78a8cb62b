"""Where the statistical year will end, how likely its target is, and how such forecasts fared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, column, withheld_text
from shortplank.reading.targets import TargetLine, target_of
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.topics.trends.answer.trend import Trend, trend
from shortplank.wording.chance import forecast_chance_text
from shortplank.wording.limits import TOO_FEW_YEARS
from shortplank.wording.numbers import interval_text, number_text, rounded, short_value, value_text
from shortplank.wording.sides import (
    MEET_CHANCE,
    MET,
    REACH,
    is_weak,
    meet_text,
    met_text,
    skill_text,
)

DRAWS = 20_000
# A last year with more gaps than a quarter does not say how much is still to come.
LEAST_MONTHS = 9
# A back-test makes hundreds of forecasts; each needs its limits only to the nearest point.
TEST_DRAWS = 300


@dataclass(frozen=True)
class Calibration:
    """How forecasts made in the finished years came out: 95 % limits that held, of how many."""

    forecasts: int
    covered_95: float
    brier: float
    base_brier: float


@dataclass(frozen=True)
class YearEndOutlook(Told):
    """The year's end in the indicator's unit; NaN where it cannot be said."""

    item: Indicator
    view: View
    value: float
    lower: float
    upper: float
    months_passed: int
    target: TargetLine | None
    target_chance: float
    rank_chance: float
    keep_rank: int | None
    compared: int
    calibration: Calibration | None
    anew: bool = False
    """Whether it is a stock that starts anew each statistical year: it is not forecast."""
    steady: bool = False
    """Whether its months are known and never moved: nothing says how far they may."""

    @cached_property
    def trend(self) -> Trend:
        """Return the cumulative years that the forecast goes on from."""
        return trend(self.view.with_(window="ytd"), "years")

    @property
    def marks(self) -> str:
        """Return what the marks of the picture mean."""
        if self.is_over:
            return "灰带为至各月比率的 95% 区间" if self.item.interval != "none" else ""
        now = "灰带为至今比率的 95% 区间，" if self.item.interval != "none" else ""
        return f"{now}蓝色为年底数的 95% 区间，从至今的实数起"

    @property
    def is_over(self) -> bool:
        """Return whether the year has ended and is known whole: nothing of it is forecast."""
        return self.months_passed == 12 and self.lower == self.upper

    @property
    def target_word(self) -> str:
        """Return whether the figure meets the target: 达到 84%, 未达 84%; "" without one."""
        if self.target is None or self.is_empty or self.item.polarity not in ("up", "down"):
            return ""
        goal = self.target.value
        met = not is_weak(self.item, self.value, goal)
        return met_text(self.item, value_text(self.item, goal, 0), met=met)

    @property
    def is_empty(self) -> bool:
        """Return whether there is no forecast."""
        return bool(np.isnan(self.value))

    @property
    def has_picture(self) -> bool:
        """Return whether there is a year to draw, forecast or not."""
        return not self.trend.is_empty


def has_year_end(item: Indicator) -> bool:
    """Return whether an indicator's year end can be forecast: shares of counted cases."""
    return item.interval == "wilson" and item.kind in ("ratio", "completeness")


def year_end(view: View) -> YearEndOutlook:
    """Return the outlook of the view's area and indicator at the end of the statistical year."""
    item = view.item
    counts = _counts(view)
    own = counts.get(view.area)
    target = target_of(view, view.indicator, view.area) if item.helpable else None
    value = lower = upper = chance = rank = float("nan")
    keep, compared, calibration = view.ws.scheme.keep_rank, 0, None
    anew = own is not None and _kind(view) == "stock" and stats.starts_anew(own[0], own[1])
    may = own is not None and has_year_end(item) and not anew
    steady = False
    if may and own is not None and _is_known_enough(own, view.months_of_year):
        made = _forecast(
            _packed(own),
            view.months_of_year,
            None if target is None else target.value / item.factor,
            item.polarity,
            _kind(view),
            _peer_counts(view),
            keep if item.helpable and view.area == view.county.area_code else None,
        )
        value, lower, upper = (item.factor * v for v in (made.value, made.lower, made.upper))
        chance, rank, compared = made.target_chance, made.rank_chance, made.compared
        calibration = _calibration(view, counts, target)
        steady = bool(np.isnan(value) and np.nansum(own[1, -1]) > 0)
    outlook = YearEndOutlook(
        item=item,
        view=view,
        value=value,
        lower=lower,
        upper=upper,
        months_passed=view.months_of_year,
        target=target,
        target_chance=chance,
        rank_chance=rank,
        keep_rank=keep,
        compared=compared,
        calibration=calibration,
        anew=anew,
        steady=steady,
    )
    title, sentence = _words(view, outlook)
    about = (item.label, "年度累计", item.unit, outlook.marks)
    return replace(outlook, title=title, about=about, sentence=sentence)


def headline_outlooks(view: View) -> list[tuple[str, YearEndOutlook]]:
    """Return the outlook of each headline service or quality indicator, with its id."""
    found = []
    for key in view.ws.scheme.headline:
        item = view.ws.indicators[key]
        if item.helpable and has_year_end(item):
            made = year_end(view.with_(indicator=key, window="ytd", area=view.county.area_code))
            found += [] if made.is_empty else [(key, made)]
    return found


def without_outlook(view: View) -> str:
    """Return why no headline indicator has an outlook: none is of that kind, or not yet."""
    items = [view.ws.indicators[key] for key in view.ws.scheme.headline]
    if any(item.helpable and has_year_end(item) for item in items):
        return "已知的月份太少，还不作年底预测。"
    return "没有可以预测年底的服务或质量指标。"


def outlook_text(made: YearEndOutlook) -> str:
    """Return an outlook in one line: where it ends, the target's chance, the keeping place's."""
    if made.is_over:
        return f"{made.item.label} {'，'.join(_ended(made))}"
    span = interval_text(made.item, made.lower, made.upper)
    parts = [f"{made.item.label} {short_value(made.item, made.value)}（{span}）"]
    if made.target is not None and not np.isnan(made.target_chance):
        goal = value_text(made.item, made.target.value, 0)
        hoped = meet_text(made.item, goal)
        parts.append(f"{hoped} 的可能{forecast_chance_text(made.target_chance)}")
    if not np.isnan(made.rank_chance):
        parts.append(f"保住前 {made.keep_rank} 位的可能{forecast_chance_text(made.rank_chance)}")
    return "，".join(parts)


def _ended(made: YearEndOutlook) -> list[str]:
    """Return how a finished year came out: there is nothing left to be likely or not."""
    parts = [f"年度已结束：{short_value(made.item, made.value)}"]
    if met := made.target_word:
        parts.append(met)
    if made.rank_chance in (0.0, 1.0):
        no = "" if made.rank_chance else "不"
        parts.append(f"{no}在前 {made.keep_rank} 位")
    return parts


def calibration_line(outlooks: list[YearEndOutlook]) -> str:
    """Return how such forecasts held in the finished years, over all, and what has no place.

    "" where no year is left to be forecast.
    """
    outlooks = [made for made in outlooks if not made.is_over]
    if not outlooks:
        return ""
    placed = [not np.isnan(made.rank_chance) for made in outlooks]
    stocks = "；期末存量不推算名次" if any(placed) and not all(placed) else ""
    known = [made.calibration for made in outlooks if made.calibration is not None]
    total = sum(each.forecasts for each in known)
    if not total:
        return f"{TOO_FEW_YEARS}，这种预测还没有检验过{stocks}"
    held = sum(each.forecasts * each.covered_95 for each in known) / total
    return (
        f"同样的方法回头预测已结束的年度 {number_text(total)} 次，"
        f"95% 区间包住了 {number_text(100 * held)}%{stocks}"
    )


# --- counts --------------------------------------------------------------------------------------
def _counts(view: View) -> dict[str, Floats]:
    """Return every area's months as (2, years, 12): numerators and denominators.

    A month that was due and did not come is NaN; one in which nothing was due has no cases.
    """
    table = view.ask(
        "series_by_area",
        indicator=view.indicator,
        county=view.county.area_code,
        month=view.month,
        year_opens=view.ws.settings.statistical_year_first_month,
    )
    opened = pc.min(table["statistical_year"]).as_py() or view.statistical_year
    years = list(range(opened, view.statistical_year + 1))
    first = view.ws.settings.statistical_year_first_month
    found: dict[str, Floats] = {}
    for code in pc.unique(table["area_code"]).to_pylist():
        rows = table.filter(pc.equal(table["area_code"], code))
        counts = np.full((2, len(years), 12), np.nan)
        at = [years.index(y) for y in rows["statistical_year"].to_pylist()]
        place = [(m.month - first) % 12 for m in rows["stat_month"].to_pylist()]
        due = column(rows, "expected") > 0
        for part, name in enumerate(("numerator", "denominator")):
            values = column(rows, name)
            counts[part, at, place] = np.where(np.isnan(values) & ~due, 0.0, values)
        found[code] = counts
    return found


def _is_known_enough(own: Floats, passed: int) -> bool:
    """Return whether the year is over, or last year's months say how much is to come."""
    if passed == 12:
        return True
    if own.shape[1] < 2:
        return False
    last = own[1, -2]
    return bool((~np.isnan(last)).sum() >= LEAST_MONTHS and np.nansum(last) > 0)


def _kind(view: View) -> str:
    leaves = view.ws.leaves(view.item.numerator)
    measured = [view.ws.measures[leaf] for leaf in leaves if leaf in view.ws.measures]
    return "stock" if measured and all(m.kind == "stock" for m in measured) else "flow"


def _peer_counts(view: View) -> tuple[tuple[float, ...], ...] | None:
    """Return the other peers' counts this year and over the whole of last year."""
    months = (view.month, add_months(view.year_start, -1))
    held: list[dict[str, tuple[float, float]]] = []
    for month in months:
        table = view.ask("peers_by_month", indicator=view.indicator, first_month=month, month=month)
        rows = zip(
            table["area_code"].to_pylist(),
            column(table, "numerator"),
            column(table, "denominator"),
            strict=True,
        )
        held.append({code: (x, n) for code, x, n in rows if code != view.county.area_code})
    now, last = held
    if not now:
        return None
    nothing = (float("nan"), float("nan"))
    pairs = [(*now[code], *last.get(code, nothing)) for code in sorted(now)]
    return tuple(zip(*pairs, strict=True))


def _packed(counts: Floats) -> tuple[bytes, tuple[int, ...]]:
    return counts.tobytes(), counts.shape


def _unpacked(packed: tuple[bytes, tuple[int, ...]]) -> Floats:
    return np.frombuffer(packed[0]).reshape(packed[1])


@lru_cache(maxsize=256)
def _forecast(
    packed: tuple[bytes, tuple[int, ...]],
    passed: int,
    target: float | None,
    polarity: str,
    kind: str,
    peers: tuple[tuple[float, ...], ...] | None,
    keep: int | None,
) -> stats.YearEnd:
    """Return the simulation, kept because the same months are looked at again."""
    x, n = _unpacked(packed)
    direction = polarity if polarity in ("up", "down") else "up"
    return stats.year_end_chance(
        x[-1][:passed],
        n[-1][:passed],
        x[:-1] if len(x) > 1 else None,
        n[:-1] if len(n) > 1 else None,
        target=target,
        polarity=direction,
        kind=kind,
        peers=stats.Peers(*peers) if peers and keep else None,
        keep_rank=keep if peers else None,
        draws=DRAWS,
    )


def _calibration(
    view: View, counts: dict[str, Floats], target: TargetLine | None
) -> Calibration | None:
    """Return how forecasts of the finished years came out, the county's and its townships'."""
    finished = [c[:, :-1] for c in counts.values()]
    if not finished or finished[0].shape[1] < 2:
        return None
    share = None if target is None else target.value / view.item.factor
    made = _back_test(_packed(np.stack(finished)), share, view.item.polarity, _kind(view))
    if not made.forecasts:
        return None
    return Calibration(made.forecasts, made.covered_95, made.brier, made.brier_base)


@lru_cache(maxsize=64)
def _back_test(
    packed: tuple[bytes, tuple[int, ...]], target: float | None, polarity: str, kind: str
) -> stats.BackTest:
    counts = _unpacked(packed)
    direction = polarity if polarity in ("up", "down") else "up"
    return stats.back_test(
        counts[:, 0], counts[:, 1], target=target, polarity=direction, kind=kind, draws=TEST_DRAWS
    )


# --- words ---------------------------------------------------------------------------------------
def _words(view: View, made: YearEndOutlook) -> tuple[str, str]:
    item = made.item
    where = "" if view.area == view.county.area_code else view.area_item.name
    if made.is_empty:
        if not has_year_end(item):
            return f"{item.label}没有可以预测的年底值", "只预测由计数构成的比率。"
        if where and view.actor.stops_at_county(view.ws, view.indicator):
            return f"{where}{item.label}：不公布", f"{withheld_text(view.ws, view.indicator)}。"
        if made.anew:
            return (
                f"{where}{item.label}每个统计年度从头计起，不作年底预测",
                "这是每年从头计起的期末存量，上年年底的数说明不了本年；请看与上年同期的比较。",
            )
        if made.steady:
            return (
                f"{where}{item.label}：各月的变动都一样，不作年底预测",
                "以往看不出一个月能变多少，年底数的区间无从推算。",
            )
        return (
            f"{where}{item.label}：已知的月份太少，不作年底预测",
            f"至少要有本年度的一个月，和上年度的 {LEAST_MONTHS} 个月。",
        )
    end = f"{short_value(item, made.value)}"
    span = interval_text(item, made.lower, made.upper)
    if made.is_over:
        title = f"{where}{item.label}{'，'.join(_ended(made))}"
        births = "；出生情况只作背景，不设目标" if item.family == "births" else ""
        return title, f"统计年度已经结束，{item.label}为 {end}，不再预测{births}。"
    title = f"{where}{item.label}年底预计 {end}（{span}）"
    left = 12 - made.months_passed
    parts = [f"统计年度还剩 {left} 个月" if left else "统计年度已经结束，未报的月份是推算的"]
    if made.target is not None and not np.isnan(made.target_chance):
        told = forecast_chance_text(made.target_chance)
        goal = value_text(item, made.target.value, 0)
        title += f"，{meet_text(item, goal)} 的可能{told}"
        parts.append(f"按本年度至今的数和以往的波动，年底{MET} {goal} 的可能{told}")
    if not np.isnan(made.rank_chance):
        parts.append(
            f"在 {made.compared + 1} 个可比的县中排在第 {made.keep_rank} 位以内的可能"
            f"{forecast_chance_text(made.rank_chance)}"
        )
    elif made.target is not None and _kind(view) == "stock":
        parts.append("期末存量只知道别县的当期数，不推算名次")
    if item.family == "births":
        parts.append(f"出生情况只作背景，不设目标，不算{REACH}的可能")
    return title, "；".join([*parts, _calibration_text(made.calibration)]) + "。"


def _calibration_text(made: Calibration | None) -> str:
    if made is None:
        return f"{TOO_FEW_YEARS}，还不能检验这种预测的准头"
    text = (
        f"用同样的方法回头预测已结束的年度 {number_text(made.forecasts)} 次，"
        f"95% 区间实际包住了 {number_text(100 * made.covered_95)}%"
    )
    if np.isnan(made.brier) or not made.base_brier:  # it was always met, or never
        return text
    return f"{text}，达标与否的判断{skill_text(better=made.brier < made.base_brier)}"


def year_end_table(made: YearEndOutlook) -> pa.Table:
    """Return the outlook as one row."""
    item = made.item
    known = made.calibration
    return pa.table(
        {
            "单位": [made.view.area_item.name],
            f"{'年底' if made.is_over else '年底预计'}（{item.unit}）": [
                rounded(made.value, item.decimals)
            ],
            "95% 区间": ["–" if made.is_over else interval_text(item, made.lower, made.upper)],
            "目标": pa.array([made.target.value if made.target else None], pa.float64()),
            **(_result_columns(made) if made.is_over else _chance_columns(made)),
            "回头检验次数": pa.array([known.forecasts if known else None], pa.int64()),
            "95% 区间包住": [f"{number_text(100 * known.covered_95)}%" if known else "–"],
        }
    )


def _chance_columns(made: YearEndOutlook) -> dict[str, list[str]]:
    return {
        MEET_CHANCE: [forecast_chance_text(made.target_chance)],
        f"第 {made.keep_rank or '–'} 位以内的可能": [forecast_chance_text(made.rank_chance)],
    }


def _result_columns(made: YearEndOutlook) -> dict[str, list[str]]:
    return {"结果": ["，".join(_ended(made)[1:]) or "–"]}
