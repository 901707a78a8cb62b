"""月积分: monthly points of the townships, each mark traced to its rule, counts and edition.

What a month earned when it was first reported it keeps: a later correction can add marks, never
take them, or honest figures would cost the one who brings them. See docs/methods/points.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.catalogue.models import Indicator, PointsRule, PointsScheme
from shortplank.reading.gaps import has_figure
from shortplank.reading.measured import Floats, from_table
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import add_months
from shortplank.wording.naming import in_common_text, joined, steady_text
from shortplank.wording.numbers import number_text, places_text, rounded, whole
from shortplank.wording.periods import day_text, month_key, month_text
from shortplank.wording.sides import extremes_text
from shortplank.wording.verdicts import STATE_WORDS

CHANGE = 0.2


@dataclass(frozen=True)
class Mark:
    """One rule's marks of one township in one month, with all that they rest on.

    ``state`` is ok or zero, missing (expected and not there: no marks, said), or one that takes
    the rule out of what could be earned: not_expected, too_few, suppressed, uncounted (an
    indicator of which viewers have no township: its marks would be the points less the others).
    """

    rule: PointsRule
    label: str
    area_code: str
    month: date
    marks: float
    possible: float
    value: float
    numerator: float
    denominator: float
    state: str
    edition: int
    version: int
    of_reports: bool = False
    """Whether it counts reports, which more cases of a service do not bring."""
    in_time: bool = False

    @property
    def text(self) -> str:
        """Return the mark in words."""
        if self.rule.kind == "correction":
            return f"加 {number_text(self.marks, 1)}" if self.marks else "–"
        if self.state == "missing":
            return f"{STATE_WORDS['missing']}，不得分"
        if not self.possible:
            return STATE_WORDS.get(self.state, "不计")
        return f"{number_text(self.marks, 1)} / {self.possible:g}"


@dataclass(frozen=True)
class Points(Told):
    """The townships by the year's points to the month; rows run in the order of the points."""

    scheme: PointsScheme | None
    month: date
    months: list[date]
    codes: list[str]
    names: list[str]
    year: Floats
    now: Floats
    ranks: Floats
    best: Floats
    worst: Floats
    marks: dict[str, list[Mark]]
    silent: dict[str, int]
    advice: dict[str, str]

    @property
    def is_empty(self) -> bool:
        """Return whether no township has points."""
        return not self.codes or bool(np.isnan(self.year).all())


@once()
def points(view: View) -> Points:
    """Return the points of the statistical year to the view's month."""
    scheme = scheme_of(view, view.month)
    months = [add_months(view.year_start, n) for n in range(view.months_of_year)]
    held = view.ask("months_by_edition", county=view.county.area_code)["stat_month"].to_pylist()
    months = [month for month in months if month in held]
    marks: dict[str, list[Mark]] = {}
    names: dict[str, str] = {}
    for month in months:
        for code, name, found in _month(view.with_(month=month).of_month):
            names[code] = name
            marks.setdefault(code, []).extend(found)
    return _ordered(view, scheme, months, names, marks)


def scheme_of(view: View, month: date) -> PointsScheme | None:
    """Return the rules that hold in a month, None before the first."""
    known = [each for each in view.ws.scheme.points if each.valid_from <= month]
    return max(known, key=lambda each: each.valid_from, default=None)


# --- one month ------------------------------------------------------------------------------------
@once(stored=True)
def _month(view: View) -> list[tuple[str, str, list[Mark]]]:
    """Return each township's marks of a month: the best of what was first reported and of now."""
    month, scheme = view.month, scheme_of(view, view.month)
    if scheme is None:
        return []
    now = _scored(view, scheme, month)
    for number in _earlier_versions(view, month):
        before = _scored(view.with_(edition=number), scheme, month)
        now = {code: _better(found, before.get(code)) for code, found in now.items()}
    corrected = _corrections(view, scheme, month)
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=month)
    rows = table.filter(pc.equal(table["level"], "township"))
    names = dict(zip(rows["area_code"].to_pylist(), rows["name"].to_pylist(), strict=True))
    return [
        (code, names[code], [*now.get(code, []), *corrected.get(code, [])])
        for code in sorted(names)
    ]


def _earlier_versions(view: View, month: date) -> list[int]:
    """Return an edition for each state of the month's files that the view's edition replaced."""
    datasets = [key for key, item in view.ws.datasets.items() if item.cadence == "month"]
    states: dict[tuple[str, ...], int] = {}
    for number in view.engine.store.numbers():
        if number > view.edition:
            break
        held = view.engine.edition(number).by_key
        files = (held.get((dataset, month)) for dataset in datasets)
        state = tuple(file.sha256 if file else "" for file in files)
        if any(state):
            states[state] = number
    return [number for state, number in list(states.items())[:-1]]


def _scored(view: View, scheme: PointsScheme, month: date) -> dict[str, list[Mark]]:
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=month)
    towns = table.filter(pc.equal(table["level"], "township"))
    found: dict[str, list[Mark]] = {}
    for rule in scheme.rules:
        if rule.kind != "indicator" or rule.indicator is None:
            continue
        item = view.ws.indicators[rule.indicator]
        rows = towns.filter(pc.equal(towns["indicator"], rule.indicator))
        full = has_figure(view, rule.window, month)
        measured = from_table(item, rows, rule.window, full=full)
        known = np.array([state in ("ok", "zero") for state in measured.state], dtype=bool)
        values = np.where(known, measured.value, np.nan)
        scores = np.nan_to_num(stats.linear_score(values, rule.floor, rule.goal))
        counted = view.ws.viewer_level(rule.indicator) != "county"
        for i, code in enumerate(measured.codes):
            state = measured.state[i] if counted else "uncounted"
            mark = _mark(rule, item, scheme, view, month, code, state)
            found.setdefault(code, []).append(
                replace(
                    mark,
                    marks=rule.weight * float(scores[i]) / 100 if counted else 0.0,
                    value=float(values[i]),
                    numerator=float(measured.x[i]),
                    denominator=float(measured.n[i]),
                )
            )
    return found


def _mark(
    rule: PointsRule,
    item: Indicator,
    scheme: PointsScheme,
    view: View,
    month: date,
    code: str,
    state: str,
) -> Mark:
    """Return a mark without its marks: what could be earned, by whether the figure was due."""
    nan = float("nan")
    due = state in ("ok", "zero", "missing")
    return Mark(
        rule=rule,
        label=item.label,
        area_code=code,
        month=month,
        marks=0.0,
        possible=rule.weight if due else 0.0,
        value=nan,
        numerator=nan,
        denominator=nan,
        state=state,
        edition=view.edition,
        version=scheme.version,
        of_reports=item.kind == "completeness",
        in_time=item.in_time,
    )


def _better(now: list[Mark], before: list[Mark] | None) -> list[Mark]:
    """Return each rule's better mark; what could be earned does not shrink what was."""
    old = {mark.rule.id: mark for mark in before or []}
    return [
        old[mark.rule.id] if mark.rule.id in old and old[mark.rule.id].marks > mark.marks else mark
        for mark in now
    ]


def _corrections(view: View, scheme: PointsScheme, month: date) -> dict[str, list[Mark]]:
    """Return the marks added for corrections that came in a month."""
    rule = next((each for each in scheme.rules if each.kind == "correction"), None)
    if rule is None:
        return {}
    table = view.ask("corrections_by_month", county=view.county.area_code, month=month)
    rows = table.filter(pc.equal(table["received_month"], pa.scalar(month, pa.date32())))
    nan = float("nan")
    return {
        row["area_code"]: [
            Mark(
                rule=rule,
                label=rule.label,
                area_code=row["area_code"],
                month=month,
                marks=rule.weight,
                possible=0.0,
                value=nan,
                numerator=float(row["corrections"]),
                denominator=nan,
                state="ok",
                edition=view.edition,
                version=scheme.version,
            )
        ]
        for row in rows.to_pylist()
    }


# --- the year -------------------------------------------------------------------------------------
def month_points(marks: list[Mark]) -> float:
    """Return a month's points out of 100, corrections on top; NaN where nothing was due."""
    possible = sum(mark.possible for mark in marks)
    if not possible:
        return float("nan")
    return 100 * sum(mark.marks for mark in marks if mark.possible) / possible + sum(
        mark.marks for mark in marks if mark.rule.kind == "correction"
    )


def _ordered(
    view: View,
    scheme: PointsScheme | None,
    months: list[date],
    names: dict[str, str],
    marks: dict[str, list[Mark]],
) -> Points:
    codes = sorted(names)
    by_month = {
        code: [month_points([m for m in marks[code] if m.month == month]) for month in months]
        for code in codes
    }
    year = np.array([_mean(by_month[code]) for code in codes])
    now = np.array([by_month[code][-1] if months else np.nan for code in codes])
    ranks = year.copy()
    if codes:
        ranks = np.asarray(stats.competition_ranks(np.round(year, 6)))
    best, worst = _sensitivity(scheme, codes, marks, ranks)
    if np.count_nonzero(~np.isnan(year)) == 1:  # alone, nobody is first
        ranks, best, worst = (np.full(len(codes), np.nan) for _ in range(3))
    order = np.argsort(np.where(np.isnan(ranks), np.inf, ranks), kind="stable")
    ordered = [codes[i] for i in order]
    silent = {code: len({m.month for m in marks[code] if m.state == "missing"}) for code in ordered}
    made = Points(
        scheme=scheme,
        month=view.month,
        months=months,
        codes=ordered,
        names=[names[code] for code in ordered],
        year=year[order],
        now=now[order],
        ranks=ranks[order],
        best=best[order],
        worst=worst[order],
        marks=marks,
        silent=silent,
        advice={code: _advice(marks[code], view.month) for code in ordered},
    )
    return _told(made)


def _mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return sum(known) / len(known) if known else float("nan")


def _sensitivity(
    scheme: PointsScheme | None, codes: list[str], marks: dict[str, list[Mark]], ranks: Floats
) -> tuple[Floats, Floats]:
    """Return the best and worst place that each has while each weight alone moves by 20 %."""
    rules = [r for r in scheme.rules if r.kind == "indicator"] if scheme else []
    if not rules or not codes:
        return ranks.copy(), ranks.copy()
    scores = np.full((len(codes), len(rules)), np.nan)
    for i, code in enumerate(codes):
        for at, rule in enumerate(rules):
            own = [m for m in marks[code] if m.rule.id == rule.id and m.possible]
            if own:
                earned, possible = (
                    sum(getattr(m, part) for m in own) for part in ("marks", "possible")
                )
                scores[i, at] = 100 * earned / possible
    if np.isnan(scores).all():
        return ranks.copy(), ranks.copy()
    found = stats.weight_sensitivity(scores, [rule.weight for rule in rules], CHANGE)
    return np.fmin(found.best, ranks), np.fmax(found.worst, ranks)


def _advice(marks: list[Mark], month: date) -> str:
    """Return the cheapest way to the next mark: cases of a service, or a report in time."""
    told = []
    for mark in (m for m in marks if m.month == month and m.rule.kind == "indicator"):
        if mark.state == "missing":
            told.append(f"补报后{mark.rule.label}可得分")
        elif mark.possible and mark.marks < mark.possible - 1e-9:
            told += [text] if (text := _next(mark)) else []
    return "；".join(told[:2]) or "本月已得满分"


def _next(mark: Mark) -> str:
    """Return how many cases bring the next whole mark; timeliness has none to bring."""
    rule = mark.rule
    if mark.of_reports:
        return f"下月按时报齐，{rule.label}可得满分" if mark.in_time else "报齐各表"
    if rule.goal <= rule.floor or not mark.denominator > 0:
        return ""
    target = min(np.floor(mark.marks + 0.1) + 1, rule.weight)
    share = (rule.floor + (rule.goal - rule.floor) * target / rule.weight) / 100
    cases = int(np.ceil(share * mark.denominator - mark.numerator - 1e-9))
    if rule.window != "month" or cases <= 0:
        return ""
    return f"再{rule.label} {cases} 例，{rule.label}到 {number_text(target)} 分"


def _told(made: Points) -> Points:
    about: tuple[str, ...] = ("月积分", f"截至{month_text(made.month)}")
    if made.scheme is None or made.is_empty:
        text = "指标方案里没有本期可用的月积分规则"
        return replace(made, title=text, sentence=text + "。", about=about)
    title, steady = _standing(made)
    parts = [f"{len(made.months)} 个月的月均，满分 100", *steady]
    silent = [
        f"{made.names[i]} {made.silent[code]} 个月"
        for i, code in enumerate(made.codes)
        if made.silent[code]
    ]
    if silent:
        parts.append(f"未报的月份不得分：{joined(silent)}")
    parts.append("首报得到的分不因后来如实订正而减少，补报往年出生不扣分")
    notes = [
        f"规则第 {made.scheme.version} 版，{day_text(made.scheme.valid_from)}起"
        f"（{made.scheme.source}）："
        + "、".join(f"{r.label} {r.weight:g}" for r in made.scheme.rules)
    ]
    every = [mark for marks in made.marks.values() for mark in marks]
    left_out = list(dict.fromkeys(m.label for m in every if m.state == "uncounted"))
    if left_out:
        labels = "、".join(left_out)
        notes.append(f"{labels}不计分：抽中的点就是村，计入则由总分可以倒推；满分按其余各项折算")
    about += ("实心为年度月均，空心为本月",)
    return replace(made, title=title, about=about, sentence="；".join(parts) + "。", notes=notes)


def _standing(made: Points) -> tuple[str, list[str]]:
    """Return who has the most points and who the fewest, and how much that owes to the weights.

    Where all are alike, or one is alone, nobody has either.
    """
    known = np.flatnonzero(~np.isnan(made.year))
    names = [made.names[i] for i in known]
    if len(known) == 1 or np.nanmax(made.ranks) == 1:
        return in_common_text("年度积分", names, number_text(made.year[known[0]], 1)), []
    first = [made.names[i] for i in known if made.ranks[i] == 1]
    last = [made.names[i] for i in known if made.ranks[i] == np.nanmax(made.ranks)]
    steady = int(((made.worst - made.best)[known] == 0).sum())
    title = f"年度积分{extremes_text(joined(first), joined(last))}"
    return title, [steady_text(steady, made.names, made.best, made.worst)]


def own_text(made: Points, code: str) -> str:
    """Return how one township stands, and what brings its next mark; "" where it has no points."""
    if code not in made.codes:
        return ""
    at = made.codes.index(code)
    if np.isnan(made.year[at]):
        return ""
    known = int((~np.isnan(made.year)).sum())
    parts = [
        f"{made.names[at]}截至{month_text(made.month)}月均 {number_text(made.year[at], 1)} 分，"
        f"{known} 个乡镇中第 {int(made.ranks[at])} 位"
    ]
    parts += [] if np.isnan(made.now[at]) else [f"本月 {number_text(made.now[at], 1)} 分"]
    return f"{'；'.join([*parts, made.advice[code]])}。"


def points_table(made: Points) -> pa.Table:
    """Return the townships' points with their ranks and the way to the next mark."""
    return pa.table(
        {
            "乡镇": made.names,
            "位次": pa.array([whole(v) for v in made.ranks], pa.int64()),
            "权重±20% 时": [places_text(a, b) for a, b in zip(made.best, made.worst, strict=True)],
            "年度月均": pa.array([rounded(v, 1) for v in made.year], pa.float64()),
            "本月": pa.array([rounded(v, 1) for v in made.now], pa.float64()),
            "未报月数": [made.silent[code] for code in made.codes],
            "下一分": [made.advice[code] for code in made.codes],
        }
    )


def statement_table(made: Points, code: str) -> pa.Table:
    """Return one township's statement: every mark with its counts, rule version and edition."""
    rows = sorted(made.marks.get(code, []), key=lambda m: (m.month, m.rule.id), reverse=True)
    return pa.table(
        {
            "月份": [month_key(m.month) for m in rows],
            "项目": [m.rule.label for m in rows],
            "得分": [m.text for m in rows],
            "指标": [m.label for m in rows],
            "数值": pa.array([rounded(m.value, 2) for m in rows], pa.float64()),
            "分子": pa.array([rounded(m.numerator, 0) for m in rows], pa.int64()),
            "分母": pa.array([rounded(m.denominator, 0) for m in rows], pa.int64()),
            "起点–满分": [
                "–" if m.rule.kind == "correction" else f"{m.rule.floor:g}–{m.rule.goal:g}"
                for m in rows
            ],
            "规则": [f"第 {m.version} 版" for m in rows],
            "版次": [f"第{m.edition}版" for m in rows],
        }
    )
