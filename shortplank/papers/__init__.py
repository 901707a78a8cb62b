"""What leaves the screen: the meeting's papers from the pages' own answers."""

OWN_TEMPLATE = "papers/template.pptx"
"""Where a county keeps the template of its decks, in its workspace."""
