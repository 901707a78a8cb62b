"""Tests of shortplank.stats, one file a module."""
