"""One batch, one edition; other townships' rows stay; every figure leads to its source cell."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pyarrow as pa
import pytest

from shortplank.ingest import Refused, publish_batch
from shortplank.store import Edition, Store
from tests.ingest.county import EAST, HEADER, WEST, as_csv, checked, found, rows, state_of

JUNE = date(2010, 6, 1)
RECEIVED = date(2010, 7, 5)


def publish(store: Store, *texts: str, received: date | None = RECEIVED) -> Edition:
    batch = checked(store, *texts)
    return publish_batch(store, batch, why="月报", received=received)


def deaths(edition: Edition, month: date = JUNE) -> dict[str, int]:
    table = edition.table("village_month", month)
    assert table is not None
    return dict(zip(table["area_code"].to_pylist(), table["deaths"].to_pylist(), strict=True))


def test_all_counts_arrive_under_their_areas(store: Store) -> None:
    lines = [line | {name: n * 10 + place for place, name in enumerate(HEADER[3:])}
             for n, line in enumerate(rows(), start=1)]  # fmt: skip
    for line in lines:
        line.update(一孩符合政策=0, 二孩符合政策=0, 多孩符合政策=0, 政策外出生中流动人口=0)
        line.update(流动人口应建档=99, 奖励优惠应兑现户数=99)
    edition = publish(store, as_csv(lines))
    table = edition.table("village_month", JUNE)
    assert table is not None
    names = ("pop_end", "deaths", "births_p1_m", "births_p1_f", "births_p2_m")
    got = {row["area_code"]: row for row in table.to_pylist()}
    for n, code in enumerate(("990101001001", "990101001002", "990101002001", "990101002002"), 1):
        assert [got[code][name] for name in names] == [n * 10 + place for place in range(5)]
        assert got[code]["benefits_paid"] == n * 10 + 16


def test_only_the_townships_own_rows_of_that_month_are_replaced(store: Store) -> None:
    publish(store, as_csv(rows(死亡人数=1)), as_csv(rows(month="2010-05", 死亡人数=7)))
    edition = publish(store, as_csv(rows(WEST[:1], 死亡人数=5)))
    assert deaths(edition) == {"990101001001": 1, "990101001002": 1, "990101002001": 5}
    assert set(deaths(edition, date(2010, 5, 1)).values()) == {7}
    assert edition.restates == ("2010-06",)
    assert edition.forms["village_month"] == 2
    assert set(deaths(store.edition(1)).values()) == {1}


def test_every_revision_is_kept_with_its_day(store: Store) -> None:
    publish(store, as_csv(rows()))
    publish(store, as_csv(rows(EAST)), received=date(2010, 7, 9))
    table = store.edition().table("submission", JUNE)
    assert table is not None
    columns = ("area_code", "form", "revision", "received_at")
    assert [tuple(row[c] for c in columns) for row in table.to_pylist()] == [
        ("990101001", "village_month", 1, date(2010, 7, 5)),
        ("990101001", "village_month", 2, date(2010, 7, 9)),
        ("990101002", "village_month", 1, date(2010, 7, 5)),
    ]


def test_the_day_of_receipt_is_the_commands_then_the_sheets_then_today(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-20")
    signed = as_csv([*rows(), {"月份": "报出日期：2010年7月4日"}])

    def received(text: str, day: date | None) -> date:
        table = publish(store, text, received=day).table("submission", JUNE)
        assert table is not None
        return table.sort_by("revision")["received_at"][-1].as_py()

    assert received(signed, RECEIVED) == RECEIVED
    assert received(signed, None) == date(2010, 7, 4)
    assert received(as_csv(rows()), None) == date(2010, 7, 20)


def test_every_figure_leads_to_its_cell(store: Store) -> None:
    lines = [line | {"死亡人数": n} for n, line in enumerate(rows(), start=3)]
    text = "云洲县月报" + "," * (len(HEADER) - 1) + "\n" + as_csv(reversed(lines))
    edition = publish(store, text)
    sheet = list(csv.reader(io.StringIO(text)))
    submissions = edition.table("submission", JUNE)
    assert submissions is not None
    seen = {}
    for row in submissions.to_pylist():
        cells = json.loads(row["cells"])
        assert (cells["file"], cells["header"]) == ("1.csv", [2, 2])
        column = ord(cells["columns"]["deaths"]) - ord("A")
        seen |= {code: int(sheet[line - 1][column]) for code, line in cells["rows"].items()}
    assert seen == deaths(edition)


def test_all_files_of_a_batch_or_none(store: Store) -> None:
    publish(store, as_csv(rows()))
    before = state_of(store.root)
    batch = checked(store, as_csv(rows(EAST, 死亡人数=9)), as_csv(rows(WEST, 死亡人数=-9)))
    with pytest.raises(Refused):
        publish_batch(store, batch, why="乙")
    assert state_of(store.root) == before


def test_nothing_to_publish_is_refused(store: Store) -> None:
    with pytest.raises(Refused):
        publish_batch(store, checked(store), why="乙")


def test_a_skipped_month_is_said(store: Store) -> None:
    assert not checked(store, as_csv(rows(month="2010-03"))).findings
    publish(store, as_csv(rows(month="2010-03")), as_csv(rows(EAST, month="2010-04")))
    batch = checked(store, as_csv(rows(month="2010-05")))
    assert found(batch) == [("skipped_month", None)]
    message = batch.findings[0].message
    assert "西岭乡" in message and "东岭镇" not in message and "2010-04" in message
    batch = checked(store, as_csv(rows(month="2010-04")), as_csv(rows(month="2010-05")))
    assert not batch.findings


def test_a_workspace_without_submissions_is_served_too(store: Store) -> None:
    path = store.root / "catalogue/measures.toml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("submission =")]
    path.write_text("".join(kept), encoding="utf-8")
    edition = publish(Store(store.root), as_csv(rows()))
    assert {dataset for dataset, _ in edition.by_key} == {"village_month"}


def test_a_township_report_takes_its_township_by_name(store: Store) -> None:
    form = store.workspace.forms["township_month"]
    names = [headers[-1] for headers in form.columns.values()]
    lines = [
        {"月份": "2010-06", "单位": town, **dict.fromkeys(names, 2)}
        for town in ("东岭镇", "西岭公社")
    ]
    edition = publish(store, as_csv(lines, ["月份", "单位", *names]))
    table = edition.table("township_month", JUNE)
    assert table is not None and isinstance(table, pa.Table)
    assert table["area_code"].to_pylist() == ["990101001", "990101002"]
    assert set(table["procedures_due"].to_pylist()) == {2}
