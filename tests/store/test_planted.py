"""Personal data is known in every dress that people put it in; counts are never taken for it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.catalogue.loader import STANDARD
from shortplank.errors import StoreError
from shortplank.store.names import HIDDEN_FILE, shown_name, shown_sheet
from shortplank.store.personal import (
    MESSAGES,
    is_a_person,
    number_kind,
    personal_kind,
    refuse_personal,
)
from tests.store.planted import IDENTITY, MOBILE, NAMES, planted

ENOUGH = 0.95
POSTS = (
    "县人口办", "规划统计股", "峰浦镇 人口计生办", "", "root", "计生办主任", "常务副主任",
    "文化站站长", "县卫生局统计岗", "高坪村", "镇政府", "分析员", "包村干部", "党委书记", "p3",
    "统计科", "安监局", "峰浦镇高坪村", "东岭镇王家庄", "镇长", "东岭镇石桥",
)  # fmt: skip
# What reports write that only looks like it.
INNOCENT = (
    "91.6666666666667", "0.12345678901234568", "13,800,138,000", "1,786,000.50",
    "2009-10-01—2010-09-30", "2009/10/01 2010/09/30", "2006-2007-2008-2009", "990101101001",
    "99010110", "13500/120000", "E06000001", "云人口组〔2009〕4号", "附表2号", "每月5号前报县",
    "高坪村3组", "第3组", "负责人：规划统计股", "联系人口学会", "审核人数",
    "微信关注人数 123456", "电话回访 2345678人次", "热线接听率 98.5",
    "{8A4D1F2E-1234-1234-1234-123456789012}", "月报!$A$1:$T$30", "2010-07-04T08:00:00Z",
    "9.16666666666667E+01", "填报单位：峰浦镇", "银行贷款 123456 万元", "QQ群数 12",
    "一二三四五六七", "每人 @ 3 元", "5组12户", "负责人（签章）：", "村级负责人覆盖率", "12-15",
    "1 2 3 4 5 6", "1365.2-1423.81", "1365.2～1423.85", "136.52 142.381", "0551", "统计：汇总",
    "村医人数", "峰浦镇：高坪村", "填报人；", "055162601", "01001020100", "0900701" + "0001",
    "961309.720925133", "代码09007010001",
    "单价 138.00 数量 13 金额 8000",
)  # fmt: skip


def test_nearly_all_that_is_planted_is_found() -> None:
    every = planted()
    kinds = Counter(kind.split(" by ")[0] for kind, _ in every)
    assert len(every) >= 300 and min(kinds.values()) >= 3, kinds
    missed = [(kind, text) for kind, text in every if personal_kind(text) is None]
    assert len(missed) <= (1 - ENOUGH) * len(every), missed


@pytest.mark.parametrize("name", NAMES)
def test_a_person_is_no_post(name: str) -> None:
    with pytest.raises(StoreError) as refused:
        refuse_personal(name, post=True)
    assert name not in str(refused.value)


@pytest.mark.parametrize("post", POSTS)
def test_a_post_is_no_person(post: str) -> None:
    refuse_personal(post, post=True)
    assert not is_a_person(post)


@pytest.mark.parametrize("text", INNOCENT)
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert personal_kind(text) is None


@pytest.mark.parametrize("text", [IDENTITY, MOBILE, "联系人：张某某", "QQ：123456"])
def test_no_text_that_is_kept_holds_it(text: str) -> None:
    for line in (text, f"核对过，{text}"):
        with pytest.raises(StoreError) as refused:
            refuse_personal(line)
        assert text not in str(refused.value)


def test_the_catalogue_holds_none() -> None:
    texts = [
        line for file in STANDARD.rglob("*.toml") for line in file.read_text("utf-8").split('"')
    ]
    assert [text for text in texts if personal_kind(text)] == []


# --- counts, codes, money, shares and days --------------------------------------------------------
counts = st.one_of(
    st.integers(0, 10**10 - 1).map(str),
    st.integers(10**11, 10**12 - 1).map(str),
    st.integers(0, 10**12).map("{:,}".format),
    st.decimals(0, 10**9, places=2).map("{:,}".format),
    st.floats(0, 100).map("{:.13f}".format),
    st.floats(1e-12, 1e9).map(repr),
    st.dates().map(str),
    st.tuples(st.dates(), st.dates()).map("{0[0]}至{0[1]}".format),
)


@given(counts)
def test_a_number_of_a_report_is_no_persons(text: str) -> None:
    assert number_kind(text) is None


@given(
    counts, st.sampled_from(["期末总人口", "出生人数", "联系乡镇", "奖励优惠应兑现户数", "村名"])
)
def test_what_stands_beside_a_count_makes_it_no_persons(text: str, label: str) -> None:
    assert personal_kind(text, label) is None


@given(st.sampled_from([IDENTITY, MOBILE]), st.text("\u200b\u00ad\u2060\u200d\ufe0f", max_size=3))
def test_nothing_unseen_hides_a_number(number: str, unseen: str) -> None:
    assert number_kind(unseen.join(number)) == number_kind(number)


# --- names of files and sheets --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("张某某/2010-06_峰浦镇_月报.xlsx", "2010-06_峰浦镇_月报.xlsx"),
        ("C:\\李某某\\月报.xls", "月报.xls"),
        ("2010-06_张某某.xlsx", "2010-06_（略）.xlsx"),
        ("月报（李 某）.csv", "月报（（略））.csv"),
        ("张某某6月报.xlsx", "（略）6月报.xlsx"),
        ("高坪6月报.xlsx", "高坪6月报.xlsx"),
        ("张某某.csv", "（略）.csv"),
        ("Zhang San.xlsx", "（略）.xlsx"),
        ("2010-06_Zhang San.xlsx", "2010-06_（略）.xlsx"),
        ("zhang_san_6.xlsx", "（略）_6.xlsx"),
        ("Li Ming-report.csv", "（略）-report.csv"),
        ("report_final_v2.xlsx", "report_final_v2.xlsx"),
        (f"{IDENTITY}.csv", HIDDEN_FILE),
        ("填报人张某某.csv", HIDDEN_FILE),
        ("2010年6月 王集.csv", "2010年6月 王集.csv"),
    ],
)
def test_a_file_is_called_by_its_last_part_without_persons(path: str, shown: str) -> None:
    assert shown_name(path) == shown


def test_a_name_of_the_register_stays() -> None:
    assert shown_name("王安.csv") == "（略）.csv"
    assert shown_name("王安.csv", frozenset({"王安"})) == "王安.csv"
    assert shown_sheet("王安", frozenset({"王安"})) == "王安"


def test_every_kind_has_its_sentence() -> None:
    assert {personal_kind(text) for _, text in planted()} - {None} <= set(MESSAGES)
