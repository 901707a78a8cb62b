"""The finished parts of a page: made once for all who see the same, and sent ahead."""
