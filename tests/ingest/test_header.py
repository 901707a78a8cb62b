"""Which row names the columns, and what each column holds."""

from __future__ import annotations

import pytest

from shortplank.catalogue.models import Form
from shortplank.ingest.findings import Findings
from shortplank.ingest.header import Layout
from shortplank.ingest.read import read_grids
from shortplank.ingest.recognising import find_layout
from tests.ingest.county import upload

FORM = Form.model_validate(
    {
        "label": "月报",
        "dataset": "village_month",
        "month": {"headers": ["month", "月份"]},
        "area": {"parent_headers": ["town"], "name_headers": ["village", "村名"]},
        "columns": {"boys": ["boys", "出生人数/男"], "couples": ["couples", "结婚对数"]},
        "sums": {"couples": [["couples_1", "结婚_甲"], ["couples_2", "结婚_乙"]]},
        "totals": [{"headers": ["births", "出生人数/合计"], "parts": ["boys"]}],
        "ignore": ["备注"],
    }
)  # fmt: skip


def layout_of(text: str) -> tuple[Layout | None, Findings]:
    findings = Findings()
    (grid,) = read_grids(upload(text))
    return find_layout(grid, {"form": FORM}, findings), findings


def test_titles_above_and_a_second_language_below() -> None:
    layout, findings = layout_of(
        "2010年6月报表,,,,\nmonth,village,boys,births,couples\n月份,村名,出生人数/男,出生人数/合计,结婚对数\n"
        "2010-06,双河村,1,1,0\n"
    )
    assert not list(findings) and layout is not None
    assert (layout.first, layout.last) == (1, 2)
    assert (layout.month, layout.name, layout.code) == (0, 1, None)
    assert layout.measures == {"boys": (2,), "couples": (4,)}
    assert layout.totals == ((3, ("boys",), ()),)


def test_spelling_widths_blanks_order_and_blank_columns_do_not_matter() -> None:
    layout, findings = layout_of("结婚 对数,,Ｂｏｙｓ,村　名,备注,\n0,,1,双河村,无,\n")
    assert not list(findings) and layout is not None
    assert layout.measures == {"boys": (2,), "couples": (0,)}
    assert layout.name == 3


def test_a_measure_in_parts_is_their_sum() -> None:
    layout, _ = layout_of("村名,boys,结婚_甲,结婚_乙\n双河村,1,2,3\n")
    assert layout is not None
    assert layout.measures["couples"] == (2, 3)


@pytest.mark.parametrize(
    ("text", "code", "cell", "words"),
    [
        ("村名,boys,结婚对,couples\n双河村,1,2,3\n", "unknown_header", "C1", "结婚对数"),
        ("村名,boys,boys,couples\n双河村,1,2,3\n", "duplicate_header", "C1", "B1"),
        ("村名,boys,,couples\n双河村,1,2,3\n", "no_header", "C1", "补上表头"),
        ("村名,boys\n双河村,1\n", "missing_header", None, "结婚对数"),
        (
            "village,boys,couples\n村名,结婚对数,结婚对数\n双河村,1,2\n",
            "header_conflict",
            "B1",
            "不一致",
        ),
        ("甲,乙\n1,2\n", "no_header", None, "月报"),
    ],
)
def test_a_header_at_fault_is_named_with_its_cell(
    text: str, code: str, cell: str | None, words: str
) -> None:
    layout, findings = layout_of(text)
    assert layout is None
    finding = next(iter(findings))
    assert (finding.severity, finding.code, finding.cell) == ("error", code, cell)
    assert words in finding.message


def test_a_form_cannot_add_parts_that_are_no_columns() -> None:
    data = FORM.model_dump() | {"totals": [{"headers": ["x"], "parts": ["girls"]}]}
    with pytest.raises(ValueError, match="girls"):
        Form.model_validate(data)
