"""A quarter beside the one before: sums of what was reported, and the list at both ends."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow.compute as pc
import pytest

from shortplank.access import Actor, Role
from shortplank.papers import quarters
from shortplank.papers.brief import PAPERS, file_name
from shortplank.papers.documents.minutes import minutes_docx
from shortplank.papers.documents.notice import notice_docx
from shortplank.papers.pack import Pack, pack, quarter_of, quarter_table
from shortplank.papers.quarters import (
    AT_END,
    CAME,
    LEFT,
    NO_BEFORE,
    NOT_COMPARED,
    POOLED,
    STAYED,
    UNKNOWN,
    WAYS,
    QuarterTold,
    figures_table,
    moves_table,
    quarter_told,
)
from shortplank.papers.township import township_files, townships_docx
from shortplank.reading.judged.ledger import findings_for
from shortplank.reading.view import View
from shortplank.store import add_months, engine
from shortplank.wording.verdicts import ONLY_FIGURES, STATE_WORDS
from tools.browser import REPOSITORY

SHARED = engine(REPOSITORY / "data" / "demo")


def view(month: date, role: Role = "viewer") -> View:
    return View(SHARED, SHARED.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")


def told_of(text: str, role: Role = "viewer") -> tuple[Pack, QuarterTold]:
    quarter = quarter_of(SHARED, text)
    made = pack(view(quarter.months[-1], role), quarter)
    told = quarter_told(made)
    assert told is not None
    return made, told


@pytest.fixture(scope="module")
def both() -> tuple[Pack, QuarterTold]:
    return told_of("2010Q2")


def test_a_pooled_figure_is_the_sum_of_its_months_and_a_stock_its_last(
    both: tuple[Pack, QuarterTold],
) -> None:
    made, told = both
    ways = {each.how for each in told.figures}
    assert {POOLED, AT_END} <= ways
    for quarter, held in ((told.quarter, "now"), (told.before, "before")):
        assert quarter is not None
        table = made.view.ask(
            "county_history_by_indicator",
            area=made.view.county.area_code,
            first_month=quarter.months[0],
            month=quarter.months[-1],
        )
        for each in told.figures:
            rows = table.filter(pc.equal(table["indicator"], each.indicator)).to_pylist()
            own = getattr(each, held)
            if each.how == POOLED:
                known = [row for row in rows if row["numerator"] is not None]
                assert own.x[0] == sum(row["numerator"] for row in known)
                assert own.n[0] == sum(row["denominator"] for row in known)
            elif each.how == AT_END:
                assert own.x[0] == rows[-1][f"{each.item.default_window}_numerator"]
            assert np.isclose(own.value[0], made_value(each.item, own))


def made_value(item: object, own: object) -> float:
    x, n = float(own.x[0]), float(own.n[0])  # type: ignore[attr-defined]
    return float(item.factor * x / n)  # type: ignore[attr-defined]


def test_who_came_and_who_left_is_the_difference_of_two_lists(
    both: tuple[Pack, QuarterTold],
) -> None:
    _, told = both
    assert told.before is not None

    def listed(month: date) -> set[tuple[str, str]]:
        return {
            (f.indicator, f.area_code)
            for f in findings_for(view(month))
            if f.kind in ("named", "listed") and f.level != "county"
        }

    now, then = listed(told.quarter.months[-1]), listed(told.before.months[-1])
    found = {
        way: {(m.found.indicator, m.found.area_code) for m in told.moves if m.way == way}
        for way in WAYS
    }
    assert found[CAME] == now - then and found[STAYED] == now & then
    assert found[LEFT] and found[LEFT] | found[UNKNOWN] == then - now
    assert not found[LEFT] & found[UNKNOWN]
    assert moves_table(told).num_rows == len(told.moves)
    for way in WAYS:
        count = len(found[way])
        assert (f"{way} {count} 条" in told.title) == (f"{way} {count} 条" in told.moved) == (
            count > 0)  # fmt: skip


def test_a_change_has_no_verdict_but_the_ledgers() -> None:
    for text in ("2009Q3", "2010Q1", "2010Q2"):
        made, told = told_of(text)
        end = made.view.with_(month=told.quarter.months[-1])
        steps = {f.indicator for f in findings_for(end) if f.kind == "changed" and f.months == 3}
        for each in told.figures:
            assert (each.verdict != ONLY_FIGURES) == (each.indicator in steps)
            assert all(step in told.figures_title for step in each.steps)


def test_the_first_quarter_says_that_there_is_none_before() -> None:
    _, told = told_of("2007Q1")
    assert told.before is None and not told.moves
    assert NO_BEFORE in told.title and NO_BEFORE in told.sentence
    table = figures_table(told)
    assert set(table["上季度"].to_pylist()) == {"–"} and table["本季度"][0].as_py() != "–"


def test_restatements_are_those_of_the_quarters_months() -> None:
    _, told = told_of("2010Q2")
    months = {f"{m:%Y-%m}" for m in told.quarter.months}
    wanted = [n for n in SHARED.store.numbers() if months & set(SHARED.edition(n).restates)]
    pairs = zip(reversed(wanted), told.restated, strict=True)
    assert all(f"第{n}版" in line for n, line in pairs)
    assert told.quarter.months[0] == add_months(told.quarter.months[-1], -2)


def test_a_months_pack_has_no_quarter() -> None:
    assert quarter_told(pack(view(date(2010, 5, 1)))) is None


def test_a_unit_that_nothing_is_known_of_did_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    made, told = told_of("2010Q2")
    assert told.before is not None
    gone = {move.found.area_code for move in told.moves if move.way == LEFT}
    monkeypatch.setattr(quarters, "_compared", lambda book, found: found.area_code not in gone)
    moves = quarters._moves(made.view, told.quarter, told.before)
    assert {m.found.area_code for m in moves if m.way == UNKNOWN} == gone
    assert not [m for m in moves if m.way == LEFT]
    other = replace(told, moves=moves)
    assert f"{UNKNOWN} {len(gone)} 条" in other.title and LEFT not in other.title
    assert [move.way for move in moves] == sorted((m.way for m in moves), key=WAYS.index)


def test_a_quarter_before_with_nothing_compared_says_so() -> None:
    _, told = told_of("2010Q2")
    other = replace(told, compared=False, moves=[])
    assert NOT_COMPARED in other.title and NOT_COMPARED in other.moved


def test_a_month_in_which_nothing_was_due_is_not_missing() -> None:
    made, told = told_of("2010Q2")
    rows = {row["指标"]: row for row in quarter_table(made.view, told.quarter).to_pylist()}
    label = made.view.ws.indicators["statistical_accuracy"].label
    assert rows[label]["2010-02"] == STATE_WORDS["not_expected"] != rows[label]["2010-01"]
    assert all(STATE_WORDS["missing"] not in row.values() for row in rows.values())


def test_every_paper_of_a_quarter_names_the_quarter() -> None:
    made, told = told_of("2010Q2")
    name = "2010统计年度第2季度"
    assert made.when == told.quarter.name == name and made.when_text == told.quarter.text
    for write in (minutes_docx, notice_docx, townships_docx):
        with zipfile.ZipFile(io.BytesIO(write(made))) as package:
            xml = package.read("word/document.xml").decode()
        assert name in "".join(re.findall(r"<w:t[^>]*>([^<]*)", xml)), write.__name__
    assert all("2010Q2" in name for name in township_files(made))
    assert all("2010Q2" in file_name(made, key) for key in PAPERS)
