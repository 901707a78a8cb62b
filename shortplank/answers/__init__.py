"""One module a question of a page: ask + stats → a frozen answer of rows, verdicts and the sentence."""
