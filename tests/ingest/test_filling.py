"""Filling in: what is typed for a township comes back from its workbook, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortplank.catalogue.models import Area
from shortplank.errors import ShortplankError
from shortplank.ingest import Batch, check_batch, publish_batch, taken_in
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.filling import (
    WAY,
    Fields,
    OwnReader,
    Values,
    fields,
    fillable_forms,
    filled,
    filled_in,
    gaps,
    is_count,
    unfiled,
)
from shortplank.ingest.templates import LARGEST
from shortplank.store import Store
from tests.copies import demo_copy
from tests.ingest.county import found

JUNE = date(2010, 6, 1)
TOWN = "990101102"
# What may be said of counts that were read as they are: rules, what is missing, the year before.
OF_COUNTS = {
    "missing_area", "blank_as_zero", "blank_column", "population_moved", "outlier", "unchanged",
    "late_births",
}  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A copy of the demo county; nothing is published in it by these tests but by the last."""
    return Store(demo_copy(tmp_path_factory.mktemp("filling") / "county", without=("marts",)))


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    """The process that reads what is handed in."""
    with BoundedReader() as process:
        yield process


def own(store: Store, form: str) -> Fields:
    return fields(store.workspace, form, TOWN, JUNE, store.edition())


def read_back(store: Store, batch: Batch, own: Fields) -> tuple[dict[tuple[str, str], int], bool]:
    """Return the counts of the only report, and whether each stands at the cell of its field."""
    (report,) = batch.reports
    counts, at_cells = {}, True
    for line, (row, place) in enumerate(zip(report.rows, report.area, strict=True)):
        for measure in own.measures:
            field = (batch.register.codes[place], measure)
            counts[field] = int(report.measure(measure)[line])
            (column,) = report.layout.measures[measure]
            cell = report.grid.cell(int(row), column)
            at_cells &= own.cell_of(field) == cell and own.field_of(str(cell)) == field
    return counts, at_cells


def test_the_catalogue_says_which_forms_a_township_fills_in(county: Store) -> None:
    ws = county.workspace
    assert set(fillable_forms(ws)) == {"village_month", "township_month", "township_quarter"}
    unowed = {k: f.model_copy(update={"expected": None}) for k, f in ws.forms.items()}
    assert not fillable_forms(replace(ws, forms=unowed))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["village_month", "township_month", "township_quarter"])
def test_whatever_is_filled_in_is_read_back_at_its_cells(
    county: Store, reader: BoundedReader, form: str
) -> None:
    ws, place = county.workspace, own(county, form)
    rules = {rule.id for rule in ws.rules}

    @settings(max_examples=40)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        count = st.one_of(st.integers(0, 9), st.integers(0, LARGEST))
        begun = data.draw(st.sets(st.sampled_from(place.areas), min_size=1))
        values = {
            (area.area_code, measure): data.draw(count)
            for area in place.areas
            if area in begun
            for measure in place.measures
        }
        upload = filled(ws, form, TOWN, JUNE, values)
        batch = check_batch(county, [upload], sheets=reader)
        counts, at_cells = read_back(county, batch, place)
        assert counts == values and at_cells
        assert {f.code for f in batch.findings} <= OF_COUNTS | rules
        assert all(report.month == JUNE for report in batch.reports)
        # A row that was left blank is unfiled, never zero.
        missing = [f for f in batch.findings if f.code == "missing_area"]
        assert len(missing) == len(unfiled(place, values)) == len(place.areas) - len(begun)

    holds()


def test_zeros_are_zeros_and_the_same_counts_are_the_same_bytes(county: Store) -> None:
    ws, place = county.workspace, own(county, "village_month")
    values = dict.fromkeys(place.before, 0)
    upload = filled_in(ws, place, values)
    again = filled_in(ws, place, dict(reversed(values.items())))
    assert upload == again and upload.sha256 == again.sha256
    assert taken_in(ws, [upload]) == (upload,)  # the name is kept as it is
    assert upload.name == f"{WAY}_湖渡镇_村月报_2010-06.xlsx"
    counts, at_cells = read_back(county, check_batch(county, [upload]), place)
    assert counts == values and at_cells


def test_totals_are_those_of_their_parts_or_blank(county: Store) -> None:
    ws, place = county.workspace, own(county, "village_month")
    first, second, third = (area.area_code for area in place.areas[:3])
    values: dict[tuple[str, str], int | None] = {
        (code, measure): number
        for code in (first, second, third)
        for number, measure in enumerate(place.measures)
    }
    births = [m for m in place.measures if m.endswith(("_m", "_f"))]
    values[second, births[0]] = None
    values |= {(third, births[0]): 0, (third, "births_p1_in"): 999}  # more than were born
    sheet = openpyxl.load_workbook(io.BytesIO(filled_in(ws, place, values).data)).worksheets[0]
    columns = {column.levels: n for n, column in enumerate(place.columns, start=1)}
    rows = {sheet.cell(row, 2).value: row for row in range(1, sheet.max_row + 1)}
    whole, out = columns[("出生人数", "合计", "小计")], columns[("政策外出生", "小计")]
    assert sheet.cell(rows[first], whole).value == sum(values[first, m] or 0 for m in births)
    assert sheet.cell(rows[second], whole).value is None
    assert sheet.cell(rows[third], out).value is None


def test_a_field_is_nowhere_else(county: Store) -> None:
    ws, place = county.workspace, own(county, "village_month")
    field = (place.areas[0].area_code, "births_p1_m")
    assert place.told(place.cell_of(field)) == (place.areas[0], ("出生人数", "一孩", "男"))
    assert place.told("A1")[0] is None and place.told("nowhere") == (None, ())
    assert place.field_of("A1") is None
    with pytest.raises(ShortplankError, match="不在这张表上"):
        filled_in(ws, place, {("990101101001", "births_p1_m"): 1})


def test_what_is_not_filled_in_is_said(county: Store) -> None:
    ws = county.workspace
    with pytest.raises(ShortplankError, match="不在网页上填写"):
        fields(ws, "recount", TOWN, JUNE)
    with pytest.raises(ShortplankError, match="没有这个乡镇"):
        fields(ws, "village_month", "990101", JUNE)
    with pytest.raises(ShortplankError, match="不按 2010-05 报送"):
        fields(ws, "township_quarter", TOWN, date(2010, 5, 1))


def test_villages_are_those_of_the_month(county: Store) -> None:
    """Villages that merged in July 2008 are asked for until then, their successor from then on."""
    ws = county.workspace

    def due(month: date) -> set[str]:
        towns = [a for a in ws.areas_below[ws.settings.home] if a.level == "township"]
        each = (fields(ws, "village_month", town.area_code, month).areas for town in towns)
        return {area.area_code for areas in each for area in areas}

    before, after = due(date(2008, 6, 1)), due(date(2008, 8, 1))
    assert len(before - after) == 3 and len(after - before) == 1


def test_the_period_before_is_the_township_s_own(county: Store) -> None:
    month, quarter = own(county, "village_month"), own(county, "township_quarter")
    assert month.before_month == date(2010, 5, 1) and quarter.before_month == date(2010, 3, 1)
    assert {code[:9] for code, _ in month.before} == {TOWN}
    assert set(month.before) == {(a.area_code, m) for a in month.areas for m in month.measures}
    assert set(quarter.before) == {(TOWN, m) for m in quarter.measures}


def test_gaps_are_blanks_beside_counts(county: Store) -> None:
    place = own(county, "township_month")
    optional = sorted(place.optional)
    required = [m for m in place.measures if m not in place.optional]
    values: dict[tuple[str, str], int | None] = {(TOWN, m): 0 for m in required}
    assert optional and not gaps(place, values) and not unfiled(place, values)
    values[TOWN, optional[0]] = 1
    assert not gaps(place, values)
    values[TOWN, required[0]] = None
    assert gaps(place, values) == ((TOWN, required[0]),)
    assert not gaps(place, {}) and unfiled(place, {}) == place.areas


@pytest.mark.parametrize(
    "value", [-1, LARGEST + 1, 13_800_138_000, 1.0, "1", True, None, float("nan")]
)
def test_only_whole_numbers_are_counts(value: object) -> None:
    assert not is_count(value)
    assert is_count(0) and is_count(LARGEST)


def test_two_villages_of_one_name_are_told_apart_by_their_codes(county: Store) -> None:
    ws = county.workspace
    first, second, *_ = own(county, "village_month").areas
    twin = replace(second, name=first.name)
    areas: tuple[Area, ...] = tuple(twin if a == second else a for a in ws.areas)
    store = Store(county.root, replace(ws, areas=areas))
    place = fields(store.workspace, "village_month", TOWN, JUNE)
    values: Values = {
        (area.area_code, m): n for n, area in enumerate(place.areas) for m in place.measures
    }
    batch = check_batch(store, [filled_in(store.workspace, place, values)], sheets=OwnReader())
    assert read_back(store, batch, place) == (values, True)


def test_a_township_of_more_villages_than_a_template_has_lines(county: Store) -> None:
    ws = county.workspace
    first = own(county, "village_month").areas[0]
    more = tuple(replace(first, area_code=f"{TOWN}{n}", name=f"新村{n}组") for n in range(800, 880))
    store = Store(county.root, replace(ws, areas=(*ws.areas, *more)))
    place = fields(store.workspace, "village_month", TOWN, JUNE)
    values = {(area.area_code, m): 1 for area in place.areas for m in place.measures}
    assert len(place.areas) > 80
    batch = check_batch(store, [filled_in(store.workspace, place, values)], sheets=OwnReader())
    assert read_back(store, batch, place) == (values, True)


def test_what_was_filled_in_is_published_as_it_is(county: Store) -> None:
    ws, place = county.workspace, own(county, "village_month")
    upload = filled_in(ws, place, place.before)
    batch = check_batch(county, [upload])
    assert not found(batch, "error")
    edition = publish_batch(county, batch, why="测试")
    after = fields(ws, "village_month", TOWN, date(2010, 7, 1), edition)
    assert after.before == place.before
    said = edition.table("submission", JUNE)
    assert said is not None and upload.sha256 in said["file_sha256"].to_pylist()
