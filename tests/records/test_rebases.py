"""Rebase decisions: limits begin anew where a person says so, are drawn, and can be withdrawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.errors import ShortplankError
from shortplank.reading.view import View
from shortplank.records.rebases import decide_rebase, decisions, rebases
from shortplank.store import Engine, engine
from shortplank.topics.trends.answer.control import Control
from shortplank.topics.trends.answer.trend import Trend, trend
from shortplank.topics.trends.figure.trend import trend_figure
from tests.copies import demo_copy

CUT = date(2008, 10, 1)


@pytest.fixture
def shared(tmp_path: Path) -> Engine:
    return engine(demo_copy(tmp_path / "demo", without=("journal",)))


def view(
    shared: Engine, role: str = "analyst", area: str = "990101", account: str = "tongji01"
) -> View:
    month = date(2010, 5, 1)
    return View(
        shared, shared.newest(), Actor(role, account), month, "month", "policy_compliance", area
    )  # type: ignore[arg-type]


def curve(shared: Engine) -> Trend:
    return trend(view(shared), "curve")


def decide(shared: Engine, month: date = CUT, reason: str = "口径调整") -> None:
    months = curve(shared).series.months
    decide_rebase(view(shared), month, reason, months=months)


def test_limits_begin_anew_and_the_decision_is_drawn_and_said(shared: Engine) -> None:
    before = curve(shared).control
    decide(shared)
    made = curve(shared)
    assert isinstance(before, Control) and isinstance(made.control, Control)
    assert len(set(np.round(before.centre, 9))) == 1
    at = made.series.months.index(CUT)
    assert len(set(np.round(made.control.centre[:at], 9))) == 1
    x, n = made.series.measured.x, made.series.measured.n
    assert made.control.centre[at] == pytest.approx(100 * x[at:].sum() / n[at:].sum())
    assert "2008年10月 界限重算：口径调整（tongji01" in "".join(made.event_notes)
    figure = trend_figure(made, Style())
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert any("界限重算：口径调整" in text for text in texts)
    band, mean = figure["data"][:2]
    first = CUT.isoformat()
    assert band["x"].count(None) == 2 and mean["x"].count(None) == 1  # ends, and begins again
    assert mean["x"][mean["x"].index(None) + 1] == first


def test_a_decision_is_withdrawn_by_a_later_one_and_both_stay(shared: Engine) -> None:
    decide(shared)
    decide(shared, reason="")
    assert rebases(view(shared)) == []
    assert [each.text.split("：")[1] for each in decisions(view(shared))] == [
        "2008年10月起重算，口径调整",
        "撤销2008年10月的决定",
    ]
    lines = (shared.ws.path / "journal/rebases.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 2


def test_another_area_keeps_its_limits(shared: Engine) -> None:
    decide(shared)
    assert rebases(view(shared, area="990101101")) == []


def test_who_and_where_are_needed(shared: Engine) -> None:
    months = curve(shared).series.months
    with pytest.raises(ShortplankError, match="浏览者"):
        decide_rebase(view(shared, "viewer"), CUT, "x", months=months)
    with pytest.raises(ShortplankError, match="没有登录账号"):
        decide_rebase(view(shared, account=""), CUT, "x", months=months)
    with pytest.raises(ShortplankError, match="至少 6 个月"):
        decide_rebase(view(shared), months[-2], "x", months=months)
    with pytest.raises(ShortplankError, match="没有这个月"):
        decide_rebase(view(shared), date(2001, 1, 1), "x", months=months)
