"""Tests of the bench: what a statement may do, and what none of a thousand hostile ones does."""
