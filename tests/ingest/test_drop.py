"""A drop's months beside each other, and beside today."""

from __future__ import annotations

from datetime import date

import pytest

from shortplank.ingest import check_batch
from shortplank.store import Store
from tests.ingest.books import book, merges, report
from tests.ingest.county import EAST, HEADER, WEST, as_csv, checked, found, rows, upload

JUNE, MAY = date(2010, 6, 1), date(2010, 5, 1)


def files(*months: str) -> list[str]:
    """Return a file for each of the months; townships take turns."""
    towns = (EAST, WEST)
    return [as_csv(rows(towns[n % 2], month)) for n, month in enumerate(months)]


def off(store: Store, *months: str, **options: object) -> list[str]:
    """Return the files whose month is an error."""
    batch = checked(store, *files(*months), **options)
    return [f.file for f in batch.findings if (f.code, f.severity) == ("month_off", "error")]


@pytest.mark.parametrize(
    ("months", "wrong"),
    [
        (("2010-06", "2010-06", "2010-05"), ["3.csv"]),
        (("2009-06", "2010-06", "2010-06"), ["1.csv"]),
        (("2010-06", "2010-06"), []),
        (("2010-05", "2010-06"), []),
        (("2010-05", "2010-05", "2010-06", "2010-06"), []),
        (tuple(f"2009-{month:02d}" for month in range(1, 13)), []),
        (tuple(f"{2007 + n // 24}-{n // 2 % 12 + 1:02d}" for n in range(72)), []),
    ],
)
def test_a_file_alone_among_the_others_is_off(
    store: Store, months: tuple[str, ...], wrong: list[str]
) -> None:
    assert off(store, *months) == wrong


def test_a_month_that_is_confirmed_is_said_and_stops_nothing(store: Store) -> None:
    batch = checked(store, *files("2010-06", "2010-06", "2010-05"), months_ok={MAY})
    assert batch.months_off == (MAY,)
    kept = [f for f in batch.findings if f.code == "month_off"]
    assert [(f.severity, "已经确认" in f.message) for f in kept] == [("warning", True)]
    assert off(store, "2010-06", "2010-06", "2010-05", months_ok={JUNE}) == ["3.csv"]


def test_a_month_to_come_waits_to_be_confirmed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-05-31")
    batch = checked(store, as_csv(rows()))
    assert batch.stops and batch.months_off == (JUNE,)
    assert "--month-ok 2010-06" in batch.findings[0].message
    assert not checked(store, as_csv(rows()), months_ok={JUNE}).stops
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-06-01")
    assert not checked(store, as_csv(rows())).findings


def test_lines_with_months_of_their_own_are_never_off(store: Store) -> None:
    head = ["回溯时间：2010年7月1日", "乡镇,村名,出生月份,男,女,合计"]
    places = [*EAST, *WEST]
    months = ["2010-06", "2010-06", "2010-06", "2010-01"]
    lines = [f"{t},{v},{m},2,1,3" for (t, v), m in zip(places, months, strict=True)]
    text = "\n".join([*head, *lines])
    assert not check_batch(store, [upload(text)]).findings


# --- the month of one report ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("东岭镇2010年第二季度村报表", "bad_month"),
        ("东岭镇2009年10月至2010年6月村报表（累计）", "bad_month"),
        ("东岭镇2010年6、7月村月报", "bad_month"),
        ("东岭镇2010年度村报表", "bad_month"),
        ("东岭镇7月村月报", "months_differ"),
        ("东岭镇2010年6月村月报（对比2009年6月）", None),
        ("（2010年7月修订）东岭镇2010年6月村月报", None),
    ],
)
def test_a_title_and_a_files_name_are_read_by_one_rule(
    store: Store, title: str, code: str | None
) -> None:
    made = report()
    made[0] = [title]
    batch = check_batch(store, [book(made, merges())])
    assert found(batch) == ([(code, "A1")] if code == "bad_month" else found(batch))
    assert [f.code for f in batch.findings] == ([code] if code else [])
    named = check_batch(store, [book(report(), merges(), name=f"{title}.xlsx")])
    assert [f.code for f in named.findings] == ([code] if code else [])


@pytest.mark.parametrize(
    ("cells", "month"),
    [
        (["填报单位：东岭镇", None, None, date(2010, 6, 30)], JUNE),
        (["填报单位：东岭镇", None, None, date(2010, 6, 1)], JUNE),
        (["填报单位：东岭镇", None, "报出日期：", date(2010, 6, 30)], None),
        (["填报单位：东岭镇", None, "日期", None, date(2010, 7, 31)], None),
    ],
)
def test_a_date_cell_is_of_its_month(store: Store, cells: list[object], month: date | None) -> None:
    made = report()
    made[1] = cells
    batch = check_batch(store, [book(made, merges())])
    assert batch.reports[0].month == month
    assert found(batch) == ([] if month else [("no_month", None)])


def test_the_day_of_a_signature_is_no_second_month(store: Store) -> None:
    made = report()
    made[0] = ["东岭镇2010年6月村月报", None, date(2010, 7, 4)]
    assert not check_batch(store, [book(made, merges())]).findings


def test_a_month_column_takes_dates_and_refuses_a_tenth(store: Store) -> None:
    assert not checked(store, as_csv(rows(month="2010-06-30"))).findings
    assert checked(store, as_csv(rows(month="2010-06-30"))).reports[0].month == JUNE
    batch = checked(store, as_csv(rows(month="2010.1")))
    assert found(batch) == [("bad_month", "A2")]
    assert "1 月还是 10 月" in batch.findings[0].message


def test_a_quarterly_form_refuses_another_month(store: Store) -> None:
    form = store.workspace.forms["township_quarter"]
    names = [headers[-1] for headers in form.columns.values()]
    towns = [",".join([town, *["2"] * len(names)]) for town in ("东岭镇", "西岭乡")]
    body = "\n".join([",".join(["乡镇", *names]), *towns])
    for title, code in (("2010年5月", "bad_month"), ("2010年上半年", "bad_month"), ("2010Q2", "")):
        batch = check_batch(store, [upload(f"{title}\n{body}", "季报.csv")])
        assert [f.code for f in batch.findings] == ([code] if code else [])
    asked = check_batch(store, [upload(body, "季报.csv")], month=MAY)
    assert found(asked) == [("bad_month", None)]
    assert "--month 2010-05" in asked.findings[0].message


@pytest.mark.parametrize("name", ["2010.06.csv", "2010.06", "县里/2009-05/201006_东岭镇.xls.csv"])
def test_a_files_own_name_says_its_month(store: Store, name: str) -> None:
    lines = [{k: v for k, v in line.items() if k != "月份"} for line in rows()]
    text = as_csv(lines, HEADER[1:])
    assert check_batch(store, [upload(text, name)]).reports[0].month == JUNE
