"""Pictures of a trend: gaps, open points, few points, readable type, nothing that is no number."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shortplank.access import Actor
from shortplank.drawing.labels import spread
from shortplank.drawing.theme import DARK, LIGHT, Style, contrast
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.trends.answer.trend import PICTURES, Trend, trend
from shortplank.topics.trends.figure.trend import trend_figure
from shortplank.topics.trends.figure.trend_parts import other_lines
from tools.browser import REPOSITORY

STYLES = [Style(), Style(dark=True), Style(present=True)]
TOWN = "990101109"


def answer_of(
    indicator: str,
    picture: str,
    window: str,
    area: str = "990101",
    *,
    month: date = date(2010, 5, 1),
) -> Trend:
    shared = engine(REPOSITORY / "data" / "demo")
    view = View(shared, shared.newest(), Actor("analyst"), month, window, indicator, area)  # type: ignore[arg-type]
    return trend(view, picture)


def points(figure: dict[str, Any]) -> int:
    return sum(len(trace.get("x", ())) for trace in figure["data"])


def sizes(part: Any) -> list[float]:
    """Return every size of type in a figure."""
    if isinstance(part, list):
        return [size for each in part for size in sizes(each)]
    if not isinstance(part, dict):
        return []
    own = [part["font"]["size"]] if isinstance(part.get("font"), dict) else []
    own += [part["tickfont"]["size"]] if "tickfont" in part else []
    return own + [size for each in part.values() for size in sizes(each)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize(
    ("indicator", "window"),
    [
        ("policy_compliance", "ytd"),
        ("policy_compliance", "month"),
        ("sex_ratio_at_birth", "r12"),
        ("crude_birth_rate", "month"),
        ("cross_source_gap", "month"),
        ("room_standard", "month"),
        ("key_check_streak", "month"),
    ],
)
def test_every_picture_is_light_and_legible(
    indicator: str, window: str, picture: str, style: Style
) -> None:
    answer = answer_of(indicator, picture, window)
    if answer.is_empty:
        return
    figure = trend_figure(answer, style)
    json.dumps(figure, allow_nan=False)
    assert points(figure) <= 2000
    assert min(sizes(figure["layout"])) >= (18 if style.present else 14)


def test_a_missing_month_is_a_gap_and_named() -> None:
    figure = trend_figure(answer_of("policy_compliance", "curve", "month", TOWN), Style())
    line = max(
        (t for t in figure["data"] if t["mode"] == "lines"), key=lambda t: t["line"]["width"]
    )
    place = line["x"].index("2009-02-01")
    assert line["y"][place] is None and not line["connectgaps"]
    assert "未报" in [note["text"] for note in figure["layout"]["annotations"]]


def test_a_month_that_is_not_whole_is_open() -> None:
    figure = trend_figure(answer_of("policy_compliance", "curve", "month"), Style())
    dots = next(t for t in figure["data"] if t["mode"] == "markers")
    place = dots["x"].index("2009-02-01")
    assert dots["marker"]["color"][place] == LIGHT.paper
    assert dots["marker"]["color"][place - 1] == LIGHT.ink


def test_sums_do_not_run_on_into_the_next_year() -> None:
    figure = trend_figure(answer_of("policy_compliance", "curve", "ytd"), Style())
    line = max(
        (t for t in figure["data"] if t["mode"] == "lines"), key=lambda t: t["line"]["width"]
    )
    assert line["x"][12] is None and line["x"][13] == "2007-10-01"


def test_this_year_is_ink_and_three_wide_the_others_grey() -> None:
    figure = trend_figure(answer_of("policy_compliance", "years", "ytd"), Style())
    lines = [t["line"] for t in figure["data"] if t["mode"] == "lines" and t["line"]["width"]]
    assert [line["color"] for line in lines if line["width"] == 3] == [LIGHT.ink]
    thin = [line["dash"] for line in lines if line["width"] == 1.5]
    assert sorted(thin) == ["dashdot", "solid", "solid", "solid"]  # the peers, three years
    text = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "2009　90.9%" in text and "同比 +" in text and "线 90" in text and "目标" not in text


def test_the_hover_says_what_a_figure_rests_on() -> None:
    figure = trend_figure(answer_of("policy_compliance", "years", "ytd"), Style())
    texts = [t for trace in figure["data"] for t in trace.get("customdata", ())]
    text = next(t for t in texts if "2009统计年度至9月" in t)
    for part in ("90.94%", "95% 区间 90.", "分子 5,", "分母 5,", "上报/应报 2,", "第"):
        assert part in text


@pytest.mark.parametrize("month", [date(2006, 12, 1), date(2009, 9, 1), date(2010, 5, 1)])
@pytest.mark.parametrize("picture", ["curve", "years"])
@pytest.mark.parametrize("window", ["ytd", "r12", "month"])
@pytest.mark.parametrize("indicator", ["policy_compliance", "sex_ratio_p3", "migrant_filing"])
def test_a_band_that_runs_beyond_the_picture_is_said_to(
    indicator: str, window: str, picture: str, month: date
) -> None:
    answer = answer_of(indicator, picture, window, month=month)
    if answer.is_empty:
        return
    figure = trend_figure(answer, Style())
    low, high = figure["layout"]["yaxis"]["range"]
    bands = [y for trace in figure["data"] if trace.get("fill") for y in trace["y"]]
    cut = any(y is not None and not low <= y <= high for y in bands)
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert ("灰带超出图的部分截去" in texts) == cut


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_grey_lines_can_be_seen(tokens: Any) -> None:
    assert contrast(other_lines(Style(dark=tokens is DARK)), tokens.paper) >= 2


@given(some.lists(some.floats(0, 100), min_size=1, max_size=8))
def test_labels_keep_apart_and_in_order(places: list[float]) -> None:
    moved = spread(places, 5.0)
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    for below, above in pairwise(order):
        if places[below] != places[above]:
            assert moved[above] - moved[below] >= 5.0 - 1e-6


@pytest.mark.parametrize("picture", ["curve", "years"])
def test_the_county_stands_beside_the_median_of_its_peers(picture: str) -> None:
    answer = answer_of("migrant_filing", picture, "ytd")
    beside = answer.beside
    assert beside is not None
    shared = engine(REPOSITORY / "data" / "demo")
    peers = shared.ask(
        "peers_by_month",
        None,
        "analyst",
        indicator="migrant_filing",
        first_month=date(2010, 5, 1),
        month=date(2010, 5, 1),
    ).to_pylist()
    rates = sorted(
        100 * r["numerator"] / r["denominator"] for r in peers if "990101" not in r.values()
    )
    assert len(rates) == 28
    assert beside.measured.value[-1] == pytest.approx((rates[13] + rates[14]) / 2)
    texts = [note["text"] for note in trend_figure(answer, Style())["layout"]["annotations"]]
    assert any(text.startswith("同类县中位 ") for text in texts)


def test_single_months_have_no_peers_and_a_township_has_its_county() -> None:
    assert answer_of("migrant_filing", "curve", "month").beside is None
    beside = answer_of("migrant_filing", "years", "ytd", TOWN).beside
    assert beside is not None and beside.code == "990101"
