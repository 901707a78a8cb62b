"""Reports as townships send them: every count as it is meant, every fault at its cell.

Excerpts stand in the repository; the whole set is shared data and skips visibly without it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.cli import run
from shortplank.ingest import Upload, check_batch, publish_batch
from shortplank.ingest.privacy import is_denied
from shortplank.store import Store
from tests.ingest.county import state_of
from tests.ingest.yunzhou import EXCERPTS, JUNE, differing, expected, make_yunzhou, uploads
from tests.shared import shared_or_skip

BAD = (
    "sum_mismatch.xlsx", "negative.xlsx", "decimal.xlsx", "not_a_number.xlsx", "formula_error.xlsx",
    "unknown_village.xlsx", "duplicate_village.xlsx", "missing_village.xlsx",
    "missing_village_consistent.xlsx", "total_row_mismatch.xlsx", "filed_more_than_due.xlsx",
    "wrong_month.xlsx", "empty.xlsx", "unknown_column.xlsx", "personal_columns.xlsx",
    "phone_in_footer.xlsx", "csv_injection.xlsx", "script_in_name.xlsx", "html_as_xls.xls",
    "truncated.xlsx", "random_bytes.xlsx", "empty_file.csv", "utf16_binary.csv", "zip_bomb.xlsx",
)  # fmt: skip


@pytest.fixture
def yunzhou(tmp_path: Path) -> Store:
    """The demo county without editions."""
    return Store(make_yunzhou(tmp_path / "county"))


def folder(kind: str, whole: bool) -> Path:
    return shared_or_skip(f"samples/{kind}") if whole else EXCERPTS / kind


@pytest.mark.parametrize("whole", [False, True], ids=["excerpt", "shared"])
def test_every_count_of_the_good_files_arrives(yunzhou: Store, whole: bool) -> None:
    good = folder("good", whole)
    batch = check_batch(yunzhou, uploads(good))
    assert {f.severity for f in batch.findings} <= {"warning"}
    edition = publish_batch(yunzhou, batch, why="六月月报")
    villages, wrong = differing(edition, "village_month", good / "expected.csv")
    assert not wrong and villages >= 38 * 17
    townships, wrong = differing(edition, "township_month", good / "expected_township.csv")
    assert not wrong and townships == 16 * 9
    submissions = edition.table("submission", JUNE)
    assert submissions is not None
    received = {
        row["received_at"].isoformat()
        for row in submissions.to_pylist()
        if row["form"] == "village_month"
    }
    assert received == {"2010-07-04"}


def test_hidden_sheets_are_named_and_never_read(yunzhou: Store) -> None:
    batch = check_batch(yunzhou, uploads(EXCERPTS / "good"))
    hidden = [f for f in batch.findings if f.code == "hidden_sheet"]
    assert [(f.sheet, f.severity) for f in hidden] == [("旧表", "warning")]
    assert {report.grid.sheet for report in batch.reports} == {None, "月报", "Sheet1", "乡镇表"}


def test_a_column_may_stand_anywhere(yunzhou: Store) -> None:
    (upload,) = [u for u in uploads(EXCERPTS / "good") if "梅坪" in u.name]
    (report,) = check_batch(yunzhou, [upload]).reports
    assert report.layout.measures["migrants_due"] == (1,)
    assert report.layout.measures["pop_end"] == (5,)
    assert (report.layout.first, report.layout.last) == (3, 5)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_stopped_at_its_cell(
    yunzhou: Store, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    excerpt = EXCERPTS / "bad"
    bad = excerpt if (excerpt / name).exists() else shared_or_skip("samples/bad")
    wanted, before = expected(bad)[name], state_of(yunzhou.root)
    batch = check_batch(yunzhou, [Upload(name, (bad / name).read_bytes())])
    worst = [
        s for s in ("refuse", "error", "warning") if any(f.severity == s for f in batch.findings)
    ]
    assert worst[:1] == [wanted["severity"]]
    if "cell" in wanted:
        cells = [f.cell for f in batch.findings if f.severity == wanted["severity"]]
        assert wanted["cell"] in cells
    assert all(f.message.endswith("。") for f in batch.findings)
    code = run(["import", str(bad / name), "-w", str(yunzhou.root), "--json"])
    assert code == (0 if wanted["severity"] == "warning" else 1)
    assert bool(yunzhou.numbers()) == (wanted["severity"] == "warning")
    if code:
        assert state_of(yunzhou.root) == before
    said = "".join(capsys.readouterr())
    assert "11010519491231" not in said and "13800138000" not in said and "Traceback" not in said


def test_an_unknown_village_is_told_with_what_was_meant(yunzhou: Store) -> None:
    name = "unknown_village.xlsx"
    data = (shared_or_skip("samples/bad") / name).read_bytes()
    (finding,) = check_batch(yunzhou, [Upload(name, data)]).findings
    assert "第 9 行" in finding.message and "安洼村" in finding.message


def test_no_header_of_the_forms_is_denied(yunzhou: Store) -> None:
    for form in yunzhou.workspace.forms.values():
        for headers in (*form.columns.values(), *(t.headers for t in form.totals)):
            assert not any(is_denied(header) for header in headers)
