"""Nothing personal beside the cells: notes, lists, properties, names of sheets, files, folders."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from shortplank import ingest
from shortplank.ingest import Upload, check_batch, publish_batch, reports
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid
from shortplank.ingest.privacy import Exempt, guard
from shortplank.store import Store, journal
from tests.ingest.books import book, merges, report
from tests.ingest.county import as_csv, checked, found, rows
from tests.store.planted import IDENTITY, LINE, MOBILE, planted

JUNE = date(2010, 6, 1)
NAME = "张某某"
NOTHING = Exempt()
REACHED = "zhang" + "san@example.org"


def grid(*lines: tuple[str, ...], **beside: object) -> Grid:
    columns = tuple(pa.array(column, pa.string()) for column in zip(*lines, strict=True))
    return Grid("月报.xlsx", "月报", "0" * 64, columns, **beside)  # type: ignore[arg-type]


def kinds(one: Grid, exempt: Exempt = NOTHING) -> list[tuple[str, str | None]]:
    said = Findings()
    guard(one, said, exempt)
    return [(finding.code, finding.cell) for finding in said]


# --- cells ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "listed"),
    [
        ([f"2010-{month:02d}-01" for month in range(1, 10)], False),
        (["2010-01-31", "2010-02-28", "2010-03-31", "2010-04-30", "2010-06-30"], False),
        ([f"2010-{month:02d}-{month + 3:02d}" for month in range(1, 10)], True),
        (["张湾", "李集", "石浦", "马店", "高桥", "周口"], False),
        (["张某", "李某某", "石某", "马某某", "高某", "周某"], True),
    ],
)
def test_months_and_places_are_no_list_of_persons(column: list[str], listed: bool) -> None:
    one = grid(("列",), *[(text,) for text in column])
    assert [code for code, _ in kinds(one)] == ["person_list"] * listed


def test_what_is_planted_in_a_cell_is_found_there() -> None:
    texts = [text for _, text in planted()]
    said = Findings()
    guard(grid(*((f"第{n}行", text) for n, text in enumerate(texts))), said)
    hit = {finding.cell for finding in said}
    by_code: dict[str, int] = {}
    for finding in said:
        by_code[finding.code] = by_code.get(finding.code, 0) + 1
        assert not any(text in finding.message for text in texts if len(text) > 6)
    assert len(by_code) >= 9 and hit
    missed = [text for text in texts if not kinds(grid(("序号", "备注"), ("1", text)))]
    assert len(missed) <= 0.05 * len(texts), missed


@pytest.mark.parametrize(
    ("label", "written", "kind"),
    [
        ("联系电话：", LINE, "telephone_number"),
        ("QQ号", "123456", "account_number"),
        ("台胞证号码", "12345678", "permit_number"),
        ("填报人：", "张 三", "person_name"),
        ("单位负责人：", "Zhang San", "person_name"),
        ("经办人：", "李主任", "person_name"),
        ("联系人：", "县人口办", None),
        ("银行贷款（元）", "123456789", None),
        ("热线接听人次", "2345678", None),
        ("联系乡镇", "2345678", None),
    ],
)
def test_a_cell_is_read_beside_its_label(label: str, written: str, kind: str | None) -> None:
    one = grid(("村", "数"), (label, written), *[("甲村", str(n)) for n in range(20)])
    assert [(k, c) for k, c in kinds(one) if k != "personal_header"] == (
        [(kind, "B2")] if kind else []
    )


def test_counts_in_their_columns_are_never_personal() -> None:
    numbers = [LINE, "13,800,138,000", "91.6666666666667", "138001380001"]
    one = grid(("村名", "联系数"), *[(f"村{n}", text) for n, text in enumerate(numbers)])
    assert kinds(one, Exempt(counts=frozenset({1}), known=frozenset({0, 1}), last=0)) == []


def test_a_name_on_a_signature_line_is_dropped_and_elsewhere_refused(store: Store) -> None:
    signed = [
        {"月份": "单位负责人：张某某", "乡镇": "", "期末总人口": "填表人：", "死亡人数": "李某"}
    ]
    assert not checked(store, as_csv([*rows(), *signed])).findings
    lines = rows()
    lines[1] = lines[1] | {"村名": "五河村（负责人：张某某）"}
    assert found(checked(store, as_csv(lines)), "refuse") == [("person_name", "C3")]


# --- notes and what a workbook says of itself -----------------------------------------------------
@pytest.mark.parametrize(
    "text", [IDENTITY, f"电话 {LINE}", REACHED, "填报人：李 某", "家住人民路6号院"]
)
def test_a_note_is_refused_at_its_cell(text: str) -> None:
    assert kinds(grid(("村", "数"), notes=(((4, 2), text),)))[0][1] == "C5"


def test_a_list_to_choose_from_may_name_places_and_no_people() -> None:
    people = '"张某某,李某某,王某某"'
    places = '"双河村,五河村,李店,张集,王庄"'
    assert kinds(grid(("村",), notes=((None, people),))) == [("person_list", None)]
    assert kinds(grid(("村",), notes=((None, places),))) == []


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ((NAME, "Microsoft Excel", "16.0300", "2010-07-04T08:00:00Z"), None),
        (("月报!$A$1:$T$30", "{8A4D1F2E-1234-1234-1234-123456789012}", "填报人：张某某"), None),
        ((REACHED,), "email_address"),
        ((f"创建者 {MOBILE}",), "mobile_number"),
        ((f'="{IDENTITY}"',), "identity_number"),
    ],
)
def test_a_property_may_say_who_but_hold_no_number(
    store: Store, monkeypatch: pytest.MonkeyPatch, about: tuple[str, ...], kind: str | None
) -> None:
    read = reports.read_grids
    with_about = lambda *args: [replace(one, about=about) for one in read(*args)]  # noqa: E731
    monkeypatch.setattr(reports, "read_grids", with_about)
    batch = check_batch(store, [book(report(), merges())])
    assert [finding.code for finding in batch.findings] == ([kind] if kind else [])
    assert not any(text in repr(batch.findings) for text in about)


# --- names ----------------------------------------------------------------------------------------
def named_sheet(name: str) -> Upload:
    import io

    import openpyxl

    made = book(report(), merges())
    opened = openpyxl.load_workbook(io.BytesIO(made.data))
    opened.worksheets[0].title = name
    sink = io.BytesIO()
    opened.save(sink)
    return Upload(f"{NAME}的报表/2010年6月东岭镇月报_{NAME}.xlsx", sink.getvalue())


@pytest.mark.parametrize("sheet", [MOBILE, "负责人：李某", IDENTITY])
def test_a_sheet_is_refused_by_its_name_and_the_name_not_said(store: Store, sheet: str) -> None:
    name = sheet.replace("：", " ")
    batch = check_batch(store, [named_sheet(name)])
    assert [finding.severity for finding in batch.findings] == ["refuse"]
    assert name not in repr(batch.findings) and not batch.reports


def test_no_folder_and_no_person_is_kept_or_said(store: Store) -> None:
    batch = check_batch(store, [named_sheet("李某某")])
    publish_batch(store, batch, why="六月")
    kept = store.edition().table("submission", JUNE)
    assert kept is not None
    [line] = kept.to_pylist()
    assert line["sheet"] == "（略）"
    assert json.loads(line["cells"])["file"] == "2010年6月东岭镇月报_（略）.xlsx"
    for path in Path(store.root).rglob("*"):
        if path.is_file():
            assert NAME not in path.name and "李某某" not in path.name
            assert NAME.encode() not in path.read_bytes()


def test_two_files_alike_in_two_folders_are_told_apart(store: Store) -> None:
    text = as_csv(rows()[:1]).encode()
    files = [Upload("甲/月报.csv", text), Upload("乙\\月报.csv", text.replace(b"1000", b"-1"))]
    named = ingest.taken_in(store.workspace, files)
    assert [upload.name for upload in named] == ["月报.csv", "月报（2）.csv"]
    batch = check_batch(store, files)
    assert {f.file for f in batch.findings if f.code == "negative"} == {"月报（2）.csv"}


def test_warnings_are_kept_without_folders_and_persons(store: Store) -> None:
    upload = Upload(f"{NAME}/2010-07_{NAME}.csv", as_csv(rows(month="2010-07")).encode())
    publish_batch(store, check_batch(store, [upload]), why="七月")
    upload = Upload(f"{NAME}/2010-09_{NAME}.csv", as_csv(rows(month="2010-09")).encode())
    batch = check_batch(store, [upload])
    assert batch.findings
    publish_batch(store, batch, why="九月")
    lines = journal.read(store.root, journal.IMPORT_WARNINGS)
    assert lines and NAME not in repr(lines) and "2010-09_（略）.csv" in repr(lines)
