"""What if, and the warning list, on the demo: against counts taken by hand from the question."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pytest

from shortplank.access import Actor
from shortplank.errors import ShortplankError
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.store import engine, journal
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import (
    warned_indicators,
    warning_list,
    warning_table,
)
from shortplank.topics.short_plank.answer.what_if import what_if, what_if_table
from shortplank.topics.short_plank.page.warnings import taken
from shortplank.topics.short_plank.paper import warning_docx, warning_xlsx
from tests.topics.villages import (
    SEPTEMBER,
    codes,
    county,
    filed,
    make_county,
    publish,
    view_of,
)
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)


def view(indicator: str = "migrant_filing", role: str = "analyst", month: date = MAY) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor(role), month, "ytd", indicator, "990101")  # type: ignore[arg-type]


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


def listed(view: View) -> set[tuple[str, str]]:
    """Return the villages that the month's ledger lists, by code and indicator."""
    found = ledger_of(view).of(level="village")
    return {(f.area_code, f.indicator) for f in found if f.kind in ("named", "listed")}


def test_the_warning_list_is_the_villages_that_the_ledger_lists() -> None:
    made = warning_list(view())
    assert {(row.area_code, row.indicator) for row in made.rows} == listed(view())
    assert len(made.rows) == 3 == len(made.named) and made.tested == 370
    assert made.title == "3 个村列入本月核对名单：梅坪镇老屋村、泉岚乡下坂村、桂浦镇双店村"
    for row in made.rows:
        assert row.owner and row.deadline == date(2010, 7, 5)
    assert made.rows[0].evidence == (
        "69.48%（173/249，95% 区间 63.5–74.9），全县 82.64%；"
        "连续 12 个月低于 85%；名册多是同一批人，只作一次算"
    )
    text = str(warning_table(made).to_pylist())
    assert "出生" not in text.replace("计划生育", "") and "手术" not in text


def test_a_quiet_month_lists_nobody() -> None:
    made = warning_list(view(month=SEPTEMBER))
    assert made.rows == [] and made.named == () and made.title == "没有村列入本月核对名单"
    assert "370 个村级数" in made.sentence and "没有一个明显差于全县" in made.sentence


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


# --- whom to visit --------------------------------------------------------------------------------
def test_the_listed_are_visited_first_and_then_the_largest_parts_of_the_gap() -> None:
    found = visits(view())
    assert found is not None and found.sure == 3
    warned = {row.area_code for row in warning_list(view()).rows}
    lack = {r["area_code"]: 0.85 * r["ytd_denominator"] - r["ytd_numerator"] for r in villages()}
    order = sorted(lack, key=lambda code: (code not in warned, -lack[code]))
    assert found.codes == order[:5]
    assert "前 3 个列入本月核对名单；其余 2 个看不出差别，按对全县差额的贡献" in found.why
    assert "个月" not in found.why  # a stock of the same persons is no evidence month by month


def test_visits_say_what_they_would_change() -> None:
    found = visits(view())
    assert found is not None
    rows = villages()
    cases = {
        r["area_code"]: max(
            int(np.ceil(0.85 * r["ytd_denominator"] - 1e-9)) - r["ytd_numerator"], 0
        )
        for r in rows
    }
    more = sum(cases[code] for code in found.codes)
    whole = sum(r["ytd_denominator"] for r in rows)
    after = 100 * (sum(r["ytd_numerator"] for r in rows) + more) / whole
    assert found.told.startswith(
        "先去这 5 个村：梅坪镇老屋村、泉岚乡下坂村、桂浦镇双店村（列入本月核对名单），"
    )
    assert "只补这 5 个村不够" in found.rest
    assert f"共 {more} 例" in found.change and f"到 {after:.2f}%" in found.change


def test_where_nobody_is_listed_the_order_is_by_contribution_and_says_so() -> None:
    found = visits(view("benefit_delivery"))
    assert found is not None and found.sure == 0 and found.heading == "按贡献先看这 5 个村"
    assert found.why.startswith("185 个村看不出差别，本月不列；按对全县差额的贡献")
    assert not any(name in found.told for name in found.names)  # nobody is named in a hall


def test_what_if_says_how_many_of_the_helped_are_listed() -> None:
    assert "其中 3 个列入本月核对名单" in what_if(view(), 10, 85).sentence
    assert "核对名单" not in what_if(view("benefit_delivery"), 10, 95).sentence


def test_births_and_ranges_send_nobody_anywhere() -> None:
    assert visits(view("policy_compliance")) is None and visits(view("recount_gap")) is None


def test_nobody_short_needs_no_visit(tmp_path: Path) -> None:
    shared = county(tmp_path / "w", [filed(60, 60)] * 6)
    found = visits(view_of(shared, "migrant_filing"))
    assert found is not None and found.codes == [] and "不必专程" in found.why


# --- the list beside the register -----------------------------------------------------------------
def test_the_register_is_beside_the_list() -> None:
    made, shared = warning_list(view()), engine(DEMO)
    standing = {
        r["area_code"]
        for r in shared.ask("badges_by_month", None, "analyst", month=MAY).to_pylist()
        if r["label"] == "滞后村预警"
    }
    warned = {row.area_code for row in made.rows}
    assert {row.area_code for row in made.rows if row.standing != "新列"} == standing & warned
    assert {row.area_code for row in made.listed} == standing - warned
    assert all("看不出差别" in row.now for row in made.listed)
    assert (
        "流动人口建档率：146 个村低于 85%；若各村都同全县（82.64%）一样，应有 150 个（142–159）"
        in made.notes
    )


def test_unreported_villages_are_said(tmp_path: Path) -> None:
    root = make_county(tmp_path / "w", (4, 4))
    counts = {code: filed(200, 60 if k == 1 else 190) for k, code in enumerate(codes((4, 4))) if k}
    made = warning_list(view_of(publish(root, {SEPTEMBER: counts}), "migrant_filing"))
    assert len(made.rows) == 1 and "1 个村未报，无从判断：乡0镇首村" in "。".join(made.notes)
    assert made.rows[0].owner == "乡0镇人口计生办（登记册未指定帮扶单位）"


def test_no_figures_is_not_no_indicator(tmp_path: Path) -> None:
    made = warning_list(view_of(county(tmp_path / "w", [filed(0, 0)] * 3), "migrant_filing"))
    assert made.title == "没有可以比较的村级数" and made.rows == []


def test_a_county_that_is_its_five_villages_boasts_no_share(tmp_path: Path) -> None:
    found = visits(view_of(county(tmp_path / "w", [filed(60, 20)] * 4), "migrant_filing"))
    assert found is not None and len(found.codes) == 4 and "占全县" not in found.why


# --- documents ------------------------------------------------------------------------------------
@pytest.mark.parametrize("internal", [True, False])
def test_an_exact_file_says_so_on_every_sheet_and_page(internal: bool) -> None:
    made, about = warning_list(view()), {"单位县": "云洲县", "版次": "第26版"}
    book = openpyxl.load_workbook(io.BytesIO(warning_xlsx(made, about, internal=internal)))
    assert book.sheetnames == ["预警名单", "在册而本月未列入"]
    for sheet in book:
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
        assert ("密级：内部使用" in cells) == internal
        assert ("内部使用" in str(sheet.oddHeader.right.text)) == internal
    document = docx.Document(io.BytesIO(warning_docx(made, about, internal=internal)))
    head = "".join(p.text for p in document.sections[0].header.paragraphs)
    assert ("内部使用" in head) == internal


def test_an_exact_file_is_written_to_the_journal(tmp_path: Path) -> None:
    shared = county(tmp_path / "w", [filed(60, 20)] * 6)
    looked = view_of(shared, "migrant_filing").with_(actor=Actor("analyst", "tongji01"))
    assert taken(looked, b"abc", exact=False) == b"abc"
    assert journal.read(tmp_path / "w", "exact_exports") == []
    assert taken(looked, b"abc", exact=True) == b"abc"
    [line] = journal.read(tmp_path / "w", "exact_exports")
    assert (line["what"], line["who"], line["month"]) == ("滞后村预警", "tongji01", "2009-09")
    with pytest.raises(ShortplankError):
        taken(view_of(shared, "migrant_filing", role="viewer"), b"abc", exact=True)


@pytest.mark.parametrize("done", [0, 60])
def test_odd_counties_make_whole_documents(tmp_path: Path, done: int) -> None:
    for counts in ([filed(60, done)], [filed(60, done)] * 4, [filed(0, 0)] * 4):
        made = warning_list(
            view_of(county(tmp_path / f"w{len(counts)}{counts[0]['migrants_due']}", counts),
                    "migrant_filing")
        )  # fmt: skip
        assert made.title and "nan" not in made.sentence
        assert warning_docx(made, {}) and warning_xlsx(made, {})
