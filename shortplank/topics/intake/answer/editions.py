"""The history of editions and what differs between two of them, in the reader's words."""

from __future__ import annotations

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.reading.published import latest_month, moment_text
from shortplank.store import Store
from shortplank.store.differences import whole_or_not

# More lines than a person reads; the rest is in the download.
SHOWN_CHANGES = 2_000


def editions_table(store: Store) -> pa.Table:
    """Return every edition, the newest first, with who published it, when, why and what."""
    history = list(reversed(store.history()))
    return pa.table(
        {
            "版次": [f"第{edition.number}版" for edition in history],
            "发布时间": [moment_text(edition.published_at) for edition in history],
            "经办": [edition.who for edition in history],
            "事由": [edition.why for edition in history],
            "重报月份": ["、".join(edition.restates) for edition in history],
            "数据截至": [latest_month(edition) for edition in history],
        }
    )


def changes_table(ws: Workspace, changes: pa.Table) -> pa.Table:
    """Return changed figures (see `Store.diff`) with the names of areas and counts."""
    rows = changes.to_pylist()
    areas = ws.area_by_code
    names = {peer.area_code: peer.name for peer in ws.peers}

    def name(code: str) -> str:
        return areas[code].name if code in areas else names.get(code, code)

    def township(code: str) -> str:
        area = areas.get(code)
        parent = areas.get(area.parent_code) if area and area.level == "village" else None
        return parent.name if parent else ""

    return pa.table(
        {
            "乡镇": pa.array([township(row["area_code"]) for row in rows], pa.string()),
            "单位": pa.array([name(row["area_code"]) for row in rows], pa.string()),
            "月份": pa.array([f"{row['stat_month']:%Y-%m}" for row in rows], pa.string()),
            "数": pa.array(
                [count_text(ws, row["dataset"], row["measure"]) for row in rows], pa.string()
            ),
            "原数": whole_or_not(changes["old"]),
            "新数": whole_or_not(changes["new"]),
        }
    )


def count_text(ws: Workspace, dataset: str, name: str) -> str:
    """Return a count's label; a bulletin's is its indicator's with the figure."""
    for key, measure in ws.measures.items():
        if measure.dataset == dataset and (measure.column or key) == name:
            return measure.label
    indicator, _, figure = name.rpartition(".")
    figures = {
        "numerator": "分子",
        "denominator": "分母",
        "value": "通报值",
        "published_rank": "通报位次",
    }
    return f"{_indicator_text(ws, indicator)}·{figures.get(figure, figure)}"


def _indicator_text(ws: Workspace, indicator: str) -> str:
    """Return an indicator's label, or the name that a bulletin's form has for it."""
    if indicator in ws.indicators:
        return ws.indicators[indicator].label
    forms = (form.figures.indicators for form in ws.forms.values() if form.figures)
    return next((names[indicator][0] for names in forms if names.get(indicator)), indicator)


def changes_sentence(ws: Workspace, changes: pa.Table) -> str:
    """Return how much differs in one sentence."""
    if not changes.num_rows:
        return "两版的数完全相同。"
    areas = len(set(changes["area_code"].to_pylist()))
    months = sorted({f"{month:%Y-%m}" for month in changes["stat_month"].to_pylist()})
    span = months[0] if len(months) == 1 else f"{months[0]} 至 {months[-1]}"
    return f"{areas} 个单位的 {changes.num_rows:,} 个数不同，涉及 {span}。"
