"""What is announced, in sentences: each direction has its words, each phrase its meaning."""

from __future__ import annotations

import pytest

from shortplank.catalogue.models import Indicator
from shortplank.wording import judged
from shortplank.wording.glossary import PHRASES, phrases_in
from tests.wording.test_sides import DOWN, RANGE, UP, card

NONE = card("none")
RATIO = card("none", unit="", decimals=1, interval="srb", target_range=(103, 107))
NAMES = ("湖渡镇", "峰浦镇", "竹麓乡")
NAMED = [
    (UP, None, "明显差于全县"),
    (DOWN, None, "明显差于全县"),
    (RANGE, None, "明显偏离合理范围"),
    (NONE, None, "明显偏离全县"),
    (NONE, True, "明显高于全县"),
    (NONE, False, "明显低于全县"),
    (RANGE, False, "明显低于合理范围"),
    (RATIO, True, "明显高于自然范围"),
]


@pytest.mark.parametrize(("item", "above", "apart"), NAMED)
def test_who_is_named_is_named_with_the_words_of_the_direction(
    item: Indicator, above: bool | None, apart: str
) -> None:
    listed = f"{apart}，列入本月核对名单"
    assert judged.named_text(item, NAMES, "乡镇", above=above) == f"湖渡镇等 3 个乡镇{listed}"
    assert judged.named_text(item, NAMES[:1], "乡镇", 3, above=above).startswith("湖渡镇等 3 个")
    assert judged.named_text(item, NAMES[:1], "乡镇", above=above) == f"湖渡镇{listed}"
    assert judged.named_text(item, NAMES[:2], "乡镇", above=above) == f"湖渡镇、峰浦镇{listed}"


@pytest.mark.parametrize(
    ("item", "side"), [(UP, "低于"), (DOWN, "高于"), (RANGE, "偏离"), (NONE, "低于")]
)
def test_lines_are_counted_on_the_side_of_the_weak(item: Indicator, side: str) -> None:
    text = judged.line_text(item, 146, "85%", 150.2, 142, 159, "村", county=82.64)
    assert text == f"146 个村{side} 85%；若各村都同全县（82.64%）一样，应有约 150 个（142–159）"
    exact = judged.line_text(item, 4, "85%", 3.4, 1, 6, "乡镇", about=False)
    assert exact == f"4 个乡镇{side} 85%；若各乡镇都同全县一样，应有 3 个（1–6）"
    assert judged.stock_text(item, 12, "85%").startswith(f"连续 12 个月{side} 85%；")


def test_lines_of_sex_ratios_are_held_against_nature() -> None:
    text = judged.line_text(RATIO, 4, "120", 1.2, 0, 3, "乡镇", county=115.7, side="高于")
    assert text == "4 个乡镇高于 120；若各乡镇都是自然的 106（全县 115.7），应有约 1 个（0–3）"
    assert len(phrases_in(text)) == 1
    assert judged.line_text(RATIO, 4, "120", float("nan"), 0, 0, "乡镇", side="高于") == (
        "4 个乡镇高于 120"
    )


@pytest.mark.parametrize("item", [UP, DOWN, RANGE, NONE])
def test_a_change_goes_up_or_down_and_is_neither_good_nor_bad(item: Indicator) -> None:
    told = [
        judged.change_text(item, -2.1, "confirmed"),
        judged.change_text(item, 2.1, "confirmed"),
        judged.change_text(item, -2.1, "undecided"),
        judged.change_text(item, 0.02, "undecided"),
        judged.change_text(item, 0.4, "under_worth"),
    ]
    assert told == [
        "比上年同月降 2.1 个百分点，确有下降",
        "比上年同月升 2.1 个百分点，确有上升",
        "比上年同月降 2.1 个百分点，升降不明显",
        "与上年同月持平，升降不明显",
        "比上年同月变动不足 1 个百分点",
    ]


def test_a_county_and_its_units_share_a_sentence() -> None:
    text = judged.county_and_unit_text(RATIO, 115.68, NAMES[1:], above=True)
    assert text == "全县 115.7，明显高于自然范围；峰浦镇、竹麓乡列入核对，其余不单独下结论"
    alone = judged.county_and_unit_text(RATIO, 115.68, (), above=True)
    assert alone == "全县 115.7，明显高于自然范围；各单位不单独下结论"


def test_a_figure_of_the_judged_window_says_so_and_many_names_are_counted() -> None:
    told = judged.county_text(RATIO, 115.68, above=True, window="近36月")
    assert told == f"全县{RATIO.label}（近36月）115.7，明显高于自然范围"
    units = [("老屋村", "69.5%"), ("双店村", "")]
    many = judged.listed_text(UP, units, 82.6, above=False, window="近12月", whole="等 24 个村")
    assert many.startswith(f"{UP.label}（近12月）：老屋村 69.5%、双店村等 24 个村，明显差于全县")


def test_a_first_place_is_not_the_last_of_all() -> None:
    assert judged.place_text("二孩性别比", 27, 29) == "29 县中最靠后：二孩性别比第 27"
    assert judged.place_text("出生性别比", 1, 22) == "22 县中出生性别比第 1"


def test_too_few_are_counted_in_what_they_are() -> None:
    assert judged.too_few_text(RATIO, 38) == "出生 38 人，数太少，不比"
    assert judged.too_few_text(UP, 1238) == "n=1,238，数太少，不比"


SAID = [
    judged.named_text(UP, NAMES, "乡镇"),
    judged.named_text(RATIO, NAMES, "乡镇", above=True),
    judged.named_text(NONE, NAMES, "乡镇", above=False),
    judged.nothing_text(16, "乡镇", 1, 16),
    judged.too_few_text(UP, 3),
    judged.line_text(UP, 146, "85%", 150, 142, 159, "村"),
    judged.spread_text("村", 3),
    judged.spread_text("村", 0),
    judged.change_text(UP, 2.0, "confirmed"),
    judged.change_text(UP, 2.0, "undecided"),
    judged.county_and_unit_text(UP, 80.0, NAMES),
    judged.other_window_text("ytd"),
    f"{judged.SHRUNKEN} 84.2%",
]


def test_the_sentences_speak_in_the_twelve_phrases_and_each_one_is_met() -> None:
    met = {phrase.text for text in SAID for *_, phrase in phrases_in(text)}
    assert all(phrases_in(text) for text in SAID)
    assert len(PHRASES) == 12 and met == {phrase.text for phrase in PHRASES}


def test_a_meaning_is_one_short_sentence_without_the_terms_of_the_trade() -> None:
    for phrase in PHRASES:
        assert phrase.means.endswith("。") and phrase.means.count("。") == 1
        assert len(phrase.means) <= 45, phrase.text
        assert not any(word in phrase.means for word in ("显著", "检验", "概率", "区间", "置信"))
