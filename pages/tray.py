"""收件: who has handed in, what waits, what would change; accept, send back, publish."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.intake.page.tray import write_tray

with open_desk("tray") as desk:
    write_tray(desk)
    desk.stamp()
