"""Lines read back: the newest first, by filters, past torn ones; and old days thrown away."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from shortplank.audit import reading
from shortplank.audit.lines import audit_folder, line_of
from shortplank.audit.reading import Asked, days, forget_old, found

FIRST, LAST = date(2010, 1, 1), date(2010, 12, 31)


@pytest.fixture
def kept(state: Path) -> Path:
    """Three days of lines: five a day, of two accounts."""
    folder = audit_folder(state.parent)
    for day in (3, 4, 5):
        made = [
            line_of(
                f"2010-06-0{day}T0{number}:00:00.000+08:00",
                "ab"[number % 2],
                "export" if number == 4 else "look",
                {"page": "rankings" if number < 3 else "trends", "edition": 10 * day + number},
            )
            for number in range(5)
        ]
        (folder / f"2010-06-0{day}.jsonl").write_bytes(b"".join(made))
    return state.parent


def editions(root: Path, asked: Asked, most: int = 100) -> list[object]:
    return [line["edition"] for line in found(root, asked, most).lines]


def test_the_newest_stands_first(kept: Path) -> None:
    made = found(kept, Asked(FIRST, LAST), 100)
    assert [line["edition"] for line in made.lines] == [
        *range(54, 49, -1),
        *range(44, 39, -1),
        *range(34, 29, -1),
    ]
    assert (made.looked, made.more) == (15, False)


def test_each_filter_holds(kept: Path) -> None:
    assert editions(kept, Asked(date(2010, 6, 4), date(2010, 6, 4))) == [44, 43, 42, 41, 40]
    assert editions(kept, Asked(FIRST, LAST, account="b")) == [53, 51, 43, 41, 33, 31]
    assert editions(kept, Asked(FIRST, LAST, what="export")) == [54, 44, 34]
    assert editions(kept, Asked(FIRST, LAST, page="trends", account="b")) == [53, 43, 33]
    assert editions(kept, Asked(FIRST, LAST, indicator="migrant_filing")) == []


def test_there_may_be_more(kept: Path) -> None:
    made = found(kept, Asked(FIRST, LAST), 7)
    assert len(made.lines) == 7 and made.more and made.looked == 8
    assert not found(kept, Asked(FIRST, LAST), 15).more


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 16])
def test_a_torn_line_is_passed_over_and_costs_no_other(
    kept: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_BLOCK", block)
    file = audit_folder(kept) / "2010-06-05.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    day = Asked(date(2010, 6, 5), LAST)
    assert editions(kept, day) == [53, 52, 51, 50]
    with file.open("ab") as more:  # the disk has room again: the next line follows the torn one
        more.write(whole.splitlines(keepends=True)[0])
    assert editions(kept, day) == [50, 53, 52, 51, 50]


def test_what_is_no_line_is_passed_over(kept: Path) -> None:
    file = audit_folder(kept) / "2010-06-05.jsonl"
    file.write_bytes(b'\n\xff\xfe\n[1]\n"x"\n' + file.read_bytes() + b"\x00" * 40 + b"\n")
    assert editions(kept, Asked(date(2010, 6, 5), LAST)) == [54, 53, 52, 51, 50]


def test_other_files_are_left_alone(kept: Path) -> None:
    for name in ("notes.txt", "2010-02-31.jsonl", "2010-06-05.jsonl.bak"):
        (audit_folder(kept) / name).write_text("x")
    assert days(kept) == [date(2010, 6, day) for day in (3, 4, 5)]
    assert forget_old(kept, 30, date(2020, 1, 1)) == [date(2010, 6, day) for day in (3, 4, 5)]
    assert len(list(audit_folder(kept).iterdir())) == 3


def test_days_are_kept_for_as_many_as_the_settings_say(kept: Path) -> None:
    assert forget_old(kept, 30, date(2010, 7, 3)) == []
    assert forget_old(kept, 30, date(2010, 7, 5)) == [date(2010, 6, 3), date(2010, 6, 4)]
    assert days(kept) == [date(2010, 6, 5)]


def test_a_large_day_is_read_in_bounded_memory(state: Path) -> None:
    line = line_of("2010-06-05T09:00:00.000+08:00", "a", "look", {"page": "rankings"})
    (audit_folder(state.parent) / "2010-06-05.jsonl").write_bytes(line * 100_000)
    tracemalloc.start()
    made = found(state.parent, Asked(FIRST, LAST, account="b"), 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.looked == 100_000 and peak < 2_000_000
