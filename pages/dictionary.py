"""指标字典: every indicator's card, what the phrases mean, the headers that the forms know; for
analysts also how a card is changed, and what was."""

from shortplank.frame.open_page import open_desk
from shortplank.topics.dictionary.page.cards import (
    looks_of,
    write_cards,
    write_forms,
    write_phrases,
)
from shortplank.topics.dictionary.page.changes import write_changes
from shortplank.topics.dictionary.page.editing import write_editing

WRITE = {
    "cards": write_cards,
    "phrases": write_phrases,
    "forms": write_forms,
    "edit": write_editing,
    "changes": write_changes,
}

with open_desk("dictionary") as desk:
    WRITE[desk.switch("look", "看法", looks_of(desk), "cards")](desk)
    desk.stamp()
