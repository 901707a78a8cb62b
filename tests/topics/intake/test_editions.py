"""Editions and their differences in the reader's words: no id of ours on the screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from shortplank.reading.published import dated, stamp_parts
from shortplank.store import Store
from shortplank.topics.intake.answer.editions import changes_sentence, changes_table, editions_table
from tests.demo.conftest import DEMO

STORE = Store(DEMO)


def test_every_changed_count_has_a_chinese_name() -> None:
    changes = STORE.diff(1, STORE.newest())
    names = set(changes_table(STORE.workspace, changes)["数"].to_pylist())
    assert len(names) > 40
    assert not [name for name in names if re.search(r"[a-z]{3}|_", name)]


def test_the_sentence_counts_areas_counts_and_months() -> None:
    newest = STORE.newest()
    changes = STORE.diff(newest - 1, newest)
    said = changes_sentence(STORE.workspace, changes)
    assert f"{changes.num_rows:,} 个数不同" in said and "2010-05" in said
    assert changes_sentence(STORE.workspace, changes.slice(0, 0)) == "两版的数完全相同。"


def test_the_newest_edition_stands_first() -> None:
    table = editions_table(STORE)
    assert table["版次"][0].as_py() == f"第{STORE.newest()}版"
    assert table["数据截至"][0].as_py() == "2010-05"


def test_the_age_of_the_data_is_not_the_day_of_publishing() -> None:
    for number in (1, STORE.newest()):
        edition = replace(STORE.edition(number), published_at=datetime(2026, 11, 28, tzinfo=UTC))
        row = editions_table(STORE).to_pylist()[STORE.newest() - number]
        held = f"{row['数据截至'][:4]}年{int(row['数据截至'][5:])}月"
        assert dated(edition) == {"数据截至": held, "发布日期": "2026年11月28日"}
        assert stamp_parts(edition) == [
            f"数据截至{held}",
            f"第{number}版",
            "2026年11月28日发布",
        ]
