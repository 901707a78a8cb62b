"""指标字典: every indicator's card, and the headers that the forms know."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.dictionary.page import write_cards, write_forms

with open_desk("dictionary") as desk:
    look = desk.switch("look", "看法", {"cards": "指标", "forms": "报表表头"}, "cards")
    if look == "cards":
        write_cards(desk)
    else:
        write_forms(desk)
    desk.stamp()
