"""Annotations from other tools: planned, written, undone."""
