"""What the tray says of a month, without a page."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from shortplank.catalogue import Workspace, load_workspace
from shortplank.drawing.theme import Style
from shortplank.records.tray import Standing
from shortplank.topics.intake.answer.tray import (
    CELLS,
    Glance,
    glance,
    meanwhile_text,
    urge_table,
    urge_text,
)
from shortplank.topics.intake.page.tray import glance_html
from tests.copies import DEMO

JUNE = date(2010, 6, 1)
FORMS = ("village_month", "township_month", "township_quarter")
Stands = Literal["sent_back", "published"] | None


@pytest.fixture(scope="module")
def ws() -> Workspace:
    return load_workspace(DEMO)


def standings(
    ws: Workspace, *, missing: dict[str, Stands], late: bool = True, month: date = JUNE
) -> list[Standing]:
    """Return a month in which all is published but one form of some townships."""
    found = []
    for town in ws.valid_below(ws.settings.home, month):
        for form in FORMS:
            due = form != "township_quarter" or month.month % 3 == 0
            owes = town.name in missing and form == "village_month"
            state: Stands = missing[town.name] if owes else "published" if due else None
            there = state == "published"
            found.append(Standing(town.area_code, form, due, state, late and owes, None, there))
    return found


def made(ws: Workspace, today: date, **more: Stands) -> Glance:
    return glance(ws, standings(ws, missing=more, late=today > date(2010, 7, 5)), JUNE, today)


def test_the_title_names_who_is_lacking(ws: Workspace) -> None:
    after, before = date(2010, 7, 8), date(2010, 7, 2)
    assert made(ws, after).title == "2010年6月：16 个乡镇全部交齐"
    assert made(ws, after, 松崖镇=None).title == "2010年6月：16 个乡镇交齐 15 个，未交：松崖镇"
    assert made(ws, before, 松崖镇=None).title == "2010年6月：16 个乡镇交齐 15 个，待交：松崖镇"
    every: dict[str, Stands] = {t.name: None for t in ws.valid_below(ws.settings.home, JUNE)}
    label = ws.forms["village_month"].label
    assert made(ws, after, **every).title == (
        f"2010年6月：16 个乡镇都还没有交齐，最缺{label}（16 个）"
    )


def test_a_list_to_copy_has_posts_forms_and_days(ws: Workspace) -> None:
    month = made(ws, date(2010, 7, 8), 松崖镇=None, 竹麓乡="sent_back")
    label = ws.forms["village_month"].label
    assert urge_text(ws, month).splitlines() == [
        "2010年6月报表催报（2010年7月5日到期）",
        f"松崖镇（松崖镇人口计生办、松崖镇统计岗）：{label}，已迟 3 天",
        f"竹麓乡（竹麓乡人口计生办、竹麓乡统计岗）：{label}（已退回），已迟 3 天",
    ]
    assert urge_table(ws, month)["迟交天数"].to_pylist() == [3, 3]
    assert "已迟" not in urge_text(ws, made(ws, date(2010, 7, 2), 松崖镇=None))
    assert urge_text(ws, made(ws, date(2010, 7, 8))) == ""


def test_a_form_that_nobody_owes_has_no_column(ws: Workspace) -> None:
    may = date(2010, 5, 1)
    month = glance(ws, standings(ws, missing={}, month=may), may, date(2010, 7, 8))
    assert ws.forms["township_quarter"].label not in month.forms and len(month.forms) == 2


@pytest.mark.parametrize("dark", [False, True])
def test_each_cell_has_its_mark_and_word_beside_its_colour(ws: Workspace, dark: bool) -> None:
    month = made(ws, date(2010, 7, 8), 松崖镇=None, 竹麓乡="sent_back")
    html = str(glance_html(month, Style(dark=dark)))
    assert html.count("<td style=") == 16 * len(month.forms)
    for code, times in (("missing", 1), ("sent_back", 1), ("published", 46)):
        assert html.count(" ".join(CELLS[code])) == times


def test_nothing_happened_meanwhile(ws: Workspace) -> None:
    assert meanwhile_text(ws, [], {}) == ""
