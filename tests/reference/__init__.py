"""Statistics against numbers that others published, each with its source."""
