"""A township's own reports in words: what was handed in, what the county said, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.ingest import Batch
from shortplank.reading.published import moment_text
from shortplank.records.tray import Item, Standing
from shortplank.store import due_date
from shortplank.topics.intake.answer.tray import CELLS, LATE, WAYS, cell_of, forms_text
from shortplank.wording.periods import day_text, month_key, month_text
from shortplank.wording.tray import TRAY_STATES


def filing_title(ws: Workspace, standings: Sequence[Standing], month: date, now: date) -> str:
    """Return the finding of a township's month: 竹麓乡2010年6月：3 张报表交了 2 张，未交：季报."""
    owed = [s for s in standings if s.due or s.state]
    if not owed:
        return f"{month_text(month)}没有要报的报表"
    town = ws.area_by_code[owed[0].area].name
    lacking = [s for s in owed if s.state in (None, "sent_back")]
    head = f"{town}{month_text(month)}："
    if not lacking:
        return f"{head}{len(owed)} 张报表已交齐"
    word = "未交" if now > due_date(ws, month) else "待交"
    names = "、".join(ws.forms[s.form].label for s in lacking)
    return f"{head}{len(owed)} 张报表交了 {len(owed) - len(lacking)} 张，{word}：{names}"


def due_text(ws: Workspace, month: date, now: date) -> str:
    """Return until when a month's reports are due, and how many days that leaves."""
    due = due_date(ws, month)
    left = (due - now).days
    rest = f"还有 {left} 天" if left > 0 else ("今天到期" if not left else f"已过 {-left} 天")
    return f"{day_text(due)}到期，{rest}"


def handing_text(ws: Workspace, batch: Batch) -> str:
    """Return what would be handed in: 村级月报 2010年6月，12 行."""
    parts = [
        f"{ws.forms[report.layout.form].label}{month_text(report.month)}，{report.rows.size} 行"
        for report in batch.reports
        if report.month
    ]
    return "；".join(parts)


def sent_title(items: Sequence[Item]) -> str:
    """Return how many files were handed in, and how many the county sent back."""
    if not items:
        return "还没有报送过"
    back = sum(item.state == "sent_back" for item in items)
    said = f"，{back} 份被退回" if back else ""
    return f"报送过 {len(items)} 份{said}"


def sent_table(ws: Workspace, items: Sequence[Item]) -> pa.Table:
    """Return what a township handed in, the newest first, and what the county said."""
    rows = list(reversed(items))
    columns = {
        "报送时间": [moment_text(datetime.fromisoformat(item.at)) for item in rows],
        "报表": [forms_text(ws, item) for item in rows],
        "月份": ["、".join(item.months) for item in rows],
        "方式": [WAYS[item.way] + ("（更正）" if item.correction else "") for item in rows],
        "报送人": [item.who for item in rows],
        "状态": [_state(item) for item in rows],
        "县里意见": [item.said for item in rows],
        "文件": [item.name for item in rows],
    }
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def _state(item: Item) -> str:
    if item.edition is not None:
        return f"已在第{item.edition}版发布"
    return TRAY_STATES[item.state]


def record_title(months: Sequence[tuple[date, Sequence[Standing]]]) -> str:
    """Return how many of the months' due reports came, and how many in time."""
    due = [s for _, standings in months for s in standings if s.due]
    came = [s for s in due if s.published or (s.item is not None and s.state != "sent_back")]
    timely = sum(not s.late for s in came)
    if not due:
        return "这些月份没有要报的报表"
    return f"近 {len(months)} 个月应报 {len(due)} 张，已报 {len(came)} 张，按时 {timely} 张"


def record_table(ws: Workspace, months: Sequence[tuple[date, Sequence[Standing]]]) -> pa.Table:
    """Return a row a month and a column a form: how it stands, late marked."""
    forms = [f for f in ws.forms if any(s.form == f and s.due for _, row in months for s in row)]
    found = {(month, s.form): s for month, row in months for s in row}
    columns: dict[str, list[str]] = {"月份": [month_key(month) for month, _ in months]}
    for form in forms:
        columns[ws.forms[form].label] = [_cell(found.get((month, form))) for month, _ in months]
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def _cell(standing: Standing | None) -> str:
    if standing is None or not (standing.due or standing.state):
        return CELLS["none"][1]
    cell = cell_of(standing)
    return CELLS[cell.code][1] + (f"（{LATE}）" if cell.late else "")
