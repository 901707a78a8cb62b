"""指标字典: every indicator's card, what the phrases mean, and the headers that the forms know."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.dictionary.page import write_cards, write_forms, write_phrases

with open_desk("dictionary") as desk:
    look = desk.switch(
        "look", "看法", {"cards": "指标", "phrases": "用语", "forms": "报表表头"}, "cards"
    )
    if look == "cards":
        write_cards(desk)
    elif look == "phrases":
        write_phrases(desk)
    else:
        write_forms(desk)
    desk.stamp()
