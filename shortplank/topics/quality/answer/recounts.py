"""Reported against recounted births, and births by department beside the reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import gaps_until
from shortplank.reading.judged.announced import how_judged, standing_title, unit_words
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.judged.natural import total_sex_ratio
from shortplank.reading.measured import Floats, column, texts, values_of
from shortplank.reading.peers import peers
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import add_months
from shortplank.wording.judged import NOT_JUDGED_HERE
from shortplank.wording.naming import joined
from shortplank.wording.numbers import number_text, rounded, short_value, signed_text
from shortplank.wording.periods import month_text

ABOUT = ("上报与回溯", "按出生月份")
SOURCES = {"hospital": "医院出生通报", "vaccination": "预防接种建卡", "registered": "户口登记"}


@dataclass(frozen=True)
class Recounts(Told):
    """Recounted against reported, by birth month of the county and by township over the year.

    ``net`` is (recounted − reported) / recounted in per cent, ``absolute`` the sum of the
    townships' own gaps without sign.
    """

    months: list[date]
    reported: Floats
    recounted: Floats
    towns: list[str]
    codes: list[str]
    town_reported: Floats
    town_recounted: Floats
    factor: stats.Verification | None
    net: float
    absolute: float

    @property
    def is_empty(self) -> bool:
        """Return whether nothing has been recounted."""
        return not self.months


@once()
def recounts(view: View) -> Recounts:
    """Return the last recounted statistical year to the view's month."""
    key = view.ws.indicator_of("recount")
    if key is None:
        return _nothing()
    table = view.area_months(key)
    known = table.filter(pc.is_valid(table["ytd_numerator"]))
    if not known.num_rows:
        return _nothing()
    year = max(known["statistical_year"].to_pylist())
    own = known.filter(pc.equal(known["statistical_year"], year))
    county = own.filter(pc.equal(own["level"], "county"))
    # The mart holds the year to each month: a month is what that adds to the month before.
    again = np.diff(column(county, "ytd_denominator"), prepend=0.0)
    before = again - np.diff(column(county, "ytd_numerator"), prepend=0.0)
    towns, codes, t_again, t_before = _by_township(own)
    gap = float(np.abs(t_again - t_before).sum()) if towns else float("nan")
    found = stats.verification_factor(float(again.sum()), float(before.sum()))
    made = Recounts(
        months=county["stat_month"].to_pylist(),
        reported=before,
        recounted=again,
        towns=towns,
        codes=codes,
        town_reported=t_before,
        town_recounted=t_again,
        factor=found,
        net=100 * float(found.net_gap),
        absolute=100 * gap / float(again.sum()),
        about=ABOUT,
    )
    return _with_list(view, _told(view, made, year, own), key)


def _with_list(view: View, made: Recounts, key: str) -> Recounts:
    """Return the answer with who is listed for the gap: the ledger's, whatever intervals say."""
    standing = ledger_of(view).standing(key, "township")
    if standing is None or not standing.compared:
        figures = [f"各乡镇的差距{NOT_JUDGED_HERE}"] if made.towns else []
        return replace(made, notes=[*made.notes, *figures])
    told = standing_title(view.with_(window="ytd"), key, "township")
    return replace(
        made,
        sentence=f"{made.sentence}{told}。",
        named=tuple(standing.announced_names),
        tested=standing.compared,
        how=how_judged(view, key, "township"),
    )


def _nothing() -> Recounts:
    blank = np.array([])
    text = "还没有回溯数"
    nothing = Recounts([], blank, blank, [], [], blank, blank, None, np.nan, np.nan, about=ABOUT)
    return replace(nothing, title=text, sentence=text + "。")


def _by_township(rows: pa.Table) -> tuple[list[str], list[str], Floats, Floats]:
    """Return the townships' names, codes and counts over the year, as far as it is recounted.

    Viewers have none where only some villages of a township were chosen for counting again.
    """
    last = pc.max(rows["stat_month"])
    towns = rows.filter(
        pc.and_(pc.equal(rows["level"], "township"), pc.equal(rows["stat_month"], last))
    )
    again = column(towns, "ytd_denominator")
    before = again - column(towns, "ytd_numerator")
    return texts(towns, "name"), texts(towns, "area_code"), again, before


def _told(view: View, made: Recounts, year: int, own: pa.Table) -> Recounts:
    assert made.factor is not None
    factor, low, high = (float(v) for v in made.factor[:3])
    title = f"{year}统计年度回溯 {number_text(made.recounted.sum())} 例，{way_text(made)}"
    parts = [
        factor_text(factor, low, high),
        f"净差距 {number_text(made.net, 1)}%"
        + (
            f"，不相抵消的绝对差距 {number_text(made.absolute, 1)}%"
            if made.towns
            else "；只有部分村回溯，乡镇数不公布"
        ),
    ]
    if unfiled := _unfiled(view, own):
        parts.append(f"其中{unfiled}是未报的月份")
    worst = _most_apart(made)
    if worst:
        parts.append(f"差得最多的是{joined(worst)}")
    notes = ["只比已回溯的村和月；后来订正的数也算上报"]
    return replace(made, title=title, sentence="；".join(parts) + "。", notes=notes)


def way_text(made: Recounts) -> str:
    """Return how many more or fewer were reported than were counted again: 少报 162 例."""
    gap = int(made.recounted.sum() - made.reported.sum())
    return f"少报 {gap} 例" if gap > 0 else f"多报 {-gap} 例" if gap < 0 else "上报与回溯相等"


def factor_text(factor: float, low: float, high: float) -> str:
    """Return how far two counts are apart, as a figure with its interval and no verdict."""
    span = f"{number_text(low, 3)}–{number_text(high, 3)}"
    return f"核实系数 {number_text(factor, 3)}（95% 区间 {span}）"


def _unfiled(view: View, own: pa.Table) -> str:
    """Return how many of the births that a recount added are of months nobody had filed."""
    gone = {(gap.area_code, gap.month) for gap in gaps_until(view) if gap.whole}
    found: list[str] = []
    for code in dict.fromkeys(code for code, _ in gone):
        rows = own.filter(pc.equal(own["area_code"], code))
        added = np.diff(column(rows, "ytd_numerator"), prepend=0.0)
        again = np.diff(column(rows, "ytd_denominator"), prepend=0.0)
        for i, month in enumerate(rows["stat_month"].to_pylist()):
            if (code, month) in gone and added[i] > 0 and added[i] == again[i]:
                name, when = rows["name"][i].as_py(), month_text(month)
                found.append(f"{name}{when} {number_text(added[i])} 例")
    return joined(found)


def _most_apart(made: Recounts) -> list[str]:
    gaps = made.town_recounted - made.town_reported
    order = np.argsort(-np.abs(gaps), kind="stable")[:3]
    return [f"{made.towns[i]}（{signed_text(gaps[i], 0)} 例）" for i in order if gaps[i]]


def recounts_table(view: View, made: Recounts) -> pa.Table:
    """Return the townships' recounts with their verification factors, the widest gap first."""
    key = view.ws.indicator_of("recount")
    judged = key is not None and made.tested > 0
    told = unit_words(view, key, "township", made.codes) if key and judged else []
    found = stats.verification_factor(made.town_recounted, made.town_reported)
    gaps = made.town_recounted - made.town_reported
    order = np.argsort(-np.abs(gaps), kind="stable")
    factor, low, high, net = (np.atleast_1d(np.asarray(part)) for part in found)
    return pa.table(
        {
            "乡镇": [made.towns[i] for i in order],
            "上报": [int(made.town_reported[i]) for i in order],
            "回溯": [int(made.town_recounted[i]) for i in order],
            "差（例）": [int(gaps[i]) for i in order],
            "净差距（%）": [rounded(100 * net[i], 1) for i in order],
            "核实系数": [rounded(factor[i], 3) for i in order],
            "95% 区间": [f"{number_text(low[i], 3)}–{number_text(high[i], 3)}" for i in order],
            **({"结论": [told[i] for i in order]} if judged else {}),
        }
    )


def closing_text(view: View) -> str:
    """Return how the recounted gap of the last finished year changed over the editions."""
    key = view.ws.indicator_of("recount")
    if key is None:
        return ""
    end = add_months(view.year_start, -1)
    numbers = [
        number
        for number in view.engine.store.numbers()
        if number <= view.edition and end in view.engine.edition(number).months("recount")
    ]
    told: list[tuple[int, float]] = []
    for number in dict.fromkeys((*numbers[:1], *numbers[-1:])):
        table = view.with_(edition=number).ask(
            "townships_by_indicator", county=view.county.area_code, month=end
        )
        row = table.filter(
            pc.and_(pc.equal(table["indicator"], key), pc.equal(table["level"], "county"))
        )
        top, whole = column(row, "ytd_numerator"), column(row, "ytd_denominator")
        if len(top) and whole[0] > 0:
            told.append((number, 100 * float(top[0] / whole[0])))
    if len(told) < 2:
        return ""
    (first, before), (last, after) = told[0], told[-1]
    return (
        f"回溯差距由第{first}版的 {number_text(before, 1)}% 到第{last}版的 {number_text(after, 1)}%"
    )


# --- ranks ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Reranked:
    """The sex ratio's order on reported and on recounted births; it is what a recount can move."""

    table: pa.Table
    sentence: str


def reranked(view: View, made: Recounts) -> Reranked | None:
    """Return townships and county ranked on recounted births, None where nothing was recounted."""
    key = total_sex_ratio(view.ws)
    if made.is_empty or key is None:
        return None
    own = view.with_(indicator=key, window="ytd", month=made.months[-1])
    rows = own.ask(
        "recounts_by_township",
        county=view.county.area_code,
        first_month=made.months[0],
        month=made.months[-1],
    )
    item = own.item
    sides = [
        [column(rows, f"{prefix}{sex}") for sex in ("males", "females")]
        for prefix in ("reported_", "")
    ]
    if not pc.count(rows["males"]).as_py():
        return None
    values = [values_of(item, males, females) for males, females in sides]
    before, after = (
        np.asarray(stats.competition_ranks(np.round(v, 9), item.polarity, item.target_range))
        for v in values
    )
    table = pa.table(
        {
            "乡镇": texts(rows, "name"),
            "上报性别比": [rounded(v, 1) for v in values[0]],
            "上报位次": [_rank(v) for v in before],
            "回溯性别比": [rounded(v, 1) for v in values[1]],
            "回溯位次": [_rank(v) for v in after],
        }
    )
    return Reranked(table, _rank_words(own, item, sides, before, after))


def _rank(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _rank_words(
    view: View, item: Indicator, sides: list[list[Floats]], before: Floats, after: Floats
) -> str:
    moved = int(np.nansum(before != after))
    county = [
        float(values_of(item, *(np.array([np.nansum(sex)]) for sex in side))[0]) for side in sides
    ]
    parts = [
        f"按回溯数，全县出生性别比由 {short_value(item, county[0])} 到"
        f" {short_value(item, county[1])}",
        f"{moved} 个乡镇的位次会变（{NOT_JUDGED_HERE}）",
    ]
    standing = peers(view)
    if standing is not None:
        ranks = [standing.rank_of(item, value) for value in county]
        if ranks[0] is not None and ranks[1] is not None:
            parts.append(f"在 {standing.size} 县中由第 {ranks[0]} 到第 {ranks[1]}（别县不动）")
    return "；".join(parts) + "。"


# --- departments ----------------------------------------------------------------------------------
def sources_of_births(view: View) -> pa.Table:
    """Return births by department beside the reports, by township, the widest gap first."""
    table = view.ask(
        "births_by_source",
        county=view.county.area_code,
        month=view.month,
        year_month=view.year_start,
    )
    late, key = _late_shares(view), _sources_key(view)
    rows = []
    for row in table.to_pylist():
        known = row["largest"] is not None and row["excess"] is not None
        reported = row["largest"] - row["excess"] if known else None
        gap = 100 * row["excess"] / row["largest"] if known and row["largest"] else None
        rows.append((row, reported, gap))
    rows.sort(key=lambda each: -abs(each[2] or 0.0))
    return pa.table(
        {
            "乡镇": [row["name"] for row, _, _ in rows],
            "上报出生": pa.array([None if r is None else int(r) for _, r, _ in rows], pa.int64()),
            **{
                label: pa.array([row[name] for row, _, _ in rows], pa.int64())
                for name, label in SOURCES.items()
            },
            "差距（%）": pa.array(
                [None if g is None else round(g, 1) for _, _, g in rows], pa.float64()
            ),
            "往年补报（%）": pa.array(
                [rounded(late.get(row["area_code"], float("nan")), 1) for row, _, _ in rows],
                pa.float64(),
            ),
            "说明": [_source_word(gap) for _, _, gap in rows],
            "结论": (
                [NOT_JUDGED_HERE] * len(rows)
                if key is None
                else unit_words(view, key, "township", [row["area_code"] for row, _, _ in rows])
            ),
        }
    )


def _sources_key(view: View) -> str | None:
    """Return the indicator of departments' births against the reports: the other gap."""
    own = view.ws.indicator_of("recount")
    gaps = [key for key, item in view.ws.indicators.items() if item.interval == "paired"]
    return next((key for key in gaps if key != own), None)


@once()
def sources_told(view: View) -> Told:
    """Return who is listed for the gap to the departments' births, as the ledger has it."""
    key = _sources_key(view)
    standing = None if key is None else ledger_of(view).standing(key, "township")
    if key is None or standing is None:
        return Told(title=NOT_JUDGED_HERE)
    return Told(
        title=standing_title(view.with_(window="ytd"), key, "township"),
        named=tuple(standing.announced_names),
        tested=standing.compared,
        how=how_judged(view, key, "township"),
    )


def _late_shares(view: View) -> dict[str, float]:
    """Return each township's share of births registered late: a gap may close by itself."""
    key = view.ws.indicator_of("late")
    if key is None:
        return {}
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    rows = table.filter(pc.equal(table["indicator"], key))
    values = values_of(
        view.ws.indicators[key], column(rows, "ytd_numerator"), column(rows, "ytd_denominator")
    )
    return dict(zip(texts(rows, "area_code"), map(float, values), strict=True))


def _source_word(gap: float | None) -> str:
    """Return which of the two counts is the larger: a fact, whoever is listed."""
    if gap is None:
        return "缺少部门数或上报数"
    if not gap:
        return "两数相同"
    return "部门数多于上报" if gap > 0 else "上报多于部门数"
