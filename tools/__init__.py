"""Set-up scripts and the browser plumbing that tests, screenshots and benchmarks share."""
