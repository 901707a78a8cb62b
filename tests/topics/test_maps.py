"""Maps say what the looks beside them say: each area once, its figure and verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shortplank.access import Actor, Role
from shortplank.catalogue import load_workspace
from shortplank.drawing.map import verdict_fill
from shortplank.drawing.theme import DARK, LIGHT, Style, text_on
from shortplank.reading.maps import offers_map, shapes_for, told_on_map
from shortplank.reading.view import View
from shortplank.store import Engine, Store, engine
from shortplank.store.boundaries.adding import add_boundaries
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from shortplank.topics.rankings.figure.map import ranking_map
from shortplank.topics.sex_ratio.answer.ratio_words import MAP
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    looks_of,
    order_labels,
    sex_ratio,
    sex_ratio_table,
    spans_of,
)
from shortplank.topics.sex_ratio.figure.heat import heat_figure
from shortplank.topics.sex_ratio.figure.map import on_map
from shortplank.topics.short_plank.answer.on_map import may_map, plank_map
from shortplank.topics.short_plank.answer.short_plank import (
    for_villages,
    short_plank,
    short_plank_table,
)
from shortplank.topics.short_plank.figure.map import plank_map_figure, plank_map_legend
from shortplank.wording.numbers import number_text, short_value
from shortplank.wording.verdicts import STATE_WORDS
from tests.shared import shared_or_skip
from tests.store.boundaries.files import row_of_squares
from tests.topics import villages as v
from tools.browser import REPOSITORY

MONTHS = (date(2009, 2, 1), date(2009, 9, 1), date(2010, 5, 1))
ROLES: tuple[Role, ...] = ("analyst", "viewer")
MOST_BYTES = 400_000


@pytest.fixture(scope="module")
def demo() -> Engine:
    """The demo county, which has boundaries of townships and villages."""
    return engine(REPOSITORY / "data" / "demo")


def views(demo: Engine, *, villages: bool = False) -> Iterator[View]:
    """Yield every month, role, indicator and window."""
    for month in MONTHS:
        for role in ROLES:
            for key, item in demo.ws.indicators.items():
                wanted = for_villages(item) if villages else "township" in item.levels
                for window in item.windows if wanted else ():
                    home = demo.ws.settings.home
                    yield View(demo, demo.newest(), Actor(role), month, window, key, home)


def shapes_drawn(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each filled shape by its area's code; an area that is drawn twice is a fault."""
    filled = [trace for trace in figure["data"] if trace.get("fill") == "toself"]
    by_path = {json.dumps([trace["x"], trace["y"]]): trace for trace in filled}
    assert len(by_path) == len(filled)
    found = {}
    for pick in figure["layout"]["meta"]["picks"]:
        path = json.dumps([*_path(pick["rings"])])
        found[pick["key"]] = {**by_path.pop(path), "says": pick["says"], "name": pick["name"]}
    assert not by_path and len(found) == len(filled)
    return found


def _path(rings: list[list[tuple[int, int]]]) -> tuple[list[Any], list[Any]]:
    joined: list[tuple[Any, Any]] = []
    for ring in rings:
        joined += [(None, None)] * bool(joined) + [tuple(point) for point in ring]
    return [x for x, _ in joined], [y for _, y in joined]


# --- rankings -------------------------------------------------------------------------------------
@pytest.mark.slow
def test_the_ranking_and_its_map_are_one_answer(demo: Engine) -> None:
    style, looked = Style(), 0
    for view in views(demo):
        made = ranking(view)
        if made.is_empty:
            continue
        drawn = shapes_drawn(ranking_map(made, style, shapes=shapes_for(view, made.towns.codes)))
        assert list(drawn) == made.towns.codes  # in the order of the ranking
        rows = ranking_table(made).to_pylist()
        towns = made.towns
        for row, code, verdict, state, exact in zip(
            rows, towns.codes, made.verdicts, towns.state, towns.value, strict=True
        ):
            shape, where = drawn[code], (view.indicator, view.month, view.window, row)
            assert shape["name"] == row["乡镇"], where
            value = row[f"{made.item.label}（{made.item.unit}）"]
            if value is None:
                assert shape["says"] == STATE_WORDS[state], where
            else:
                assert shape["says"] == short_value(made.item, float(exact)), where
                assert value == round(float(exact), made.item.decimals), where
            assert row[made.column] in shape["text"], where
            hatched = "fillpattern" in shape
            assert hatched == (state == "too_few" or (value is not None and verdict == "too_few"))
            if value is None or hatched:
                assert shape["fillcolor"] not in colours(style), where
            else:
                assert shape["fillcolor"] == verdict_fill(verdict, style).colour, where
        looked += len(rows)
    assert looked > 5_000


def colours(style: Style) -> set[str]:
    t = style.tokens
    return {t.better, t.worse, t.higher, t.lower, t.similar}


# --- sex ratios -----------------------------------------------------------------------------------
def test_the_map_of_sex_ratios_has_the_heat_maps_figures_and_colours(demo: Engine) -> None:
    for month in MONTHS:
        for role in ROLES:
            key, home = "sex_ratio_at_birth", demo.ws.settings.home
            view = View(demo, demo.newest(), Actor(role), month, "ytd", key, home)
            assert list(looks_of(view))[-1] == MAP
            for span in spans_of(view):
                for order in order_labels(view):
                    _same_ratios(view, span, order)


def _same_ratios(view: View, span: str, order: str) -> None:
    style = Style()
    made, draw = on_map(view, sex_ratio(view, MAP, span, order))
    assert draw is not None and made.title == sex_ratio(view, "orders", span, order).title
    drawn = shapes_drawn(draw(made, style))
    rows = [row for row in sex_ratio_table(made).to_pylist() if row["单位"] != "云洲县"]
    assert [shape["name"] for shape in drawn.values()] == [row["单位"] for row in rows]
    orders = sex_ratio(view, "orders", span, order)
    at = [c.key for c in orders.columns].index(order)
    cells = heat_figure(orders, style)["data"][0]["customdata"]
    for line, (shape, row) in enumerate(zip(drawn.values(), rows, strict=True), start=1):
        assert shape["text"] == cells[line][at]
        ratio, state = row["性别比（女=100）"], made.columns[0].measured.state[line]
        assert ("fillpattern" in shape) == (state == "too_few")
        if ratio is None:
            assert not any(map(str.isdigit, shape["says"]))
        else:
            assert shape["says"] == number_text(made.columns[0].measured.value[line])
            assert abs(float(shape["says"]) - ratio) <= 0.56
        assert (shape["line"]["width"] == 2) == (made.columns[0].verdicts[line] == "higher")


def test_colours_fade_with_how_little_births_can_say(demo: Engine) -> None:
    """Of two townships of one ratio the one of fewer births is nearer to the paper."""
    view = View(demo, demo.newest(), Actor("analyst"), MONTHS[2], "ytd", "sex_ratio_at_birth",
                demo.ws.settings.home)  # fmt: skip
    short, draw = on_map(view, sex_ratio(view, MAP, "r12", "sex_ratio_p3"))
    whole, again = on_map(view, sex_ratio(view, MAP, "r36", "sex_ratio_at_birth"))
    assert draw is not None and again is not None

    def reddest(figure: dict[str, Any]) -> int:
        fills = [trace["fillcolor"] for trace in shapes_drawn(figure).values()]
        return min(int(fill[3:5], 16) for fill in fills)  # green and blue give way to red

    assert max(short.columns[0].strength[1:]) < max(whole.columns[0].strength[1:])
    assert reddest(again(whole, Style())) < 0xC0


# --- villages -------------------------------------------------------------------------------------
@pytest.mark.slow
def test_the_map_of_villages_says_what_the_table_says(demo: Engine) -> None:
    looked = 0
    for view in views(demo, villages=True):
        answer = short_plank(view)
        if not may_map(view, answer):
            continue
        made = plank_map(view, answer)
        drawn = shapes_drawn(plank_map_figure(made, Style()))
        births = demo.ws.sensitive(view.indicator)
        assert births or view.item.family != "births"
        assert (made.planks is None) == births
        level = "township" if births else "village"
        assert {demo.ws.area_by_code[code].level for code in drawn} == {level}
        if births:
            assert any("村级出生数不上图" in note for note in made.notes)
            continue
        assert (made.title, made.sentence, made.named) == (
            answer.title,
            answer.sentence,
            answer.named,
        )
        table = short_plank_table(view, answer).to_pylist()
        assert [(s["name"]) for s in drawn.values()] == [row["村"] for row in table]
        for shape, row in zip(drawn.values(), table, strict=True):
            assert row["核对"] in shape["text"] and row["乡镇"] in shape["text"]
            assert row[f"原始率（{view.item.unit}）"] in shape["text"]
            listed = shape["fillcolor"] == LIGHT.worse
            assert listed == (f"{row['乡镇']}{row['村']}" in made.named)
            assert ("fillpattern" in shape) == (row["核对"] == "数太少，不比")
        looked += len(table)
    assert looked > 1_000


@pytest.mark.slow
def test_townships_stand_for_villages_of_births_as_the_ranking_has_them(demo: Engine) -> None:
    looked = 0
    for view in views(demo, villages=True):
        answer = short_plank(view)
        if not demo.ws.sensitive(view.indicator) or not may_map(view, answer):
            continue
        made, ranked = plank_map(view, answer), ranking(view)
        mine = shapes_drawn(plank_map_figure(made, Style()))
        shapes = shapes_for(view, ranked.towns.codes)
        theirs = shapes_drawn(ranking_map(ranked, Style(), shapes=shapes))
        assert {c: (s["says"], s["fillcolor"]) for c, s in mine.items()} == {
            c: (s["says"], s["fillcolor"]) for c, s in theirs.items()
        }
        looked += 1
    assert looked > 5


def test_without_villages_boundaries_townships_are_drawn(tmp_path: Path) -> None:
    made = v.county(tmp_path / "county", [v.filed(200, 160)] * 11 + [v.filed(200, 90)])
    towns = ["990101100", "990101101"]
    view = v.view_of(made, "migrant_filing")
    assert not offers_map(view) and not may_map(view, short_plank(view))
    add_boundaries(Store(made.ws.path, made.ws), row_of_squares(towns[:1]))
    drawn = plank_map(view, short_plank(view))
    assert (
        drawn.planks is None and list(shapes_drawn(plank_map_figure(drawn, Style()))) == towns[:1]
    )
    assert "没有村界，图上为乡镇的数" in drawn.notes
    assert "1 个乡镇没有边界：乡1镇" in drawn.notes
    assert plank_map_legend(drawn, Style())


def test_who_has_no_boundary_is_told_and_nobody_else_is_lost(tmp_path: Path) -> None:
    made = v.county(tmp_path / "county", [v.filed(200, 160)] * 12, towns=3)
    view = v.view_of(made, "migrant_filing")
    answer = ranking(view)
    codes, names = answer.towns.codes, answer.towns.names
    store = Store(made.ws.path, made.ws)
    add_boundaries(store, row_of_squares(codes[1:], source="某测绘单位", illustrative=True))
    shapes = shapes_for(view, codes)
    told = told_on_map(answer, shapes, codes, names, "乡镇")
    assert set(shapes_drawn(ranking_map(answer, Style(), shapes=shapes))) == set(codes[1:])
    assert told.notes[-2:] == [f"1 个乡镇没有边界：{names[0]}", "边界来源：某测绘单位"]
    assert told.about[-1] == "边界为示意" and told.title == answer.title
    add_boundaries(store, row_of_squares(v.codes((4, 4, 4))[:1]))
    none = told_on_map(answer, shapes_for(view, codes), codes, names, "乡镇")
    assert none.sentence.endswith("边界文件里没有一个乡镇，画不成地图，数请看表。")


def test_a_merged_village_stands_where_its_parts_stood(demo: Engine) -> None:
    home = demo.ws.settings.home
    old, new = "990101111291", "990101111201"
    for month, there in ((date(2008, 6, 1), old), (date(2008, 7, 1), new)):
        view = View(demo, demo.newest(), Actor("analyst"), month, "month", "migrant_filing", home)
        drawn = shapes_drawn(plank_map_figure(plank_map(view, short_plank(view)), Style()))
        assert {old, new} & set(drawn) == {there}


# --- what is drawn --------------------------------------------------------------------------------
@pytest.mark.parametrize("style", [Style(), Style(dark=True), Style(present=True)])
def test_names_are_read_and_do_not_touch(style: Style, demo: Engine) -> None:
    home = demo.ws.settings.home
    view = View(demo, demo.newest(), Actor("viewer"), MONTHS[2], "ytd", "migrant_filing", home)
    for figure in (
        ranking_map(answer := ranking(view), style, shapes=shapes_for(view, answer.towns.codes)),
        plank_map_figure(plank_map(view, short_plank(view)), style),
    ):
        assert {trace["type"] for trace in figure["data"]} == {"scatter"}
        written = [trace for trace in figure["data"] if trace["mode"] == "text"]
        names = [name for trace in written for name in trace["text"]]
        assert len(names) >= 12 and len(set(names)) == len(names)
    towns = shapes_drawn(ranking_map(answer, style, shapes=shapes_for(view, answer.towns.codes)))
    inks = {text_on(shape["fillcolor"], DARK if style.dark else LIGHT) for shape in towns.values()}
    assert inks


def test_a_nation_of_368_towns_fits_a_page(tmp_path: Path) -> None:
    """Shapes, names, words and places to select, as they are sent."""
    source = shared_or_skip("real/tw_geo/towns-10t.json")
    data = taiwan(source)
    codes = [f["properties"]["area_code"] for f in json.loads(data)["features"]]
    root = tmp_path / "county"
    v.make_county(root, (1,))
    lines = (root / "areas.csv").read_text("utf-8").splitlines()[:2]
    lines += [f"{code},990101,township,乡{code},镇,2006-10-01," for code in codes]
    lines += [f"{code}001,{code},village,村,村,2006-10-01," for code in codes]
    (root / "areas.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    counts = {f"{code}001": v.filed(300, 200 + 50 * (k % 3)) for k, code in enumerate(codes)}
    made = v.publish(root, {v.SEPTEMBER: counts})
    add_boundaries(Store(root, load_workspace(root)), data)
    view = v.view_of(made, "migrant_filing")
    answer = ranking(view)
    figure = ranking_map(answer, Style(), shapes=shapes_for(view, answer.towns.codes))
    assert len(shapes_drawn(figure)) == len(codes) == 368
    sent = json.dumps(figure, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(sent) <= MOST_BYTES


def taiwan(source: Path) -> bytes:
    """Return the towns of Taiwan as the example's command writes them."""
    import importlib.util

    path = REPOSITORY / "examples" / "tw_births" / "boundaries.py"
    spec = importlib.util.spec_from_file_location("tw_boundaries", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: bytes = module.towns(json.loads(source.read_bytes()))
    return made
