"""One module a question of a page: ask + stats → a frozen answer: rows, verdicts, the sentence."""
