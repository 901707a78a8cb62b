"""What was found in files: a line each, the cells around it, and copies with notes in the cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

import pyarrow as pa
import streamlit as st

from shortplank import ingest
from shortplank.frame.html import paragraph, write_html
from shortplank.frame.open_page import Desk
from shortplank.frame.table.picked import picked_row
from shortplank.ingest import Finding, Upload
from shortplank.records import tray
from shortplank.records.tray import Item
from shortplank.topics.intake.page.neighbourhood import neighbourhood_html


def write_findings(
    desk: Desk, uploads: Sequence[Upload], findings: Sequence[Finding], turn: str
) -> None:
    """Write what was found in some files, what stands around it, and the annotated copies.

    ``turn`` tells one drop of files from the next.
    """
    files = list(dict.fromkeys(f.file for f in findings))
    severities = {
        k: v for k, v in ingest.SEVERITY_LABELS.items() if any(f.severity == k for f in findings)
    }
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        severity = st.segmented_control(
            "级别", ["all", *severities], default="all", required=True,
            format_func=lambda each: severities.get(each, "全部"),
        )  # fmt: skip
    with right:
        file = st.selectbox(
            "文件",
            ["", *files],
            format_func=lambda name: name or "全部文件",
            key=f"{desk.key}-file",
        )
    shown = [f for f in findings if severity in ("all", f.severity) and file in ("", f.file)]
    table = findings_table(shown)
    key = _key(table, turn)
    desk.write_table(table, name="发现的问题", key=key, picks=True)
    row = picked_row(f"{desk.key}-{key}")
    desk.say("点选一行，下面显示出错的单元格和它周围的数。")
    if row is not None and row < len(shown):
        _write_place(uploads, shown[row])
    _write_copies(desk, uploads, findings, turn)


def _key(table: pa.Table, turn: str) -> str:
    """Return what tells a list of findings from the one before it: a pick belongs to one."""
    listed = repr(table.to_pydict()).encode()
    return f"findings-{turn}-{sha256(listed).hexdigest()[:12]}"


def findings_table(findings: Sequence[Finding]) -> pa.Table:
    """Return findings with Chinese headings, a line each."""
    return pa.table(
        {
            "级别": pa.array([ingest.SEVERITY_LABELS[f.severity] for f in findings], pa.string()),
            "文件": pa.array([f.file for f in findings], pa.string()),
            "工作表": pa.array([f.sheet for f in findings], pa.string()),
            "单元格": pa.array([f.cell for f in findings], pa.string()),
            "说明": pa.array([f.message for f in findings], pa.string()),
        }
    )


def _write_place(uploads: Sequence[Upload], finding: Finding) -> None:
    upload = next((u for u in uploads if u.name == finding.file), None)
    if upload is None or finding.cell is None:
        write_html(paragraph(finding.message, "notes"))
        return
    write_html(
        paragraph(f"{where_text(finding)}：{finding.message}")
        + neighbourhood_html(upload, finding.sheet, finding.cell)
    )


def _write_copies(
    desk: Desk, uploads: Sequence[Upload], findings: Sequence[Finding], turn: str
) -> None:
    """Offer a copy of each faulty file with the findings in its cells, to be sent back."""
    files = {f.file for f in findings}
    faulty = [upload for upload in uploads if upload.name in files]
    with st.expander(f"批注副本（{len(faulty)} 个文件）：出错的单元格已标出"):
        for number, upload in enumerate(faulty):
            name = upload.name.rsplit(".", 1)[0]
            desk.download(
                lambda upload=upload: ingest.annotate(upload, findings),  # type: ignore[misc]
                f"{name}_批注.xlsx",
                key=f"copy-{turn}-{number}",
                label=f"{name}_批注.xlsx",
            )


def where_text(finding: Finding) -> str:
    """Return where something was found: file, sheet and cell."""
    return " ".join(part for part in (finding.file, finding.sheet, finding.cell) if part)


def write_original(
    desk: Desk,
    items: Sequence[Item],
    label: Callable[[Item], str],
    about: Callable[[Item], str] | None = None,
) -> None:
    """Offer the files that were handed in, the newest first, and give the chosen one."""
    labels = {item.id: label(item) for item in reversed(items)}
    chosen = st.selectbox(
        "取一份原文件", list(labels), format_func=lambda key: labels.get(key, ""), index=None,
        key=f"{desk.key}-old", placeholder="请选择",
    )  # fmt: skip
    item = next((each for each in items if each.id == chosen), None)
    if item is None:
        return
    if about is not None:
        desk.notes([about(item)])
    store = desk.store
    desk.download(
        lambda: tray.upload_of(store, item).data, item.name, key=f"old-{item.id}",
        label="下载报送的原文件", exact=True,
    )  # fmt: skip
