"""A village's profile: side by side, history, badges, peers of its size, merged villages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.registers import merged_into
from shortplank.store import Engine, add_months, engine
from shortplank.topics.short_plank.answer.village import history_window, village, village_choices
from shortplank.topics.short_plank.figure.village import village_figure
from tests.topics.villages import SEPTEMBER, codes, filed, make_county, publish, view_of
from tools.browser import REPOSITORY

MAY = date(2010, 5, 1)
MERGED, LOWEST = "990101111201", "990101105208"


@pytest.fixture(scope="module")
def demo() -> Engine:
    """The demo county."""
    return engine(REPOSITORY / "data" / "demo")


def test_indicators_stand_beside_township_and_county(demo: Engine) -> None:
    own = village(view_of(demo, "migrant_filing", month=MAY, area=MERGED))
    row = next(row for row in own.rows if row.indicator == "migrant_filing")
    assert row.n.count("/") == 1 and "–" in row.interval
    assert row.value.endswith("%") and row.town.endswith("%") and row.county.endswith("%")
    assert len(own.rows) == 5
    assert own.town in own.title and own.name in own.title


def test_badges_have_dates_and_sources(demo: Engine) -> None:
    own = village(view_of(demo, "migrant_filing", month=MAY, area=MERGED))
    kinds = [badge.kind for badge in own.badges]
    assert kinds[0] == "状态" and "帮扶单位" in kinds and "联系乡镇" in kinds
    assert all("2009年" in badge.dates and badge.source for badge in own.badges)
    before = village(view_of(demo, "migrant_filing", month=date(2009, 2, 1), area=MERGED))
    assert all(badge.label != "滞后村预警" for badge in before.badges)


def test_peers_are_the_nearest_in_size_and_not_ranked(demo: Engine) -> None:
    own = village(view_of(demo, "migrant_filing", month=MAY, area=MERGED))
    assert own.peers is not None
    sizes = [int(row.cells[0].replace(",", "")) for row in own.peers.rows]
    assert len(sizes) == 9 and sizes == sorted(sizes, reverse=True)
    assert [row.area_code for row in own.peers.rows if row.marked] == [MERGED]


def test_births_are_counted_and_judged_by_nobody(demo: Engine) -> None:
    for code in [*village_choices(view_of(demo, "policy_compliance"))][::8]:
        own = village(view_of(demo, "policy_compliance", area=code))
        row = next(row for row in own.rows if row.indicator == "policy_compliance")
        assert row.code in ("too_few", "none") and own.named == ()
        assert not any(word in own.title + own.sentence for word in ("核对", "差于", "低于"))
    lowest = village(view_of(demo, "policy_compliance", area=LOWEST))
    assert lowest.title.endswith("政策符合率 69.23%（全县 90.94%）")


def test_a_villages_verdict_is_the_ledgers(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    standing = ledger_of(view).standing("migrant_filing", "village")
    assert standing is not None
    for code in (*standing.codes[::6], MERGED):
        own = village(view.with_(area=code))
        row = next(row for row in own.rows if row.indicator == "migrant_filing")
        listed = standing.is_announced(code)
        assert (row.code, row.word) == (
            ("worse", "明显差于全县") if listed else ("similar", "看不出差别")
        )
        assert bool(own.named) == listed == ("列入本月核对名单" in own.title)
        assert own.tested == 185 and "185 个村中名次可在" in own.sentence
        assert village(view.with_(area=code, actor=Actor("viewer"))).title == own.title


def test_a_viewer_reads_closed_years_only(demo: Engine) -> None:
    view = view_of(demo, "policy_compliance", month=MAY, role="viewer", area=LOWEST)
    own = village(view)
    assert own.title.endswith("不公布") and own.peers is None
    assert own.history.is_empty and np.isnan(own.history.village).all()
    assert [year for year, _ in own.history.years] == [2007, 2008, 2009]
    assert all("出生约" in text for _, text in own.history.years)
    shown = {row.indicator: row for row in own.rows}
    assert shown["births_out"].value == shown["recount_gap"].value == "不公布"
    assert shown["migrant_filing"].value.endswith("%")


def test_history_is_drawn_without_a_month_that_is_missing(demo: Engine) -> None:
    silent = next(
        code
        for code, place in village_choices(view_of(demo, "migrant_filing")).items()
        if place.startswith("松崖镇")
    )
    own = village(view_of(demo, "migrant_filing", month=MAY, area=silent))
    at = own.history.months.index(date(2009, 2, 1))
    assert np.isnan(own.history.village[at]) and own.history.states[at] == "missing"
    figure = village_figure(own, Style())
    line = figure["data"][-1]
    assert line["y"][at] is None and line["connectgaps"] is False
    bands = [trace for trace in figure["data"] if trace.get("fill") == "toself"]
    assert len(bands) == 2  # broken where the month is missing


def test_births_need_twelve_months_services_one(demo: Engine) -> None:
    items = demo.ws.indicators
    assert history_window(items["migrant_filing"]) == "month"
    assert history_window(items["policy_compliance"]) == "r12"
    assert history_window(items["recount_gap"]) == "r12"


def test_a_count_is_not_drawn_beside_its_county(demo: Engine) -> None:
    own = village(view_of(demo, "births_out", area=LOWEST))
    assert len(village_figure(own, Style())["data"]) == 1


def test_merged_villages_lead_to_their_successor(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY, area=MERGED)
    assert merged_into(view, "990101111292") == MERGED
    assert merged_into(view, MERGED) == MERGED
    note = "。".join(village(view).notes)
    assert "2008年7月由" in note and "合并而成" in note


def test_a_merged_village_adds_up_what_its_parts_reported(tmp_path: Path) -> None:
    first, other = codes((2,))
    former = ("990101100291", "990101100292")
    root = make_county(tmp_path / "w", (2,), former=former)
    before = {code: filed(50, 40) for code in former} | {other: filed(100, 90)}
    after = {first: filed(100, 80), other: filed(100, 90)}
    months = {add_months(SEPTEMBER, -back): after if back < 3 else before for back in range(12)}
    view = view_of(publish(root, months), "migrant_filing", area=first)
    own = village(view)
    assert own.history.village == pytest.approx([80.0] * 12)
    assert own.notes[0] == "2009年7月由旧村291、旧村292合并而成，合并前的数已并入本村"
    assert "连续 12 个月低于 85%" in own.sentence


def test_a_month_in_which_one_of_the_merged_is_silent_is_missing(tmp_path: Path) -> None:
    first, other = codes((2,))
    former = ("990101100291", "990101100292")
    root = make_county(tmp_path / "w", (2,), former=former)
    june = {former[0]: filed(50, 40), other: filed(100, 90)}
    months = {date(2009, 6, 1): june, SEPTEMBER: {first: filed(100, 80), other: filed(100, 90)}}
    own = village(view_of(publish(root, months), "migrant_filing", area=first))
    assert np.isnan(own.history.village[0]) and own.history.village[-1] == 80.0
    assert "个月低于" not in own.sentence  # the run ends where a month is missing


def test_a_village_that_has_not_reported_is_said_to(tmp_path: Path) -> None:
    root = make_county(tmp_path / "w", (2, 2))
    silent, *others = codes((2, 2))
    shared = publish(root, {SEPTEMBER: {code: filed(60, 50) for code in others}})
    own = village(view_of(shared, "migrant_filing", area=silent))
    assert own.title.endswith("未报") and own.history.is_empty
    assert "nan" not in str(own.rows)
