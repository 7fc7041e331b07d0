"""Annotations: written, kept by revision, handed in; and what was decided about suggestions."""
