"""Tables of the pages: HTML of our own, and the row of one that somebody picks."""
