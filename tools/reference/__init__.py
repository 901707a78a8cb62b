"""Every key of every file that a county may write, in words: `docs/reference/`."""
