"""Releases: immutable datasets, their files, cards and differences."""
