"""数据上报: drop the reports, see what is wrong and what changes, publish; past editions."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.intake.page.drafting import write_drafting
from shortplank.topics.intake.page.history import write_differences, write_history
from shortplank.topics.intake.page.intake import write_intake

with open_desk("imports") as desk:
    looks = {
        "intake": "上报",
        "history": "历次版本",
        "differences": "版本差异",
        "draft": "认一张新表",
    }
    look = desk.switch("look", "看法", looks, "intake")
    match look:
        case "intake":
            write_intake(desk)
        case "history":
            write_history(desk)
        case "differences":
            write_differences(desk)
        case "draft":
            write_drafting(desk)
    desk.stamp()
