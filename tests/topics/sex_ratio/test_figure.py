"""The heatmap and the forest: fixed colours, legible cells, hidden cells that look hidden."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from shortplank.access import Actor
from shortplank.drawing.theme import Style, contrast
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.sex_ratio.answer.sex_ratio import SexRatio, sex_ratio
from shortplank.topics.sex_ratio.figure.heat import cell_colour, scale
from shortplank.topics.sex_ratio.figure.sex_ratio import sex_ratio_figure
from tools.browser import REPOSITORY

STYLES = [Style(), Style(dark=True), Style(present=True), Style(dark=True, present=True)]
TOTAL, SECOND = "sex_ratio_at_birth", "sex_ratio_p2"


def answer_of(look: str, span: str = "r12", indicator: str = SECOND) -> SexRatio:
    shared = engine(REPOSITORY / "data" / "demo")
    home = shared.ws.settings.home
    month = date(2009, 9, 1)
    view = View(shared, shared.newest(), Actor("analyst"), month, "r12", TOTAL, home)
    return sex_ratio(view, look, span, indicator)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("look", ["orders", "periods", "forest"])
def test_every_picture_is_a_figure(look: str, style: Style) -> None:
    for indicator in (TOTAL, SECOND, "sex_ratio_p3"):
        json.dumps(sex_ratio_figure(answer_of(look, "ytd", indicator), style), allow_nan=False)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("look", ["orders", "periods"])
def test_every_cell_can_be_read(look: str, style: Style) -> None:
    """Ratio and births contrast with the cell's own colour, at the size of body text."""
    heat = sex_ratio_figure(answer_of(look), style)["data"][0]
    for row, texts in enumerate(heat["text"]):
        for column, text in enumerate(texts):
            z = heat["z"][row][column]
            assert (z is None) == (text == "")
            if text:
                paper = cell_colour(z, style)
                for colour in re.findall(r"color:(#\w+)", text):
                    assert contrast(colour, paper) >= 4.5, (row, column)
                assert all(int(size) >= 14 for size in re.findall(r"font-size:(\d+)px", text))


def test_colours_are_fixed_and_fade_with_births() -> None:
    answer = answer_of("orders")
    heat = sex_ratio_figure(answer, Style())["data"][0]
    assert (heat["zmin"], heat["zmax"]) == (-1, 1)
    second = answer.columns[2]
    county, town = heat["z"][0][2], heat["z"][1][2]
    full = scale(float(second.measured.value[1]), 103, 107)
    assert county == pytest.approx(scale(float(second.measured.value[0]), 103, 107))
    assert 0.2 * full < town < 0.6 * full  # some 180 births say little


def test_few_births_are_light_type_and_hidden_ones_words() -> None:
    answer = answer_of("orders")
    figure = sex_ratio_figure(answer, Style())
    heat = figure["data"][0]
    assert "<b>" in heat["text"][1][0] and "<b>" not in heat["text"][1][2]
    notes: list[dict[str, Any]] = figure["layout"]["annotations"]
    hidden = [note for note in notes if note["x"] == 3]
    assert len(hidden) == 16 and {note["text"] for note in hidden} == {"样本太少"}
    assert figure["data"][1]["fillpattern"]["shape"] == "/"


def test_no_text_where_it_would_not_fit() -> None:
    answer = answer_of("orders")
    wide = SexRatio(**{**vars(answer), "columns": answer.columns * 10})
    figure = sex_ratio_figure(wide, Style())
    assert "text" not in figure["data"][0] and not figure["layout"]["annotations"]


def test_the_forest_is_ordered_and_says_its_numbers() -> None:
    answer = answer_of("forest", "ytd")
    figure = sex_ratio_figure(answer, Style())
    dots = figure["data"][-1]
    assert dots["x"][1:] == sorted(dots["x"][1:], reverse=True)
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    total = answer_of("forest", "ytd", "sex_ratio_at_birth")
    listed = sex_ratio_figure(total, Style())["layout"]["annotations"]
    births = f"{total.columns[0].measured.base[0]:,.0f} 人 △高"
    assert any(births in note["text"] for note in listed)
    marked = [note["text"] for note in listed if "△列入核对" in note["text"]]
    assert len(marked) == len(total.named) == 2
    assert not any("△" in text for text in texts)  # a birth order is a fact, nobody is listed
    assert "自然范围 103–107" in texts and "线 130" in texts
