"""What stands beside every page: the first steps without data, the tour, and what is pinned."""
