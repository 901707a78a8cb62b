"""What the answers of a pack say, number by number: of which area and indicator each one is."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Indicator
from shortplank.papers import listed, quarters
from shortplank.papers.pack import Pack, quarter_table, tiles_table
from shortplank.reading.filed import reports_of
from shortplank.reading.judged.announced import (
    finding_text,
    how_changed,
    how_judged,
    judged_label,
    other_window_note,
)
from shortplank.reading.judged.ledger import findings_for, ledger_of
from shortplank.reading.peers import peers
from shortplank.reading.series import Change
from shortplank.reading.targets import lines_in_force, target_of
from shortplank.reading.view import View
from shortplank.records.follow_ups import follow_ups_table
from shortplank.records.pinned import note_text
from shortplank.store import add_months
from shortplank.topics.dictionary.answer.cards import cards, dictionary_table
from shortplank.topics.inspection.answer.draw import Drawn
from shortplank.topics.inspection.answer.rehearsal import rehearsal_table
from shortplank.topics.quality.answer.completeness import STATES, completeness
from shortplank.topics.quality.answer.signals import signals_table
from shortplank.topics.rankings.answer.league import league, league_table
from shortplank.topics.rankings.answer.ranking import rankable, ranking, ranking_table
from shortplank.topics.rankings.answer.spine import spine, spine_table
from shortplank.topics.sex_ratio.answer.sex_ratio import sex_ratio_table
from shortplank.topics.short_plank.answer.short_plank import listings, short_plank_table
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import listed_table, warning_table
from shortplank.topics.trends.answer.trend import trend, trend_table
from shortplank.topics.trends.answer.year_end import (
    calibration_line,
    has_year_end,
    headline_outlooks,
    outlook_text,
    year_end,
    year_end_table,
)
from shortplank.wording.judged import judged_by
from shortplank.wording.numbers import number_text
from shortplank.wording.sides import target_text

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MONTH = re.compile(r"(\d{4})(?:-| ?年)(\d{1,2})(?!\d)")
# A month of a picture that lays statistical years over each other.
YEARS_MONTH = re.compile(r"^(\d{1,2})月　(\d{4})年度")
# A month of a picture that counts them back from the one that is looked at.
BACK = re.compile(r"^前 ?(\d+) ?个?月")
# Histories and pieces of pictures: what papers show of them stands in tables, month by month.
PASSED_OVER = frozenset(
    {"spark", "control", "places", "years", "planks", "standing", "drawn", "drawn_from", "move"}
)
Keys = frozenset[str]
# Over so many months a township's reports are counted.
REPORTED = 12
# How far above the highest bar a picture's lines end.
ABOVE = 1.06


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """Return the numbers of a text, without thousands separators.

    >>> numbers_in("−1,234.50 和 7"), numbers_in("1,2")
    (('1234.50', '7'), ('1', '2'))
    """
    found: list[str] = []
    for token in NUMBER.findall(text):
        grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", token)
        found += [token.replace(",", "")] if grouped else [t for t in token.split(",") if t]
    return tuple(found)


@lru_cache(maxsize=200_000)
def spelled(value: float, places: tuple[int, ...]) -> frozenset[str]:
    """Return how a number may be written, without its sign: with so many decimals, or as it is."""
    if math.isnan(value) or math.isinf(value):
        return frozenset()
    size = abs(value)
    found = {numbers_in(number_text(size, each))[0] for each in places}
    found |= {f"{round(size, each):.10g}" for each in places}
    found.add(f"{size:g}" if "e" not in f"{size:g}" else str(round(size)))
    return frozenset(found)


class Facts:
    """The numbers of a pack's answers; `explains` says whether one may stand beside some names."""

    def __init__(self, made: Pack) -> None:
        self.made = made
        self._known: dict[str, set[Keys]] = {}
        self._named: dict[str, Keys] = {}
        self._seen: set[int] = set()
        self._held: list[Any] = []
        for tell in TOLD:
            tell(self)

    @cached_property
    def names(self) -> re.Pattern[str]:
        """Return what finds names of areas and labels of indicators in a text."""
        every = self.areas | self.labels
        return re.compile("|".join(map(re.escape, sorted(every, key=len, reverse=True))))

    @cached_property
    def areas(self) -> set[str]:
        """Return the names of all areas."""
        ws = self.made.view.ws
        return {area.name for area in ws.areas} | {peer.name for peer in ws.peers}

    @cached_property
    def labels(self) -> set[str]:
        """Return the labels of all indicators."""
        return {item.label for item in self.made.view.ws.indicators.values()}

    def keys(self, text: str) -> Keys:
        """Return the areas, indicators and months that a text names.

        The county itself and the month itself are none: they are what is meant without a name.
        """
        if text not in self._named:  # the same names stand beside thousands of figures
            self._named[text] = self._keys(text)
        return self._named[text]

    def _keys(self, text: str) -> Keys:
        made = self.made.view
        months = {f"{year}-{int(month):02}" for year, month in MONTH.findall(text)}
        if drawn := YEARS_MONTH.match(text):
            month, year = int(drawn[1]), int(drawn[2])
            opens = made.ws.settings.statistical_year_first_month
            months = {f"{year - (month >= opens > 1)}-{month:02}"}
        if back := BACK.match(text):
            months = {f"{add_months(made.month, -int(back[1])):%Y-%m}"}
        own = {made.county.name, f"{made.month:%Y-%m}"}
        return (frozenset(self.names.findall(text)) | months) - own

    def add(self, token: str, keys: Keys) -> None:
        """Keep that a number stands for some areas and indicators."""
        self._known.setdefault(token, set()).add(keys)

    def explains(self, token: str, keys: Keys) -> bool:
        """Return whether an answer has a number for what is named beside it."""
        return any(known <= keys for known in self._known.get(token, ()))

    # --- what answers are made of -----------------------------------------------------------------
    def text(self, text: str, keys: Keys = frozenset()) -> None:
        """Keep the numbers of a sentence with whom it names."""
        for token in numbers_in(text):
            self.add(token, self.keys(text) | keys)

    def value(self, value: float, keys: Keys, decimals: Iterable[int] = (0, 1, 2)) -> None:
        """Keep a figure."""
        for token in spelled(float(value), tuple(decimals)):
            self.add(token, keys)

    def table(self, table: pa.Table, keys: Keys = frozenset(), decimals: int = 2) -> None:
        """Keep a table's rows, each with whom it names; a column's head says of what it is."""
        for row in table.to_pylist():
            named = self.keys(" ".join(str(v) for v in row.values() if isinstance(v, str))) | keys
            for head, cell in row.items():
                own = named | (self.keys(head) & self.labels)
                if isinstance(cell, str):
                    for token in numbers_in(cell):
                        self.add(token, own)
                elif isinstance(cell, int | float) and not isinstance(cell, bool):
                    self.value(float(cell), own, sorted({1, decimals, min(decimals, 1), 2}))
        for head in table.column_names:
            self.text(head)

    def walk(self, thing: Any, keys: Keys = frozenset()) -> None:
        """Keep all texts and figures of an answer, by the areas and months of its arrays."""
        if isinstance(thing, str):
            self.text(thing, keys)
        elif isinstance(thing, bool) or thing is None:
            return
        elif isinstance(thing, int | float | np.number):
            self.value(float(thing), keys)
        elif isinstance(thing, date | datetime | Indicator | View | re.Pattern):
            return
        elif isinstance(thing, pa.Table):
            self.table(thing, keys)
        elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            self._parts(thing, keys)
        elif isinstance(thing, Mapping):
            for key, each in thing.items():
                self.walk(key, keys)
                self.walk(each, keys)
        elif isinstance(thing, np.ndarray) and thing.dtype.kind in "if":
            for each in thing.ravel():
                self.value(float(each), keys)
        elif isinstance(thing, list | tuple | set | frozenset):
            self.value(float(len(thing)), keys)
            for each in thing:
                self.walk(each, keys)

    def _parts(self, thing: Any, keys: Keys) -> None:
        if id(thing) in self._seen:
            return
        self._seen.add(id(thing))
        self._held.append(thing)  # so that no other takes its place in memory
        item = getattr(thing, "item", None)
        keys |= {item.label} if isinstance(item, Indicator) else frozenset()
        names, own = getattr(thing, "names", None), getattr(thing, "name", None)
        keys |= self.keys(own) & self.areas if isinstance(own, str) else frozenset()
        if isinstance(months := getattr(thing, "months", None), list | tuple):
            names = names or [f"{m:%Y-%m}" if isinstance(m, date) else "" for m in months]
        for field in dataclasses.fields(thing):
            if field.name in PASSED_OVER:
                continue
            part = getattr(thing, field.name)
            if isinstance(part, np.ndarray) and names and part.shape == (len(names),):
                for name, value in zip(names, part, strict=True):
                    self.value(float(value), keys | self.keys(name))
            else:
                self.walk(part, keys)


# --- all answers that papers may be made of -------------------------------------------------------
def _pack(facts: Facts) -> None:
    made = facts.made
    for field in dataclasses.fields(made):
        if field.name != "view":
            facts.walk(getattr(made, field.name))
    facts.walk(made.title)
    facts.walk(made.stamp)
    facts.walk(made.about)
    facts.table(tiles_table(made))
    for each in made.notes:
        facts.text(note_text(made.view, each))
    for rows in (made.items, made.last):
        facts.table(follow_ups_table(rows))
    if made.quarter is not None:
        facts.table(quarter_table(made.view, made.quarter))
        told = quarters.quarter_told(made)
        assert told is not None
        facts.walk(told)
        facts.table(quarters.figures_table(told))
        facts.table(quarters.moves_table(told))
        for each in told.figures:
            for held in (each.now, each.before):
                if held is not None:
                    for apart in (held.upper - held.value, held.value - held.lower):
                        facts.value(float(apart[0]), frozenset({each.item.label}), (3,))


def _ledger(facts: Facts) -> None:
    made, book = facts.made, ledger_of(facts.made.view)
    facts.table(listed.announced_table(made.view))
    facts.table(listed.off_list_table(made))
    facts.table(listed.changes_table(made))
    for line in listed.concern_lines(made):
        facts.text(line)
    facts.value(book.tests, frozenset())
    found = findings_for(made.view)
    for each in found:
        facts.text(finding_text(made.view, each))
        keys = facts.keys(each.area) | {each.item.label}
        for value in (each.value, each.county, each.change, each.n):
            if value is not None:
                facts.value(value, keys, (0, each.item.decimals, min(each.item.decimals, 1)))
    for part in ("county", "township", "village"):
        facts.value(sum(each.level == part for each in found), frozenset())
    for key, subject in book.subjects.items():
        for place in ("county", "township", "village"):
            keys = frozenset({subject.item.label})
            facts.value(len(book.tests_of(key, place)), keys)  # type: ignore[arg-type]
            facts.value(len(book.of(key, place)), keys)  # type: ignore[arg-type]
            for line in (*how_judged(made.view, key, place), *how_changed(made.view, key)):  # type: ignore[arg-type]
                facts.text(line, keys)
    facts.value(len(book.findings), frozenset())


def _chapters(facts: Facts) -> None:
    made, ws = facts.made, facts.made.view.ws
    for chapter in made.chapters:
        item, keys = chapter.item, frozenset({chapter.item.label})
        places = (0, item.decimals, min(item.decimals, 1))
        if chapter.trend is not None:
            facts.table(trend_table(chapter.trend), keys, item.decimals)
            for target in (*chapter.trend.targets.values(), chapter.trend.target):
                if target is not None:
                    facts.value(target.value, keys, places)
        own = made.view.with_(indicator=chapter.indicator, window=item.default_window)
        if chapter.ranking is not None:
            facts.table(ranking_table(chapter.ranking), keys, item.decimals)
            for high, low in (("upper", "value"), ("value", "lower")):
                towns = chapter.ranking.towns
                apart = getattr(towns, high) - getattr(towns, low)
                for name, value in zip(towns.names, apart, strict=True):
                    facts.value(float(value), keys | facts.keys(name), (item.decimals + 1,))
        if item.kind != "published":
            for picture in ("curve", "towns"):
                for window in item.windows:
                    facts.walk(trend(own.with_(window=window), picture))
        standing = peers(made.view.with_(indicator=chapter.indicator, window="ytd"))
        if standing is not None:
            facts.walk(standing, keys)
        facts.walk(lines_in_force(own, chapter.indicator, own.county.area_code))
        for line in lines_in_force(own, chapter.indicator, own.county.area_code):
            facts.value(line.value, keys, places)
    for key, item in ws.indicators.items():
        target = target_of(made.view, key, made.view.county.area_code)
        values = [item.target, item.min_denominator, *(item.target_range or ())]
        values += [line.value for line in item.thresholds] + ([target.value] if target else [])
        for value in values:
            if value is not None:
                facts.value(value, frozenset({item.label}))
        # A natural range is the same for all sex ratios, which are then not named one by one.
        for value in item.target_range or ():
            facts.value(value, frozenset())


def _towns(facts: Facts) -> None:
    made = facts.made
    towns = made.view.ws.areas_below.get(made.view.county.area_code, ())
    for area in towns:
        keys = frozenset({area.name})
        own = spine(made.view.with_(area=area.area_code), area.area_code)
        facts.walk(own, keys)
        facts.table(spine_table(own), keys)
        facts.value(len(made.view.ws.areas_below.get(area.area_code, ())), keys)
        for key in made.view.ws.scheme.headline:
            if has_year_end(made.view.ws.indicators[key]):
                looking = made.view.with_(area=area.area_code, indicator=key, window="ytd")
                outlook = year_end(looking)
                facts.walk([outlook.title, outlook.sentence, outlook.notes], keys)
                facts.text(outlook_text(outlook), keys)
    facts.value(len(towns), frozenset())
    book = ledger_of(made.view)
    for each in findings_for(made.view):
        judged = judged_by(judged_label(book, each.indicator))
        facts.text(finding_text(made.view, each, judged))
    for key, item in made.view.ws.indicators.items():
        if rankable(item) and "township" in item.levels:
            _townships(facts, made.view.with_(indicator=key, window=item.default_window))


def _townships(facts: Facts, view: View) -> None:
    """Tell an indicator's townships: their change, their distance to the target, their months."""
    ranked, item = ranking(view), view.item
    label = frozenset({item.label})
    facts.table(ranking_table(ranked), label, item.decimals)
    facts.walk(ranked.towns)
    for note in other_window_note(view, view.indicator, view.window):
        facts.text(note)
    headline = view.indicator in view.ws.scheme.headline
    for i, (code, name) in enumerate(zip(ranked.towns.codes, ranked.towns.names, strict=True)):
        keys = facts.keys(name) | label
        facts.text(Change(item, *map(float, ranked.change[:, i])).text, keys)
        target, value = target_of(view, view.indicator, code), float(ranked.towns.value[i])
        if target is not None and not np.isnan(value):
            facts.text(target_text(item, value, target.value), keys)
            facts.value(target.value, keys)
        if headline and item.kind != "published":
            own = trend(view.with_(area=code), "years")
            facts.walk([own.title, own.sentence, own.notes, own.series.measured], keys)


def _villages(facts: Facts) -> None:
    made, key = facts.made, facts.made.view.ws.scheme.short_plank_default
    if made.sex_ratio is not None:
        facts.table(sex_ratio_table(made.sex_ratio), decimals=1)
        for column in made.sex_ratio.columns:  # a matrix of them names each column once, above
            for at, name in enumerate(column.measured.names):
                facts.value(float(column.measured.value[at]), facts.keys(name), (0, 1))
                facts.value(float(column.measured.base[at]), facts.keys(name), (0,))
    if key is not None:
        own = made.view.with_(indicator=key, window="ytd")
        keys = frozenset({own.item.label})
        if made.plank is not None:
            facts.table(short_plank_table(own, made.plank), decimals=4)
            size = made.plank.planks.reported if made.plank.planks is not None else 20
            for each in listings(made.plank, size):
                facts.walk(each)
            found = made.plank.planks
            if found is not None:
                facts.walk(found.villages)
                for i, name in enumerate(found.villages.names):
                    named = facts.keys(f"{found.towns[i]}{name}") | keys
                    for part in (found.rate, found.rate_lower, found.rate_upper):
                        facts.value(float(part[i]), named)
                    facts.value(float(found.contribution[i]), named, (2, 4))
                for place, i in enumerate(found.weakest, start=1):
                    named = facts.keys(f"{found.towns[i]}{found.villages.names[i]}")
                    facts.value(place, named, (0,))
                facts.value(found.county, keys)
                if found.weakest:  # where the water of the barrel stands
                    facts.value(float(found.rate[found.weakest[0]]), keys)
                facts.value(found.gap, keys)
            facts.walk(visits(own))
        if made.inspection is not None:
            facts.table(rehearsal_table(own, made.inspection))
            facts.walk(made.inspection)
            drawn = made.inspection.drawn
            if drawn is not None:
                _draw(facts, drawn, own.item)
    facts.table(warning_table(made.warnings))
    facts.table(listed_table(made.warnings))


def _draw(facts: Facts, drawn: Drawn, item: Indicator) -> None:
    shares = [*drawn.weak_chances, *(drawn.rates.shares if drawn.rates is not None else ())]
    if drawn.rates is not None:  # so high reach the lines that stand across the bars
        shares.append(ABOVE * max(drawn.rates.shares))
    for share in shares:
        facts.value(100 * float(share), frozenset({item.label}), (0, 1, 2, 3))
    facts.value(drawn.weak, frozenset({item.label}))
    edges = [item.factor * float(v) for v in drawn.rates.edges] if drawn.rates is not None else []
    for edge in [*edges, *((low + high) / 2 for low, high in pairwise(edges))]:
        facts.value(edge, frozenset({item.label}), (0, 1, 2))


def _others(facts: Facts) -> None:
    made = facts.made
    facts.table(signals_table(made.signals))
    filed = completeness(made.view)
    facts.walk(filed)
    matrix = filed.matrix
    for name in dict.fromkeys(matrix.groups):
        at = [row for row, town in enumerate(matrix.groups) if town == name]
        cells = matrix.states[at, -REPORTED:]
        for state in range(len(STATES)):
            facts.value(int((cells == state).sum()), facts.keys(name), (0,))
        facts.value(int((cells != STATES.index("not_due")).sum()), facts.keys(name), (0,))
    facts.walk(reports_of(made.view))
    facts.table(dictionary_table(cards(made.view.ws, made.view.month)))
    facts.walk(league(made.view))
    facts.table(league_table(league(made.view)))
    outlooks = headline_outlooks(made.view)
    facts.text(calibration_line([each for _, each in outlooks]))
    for _, outlook in outlooks:
        facts.walk(outlook)
        facts.text(outlook_text(outlook))
        facts.table(year_end_table(outlook))


TOLD: tuple[Callable[[Facts], None], ...] = (
    _pack, _ledger, _chapters, _towns, _villages, _others,
)  # fmt: skip


def unexplained(
    facts: Facts, texts: Iterable[tuple[str, str]], allowed: re.Pattern[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield numbers that no answer has for what is named beside them: where, number, text.

    ``texts`` are pairs of a text and what stands around it; ``allowed`` is taken out first.
    """
    for text, around in texts:
        tokens = numbers_in(allowed.sub(" ", text))
        if not tokens:
            continue
        named = meant(facts, text, around)
        for token in tokens:
            if not facts.explains(token, named):
                yield around[:60], token, text


def meant(facts: Facts, text: str, around: str) -> Keys:
    """Return of what a text speaks: what it names itself, else what stands around it.

    Its indicators are those of its slide, sheet or part where it names none, its areas those of
    the first lines there.
    """
    own, beside = facts.keys(text), facts.keys(around)
    if not own & facts.labels:
        own |= beside & facts.labels
    if not own & facts.areas:
        own |= facts.keys("\n".join(around.split("\n")[:3])) & facts.areas
    return own
