"""The workbook: what it says of itself, its charts, the ledger, and how it prints."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from shortplank.access import Actor
from shortplank.papers.decisions import HEADS
from shortplank.papers.pack import Pack, pack, quarter_of
from shortplank.papers.workbook import workbook_xlsx
from shortplank.papers.workbook.front import FRONT, reading_lines
from shortplank.papers.workbook.lists import DECISIONS, EMPTY_ROWS, LEDGER, TESTS
from shortplank.reading.judged.ledger import findings_for, ledger_of
from shortplank.reading.view import View
from shortplank.records.follow_ups import may_follow
from shortplank.store import engine
from tests.papers.counties import HOSTILE, LONG, county, seen, taiwan
from tests.papers.rendered import needs_office, rendered, squeezed
from tools.browser import REPOSITORY

pytestmark = pytest.mark.slow

DEMO = REPOSITORY / "data" / "demo"
MAY, EARLY = date(2010, 5, 1), date(2006, 11, 1)
A4 = {(842, 595), (595, 842)}
LONE, MANY, DAMAGED = "one.xlsx", "forty.xlsx", "odd.xlsx"


def demo(role: str = "viewer", month: date = MAY) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> Pack:
    return pack(demo())


@pytest.fixture(scope="module")
def books(made: Pack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return workbooks of every kind of county, role and month."""
    root = tmp_path_factory.mktemp("counties")
    quarter = quarter_of(engine(DEMO), "2010Q2")
    packs = {
        "demo.xlsx": made,
        "exact.xlsx": pack(demo("analyst")),
        "early.xlsx": pack(demo(month=EARLY)),
        "quarter.xlsx": pack(demo(month=quarter.months[-1]), quarter),
        LONE: pack(seen(county(root / "one", 1))),
        MANY: pack(seen(county(root / "forty", 40, villages=2))),
        DAMAGED: pack(seen(county(root / "odd", 2, hostile=True))),
    }
    return {name: workbook_xlsx(each) for name, each in packs.items()}


@cache
def read(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes, pattern: str) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {n: book.read(n).decode() for n in book.namelist() if re.fullmatch(pattern, n)}


def table_of(sheet: object) -> tuple[int, list[list[object]]]:
    """Return the row of a sheet's heads and the rows below, by its filter."""
    left, top, right, bottom = range_boundaries(sheet.auto_filter.ref)  # type: ignore[attr-defined]
    cells = sheet.iter_rows(top, bottom, left, right, values_only=True)  # type: ignore[attr-defined]
    return top, [list(row) for row in cells]


# --- what it is -----------------------------------------------------------------------------------
def test_the_front_says_what_when_how_exact_and_where(made: Pack, books: dict[str, bytes]) -> None:
    for name, own in (("demo.xlsx", made), ("exact.xlsx", pack(demo("analyst")))):
        book = read(books[name])
        front = book.worksheets[0]
        told = [str(c.value) for row in front.iter_rows() for c in row if c.value is not None]
        assert front.title == FRONT and told[0] == own.title
        assert {
            own.overview.title,
            own.stamp,
            *reading_lines(listed=True),
            *own.about.values(),
        } <= set(told)
        links = {c.value: c.hyperlink.location for row in front for c in row if c.hyperlink}
        assert list(links) == book.sheetnames[1:]
        assert all(place == f"'{sheet}'!A1" for sheet, place in links.items())


def test_the_contents_count_each_sheets_rows(books: dict[str, bytes]) -> None:
    for data in books.values():
        book = read(data)
        front = book.worksheets[0]
        for row in front.iter_rows():
            if row[0].hyperlink and row[2].value:
                assert len(table_of(book[str(row[0].value)])[1]) - 1 == row[2].value


def test_each_sheet_opens_at_its_first_cell_frozen_and_filtered(books: dict[str, bytes]) -> None:
    for data in books.values():
        book = read(data)
        assert book.active is book.worksheets[0]
        for sheet in book.worksheets[1:]:
            view = sheet.sheet_view
            (own,) = (s for s in view.selection if s.pane == view.pane.activePane)
            assert (own.activeCell or "A1") == "A1", sheet.title
            assert view.topLeftCell in (None, "A1") and (view.zoomScale or 100) == 100
            assert sheet.freeze_panes and sheet.print_title_rows and sheet.print_area
            frozen = int(re.sub(r"\D", "", sheet.freeze_panes))
            if sheet.auto_filter.ref:
                assert range_boundaries(sheet.auto_filter.ref)[1] == frozen - 1
        for xml in parts(data, r"xl/worksheets/sheet\d+\.xml").values():
            assert 'paperSize="9"' in xml and 'fitToWidth="0"' not in xml
            assert "&amp;P / &amp;N" in xml


def test_no_link_leads_out_and_the_same_answers_are_the_same_file(
    made: Pack, books: dict[str, bytes]
) -> None:
    for data in books.values():
        assert 'TargetMode="External"' not in "".join(parts(data, r".*\.rels").values())
    assert workbook_xlsx(made) == books["demo.xlsx"]


def test_figures_have_the_cards_decimals_and_units(made: Pack, books: dict[str, bytes]) -> None:
    sheet = read(books["demo.xlsx"])["总览"]
    top, rows = table_of(sheet)
    at = rows[0].index("数值") + 1
    for row, tile in enumerate(made.overview.tiles, start=top + 1):
        form = sheet.cell(row, at).number_format
        places = form.partition(".")[2]
        assert places.count("0") == tile.item.decimals
        assert (tile.item.unit in form) == (tile.item.unit in ("%", "‰"))


# --- the ledger -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "role"), [("demo.xlsx", "viewer"), ("exact.xlsx", "analyst")])
def test_the_ledger_has_every_announcement_and_what_stands_behind(
    books: dict[str, bytes], name: str, role: str
) -> None:
    view, book = demo(role), read(books[name])
    found = findings_for(view)
    heads, *rows = table_of(book[LEDGER])[1]
    told = [dict(zip(map(str, heads), row, strict=True)) for row in rows]
    assert [row["单位"] for row in told] == [each.area for each in found]
    for row, each in zip(told, found, strict=True):
        value = None if each.value is None else round(each.value, each.item.decimals)
        assert row["本单位"] == value and row["n"] == (None if each.n is None else round(each.n))
    _, *tests = table_of(book[TESTS])[1]
    assert tests[-1][3:] == [ledger_of(view).tests, len(ledger_of(view).findings)]
    for at in (3, 4):
        assert sum(int(str(row[at])) for row in tests[:-1]) == tests[-1][at]


def test_a_verdicts_cell_has_its_own_colour_and_keeps_its_words(books: dict[str, bytes]) -> None:
    sheet = read(books["demo.xlsx"])[LEDGER]
    top, rows = table_of(sheet)
    at = rows[0].index("结论") + 1
    kinds: dict[str, set[str]] = {}
    for row in range(top + 1, top + len(rows)):
        cell = sheet.cell(row, at)
        way = str(sheet.cell(row, rows[0].index("方向") + 1).value)
        kinds.setdefault(way, set()).add(str(cell.fill.fgColor.rgb))
        assert cell.value
    assert all(len(found) == 1 for found in kinds.values())
    assert len({each for found in kinds.values() for each in found}) > 2


# --- decisions ------------------------------------------------------------------------------------
def test_the_decisions_table_is_empty_and_offers_what_may_be_chosen(
    made: Pack, books: dict[str, bytes]
) -> None:
    book = read(books["demo.xlsx"])
    sheet = book[DECISIONS]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(at for at, row in enumerate(rows) if row[: len(HEADS)] == HEADS)
    under = [row[: len(HEADS)] for row in rows[top + 1 : top + 1 + EMPTY_ROWS]]
    assert under == [(None,) * len(HEADS)] * EMPTY_ROWS
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        column = range_boundaries(str(rule.sqref))[0]
        offered[HEADS[column - 1]] = rule
    cells = {
        head: {c.value for row in sheet[offered[head].formula1.replace("$", "")] for c in row}
        for head in HEADS[1:3]
    }
    ws = made.view.ws
    towns = {area.name for area in ws.areas if area.level == "township"}
    assert cells["单位"] >= {area.name for area in ws.areas_below[made.view.county.area_code]}
    assert cells["单位"] <= towns | {made.view.county.name}
    assert cells["依据指标"] == {i.label for i in ws.indicators.values() if may_follow(i)}
    assert offered[HEADS[4]].type == "date"


# --- charts ---------------------------------------------------------------------------------------
def charts_of(data: bytes) -> dict[str, str]:
    return parts(data, r"xl/charts/chart\d+\.xml")


def test_charts_refer_to_cells_that_hold_figures(books: dict[str, bytes]) -> None:
    least = {"demo.xlsx": 14, "exact.xlsx": 14, "early.xlsx": 3, LONE: 3, MANY: 4, DAMAGED: 3}
    for name, data in books.items():
        book, charts = read(data), charts_of(data)
        assert len(charts) >= least.get(name, 8), (name, len(charts))
        for xml in charts.values():
            refs = re.findall(r"<c:f>([^<]*)</c:f>", xml)
            assert refs
            for ref in refs:
                sheet, _, cells = ref.replace("&amp;", "&").rpartition("!")
                own = book[sheet.strip("'").replace("''", "'")]
                left, top, right, bottom = range_boundaries(cells.replace("$", ""))
                values = [
                    c for row in own.iter_rows(top, bottom, left, right, values_only=True)
                    for c in row
                ]  # fmt: skip
                assert any(value is not None for value in values), (name, ref)


def test_charts_stand_on_the_printed_page_and_cover_no_cell_of_the_table(
    books: dict[str, bytes],
) -> None:
    for data in books.values():
        for sheet in read(data).worksheets:
            if not sheet._charts:
                continue
            left, _, right, bottom = range_boundaries(
                sheet.print_area.rpartition("!")[2].replace("$", "")
            )
            table = range_boundaries(sheet.auto_filter.ref)
            places = []
            for chart in sheet._charts:
                start, end = chart.anchor._from, chart.anchor.to
                assert left - 1 <= start.col and end.col <= right and end.row <= bottom, sheet.title
                assert start.col >= table[2] or start.row >= table[3], sheet.title
                places.append((start.row, end.row))
            assert all(one[1] <= two[0] for one, two in pairwise(sorted(places)))


def test_the_townships_chart_has_their_intervals_and_the_months_their_target(
    books: dict[str, bytes],
) -> None:
    data = books["demo.xlsx"]
    book = read(data)
    for sheet in book.worksheets:
        if sheet.title.endswith("乡镇") and sheet._charts:
            (chart,) = sheet._charts
            bars = chart.series[0].errBars
            assert bars is not None and bars.errValType == "cust"
            heads, *rows = table_of(sheet)[1]
            value, low, high = (
                heads.index("区间下限") - 1,
                heads.index("区间下限"),
                heads.index("区间上限"),
            )
            assert all(
                row[low] <= row[value] <= row[high] for row in rows if row[value] is not None
            )  # type: ignore[operator]


# --- how it prints --------------------------------------------------------------------------------
def printed_of(books: dict[str, bytes]) -> dict[str, bytes]:
    """Return those that are laid out: each kind of sheet and of name once."""
    return {name: books[name] for name in ("demo.xlsx", "quarter.xlsx", LONE, MANY, DAMAGED)}


def shown(cell: object) -> str:
    """Return a cell as it is printed, by its number format."""
    value, form = cell.value, cell.number_format  # type: ignore[attr-defined]
    if isinstance(value, int | float) and not isinstance(value, bool):
        if form == "General":
            return f"{value:.10g}"
        head, _, tail = form.partition(".")
        places = len(re.match("0*", tail).group())  # type: ignore[union-attr]
        text = f"{value:,.{places}f}" if "," in head else f"{value:.{places}f}"
        return text + "".join(re.findall('"([^"]*)"', form))
    return squeezed(str(value))


@needs_office
def test_every_page_is_a4_and_every_rows_last_cell_stands_on_paper(books: dict[str, bytes]) -> None:
    papers = rendered(printed_of(books))
    for name, data in printed_of(books).items():
        pages = papers[name].pages
        assert {(round(p.width), round(p.height)) for p in pages} <= A4
        printed = papers[name].text
        lost = []
        for sheet in read(data).worksheets:
            if not sheet.auto_filter.ref or sheet.title == DECISIONS:
                continue
            left, top, right, bottom = range_boundaries(sheet.auto_filter.ref)
            for row in sheet.iter_rows(top, bottom, left, right):
                cells = [cell for cell in row if cell.value not in (None, "")]
                if cells and shown(cells[-1])[-7:] not in printed:
                    lost.append((sheet.title, shown(cells[-1])))
        assert not lost, (name, len(lost), lost[:5])
        assert "###" not in printed


@needs_office
def test_hard_names_stand_whole_on_paper(books: dict[str, bytes]) -> None:
    printed = rendered(printed_of(books))[DAMAGED].text
    assert squeezed(f"{HOSTILE}1镇") in printed and squeezed(LONG) in printed
    names = read(books[DAMAGED]).sheetnames
    assert all(len(name) <= 31 for name in names) and len(set(names)) == len(names)


def test_of_forty_townships_each_has_a_row_and_a_dot(books: dict[str, bytes]) -> None:
    book = read(books[MANY])
    sheets = [s for s in book.worksheets if s.title.endswith("乡镇") and s._charts]
    assert sheets
    for sheet in sheets:
        _, *rows = table_of(sheet)[1]
        assert len(rows) == 40
        ref = sheet._charts[0].series[0].val.numRef.f
        _, top, _, bottom = range_boundaries(ref.rpartition("!")[2].replace("$", ""))
        assert bottom - top + 1 == 40


def test_a_month_without_history_says_so_in_words(books: dict[str, bytes]) -> None:
    book = read(books["early.xlsx"])
    text = " ".join(
        str(c.value) for s in book.worksheets for r in s.iter_rows() for c in r if c.value
    )
    assert "nan" not in text.lower() and "没有以前会议留下的事项" in text
    for xml in charts_of(books["early.xlsx"]).values():
        ElementTree.fromstring(xml)


def test_a_county_of_another_register_gets_its_workbook_too(tmp_path: Path) -> None:
    """Taiwan's counties have births alone: no services, no orders of birth, no reports register."""
    data = workbook_xlsx(pack(taiwan(tmp_path / "tw")))
    book = read(data)
    assert {FRONT, LEDGER, DECISIONS, "性别比"} <= set(book.sheetnames)
    assert "短板村" not in book.sheetnames and len(charts_of(data)) >= 4
    assert 'TargetMode="External"' not in "".join(parts(data, r".*\.rels").values())
