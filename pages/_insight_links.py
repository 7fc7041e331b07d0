"""Addresses that open a task at a place on the insight page."""

from __future__ import annotations

from urllib.parse import urlencode


def at_place(project: str, task: str, at: float) -> str:
    """The address, relative to the app, of a task opened at an instant (seconds)."""
    return f"insight?{urlencode({'project': project, 'task': task, 'at': f'{at:.3f}'})}"


def seconds(at: float) -> str:
    """An instant as people read it: 1:02:03.4, or 2:03.4."""
    minutes, rest = divmod(at, 60.0)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"
