"""What the overview, the points, the recount and the draws say, beside the figures they rest on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank import stats
from shortplank.access import Actor, Role
from shortplank.reading.filed import reports_of
from shortplank.reading.judged.announced import MOST_LISTED
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.store.served import DEMO
from shortplank.topics.inspection.answer.rehearsal import SHOWN, default_plan, rehearsal
from shortplank.topics.overview import page
from shortplank.topics.overview.answer import overview
from shortplank.topics.points.answer import points
from shortplank.topics.quality.answer.recounts import recounts
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.trends.answer.year_end import headline_outlooks, outlook_text
from tests.topics.polarities import DOWN, head_with, polar_county
from tests.topics.villages import view_of

SEPTEMBER, MAY = date(2009, 9, 1), date(2010, 5, 1)


@pytest.fixture(scope="module")
def demo() -> Engine:
    return engine(DEMO)


def view(shared: Engine, month: date) -> View:
    return View(shared, shared.newest(), Actor("analyst"), month, "ytd", "migrant_filing", "990101")


def test_a_quarterly_report_that_came_late_is_late(demo: Engine) -> None:
    made = reports_of(view(demo, SEPTEMBER))
    assert made.late == ["雁崖乡（10月6日）"] and not made.all_clear


def test_the_overview_names_the_months_that_its_sums_lack(demo: Engine) -> None:
    assert "累计中有月份未报齐：2009年2月" in overview(view(demo, SEPTEMBER)).notes
    assert not any("未报齐" in note for note in overview(view(demo, MAY)).notes)


def test_a_year_that_has_ended_is_not_forecast(demo: Engine) -> None:
    told = [outlook_text(made) for _, made in headline_outlooks(view(demo, SEPTEMBER))]
    assert told and all("年度已结束" in text and "可能" not in text for text in told)
    assert any("未达 84%" in text for text in told)
    assert any("达到 95%" in text for text in told)


def test_births_of_a_month_that_nobody_filed_are_no_births_left_out(demo: Engine) -> None:
    assert "其中松崖镇2009年2月 16 例是未报的月份" in recounts(view(demo, MAY)).sentence
    assert "未报在前" in signals(view(demo, MAY)).sentence


def test_all_that_move_as_much_are_named(demo: Engine) -> None:
    made = points(view(demo, MAY))
    span = made.worst - made.best
    widest = [made.names[i] for i in np.flatnonzero(span == np.nanmax(span))]
    assert len(widest) > 1 and all(name in made.sentence for name in widest)


def test_a_figure_of_the_judged_window_says_so_beside_another_one(demo: Engine) -> None:
    """The tile's sex ratio is of twelve months, the list's of thirty-six."""
    told = [concern.text for concern in overview(view(demo, MAY)).concerns]
    assert any(text.startswith("出生人口性别比（近36月）：峰浦镇") for text in told)
    assert any("全县出生人口性别比（近36月）" in text for text in told)


def test_of_many_that_are_listed_the_surest_five_are_named_to_every_role(tmp_path: Path) -> None:
    missing = [40 + 10 * i if i < 9 else 5 for i in range(40)]
    polar_county(tmp_path / "many", [(200, cases, 50) for cases in missing])
    shared = head_with(tmp_path / "many", DOWN)
    roles: tuple[Role, ...] = ("analyst", "viewer")
    views = [view_of(shared, DOWN, role=role) for role in roles]
    found = ledger_of(views[0]).of(DOWN, "village", "named")
    assert len(found) > MOST_LISTED
    surest = sorted((each.q, each.area) for each in found if each.q is not None)[:MOST_LISTED]
    texts = [
        next(c.text for c in overview(each).concerns if (c.indicator, c.level) == (DOWN, "village"))
        for each in views
    ]
    assert texts[0] == texts[1] and f"等 {len(found)} 个村，明显差于全县" in texts[0]
    assert sum(each.area in texts[0] for each in found) == MOST_LISTED
    assert all(area in texts[0] for _, area in surest)


@pytest.mark.parametrize("month", [SEPTEMBER, MAY])
def test_villages_that_chance_alone_puts_in_order_have_none(demo: Engine, month: date) -> None:
    looked = view(demo, month)
    made = rehearsal(looked, default_plan(looked))
    assert made.drawn is not None and made.villages is not None
    drops = np.sort(made.drawn.village_drops)[::-1]
    apart = drops[0] - drops[SHOWN] > stats.drop_noise(float(drops[0]))
    assert apart == bool(made.villages.rows)
    assert made.villages.rows or "不分先后" in made.villages.about


def test_a_concern_names_its_indicator_once_and_a_tile_its_judged_window(demo: Engine) -> None:
    made = overview(view(demo, MAY))
    for concern in made.concerns:
        label = demo.ws.indicators[concern.indicator].label
        assert concern.text.count(f"{label}：") <= 1
    villages = next(c for c in made.concerns if c.level == "village")
    assert villages.first and villages.check and "差别属实的" in villages.text
    judged = {tile.indicator: tile.judged for tile in made.tiles if tile.judged}
    assert judged == {"sex_ratio_at_birth": "按近36月判"}
    assert any(text == "按近36月判" for t in made.tiles for text, _ in page._lines(t))
