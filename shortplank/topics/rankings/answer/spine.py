"""One township in every indicator beside the county and the other townships: a spine chart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.gaps import has_figure
from shortplank.reading.judged.announced import finding_text, judged_label, ledger_codes
from shortplank.reading.judged.ledger import findings_for, ledger_of
from shortplank.reading.measured import Floats, Measured, column, from_table
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.topics.rankings.answer.ranking import competition, rankable, verdict_word
from shortplank.wording.judged import (
    FOOTER,
    apart_text,
    how_tests,
    judged_by,
    rest_alike_text,
    unit_text,
)
from shortplank.wording.naming import home_units, home_whole, joined
from shortplank.wording.numbers import interval_text, rounded, short_value
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

FAMILIES = ("service", "quality", "team", "procedure", "births", "context")


@dataclass(frozen=True)
class SpineRow:
    """One indicator: the township (a row of ``towns``), all townships and the county.

    ``code`` is what the month's ledger says of the township (`ledger_codes`).
    """

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
    def state(self) -> str:
        """Return the state of the township's value."""
        return self.towns.state[self.at]

    @property
    def told(self) -> str:
        """Return the value, or why there is none."""
        if self.state in ("ok", "zero"):
            return short_value(self.item, self.value)
        return STATE_WORDS[self.state]

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
        """Return the codes that appear as dots."""
        return [row.code for row in self.rows if not np.isnan(row.value)]


@dataclass(frozen=True)
class _Asked:
    """One indicator of all townships: what every one of their spines is made of."""

    indicator: str
    item: Indicator
    window: Window
    towns: Measured
    county: float
    whole: list[bool]
    full: bool


def spine(view: View, town: str) -> Spine:
    """Return one township beside the county in every indicator, each in its usual window."""
    return _spine(view.of_month, town)


@once()
def _every(view: View) -> list[_Asked]:
    """Return what the month's spines are made of, whichever township's."""
    table = view.ask("townships_by_indicator", county=view.county.area_code, month=view.month)
    return [
        _ask(view, key, table.filter(pc.equal(table["indicator"], key)))
        for key, item in sorted(view.ws.indicators.items(), key=lambda pair: _order(pair[1]))
        if "township" in item.levels and rankable(item)
    ]


@once()
def _spine(view: View, town: str) -> Spine:
    asked = _every(view)
    rows: list[SpineRow] = []
    gone: dict[str, list[str]] = {"absent": [], "unfilled": [], "withheld": [], "too_few": []}
    for each in asked:
        row = _row(view, each, town)
        if row:
            rows.append(row)
        else:
            gone[_why_gone(each, town)].append(each.item.label)
    name = view.ws.area_by_code[town].name
    title, sentence, listed = _words(view, town, rows)
    made = Spine(
        name,
        view.edition,
        rows,
        gone["absent"],
        gone["unfilled"],
        gone["withheld"],
        gone["too_few"],
        title=title,
        about=(f"各指标与{home_whole()}相比", marks_text()),
        sentence=sentence,
        named=(name,) if listed else (),
        tested=sum(row.code not in ("none", "too_few") for row in rows),
        how=_how(view),
    )
    return replace(made, notes=_notes(made))


def _notes(made: Spine) -> list[str]:
    """Return what the month lacks: reports behind the figures, and indicators left out."""
    late = any(not row.whole for row in made.rows)
    notes = [f"{made.name}本月报表未到齐，累计数只含已到的月份"] if late else []
    notes += [f"没有数：{joined(made.absent, each='项')}"] if made.absent else []
    notes += [f"{STATE_WORDS['too_few']}：{joined(made.few, each='项')}"] if made.few else []
    short = f"近12月{STATE_WORDS['not_full']}"
    notes += [f"{short}：{joined(made.unfilled, each='项')}"] if made.unfilled else []
    return notes + (
        [f"{home_units()}数不公布：{joined(made.withheld, each='项')}"] if made.withheld else []
    )


def _why_gone(asked: _Asked, town: str) -> str:
    """Return in which of the lists an indicator stands that has no row."""
    at = asked.towns.index(town)
    state = "" if at is None else asked.towns.state[at]
    if state in ("suppressed", "too_few"):
        return "withheld" if state == "suppressed" else "too_few"
    return "absent" if asked.full else "unfilled"


def _order(item: Indicator) -> int:
    return FAMILIES.index(item.family) if item.family in FAMILIES else len(FAMILIES)


def _ask(view: View, key: str, table: pa.Table) -> _Asked:
    item = view.ws.indicators[key]
    window = item.default_window
    full = has_figure(view, window)
    below = table.filter(pc.equal(table["level"], "township"))
    towns = from_table(item, below, window, full=full)
    county = from_table(item, table.filter(pc.equal(table["level"], "county")), window)
    value = float(county.value[0]) if county.codes else float("nan")
    due, came = (column(below, name) for name in ("expected", "reported"))
    whole = (np.isnan(due) | (came >= due)).tolist()
    return _Asked(key, item, window, towns, value, whole, full)


def _row(view: View, asked: _Asked, town: str) -> SpineRow | None:
    towns, at = asked.towns, asked.towns.index(town)
    if at is None or np.isnan(asked.county):
        return None
    if towns.state[at] == "not_expected" or np.isnan(towns.value).all():
        return None
    code = ledger_codes(view, towns.pick([at]), asked.indicator)[0]
    return SpineRow(
        asked.indicator, asked.item, asked.window, towns, at, asked.county, code, asked.whole[at]
    )


def _words(view: View, town: str, rows: list[SpineRow]) -> tuple[str, str, bool]:
    """Return what the month's ledger says of the township, title and sentence, and if anything."""
    name = view.ws.area_by_code[town].name
    book = ledger_of(view)
    found = [each for each in findings_for(view) if each.area_code == town]
    alike = sum(row.code == "similar" for row in rows)
    if not (found or alike):
        return f"{name}：没有可与{home_whole()}比较的指标", "本期没有可以比较的数。", False
    heads: dict[str, list[str]] = {}
    for each in found:
        above = each.above if each.item.interval == "srb" else None
        heads.setdefault(apart_text(each.item, above=above), []).append(each.item.label)
    told = [
        finding_text(view, each, judged_by(judged_label(book, each.indicator))) for each in found
    ]
    parts = [*told, rest_alike_text(alike)] if found else []
    sentence = "".join(f"{part}。" for part in parts if part)
    return unit_text(name, heads, alike), sentence, bool(found)


def _how(view: View) -> tuple[str, ...]:
    """Return how the ledger comes to what it says of a township."""
    return how_text(), how_tests(ledger_of(view).tests), FOOTER


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
            home_whole(): [short_value(row.item, row.county) for row in rows],
            "位次": [row.place for row in rows],
            "结论": [
                f"{VERDICT_MARKS[row.code]} {verdict_word(row.item, row.code, row.state)}"
                for row in rows
            ],
        }
    )


def marks_text() -> str:
    """Return what the marks of the picture are."""
    return f"浅条为各{home_units()}，深条为居中的一半，细线为 95% 区间（只作图示），空心圆只列数"


def how_text() -> str:
    """Return over which windows units are drawn, and over which they are listed."""
    return (
        "图上各用自己的常用时段；列不列按各指标自己的可判时段，"
        f"同{home_whole()}其余部分或自然、合理范围比"
    )
