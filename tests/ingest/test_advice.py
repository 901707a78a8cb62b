"""Advice is given only where it is near, names the key that failed, and never costs data."""

from __future__ import annotations

from itertools import pairwise

import pytest

from shortplank.ingest import check_batch
from shortplank.ingest.nearness import AREAS, HEADERS, nearest
from shortplank.store import Store
from tests.ingest.county import HEADER, as_csv, checked, counts, found, rows, upload

KNOWN = ["怀孕人数", "出生人数", "一孩男", "二孩女", "流动人口应建档", "往年出生补报"]
VILLAGES = ["双河村", "五河村", "永楼村", "东湾村"]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("死亡人数", None), ("死亡数", None), ("结婚人数", None), ("人数", None),
        ("四孩男", None), ("一孩女", None), ("二孩男", None), ("流动人口已建档", None),
        ("出生数", "出生人数"), ("怀孕数", "怀孕人数"), ("流动人口应建挡", "流动人口应建档"),
        ("往年出生补报数", "往年出生补报"),
    ],
)  # fmt: skip
def test_a_header_is_near_by_what_tells_it_from_others(text: str, near: str | None) -> None:
    assert nearest(text, KNOWN, HEADERS) == near


@pytest.mark.parametrize(
    ("text", "near"),
    [("五合村", "五河村"), ("永搂村", "永楼村"), ("双河社区", "双河村"), ("高山村", None),
     ("村", None), ("三河村", None), ("西湾村", None), ("990101001009", None)],
)  # fmt: skip
def test_an_area_is_near_by_its_own_name(text: str, near: str | None) -> None:
    assert nearest(text, VILLAGES, AREAS) == near


def test_no_header_of_a_form_is_offered_for_another_count_of_it(store: Store) -> None:
    for key, form in store.workspace.forms.items():
        for measure, headers in form.columns.items():
            others = [h for m, own in form.columns.items() if m != measure for h in own]
            for header in headers:
                near = nearest(header, others, HEADERS)
                assert near is None or len(set(near) & set(header)) >= 2, (key, header, near)


def test_what_stands_under_a_header_does_not_make_it_near(store: Store) -> None:
    lines = [{"怀孕人数/一孩/男" if k == "一孩男" else k: v for k, v in r.items()} for r in rows()]
    batch = checked(store, as_csv(lines, [*HEADER[:5], "怀孕人数/一孩/男", *HEADER[6:]]))
    assert found(batch, "error") == [("unknown_header", "F1")]
    assert "最接近" not in batch.findings[0].message


# --- tables that are no form's --------------------------------------------------------------------
@pytest.mark.parametrize(
    "header",
    [
        "村名,姓别,男,女,备用",
        "乡镇名称,村名,结婚对数,离婚对数,男,女,初婚,再婚",
        "序号,村名,宣传栏,标语,培训场次",
        "单位,学校数,教师数,学生数",
        "村名,合计,男,女,一月,二月,三月",
        "县名,编制数,实有数,得分,备用",
    ],
)
def test_a_table_of_no_form_is_said_to_be_none(store: Store, header: str) -> None:
    width = header.count(",")
    lines = [header, *(f"双河村{f',{n}' * width}" for n in (1, 2))]
    batch = check_batch(store, [upload("\n".join(lines), "2010-06_情况表.csv")])
    assert found(batch, "error") == [("no_header", None)]
    message = batch.findings[0].message
    assert "没有登记过这种表" in message and "表头不全" not in message
    assert not batch.unknown


def test_a_piece_of_a_forms_header_is_said_to_be_one(store: Store) -> None:
    text = ",".join(HEADER[3:]) + "\n" + ",".join("1" for _ in HEADER[3:]) + "\n"
    batch = checked(store, text)
    assert found(batch, "error")[0][0] in ("no_header", "missing_header")
    assert "没有登记过" not in batch.findings[0].message


def test_an_own_form_with_a_strange_column_is_still_its_own(store: Store) -> None:
    lines = [{**line, "结婚人数": 1} for line in rows()]
    batch = checked(store, as_csv(lines, (*HEADER, "结婚人数")))
    assert found(batch, "error") == [("unknown_header", "U1")]
    assert "最接近" not in batch.findings[0].message


# --- the key that failed --------------------------------------------------------------------------
def said(store: Store, line: dict[str, object], header: list[str]) -> tuple[str | None, str]:
    batch = checked(store, as_csv([{"月份": "2010-06", **counts(), **line}], header))
    (finding,) = [f for f in batch.findings if f.severity == "error"]
    return finding.cell, finding.message


def test_a_code_that_is_unknown_is_named_with_the_name_beside_it(store: Store) -> None:
    header = ["月份", "单位代码", *HEADER[1:]]
    line = {"单位代码": "990101002009", "乡镇": "西岭乡", "村名": "永楼村"}
    cell, message = said(store, line, header)
    assert cell == "B2" and "990101002009" in message and "永楼村（990101002002）" in message
    cell, message = said(store, {"单位代码": "990101002009"}, ["月份", "单位代码", *HEADER[3:]])
    assert cell == "B2" and "登记册中没有代码“990101002009”" in message


def test_a_name_that_stands_in_another_township_is_named_there(store: Store) -> None:
    cell, message = said(store, {"乡镇": "东岭镇", "村名": "永楼村"}, list(HEADER))
    assert cell == "C2"
    assert "东岭镇没有“永楼村”" in message and "990101002002" in message


def test_a_name_that_stands_twice_is_not_said_to_be_absent(store: Store) -> None:
    _, message = said(store, {"村名": "双河村"}, ["月份", *HEADER[2:]])
    assert "有 2 个" in message and "登记册中没有" not in message


def test_a_name_that_is_like_none_gets_no_advice(store: Store) -> None:
    _, message = said(store, {"乡镇": "东岭镇", "村名": "高山村"}, list(HEADER))
    assert "最接近" not in message and "高山村" in message


# --- no advice costs data -------------------------------------------------------------------------
MONTHS = [f"{year}-{month:02d}" for year in (2007, 2008, 2009) for month in range(1, 13)]


@pytest.mark.parametrize("column", ["月份", None])
def test_a_file_of_many_months_is_not_told_to_keep_one_line(
    store: Store, column: str | None
) -> None:
    header = list(HEADER) if column else list(HEADER[1:])
    lines = [line for month in MONTHS for line in rows((("东岭镇", "双河村"),), month)]
    batch = check_batch(store, [upload(as_csv(lines, header), "2009-12.csv")])
    messages = [f.message for f in batch.findings if f.severity == "error"]
    assert messages and len(messages) <= 2
    assert not any("只留" in message or "删去" in message for message in messages)
    assert any("月" in message for message in messages)


def test_two_lines_of_one_area_are_both_named(store: Store) -> None:
    lines = rows()
    batch = checked(store, as_csv([*lines, lines[1]]))
    assert found(batch, "error") == [("duplicate_area", "C6")]
    assert "第 3 行" in batch.findings[0].message and "只留" not in batch.findings[0].message


def test_lines_are_named_one_by_one_where_areas_differ_in_number(store: Store) -> None:
    lines = rows()
    batch = checked(store, as_csv([*lines, lines[0], lines[0], lines[1]]))
    assert [cell for _, cell in found(batch, "error")] == ["C6", "C7", "C8"]
    assert all(a.message != b.message for a, b in pairwise(batch.findings))
