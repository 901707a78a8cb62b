"""Aggregates only: person data is refused, and never repeated. All identities here are made up."""

from __future__ import annotations

import pytest

from shortplank.ingest import Upload, check_batch
from shortplank.ingest.privacy import is_denied
from shortplank.store import Store
from shortplank.store.personal import looks_like_a_name, number_kind
from tests.ingest.books import book, merges, report
from tests.ingest.county import HEADER, as_csv, checked, found, rows, state_of

# Shaped like identity numbers; region 99 does not exist.
MADE_UP_18 = "990101199001011234"
MADE_UP_15 = "990101900101123"


@pytest.mark.parametrize(
    "header",
    ["姓名", "妇女姓 名", "身份证号", "公民身份号码", "联系电话", "手机", "家庭住址", "配偶",
     "丈夫", "妻子", "户主", "出生日期", "末次月经", "Full name", "ID number", "phone",
     "home_address", "husband", "Date of Birth", "LMP"],
)  # fmt: skip
def test_a_column_of_personal_data_is_refused(store: Store, header: str) -> None:
    lines = [line | {header: "某某"} for line in rows()]
    batch = checked(store, as_csv(lines, (*HEADER, header)))
    assert found(batch) == [("personal_header", "U1")]
    assert batch.findings[0].severity == "refuse"
    assert not batch.reports


@pytest.mark.parametrize(
    "word", ["出生数-男", "死亡人数", "village", "village_name", "site_id", "单位名称"]
)
def test_the_forms_own_words_are_not_refused(word: str) -> None:
    assert not is_denied(word)


@pytest.mark.parametrize(
    "number",
    [MADE_UP_18, MADE_UP_15, MADE_UP_18[:-1] + "X", " ".join(MADE_UP_18), f"证{MADE_UP_18}",
     MADE_UP_18.translate(str.maketrans("0123456789", "０１２３４５６７８９"))],
)  # fmt: skip
def test_an_identity_number_is_refused_wherever_it_stands_and_not_repeated(
    store: Store, number: str
) -> None:
    before = state_of(store.root)
    lines = rows()
    lines[2] = lines[2] | {"死亡人数": number}
    lines[3] = lines[3] | {"村名": number}
    batch = checked(store, as_csv(lines))
    assert found(batch, "refuse") == [("identity_number", "E4"), ("identity_number", "C5")]
    said = repr(batch.findings)
    assert number not in said and MADE_UP_18[:6] not in said
    assert state_of(store.root) == before


def test_a_denied_word_alone_in_a_later_block_is_refused(store: Store) -> None:
    lines = rows() * 30 + [{"月份": "序号", "村名": " 姓名 "}]
    assert ("personal_header", "C122") in found(checked(store, as_csv(lines)))


def test_codes_of_areas_are_no_identity_numbers(store: Store) -> None:
    lines = [line | {"单位代码": "990101001001   "} for line in rows()[:1]]
    assert not found(checked(store, as_csv(lines, (*HEADER, "单位代码"))), "refuse")


# --- more than identity numbers -------------------------------------------------------------------
MOBILE = "13800138000"  # the operator's own service number
CARD = "6200000000000000005"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MADE_UP_18, "identity_number"),
        ("1.1E+17", "identity_number"),
        (MADE_UP_15, "identity_number"),
        ("123456789012345", "identity_number"),
        (MOBILE, "mobile_number"),
        (f"+86 {MOBILE[:3]}-{MOBILE[3:7]}-{MOBILE[7:]}", "mobile_number"),
        ("联系电话：6260123", "telephone_number"),
        ("(0551)62601234", "telephone_number"),
        ("0551-62601234", "telephone_number"),
        (CARD, "card_number"),
        ("6200 0000 0000 0000", "card_number"),
        ("账号：110105194912", "card_number"),
        ("6260123", None),
        ("990101101001", None),
        ("2010年7月4日", None),
        ("1,786,000", None),
        ("2009-12-10", None),
    ],
)
def test_shapes_of_personal_numbers(text: str, kind: str | None) -> None:
    assert number_kind(text) == kind


def test_a_count_may_look_like_a_local_number_but_not_like_a_mobile_one(store: Store) -> None:
    lines = rows()
    for local in ("6260" + "1234", "5586" + "260123", "13,800,138,000"):
        lines[0] = lines[0] | {"死亡人数": local}
        assert not found(checked(store, as_csv(lines)), "refuse")
    for mobile in (MOBILE, MOBILE + ".0", f"0086{MOBILE}"):
        lines[0] = lines[0] | {"死亡人数": mobile}
        assert found(checked(store, as_csv(lines)), "refuse") == [("mobile_number", "E2")]
    lines[0] = lines[0] | {"死亡人数": "0558" + "6260123"}
    assert found(checked(store, as_csv(lines)), "refuse") == [("telephone_number", "E2")]
    lines[0] = lines[0] | {"死亡人数": f"电话{MOBILE}"}
    assert found(checked(store, as_csv(lines)), "refuse") == [("mobile_number", "E2")]


@pytest.mark.parametrize(
    ("where", "cell"),
    [
        ({"footer": f"电话 {MOBILE}"}, None),
        ({"footer": f"QQ:{MOBILE[:8]}"}, None),
        ({"footer": "Tel " + "6260" + "1234"}, None),
        ({"comments": [("C6", f"请核 {MADE_UP_18}")]}, "C6"),
        ({"comments": [("C6", "户主：某某")]}, "C6"),
        ({"hidden": [["x", MADE_UP_18]]}, "B1"),
        ({"hidden": [["x", float(MADE_UP_18)]]}, "B1"),
    ],
)
def test_nothing_of_a_workbook_is_overlooked(
    store: Store, where: dict[str, object], cell: str | None
) -> None:
    batch = check_batch(store, [book(report(), merges(), **where)])  # type: ignore[arg-type]
    (finding,) = batch.findings
    assert (finding.severity, finding.cell) == ("refuse", cell)
    assert MOBILE not in repr(batch.findings) and MADE_UP_18 not in repr(batch.findings)
    assert not batch.reports


@pytest.mark.parametrize("name", [f"{MADE_UP_18}.csv", "东岭镇妇女身份证.csv"])
def test_a_file_name_is_scanned_and_not_repeated(store: Store, name: str) -> None:
    batch = check_batch(store, [Upload(f"dir/{name}", as_csv(rows()).encode())])
    assert [f.severity for f in batch.findings] == ["refuse"]
    assert name not in repr(batch.findings) and not batch.reports


def test_names_on_signature_lines_are_dropped_not_refused(store: Store) -> None:
    signed = [{"月份": "单位负责人：", "乡镇": "张某某", "期末总人口": "填表人：李某"},
              {"月份": "联系电话：", "乡镇": ""}]  # fmt: skip
    batch = checked(store, as_csv([*rows(), *signed]))
    assert not batch.findings and batch.rows == 4
    assert "张某某" not in repr(batch.reports[0].layout)


def test_a_sheet_of_people_is_refused_whatever_its_header(store: Store) -> None:
    people = [["对象", "性别", "备注"], *([name, sex, ""] for name, sex in
              [("张某某", "女"), ("王某", "女"), ("李某某", "男")])]  # fmt: skip
    batch = check_batch(store, [book(report(), merges(), hidden=people)])
    assert found(batch) == [("person_list", "A1")]
    days = [["村", "出生"], *(["双河村", f"2010-06-0{n}"] for n in range(1, 7))]
    assert found(check_batch(store, [book(report(), merges(), hidden=days)])) == [
        ("person_list", "B1")
    ]


def test_instructions_that_forbid_names_are_no_names(store: Store) -> None:
    notes = [["填表说明"], ["一、不得填写姓名、身份证号、电话。"], ["二、每月5日前报县。"]]
    batch = check_batch(store, [book(report(), merges(), hidden=notes)])
    assert found(batch) == [("hidden_sheet", None)]


def test_an_unknown_name_is_not_echoed_where_it_may_be_a_persons(store: Store) -> None:
    assert looks_like_a_name("王某某") and not looks_like_a_name("王家村")
    lines = rows()
    lines[0] = lines[0] | {"村名": "王某某"}
    batch = checked(store, as_csv(lines))
    assert found(batch, "error") == [("unknown_area", "C2")]
    assert "王某某" not in repr(batch.findings)
