"""Tests of shortplank.stats.judge, one file a module."""
