"""使用手册: what each kind of user does with the board, with pictures of the pages."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.handbook.page import write_handbook

with open_desk("handbook") as desk:
    write_handbook(desk)
    desk.stamp()
