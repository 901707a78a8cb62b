"""What a meeting writes down: its edition, its items and what came of them, its order."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st
from markupsafe import Markup

from shortplank.frame.html import anchor, bullets, paragraph, write_html
from shortplank.frame.links import link
from shortplank.frame.open_page import Page
from shortplank.frame.writing import choose_owner, write_down, write_signer
from shortplank.reading.view import View
from shortplank.records.follow_ups import (
    FollowUp,
    add_follow_up,
    follow_ups_table,
    may_follow,
    write_outcome,
)
from shortplank.records.meeting import freeze, meeting_of
from shortplank.records.running_order import all_stops, choose_order, running_order
from shortplank.wording.periods import month_text

SOON = timedelta(days=30)
# As many items as one screen holds in projection, those of this meeting included.
MOST_PROJECTED = 3


def write_freeze(page: Page) -> None:
    """Write whether the month's edition is frozen, and let an analyst freeze it."""
    view, meeting = page.view, meeting_of(page.view)
    if meeting is not None:
        page.part("定版", paragraph(f"{meeting.text}。材料都按这一版。"))
    else:
        page.part("定版", paragraph("还没有定版：材料按最新一版，并注明“未定版”。"))
    if not view.may("freeze") or page.style.present:
        return
    with st.form("briefing-freeze", border=False):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        write_signer(left, view.actor, "定版")
        label = f"把第{view.edition}版定为{month_text(view.month)}会议用版"
        if right.form_submit_button(label):
            write_down(lambda: freeze(view))


def write_items(page: Page, key: str, heading: str, items: list[FollowUp], empty: str) -> None:
    """Write follow-ups with their figures then and now, each with the way to its evidence."""
    if not items:
        page.part(heading, paragraph(empty))
        return
    shown = items[:MOST_PROJECTED] if page.style.present else items
    rows = [_item(page.view, each) for each in shown]
    if len(items) > len(shown):
        rows.append(Markup("另有 {} 项，见会议材料").format(len(items) - len(shown)))
    body = bullets(rows)
    if page.style.present:
        write_html(body)
        return
    page.part(heading, body)
    with st.expander("表格和下载"):
        page.table(follow_ups_table(items), name=heading, key=key)


def _item(view: View, each: FollowUp) -> Markup:
    area = view.ws.area_by_code.get(each.area_code)
    target = "short_plank" if area is not None and area.level == "village" else "rankings"
    href = link(target, view, **each.query)
    figures = f"{each.label} {each.then}"
    if each.now:
        figures += f" → {each.now}，{each.change}"
    state = each.outcome or f"未办结，{each.deadline:%m月%d日}前"
    texts = "　".join((each.item, figures, each.owner, state))
    return Markup("{}：{}").format(anchor(href, each.area), texts)


def write_item_form(page: Page) -> None:
    """Let an analyst add an item to this month's meeting."""
    view = page.view
    if not view.may("follow_up") or page.style.present:
        return
    keys = [key for key, item in view.ws.indicators.items() if may_follow(item)]
    areas = [view.county, *view.ws.areas_below.get(view.county.area_code, ())]
    names = {area.area_code: area.name for area in areas}
    with st.expander("登记跟进事项"), st.form("briefing-item", border=False, clear_on_submit=True):
        item = st.text_input("事项", max_chars=120)
        one, two = st.columns(2)
        area = one.selectbox("单位", list(names), format_func=names.__getitem__)
        indicator = two.selectbox(
            "依据的指标", keys, format_func=lambda key: view.ws.indicators[key].label
        )
        one, two = st.columns(2)
        owner = choose_owner(one, view.ws, "责任单位或岗位")
        today = view.published.published_at.date()
        deadline = two.date_input("期限", value=today + SOON, format="YYYY-MM-DD")
        write_signer(st, view.actor)
        if st.form_submit_button("登记"):
            write_down(
                lambda: add_follow_up(
                    view,
                    item=item,
                    area=str(area),
                    indicator=str(indicator),
                    owner=owner,
                    deadline=deadline if isinstance(deadline, date) else today + SOON,
                )
            )


def write_outcome_form(page: Page, items: list[FollowUp]) -> None:
    """Let an analyst write what came of an item."""
    view = page.view
    if not view.may("follow_up") or page.style.present or not items:
        return
    names = {each.id: f"{each.month:%Y-%m} {each.area} {each.item}" for each in items}
    with st.expander("登记结果"), st.form("briefing-outcome", border=False, clear_on_submit=True):
        key = st.selectbox("事项", list(names), format_func=names.__getitem__)
        outcome = st.text_input("结果（留空则重新打开）", max_chars=160)
        write_signer(st, view.actor)
        if st.form_submit_button("登记结果"):
            write_down(lambda: write_outcome(view, str(key), outcome))


def write_order(page: Page) -> None:
    """Let an analyst choose which pictures are projected, in which order."""
    view = page.view
    stops = {stop.key: stop.label for stop in all_stops(view)}
    chosen = [stop.key for stop in running_order(view)]
    listed = "、".join(stops[key] for key in chosen)
    page.part("放映顺序", paragraph(f"{len(chosen)} 幅：{listed}"))
    if not view.may("order") or page.style.present:
        return
    with st.expander("改放映顺序"), st.form("briefing-order", border=False):
        picked = st.multiselect(
            "按选择的先后放映",
            list(stops),
            default=chosen,
            format_func=stops.__getitem__,
            placeholder="不选则全部放映",
        )
        write_signer(st, view.actor)
        if st.form_submit_button("保存顺序"):
            write_down(lambda: choose_order(view, picked))
