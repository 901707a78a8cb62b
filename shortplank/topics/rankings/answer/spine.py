"""One township in every indicator beside the county and the other townships: a spine chart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import (
    Floats,
    Measured,
    column,
    from_table,
    verdicts_against,
    verdicts_against_range,
)
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.topics.rankings.answer.ranking import competition, rankable
from shortplank.wording.chance import by_chance_text, many_text
from shortplank.wording.claims import Tally, all_clear
from shortplank.wording.naming import joined
from shortplank.wording.numbers import interval_text, rounded, short_value
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.verdicts import (
    COUNTY_SIDES,
    OFF_EITHER_RANGE,
    STATE_WORDS,
    VERDICT_MARKS,
    VERDICT_WORDS,
)

MARKS = "浅条为各乡镇，深条为居中的一半，细线为 95% 区间，空心圆不作评价"
FAMILIES = ("service", "quality", "team", "procedure", "births", "context")


@dataclass(frozen=True)
class SpineRow:
    """One indicator: the township (a row of ``towns``), all townships and the county."""

    indicator: str
    item: Indicator
    window: Window
    towns: Measured
    at: int
    county: float
    code: str
    whole: bool
    """Whether the month's own reports have all come in."""

    @property
    def value(self) -> float:
        """Return the township's value, NaN where it has none to show."""
        return float(self.towns.value[self.at])

    @property
    def told(self) -> str:
        """Return the value, or why there is none."""
        state = self.towns.state[self.at]
        if state in ("ok", "zero"):
            return short_value(self.item, self.value)
        return STATE_WORDS[state]

    @property
    def place(self) -> str:
        """Return the place among the townships, ties as ties; nothing without a direction."""
        if self.item.polarity not in ("up", "down"):
            return ""
        rank = competition(self.item, self.towns.value)[self.at]
        if np.isnan(rank):
            return ""
        return f"{int(rank)}/{int(np.isfinite(self.towns.value).sum())}"

    def across(self, values: Floats) -> Floats:
        """Return values on the row's own scale: the county 0, the farthest township ±1.

        Better is right; without a direction higher is.
        """
        farthest = np.nanmax(np.abs(self.towns.value - self.county))
        side = -1.0 if self.item.polarity == "down" else 1.0
        return side * (values - self.county) / (farthest if farthest > 0 else 1.0)


@dataclass(frozen=True)
class Spine(Told):
    """All that is known of one township in a month; ``absent`` have nothing to show in it.

    ``withheld`` are indicators of which viewers have no township.
    """

    name: str
    edition: int
    rows: list[SpineRow]
    absent: list[str]
    unfilled: list[str]
    """Indicators whose rolling twelve months the history does not fill yet."""
    withheld: list[str]
    few: list[str]
    """Indicators of which the township, like all others, has too few cases."""

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to compare."""
        return not self.rows

    @property
    def codes(self) -> list[str]:
        """Return the verdicts that appear as dots."""
        return [row.code for row in self.rows if row.code != "too_few"]


def spine(view: View, town: str) -> Spine:
    """Return one township beside the county in every indicator, each in its usual window."""
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    rows: list[SpineRow] = []
    gone: dict[str, list[str]] = {"absent": [], "unfilled": [], "withheld": [], "too_few": []}
    for key, item in sorted(view.ws.indicators.items(), key=lambda pair: _order(pair[1])):
        if "township" in item.levels and rankable(item):
            own = table.filter(pc.equal(table["indicator"], key))
            row = _row(key, item, own, town, full=has_figure(view, item.default_window))
            if row:
                rows.append(row)
            else:
                gone[_why_gone(view, item, own, town)].append(item.label)
    name = view.ws.area_by_code[town].name
    title, sentence = _words(name, rows)
    made = Spine(
        name,
        view.edition,
        rows,
        gone["absent"],
        gone["unfilled"],
        gone["withheld"],
        gone["too_few"],
        title=title,
        about=("各指标与全县相比", MARKS),
        sentence=sentence,
    )
    return replace(made, notes=_notes(made))


def _notes(made: Spine) -> list[str]:
    """Return what the month lacks: reports behind the figures, and indicators left out."""
    late = any(not row.whole for row in made.rows)
    notes = [f"{made.name}本月报表未到齐，累计数只含已到的月份"] if late else []
    notes += [f"没有数：{'、'.join(made.absent)}"] if made.absent else []
    notes += [f"{STATE_WORDS['too_few']}：{'、'.join(made.few)}"] if made.few else []
    short = f"近12月{STATE_WORDS['not_full']}"
    notes += [f"{short}：{'、'.join(made.unfilled)}"] if made.unfilled else []
    return notes + ([f"乡镇数不公布：{'、'.join(made.withheld)}"] if made.withheld else [])


def _why_gone(view: View, item: Indicator, table: pa.Table, town: str) -> str:
    """Return in which of the lists an indicator stands that has no row."""
    own = from_table(item, table.filter(pc.equal(table["area_code"], town)), item.default_window)
    if own.state == ["suppressed"]:
        return "withheld"
    if own.state == ["too_few"]:
        return "too_few"
    return "absent" if has_figure(view, item.default_window) else "unfilled"


def _order(item: Indicator) -> int:
    return FAMILIES.index(item.family) if item.family in FAMILIES else len(FAMILIES)


def _row(key: str, item: Indicator, table: pa.Table, town: str, *, full: bool) -> SpineRow | None:
    window = item.default_window
    below = table.filter(pc.equal(table["level"], "township"))
    towns = from_table(item, below, window, full=full)
    county = from_table(item, table.filter(pc.equal(table["level"], "county")), window)
    if town not in towns.codes or not county.codes or np.isnan(county.value[0]):
        return None
    at = towns.codes.index(town)
    if towns.state[at] == "not_expected" or np.isnan(towns.value).all():
        return None
    value = float(county.value[0])
    code = "none"
    if item.interval != "none" and towns.state[at] in ("ok", "zero", "too_few"):
        own = towns.pick([at])
        code = verdicts_against(item, own, value)[0]
        if item.target_range is not None:  # a range is judged by itself, on either side
            code = verdicts_against_range(item, own)[0]
    due, came = (float(column(below, name)[at]) for name in ("expected", "reported"))
    return SpineRow(key, item, window, towns, at, value, code, np.isnan(due) or came >= due)


def _side(row: SpineRow) -> str:
    """Return what a row's verdict says of it, as sentences count it; nothing where it is alike."""
    if row.item.target_range is not None:
        return OFF_EITHER_RANGE if row.code == "worse" else ""
    return COUNTY_SIDES.get(row.code, "")


def _words(name: str, rows: list[SpineRow]) -> tuple[str, str]:
    """Return the finding, and how many differences chance alone would give."""
    judged = [row for row in rows if row.code not in ("none", "too_few")]
    if not judged:
        return f"{name}：没有可与全县比较的指标", "本期没有可以比较的数。"
    chance = by_chance_text(0.05 * len(judged), "项")
    groups: dict[str, list[str]] = {}
    for row in sorted(judged, key=lambda row: row.code, reverse=True):
        if side := _side(row):
            groups.setdefault(side, []).append(row.item.label)
    if not groups:
        return (
            f"{name}：{all_clear(Tally(len(judged), 0), '项指标', '与全县的差异')}",
            f"{len(judged)} 项中没有一项的 95% 区间不含全县值（有范围的：不与范围相交）。",
        )
    heads = "，".join(f"{len(labels)} 项{side}" for side, labels in groups.items())
    told = "，".join(
        f"{len(labels)} 项{side}（{joined(labels, 3)}）" for side, labels in groups.items()
    )
    apart = sum(len(labels) for labels in groups.values())
    tail = float(stats.binomial_at_least(apart, len(judged), 0.05))
    many = many_text(unlikely=tail < 0.05)
    return (
        f"{name}：{len(judged)} 项指标中 {heads}",
        f"{told}；按 95% 区间共 {apart} 项，{chance}，"
        f"这么多项{many}。有的指标彼此相关，先核对再下结论。",
    )


def spine_table(made: Spine) -> pa.Table:
    """Return the picture's figures with Chinese headings, a row an indicator."""
    rows = made.rows
    return pa.table(
        {
            "指标": [row.item.label for row in rows],
            "时段": [WINDOW_LABELS[row.window] for row in rows],
            made.name: [row.told for row in rows],
            "95% 区间": [
                interval_text(row.item, row.towns.lower[row.at], row.towns.upper[row.at])
                for row in rows
            ],
            "分子": [rounded(row.towns.x[row.at], 0) for row in rows],
            "分母": [rounded(row.towns.n[row.at], 0) for row in rows],
            "全县": [short_value(row.item, row.county) for row in rows],
            "位次": [row.place for row in rows],
            "结论": [f"{VERDICT_MARKS[row.code]} {VERDICT_WORDS[row.code]}" for row in rows],
        }
    )
