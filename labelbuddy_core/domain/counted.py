"""Counts in sentences: the number with its noun, one or many."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """The count before its noun, as in "1 task" and "2,000 tasks"; `many` is for nouns that do not just take an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
