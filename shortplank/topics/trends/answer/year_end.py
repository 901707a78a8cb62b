"""Where the statistical year will end, how likely its target is, and how such forecasts fared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, withheld_text
from shortplank.reading.targets import TargetLine, target_of
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.topics.trends.answer.trend import Trend, trend
from shortplank.topics.trends.answer.year_counts import (
    LEAST_MONTHS,
    Calibration,
    calibration,
    forecast,
    is_known_enough,
    is_stock,
    kind_of,
    month_counts,
)
from shortplank.wording.chance import forecast_chance_text
from shortplank.wording.naming import joined
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
from shortplank.wording.year_end import (
    ANEW,
    ANEW_TOO_WIDE,
    NO_PLACE,
    NOT_CALIBRATED,
    NOT_TESTED_ANEW,
    UNSURE,
    back_test_text,
    not_held_text,
    not_tested_text,
)


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
    """Whether it is a stock that starts anew each statistical year."""
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
    def holds(self) -> bool:
        """Return whether the back-test lets a chance be said."""
        return self.calibration is not None and self.calibration.holds

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


# Of a stock that begins anew: limits that leave half of all shares open say nothing.
MOST_WIDE = 0.5
_UNKNOWN = stats.YearEnd(*(float("nan"),) * 6, 0)


@once()
def year_end(view: View) -> YearEndOutlook:
    """Return the outlook of the view's area and indicator at the end of the statistical year."""
    item = view.item
    counts = month_counts(view)
    own = counts.get(view.area)
    target = target_of(view, view.indicator, view.area) if item.helpable else None
    kind = "flow" if own is None else kind_of(view, own)
    made, held = _UNKNOWN, None
    enough = own is not None and is_known_enough(own, view.months_of_year)
    if enough and has_year_end(item):
        made, held = _outlook(view, counts, target, kind)
    value, lower, upper = (item.factor * v for v in made[:3])
    known = own is not None and bool(np.nansum(own[1, -1]) > 0)
    outlook = YearEndOutlook(
        item=item,
        view=view,
        value=value,
        lower=lower,
        upper=upper,
        months_passed=view.months_of_year,
        target=target,
        target_chance=made.target_chance,
        rank_chance=made.rank_chance,
        keep_rank=view.ws.scheme.keep_rank,
        compared=made.compared,
        calibration=held,
        anew=kind == "anew",
        steady=enough and kind != "anew" and bool(np.isnan(value)) and known,
    )
    title, sentence = _words(view, outlook)
    about = (item.label, "年度累计", item.unit, outlook.marks)
    return replace(outlook, title=title, about=about, sentence=sentence)


def _outlook(
    view: View, counts: dict[str, Floats], target: TargetLine | None, kind: str
) -> tuple[stats.YearEnd, Calibration | None]:
    """Return the forecast with no more said than its back-test holds, and the back-test.

    A chance needs one that holds; a stock that begins anew is not forecast at all without.
    """
    county = view.area == view.county.area_code
    keep = view.ws.scheme.keep_rank if view.item.helpable and county else None
    made = forecast(view, counts[view.area], target, kind, keep)
    held = calibration(view, target, kind)
    if view.months_of_year == 12 and made.lower == made.upper:
        return made, held
    nan = float("nan")
    holds = held is not None and held.holds
    if kind == "anew" and not (holds and made.upper - made.lower <= MOST_WIDE):
        made = _UNKNOWN
    elif not holds:
        made = made._replace(target_chance=nan, rank_chance=nan)
    elif held is not None and not held.chance_holds:
        made = made._replace(target_chance=nan)
    return made, held


@once()
def headline_outlooks(view: View) -> list[tuple[str, YearEndOutlook]]:
    """Return the outlook of each headline service or quality indicator, with its id."""
    found = []
    for key in view.ws.scheme.headline:
        item = view.ws.indicators[key]
        if item.helpable and has_year_end(item):
            made = year_end(view.with_(indicator=key, window="ytd", area=view.county.area_code))
            found += [] if made.is_empty else [(key, made)]
    return found


@dataclass(frozen=True)
class Ends:
    """What is said of the headline indicators' year's ends: a line each, and what holds of all."""

    lines: tuple[tuple[str, str], ...]
    """Each indicator's id and its outlook in one line."""
    about: str
    """How such forecasts held; without any line, why there is none."""


@once(stored=True)
def headline_ends(view: View) -> Ends:
    """Return where the headline indicators end the year, in words."""
    found = headline_outlooks(view)
    lines = tuple((key, outlook_text(made)) for key, made in found)
    if not lines:
        return Ends((), without_outlook(view))
    held = calibration_line([made for _, made in found])
    return Ends(lines, f"{held}。" if held else "")


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
    stocks = [made for made in outlooks if is_stock(made.view)]
    notes = [NO_PLACE] if any(placed) and stocks else []
    known = [made.calibration for made in outlooks if made.calibration is not None]
    total = sum(each.forecasts for each in known)
    if not total:
        return "；".join([not_tested_text(asked=True), *notes])
    held = sum(each.forecasts * each.covered_95 for each in known) / total
    unsaid = [made.item.label for made in outlooks if made.calibration and not made.holds]
    notes = [not_held_text(joined(unsaid)), *notes] if unsaid else notes
    return "；".join([back_test_text(total, held), *notes])


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
            why = ANEW_TOO_WIDE if made.holds else _calibration_text(made)
            return f"{where}{item.label}每个统计年度从头计起，不作年底预测", f"{ANEW}；{why}。"
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
    parts = [ANEW] if made.anew else []
    parts += [f"统计年度还剩 {left} 个月" if left else "统计年度已经结束，未报的月份是推算的"]
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
    elif made.target is not None and is_stock(view):
        parts.append(NO_PLACE)
    if item.family == "births":
        parts.append(f"出生情况只作背景，不设目标，不算{REACH}的可能")
    return title, "；".join([*parts, _calibration_text(made)]) + "。"


def _calibration_text(made: YearEndOutlook) -> str:
    """Return how such forecasts held, and that no chance is said where they did not."""
    known = made.calibration
    if known is None:
        return NOT_TESTED_ANEW if made.anew else not_tested_text(asked=made.item.helpable)
    text = back_test_text(known.forecasts, known.covered_95)
    if not known.holds:
        if made.anew:
            return f"{text}，{UNSURE}"
        return f"{text}；{not_held_text(asked=made.item.helpable)}"
    if made.target is not None and not known.chance_holds:
        return f"{text}；{NOT_CALIBRATED}"
    if np.isnan(known.brier) or not known.base_brier:  # it was always met, or never
        return text
    return f"{text}，达标与否的判断{skill_text(better=known.brier < known.base_brier)}"


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
            "回测次数": pa.array([known.forecasts if known else None], pa.int64()),
            "落在区间内": [f"{number_text(100 * known.covered_95)}%" if known else "–"],
        }
    )


def _chance_columns(made: YearEndOutlook) -> dict[str, list[str]]:
    return {
        MEET_CHANCE: [forecast_chance_text(made.target_chance)],
        f"第 {made.keep_rank or '–'} 位以内的可能": [forecast_chance_text(made.rank_chance)],
    }


def _result_columns(made: YearEndOutlook) -> dict[str, list[str]]:
    return {"结果": ["，".join(_ended(made)[1:]) or "–"]}
