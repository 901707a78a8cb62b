"""操作记录: who signed in, looked, took files away, published, restored and was refused."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.audit.page import write_audit

with open_desk("audit") as desk:
    write_audit(desk)
    desk.stamp()
