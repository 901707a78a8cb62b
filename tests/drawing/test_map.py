"""Maps as they are drawn: fills by verdict, holes, names that fit and none over another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.drawing.map import Area, Fill, map_figure, plain, verdict_fill, verdict_legend
from shortplank.drawing.map.labels import Label, Room, inside, placed
from shortplank.drawing.theme import DARK, LIGHT, Style
from shortplank.store.boundaries import MapShapes, Shape


def square(x: int, y: int, side: int) -> list[tuple[int, int]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def shapes(count: int, side: int = 2000) -> MapShapes:
    """Return squares in a row, the first with a hole."""
    made = {
        str(k): Shape([square(k * side, 0, side)], (k * side + side // 2, side // 2))
        for k in range(count)
    }
    if count:
        made["0"].rings.append(square(100, 100, 200)[::-1])
    return MapShapes(made, [], (count * side, side))


def areas(count: int, fill: Fill) -> list[Area]:
    return [Area(str(k), f"甲{k}乡", "91.7%", f"甲{k}乡 91.7%", fill) for k in range(count)]


@pytest.mark.parametrize("style", [Style(), Style(dark=True)])
def test_fills_say_the_verdict_and_too_few_has_none(style: Style) -> None:
    t = DARK if style.dark else LIGHT
    for code in ("better", "worse", "higher", "lower"):
        fill = verdict_fill(code, style)
        assert (fill.colour, fill.frame, fill.hatch) == (t.verdict(code), t.ink, "")
    few, alike, counted = (verdict_fill(code, style) for code in ("too_few", "similar", "none"))
    assert few.hatch == t.too_few and not (alike.hatch or counted.hatch or few.frame)
    assert len({few.colour, alike.colour, counted.colour, plain(style).colour}) == 4
    assert plain(style) == Fill(t.paper)


def test_a_legend_names_the_fills_that_occur_the_announced_first() -> None:
    words = {"worse": "差", "similar": "像", "too_few": "少"}
    rows = verdict_legend(["too_few", "similar", "worse", "none"], words.get, Style())
    assert [(mark, word) for _, mark, word in rows] == [("▼", "差"), ("■", "像"), ("▨", "少")]


def test_a_shape_is_one_trace_with_gaps_and_one_place_to_select() -> None:
    figure = map_figure(areas(3, Fill("#FFFFFF")), shapes(2), Style())
    filled = [trace for trace in figure["data"] if trace.get("fill")]
    assert [trace["name"] for trace in filled] == ["甲0乡", "甲1乡"]  # the third has no shape
    assert filled[0]["x"].count(None) == 1 and None not in filled[1]["x"]
    [first, second] = figure["layout"]["meta"]["picks"]
    assert (first["key"], first["says"], len(first["rings"])) == ("0", "91.7%", 2)
    assert second["x"] == (2000, 4000) and second["y"] == (0, 2000)


def test_the_announced_are_drawn_over_their_neighbours_borders() -> None:
    made = areas(3, verdict_fill("similar", Style()))
    made[0] = Area("0", "甲0乡", "40%", "", verdict_fill("worse", Style()), mark="▼")
    figure = map_figure(made, shapes(3), Style())
    filled = [trace for trace in figure["data"] if trace.get("fill")]
    assert [trace["name"] for trace in filled] == ["甲1乡", "甲2乡", "甲0乡"]
    assert [pick["key"] for pick in figure["layout"]["meta"]["picks"]] == ["0", "1", "2"]
    assert any("甲0乡▼" in text for trace in figure["data"] for text in trace["text"])


def test_of_many_announced_only_those_are_named_whose_names_fit() -> None:
    framed = verdict_fill("worse", Style())
    for count, named in ((8, True), (60, False)):
        figure = map_figure(areas(count, framed), shapes(count, 160), Style())
        texts = [t for trace in figure["data"] if trace["mode"] == "text" for t in trace["text"]]
        assert bool(texts) == named


def test_a_name_that_does_not_fit_is_shortened_and_then_left_out() -> None:
    room = Room((1000, 1000), 0.5, 14)
    texts = ("很长的名字<br>100.0%", "名字")
    wide, narrow = (Label((500, 500), texts, "#000000", square(500 - s, 500 - s, 2 * s))
                    for s in (200, 40))  # fmt: skip
    assert [(p.text, p.fits) for p in placed([wide], room)] == [(texts[0], True)]
    assert [p.text for p in placed([narrow], room)] == [texts[1]]
    tiny = Label((500, 500), texts, "#000000", square(490, 490, 20))
    assert placed([tiny], room) == []
    told = Label((500, 500), texts, "#000000", square(490, 490, 20), first=True)
    assert [(p.text, p.fits) for p in placed([told], room)] == [(texts[0], False)]
    assert placed([Label((2, 2), texts, "#000000", first=True)], room) == []  # off the picture


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.booleans()), max_size=30))
def test_no_name_lies_over_another(places: list[tuple[int, int, bool]]) -> None:
    room = Room((1000, 1000), 0.4, 14)
    labels = [
        Label((x, y), ("甲乙乡<br>91.7%", "甲乙乡"), "#000000", square(x - 150, y - 150, 300), told)
        for x, y, told in places
    ]
    boxes = [room.box(each.label, each.text) for each in placed(labels, room)]
    assert all(room.holds(box) for box in boxes)
    for k, box in enumerate(boxes):
        assert not any(box.meets(other) for other in boxes[k + 1 :])


def test_inside_a_bent_ring() -> None:
    bent = [(0, 0), (10, 0), (10, 10), (5, 2), (0, 10), (0, 0)]
    assert inside((1, 5), bent) and inside((9, 5), bent) and not inside((5, 5), bent)
