"""A blank workspace with one report of villages, and its months written as CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shortplank.access import MACHINE
from shortplank.catalogue import load_workspace
from shortplank.cli.new_workspace import write_workspace
from shortplank.ingest import Upload, check_batch
from shortplank.ingest.gazetteer import Proposed, Wish, propose, read_seen
from shortplank.ingest.gazetteer.columns import Named
from shortplank.records.settings_changes import change
from shortplank.store import Store

MEASURES = """
[datasets]
village_month = { label = "村月报", level = "village" }
submission = { label = "报送", level = "township", shape = "submission", cadence = "event", \
keys = { form = "VARCHAR", revision = "BIGINT", received_at = "DATE", file_sha256 = "VARCHAR", \
sheet = "VARCHAR", cells = "VARCHAR" } }
[measures]
births = { label = "出生人数", dataset = "village_month" }
people = { label = "常住人口", dataset = "village_month" }
"""
FORM = """
label = "村月报"
dataset = "village_month"
optional = ["*"]
[month]
headers = ["月份"]
[area]
code_headers = ["村码"]
parent_headers = ["乡镇"]
name_headers = ["村名"]
[columns]
births = ["出生人数"]
people = ["常住人口"]
"""
# A row of a month: township, village, its code ("" for none) and its people.
Row = tuple[str, str, str, int]


def blank(root: Path, *, form: bool = True) -> Store:
    """Return the store of a new blank workspace, with the report of villages if wanted."""
    write_workspace(root, "990101", "本县", blank=True)
    if form:
        (root / "catalogue/measures.toml").write_text(MEASURES, "utf-8")
        (root / "catalogue/forms").mkdir(exist_ok=True)
        (root / "catalogue/forms/village.toml").write_text(FORM, "utf-8")
    return opened(root)


def opened(root: Path) -> Store:
    """Return the machine's store of a workspace as it is now."""
    return Store(root, load_workspace(root), MACHINE)


def months(rows: Mapping[str, Iterable[Row]]) -> list[Upload]:
    """Return a file a month."""
    files = []
    for month, lines in rows.items():
        text = "月份,乡镇,村名,村码,出生人数,常住人口\n" + "".join(
            f"{month},{town},{name},{code},{people % 7},{people}\n"
            for town, name, code, people in lines
        )
        files.append(Upload(f"{month}.csv", text.encode()))
    return files


def proposed(
    store: Store, files: Iterable[Upload], named: Named | None = None, **wish: Any
) -> Proposed:
    """Return what files propose for a workspace."""
    ws = store.workspace
    seen = read_seen(ws, files, named) if named else read_seen(ws, files)
    return propose(ws, seen, Wish(**wish))


def accepted(store: Store, files: list[Upload], **wish: Any) -> Store:
    """Return the store with what files propose written, and nothing left to propose."""
    made = proposed(store, files, **wish)
    change(store, made.texts, "从报表登记单位")
    after = opened(store.root)
    assert proposed(after, files, **wish).texts == {}
    return after


def errors(store: Store, files: Iterable[Upload]) -> list[str]:
    """Return the sentences that stop a batch."""
    found = check_batch(store, files).findings
    return [each.message for each in found if each.severity != "warning"]
