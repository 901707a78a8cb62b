"""What stops a publish, and what is only said: each at its cell."""

from __future__ import annotations

from datetime import date

import pytest

from shortplank.errors import ShortplankError
from shortplank.store import Store
from tests.ingest.county import HEADER, as_csv, checked, counts, found, rows, upload


def changed(line: int, **given: object) -> str:
    """Return a sound report with one row changed."""
    lines = rows()
    lines[line] = lines[line] | given
    return as_csv(lines)


def test_a_sound_report_has_no_findings(store: Store) -> None:
    batch = checked(store, as_csv(rows()))
    assert not batch.findings and batch.rows == 4


@pytest.mark.parametrize(
    ("given", "code", "cell", "words"),
    [
        ({"死亡人数": "两人"}, "not_a_number", "E3", "五河村"),
        ({"死亡人数": "=1+1"}, "not_a_number", "E3", "整数"),
        ({"死亡人数": "1.5"}, "not_whole", "E3", "五河村"),
        ({"死亡人数": "-1"}, "negative", "E3", "五河村"),
        ({"死亡人数": "9" * 15}, "too_large", "E3", "五河村"),
        ({"村名": "五合村"}, "unknown_area", "C3", "五河村（990101001002）"),
        ({"村名": "双河村"}, "duplicate_area", "C3", "第 2 行"),
        ({"村名": "旧堡村"}, "not_valid", "C3", "2009-12-31"),
        ({"乡镇": "东领镇"}, "unknown_township", "B3", "东岭镇（990101001）"),
        ({"月份": "六月"}, "bad_month", "A3", "六月"),
        ({"月份": "2010-05"}, "months_differ", "A3", "2010-05"),
        ({"一孩男": 1, "二孩男": 1, "一孩符合政策": 2}, "p1_in_le_births", "L3", "2 与 1"),
        ({"流动人口已建档": 3, "流动人口应建档": 2}, "filed_le_due", "R3", "3 与 2"),
        ({"政策外出生中流动人口": 1}, "out_migrant_le_out", "O3", "1 与 0"),
    ],
)  # fmt: skip
def test_an_error_names_its_cell(
    store: Store, given: dict[str, object], code: str, cell: str, words: str
) -> None:
    batch = checked(store, changed(1, **given))
    errors = [f for f in batch.findings if f.severity == "error"]
    assert [(f.code, f.cell) for f in errors] == [(code, cell)]
    assert words in errors[0].message and errors[0].message.endswith("。")
    assert batch.stops


def test_codes_come_with_blanks_and_by_earlier_names(store: Store) -> None:
    header = ["月份", "单位代码", "村名", *HEADER[3:]]
    lines = [
        {"月份": "2010-06", "单位代码": " 990101001001   ", "村名": "双 河 村", **counts()},
        {"月份": "2010-06", "单位代码": "990101002002", "村名": "永楼社区", **counts()},
    ]
    batch = checked(store, as_csv(lines, header))
    assert not found(batch, "error")
    codes = [batch.register.codes[place] for place in batch.reports[0].area]
    assert codes == ["990101001001", "990101002002"]


@pytest.mark.parametrize(
    ("given", "code", "cell"),
    [
        ({"村名": "五河村"}, "code_and_name", "D2"),
        ({"乡镇": "西岭乡"}, "code_and_town", "C2"),
        ({"单位代码": "990101001009"}, "unknown_area", "B2"),
        ({"单位代码": "990101001", "村名": "东岭镇"}, "wrong_level", "D2"),
    ],
)
def test_a_code_and_a_name_must_be_of_one_area(
    store: Store, given: dict[str, object], code: str, cell: str
) -> None:
    line = {"月份": "2010-06", "单位代码": "990101001001", "乡镇": "东岭镇", "村名": "双河村"}
    text = as_csv([line | counts() | given], ["月份", "单位代码", *HEADER[1:]])
    assert (code, cell) in found(checked(store, text), "error")


def test_the_township_may_stand_in_the_title_or_the_name_of_the_file(store: Store) -> None:
    lines = [{k: v for k, v in line.items() if k not in ("月份", "乡镇")} for line in rows()[2:]]
    body = as_csv(lines, HEADER[2:])
    titled = "西岭乡2010年6月人口月报" + "," * (len(HEADER) - 3) + "\n" + body
    from shortplank.ingest import check_batch

    for file in (upload(titled, "a.csv"), upload(body, "2010-06_西岭乡_月报.csv")):
        batch = check_batch(store, [file])
        assert not batch.findings
        assert [batch.register.codes[p] for p in batch.reports[0].area] == [
            "990101002001",
            "990101002002",
        ]
        assert batch.reports[0].month == date(2010, 6, 1)


def test_a_name_that_stands_in_two_townships_is_never_guessed(store: Store) -> None:
    lines = [{"月份": "2010-06", "村名": "双河村", **counts()}]
    text = as_csv(lines, ["月份", *HEADER[2:]])
    assert found(checked(store, text), "error") == [("unknown_area", "B2")]


def test_the_month_must_be_said_and_said_alike(store: Store) -> None:
    without = as_csv(
        [{k: v for k, v in line.items() if k != "月份"} for line in rows()], HEADER[1:]
    )
    assert ("no_month", None) in found(checked(store, without))
    assert not checked(store, without, month=date(2010, 6, 1)).stops
    assert ("months_differ", "A2") in found(checked(store, as_csv(rows()), month=date(2010, 5, 1)))


def test_blanks_are_zero_and_said_but_a_blank_row_is_no_report(store: Store) -> None:
    lines = rows()
    lines[0] = lines[0] | {"死亡人数": "", "一孩男": "—"}
    lines[3] = {"月份": "2010-06", "乡镇": "西岭乡", "村名": "永楼村"}
    batch = checked(store, as_csv(lines))
    assert not batch.stops and batch.rows == 3
    assert found(batch) == [("blank_as_zero", None), ("missing_area", None)]
    assert "E2、F2" in batch.findings[0].message
    assert "整行空白" in batch.findings[1].message


def test_a_village_without_a_row_is_a_warning(store: Store) -> None:
    batch = checked(store, as_csv(rows()[:3]))
    assert found(batch) == [("missing_area", None)]
    assert "永楼村（990101002002）" in batch.findings[0].message and not batch.stops


def test_a_total_row_must_be_the_sum_and_notes_are_left_out(store: Store) -> None:
    total = {"村名": " 合　计", **counts(期末总人口=4000)}
    notes = [
        {"月份": ""},
        {"月份": "单位负责人：", "期末总人口": "填表人：", "一孩男": "报出日期：2010年7月4日"},
    ]
    batch = checked(store, as_csv([*rows(), total, *notes]))
    assert not batch.findings
    assert batch.reports[0].received == date(2010, 7, 4)
    batch = checked(store, as_csv([*rows(), total | {"期末总人口": 3000}]))
    assert found(batch) == [("total_row_differs", "D6")]


def test_two_files_of_one_batch_cannot_report_one_township(store: Store) -> None:
    batch = checked(store, as_csv(rows()[:2]), as_csv(rows()[:2]))
    assert found(batch) == [("reported_twice", None)]
    assert "1.csv" in batch.findings[0].message and batch.findings[0].file == "2.csv"
    assert not checked(store, as_csv(rows()[:2]), as_csv(rows()[2:])).findings


def test_an_empty_table_is_an_error(store: Store) -> None:
    assert ("no_rows", None) in found(checked(store, as_csv([])))


def test_a_fault_in_every_row_is_listed_so_often_and_then_counted(store: Store) -> None:
    lines = [line | {"村名": f"无名村{n}"} for n, line in enumerate(rows() * 30)]
    batch = checked(store, as_csv(lines))
    assert len(batch.findings) == 41
    assert "80 处" in batch.findings[-1].message


def test_the_dataset_must_have_a_form(store: Store) -> None:
    assert not checked(store, as_csv(rows()), dataset="village_month").stops
    with pytest.raises(ShortplankError, match="village_month"):
        checked(store, as_csv(rows()), dataset="villages")
