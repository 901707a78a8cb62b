"""新建工作区: what a county that was just begun is called, when its year begins, what it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from shortplank.catalogue import Workspace
from shortplank.catalogue.beginning import first_texts
from shortplank.frame.writing import write_down, write_signer
from shortplank.records.settings_changes import change, seen_of
from shortplank.store import Store

if TYPE_CHECKING:  # which shows this among the first steps
    from shortplank.frame.open_page import Desk

FOLD = "新建工作区：名称、年度、目录"
BLANK, STANDARD = "blank", "standard"
CATALOGUES = {
    BLANK: "空目录：自己的报表，从“认一张新表”开始",
    STANDARD: "照演示县：标准报表和指标",
}
WHY = "新建工作区"


def is_new(ws: Workspace, edition: int) -> bool:
    """Return whether a workspace has nothing of its own yet: no edition, no unit but the home."""
    return not edition and len(ws.whole.areas) == 1


def begin(store: Store, name: str, catalogue: str, first_month: int) -> None:
    """Begin the workspace anew under a name, with a catalogue; its code stays as it is."""
    ws = store.workspace
    new = first_texts(
        name, ws.whole.settings.home, blank=catalogue == BLANK, first_month=first_month
    )
    old = {path.relative_to(ws.path).as_posix() for path in ws.path.glob("catalogue/**/*.toml")}
    texts: dict[str, str | None] = dict.fromkeys(sorted(old - set(new)))
    texts |= new
    change(store, texts, WHY, seen=seen_of(store.root, list(texts)))


def write_new_workspace(desk: Desk) -> None:
    """Offer to name a workspace that was just begun, and to choose what it knows."""
    ws = desk.shared.ws
    with st.expander(FOLD, expanded=not ws.forms), st.form("new-workspace", border=False):
        name = st.text_input("名称", ws.settings.name, max_chars=30)
        catalogue = st.radio(
            "目录",
            list(CATALOGUES),
            index=list(CATALOGUES).index(STANDARD if ws.forms else BLANK),
            format_func=lambda key: CATALOGUES[key],
        )
        months = list(range(1, 13))
        first = st.selectbox(
            "统计年度从几月起",
            months,
            index=months.index(ws.settings.statistical_year_first_month),
            format_func=lambda month: f"{month}月",
        )
        signed = write_signer(st, desk.actor, "新建")
        if st.form_submit_button("新建", disabled=not signed):
            said = name.strip() or ws.settings.name
            write_down(lambda: begin(desk.store, said, catalogue, first))
