"""The tests mirror the source: tests/<part>/test_<module>.py."""
