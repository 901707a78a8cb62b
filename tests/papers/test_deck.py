"""The deck and the answers: every figure of every picture, table and sentence is theirs."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from shortplank.access import Role
from shortplank.papers.decisions import HEADS
from shortplank.papers.deck import deck_pptx
from shortplank.papers.deck.tables import cell_text
from shortplank.papers.listed import announced_table
from shortplank.papers.pack import Pack, pack, tiles_table
from shortplank.topics.quality.answer.completeness import completeness
from shortplank.topics.quality.answer.signals import signals_table
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import sex_ratio_table
from shortplank.topics.short_plank.answer.warning_list import warning_table
from shortplank.topics.trends.answer.year_end import calibration_line, headline_outlooks
from tests.papers import decks
from tests.papers.test_papers import MAY, deck_texts, view

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MONTHS = [date(2008, 12, 1), date(2009, 9, 1), MAY]
ROLES: list[Role] = ["viewer", "analyst"]


@pytest.fixture(scope="module", params=ROLES)
def made(request: pytest.FixtureRequest) -> Pack:
    return pack(view(request.param))


@pytest.fixture(scope="module")
def show(made: Pack) -> Any:
    return Presentation(io.BytesIO(deck_pptx(made)))


def charts(show: Any, name: str) -> list[Any]:
    return [
        s.chart for slide in show.slides for s in slide.shapes if s.has_chart and s.name == name
    ]


def values(chart: Any, at: int) -> list[float | None]:
    """Return a series' cached values by the order in which it was given."""
    ordered = sorted(chart.series, key=lambda each: each._element.idx.val)
    return list(ordered[at].values)


def rounds(found: Any, places: int) -> list[float | None]:
    return [None if math.isnan(v) else round(float(v), places) for v in found]


def reaches(series: Any, side: str) -> list[float | None]:
    """Return how far error bars reach."""
    (bars,) = series._element.findall("{*}errBars")
    cache = bars.find(f"{{*}}{side}").find("{*}numRef").find("{*}numCache")
    found: list[float | None] = [None] * int(cache.find("{*}ptCount").get("val"))
    for point in cache.findall("{*}pt"):
        found[int(point.get("idx"))] = float(point.find("{*}v").text)
    return found


def same(found: list[float | None], wanted: list[float | None]) -> bool:
    return len(found) == len(wanted) and all(
        (a is None) == (b is None) and (a is None or b is None or abs(a - b) < 1e-6)
        for a, b in zip(found, wanted, strict=True)
    )


# --- pictures -------------------------------------------------------------------------------------
def test_all_pictures_are_native_and_there_are_enough_of_them(show: Any) -> None:
    found = [s for slide in show.slides for s in slide.shapes if s.has_chart]
    filled = [
        s
        for slide in show.slides
        for s in slide.shapes
        if s.has_table and s._element.xpath('.//a:tc[a:tcPr/a:solidFill/a:srgbClr[@val!="FFFFFF"]]')
    ]
    assert len(found) >= 10 and len(filled) >= 3
    assert not [s for slide in show.slides for s in slide.shapes if s.shape_type == 13]
    names = {s.name for s in found}
    assert names == {"走势图", "走势", "各乡镇", "同类县", "年底预计", "水桶", "分布"}


def test_each_chart_has_its_figures_in_its_own_workbook(show: Any) -> None:
    for slide in show.slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            book = openpyxl.load_workbook(
                io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob)
            )
            rows = list(book.worksheets[0].iter_rows(values_only=True))
            ordered = sorted(shape.chart.series, key=lambda each: each._element.idx.val)
            for at, series in enumerate(ordered, start=1):
                assert rows[0][at] == series.name
                assert same([row[at] for row in rows[1:]], list(series.values))


def test_tiles_have_the_overviews_months(made: Pack, show: Any) -> None:
    found = charts(show, "走势图")
    assert len(found) == len(made.overview.tiles)
    for chart, tile in zip(found, made.overview.tiles, strict=True):
        assert same(values(chart, 0), rounds(tile.spark, tile.item.decimals))


def test_trends_have_the_years_the_band_and_the_target(made: Pack, show: Any) -> None:
    told = [c for c in made.chapters if c.item.helpable][:2]
    for chart, chapter in zip(charts(show, "走势"), told, strict=True):
        answer = chapter.trend
        assert answer is not None
        m, places = answer.series.measured, chapter.item.decimals
        by_name = {series.name: series for series in chart.series}
        for year in answer.years[-3:]:
            wanted: dict[str, list[float | None]] = {
                key: [None] * 12 for key in ("value", "lower", "upper")
            }
            for row, place in zip(year.rows, year.places, strict=True):
                for key in wanted:
                    wanted[key][place - 1] = rounds([getattr(m, key)[row]], places)[0]
            series = by_name[f"{year.year}年度"]
            assert same(list(series.values), wanted["value"])
            if year.current:
                for side, key, sign in (("plus", "upper", 1), ("minus", "lower", -1)):
                    ends = [
                        None if v is None or r is None else v + sign * r
                        for v, r in zip(wanted["value"], reaches(series, side), strict=True)
                    ]
                    assert same(ends, wanted[key])
        assert answer.target is not None
        (line,) = [s for name, s in by_name.items() if not name.endswith("年度")]
        assert set(line.values) == {answer.target.value}


def test_townships_have_their_values_intervals_and_the_peers(made: Pack, show: Any) -> None:
    told = [c for c in made.chapters if c.item.helpable and c.ranking is not None][:2]
    pairs = zip(charts(show, "各乡镇"), charts(show, "同类县"), told, strict=True)
    for chart, beside, chapter in pairs:
        answer, places = chapter.ranking, chapter.item.decimals
        assert answer is not None and answer.peers is not None
        assert list(chart.plots[0].categories) == answer.towns.names
        mine = rounds(answer.towns.value, places)
        assert same(values(chart, 0), mine)
        for side, sign, key in (("plus", 1, "upper"), ("minus", -1, "lower")):
            ends = [
                None if v is None or r is None else v + sign * r
                for v, r in zip(mine, reaches(chart.series[0], side), strict=True)
            ]
            assert same(ends, rounds(getattr(answer.towns, key), places))
        county = rounds(answer.county.value[:1], places)[0]
        lines = [county, *(line.value for line in answer.beyond if not line.whole)]
        for at, value in enumerate(lines, start=1):
            assert set(values(chart, at)) == {value}
        assert same(values(beside, 0), sorted(rounds(answer.peers.values, places), key=float))  # type: ignore[arg-type]


def test_the_barrel_has_all_villages_from_the_shortest_and_its_water(made: Pack, show: Any) -> None:
    (chart,) = charts(show, "水桶")
    assert made.plank is not None and made.plank.planks is not None
    found = made.plank.planks
    rates = rounds([found.rate[i] for i in found.weakest], found.item.decimals)
    assert same(values(chart, 1), rates) and rates == sorted(rates, key=float)  # type: ignore[arg-type]
    assert set(values(chart, 0)) == {rates[0]} and set(values(chart, 2)) == {rates[0]}
    assert list(chart.plots[0].categories) == [found.place(i) for i in found.weakest]


def test_the_draw_and_the_years_end_are_the_answers(made: Pack, show: Any) -> None:
    (chart,) = charts(show, "分布")
    assert made.inspection is not None and made.inspection.drawn is not None
    bars = made.inspection.drawn.rates
    assert bars is not None
    short, passed = values(chart, 0), values(chart, 1)
    whole = [a if a is not None else b for a, b in zip(short, passed, strict=True)]
    assert same(whole, [round(100 * float(v), 3) for v in bars.shares])
    (ends,) = charts(show, "年底预计")
    outlooks = [each for _, each in headline_outlooks(made.view)]
    wanted = [round(each.value, each.item.decimals) for each in outlooks]
    assert same(values(ends, 0), wanted)
    assert values(ends, 1) == [each.target.value if each.target else None for each in outlooks]


# --- tables ---------------------------------------------------------------------------------------
def by_heads(show: Any) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the rows of all tables of the deck by their heads, those that count rows left out."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for slide in show.slides:
        for shape in slide.shapes:
            if shape.has_table:
                heads, *rows = (tuple(cell.text for cell in row.cells) for row in shape.table.rows)
                found[heads] += [row for row in rows if not row[0].startswith("余 ")]
    return found


def rows_of(table: Any, names: list[str]) -> list[tuple[str, ...]]:
    return [tuple(cell_text(v) for v in row.values()) for row in table.select(names).to_pylist()]


def tiles_told(made: Pack) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the headline table's heads and rows: units with their figures, places in one text."""
    table = tiles_table(made)
    heads = tuple(name for name in table.column_names if name not in ("单位", "县数"))
    rows = []
    for tile, row in zip(made.overview.tiles, table.to_pylist(), strict=True):
        unit, among = row.pop("单位"), row.pop("县数")
        told = {name: cell_text(value) for name, value in row.items()}
        if row["数值"] is not None:
            figure = f"{row['数值']:.{tile.item.decimals}f}"
            told["数值"] = f"{figure}{unit}" if unit == "%" else f"{figure}\v{unit}"
        if row["位次"] is not None:
            told["位次"] = f"{among} 县第 {row['位次']}"
        rows.append(tuple(told.values()))
    return heads, rows


def test_every_row_of_every_table_is_in_the_deck(made: Pack, show: Any) -> None:
    found = by_heads(show)
    lists = {
        "ledger": (announced_table(made.view), ["级别", "单位", "指标", "结论"]),
        "signals": (
            signals_table(made.signals), ["单位", "月份", "指标", "提示", "依据", "误报的可能"],
        ),
        "warned": (
            warning_table(made.warnings),
            ["乡镇", "村", "指标", "依据", "帮扶或责任单位", "期限"],
        ),
    }  # fmt: skip
    for name, (table, heads) in lists.items():
        assert sorted(found[tuple(heads)]) == sorted(rows_of(table, heads)), name
    told, rows = tiles_told(made)
    assert sorted(found[told]) == sorted(rows)
    assert found[("订正",)] == [(text,) for text in made.restated]


def test_sex_ratios_are_all_there_births_and_all(made: Pack, show: Any) -> None:
    assert made.sex_ratio is not None
    found = by_heads(show)
    columns = made.sex_ratio.columns
    whole = {row[0]: row[1:] for row in found[("单位", *(c.label for c in columns))]}
    brief = {row[0]: row[1:] for row in found[("单位", "合计", "二孩")]}
    cells = {(row["单位"], row["孩次"]): row for row in sex_ratio_table(made.sex_ratio).to_pylist()}
    assert set(whole) == set(brief) == set(columns[0].measured.names)
    for (unit, order), row in cells.items():
        text = whole[unit][[c.label for c in columns].index(order)]
        births = f"（{row['出生']:,}）" if row["出生"] else ""
        assert text.endswith(births)
        if row["性别比（女=100）"] is not None:
            shown = float(NUMBER.findall(text)[0].replace(",", ""))
            assert abs(shown - row["性别比（女=100）"]) <= 0.51
        if order in ("合计", "二孩"):
            assert brief[unit][("合计", "二孩").index(order)] == text
    first = found[("单位", "合计", "二孩")][1]
    assert first[0] == "峰浦镇" and "△" in first[1]


def test_the_matrix_has_every_townships_months(made: Pack, show: Any) -> None:
    matrix = completeness(made.view).matrix
    (rows,) = [rows for heads, rows in by_heads(show).items() if len(heads) == 13]
    assert {row[0] for row in rows} == set(matrix.groups) and len(rows) == len(set(matrix.groups))
    late = sum(cell.count("△") for row in rows for cell in row[1:])
    assert late == int((matrix.states[:, -12:] == 2).sum())


def test_decisions_are_asked_for_in_the_words_that_are_read_back(show: Any) -> None:
    rows = by_heads(show)[HEADS]
    assert len(rows) == 8 and all(row == ("",) * 5 for row in rows)


# --- words ----------------------------------------------------------------------------------------
def test_titles_and_sentences_are_the_answers_and_no_number_is_the_decks_own(
    made: Pack, show: Any
) -> None:
    outlooks = [each for _, each in headline_outlooks(made.view)]
    told = [c for c in made.chapters if c.item.helpable][:2]
    answers = [
        made.overview, made.sex_ratio, made.plank, made.inspection, made.signals, made.warnings,
        completeness(made.view), *(c.trend for c in told), *(c.ranking for c in told), *outlooks,
    ]  # fmt: skip
    known = [each for each in answers if each is not None]
    said = "\n".join("\n".join(decks.texts(slide)) for slide in show.slides)
    for each in known[: -len(outlooks)]:
        assert each.title in said and (each is made.overview or each.sentence in said)
    corpus = "\n".join(
        [*(f"{e.title}\n{e.sentence}" for e in known), made.stamp, made.title, made.since,
         made.overview.period, *made.overview.how, calibration_line(outlooks)]
    )  # fmt: skip
    counted = {
        str(len(made.overview.concerns)), str(announced_table(made.view).num_rows),
        str(len(made.restated)), "3", "1", "4", "2010-06-30", *map(str, range(1, 9)),
    }  # fmt: skip
    numbers = set(NUMBER.findall(corpus)) | counted
    for slide in show.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.name in ("标题", "一句话", "副标题", "来源"):
                own = set(NUMBER.findall(shape.text_frame.text))
                assert own <= numbers, (shape.text_frame.text, own - numbers)


def test_every_slide_carries_edition_and_date_and_the_findings_of_the_pages(
    made: Pack, show: Any
) -> None:
    slides = deck_texts(deck_pptx(made))
    assert 12 <= len(slides) <= 30
    assert all(
        "第26版" in text and "数据截至2010年5月" in text and "2010年6月8日发布" in text
        for text in slides
    )
    whole = "\n".join(slides)
    own = ranking(made.view.with_(indicator="migrant_filing"))
    assert own.title in whole and own.sentence in whole
    notes = [decks.notes_of(slide) for slide in show.slides]
    assert any("已建档流动人口占应建档人数" in text and "分子" in text for text in notes)


def test_the_same_answers_give_the_same_parts(made: Pack) -> None:
    def parts() -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(deck_pptx(made))) as package:
            return {name: package.read(name) for name in package.namelist()}

    assert parts() == parts()


@pytest.mark.parametrize("month", MONTHS)
def test_every_area_that_a_slide_names_stands_on_it(month: date) -> None:
    made = pack(view(month=month))
    areas = made.view.ws.area_by_code
    towns = {area.name for area in areas.values() if area.level == "township"}
    villages = {
        (areas[area.parent_code].name, area.name)
        for area in areas.values()
        if area.level == "village"
    }
    named = 0
    for slide in decks.shown(made).slides:
        said = "".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        shown = [
            cell.text
            for shape in slide.shapes
            if shape.has_table
            for row in shape.table.rows
            for cell in row.cells
        ] + [str(c) for s in slide.shapes if s.has_chart for c in s.chart.plots[0].categories]
        if not shown or "10月" in shown:  # a slide of words, or the county's months
            continue
        wanted = {town for town in towns if town in said}
        wanted |= {village for town, village in villages if f"{town}{village}" in said}
        missing = {name for name in wanted if not any(name in text for text in shown)}
        assert not missing, (said, missing)
        named += len(wanted)
    assert named


def test_a_township_without_a_value_stands_on_the_slide_with_its_reason() -> None:
    made = pack(view(month=date(2009, 2, 1)).with_(window="month"))
    chapters = [
        replace(chapter, ranking=ranking(made.view.with_(indicator=chapter.indicator)))
        for chapter in made.chapters
        if chapter.item.helpable and chapter.ranking is not None
    ]
    towns = [
        list(chart.plots[0].categories)
        for chart in charts(decks.shown(replace(made, chapters=chapters)), "各乡镇")
    ]
    assert any("松崖镇（未报）" in names and len(names) == 16 for names in towns)


def test_only_who_is_listed_has_a_colour_of_its_own(tmp_path: Any) -> None:
    """A county of forty: two slides of townships, the listed over all others in their colour."""
    made = decks.towns(tmp_path / "a", 40)
    found = charts(decks.shown(made), "各乡镇")
    assert len(found) == 2
    listed = [
        str(name)
        for chart in found
        for series in chart.series
        if series.name.endswith("列入核对")
        for name, value in zip(chart.plots[-1].categories, series.values, strict=True)
        if value is not None
    ]
    assert listed == [name for chapter in made.chapters if chapter.indicator == "migrant_filing"
                      and chapter.ranking for name, code in
                      zip(chapter.ranking.towns.names, chapter.ranking.verdicts, strict=True)
                      if code == "worse"]  # fmt: skip
