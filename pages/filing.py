"""乡镇上报: a township hands in its reports, and sees what became of them."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.intake.page.filing import write_filing

with open_desk("filing") as desk:
    write_filing(desk)
    desk.stamp()
