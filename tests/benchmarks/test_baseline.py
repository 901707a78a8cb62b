"""What a run of benchmarks says beside the figures that were kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks import baseline
from benchmarks.baseline import Kept, accepted, compare
from benchmarks.timing import Row, anchored, merged

ON = date(2026, 11, 29)


def kept(figure: float, noise: float = 0.1, kept_as: str = "ratio") -> dict[str, Kept]:
    return {"row": Kept(figure, kept_as, noise, 5, "2026-11-01")}


def ratio(*figures: float) -> Row:
    [row] = merged([[Row("row", figure, 1.0, None)] for figure in figures])
    return row


@pytest.mark.parametrize(
    ("row", "then", "worse", "better"),
    [
        pytest.param(ratio(1.05), kept(1.0), 0, 0, id="within its noise"),
        pytest.param(ratio(1.1), kept(1.0), 0, 0, id="just within"),
        pytest.param(ratio(1.11), kept(1.0), 1, 0, id="beyond"),
        pytest.param(ratio(1.3), kept(1.0, noise=0.4), 0, 0, id="a row of much noise"),
        pytest.param(ratio(0.8), kept(1.0), 0, 1, id="better"),
        pytest.param(ratio(0.95), kept(1.0), 0, 0, id="better within its noise"),
        pytest.param(ratio(1.0, 5.0, 1.02), kept(1.0), 0, 0, id="one bad run of three"),
        pytest.param(ratio(1.0, 1.5, 1.6), kept(1.0), 1, 0, id="two bad runs of three"),
        pytest.param(
            Row("row", 0, None, 0, "errors"), kept(0, kept_as="errors"), 0, 0, id="still no error"
        ),
        pytest.param(
            Row("row", 1, None, 0, "errors"), kept(0, kept_as="errors"), 1, 0, id="an error"
        ),
        pytest.param(
            Row("row", 200, None, None, anchor=20),
            kept(5.0, kept_as="× anchor"),
            1,
            0,
            id="twice the time of what stays the same",
        ),
        pytest.param(
            Row("row", 200, None, None, anchor=40),
            kept(5.0, kept_as="× anchor"),
            0,
            0,
            id="twice the time on a machine half as fast",
        ),
    ],
)
def test_a_row_moved_where_it_left_its_noise(
    row: Row, then: dict[str, Kept], worse: int, better: int
) -> None:
    found = compare([row], then)
    assert (len(found.worse), len(found.better), found.compared) == (worse, better, 1)


@pytest.mark.parametrize("then", [{}, kept(5.0, kept_as="× anchor")])
def test_a_row_without_a_figure_of_its_kind_is_said_and_not_compared(then: dict[str, Kept]) -> None:
    found = compare([ratio(9.0)], then)
    assert (found.unknown, found.compared, found.worse) == (["row"], 0, [])
    assert found.lines() == [
        "no baseline yet: row",
        "0 rows compared with benchmarks/baseline.json: nothing got worse by more than its noise.",
    ]


def test_what_got_worse_is_a_line_a_row_and_the_end_says_how_many() -> None:
    assert compare([ratio(1.5)], kept(1.0)).lines() == [
        "WORSE: row: 1.50 ratio, was 1.00 on 2026-11-01 (+50 %, noise 10 %)",
        "1 rows compared with benchmarks/baseline.json: 1 got worse by more than their noise.",
    ]


def test_accepting_keeps_the_median_the_spread_and_the_other_rows() -> None:
    new = accepted([ratio(1.0, 1.3, 1.1)], {"other": kept(2.0)["row"]}, ON)
    assert list(new) == ["other", "row"]
    assert new["row"] == Kept(1.1, "ratio", 0.2727, 3, "2026-11-29")


def test_a_row_that_ran_once_is_accepted_with_a_wide_noise() -> None:
    assert accepted([ratio(2.0)], {}, ON)["row"].noise == baseline.UNMEASURED


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert baseline.read(file) == {}
    baseline.write(kept(1.0), file)
    assert baseline.read(file) == kept(1.0)


def test_the_committed_file_can_be_read_and_names_no_absolute_time() -> None:
    now = baseline.read()
    assert now and "ms" not in {each.kept_as for each in now.values()}


def test_only_a_time_with_nothing_beside_it_is_anchored_to_the_beat() -> None:
    rows = [
        Row("alone", 10, None, None),
        Row("beside another", 10, 5, None),
        Row("with its own anchor", 10, None, None, anchor=4),
        Row("memory", 10, None, None, "MB"),
    ]
    assert [row.anchor for row in anchored(rows, 2.0)] == [2.0, None, 4, None]
    assert [row.comparable for row in anchored(rows, 2.0)] == [5.0, 2.0, 2.5, 10]
