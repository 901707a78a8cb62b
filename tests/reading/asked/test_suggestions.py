"""What is typed, and where it leads: the rules by example, and that any text is answered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.access import ROLES, Role
from shortplank.catalogue.models import Alias
from shortplank.reading.asked.suggestions import MOST
from shortplank.reading.asked.things import book_of
from tests.reading.asked.asking import asking, first

ZHULU, MEIPING, GUIPU = "990101215", "990101108", "990101111"
SHUANGDIAN = "990101111201"
MIGRANT, RATIO, POLICY = "migrant_filing", "sex_ratio_at_birth", "policy_compliance"
NOW = {"month": "2010-05"}
SEX = ("sex_ratio", {"area": ZHULU, **NOW})
TREND = ("trends", {"indicator": POLICY, **NOW})
FILED = ("trends", {"indicator": MIGRANT, **NOW})
SPINE = ("rankings", {"area": ZHULU, "look": "spine", **NOW})
VILLAGE = ("short_plank", {"area": SHUANGDIAN, "indicator": MIGRANT, "look": "village", **NOW})

# What is typed on the overview of May 2010, and the first place that it leads to.
CASES: dict[str, tuple[str, dict[str, str]]] = {
    # of the brief
    "zll xbb": SEX,
    "竹麓 性别比 近三年": ("sex_ratio", {"area": ZHULU, "span": "r36", **NOW}),
    "建档 去年9月": ("trends", {"indicator": MIGRANT, "month": "2009-09"}),
    "990101215 趋势": ("trends", {"indicator": POLICY, "area": ZHULU, **NOW}),
    # ways to write the same
    "zlx xbb": SEX,
    "zl xbb": SEX,
    "ZL  XBB": SEX,
    "ｚｌ　ｘｂｂ": SEX,
    "zhulu xbb": SEX,
    "zhuluxiang xingbiebi": SEX,
    "zhulx xbb": SEX,
    "xbb zl": SEX,
    "竹麓性别比": SEX,
    "竹麓乡性别比": SEX,
    "竹麓乡的性别比": SEX,
    "竹麓镇 性别比": SEX,
    "竹麓xbb": SEX,
    "竹麓乡，性别比！": SEX,
    "990101215 xbb": SEX,
    "竹麓性别比近三年": ("sex_ratio", {"area": ZHULU, "span": "r36", **NOW}),
    "竹麓 性别比 近36个月": ("sex_ratio", {"area": ZHULU, "span": "r36", **NOW}),
    "竹麓 性别比 jsn": ("sex_ratio", {"area": ZHULU, "span": "r36", **NOW}),
    # pages and looks
    "性别比": ("sex_ratio", NOW),
    "趋势": TREND,
    "走势": TREND,
    "zbqs": TREND,
    "排名": ("rankings", {"indicator": POLICY, **NOW}),
    "乡镇排名": ("rankings", {"indicator": POLICY, **NOW}),
    "漏斗图": ("rankings", {"indicator": POLICY, "look": "funnel", **NOW}),
    "建档 漏斗": ("rankings", {"indicator": MIGRANT, "look": "funnel", **NOW}),
    "同类县位次": ("rankings", {"indicator": POLICY, "look": "league", **NOW}),
    "短板村": ("short_plank", {"indicator": MIGRANT, **NOW}),
    "dbc": ("short_plank", {"indicator": MIGRANT, **NOW}),
    "预警名单": ("short_plank", {"indicator": MIGRANT, "look": "warnings", **NOW}),
    "抽查预演": ("inspection", {"indicator": MIGRANT, **NOW}),
    "月积分": ("points", NOW),
    "数据质量": ("data_quality", NOW),
    "完整及时": ("data_quality", {"look": "filings", **NOW}),
    "会议材料": ("briefing", NOW),
    "总览": ("overview", NOW),
    "首页": ("overview", NOW),
    "数据上报": ("imports", {}),
    "历次版本": ("imports", {"look": "history"}),
    "字典 建档": ("dictionary", {"indicator": MIGRANT}),
    "用语": ("dictionary", {"look": "phrases"}),
    # areas
    "竹麓": SPINE,
    "竹": SPINE,
    "zl": SPINE,
    "竹麓乡": SPINE,
    "双店村": VILLAGE,
    "双店": VILLAGE,
    "shuangdianc": VILLAGE,
    "桂浦 双店": VILLAGE,
    "双店 桂浦镇": VILLAGE,
    "990101111201": VILLAGE,
    "双店 建档率": VILLAGE,
    "双店 性别比": ("sex_ratio", {"area": GUIPU, **NOW}),
    "竹麓 月积分": ("points", {"area": ZHULU, **NOW}),
    "竹麓 建档": ("trends", {"indicator": MIGRANT, "area": ZHULU, **NOW}),
    "云洲县 建档": FILED,
    # indicators
    "建档": FILED,
    "ldrkjdl": FILED,
    "流动人口建档率": FILED,
    "liudongrenkou": FILED,
    "二孩性别比": (
        "sex_ratio",
        {"indicator": "sex_ratio_p2", "look": "periods", **NOW},
    ),
    "出生率 梅坪": ("trends", {"indicator": "crude_birth_rate", "area": MEIPING, **NOW}),
    "建档 年底预测": ("trends", {"indicator": MIGRANT, "look": "end", **NOW}),
    "建档 推演": ("short_plank", {"indicator": MIGRANT, "look": "what_if", **NOW}),
    # months and windows
    "2009年9月": ("overview", {"month": "2009-09"}),
    "2009-09": ("overview", {"month": "2009-09"}),
    "2009.9 建档": ("trends", {"indicator": MIGRANT, "month": "2009-09"}),
    "200909建档": ("trends", {"indicator": MIGRANT, "month": "2009-09"}),
    "09年9月": ("overview", {"month": "2009-09"}),
    "上月": ("overview", {"month": "2010-04"}),
    "上个月 建档": ("trends", {"indicator": MIGRANT, "month": "2010-04"}),
    "本月": ("overview", NOW),
    "去年同月": ("overview", {"month": "2009-05"}),
    "上年同期建档": ("trends", {"indicator": MIGRANT, "month": "2009-05"}),
    "前年5月": ("overview", {"month": "2008-05"}),
    "3月": ("overview", {"month": "2010-03"}),
    "三月": ("overview", {"month": "2010-03"}),
    "十二月份": ("overview", {"month": "2009-12"}),
    "最新": ("overview", NOW),
    "建档 当月": ("trends", {"indicator": MIGRANT, "window": "month", **NOW}),
    "建档 本年累计": ("trends", {"indicator": MIGRANT, "window": "ytd", **NOW}),
    "建档 近12个月": ("trends", {"indicator": MIGRANT, "window": "r12", **NOW}),
    "近三年": ("sex_ratio", {"span": "r36", **NOW}),
    "建档近12月上月": ("trends", {"indicator": MIGRANT, "window": "r12", "month": "2010-04"}),
}


@pytest.mark.parametrize("text", CASES)
def test_where_a_text_leads(text: str) -> None:
    page, query = CASES[text]
    assert first(asking().answer(text)) == (page, query)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 60


def test_the_sentence_says_where_it_leads() -> None:
    made = asking().answer("竹麓 性别比 近三年").suggestions[0]
    assert made.sentence == "竹麓乡 · 出生人口性别比 · 近36月 → 性别比"
    village = asking().answer("双店 建档").suggestions[0]
    assert village.sentence == "桂浦镇双店村 · 流动人口建档率 → 短板村 · 村情"


def test_better_fits_stand_first() -> None:
    """Exact before prefix before initials before what is inside."""
    box = asking()
    labels = [each.sentence for each in box.answer("出生率").suggestions]
    assert labels[0].startswith("出生率 →")
    whole = box.answer("zhulu").suggestions[0]
    assert whole.sentence.startswith("竹麓乡")
    fits = [found.fit for found in box.book.in_letters("zl")]
    assert fits == sorted(fits)


def test_the_same_text_gives_the_same_order() -> None:
    """Villages of one name stand in the order of the register, each with its township."""
    made = asking().answer("双河 建档").suggestions
    assert [each.sentence[:6] for each in made[:2]] == ["湖渡镇双河村", "岭源镇双河村"]
    assert made == asking().answer("建档 双河").suggestions


UNKNOWN = {
    "abc": "没有认出“abc”",
    "建档 abc": "没有认出“abc”",
    "530102 趋势": "没有认出“530102”",
    "竹麓乡火星性别比": "没有认出“火星”",
    "zll": "没有“zll”，按“zl”找",
    "建档 2015年3月": "这一版没有2015年3月的月报",
    "双店 性别比": "出生人口性别比只到乡镇，没有村的数",
    "双店 二孩性别比": "二孩性别比只到乡镇，没有村的数",
    "竹麓 举报属实率": "举报属实率只到县，没有乡镇和村的数",
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_understood_is_said(text: str) -> None:
    assert UNKNOWN[text] in asking().answer(text).said


def test_what_a_place_cannot_show_is_said_in_its_sentence() -> None:
    made = asking().answer("建档 近三年").suggestions
    assert made and all("（不含“近三年”）" in each.sentence for each in made)
    two = asking().answer("竹麓 梅坪 建档").suggestions
    assert two[0].sentence.endswith("（不含“梅坪”）")


def test_no_village_with_a_figure_that_stops_at_the_township() -> None:
    made = asking().answer("双店 性别比").suggestions
    assert made and not any(SHUANGDIAN in dict(each.query).values() for each in made)
    assert made[0].sentence.startswith("桂浦镇（双店村所在乡镇）")


def test_a_month_follows_what_is_looked_at() -> None:
    box = asking(month="2009-03")
    assert first(box.answer("上月"))[1]["month"] == "2009-02"
    assert first(box.answer("去年9月"))[1]["month"] == "2008-09"
    assert first(box.answer("5月"))[1]["month"] == "2009-05"
    assert first(box.answer("建档"))[1]["month"] == "2009-03"


def test_where_one_stands_comes_first() -> None:
    """What is looked at stays, as far as nothing else is asked for."""
    box = asking(page="rankings", indicator=MIGRANT, window="r12")
    assert first(box.answer("上月")) == (
        "rankings",
        {"indicator": MIGRANT, "window": "r12", "month": "2010-04"},
    )
    assert first(box.answer("竹麓"))[0] == "rankings"
    assert first(box.answer("趋势"))[1]["indicator"] == MIGRANT


def test_spans_need_their_history() -> None:
    early = asking(month="2007-10").answer("性别比 近三年").suggestions
    assert all("span" not in dict(each.query) for each in early)


def test_a_merged_village_stands_in_its_own_months_only() -> None:
    ws = asking().ws
    old = ws.successors[0].old_code
    name = ws.area_by_code[old].name
    assert first(asking(month="2008-05").answer(old))[1]["area"] == old
    now = asking().answer(old)
    assert not now.suggestions and f"2010年5月的登记册里没有{name}" in now.said


@pytest.mark.parametrize("role", ROLES)
def test_no_page_that_is_not_open(role: Role) -> None:
    box = asking(role)
    for text in ("操作记录", "czjl", "收件", "乡镇上报", "shang", "s", "竹麓", "建档", "日志"):
        pages = {each.page for each in box.answer(text).suggestions}
        assert all(box.actor.opens(page) for page in pages), text
    if not box.actor.opens("audit"):
        assert "没有认出“操作记录”" in box.answer("操作记录").said


def test_a_viewer_is_told_what_is_not_for_viewers() -> None:
    box = asking("viewer")
    withheld = [
        key for key, item in box.ws.indicators.items()
        if "township" in item.levels and box.actor.stops_at_county(box.ws, key)
    ]  # fmt: skip
    for key in withheld:
        label = box.ws.indicators[key].label
        made = box.answer(f"竹麓 {label}")
        assert any(f"{label}对当前身份只到县" in each for each in made.said)
        assert not any(ZHULU in dict(each.query).values() for each in made.suggestions)


def test_other_spellings_of_the_register_are_known() -> None:
    box = asking()
    ws = replace(box.ws, aliases=(Alias(area_code=ZHULU, alias="老竹乡"),))
    known = replace(box, ws=ws, book=book_of(ws, box.offers))
    assert first(known.answer("老竹乡 性别比")) == SEX
    assert first(known.answer("lzx xbb")) == SEX


def test_without_data_only_the_pages_of_work() -> None:
    box = asking()
    empty = replace(box, looked=replace(box.looked, months=()))
    assert not empty.answer("趋势").suggestions
    assert first(empty.answer("数据上报"))[0] == "imports"


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [*CASES, *UNKNOWN, "\ud800", "\x00", "近", "年", "2010年", "年13月", "0000-00"]
    ),
    st.from_regex(re.compile(r"[a-z0-9./-]{1,10}"), fullmatch=True),
)


@given(st.lists(PIECES, max_size=6).map("".join), st.sampled_from(ROLES))
def test_any_text_is_answered(text: str, role: Any) -> None:
    box = asking(role)
    made = box.answer(text)
    assert len(made.suggestions) <= MOST
    for each in made.suggestions:
        assert box.actor.opens(each.page) and each.sentence
        assert date.fromisoformat(f"{dict(each.query).get('month', '2010-05')}-01") in (
            box.looked.months
        )
    " ".join([*made.said, *(each.sentence for each in made.suggestions)]).encode()
