"""What tests of the grid of regions share."""

from __future__ import annotations

from typing import Any


def in_grid(open_editor: Any, **options: Any) -> Any:
    """The editor with the focus in the first cell of the grid."""
    editor = open_editor(**options)
    editor.press("Shift+G")
    return editor


def labels(editor: Any) -> list[str]:
    return [row[0] for row in editor.cells()]
