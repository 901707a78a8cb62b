"""The process that reads workbooks ends when its time is over, whatever it is doing."""

from __future__ import annotations

import io
import subprocess

import openpyxl
import pytest

from shortplank.ingest import bounded
from shortplank.ingest.bounded import BoundedReader

READS_NOTHING = "import time; time.sleep(60)"
READS_ALL = "import sys; sys.stdin.buffer.read(); " + READS_NOTHING
ANSWERS_HALF = (
    "import sys; sys.stdout.buffer.write((1000).to_bytes(8, 'little') + b'{'); "
    "sys.stdout.buffer.flush(); " + READS_NOTHING
)
ANSWERS_TOO_MUCH = (
    "import sys; sys.stdout.buffer.write((1 << 40).to_bytes(8, 'little')); "
    "sys.stdout.buffer.flush(); " + READS_NOTHING
)


def workbook() -> bytes:
    made, sink = openpyxl.Workbook(), io.BytesIO()
    made.worksheets[0]["A1"] = "单位"
    made.save(sink)
    return sink.getvalue()


@pytest.mark.parametrize("code", [READS_NOTHING, READS_ALL, ANSWERS_HALF, ANSWERS_TOO_MUCH])
def test_a_file_that_takes_too_long_is_too_large_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    much = bytes(1 << 20)  # more than a pipe takes that nobody reads
    with BoundedReader() as reader:
        with monkeypatch.context() as patched:
            patched.setattr(bounded, "_CODE", code)
            patched.setattr(bounded, "SECONDS", 0.5)
            assert reader.read(much) == {"fault": "too_large"}
        assert "sheets" in reader.read(workbook())
        assert reader.read(b"PK no workbook") == {"fault": "broken"}


def test_a_process_ended_just_after_its_answer_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = bounded._asked

    def answered_and_ended(process: subprocess.Popen[bytes], data: bytes) -> bytes:
        found = asked(process, data)
        process.wait(60)
        return found

    with BoundedReader() as reader:
        assert "sheets" in reader.read(workbook())  # it has started
        with monkeypatch.context() as patched:
            patched.setattr(bounded, "_asked", answered_and_ended)
            patched.setattr(bounded, "SECONDS", 2.0)
            assert "sheets" in reader.read(workbook())
        assert "sheets" in reader.read(workbook())
