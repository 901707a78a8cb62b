"""One engine of verdicts: what of a month is announced."""
