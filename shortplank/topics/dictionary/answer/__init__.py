"""What the dictionary says: the cards, and what a changed one would say."""
