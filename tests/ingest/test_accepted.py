"""Headers that an analyst accepts once; the journal that keeps them."""

from __future__ import annotations

import json
import threading

import pytest

from shortplank.errors import ShortplankError, StoreError
from shortplank.ingest import accept_header, check_batch
from shortplank.ingest.accepted import accepted_headers
from shortplank.store import Store, journal
from tests.ingest.books import book, merges, report
from tests.ingest.county import found


def strange() -> list[list[object]]:
    rows = report()
    rows[2][1], rows[2][22] = "在册人口", "流口立卡"
    return rows


def test_an_accepted_header_is_known_from_then_on(store: Store) -> None:
    upload = book(strange(), merges())
    batch = check_batch(store, [upload])
    assert found(batch, "error") == [("unknown_header", "B3"), ("unknown_header", "W3")]
    for unknown, means in zip(batch.unknown, ("期末总人口", "流动人口建档"), strict=True):
        accept_header(store, unknown.form, unknown.header, means)
    assert not check_batch(store, [upload]).findings
    line = journal.read(store.root, "accepted_headers")[0]
    assert (line["who"], line["header"], line["means"]) == ("分析员", "在册人口", "期末总人口")
    assert line["at"].endswith("+00:00")


def test_a_header_may_be_accepted_for_one_batch_only(store: Store) -> None:
    accept = {
        ("village_month", "在册人口"): "pop_end",
        ("village_month", "流口立卡"): "流动人口建档",
    }
    assert not check_batch(store, [book(strange(), merges())], accept=accept).findings
    assert not accepted_headers(store.root)


def test_a_column_may_be_accepted_as_not_read(store: Store) -> None:
    rows = [[*row, None] for row in report()]
    rows[2][26], rows[5][26] = "备注说明", "x"
    upload = book(rows, merges())
    assert found(check_batch(store, [upload]), "error") == [("unknown_header", "AA3")]
    accept_header(store, "village_month", "备注说明", "不读")
    assert not check_batch(store, [upload]).findings


def test_only_a_known_meaning_can_be_given(store: Store) -> None:
    with pytest.raises(ShortplankError, match="期末总人口"):
        accept_header(store, "village_month", "在册人口", "期末总人数")
    with pytest.raises(ShortplankError, match="no_form"):
        accept_header(store, "no_form", "在册人口", "期末总人口")


# --- the journal ----------------------------------------------------------------------------------
def test_lines_of_many_writers_are_whole(store: Store) -> None:
    def write(who: int) -> None:
        for number in range(20):
            journal.append(store.root, "marks", {"who": who, "number": number, "text": "长" * 500})

    writers = [threading.Thread(target=write, args=(who,)) for who in range(5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = journal.read(store.root, "marks")
    assert len(lines) == 100
    assert [line["number"] for line in lines if line["who"] == 3] == list(range(20))


def test_half_a_line_is_passed_over_and_ended(store: Store) -> None:
    journal.append(store.root, "marks", {"n": 1})
    path = store.root / "journal" / "marks.jsonl"
    with path.open("ab") as file:
        file.write(b'{"n": 2, "te')
    journal.append(store.root, "marks", {"n": 3})
    assert [line["n"] for line in journal.read(store.root, "marks")] == [1, 3]
    assert json.loads(path.read_text("utf-8").splitlines()[-1]) == {"n": 3}


def test_a_write_that_fails_is_told_and_leaves_the_journal_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(store.root, "marks", {"n": 1})

    def full(handle: int, data: bytes) -> int:
        raise OSError(28, "no space")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(StoreError, match="磁盘已满"):
        journal.append(store.root, "marks", {"n": 2})
    assert journal.read(store.root, "marks") == [{"n": 1}]
    assert journal.read(store.root, "nothing") == []
    with pytest.raises(ValueError, match="journal"):
        journal.read(store.root, "../areas")
