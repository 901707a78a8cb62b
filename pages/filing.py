"""乡镇上报: a township hands in its reports, and sees what became of them."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.intake.page.filing import write_filing
from shortplank.topics.points.page import write_own

with open_desk("filing") as desk:
    if town := write_filing(desk):
        write_own(desk, town)
    desk.stamp()
