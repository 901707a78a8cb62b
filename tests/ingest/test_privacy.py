"""Aggregates only: person data is refused, and never repeated. All identities here are made up."""

from __future__ import annotations

import pytest

from shortplank.ingest.privacy import is_denied
from shortplank.store import Store
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
