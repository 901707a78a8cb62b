"""Many visitors at once: how they act, what they meet, and the rows of it."""
