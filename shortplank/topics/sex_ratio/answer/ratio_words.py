"""What sex ratios say in words: columns, lines, the finding, the sentence and the notes."""

from __future__ import annotations

from dataclasses import dataclass

from shortplank.catalogue.models import Indicator
from shortplank.reading.measured import Floats, Measured, verdicts_against_range
from shortplank.reading.natural import telling_births
from shortplank.wording.chance import (
    BEYOND,
    MARKS_BEYOND,
    NOT_ALONE,
    UNPROVED,
    by_chance_text,
    chance_words,
    undecided_text,
)
from shortplank.wording.claims import Tally, all_clear
from shortplank.wording.naming import joined
from shortplank.wording.numbers import count_text, fewer_than, number_text
from shortplank.wording.sides import above_line_text, none_above_text, range_name, range_side
from shortplank.wording.verdicts import STATE_WORDS

UNLIKELY = 0.05
_COUNTY_TOO_FEW = "全县样本太少"
OUTSIDE = ("higher", "lower")
JUDGED = (*OUTSIDE, "similar")


@dataclass(frozen=True)
class Line:
    """How many townships stand above a line, and how many chance alone would put there."""

    label: str
    value: float
    count: int
    shown: int
    expected: float
    at_least: float
    key: str = ""
    """The sex ratio's id."""

    @property
    def unlikely(self) -> bool:
        """Return whether chance alone would rarely put so many above the line."""
        return self.at_least < UNLIKELY

    def text(self, *, short: bool = False) -> str:
        """Return the count beside the count of chance, and what to think of it."""
        about = f"约 {count_text(self.expected)} 个"
        chance = about if short else by_chance_text(self.expected)
        if not self.count:
            return f"{none_above_text(self.label, self.shown, self.value)}（{chance}）"
        count = f"{self.count} {'个' if short else '个乡镇'}"
        verdict = chance_words(self.at_least)
        return f"{above_line_text(self.label, count, self.value)}，{verdict}（{chance}）"


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
    """Return what is to be said of a cell: 高于自然范围, 校正后未超出偶然, 样本太少, 未报."""
    if c.measured.state[row] not in ("ok", "zero"):
        return absent_words(c.measured, row)
    if c.verdicts[row] in OUTSIDE:
        return range_side(c.item, above=c.verdicts[row] == "higher")
    # Its own interval leaves the range behind: the correction is why the words do not.
    alone = verdicts_against_range(c.item, c.measured.pick([row]))[0] == "worse"
    return f"校正后{UNPROVED}" if alone and row in c.towns else UNPROVED


def title_of(orders: list[Column], lines: list[Line]) -> str:
    """Return the finding: the counts above the lines, the least likely first."""
    if not orders:
        return "这个月没有性别比数"
    if lines:
        ordered = sorted(lines, key=lambda each: each.at_least)
        return "；".join(each.text(short=n > 0) for n, each in enumerate(ordered))
    total = orders[0]
    tested = sum(total.verdicts[row] in JUDGED for row in total.towns)
    beyond = sum(total.verdicts[row] in ("higher", "lower") for row in total.towns)
    clear = all_clear(Tally(tested, beyond), "个乡镇", "的高低")
    towns = f"，{beyond} 个乡镇与自然范围的差异{BEYOND}" if beyond else f"，{clear}"
    return f"{total.item.label}：{_county_text([total])}{towns if tested else ''}"


def sentence_of(columns: list[Column], look: str, lines: list[Line]) -> str:
    """Return which townships leave the natural range beyond chance, test and correction named."""
    shown = columns[-1:] if look == "periods" else columns
    tested = sum(c.verdicts[r] in JUDGED for c in shown for r in c.towns)
    county = _county_text(shown)
    if not tested:
        return f"各乡镇出生都太少，不作评价；{county}。"
    found = _found(shown)
    what = "个数逐列" if len(shown) > 1 else "个乡镇"
    how = f"已比较的 {tested} {what}一并检验、校正后"
    if found:
        apart = sum(c.verdicts[r] in ("higher", "lower") for c in shown for r in c.towns)
        rest = f"，其余 {tested - apart} 个{UNPROVED}" if tested > apart else ""
        return f"{how}，{'；'.join(found)}{rest}；{county}。"
    keys = {c.item.label for c in shown}
    together = any(line.unlikely and (line.label in keys or len(keys) > 1) for line in lines)
    if together or any(c.verdicts[0] in ("higher", "lower") for c in shown):
        return f"{how}，{NOT_ALONE}：{county}。"
    return f"{how}，{'都' if tested > 1 else ''}{UNPROVED}；{county}。"


def how_of(columns: list[Column], look: str) -> tuple[str, ...]:
    """Return how the townships were tested; nothing where none was."""
    shown = columns[-1:] if look == "periods" else columns
    tested = sum(c.verdicts[r] in JUDGED for c in shown for r in c.towns)
    if not tested:
        return ()
    each = "，逐列" if len(shown) > 1 else ""
    return (
        f"{tested} 个数各与自然范围比较，作精确二项检验{each}",
        "按多重检验校正（Benjamini–Hochberg，5%）",
    )


def _found(shown: list[Column]) -> list[str]:
    """Return the townships beyond chance, column by column."""
    found = []
    for c in shown:
        for code in OUTSIDE:
            names = [c.measured.names[row] for row in c.towns if c.verdicts[row] == code]
            if names:
                head = "" if len(shown) == 1 else f"{c.label} "
                side = range_side(c.item, above=code == "higher")
                found.append(f"{head}{len(names)} 个乡镇{side}（{joined(names, 4)}）")
    return found


def _county_text(shown: list[Column]) -> str:
    """Return the county's ratios, those beyond the natural range first."""
    if not shown:
        return _COUNTY_TOO_FEW
    parts = []
    item = shown[0].item
    for code, word in (
        ("higher", range_side(item, above=True)),
        ("lower", range_side(item, above=False)),
        ("similar", undecided_text(range_name(item))),
    ):
        some = [
            f"{'' if len(shown) == 1 else c.label} {number_text(c.measured.value[0], 1)}"
            for c in shown
            if c.verdicts[0] == code
        ]
        if some:
            parts.append(f"{'、'.join(text.strip() for text in some)} {word}")
    return ("全县 " if len(shown) == 1 else "全县") + "，".join(parts) if parts else _COUNTY_TOO_FEW


def notes_of(columns: list[Column], look: str, total: Indicator) -> list[str]:
    low, high = total.target_range or (0, 0)
    telling = number_text(telling_births(total))
    grey, least = total.grey_denominator, total.min_denominator
    notes = [
        f"自然范围 {low:g}–{high:g}：没有人为干预时，每 100 名女婴对应的男婴数",
    ]
    if look != "forest":
        notes.append(
            f"颜色随出生人数变淡：满 {telling} 人才是全色（这时 120 才能与 {high:g} 分开），"
            f"{fewer_than(grey, ' 人')}字变细变灰，{fewer_than(least, ' 人')}不显示"
        )
        notes.append(MARKS_BEYOND)
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
