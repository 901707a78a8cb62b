"""What sex ratios say in words: columns, lines, the finding, the sentence and the notes."""

from __future__ import annotations

from dataclasses import dataclass

from shortplank.catalogue.models import Indicator
from shortplank.reading.judged.announced import judged_label, untested_text
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.judged.natural import telling_births
from shortplank.reading.measured import Floats, Measured
from shortplank.reading.view import View
from shortplank.wording.judged import (
    ALIKE,
    NOT_BY_ITSELF,
    apart_text,
    county_and_unit_text,
    judged_by,
    named_text,
    nothing_text,
    ratio_line_text,
)
from shortplank.wording.naming import home_units, home_whole, joined
from shortplank.wording.numbers import fewer_than, number_text
from shortplank.wording.verdicts import ONLY_FIGURES, RATIO_MARKS, STATE_WORDS

ABOVE = "higher"
# The look of townships in one window, as the intervals are; where the workspace has boundaries.
MAP = "map"


@dataclass(frozen=True)
class Line:
    """How many townships stand above a line, and how many would if all were natural.

    ``lower`` and ``upper`` are a 90 % range of the number; ``usual`` is the natural ratio.
    """

    key: str
    label: str
    value: float
    count: int
    shown: int
    expected: float
    lower: int
    upper: int
    usual: float

    def text(self, *, short: bool = False) -> str:
        """Return the count beside the natural one; ``short`` leaves out what is supposed."""
        return ratio_line_text(
            self.label,
            self.count,
            self.value,
            (self.expected, self.lower, self.upper),
            usual=None if short else self.usual,
        )


@dataclass(frozen=True)
class Column:
    """One column of the heatmap: an indicator over a window, for the county and its townships."""

    key: str
    label: str
    item: Indicator
    measured: Measured
    verdicts: list[str]
    strength: Floats
    silent: Floats

    @property
    def towns(self) -> list[int]:
        """Return the rows of the townships (the county is the first row)."""
        return list(range(1, len(self.measured.codes)))

    def grey(self, row: int) -> bool:
        """Return whether a cell's births are too few to be drawn in full."""
        return bool(self.measured.base[row] < self.item.grey_denominator)


def absent_words(m: Measured, row: int) -> str:
    """Return why a cell has no ratio: 样本太少, 未报, 不适用; 无出生 where it reported none."""
    if m.state[row] == "not_expected" and m.base[row] == 0:
        return "无出生"
    return STATE_WORDS[m.state[row]]


def cell_words(c: Column, row: int) -> str:
    """Return what is to be said of a cell: what the ledger announces, 看不出差别, 只列数, 未报."""
    if c.measured.state[row] not in ("ok", "zero"):
        return absent_words(c.measured, row)
    if c.verdicts[row] == ABOVE:
        return apart_text(c.item, above=True)
    if c.verdicts[row] != "similar":
        return ONLY_FIGURES
    # Where the county itself stands apart, a township like it is not told to be like the rest.
    return NOT_BY_ITSELF if row in c.towns and c.verdicts[0] == ABOVE else ALIKE


def title_of(orders: list[Column], lines: list[Line], told: str) -> str:
    """Return the finding: the counts above the lines, those furthest above the natural first.

    Without lines it is what the ledger says, ``told``.
    """
    if not orders:
        return "这个月没有性别比数"
    if not lines:
        total = orders[0]
        value = number_text(total.measured.value[0], 1)
        return f"{total.item.label}：{home_whole()} {value}；{told}"
    ordered = sorted(lines, key=lambda each: each.upper - each.count)
    return "；".join(each.text(short=n > 0) for n, each in enumerate(ordered))


def ledger_words(view: View, total: str) -> str:
    """Return what the ledger says of the county's and the townships' ratios, with its window."""
    book = ledger_of(view)
    standing = book.standing(total, "township")
    county = book.of(total, "county", "named")
    if standing is None and not county:
        return untested_text(view, total)
    item, when = view.ws.indicators[total], judged_label(book, total)
    names = standing.announced_names if standing else []
    if county:
        told = county_and_unit_text(item, county[0].value or 0.0, names, above=True)
    elif names:
        told = named_text(item, names, home_units(), above=True)
    else:
        told = nothing_text(standing.compared if standing else 0, home_units())
        return f"{judged_by(when)}，{told}"
    return f"{when}{told}"


def notes_of(columns: list[Column], look: str, total: Indicator) -> list[str]:
    low, high = total.target_range or (0, 0)
    telling = number_text(telling_births(total))
    grey, least = total.grey_denominator, total.min_denominator
    notes = [
        f"自然范围 {low:g}–{high:g}：没有人为干预时，每 100 名女婴对应的男婴数",
    ]
    if look != "forest":
        thin = "" if look == MAP else f"{fewer_than(grey, ' 人')}字变细变灰，"
        notes.append(
            f"颜色随出生人数变淡：满 {telling} 人才是全色（这时 120 才能与 {high:g} 分开），"
            f"{thin}{fewer_than(least, ' 人')}不显示"
        )
        notes.append(RATIO_MARKS)
    if look == "periods":
        notes.append("相邻两列有 6 个月重叠")
    elif columns:
        m, silent = columns[0].measured, columns[0].silent
        late = [
            f"{m.names[row]}缺 {int(silent[row])} 个月"
            for row in columns[0].towns
            if silent[row] > 0
        ]
        if late:
            notes.append("时段内有月份未报：" + joined(late))
    return notes
