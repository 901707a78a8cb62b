"""调度总览: the first page."""
