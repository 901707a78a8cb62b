"""会议材料: the meeting's edition, its follow-ups, its running order and the papers that go out."""

from shortplank.frame.made.legends import plain_list
from shortplank.frame.open_page import open_page
from shortplank.records.follow_ups import follow_ups, last_items
from shortplank.records.meeting import meeting_told, restated_since, since_text
from shortplank.topics.meeting.page.decided import write_decided
from shortplank.topics.meeting.page.papers import write_papers
from shortplank.topics.meeting.page.queries import write_queries
from shortplank.topics.meeting.page.records import (
    write_freeze,
    write_item_form,
    write_items,
    write_order,
    write_outcome_form,
)

with open_page("briefing") as page:
    view = page.view
    items, last = follow_ups(view), last_items(view)
    now = [each for each in items if each.month == view.month]
    page.show(meeting_told(view, last, now))
    write_freeze(page)
    write_items(page, "last", "上次事项", last, "没有上次会议留下的事项。")
    write_outcome_form(page, items)
    write_items(page, "now", "本次事项", now, "还没有登记本次的事项。")
    write_item_form(page)
    write_decided(page)
    page.part(
        f"订正（{since_text(view)}）", plain_list(restated_since(view), "没有订正以前月份的数。")
    )
    write_queries(page)
    write_order(page)
    write_papers(page, now, last)
    page.stamp()
