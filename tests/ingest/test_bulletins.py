"""Bulletins: published figures that cannot be, or seldom are, each at its cell."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortplank.ingest import Batch, Upload, check_batch, publish_batch
from shortplank.store import Store
from tests.ingest.county import make_county

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
NAMES = ("试点县", *(f"{letter}河县" for letter in "甲乙丙丁戊己庚"))
# Of 1000 due: filed, so that every value has one decimal.
FILED = (826, 885, 855, 895, 821, 872, 872, 936)
HEAD = ("县名", "分子", "分母", "数值", "位次")
Line = list[object]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A county with seven peers, and their bulletin of May."""
    root = make_county(tmp_path / "county")
    peers = "".join(f"99{i:04d},{name},一类,江淮,2009-01-01,\n" for i, name in enumerate(NAMES))
    peers = peers.replace("990000", "990101")
    (root / "peers.csv").write_text(
        "area_code,name,class,group,valid_from,valid_to\n" + peers, encoding="utf-8"
    )
    store = Store(root)
    batch = bulletin(store, lines(shift=-4), month="2010-05")
    assert not batch.findings, batch.findings
    publish_batch(store, batch, why="", received=date(2010, 6, 5))
    return store


def lines(shift: int = 0, filed: tuple[int, ...] = FILED) -> list[Line]:
    """Return a sound bulletin's lines: numerator, denominator, value and rank."""
    counts = [count + shift for count in filed]
    ranks = [1 + sum(other > count for other in counts) for count in counts]
    return [
        [name, count, 1000, f"{count / 10:.1f}", rank]
        for name, count, rank in zip(NAMES, counts, ranks, strict=True)
    ]


def bulletin(
    store: Store,
    rows: list[Line],
    indicator: str = "流动人口建档率",
    month: str = "2010-06",
    kept: tuple[int, ...] = (0, 1, 2, 3, 4),
    title: str = "全省",
) -> Batch:
    """Return a bulletin, checked; ``kept`` are the columns that it has."""
    head = [HEAD[0], *(f"{indicator}/{figure}" for figure in HEAD[1:])]
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow([head[i] for i in kept])
    writer.writerows([row[i] for i in kept] for row in rows)
    return check_batch(store, [Upload(f"{title}通报{month}.csv", sink.getvalue().encode())])


def said(batch: Batch) -> list[tuple[str, str, str | None]]:
    """Return severity, code and cell of what was found."""
    return [(f.severity, f.code, f.cell) for f in batch.findings]


def test_a_sound_bulletin_has_no_findings(store: Store) -> None:
    assert said(bulletin(store, lines())) == []


@pytest.mark.parametrize(
    ("column", "figure", "wrong"),
    [
        (3, "826", [("error", "out_of_range", "D2")]),
        (3, "28.6", [("error", "value_and_parts", "D2")]),
        (3, "0.826", [("error", "value_and_parts", "D2")]),
        (3, "82.5", [("warning", "value_and_parts", "D2")]),
        (3, "82.64", [("error", "value_and_parts", "D2")]),
        (3, "83", []),
        (3, "82.6%", []),
        (3, "82.60000000000001", []),
        (4, 80, [("error", "rank_beyond", "E2")]),
        (4, 0, [("error", "rank_beyond", "E2")]),
        (4, 1, [("warning", "rank_and_value", "E2")]),
        (1, 1826, [("error", "numerator_above", "B2")]),
    ],
)
def test_a_figure_that_contradicts_its_line_is_named(
    store: Store, column: int, figure: object, wrong: list[tuple[str, str, str]]
) -> None:
    rows = lines()
    rows[0][column] = figure
    assert said(bulletin(store, rows)) == wrong


def test_a_numerator_and_a_denominator_in_each_others_place(store: Store) -> None:
    rows = lines()
    rows[1][1], rows[1][2] = rows[1][2], rows[1][1]
    assert said(bulletin(store, rows)) == [("error", "numerator_above", "B3")]


@pytest.mark.parametrize("kept", [(0, 3), (0, 3, 4)])
def test_a_value_alone_is_held_against_the_bulletin_before(
    store: Store, kept: tuple[int, ...]
) -> None:
    rows = lines()
    rows[4][3] = "28.1"
    assert ("warning", "sudden_move", "B6") in said(bulletin(store, rows, kept=kept))


def test_a_column_of_fractions_is_no_column_of_percentages(store: Store) -> None:
    rows = [[*row[:3], f"{float(str(row[3])) / 100:.3f}", row[4]] for row in lines()]
    assert said(bulletin(store, rows, kept=(0, 3, 4))) == [("error", "scale_differs", "B2")]
    # Without a bulletin before, it is only unlikely.
    found = said(bulletin(store, rows, indicator="奖励优惠兑现率", kept=(0, 3, 4)))
    assert found == [("warning", "scale_differs", "B2")]


def test_a_column_in_wrong_lines_or_in_anothers_place_is_said_once(store: Store) -> None:
    values = [row[3] for row in lines()]
    for figures in ([*values[1:], values[0]], [str(n) for n in range(1, len(values) + 1)]):
        rows = [[*row[:3], figure, row[4]] for row, figure in zip(lines(), figures, strict=True)]
        found = said(bulletin(store, rows, kept=(0, 3)))
        assert found == [("warning", "column_moved", "B2")]


def test_a_mark_of_thousandths_is_named_as_one(store: Store) -> None:
    rows = lines()
    rows[0][3] = "826‰"
    batch = bulletin(store, rows)
    assert said(batch) == [("error", "percent_sign", "D2")]
    assert "‰" in batch.findings[0].message


def test_a_lost_point_without_a_bulletin_before(store: Store) -> None:
    rows = lines()
    rows[2][3] = 11426
    found = said(bulletin(store, rows, indicator="二孩性别比", kept=(0, 3)))
    assert found == [("warning", "sudden_move", "B4")]


def test_ratios_that_are_no_shares_may_pass_a_hundred(store: Store) -> None:
    rows: list[Line] = [
        [name, 1100 + i, 1000, f"{(1100 + i) / 10:.1f}", i + 1] for i, name in enumerate(NAMES)
    ]
    assert said(bulletin(store, rows, indicator="出生人口性别比")) == []
    rows[0][3] = "111.0"
    found = said(bulletin(store, rows, indicator="出生人口性别比"))
    assert ("error", "value_and_parts", "D2") in found


def test_a_difference_may_be_below_zero_and_a_share_may_not(store: Store) -> None:
    rows: list[Line] = [[name, None, None, f"{i}.5"] for i, name in enumerate(NAMES)]
    rows[0][3] = "-3.2"
    assert said(bulletin(store, rows, indicator="自然增长率", kept=(0, 3))) == []
    assert ("error", "negative", "B2") in said(bulletin(store, rows, kept=(0, 3)))


def test_ranks_by_no_polarity_may_run_either_way(store: Store) -> None:
    rows = lines()
    for row in rows:
        row[4] = 9 - int(str(row[4]))
    assert said(bulletin(store, rows, indicator="手术新帐完成率")) == []
    assert said(bulletin(store, rows)) == [("warning", "rank_and_value", "E2")]


def test_counties_that_are_not_there_are_named_and_stop_nothing(store: Store) -> None:
    batch = bulletin(store, lines()[:5])
    assert said(batch) == [("warning", "missing_county", None)]
    message = batch.findings[0].message
    assert all(name in message for name in NAMES[5:])
    assert not any(name in message for name in NAMES[:5])
    publish_batch(store, batch, why="", received=date(2010, 7, 5))
    assert said(bulletin(store, lines()[5:])) == []


def test_a_county_without_figures_and_a_county_twice(store: Store) -> None:
    rows = lines()
    rows[3] = [NAMES[3], "", "", "", ""]
    batch = bulletin(store, rows)
    assert ("warning", "missing_county", None) in said(batch)
    assert NAMES[3] in batch.findings[0].message
    twice = bulletin(store, [*lines(), lines()[2]])
    assert ("error", "duplicate_area", "A10") in said(twice)


def test_the_mean_of_all_is_no_sum(store: Store) -> None:
    rows = lines()
    total = sum(int(str(row[1])) for row in rows)
    assert said(bulletin(store, [*rows, ["合计", total, 8000, f"{total / 80:.1f}", ""]])) == []


def test_a_citys_bulletin_lacks_no_peers(store: Store) -> None:
    assert said(bulletin(store, lines()[:1], title="全市")) == []
    wrong = lines()[:1]
    wrong[0][3] = "28.6"
    assert said(bulletin(store, wrong, title="全市")) == [("error", "value_and_parts", "D2")]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 999), min_size=8, max_size=8), st.integers(0, 7), st.data())
def test_whatever_is_rounded_fits_and_whatever_is_swapped_does_not(
    store: Store, filed: list[int], line: int, data: st.DataObject
) -> None:
    rows = lines(filed=tuple(filed))
    codes = {f.code for f in bulletin(store, rows).findings}
    assert codes <= {"sudden_move", "scale_differs", "column_moved"}
    rows[line][1], rows[line][2] = rows[line][2], rows[line][1]
    assert ("error", "numerator_above", f"B{line + 2}") in said(bulletin(store, rows))


@pytest.mark.parametrize("month", [date(2007, 10, 1), date(2009, 9, 1), date(2010, 5, 1)])
def test_the_demo_countys_bulletins_have_no_findings(month: date) -> None:
    store = Store(DEMO)
    for dataset, title in (("peer_month", "全省"), ("city_month", "全市")):
        table = store.edition().table(dataset, month)
        assert table is not None
        sink = io.StringIO()
        writer = csv.DictWriter(sink, table.column_names)
        writer.writeheader()
        for row in table.to_pylist():
            writer.writerow({**row, "stat_month": f"{month:%Y-%m}"})
        name = f"{title}通报{month:%Y-%m}.csv"
        batch = check_batch(store, [Upload(name, sink.getvalue().encode())])
        assert said(batch) == []
