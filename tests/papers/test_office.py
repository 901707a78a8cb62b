"""The office program: one at a time, ended with its time, a sentence for what it does not do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shortplank.errors import ShortplankError
from shortplank.papers import office


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand for the program: a script that does what its lines say."""
    path = tmp_path / "soffice"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.setattr(office, "program", lambda: str(path))
    return path


def test_without_a_program_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    assert not office.draws()
    with pytest.raises(ShortplankError, match="没有 LibreOffice"):
        office.pdfs({"a.docx": b"a"})


def test_a_paper_that_was_not_laid_out_is_named(fake: Path) -> None:
    with pytest.raises(ShortplankError, match=r"没有排出 甲\.docx"):
        office.pdfs({"甲.docx": b"a"})


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/child\nwait\n")
    monkeypatch.setattr(office, "LONGEST", 1.0)
    with pytest.raises(ShortplankError, match="没有排完"):
        office.pdfs({"a.docx": b"a"})
    started = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    while started.exists() and started.read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)


def test_who_comes_while_another_is_laid_out_waits_and_is_told(
    fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "LONGEST", 0.05)
    with office._one_at_a_time, pytest.raises(ShortplankError, match="还没有轮到"):
        office.pdfs({"a.docx": b"a"})
