"""The barrel: where staves stand, labels that keep apart, type that can be read, no NaN."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from shortplank.drawing.theme import DARK, LIGHT, Style
from shortplank.store import engine
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.answer.village import village
from shortplank.topics.short_plank.figure.short_plank import (
    _town_labels,
    apart,
    short_plank_figure,
    staves,
)
from shortplank.topics.short_plank.figure.village import village_figure
from tests.topics.villages import view_of
from tools.browser import REPOSITORY

MAY, SEPTEMBER = date(2010, 5, 1), date(2009, 9, 1)
LOOKS = [
    ("migrant_filing", MAY, "ytd", "analyst"),
    ("benefit_delivery", MAY, "ytd", "analyst"),
    ("recount_gap", MAY, "r12", "analyst"),
    ("policy_compliance", SEPTEMBER, "ytd", "analyst"),
    ("births_out", SEPTEMBER, "ytd", "viewer"),
]


def test_staves_stand_by_township_short_to_long() -> None:
    placed = staves(["甲", "甲", "甲", "乙", "丙"], np.array([3.0, 1.0, 2.0, np.nan, 5.0]))
    assert placed.order == [1, 2, 0, 4]
    assert placed.x[:3] == [0, 1, 2] and placed.x[3] > 6
    assert placed.towns == ["甲", "乙", "丙"]


@given(
    some.lists(some.floats(0, 100), min_size=1, max_size=6).map(sorted),
    some.floats(1, 15),
)
def test_labels_keep_apart_and_inside(places: list[float], width: float) -> None:
    moved = apart(places, width, 0.0, 100.0)
    assert all(b - a >= width - 1e-9 for a, b in pairwise(moved))
    assert moved[-1] <= 100.0 + 1e-9 and moved[0] >= -1e-9


def fonts(part: Any) -> list[float]:
    """Return every size of type in a figure."""
    if isinstance(part, dict):
        own = [part["size"]] if {"size", "color"} <= set(part) and "symbol" not in part else []
        return own + [n for key, v in part.items() if key != "marker" for n in fonts(v)]
    return [n for each in part for n in fonts(each)] if isinstance(part, list) else []


@pytest.mark.parametrize(("indicator", "month", "window", "role"), LOOKS)
@pytest.mark.parametrize("style", [Style(), Style(dark=True), Style(present=True)])
def test_pictures_are_sound(
    indicator: str, month: date, window: Any, role: Any, style: Style
) -> None:
    demo = engine(REPOSITORY / "data" / "demo")
    view = view_of(demo, indicator, month=month, window=window, role=role)
    figure = short_plank_figure(short_plank(view), style)
    text = json.dumps(figure, allow_nan=False, ensure_ascii=False)
    assert "nan" not in text.lower()
    assert sum(len(trace["x"]) for trace in figure["data"]) <= 2000
    assert min(fonts(figure)) >= (18 if style.present else 14)


def test_the_water_stands_at_the_shortest_stave_and_the_weakest_are_named() -> None:
    demo = engine(REPOSITORY / "data" / "demo")
    answer = short_plank(view_of(demo, "migrant_filing", month=MAY))
    found = answer.planks
    assert found is not None
    figure = short_plank_figure(answer, Style())
    bars, layout = figure["data"][0], figure["layout"]
    water = layout["shapes"][0]
    assert water["y1"] == pytest.approx(min(bars["y"])) and water["layer"] == "below"
    assert len(bars["x"]) == 185 and len(layout["xaxis"]["ticktext"]) == 16
    texts = " ".join(note["text"] for note in layout["annotations"])
    for i in found.weakest[:5]:
        assert found.villages.names[i] in texts and found.rate_text(i) in texts
    orange = sum(colour == LIGHT.worse for colour in bars["marker"]["color"])
    assert orange == sum(found.announced) == 3
    assert "折算率" in bars["customdata"][0] and "原始率" in bars["customdata"][0]


def test_township_names_never_touch_when_there_are_many() -> None:
    many = staves([f"township {k}" for k in range(38) for _ in range(5)], np.arange(190.0))
    assert _town_labels(many, 14)[1] == 0  # upright
    few = staves([f"镇{k}" for k in range(4) for _ in range(20)], np.arange(80.0))
    assert _town_labels(few, 14)[1] == 1


def test_a_villages_history_draws_in_both_themes() -> None:
    demo = engine(REPOSITORY / "data" / "demo")
    own = village(view_of(demo, "migrant_filing", month=MAY, area="990101108207"))
    for style, tokens in ((Style(), LIGHT), (Style(dark=True), DARK)):
        figure = village_figure(own, style)
        json.dumps(figure, allow_nan=False)
        assert figure["data"][-1]["line"]["color"] == tokens.ink
