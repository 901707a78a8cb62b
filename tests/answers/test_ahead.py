"""What if, and the warning list, on the demo: against counts taken by hand from the question."""

from __future__ import annotations

import io
from datetime import date

import docx
import numpy as np
import pytest
from scipy import stats as sps

from shortplank.answers.view import View
from shortplank.answers.warning_list import warned_indicators, warning_list, warning_table
from shortplank.answers.what_if import what_if, what_if_table
from shortplank.reports.warning_list import warning_docx
from shortplank.store import engine
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)


def view(indicator: str = "migrant_filing", role: str = "analyst", month: date = MAY) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), role, month, "ytd", indicator, "990101")  # type: ignore[arg-type]


def villages() -> list[dict]:
    shared = engine(DEMO)
    return shared.ask(
        "villages_by_indicator", None, "analyst", indicator="migrant_filing", month=MAY
    ).to_pylist()


def test_what_if_raises_the_weakest_and_nobody_else() -> None:
    rows = [(r["ytd_numerator"], r["ytd_denominator"]) for r in villages()]
    weakest = sorted(range(len(rows)), key=lambda i: rows[i][0] / rows[i][1])[:10]
    raised = [int(np.ceil(0.85 * n - 1e-9)) if i in weakest else x for i, (x, n) in enumerate(rows)]
    made = what_if(view(), 10, 85)
    assert made.after is not None and made.before is not None
    whole = sum(n for _, n in rows)
    assert made.after.value == pytest.approx(100 * sum(raised) / whole)
    assert made.before.value == pytest.approx(100 * sum(x for x, _ in rows) / whole)
    assert made.before.rank == 27 and "29 县" in made.sentence
    assert sum(what_if_table(made)["需再增（例）"].to_pylist()) == sum(raised) - sum(
        x for x, _ in rows
    )


def test_births_have_no_what_if() -> None:
    made = what_if(view("policy_compliance"), 5, 95)
    assert made.after is None and not made.rows and "不作推演" in made.sentence


def test_warnings_come_from_services_short_of_their_line_beyond_chance() -> None:
    made = warning_list(view())
    assert made.rows and made.tested == 370
    tests = [
        (r["area_code"], sps.binomtest(r["ytd_numerator"], int(r["ytd_denominator"]), 0.85).pvalue)
        for r in villages()
    ]
    for row in made.rows:
        assert row.indicator in ("migrant_filing", "benefit_delivery")
        if row.indicator == "migrant_filing":
            assert row.p_value == pytest.approx(dict(tests)[row.area_code], rel=1e-6)
        assert row.owner and row.deadline == date(2010, 7, 5)
    text = str(warning_table(made).to_pylist())
    assert "出生" not in text.replace("计划生育", "") and "手术" not in text


def test_nothing_about_births_or_procedures_warns() -> None:
    shared = engine(DEMO)
    for key in warned_indicators(view()):
        assert shared.ws.indicators[key].family in ("service", "quality")
        assert not shared.ws.sensitive(key)


def test_a_viewer_gets_the_same_list() -> None:
    assert warning_list(view(role="viewer")).rows == warning_list(view()).rows


def test_the_document_holds_the_list_and_no_persons_name() -> None:
    made = warning_list(view())
    data = warning_docx(made, {"单位县": "云洲县", "版次": "第26版", "口径": "分档数"})
    document = docx.Document(io.BytesIO(data))
    table = document.tables[0]
    assert len(table.rows) == len(made.rows) + 1
    assert table.cell(1, 0).text == f"{made.rows[0].town}{made.rows[0].name}"
    assert document.core_properties.author == "短板看板"
    assert "第26版" in document.paragraphs[-1].text
