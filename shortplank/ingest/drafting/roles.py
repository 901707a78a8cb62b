"""What each column of a table is, guessed from its header, its cells and how they nest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortplank.catalogue.base import LEVELS
from shortplank.ingest.drafting import clues
from shortplank.ingest.drafting.tables import Column, Table
from shortplank.ingest.drafting.times import Times, find_times
from shortplank.ingest.grid import Unreadable
from shortplank.ingest.recorded.matching import time_and_rest

# A column that says of which count a line is has so many words at the most.
MOST_KINDS = 80
_PARTED = re.compile(r"[\s./_-]+")
Kind = str
KINDS: tuple[Kind, ...] = (
    "month", "year", "code", "name", "above", "parent_code", "county_code",
    "split", "measure", "ignore",
)  # fmt: skip


@dataclass(frozen=True)
class Roles:
    """Columns by what they are; ``why`` says it of each, ``could`` what else it might be."""

    kinds: dict[int, Kind]
    why: dict[int, str]
    times: Times
    could: dict[int, tuple[Kind, ...]] = field(default_factory=dict)

    def of(self, *kinds: Kind) -> list[int]:
        """Return the columns of some kinds, in order."""
        return sorted(c for c, kind in self.kinds.items() if kind in kinds)


def guess_roles(table: Table, chosen: Mapping[int, Kind], month: str | None = None) -> Roles:
    """Return what each column is; what is chosen stays. Raises `Unreadable` in one sentence."""
    return _Guessing(table, chosen, month).roles()


class _Guessing:
    def __init__(self, table: Table, chosen: Mapping[int, Kind], month: str | None) -> None:
        self.table, self.chosen = table, chosen
        self.kinds: dict[int, Kind] = dict(chosen)
        self.why: dict[int, str] = dict.fromkeys(chosen, "按所选")
        self.could: dict[int, tuple[Kind, ...]] = {}
        self.times = find_times(table, chosen, month)

    def roles(self) -> Roles:
        """Return the roles, the surest first."""
        for at, kind in self.times.columns.items():
            self._set(at, kind, self.times.why)
        for column in self.table.columns:
            self._plain(column)
        texts = [c for c in self.table.columns if c.index not in self.kinds]
        self._codes(texts)
        self._areas([c for c in texts if c.index not in self.kinds])
        self._kinds_of_lines()
        for column in self.table.columns:
            self._set(column.index, "ignore", "不是计数，也不是单位或月份")
        if not self._of("name", "code"):
            raise Unreadable("no_area", "找不到单位（地区或机构）这一列，不能认表。")
        if not self._of("measure", "across"):
            raise Unreadable(
                "no_counts", "没有计数的列：只有文字或比率的表不能导入，请用计数的表。"
            )
        return Roles(self.kinds, self.why, self.times, self.could)

    def _set(self, column: int, kind: Kind, why: str, could: tuple[Kind, ...] = ()) -> None:
        if column in self.kinds:
            return
        self.kinds[column], self.why[column] = kind, why
        if could:
            self.could[column] = could

    def _of(self, *kinds: Kind) -> list[int]:
        return [c for c, kind in self.kinds.items() if kind in kinds]

    # --- single columns ----------------------------------------------------------------------
    def _plain(self, column: Column) -> None:
        """Set columns that are blank, serial numbers, rates or counts."""
        i, header = column.index, column.path
        if not column.filled:
            self._set(i, "ignore", "没有内容" if header else "空列")
        elif not header and (column.is_numeric or i > self._first_words()):
            self._set(i, "ignore", "没有表头")
        elif clues.SERIAL.search(header.strip()) and column.numbers:
            self._set(i, "ignore", "序号")
        elif clues.OTHER_DAY.search(header) and not column.is_numeric:
            self._set(i, "ignore", "不是所报月份的日期")
        elif column.is_numeric and not self._is_code(column):
            self._number(column)

    def _first_words(self) -> int:
        """Return the first column of words: names of areas often stand there without a header."""
        words = (c.index for c in self.table.columns if c.words and not c.is_numeric)
        return next(words, -1)

    def _number(self, column: Column) -> None:
        i, header = column.index, column.path
        if column.rates or (clues.RATE.search(header) and not self._is_money(header)):
            self._set(i, "ignore", "比率不作为计数", ("measure",))
        elif column.decimals:
            self._set(i, "ignore", "有小数，不是计数", ())
        elif column.negatives:
            self._set(i, "ignore", "有负数，不是计数", ())
        elif clues.YEAR.fullmatch(header) and all(t.isdigit() for t in column.texts):
            self._set(i, "ignore", "年份")
        else:
            could = ("split",) if clues.MEASURE_NAME.search(header) else ()
            self._set(i, "measure", "整数", could)

    def _is_money(self, header: str) -> bool:
        return "元" in header and "率" not in header

    def _is_code(self, column: Column) -> bool:
        """Return whether numbers are codes: so headed, or long, of one width and no two alike."""
        if clues.CODE.search(column.path):
            return True
        texts = [t.strip() for t in _units(column)]
        long = [t for t in texts if t.isdigit() and len(t) >= 6]
        widths = {len(t) for t in texts}
        return len(long) == len(texts) >= 3 and len(widths) == 1 and len(set(texts)) == len(texts)

    # --- areas -------------------------------------------------------------------------------
    def _codes(self, columns: list[Column]) -> None:
        """Set the columns of codes: the one of most areas is the unit's, others of those above."""
        codes = [
            c
            for c in columns
            if clues.CODE.search(c.path) or (c.is_numeric and self._is_code(c)) or _coded(c)
        ]
        codes = [c for c in codes if not clues.MEASURE_NAME.search(c.path) and _fits(c)]
        codes.sort(key=lambda c: -len(c.texts))
        if not codes or len(codes[0].texts) < 2:
            return
        own = codes[0]
        self._set(own.index, "code", f"{len(own.texts)} 个不同的代码", ())
        upper = ("parent_code", "county_code")
        nested = [c for c in codes[1:] if self._is_function(own.index, c.index)]
        for kind, column in zip(upper, nested, strict=False):
            self._set(column.index, kind, "上级代码", ("ignore",))
        for column in codes[1:]:
            self._set(column.index, "ignore", "另一种代码", ("code",))

    def _codes_are_of_units(self, name: int) -> None:
        """Take back a code that several units share: it is of an area above them."""
        for code in self._of("code"):
            if code in self.chosen or self._is_function(code, name):
                continue
            del self.kinds[code]
            self._set(code, "parent_code", "几个单位共用，是上级代码", ("code", "ignore"))

    def _areas(self, columns: list[Column]) -> None:
        """Set the columns of names: the unit's own, and those of the areas above it."""
        words = [c for c in columns if c.words and not (c.is_numeric and not _coded(c))]
        named = [c for c in words if self._is_area(c)]
        sure = {c.index for c in named}
        chosen = self._of("name")
        if not named and not chosen and not self._of("code"):
            named = [c for c in words if not clues.MEASURE_NAME.search(c.path)]
        own = chosen[0] if chosen else self._unit(named)
        if own is None:
            return
        self._codes_are_of_units(own)
        texts = len(self.table.columns[own].texts)
        self._set(own, "name", f"{texts} 个不同的名称", ("parent", "ignore"))
        others = [c for c in named if c.index != own]
        above = [c for c in others if c.index in sure or self._is_above(c.index, own)]
        above.sort(key=lambda c: -len(c.texts))
        for column in above:
            self._set(column.index, "above", f"{len(column.texts)} 个不同的上级", ("ignore",))

    def _unit(self, named: list[Column]) -> int | None:
        """Return the column of the units' names: the one with most of them, the lowest level."""
        if not named:
            return None
        if (below := self._below_code(named)) is not None:
            return below
        code = next(iter(self._of("code")), None)
        if code is not None:  # a name that goes with each code, one to one
            paired = [c for c in named if self._pairs(code, c.index) == self._distinct(code)]
            named = paired or named
        levels = {c.index: self._level(c) for c in named}
        known = [c for c in named if levels[c.index] is not None]
        lowest = max((levels[c.index] or 0 for c in known), default=0)
        low = [c for c in known if levels[c.index] == lowest]
        whole = len(known) == len(named)
        if len(low) == 1 and (whole or lowest >= LEVELS.index("township")):
            return low[0].index
        return max(named, key=lambda c: (len(c.texts), c.index)).index

    def _below_code(self, named: list[Column]) -> int | None:
        """Return the names that tell the lines of one code apart: the code is of those above."""
        code = next(iter(self._of("code")), None)
        if code is None or code in self.chosen:
            return None
        own = [code, *self._of("month", "year")]
        lines = len(np.unique(self._number_of(own)))
        telling = {
            c.index: len(np.unique(self._number_of([*own, c.index])))
            for c in named
            if not self._is_function(code, c.index)
        }
        best = max(telling, key=lambda at: telling[at], default=None)
        return best if best is not None and telling[best] == len(self.table.rows) > lines else None

    def _level(self, column: Column) -> int | None:
        """Return how low the level is that a column's header or its names say."""
        said = clues.level_said(column.path) or clues.level_named(column.texts)
        return LEVELS.index(said) if said else None

    def _is_area(self, column: Column) -> bool:
        header = column.path
        if not header:
            return True
        if clues.MEASURE_NAME.search(header) and not clues.level_said(header):
            return False
        said = clues.level_said(header) or clues.AREA_NAME.search(header)
        return bool(said or clues.level_named(column.texts))

    def _is_above(self, upper: int, own: int) -> bool:
        """Return whether a column's areas hold those of another: of all pairs there are few."""
        code = next(iter(self._of("code")), own)
        if self._is_function(code, upper):
            return True
        pairs, all_ = self._pairs(upper, own), self._distinct(upper) * self._distinct(own)
        return pairs <= max(1.5 * self._distinct(own), 0.2 * all_)

    # --- lines -------------------------------------------------------------------------------
    def _kinds_of_lines(self) -> None:
        """Set the columns that say of which count a line is, where an area has several a month."""
        own = self._of("code", "name", "above", "month", "year", "split")
        lines = self._number_of(own)
        if self._is_unique(lines):
            return
        maybe = [
            c
            for c in self.table.columns
            if c.index not in own
            and 1 < len(c.texts) <= MOST_KINDS
            and (c.index not in self.kinds or (self.could.get(c.index, ()) and not c.is_numeric)
                 or (clues.MEASURE_NAME.search(c.path) and self.kinds[c.index] == "measure"))
        ]  # fmt: skip
        maybe.sort(key=lambda c: (not clues.MEASURE_NAME.search(c.path), len(c.texts)))
        for column in maybe:
            before = len(np.unique(lines))
            more = self._number_of([*own, column.index])
            if len(np.unique(more)) == before:
                continue
            self.kinds.pop(column.index, None)
            self._set(column.index, "split", "同一单位同月有几行，由这一列区分", ("ignore",))
            own, lines = [*own, column.index], more
            if self._is_unique(lines):
                return
        if not self._repeats_are_sums(lines):
            raise Unreadable(
                "repeated_lines", "同一单位同一月份有几行，没有一列能说明各行是哪一个数。"
            )

    def _is_unique(self, lines: NDArray[np.int64]) -> bool:
        return len(np.unique(lines)) == len(lines)

    def _repeats_are_sums(self, lines: NDArray[np.int64]) -> bool:
        """Return whether hardly any lines repeat: sums, which are found later, aside."""
        return len(lines) - len(np.unique(lines)) <= max(0.3 * len(lines), 3) and any(
            clues.TOTAL.fullmatch(t.strip())
            for c in self._of("name", "above", "code")
            for t in self.table.columns[c].texts
        )

    def _number_of(self, columns: list[int]) -> NDArray[np.int64]:
        found = np.zeros(len(self.table.rows), dtype=np.int64)
        for column in columns:
            found = found * (len(self.table.grid.texts[column]) + 1) + self.table.places(column)
        return found

    def _pairs(self, a: int, b: int) -> int:
        return len(np.unique(self._number_of([a, b])))

    def _distinct(self, column: int) -> int:
        return len(np.unique(self.table.places(column)))

    def _is_function(self, of: int, column: int) -> bool:
        """Return whether one column's text tells the other's."""
        return self._pairs(of, column) <= 1.02 * self._distinct(of)


def _units(column: Column) -> list[str]:
    """Return a column's texts that are no words for a sum."""
    return [t for t in column.texts if not clues.TOTAL.fullmatch(t.strip())]


def _coded(column: Column) -> bool:
    """Return whether a column's texts are codes: letters and digits, hardly a word."""
    texts = [_PARTED.sub("", t) for t in _units(column)[:2_000]]
    good = sum(
        t.isascii() and t.isalnum() and any(x.isdigit() for x in t) and len(t) >= 3 for t in texts
    )
    return len(texts) >= 3 and good >= 0.9 * len(texts) and not column.is_numeric


def _fits(column: Column) -> bool:
    """Return whether a column's texts may be codes of areas."""
    texts = [_PARTED.sub("", t) for t in _units(column)]
    return sum(t.isascii() and t.isalnum() and len(t) <= 20 for t in texts) >= 0.9 * len(texts)


__all__ = ["KINDS", "Kind", "Roles", "guess_roles", "time_and_rest"]
