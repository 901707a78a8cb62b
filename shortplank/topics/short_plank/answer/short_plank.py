"""Where the barrel leaks: the weakest villages, what each adds to the gap, births in bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from shortplank.catalogue.models import Indicator, Window
from shortplank.reading.closed_years import closing_edition, closing_notes
from shortplank.reading.judged.announced import how_judged, other_window_note
from shortplank.reading.measured import from_table, texts
from shortplank.reading.offered import for_villages
from shortplank.reading.planks import Planks, planks, village_rows
from shortplank.reading.registers import STATUS, badges, statuses
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.topics.short_plank.answer.standing import (
    are_judged,
    title_of,
    under_text,
    untold_text,
    verdict_of,
)
from shortplank.topics.short_plank.answer.village_bands import (
    Bands,
    band_code,
    count_indicator,
    village_bands,
)
from shortplank.wording import planks as words
from shortplank.wording.judged import SHRUNKEN
from shortplank.wording.naming import joined
from shortplank.wording.numbers import (
    interval_text,
    number_text,
    points_text,
    points_unit,
    rounded,
    signed_text,
    value_text,
)
from shortplank.wording.periods import period_text
from shortplank.wording.sides import (
    COUNTY,
    PASSED,
    gap_from_line,
    gap_word,
    in_range_text,
    line_kind,
    mend_word,
    pull_word,
)
from shortplank.wording.verdicts import STATE_WORDS, VERDICT_MARKS

Kind = Literal["none", "empty", "hidden", "open", "barrel", "contribution", "bands"]
NAMED = 5
MARKS: dict[Kind, str] = {
    "barrel": f"每块板一个村，高低为{SHRUNKEN}，按乡镇排列",
    "contribution": "每条一个村，对全县差额的贡献，按乡镇排列",
    "bands": "每条为同一档的村数",
}
CLOSED_ONLY = "小数目会指向具体家庭，浏览者只看已结束统计年度的分档数"


@dataclass(frozen=True)
class Listed:
    """One village in a list: where it is, its cells, and whether the first cell is marked."""

    area_code: str
    name: str
    town: str
    cells: tuple[str, ...]
    marked: bool
    status: str = ""
    """What the register says of it in the month, with the month since when."""


@dataclass(frozen=True)
class Listing:
    """A list of villages under its heading; ``about`` says what it orders, or why it is empty."""

    heading: str
    about: str
    columns: tuple[str, ...]
    rows: list[Listed]


@dataclass(frozen=True)
class ShortPlank(Told):
    """The page's answer: the picture's kind, what it is drawn from, and its words."""

    item: Indicator
    kind: Kind
    planks: Planks | None
    bands: Bands | None
    status: Mapping[str, str] = field(default_factory=dict)
    """The register's statuses of the villages that have any, by code."""
    no_order: str = ""
    """Why no order by rate is shown."""

    @property
    def picture(self) -> str:
        """Return what the picture is called."""
        return {"bands": "分档图", "contribution": "贡献图"}.get(self.kind, "水桶图")

    @property
    def is_empty(self) -> bool:
        """Return whether there is no picture to draw."""
        return self.kind in ("none", "empty", "hidden", "open")

    @property
    def first_village(self) -> str:
        """Return the village that a profile opens with: the one the page speaks of first."""
        found = self.planks
        order = (found.weakest or found.largest) if found else []
        return found.villages.codes[order[0]] if found and order else ""


@once()
def short_plank(view: View) -> ShortPlank:
    """Return the villages of the view's indicator in its month and window."""
    item = view.item
    if not for_villages(item):
        return _nothing(view, "none")
    banded = view.banded(view.indicator)
    asked = view.window
    if banded:
        view = view.with_(window="ytd")
    bands = village_bands(view) if item.family == "births" or banded else None
    if banded:
        if bands and not closing_edition(view):
            return _nothing(view, "open")
        return _of_bands(view, bands, None, asked) if bands else _nothing(view, "hidden")
    found = planks(view)
    if item.family == "births":
        return _of_bands(view, bands, found, asked) if bands else _nothing(view, "empty")
    if found.reported == 0:
        return _nothing(view, "empty")
    return _of_planks(view, found)


def _nothing(view: View, kind: Kind) -> ShortPlank:
    item = view.item
    title, sentence = {
        "none": (
            "这个工作区没有到村的服务或质量指标",
            "短板村比的是服务和质量，指标目录里没有到村的这类指标；乡镇的数请看乡镇排名。",
        ),
        "empty": (
            f"{item.label}：这一时段还没有村级数据",
            "没有村报过这项数，图和名单都空着；可换月份，或把时段改为近12月。",
        ),
        "hidden": (
            f"{item.label}：{view.statistical_year}统计年度尚未结束，村级数不公布",
            f"{CLOSED_ONLY}；可把月份改为统计年度的最后一个月。",
        ),
        "open": (
            f"{item.label}：{view.statistical_year}统计年度的村级数在这一版还没有报齐，不公布",
            "各村报齐后定格，此后重报不改，免得两版相减露出一个村的数。",
        ),
    }[kind]
    about = _about(view, kind) if kind != "none" else ()
    return ShortPlank(item, kind, None, None, title=title, about=about, sentence=sentence)


def _about(view: View, kind: Kind) -> tuple[str, ...]:
    """Return what is looked at, and what a mark of the picture means."""
    return view.item.label, _period(view), MARKS.get(kind, "")


def _period(view: View) -> str:
    return period_text(view.window, view.month, view.window_start, view.statistical_year)


# --- service and quality --------------------------------------------------------------------------
def _of_planks(view: View, found: Planks) -> ShortPlank:
    barrel = found.scattered and found.item.polarity == "up"
    kind: Kind = "barrel" if barrel else "contribution"
    return ShortPlank(
        item=found.item,
        kind=kind,
        planks=found,
        bands=None,
        title=title_of(view, found) if are_judged(found.item) else _contribution_title(found),
        about=_about(view, kind),
        sentence=_sentence(found),
        notes=_notes(view, found),
        named=tuple(found.told),
        tested=sum(found.compared),
        how=_how(view, found),
        status=statuses(view),
        no_order=_no_order(view, found),
    )


def _contribution_title(found: Planks) -> str:
    top = found.largest[:NAMED]
    if not top:
        return f"{found.item.label}：没有村拉大{COUNTY}的差额"
    if found.from_county and found.item.target_range is not None:
        return f"{len(top)} 个村对{COUNTY}影响最大，{COUNTY} {_county(found)}"
    points = points_text(found.item, float(found.contribution[top].sum()), 2)
    return f"{len(top)} 个村贡献最大，合计 {points}，全县 {_county(found)}"


def _county(found: Planks) -> str:
    return value_text(found.item, found.county)


def _sentence(found: Planks) -> str:
    """Return three numbers that agree: the county's gap, who misses the line, who is listed."""
    parts = [gap_text(found), under_text(found)]
    if found.told:
        parts.append(words.listed_villages_text(found.item, found.told, NAMED))
    return "".join(f"{part}。" for part in parts if part)


def _how(view: View, found: Planks) -> tuple[str, ...]:
    """Return how the ledger came to it, and what the picture's own rate and limits are."""
    if found.standing is None:
        return ()
    drawn = (words.SHRINKING,) if found.scattered else ()
    return (*how_judged(view, view.indicator, "village"), *drawn)


def gap_text(found: Planks) -> str:
    """Return how far the county is from the line, of which the villages' parts are made."""
    county = f"全县 {_county(found)}"
    if found.line is None:
        ranged = found.item.target_range is not None
        return f"{county}，{in_range_text(found.item, found.county)}" if ranged else county
    far = gap_from_line(found.item, found.gap, found.line.label)
    adds_up = "" if round(found.gap, 2) == 0 else "，各村差额合计就是全县差额"
    return f"{county}，{far}{adds_up}"


def _notes(view: View, found: Planks) -> list[str]:
    notes = []
    gone = [f"{found.place(i)}" for i, s in enumerate(found.villages.state) if s == "missing"]
    if gone:
        notes.append(f"{len(gone)} 个村未报，不在图中：{joined(gone)}")
    if found.late:
        late = [found.place(i) for i in found.late]
        notes.append(f"{len(late)} 个村本月未报，用年内最近一次报数：{joined(late)}")
    few = sum(state == "too_few" for state in found.villages.state)
    if few:
        least = found.item.min_denominator
        notes.append(words.few_text(few, least))
    if found.standing is not None:
        notes += other_window_note(view, view.indicator)
    if not are_judged(found.item):
        notes.append(words.COUNTED_ONLY)
    if found.line is not None:
        notes.append(f"{found.line.label}的来源：{found.line.source}")
    if view.item.historical:
        notes.append("历史口径")
    return notes


# --- births ---------------------------------------------------------------------------------------
def _of_bands(view: View, bands: Bands, found: Planks | None, asked: Window) -> ShortPlank:
    exact = bands.exact
    return ShortPlank(
        item=view.item,
        kind="bands",
        planks=found if found and found.item.denominator else None,
        bands=bands,
        no_order=words.COUNTED_ONLY,
        title=_exact_title(bands) if exact else _shown_title(view, bands),
        about=_about(view, "bands"),
        sentence=_exact_sentence(bands) if exact else _shown_sentence(bands),
        notes=_bands_notes(view, exact, asked),
    )


def _exact_title(bands: Bands) -> str:
    many = bands.many
    text = f"{many.count} 个村（{bands.share:.2f}%）{bands.case}≥{bands.least} 例"
    if np.isnan(many.expected):
        return text
    return words.many_text(bands.item, text, many.expected, *bands.span)


def _exact_sentence(bands: Bands) -> str:
    parts = [f"{band.label} {band.count} 个村" for band in bands.bands]
    text = f"{bands.villages} 个村中 " + "，".join(parts)
    text += f"（{bands.share:.2f}%）；最多一个村 {bands.most} 例"
    if bands.lowest:
        text += f"；{bands.lowest}"
    return text + "。"


def _shown_title(view: View, bands: Bands) -> str:
    if any(band.code == "many" for band in bands.bands):
        many = bands.many
        return (
            f"{many.count} 个村（{bands.share:.2f}%）{bands.case}≥{bands.least} 例"
            f"（{view.statistical_year}统计年度）"
        )
    rates = [band for band in bands.bands if band.code == "band"] or bands.bands
    top = max(rates, key=lambda band: band.count)
    return f"{bands.item.label}：{bands.villages} 个村中 {top.count} 个为 {top.label}"


def _shown_sentence(bands: Bands) -> str:
    parts = [f"{band.label} {band.count} 个村" for band in bands.bands]
    return f"{bands.villages} 个村中 " + "，".join(parts) + f"；{CLOSED_ONLY}。"


def _bands_notes(view: View, exact: bool, asked: Window) -> list[str]:
    notes = ["出生是背景，不触发预警，不设指标任务"] if view.item.family == "births" else []
    if exact:
        notes.append("村越大例数越多，不据此排村、排乡镇")
    elif asked != view.window:
        notes.append("浏览者的村级出生数只有统计年度一种时段")
    notes += [] if exact else closing_notes(view)
    if view.months_of_year < 12 and view.window == "ytd":
        notes.append(f"统计年度只过了 {view.months_of_year} 个月，不能同全年数比")
    if view.item.historical:
        notes.append("历史口径")
    return notes


# --- the two lists --------------------------------------------------------------------------------
def listings(answer: ShortPlank, most: int = NAMED) -> list[Listing]:
    """Return the two lists that people confuse: the weakest rates and the largest contributions."""
    found = answer.planks
    if found is None:
        return []
    return [
        replace(
            side, rows=[replace(r, status=answer.status.get(r.area_code, "")) for r in side.rows]
        )
        for side in (_weakest_list(answer, found, most), _largest_list(found, most))
    ]


def why_they_differ(answer: ShortPlank, most: int = NAMED) -> str:
    """Return one sentence on why the two lists are not the same, or what the only one is of."""
    found = answer.planks
    if found is None or not found.largest:
        return ""
    shared = len(set(found.weakest[:most]) & set(found.largest[:most]))
    mend = f"{mend_word(found.item)}哪里{COUNTY}动得多"
    right = mend if found.item.helpable and found.line else f"{COUNTY}的率受哪里影响大"
    ranged = found.item.target_range is not None and not found.from_county
    of = line_kind(found.item) if found.line else "范围" if ranged else COUNTY
    part = f"贡献 = 与{of}的差 × 规模，大村差得不多也会居前。"
    if not found.weakest:
        return part
    both = f"两份名单的前 {most} 名中，{shared} 个村同时在列。"
    return f"前一份名单看单个村的率，后一份看{right}：{part}{both}"


def _weakest_list(answer: ShortPlank, found: Planks, most: int) -> Listing:
    if not found.scattered:
        return Listing("按率", words.no_order_text(answer.no_order), (), [])
    persist = not np.isnan(found.months_known).all()
    months = (words.months_heading(found.item, stock=found.stock),) if persist else ()
    rows = [
        _listed(
            found,
            i,
            (
                found.rate_text(i),
                interval_text(found.item, found.rate_lower[i], found.rate_upper[i]),
                found.raw_text(i),
                number_text(found.villages.n[i]),
                *((found.months_cell(i),) if persist else ()),
            ),
            marked=found.announced[i],
        )
        for i in found.weakest[:most]
    ]
    mark = f"{VERDICT_MARKS['worse']} {words.listed_mark(found.item)}" if found.told else ""
    heading = words.weakest_heading(found.item)
    return Listing(heading, mark, (SHRUNKEN, "95% 区间", "原始率", "n", *months), rows)


def _no_order(view: View, found: Planks) -> str:
    """Return why no village is told apart from another."""
    compared = sum(found.compared)
    return words.alike_short(compared) if compared else untold_text(view, found)


def _largest_list(found: Planks, most: int) -> Listing:
    heading = largest_heading(found)
    parts = found.contribution
    rows = [
        _listed(
            found,
            i,
            (
                signed_text(float(parts[i]), 2),
                found.raw_text(i),
                number_text(found.villages.n[i]),
            ),
            marked=False,
        )
        for i in found.largest[:most]
    ]
    unit = f"单位：{points_unit(found.item)}"
    total = f"全部 {found.reported} 个村相加 {points_text(found.item, found.gap, 2)}"
    return Listing(
        heading,
        f"{unit}；与{COUNTY}相比" if found.from_county else f"{unit}；{total}",
        ("贡献", "原始率", "n"),
        rows,
    )


def largest_heading(found: Planks) -> str:
    """Return the heading of the villages that move the county most, the way that is worse."""
    if found.line is not None and not found.county_short:
        return f"{pull_word(found.item)}{COUNTY}最多（{COUNTY}已{PASSED}）"
    if found.item.target_range is not None and found.from_county:
        return f"对{COUNTY}影响最大（正数拉高，负数拉低）"
    return f"对{COUNTY}{gap_word(found.item)}贡献最大"


def _listed(found: Planks, i: int, cells: tuple[str, ...], *, marked: bool) -> Listed:
    villages = found.villages
    return Listed(villages.codes[i], villages.names[i], found.towns[i], cells, marked)


# --- the whole table ------------------------------------------------------------------------------
def short_plank_table(view: View, answer: ShortPlank) -> pa.Table:
    """Return every village with what the page says of it, in the register's order."""
    if answer.bands is not None and not answer.bands.exact:
        rows = village_rows(view, view.indicator)
        return pa.table(
            {
                "乡镇": texts(rows, "township"),
                "村": texts(rows, "name"),
                answer.item.label: answer.bands.shown,
            }
        )
    if answer.is_empty:
        return pa.table({})
    columns: dict[str, list[object]] = {}
    if answer.planks is not None:
        columns = _plank_columns(answer.planks)
    if answer.bands is not None:
        columns = {**columns, **_band_columns(view, answer.bands, with_names=not columns)}
    return pa.table({**columns, **_badge_columns(view)})


def _plank_columns(found: Planks) -> dict[str, list[object]]:
    villages, item = found.villages, found.item
    columns: dict[str, list[object]] = {"乡镇": list(found.towns), "村": list(villages.names)}
    if found.scattered:
        columns[SHRUNKEN] = [value_text(item, float(v)) for v in found.rate]
        columns["95% 区间"] = [
            interval_text(item, low, high)
            for low, high in zip(found.rate_lower, found.rate_upper, strict=True)
        ]
    columns[f"原始率（{item.unit}）"] = [found.raw_text(i) for i in range(len(villages.codes))]
    columns["分子"] = [rounded(float(v), 0) for v in villages.x]
    columns["分母"] = [rounded(float(v), 0) for v in villages.n]
    columns["贡献"] = [rounded(float(v), 4) for v in found.contribution]
    columns["核对"] = [
        verdict_of(found.standing, at, state)[1]
        for at, state in zip(found.at, villages.state, strict=True)
    ]
    if not np.isnan(found.months_known).all():
        # Two whole numbers: a spreadsheet would read 7/12 as a day of December.
        columns[f"{words.months_heading(found.item, stock=False)}月数"] = [
            rounded(float(v), 0) for v in found.months_below
        ]
        columns["近12月有报月数"] = [rounded(float(v), 0) for v in found.months_known]
    return columns


def _band_columns(view: View, bands: Bands, *, with_names: bool) -> dict[str, list[object]]:
    key = count_indicator(view)
    assert key is not None
    rows = village_rows(view, key)
    cases = from_table(view.ws.indicators[key], rows, view.window).x
    columns: dict[str, list[object]] = {}
    if with_names:
        columns = {"乡镇": [*texts(rows, "township")], "村": [*texts(rows, "name")]}
    columns[bands.case] = [rounded(float(v), 0) for v in cases]
    columns["分档"] = [
        STATE_WORDS["missing"]
        if np.isnan(v)
        else words.band_label(band_code(v, bands.least), bands.least)
        for v in cases
    ]
    return columns


def _badge_columns(view: View) -> dict[str, list[object]]:
    """Return each village's statuses and supporting units in the month, as the registers say."""
    codes = texts(village_rows(view, view.indicator), "area_code")
    every = badges(view)

    def labels(code: str, *, status: bool) -> str:
        rows = [row for row in every.get(code, []) if (row["kind"] == STATUS) == status]
        return "、".join(row["label"] for row in rows)

    return {
        "状态": [labels(code, status=True) for code in codes],
        "帮扶单位": [labels(code, status=False) for code in codes],
    }
