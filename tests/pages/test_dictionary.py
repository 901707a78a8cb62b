"""指标字典: every card whole, found by its words, led to by links; nothing needs data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.catalogue import load_workspace
from shortplank.topics.dictionary.answer.cards import (
    cards,
    found_cards,
    headers_table,
    review_sentence,
    unreviewed,
)
from shortplank.wording.glossary import PHRASES
from tests.pages.apps import opened, text, title
from tests.store import workspaces as w
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
WS = load_workspace(DEMO)
MEETING = date(2010, 6, 20)
CARDS = cards(WS, MEETING)


def open_page(name: str = "dictionary", **query: str) -> AppTest:
    return opened(name, **query)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.indicator)
def test_every_card_says_what_it_counts_and_how(card) -> None:
    for term in ("定义", "为什么看", "公式", "来源", "层级", "方向", "区间", "版本", "复核"):
        assert card.text_of(term), term
    item = WS.indicators[card.indicator]
    for name in (*WS.measures, *WS.derived):  # labels, never ids
        assert f" {name} " not in f" {card.text_of('公式')} "
    if item.valid_to:
        assert "2021年8月" in card.text_of("有效期")


def test_cards_have_the_formula_and_the_column_of_the_report() -> None:
    (card,) = [c for c in CARDS if c.indicator == "migrant_filing"]
    assert card.text_of("公式") == "流动人口已建档 ÷ 流动人口应建档 × 100"
    assert "村月报" in card.text_of("表和栏") and "已建档" in card.text_of("表和栏")
    assert card.text_of("最少样本") == "分母不到 20 不列数"


def test_births_have_a_line_and_never_a_target() -> None:
    for card in CARDS:
        if WS.indicators[card.indicator].family in ("births", "procedure"):
            assert card.text_of("目标") == ""


def test_a_card_says_who_checked_it_and_until_when_that_holds() -> None:
    said = {card.indicator: card.text_of("复核") for card in CARDS}
    assert (
        said["migrant_filing"] == "县人口计生委流动人口股，2010年3月16日；下次不晚于2011年3月16日"
    )
    assert said["benefit_delivery"].endswith("下次不晚于2009年12月9日（已过复核期）")
    assert said["births_out"].startswith("县人口计生委政策法规股")
    assert said["crude_birth_rate"] == "未复核"


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2010, 3, 15), "ahead"), (date(2010, 3, 16), "current"),
     (date(2011, 3, 16), "current"), (date(2011, 3, 17), "overdue")],
)  # fmt: skip
def test_a_review_holds_from_its_day_to_the_last_day(day: date, state: str) -> None:
    (card,) = [c for c in cards(WS, day) if c.indicator == "migrant_filing"]
    assert card.review == state


def test_cards_to_be_reviewed_are_counted_among_those_looked_through() -> None:
    listed = unreviewed(CARDS)
    assert [c.indicator for c in listed["overdue"]] == ["benefit_delivery"]
    assert sum(map(len, listed.values())) + 7 == len(CARDS) == len(WS.indicators)
    assert review_sentence(CARDS) == (
        f"看了全部 {len(CARDS)} 个指标：1 个已过复核期，{len(CARDS) - 8} 个未复核，7 个在复核期内"
    )


def test_the_standard_catalogue_claims_no_review(tmp_path: Path) -> None:
    known = cards(load_workspace(w.make(tmp_path)), MEETING)
    assert {card.text_of("复核") for card in known} == {"未复核"}
    assert review_sentence(known) == f"看了全部 {len(known)} 个指标：{len(known)} 个未复核"


def test_the_page_lists_what_is_to_be_reviewed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-06-20")
    assert review_sentence(CARDS) in text(open_page())
    monkeypatch.setenv("SHORTPLANK_TODAY", "2012-01-01")
    assert "8 个已过复核期" in text(open_page())
    assert "卡片复核" not in text(open_page(indicator="migrant_filing"))


def test_search_finds_by_any_word_of_a_card() -> None:
    assert {c.indicator for c in found_cards(CARDS, "建档 期末", "")} >= {"migrant_filing"}
    assert found_cards(CARDS, "没有这样的词", "") == []
    assert {c.family for c in found_cards(CARDS, "", "服务")} == {"服务"}


def test_the_forms_spellings_are_listed() -> None:
    table = headers_table(WS, WS.forms["village_month"])
    assert table.num_rows == len(WS.forms["village_month"].columns)
    assert all(table["表头写法"].to_pylist())


def test_the_link_opens_its_card() -> None:
    test = open_page(indicator="migrant_filing")
    assert "流动人口建档率：已建档流动人口" in text(test)
    assert '<details class="card" open>' in text(test)
    assert "不存在" in open_page(indicator="nowhere").warning[0].value


def test_search_and_forms_on_the_page() -> None:
    test = open_page()
    test.text_input[0].set_value("没有这样的词").run()
    assert "没有找到" in text(test)
    assert "认得的表头" in text(open_page(look="forms"))


def test_a_search_that_finds_nothing_says_so() -> None:
    test = open_page()
    test.text_input[0].input("没有这个词").run()
    assert not test.exception and not test.error and not test.warning
    assert "没有找到" in text(test)


def test_titles_lead_to_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    for name in ("rankings", "trends"):
        assert "./dictionary?indicator=migrant_filing" in text(
            open_page(name, indicator="migrant_filing")
        )


def test_nothing_needs_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(w.make(tmp_path / "new")))
    assert "个指标" in text(open_page())


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.indicator)
def test_a_card_leads_only_where_its_indicator_is_shown(
    card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    for page, _ in card.pages:
        assert not open_page(page, indicator=card.indicator).warning


def test_the_twelve_phrases_stand_with_what_they_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    test = open_page(look="phrases")
    assert title(test) == "12 个用语各是什么意思"
    for phrase in PHRASES:
        assert f"<dt>{phrase.text}</dt><dd>{phrase.means}</dd>" in text(test)
    assert "<dt>" in text(open_page(look="phrases", present="1"))
