"""读回议定事项 in AppTest: seen first, registered at a press, refused with one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.store import journal
from tests.copies import demo_copy
from tests.pages.apps import button, opened, sound, text
from tests.papers.test_decided import GOOD, THREE, document, slides


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = demo_copy(tmp_path / "demo", without=("journal",))
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    return root


def drop(name: str, data: bytes) -> AppTest:
    test = opened("briefing", role="analyst")
    test.file_uploader[0].set_value((name, data, "application/octet-stream"))
    return test.run()


def test_three_decisions_are_seen_and_then_registered(folder: Path) -> None:
    test = sound(drop("纪要.docx", document(THREE)))
    assert "可以登记 3 项" in text(test) and not journal.read(folder, "follow_ups")
    button(test, "登记 3 项").click().run()
    assert "已登记 3 项" in text(sound(test)) and "补发上季奖励" in text(test)
    assert len(journal.read(folder, "follow_ups")) == 3
    assert not test.file_uploader[0].value


def test_a_row_that_is_wrong_leaves_nothing_to_press(folder: Path) -> None:
    test = sound(drop("会.pptx", slides([GOOD, (*GOOD[:2], "", *GOOD[3:])])))
    assert "有 1 行要先改正" in text(test) and "没有写依据指标" in text(test)
    assert not [each for each in test.button if each.label.startswith("登记 ")]
    assert not journal.read(folder, "follow_ups")


def test_a_file_that_is_none_is_refused_with_one_sentence() -> None:
    [error] = drop("a.docx", b"PK no document").error
    assert "不完整或已损坏" in error.value


def test_who_may_not_register_has_no_place_to_drop() -> None:
    assert not opened("briefing", role="viewer").file_uploader
