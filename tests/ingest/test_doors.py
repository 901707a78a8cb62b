"""The other doors: quarterly forms, recounts, inspections, departments, bulletins, tidy tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from shortplank.errors import ShortplankError
from shortplank.ingest import Upload, check_batch, publish_batch
from shortplank.ingest.dhis2 import as_csv as values_csv
from shortplank.ingest.dhis2 import as_json, export_values
from shortplank.ingest.templates import template, write_templates
from shortplank.store import Store
from tests.ingest.books import book, line
from tests.ingest.county import VILLAGES, as_csv, checked, found, rows, upload

JUNE = date(2010, 6, 1)
Table = list[dict[str, object]]


def publish(store: Store, *files: Upload) -> None:
    batch = check_batch(store, files)
    assert not found(batch, "error") and not found(batch, "refuse")
    publish_batch(store, batch, why="登记")


def table(store: Store, dataset: str, month: date = JUNE) -> Table:
    found = store.edition().table(dataset, month)
    assert found is not None
    return found.to_pylist()


def text(*lines: str, name: str = "表.csv") -> Upload:
    return upload("\n".join(lines), name)


def test_a_quarter_is_filed_under_its_last_month(store: Store) -> None:
    form = store.workspace.forms["township_quarter"]
    names = [headers[-1] for headers in form.columns.values()]
    towns = [",".join([town, *["2"] * len(names)]) for town in ("东岭镇", "西岭乡")]
    publish(store, text("2010年第二季度", ",".join(["乡镇", *names]), *towns))
    (row, _) = table(store, "township_quarter")
    assert (row["area_code"], row["stations"], row["funds_paid"]) == ("990101001", 2, 2)


def test_a_recount_holds_many_months_and_keeps_other_days(store: Store) -> None:
    head = "乡镇,村名,出生月份,男,女,合计"
    publish(
        store,
        text(
            "回溯时间：2010年7月1日",
            head,
            "东岭镇,双河村,2010-06,2,1,3",
            "东岭镇,五河村,2010-05,1,,1",
        ),
    )
    publish(store, text("回溯时间：2010年8月1日", head, "东岭镇,双河村,2010-06,3,1,4"))
    publish(store, text("回溯时间：2010年8月1日", head, "东岭镇,双河村,2010-06,4,1,5"))
    june = [(r["recount_date"], r["births_m"]) for r in table(store, "recount")]
    assert june == [(date(2010, 7, 1), 2), (date(2010, 8, 1), 4)]
    assert table(store, "recount", date(2010, 5, 1))[0]["births_f"] == 0


def test_an_inspection_may_be_of_a_village_a_township_or_the_county(store: Store) -> None:
    publish(store, text(
        "编号,日期,级别,类别,内容,乡镇,单位,列名,属实,核实人数,漏报,重报,虚报,错报",
        "c-1,2010-06-10,市,抽样,生育,东岭镇,双河村,,,50,1,0,0,2",
        "c-2,2010-06-11,市,抽样,手术,,西岭乡,,,40,0,0,0,1",
        "k-1,2010-05-12,省,重点核查,,,试点县,1,0,,,,,",
    ))  # fmt: skip
    village, town = table(store, "inspection")
    assert (village["area_code"], village["kind"], village["omitted"]) == (
        "990101001001",
        "sample",
        1,
    )
    assert (town["area_code"], town["subject"], town["listed"]) == ("990101002", "procedures", None)
    (county,) = table(store, "inspection", date(2010, 5, 1))
    assert (county["level"], county["listed"], county["confirmed"]) == ("province", 1, 0)
    batch = check_batch(
        store, [text("编号,日期,级别,类别,乡镇,单位,核实人数", "c,6月,市,抽奖,东岭镇,双河村,5")]
    )
    assert {cell for code, cell in found(batch, "error") if code == "bad_key"} == {"B2", "D2"}


def test_departments_totals_become_a_row_a_source(store: Store) -> None:
    head = "乡镇,月份,医院出生通报,预防接种建卡,户口登记"
    publish(store, text(head, "东岭镇,2010-06,30,29,", "西岭乡,2010-06,5,5,4"))
    assert [(r["area_code"], r["source"]) for r in table(store, "cross_source")] == [
        ("990101001", "hospital"), ("990101001", "vaccination"), ("990101002", "hospital"),
        ("990101002", "registered"), ("990101002", "vaccination"),
    ]  # fmt: skip
    publish(store, text("乡镇,月份,户口登记", "东岭镇,2010-06,28"))
    assert sum(r["area_code"] == "990101001" for r in table(store, "cross_source")) == 3


def bulletins(root: Path) -> Store:
    (root / "peers.csv").write_text(
        "area_code,name,class,group,valid_from,valid_to\n"
        "990101,试点县,一类,江淮,2009-01-01,\n990201,梅渚县,一类,江淮,2009-01-01,\n",
        encoding="utf-8",
    )
    return Store(root)


def test_a_bulletin_keeps_published_values_and_ranks(store: Store) -> None:
    store = bulletins(store.root)
    file = book(
        [["全省2010年6月通报"], ["县名", "政策符合率", None, None, None, "综合", None],
         [None, "分子", "分母", "数值", "位次", "得分", "位次"],
         ["试点县", 900, 1000, 90.0, 2, 88.25, 1], ["梅渚县", 950, 1000, 95.0, 1, "—", 2]],
        ["A2:A3", "B2:E2", "F2:G2"],
    )  # fmt: skip
    publish(store, file)
    rows = {(r["area_code"], r["indicator"]): r for r in table(store, "peer_month")}
    own = rows["990101", "policy_compliance"]
    assert (own["numerator"], own["value"], own["published_rank"]) == (900, 90.0, 2)
    assert rows["990201", "overall"]["value"] is None
    assert rows["990201", "overall"]["published_rank"] == 2
    lines = ("县名,指标,数值,位次", "梅渚县,overall,80.5,2")
    publish(store, text(*lines, name="省通报2010-06.csv"))
    assert len(table(store, "peer_month")) == 4


def test_a_bulletin_must_say_whose_it_is(store: Store) -> None:
    store = bulletins(store.root)
    lines = ("县名,指标,数值,位次", "梅渚县,overall,80.5,2")
    batch = check_batch(store, [text(*lines, name="2010-06.csv")])
    assert found(batch, "error") == [("ambiguous_form", None)]
    batch = check_batch(store, [text(*lines, name="2010-06.csv")], dataset="city_month")
    assert not batch.findings
    wrong = text("县名,指标,数值,位次", "梅渚县,名气,80.5,2", name="省通报2010-06.csv")
    assert found(check_batch(store, [wrong]), "error") == [("bad_key", "B2")]


@pytest.mark.parametrize(
    ("header", "cell", "value"),
    [
        ("政策符合率/数值", "82.64%", 82.64),
        ("政策符合率/数值", "82.64％", 82.64),
        ("政策符合率/数值", "82.64", 82.64),
        ("政策符合率/数值", "91.6666666666667", 91.6666666666667),
        ("政策符合率/数值", "82.64‰", None),
        ("出生率/数值", "8.26‰", 8.26),
        ("出生率/数值", "0.83%", None),
        ("出生人口性别比/数值", "112.5%", None),
        ("综合/得分", "88.2%", None),
        ("政策符合率/位次", "3%", None),
        ("政策符合率/分子", "90%", None),
    ],
)
def test_a_percent_sign_is_understood_by_the_measures_unit(
    store: Store, header: str, cell: str, value: float | None
) -> None:
    store = bulletins(store.root)
    batch = check_batch(store, [text(f"县名,{header}", f"试点县,{cell}", name="省通报2010-06.csv")])
    if value is None:
        assert found(batch, "error") == [("percent_sign", "B2")]
        return
    assert not found(batch, "error")
    publish_batch(store, batch, why="登记")
    assert [row["value"] for row in table(store, "peer_month")] == [value]


def test_each_line_of_a_bulletin_has_its_indicators_unit(store: Store) -> None:
    store = bulletins(store.root)
    lines = ("县名,指标,数值", "试点县,policy_compliance,82.64%", "试点县,overall,88.2%")
    batch = check_batch(store, [text(*lines, name="省通报2010-06.csv")])
    assert found(batch, "error") == [("percent_sign", "C3")]


# --- tidy tables and DHIS2 ------------------------------------------------------------------------
def test_a_months_rows_come_back_as_parquet(store: Store) -> None:
    publish(store, upload(as_csv(rows(死亡人数=4))))
    own = store.edition().table("village_month", JUNE)
    assert own is not None
    sink = io.BytesIO()
    pq.write_table(own, sink)
    publish(store, Upload("tidy.parquet", sink.getvalue()))
    assert store.diff(1, 2).num_rows == 0
    batch = check_batch(store, [Upload("torn.parquet", sink.getvalue()[:300])])
    assert found(batch, "error") == [("broken", None)]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_data_values_go_out_and_come_back(store: Store, form: str) -> None:
    publish(store, upload(as_csv(rows(死亡人数=4, 一孩男=3))))
    maps = store.root / "dhis2"
    maps.mkdir()
    units = "".join(f"ou{n},{code}\n" for n, code in enumerate(VILLAGES))
    (maps / "org_units.csv").write_text("org_unit,area_code\n" + units)
    elements = "de1,m,births_p1_m\nde1,f,births_p1_f\nde2,,deaths\n"
    (maps / "data_elements.csv").write_text(
        "data_element,category_option_combo,measure\n" + elements
    )
    values = export_values(store.workspace, store.edition(), "village_month", JUNE)
    assert {"dataElement": "de1", "period": "201006", "orgUnit": "ou0",
            "categoryOptionCombo": "m", "value": "3"} in values  # fmt: skip
    data = as_json(values) if form == "json" else values_csv(values)
    publish(store, Upload(f"values.{form}", data))
    assert store.diff(1, 2).num_rows == 0


def test_unknown_elements_and_periods_are_told(store: Store) -> None:
    value = {"dataElement": "deaths", "period": "201006", "orgUnit": "990101001001", "value": "1"}

    def codes(*values: dict[str, str]) -> list[tuple[str, str | None]]:
        data = json.dumps({"dataValues": values, "storedBy": "x"}).encode()
        return found(check_batch(store, [Upload("v.json", data)]), "error")

    assert codes(value | {"dataElement": "zz"}) == [("unknown_element", None)]
    assert codes(value | {"period": "2010W23"}) == [("bad_month", None)]
    assert codes(value, value | {"value": "2"}) == [("value_twice", None)]
    assert codes() == [("no_rows", None)]
    assert codes({"value": "1"}) == [("json", None)]
    with pytest.raises(ShortplankError, match="2010-06"):
        export_values(store.workspace, store.edition(), "village_month", JUNE)


# --- templates ------------------------------------------------------------------------------------
def test_every_template_is_read_back_by_its_own_form(store: Store) -> None:
    for key, form in store.workspace.forms.items():
        data = template(store.workspace, form)
        assert data == template(store.workspace, form)
        batch = check_batch(store, [Upload(f"{form.label}2010-06.xlsx", data)])
        assert found(batch) == [("no_rows", None)]
        (report,) = batch.reports
        assert report.layout.form == key and set(report.layout.measures)
        assert not form.columns or set(report.layout.measures) == set(form.columns)
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        assert sheet.protection.sheet and sheet.data_validations.dataValidation
        head, below = (sheet.cell(r + 1, 2) for r in (report.layout.last, report.layout.last + 1))
        assert head.protection.locked and not below.protection.locked


def test_a_form_of_any_label_has_a_template(store: Store, tmp_path: Path) -> None:
    """Labels of one beginning, with signs that no file and no sheet may have in its name."""
    ws = store.workspace
    labels = ["月报（6/7月）[村]", "填表说明", "con", "同" * 40, "同" * 40 + "*", "'A'", "'a'"]
    forms = dict(zip(labels, ws.forms.values(), strict=False))
    made = {key: form.model_copy(update={"label": key}) for key, form in forms.items()}
    folder = tmp_path / "templates"
    paths = write_templates(replace(ws, forms=made), folder)
    assert len({path.name.casefold() for path in paths}) == len(made)
    assert set(folder.iterdir()) == set(paths)
    for path, (key, form) in zip(paths, forms.items(), strict=True):
        assert len(openpyxl.load_workbook(path).sheetnames) == 2
        batch = check_batch(Store(ws.path, replace(ws, forms={key: form})), [
            Upload("2010-06.xlsx", path.read_bytes())
        ])  # fmt: skip
        assert [report.form for report in batch.reports] == [form]


def test_a_template_that_is_filled_in_can_be_published(store: Store) -> None:
    form = store.workspace.forms["village_month"]
    made = openpyxl.load_workbook(io.BytesIO(template(store.workspace, form)))
    sheet = made.worksheets[0]
    sheet["A2"], sheet["D2"] = "填报单位：东岭镇", "2010年6月"
    for row, name in enumerate(("双河村", "五河村"), start=7):
        for column, value in enumerate(line(name), start=1):
            sheet.cell(row, column).value = value  # type: ignore[assignment]
    sink = io.BytesIO()
    made.save(sink)
    batch = check_batch(store, [Upload("a.xlsx", sink.getvalue())])
    assert not batch.findings
    assert {r["births_p2_m"] for r in (publish_batch(store, batch, why="乙")
            .table("village_month", JUNE) or pytest.fail()).to_pylist()} == {0}  # fmt: skip


def test_tidy_csv_by_ids(store: Store) -> None:
    form = store.workspace.forms["village_month"]
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(["area_code", "stat_month", *form.columns])
    writer.writerows([code, "2010-06-01", *[0] * len(form.columns)] for code in VILLAGES)
    assert not checked(store, sink.getvalue()).findings
