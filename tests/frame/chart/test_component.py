"""Figures go out as they were drawn, so what Streamlit no longer checks is checked here."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import plotly.io
import pytest

from shortplank.frame.chart.component import as_json, packed
from shortplank.store import engine
from tests.pages.apps import charts, run

LOOKS = [
    ("rankings", {}),
    ("rankings", {"window": "month", "month": "2008-05"}),
    ("sex_ratio", {}),
    ("sex_ratio", {"look": "periods"}),
    ("trends", {}),
    ("trends", {"look": "curve"}),
    ("trends", {"look": "years"}),
    ("trends", {"look": "towns"}),
    ("short_plank", {}),
    ("short_plank", {"look": "village"}),
]


@pytest.mark.parametrize(("page", "query"), LOOKS)
def test_every_picture_is_one_that_plotly_takes(page: str, query: dict[str, str]) -> None:
    drawn = charts(run(page, **query))
    assert drawn
    for spec in drawn:
        again = json.loads(plotly.io.to_json(go.Figure(spec), validate=False))
        assert without_empty_lists(again) == without_empty_lists(spec)


def without_empty_lists(part: object) -> object:
    """Return a part of a figure without empty lists, which Plotly drops."""
    if isinstance(part, dict):
        return {k: without_empty_lists(v) for k, v in part.items() if v != []}
    if isinstance(part, list):
        return [without_empty_lists(each) for each in part]
    return part


def test_a_finished_figure_is_what_streamlit_would_make_of_the_dict() -> None:
    figure = {
        "data": [{"type": "bar", "x": [1, 2], "y": [0.5, None]}],
        "layout": {"height": 300, "xaxis": {"title": {"text": "村"}}},
    }
    made = json.loads(plotly.io.to_json(go.Figure(figure), validate=False))
    assert json.loads(as_json(figure)) == made
    assert "template" not in figure["layout"]


def test_a_template_of_its_own_is_kept() -> None:
    figure = {"data": [], "layout": {"template": {"layout": {"font": {"size": 20}}}}}
    assert json.loads(as_json(figure))["layout"] == figure["layout"]


TOUCHED = [
    ("rankings", {"look": "ranks"}, "area"),
    ("rankings", {"look": "funnel"}, "area"),
    ("rankings", {"look": "composite"}, "area"),
    ("rankings", {"look": "league"}, "indicator"),
    ("rankings", {"look": "spine"}, "indicator"),
    ("rankings", {"look": "bump"}, "month"),
    ("sex_ratio", {"look": "orders"}, "area"),
    ("sex_ratio", {"look": "periods"}, "area"),
    ("sex_ratio", {"look": "forest"}, "area"),
    ("trends", {"look": "curve"}, "month"),
    ("trends", {"look": "years"}, "month"),
    ("trends", {"look": "towns"}, "area"),
    ("trends", {"look": "compare"}, "area"),
    ("short_plank", {}, "area"),
    ("short_plank", {"look": "village"}, "month"),
    ("points", {}, "area"),
    ("data_quality", {"look": "filings"}, "area"),
]


@pytest.mark.parametrize("role", ["analyst", "viewer"])
@pytest.mark.parametrize(("page", "query", "kind"), TOUCHED)
def test_every_picture_names_its_places(
    page: str, query: dict[str, str], kind: str, role: str
) -> None:
    """Each place is named once, has its figure in words, and lies on an axis of the picture."""
    [figure] = charts(run(page, role=role, **query))
    meta = figure["layout"]["meta"]
    keys = [pick["key"] for pick in meta["picks"]]
    assert meta["kind"] == kind and keys and len(set(keys)) == len(keys)
    known = {
        "area": engine().ws.area_by_code,
        "indicator": engine().ws.indicators,
        "month": {f"{year}-{month:02}" for year in range(2006, 2011) for month in range(1, 13)},
    }[kind]
    assert set(keys) <= set(known)
    for pick in meta["picks"]:
        assert pick["name"] and pick["says"] and "<" not in pick["name"] + pick["says"]
        assert "x" in pick or "y" in pick


def test_a_figure_travels_as_it_stands_below_a_line_about_it() -> None:
    """Whatever a title holds, the first line ends where the figure begins."""
    about = {"alt": "两行\n标题 \u2028 “引号”", "height": 300}
    line, _, figure = packed(about, '{"data": []}').decode().partition("\n")
    assert json.loads(line) == about and figure == '{"data": []}'
