"""The townships in order, beside the county and the peers; the month's ledger says who differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import has_figure, same_period_full
from shortplank.reading.judged.announced import (
    ANNOUNCED,
    how_judged,
    judged_label,
    ledger_codes,
    other_window_note,
    untested_text,
)
from shortplank.reading.judged.beyond import Beyond, beyond_lines
from shortplank.reading.judged.ledger import Standing, ledger_of
from shortplank.reading.judged.natural import usual_ratio
from shortplank.reading.measured import (
    Floats,
    Measured,
    change_between,
    column,
    from_table,
)
from shortplank.reading.peers import Peers, peers
from shortplank.reading.registers import each_status
from shortplank.reading.targets import lines_in_force
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.stats.judge.posterior import posterior
from shortplank.store import add_months
from shortplank.topics.rankings.answer.ranking_words import (
    about_of,
    notes_of,
    register_of,
    title_of,
)
from shortplank.wording.judged import INTERVALS_DRAWN, judged_by, places_known
from shortplank.wording.naming import home_units
from shortplank.wording.numbers import (
    interval_text,
    points_unit,
    rounded,
    signed_text,
)
from shortplank.wording.periods import period_text
from shortplank.wording.sides import against_text, more_word
from shortplank.wording.verdicts import STATE_WORDS, ledger_word


@dataclass(frozen=True)
class Ranking(Told):
    """Townships ordered by one indicator; arrays run in the order of the ranking."""

    item: Indicator
    towns: Measured
    county: Measured
    ranks: Floats
    rank_low: Floats
    rank_high: Floats
    verdicts: list[str]
    move_month: Floats
    move_year: Floats
    change: Floats
    gain: Floats
    peer_rank: list[int | None]
    silent: Floats
    peers: Peers | None
    beyond: list[Beyond]
    ranked: bool
    period: str
    edition: int
    judged_by: str = ""
    """In which window the ledger judges, where that is not the one shown."""
    status: list[str] = field(default_factory=list)
    """What the register says of each township in the month, with the month since when."""

    @property
    def origin(self) -> tuple[str, str]:
        """Return where the figures come from: window, and edition and source form."""
        return self.period, f"第{self.edition}版 · {self.item.source}"

    @property
    def column(self) -> str:
        """Return the heading of what the ledger says of each township, and by which window."""
        return f"与{against_text(self.item)}比{self.judged_by}"

    @property
    def has_picture(self) -> bool:
        """Return whether any township has a value to draw."""
        return bool(np.isfinite(self.towns.value).any())

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to rank."""
        return not self.towns.codes


@once()
def ranking(view: View) -> Ranking:
    """Return the townships' ranking in the view's month and window."""
    table = view.ask(
        "townships_by_month",
        indicator=view.indicator,
        county=view.county.area_code,
        month=view.month,
        year_month=view.year_start,
    )
    now = _rows(table, view.month)
    county, towns = (
        from_table(
            view.item, now.filter(pc.equal(now["level"], level)), view.window, full=has_figure(view)
        )
        for level in ("county", "township")
    )
    silent = _silent(now, view)
    item = view.item
    # Without a direction nobody is first: shares of births or of procedures order no township.
    ranked = rankable(item) and item.polarity != "none"
    ranks = np.full(len(towns.codes), np.nan)
    if ranked:
        ranks = competition(item, towns.value)
    order = np.arange(len(ranks))
    if rankable(item):
        order = np.argsort(_sort_key(item, towns.value), kind="stable")
    towns, ranks, silent = towns.pick(order), ranks[order], silent[order]
    said = ledger_of(view).standing(view.indicator, "township")
    scatter = 1.0 if said is None else said.scatter
    low, high = _rank_intervals(item, towns, scatter) if ranked else (ranks, ranks)
    verdicts = ledger_codes(view, towns)
    standing = peers(view) if view.window == "ytd" or not _has_ytd(item) else None
    counted = rankable(item) and bool(np.isfinite(towns.value).any())
    lines = lines_in_force(view, view.indicator, view.county.area_code)
    beyond = (
        beyond_lines(item, lines, towns, county, scatter=scatter, usual=usual_ratio(view.ws))
        if counted
        else []
    )
    register = each_status(view)
    statuses = [register.get(code, []) for code in towns.codes]
    made = Ranking(
        item=item,
        towns=towns,
        county=county,
        ranks=ranks,
        rank_low=low,
        rank_high=high,
        verdicts=verdicts,
        move_month=_move(item, table, add_months(view.month, -1), view, towns, ranks),
        move_year=_move(item, table, add_months(view.month, -12), view, towns, ranks),
        change=_changes(item, table, view, towns),
        gain=_gain(item, towns),
        peer_rank=[standing.rank_of(item, v) if standing and ranked else None for v in towns.value],
        silent=silent,
        peers=standing,
        beyond=beyond,
        ranked=ranked,
        title=title_of(view, towns, county, said, ordered=rankable(item)),
        period=period_text(view.window, view.month, view.window_start, view.statistical_year),
        edition=view.edition,
        judged_by=_judged_by(view),
        about=about_of(view),
        notes=[*notes_of(view, now, towns, silent, standing), *register_of(towns, statuses)],
        status=["、".join(each) for each in statuses],
    )
    if made.is_empty:
        return replace(made, sentence=f"本期没有{home_units()}数据。", notes=[])
    made = replace(
        made,
        sentence=_sentence(view, made, said),
        named=() if said is None else tuple(said.announced_names),
        tested=0 if said is None else said.compared,
    )
    return replace(made, how=_how(view, made))


def _judged_by(view: View) -> str:
    """Return in which window the ledger judges, where the view's is another: （按近36月判）."""
    if not other_window_note(view, view.indicator):
        return ""
    return f"（{judged_by(judged_label(ledger_of(view), view.indicator))}）"


def _sentence(view: View, made: Ranking, said: Standing | None) -> str:
    """Return how many stand beyond each line, and why nobody was compared where nobody was."""
    parts = [line.sentence for line in made.beyond]
    if made.has_picture and rankable(made.item) and (said is None or not said.compared):
        parts.append(untested_text(view, view.indicator))
    return "".join(f"{part}。" for part in parts)


def _how(view: View, made: Ranking) -> tuple[str, ...]:
    """Return how the townships were judged, and what the picture's bars and places rest on."""
    lines = list(how_judged(view, view.indicator, "township"))
    if made.item.interval != "none" and made.tested:
        lines.append(INTERVALS_DRAWN)
    if np.isfinite(made.rank_low).any():
        lines.append(places_known())
    return tuple(lines)


def rankable(item: Indicator) -> bool:
    """Return whether townships may be ranked: never on case counts or villages of three births."""
    return item.kind not in ("count", "count_over", "streak", "published")


def competition(item: Indicator, values: Floats) -> Floats:
    """Return competition ranks of values (ties are ties), in the indicator's direction.

    NaN where fewer than two are known: alone, nobody is first.
    """
    if np.count_nonzero(~np.isnan(values)) < 2:
        return np.full(len(values), np.nan)
    return np.asarray(stats.competition_ranks(values, item.polarity, item.target_range))


def _has_ytd(item: Indicator) -> bool:
    return "ytd" in item.windows


def _rows(table: pa.Table, month: date) -> pa.Table:
    return table.filter(pc.equal(table["stat_month"], pa.scalar(month, pa.date32())))


def _silent(now: pa.Table, view: View) -> Floats:
    towns = now.filter(pc.equal(now["level"], "township"))
    if view.window == "month":
        return np.zeros(towns.num_rows)
    return column(towns, f"{view.window}_silent")


def _sort_key(item: Indicator, values: Floats) -> Floats:
    key = np.asarray(stats.ranking_key(values, item.polarity, item.target_range), dtype=float)
    return np.where(np.isnan(key), np.inf, np.round(key, 9))


def _rank_intervals(item: Indicator, towns: Measured, scatter: float) -> tuple[Floats, Floats]:
    """Return between which places each township may stand, in the window that is shown."""
    known = ~np.isnan(towns.value)
    if item.interval not in ("wilson", "srb") or known.sum() < 2:
        nothing = np.full(len(towns.codes), np.nan)
        return nothing, nothing
    x, n = (np.where(known, v, np.nan) for v in (towns.x, towns.base))
    worse = "below" if item.polarity == "up" else "above"
    # Larger is better; a township inside its range stands first, whatever its share.
    shown = -np.asarray(stats.ranking_key(towns.value, item.polarity, item.target_range))
    found = posterior(x, n, scatter, None, worse, np.round(shown, 9))
    return found.rank_low, found.rank_high


def _move(
    item: Indicator, table: pa.Table, month: date, view: View, towns: Measured, ranks: Floats
) -> Floats:
    """Return how many places each township rose since another month; NaN where it had none.

    Cumulative values of the first month of a statistical year have no month before to compare.
    """
    nothing = np.full(len(towns.codes), np.nan)
    other_year = view.ws.statistical_year(month) != view.statistical_year
    if month == add_months(view.month, -1) and view.window == "ytd" and other_year:
        return nothing
    if month != add_months(view.month, -1) and not same_period_full(view):
        return nothing
    then = _rows(table, month)
    before = from_table(item, then.filter(pc.equal(then["level"], "township")), view.window)
    if not before.codes or not rankable(item):
        return nothing
    old = dict(zip(before.codes, competition(item, before.value), strict=True))
    return np.array([old.get(code, np.nan) for code in towns.codes]) - ranks


def _changes(item: Indicator, table: pa.Table, view: View, towns: Measured) -> Floats:
    """Return each township's change since a year before, and its limits: 3 × townships."""
    result = np.full((3, len(towns.codes)), np.nan)
    if not same_period_full(view):
        return result
    then = _rows(table, add_months(view.month, -12))
    before = from_table(item, then.filter(pc.equal(then["level"], "township")), view.window)
    for i, code in enumerate(towns.codes):
        at = before.index(code)
        if at is not None and not np.isnan([towns.value[i], before.value[at]]).any():
            result[:, i] = change_between(item, towns.x[i], towns.n[i], before.x[at], before.n[at])
    return result


def _gain(item: Indicator, towns: Measured) -> Floats:
    """Return how many more cases gain one rank: service and quality only, never births."""
    if not item.helpable or item.interval != "wilson" or item.polarity not in ("up", "down"):
        return np.full(len(towns.codes), np.nan)
    known = ~np.isnan(towns.value)
    x, n = np.where(known, towns.x, np.nan), np.where(known, towns.n, np.nan)
    return np.asarray(stats.cases_to_gain_rank(x, n, item.polarity))


def ranking_table(answer: Ranking) -> pa.Table:
    """Return the ranking as a table with Chinese headings, in the order of the picture."""
    towns, item = answer.towns, answer.item
    top, bottom = ("男婴", "女婴") if item.interval == "srb" else ("分子", "分母")
    columns: dict[str, list[object]] = {home_units(): list(towns.names)}
    if answer.ranked:
        columns["位次"] = [_whole(rank) for rank in answer.ranks]
        columns["位次区间"] = [
            None if np.isnan(low) else f"{int(low)}–{int(high)}"
            for low, high in zip(answer.rank_low, answer.rank_high, strict=True)
        ]
    columns[f"{item.label}（{item.unit}）"] = [
        None if np.isnan(v) else round(float(v), item.decimals) for v in towns.value
    ]
    if item.interval != "none":
        columns["95% 区间"] = [
            interval_text(item, low, high)
            for low, high in zip(towns.lower, towns.upper, strict=True)
        ]
    columns[top] = [_whole(v) for v in towns.x]
    if item.denominator:
        columns[bottom] = [None if np.isnan(v) else round(float(v)) for v in towns.n]
    columns[answer.column] = [
        verdict_word(item, code, state)
        for code, state in zip(answer.verdicts, towns.state, strict=True)
    ]
    if answer.ranked:
        columns["比上月"] = [_whole(v) for v in answer.move_month]
        columns["比上年同期"] = [_whole(v) for v in answer.move_year]
    if rankable(item) and not np.isnan(answer.change[0]).all():
        columns[f"同比（{points_unit(item)}）"] = [rounded(v, 2) for v in answer.change[0]]
        columns["同比 95% 区间"] = [
            "–" if np.isnan(low) else f"{signed_text(low, 2)} 至 {signed_text(high, 2)}"
            for low, high in zip(answer.change[1], answer.change[2], strict=True)
        ]
    if answer.ranked:
        if not np.isnan(answer.gain).all():
            columns[f"{more_word(item)}几例升一位"] = [_whole(v) for v in answer.gain]
        columns["相当于同类县位次"] = list(answer.peer_rank)
    if any(answer.status):
        columns["登记册状态"] = list(answer.status)
    return pa.table(columns)


def verdict_word(item: Indicator, code: str, state: str) -> str:
    """Return what the ledger says of a township in a word, or why it has no figure."""
    if code in ANNOUNCED or state in ("ok", "zero", "too_few"):
        return ledger_word(item, code)
    return STATE_WORDS[state]


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
