"""Areas that reports have and the register does not: one press registers what is meant."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.frame.html import write_html
from shortplank.frame.open_page import Desk
from shortplank.frame.writing import write_signer
from shortplank.ingest.gazetteer.single import with_alias, with_area, with_heir
from shortplank.ingest.strangers import Stranger
from shortplank.records.settings_changes import change

SHOWN = 10
_LONGEST = 200
# What a stranger is: another spelling of an area, the heir of one, or a new one under one.
Choice = tuple[str, str]


def write_strangers(desk: Desk, strangers: Sequence[Stranger], turn: str) -> None:
    """Write the areas that no register has, each with what it may be, for who may register them.

    ``turn`` tells one drop of files from the next.
    """
    desk.part("登记册没有的单位")
    if not desk.may("settle"):
        desk.say("登记别名、去向和新单位由分析员办理。")
        return
    desk.say("系统不猜单位。核对后登记一次，以后都认得；谁登记、为什么，记在设置的改动里。")
    for number, stranger in enumerate(strangers[:SHOWN]):
        _write_one(desk, stranger, f"{turn}-{number}-{stranger.called}")
    if len(strangers) > SHOWN:
        desk.notes([f"另有 {len(strangers) - SHOWN} 个，登记上面的之后列出"])
    write_signer(st, desk.actor, "登记")


def _write_one(desk: Desk, stranger: Stranger, key: str) -> None:
    choices = choices_of(desk.shared.ws, stranger)
    columns = st.columns([3, 3, 3, 1], vertical_alignment="bottom")
    with columns[0]:
        where = f"{stranger.file} {stranger.cell or ''}"
        write_html(Markup("<p><b>{}</b><br>{}</p>").format(stranger.called, where))
    with columns[1]:
        chosen = st.selectbox(
            "是",
            list(choices),
            format_func=lambda choice: choices.get(choice, ""),
            index=0 if choices else None,
            placeholder="没有可选的单位",
            key=f"imports-stranger-{key}",
        )
    with columns[2]:
        why = st.text_input(
            "理由", value=reason_of(stranger), max_chars=_LONGEST, key=f"imports-reason-{key}"
        )
    with columns[3]:
        st.button(
            "登记",
            key=f"imports-register-{key}",
            disabled=chosen is None,
            on_click=_register,
            args=(desk, stranger, chosen, why),
        )


def choices_of(ws: Workspace, stranger: Stranger) -> dict[Choice, str]:
    """Return what a stranger may be, the likeliest first, in words."""
    near = {area.area_code: area for area in stranger.near}
    found: dict[Choice, str] = {}
    for code, area in near.items():
        found["alias", code] = f"{area.name}（{code}）的另一写法"
    known = stranger.code in ws.area_by_code
    day = stranger.month
    if not known and day is not None and stranger.name:
        for code, area in near.items():
            found["heir", code] = f"接续{area.name}（{code}），自 {day:%Y-%m} 起"
        above = ws.area_by_code.get(stranger.town) if stranger.level == "village" else ws.home
        if above is not None:
            found["new", above.area_code] = f"新单位，归{above.name}，自 {day:%Y-%m} 起"
    if not known:
        parent = stranger.town if stranger.level == "village" else ws.settings.home
        for area in ws.areas_below.get(parent, ()):
            label = f"{area.name}（{area.area_code}）的另一写法"
            found.setdefault(("alias", area.area_code), label)
    return found


def reason_of(stranger: Stranger) -> str:
    """Return the reason that stands there before another is written."""
    month = f"{stranger.month:%Y-%m} 的" if stranger.month else ""
    return f"{month}报表写作{stranger.called}"[:_LONGEST]


def texts_for(ws: Workspace, stranger: Stranger, choice: Choice) -> dict[str, str]:
    """Return the registers' texts in which a stranger is what was chosen."""
    kind, code = choice
    if kind == "alias":
        return with_alias(ws, code, *(said for said in (stranger.code, stranger.name) if said))
    assert stranger.month is not None
    if kind == "heir":
        return with_heir(ws, stranger.code, stranger.name, code, stranger.month)
    return with_area(ws, stranger.code, stranger.name, code, stranger.month)


def _register(desk: Desk, stranger: Stranger, choice: Choice, why: str) -> None:
    try:
        store = desk.store
        texts = texts_for(store.workspace, stranger, choice)
        if texts:
            change(store, texts, why)
    except ShortplankError as error:
        st.toast(error.sentence)
